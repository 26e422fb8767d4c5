"""One vector that tells seeds from the universe."""

from __future__ import annotations

import numpy as np
import pytest

from abm_ml.lookalike.direction import RECIPES, Recipe, learn_direction, mixed

AXES = 8
DRAW = np.random.default_rng(0)
BACKGROUND = DRAW.normal(size=(1_000, AXES)) * np.linspace(2, 0.3, AXES)
SEEDS = DRAW.normal(size=(30, AXES)) * np.linspace(2, 0.3, AXES) + np.eye(AXES)[-1]
VARIANCE = BACKGROUND.var(axis=0)
EVERY = pytest.mark.parametrize("recipe", RECIPES)


def learned(recipe: Recipe, **options: np.ndarray) -> np.ndarray:
    return learn_direction(SEEDS, BACKGROUND, recipe, variance=VARIANCE, **options)


@EVERY
def test_the_background_has_unit_spread_along_it(recipe: Recipe):
    assert (BACKGROUND @ learned(recipe)).std() == pytest.approx(1)


@EVERY
def test_seeds_stand_above_the_background(recipe: Recipe):
    direction = learned(recipe)
    assert (SEEDS @ direction).mean() > (BACKGROUND @ direction).mean() + 0.5


def test_the_mean_is_the_limit_of_the_strongest_holding_back():
    mean, held_back = learned(Recipe(0, 0)), learned(Recipe(1e-7, 0))
    cosine = mean @ held_back / np.linalg.norm(mean) / np.linalg.norm(held_back)
    assert cosine > 0.999


def test_damping_turns_the_direction_away_from_the_axes_along_which_all_differ():
    def on_wide_axes(damping: float) -> float:
        direction = learned(Recipe(0.03, damping))
        return float((direction[:2] ** 2).sum() / (direction**2).sum())

    assert on_wide_axes(0.8) < 0.7 * on_wide_axes(0.0)


def test_a_learned_direction_finds_what_sets_seeds_apart_better_than_their_mean():
    fresh = DRAW.normal(size=(2_000, AXES)) * np.linspace(2, 0.3, AXES) + np.eye(AXES)[-1]
    above = [
        (fresh @ direction > np.quantile(BACKGROUND @ direction, 0.95)).mean()
        for direction in (learned(RECIPES[0]), learned(RECIPES[1]))
    ]
    assert above[1] > above[0]


@EVERY
def test_the_scale_of_weights_does_not_matter_and_twice_the_weight_is_a_second_row(recipe: Recipe):
    twice = np.repeat([2.0, 1.0], [10, 20])
    rows = np.vstack([SEEDS[:10], SEEDS])
    doubled = learn_direction(rows, BACKGROUND, recipe, variance=VARIANCE)
    np.testing.assert_allclose(learned(recipe, seed_weights=twice), doubled, atol=1e-3)
    np.testing.assert_allclose(learned(recipe, seed_weights=50 * twice), doubled, atol=1e-3)


@EVERY
def test_what_weighs_in_the_background_is_turned_away_from(recipe: Recipe):
    heavy = np.ones(len(BACKGROUND))
    likes = BACKGROUND[:, 0] > 2
    heavy[likes] = 50
    assert learned(recipe, background_weights=heavy)[0] < learned(recipe)[0]


def test_one_seed_and_no_background_are_a_direction_too():
    one = learn_direction(SEEDS[:1], BACKGROUND[:0], Recipe(0, 0), variance=VARIANCE)
    np.testing.assert_allclose(one, SEEDS[0])


def test_directions_are_mixed_by_their_shares():
    parts = np.array([[1.0, 0.0], [0.0, 2.0]])
    assert mixed(parts, np.array([0.25, 0.75])).tolist() == [0.25, 1.5]
