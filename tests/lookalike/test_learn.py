"""From seeds to a way of ranking the universe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from abm_ml.lookalike.direction import RECIPES
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.lookalike.learn import (
    MEAN_ONLY_BELOW,
    Examples,
    Plan,
    candidates_wanted,
    default_plan,
    learn,
    places_of,
    ranked,
    unusable,
)
from abm_ml.lookalike.universe import Universe

NOBODY = np.zeros(0, dtype=np.int64)
Rows = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def rows(index: LookalikeIndex, members) -> Rows:
    """Rows of random companies of a segment, ascending: `rows("biotech", 20, seed=3)`."""

    def pick(segment: str, count: int, seed: int = 0) -> np.ndarray:
        return np.sort(index._store.positions(members(segment, count, seed)))

    return pick


def examples(seeds: np.ndarray, rows_of_all: int = 900, **more: np.ndarray) -> Examples:
    nobody = {"refused": NOBODY, "won": NOBODY, "lost": NOBODY}
    known = np.zeros(rows_of_all, dtype=bool)
    return Examples(seeds=seeds, **{**nobody, "known": known, **more})


def learned(universe: Universe, given: Examples, plan: Plan | None = None):
    plan = plan or default_plan(len(given.seeds))
    return learn(universe, given, plan, seed=0, threads=1, bags=2)


def everybody_but(*gone: np.ndarray) -> np.ndarray:
    allowed = np.ones(900, dtype=bool)
    allowed[np.concatenate(gone)] = False
    return allowed


def share_of(universe: Universe, found: np.ndarray, segment: str) -> float:
    return float(np.mean([one.startswith(f"{segment}-") for one in universe.store.ids_at(found)]))


@pytest.mark.parametrize("count", [1, 2, 4, 5, 30])
@pytest.mark.parametrize("segment", ["legal", "医疗"])
def test_seeds_of_a_segment_lead_to_it(universe: Universe, rows: Rows, segment: str, count: int):
    seeds = rows(segment, count)
    found, scores, kinds = ranked(
        universe, learned(universe, examples(seeds)), everybody_but(seeds), 50
    )
    assert len(found) == len(set(found.tolist())) == len(scores) == 50
    assert not np.isin(found, seeds).any()
    assert share_of(universe, found, segment) > 0.9
    assert not kinds.any()


def test_a_few_seeds_are_searched_by_their_mean_alone(universe: Universe, rows: Rows):
    plan = default_plan(MEAN_ONLY_BELOW - 1)
    assert (plan.shares.tolist(), plan.rerank, plan.kinds) == ([1.0] + [0.0] * 2, 0.0, 1)
    assert RECIPES[0].strength == 0
    ranking = learned(universe, examples(rows("legal", MEAN_ONLY_BELOW - 1)))
    assert ranking.trees is None


def test_each_kind_gets_its_share_of_the_list(universe: Universe, rows: Rows):
    seeds = np.sort(np.concatenate([rows("biotech", 10), rows("工业", 30)]))
    plan = replace(default_plan(40), kinds=2, rerank=0.0)
    ranking = learned(universe, examples(seeds), plan)
    assert ranking.kind_shares.tolist() == [0.75, 0.25]
    found, _, kinds = ranked(universe, ranking, everybody_but(seeds), 80)
    assert share_of(universe, found, "biotech") == pytest.approx(0.25, abs=0.05)
    assert share_of(universe, found, "工业") == pytest.approx(0.75, abs=0.05)
    assert share_of(universe, found[kinds == 1], "biotech") == 1


def test_known_customers_and_who_is_named_are_no_random_companies_but_lost_ones_are(
    universe: Universe, rows: Rows
):
    parts = {"refused": rows("legal", 5), "won": rows("fintech", 4), "lost": rows("医疗", 3)}
    known = np.zeros(900, dtype=bool)
    known[rows("logistics", 60)] = True
    never = unusable(examples(rows("biotech", 6), **parts, known=known))
    assert never.sum() == 6 + 5 + 4 + 60
    assert not never[parts["lost"]].any()
    background = universe.background(never)
    assert not never[background].any()
    assert len(background) == len(set(background.tolist())) == 900 - never.sum()


def test_a_seed_held_out_is_an_account_like_any_other(rows: Rows):
    """Spared from the random ones, it would be found more easily than who is really unknown."""
    seeds = rows("biotech", 20)
    shown = examples(seeds, won=seeds[:3]).without(seeds[:5])
    assert shown.seeds.tolist() == seeds[5:].tolist()
    assert shown.won.tolist() == []
    assert not unusable(shown)[seeds[:5]].any()


def mean_place(universe: Universe, given: Examples, asked: np.ndarray) -> float:
    ranking = learned(universe, given)
    return float(places_of(universe, ranking, np.ones(900, dtype=bool), asked, 100).mean())


@pytest.mark.parametrize(("role", "sign"), [("refused", 1), ("lost", 1), ("won", -1)])
def test_what_is_said_for_and_against_moves_its_like(
    universe: Universe, rows: Rows, role: str, sign: int
):
    """Seeds of two segments; half of one of them is spoken of, the other half asked for."""
    seeds = np.sort(np.concatenate([rows("biotech", 12), rows("legal", 6)]))
    legal = np.setdiff1d(rows("legal", 120, seed=2), seeds)
    told, asked = legal[::2], legal[1::2]
    before = mean_place(universe, examples(seeds), asked)
    after = mean_place(universe, examples(seeds, **{role: told}), asked)
    assert sign * (after - before) > 0


@pytest.mark.parametrize("count", [3, 30])
def test_places_are_those_of_the_list(universe: Universe, rows: Rows, count: int):
    seeds = rows("fintech", count)
    allowed = everybody_but(seeds)
    ranking = learned(universe, examples(seeds))
    found, _, _ = ranked(universe, ranking, allowed, 900)
    places = places_of(universe, ranking, allowed, found[[0, 10, 500]], 900)
    assert places.tolist() == [1, 11, 501]


@pytest.mark.parametrize("allowed", [0, 1, 3])
def test_no_more_come_back_than_may(universe: Universe, rows: Rows, allowed: int):
    seeds = rows("legal", 8)
    mask = np.zeros(900, dtype=bool)
    mask[np.setdiff1d(np.arange(900), seeds)[:allowed]] = True
    found, scores, kinds = ranked(universe, learned(universe, examples(seeds)), mask, 50)
    assert len(found) == len(scores) == len(kinds) == allowed
    assert mask[found].all()


@pytest.mark.parametrize("count", [2, 8])
def test_a_universe_without_anybody_else_has_a_ranking_too(
    universe: Universe, rows: Rows, count: int
):
    known = np.ones(900, dtype=bool)
    ranking = learned(universe, examples(rows("legal", count), known=known))
    assert np.isfinite(ranking.directions).all()


@pytest.mark.parametrize(("k", "wanted"), [(1, 5_000), (800, 8_000), (3_000, 20_000)])
def test_more_are_looked_at_than_are_wanted(k: int, wanted: int):
    assert candidates_wanted(k) == wanted
    assert candidates_wanted(50_000) == 50_000
