"""Rows that training hardly covers are drawn toward their group's rate; the others stay put."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.shrinkage import INSIDE, Groups, Shrinkage, outside
from abm_ml.propensity.words import SHRINKAGE

MixedRows = Callable[..., tuple[pd.DataFrame, np.ndarray]]
World = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def world(n: int, seed: int, gap: float) -> World:
    """What a model says, outcomes, applicability, design, true log-odds.

    The model knows one column and overlooks the other, a quarter of whose rows win less often
    (by `gap` in log-odds) than it says.
    """
    rng = np.random.default_rng(seed)
    known, overlooked = rng.normal(size=n), rng.integers(0, 4, n)
    said = known - 1.5
    truth = said - gap * (overlooked == 3) + gap / 4
    y = (rng.random(n) < expit(truth)).astype(np.int64)
    return said, y, rng.random(n), np.column_stack([known, overlooked]).astype(float), truth


def learned(one: World) -> Shrinkage:
    """Shrinkage of a world in which each row is a cluster."""
    said, y, applicability, design, _ = one
    return Shrinkage.fit(said, y, applicability, design, [1], np.arange(len(y)))


def squared_errors(one: World, fresh: World) -> tuple[float, float]:
    """Before and after shrinkage, on fresh rows outside, against true probabilities."""
    said, _, _, design, truth = fresh
    nowhere = np.zeros(len(said))
    shrunk = said + learned(one).shift(said, nowhere, design)
    before, after = (np.mean((expit(p) - expit(truth)) ** 2) for p in (said, shrunk))
    return float(before), float(after)


def test_groups_that_win_less_than_the_model_says_are_corrected_outside() -> None:
    errors = [squared_errors(world(2_000, s, 1.2), world(4_000, 99, 1.2)) for s in range(5)]
    before, after = np.array(errors).T
    assert (after < 0.6 * before).all()


def test_where_the_model_is_right_about_groups_little_is_changed() -> None:
    for seed in range(5):
        said, _, _, design, _ = one = world(2_000, seed, 0.0)
        shift = learned(one).shift(said, np.zeros(len(said)), design)
        assert np.abs(expit(said + shift) - expit(said)).mean() < 0.025


def test_rows_well_inside_are_not_shrunk_at_all() -> None:
    said, _, _, design, _ = one = world(2_000, 0, 1.2)
    shrinkage = learned(one)
    for applicability in (INSIDE, 0.8, 1.0):
        shift = shrinkage.shift(said, np.full(len(said), applicability), design)
        np.testing.assert_array_equal(shift, 0)
    assert (outside(np.array([0.0, INSIDE / 2, INSIDE])) == [1, 0.5, 0]).all()


def test_the_strength_is_learned_from_the_rows_outside() -> None:
    rng = np.random.default_rng(0)
    n = 4_000
    truth = rng.normal(-1, 0.5, n)
    design, applicability = np.zeros((n, 1)), np.tile([0.0, 1.0], n // 2)
    # Outside, the model exaggerates three times what sets rows apart.
    said = np.where(applicability < INSIDE, -1 + 3 * (truth + 1), truth)
    y = (rng.random(n) < expit(truth)).astype(np.int64)
    exaggerating = Shrinkage.fit(said, y, applicability, design, [], np.arange(n))
    honest = Shrinkage.fit(truth, y, applicability, design, [], np.arange(n))
    assert exaggerating.within == pytest.approx(2 / 3, abs=0.15)
    assert honest.within < 0.25


def test_a_group_keeps_the_order_of_its_rows() -> None:
    one = world(2_000, 1, 1.2)
    shrinkage, design = learned(one), one[3]
    said = np.linspace(-6, 6, 500)
    for row in design[:20]:
        same = np.tile(row, (500, 1))
        shrunk = said + shrinkage.shift(said, np.full(500, 0.1), same)
        assert (np.diff(shrunk) >= 0).all()


def test_few_rows_are_one_group_with_nearly_the_rate_that_the_model_says() -> None:
    said, y, _, design, _ = world(60, 0, 1.2)
    groups = Groups.fit(said, y, design, [1])
    assert groups.of(design).tolist() == [0] * 60
    assert groups.expected[0] == pytest.approx(logit(expit(said).mean()))
    assert abs(groups.rate[0] - groups.expected[0]) < 0.5


def test_the_shrinkage_comes_back_from_its_state() -> None:
    said, _, applicability, design, _ = one = world(2_000, 2, 1.2)
    shrinkage = learned(one)
    again = Shrinkage.from_state(shrinkage.state())
    np.testing.assert_array_equal(
        shrinkage.shift(said, applicability, design), again.shift(said, applicability, design)
    )


def test_law_6_shrinkage_is_a_term_of_its_own_in_the_reasons(
    fitted: PropensityModel, mixed_rows: MixedRows
) -> None:
    X = mixed_rows(200, seed=5)[0]
    reasons = fitted.explain(X)
    p, raw = fitted.predict_proba(X)[:, 1], fitted.predict_unshrunk(X)
    np.testing.assert_allclose(
        reasons.groupby("row")["contribution"].sum(), logit(p), rtol=0, atol=1e-6
    )
    terms = reasons[reasons["field"] == SHRINKAGE].set_index("row")["contribution"]
    told = terms.reindex(range(len(X)), fill_value=0.0)
    np.testing.assert_allclose(told, logit(p) - logit(raw), rtol=0, atol=1e-6)
    inside = fitted.applicability(X) >= INSIDE
    assert 0 < inside.sum() < len(X)
    assert set(terms.index) == set(np.flatnonzero(~inside))


def test_the_term_is_told_in_both_languages(fitted: PropensityModel, mixed_rows: MixedRows) -> None:
    X = mixed_rows(50, seed=6)[0].assign(employees=1e9, founded=None).head(1)
    english, chinese = (fitted.explain(X, lang)["text"].iloc[-1] for lang in ("en", "zh"))
    assert english.startswith("unlike most accounts that it learned from")
    assert chinese.startswith("与训练样本差异较大")
