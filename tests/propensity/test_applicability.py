"""How well training covers a row is told honestly, without keeping a training row."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.applicability import BINS, OUTSIDE, Coverage
from abm_ml.propensity.estimator import PropensityModel

MixedRows = Callable[..., tuple[pd.DataFrame, np.ndarray]]
Rows = tuple[pd.DataFrame, np.ndarray]


def covered(design: np.ndarray, categorical: tuple[int, ...] = ()) -> tuple[Coverage, np.ndarray]:
    """Coverage by rows of which each is a cluster, all columns used alike."""
    use = np.full(design.shape[1], 1 / design.shape[1])
    return Coverage.fit(design, categorical, use, np.arange(len(design)))


def test_rows_drawn_like_the_training_rows_lie_outside_as_rarely_as_the_bound_says() -> None:
    rng = np.random.default_rng(0)
    coverage, own = covered(rng.normal(size=(2_000, 5)))
    fresh = coverage.share(rng.normal(size=(20_000, 5)))
    for share in (own, fresh):
        assert (share < OUTSIDE).mean() == pytest.approx(OUTSIDE, abs=0.02)
        assert share.min() >= 0
        assert share.max() <= 1


def test_a_level_or_a_size_that_no_training_row_had_is_outside() -> None:
    rng = np.random.default_rng(1)
    train = np.column_stack([rng.integers(0, 4, 1_000), rng.normal(size=(1_000, 30))])
    coverage, own = covered(train, (0,))
    usual = train[[np.argmax(own)]]
    assert coverage.share(usual)[0] > 0.5
    for column, value in ((0, 9.0), (0, np.nan), (7, 1_000.0), (7, -1_000.0), (7, np.nan)):
        strange = usual.copy()
        strange[0, column] = value
        assert coverage.share(strange)[0] < OUTSIDE, (column, value)


def test_an_account_with_the_commonest_value_everywhere_is_like_nobody_either() -> None:
    rng = np.random.default_rng(2)
    train = (rng.random((2_000, 60)) < 0.3).astype(float)
    coverage, _ = covered(train)
    assert coverage.share(np.zeros((1, 60)))[0] < OUTSIDE
    assert coverage.share(train[:1])[0] > OUTSIDE


def test_columns_that_the_model_does_not_use_say_nothing_by_their_mix() -> None:
    rng = np.random.default_rng(3)
    train = (rng.random((2_000, 60)) < 0.3).astype(float)
    use = np.zeros(60)
    use[0] = 1.0
    coverage, _ = Coverage.fit(train, (), use, np.arange(2_000))
    assert coverage.share(np.zeros((1, 60)))[0] > OUTSIDE


def test_snapshots_of_one_account_do_not_vouch_for_each_other() -> None:
    rng = np.random.default_rng(4)
    accounts = rng.integers(0, 200, (300, 4)).astype(float)
    snapshots, use = np.repeat(accounts, 6, axis=0), np.full(4, 0.25)
    fresh = rng.integers(0, 200, (5_000, 4)).astype(float)
    levels = (0, 1, 2, 3)
    honest, naive = (
        Coverage.fit(snapshots, levels, use, clusters)[0].share(fresh)
        for clusters in (np.repeat(np.arange(300), 6), np.arange(1_800))
    )
    assert (honest < OUTSIDE).mean() == pytest.approx(OUTSIDE, abs=0.02)
    assert (naive < OUTSIDE).mean() > 2 * OUTSIDE


def test_no_training_row_can_be_read_from_what_is_kept() -> None:
    train = np.random.default_rng(5).normal(size=(5_000, 4))
    coverage, _ = covered(train)
    assert sum(len(values) for values in coverage.edges) <= 4 * (BINS + 2)


def test_coverage_comes_back_from_its_state() -> None:
    rng = np.random.default_rng(6)
    train = np.column_stack([rng.integers(0, 4, 500), rng.normal(size=(500, 3))])
    coverage, _ = covered(train, (0,))
    fresh = rng.normal(size=(100, 4))
    again = Coverage.from_state(coverage.state())
    np.testing.assert_array_equal(coverage.share(fresh), again.share(fresh))


def test_a_model_tells_its_applicability_whatever_the_columns_hold(
    fitted: PropensityModel, rows: Rows, mixed_rows: MixedRows
) -> None:
    X, _ = mixed_rows(1_000, seed=9)
    assert (fitted.applicability(X) < OUTSIDE).mean() < 0.12
    strange = X.assign(employees=1e9, industry=None, technologies=[[]] * 1_000, founded=None)
    assert (fitted.applicability(strange) < OUTSIDE).mean() > 0.9


def test_the_probability_interval_and_applicability_come_at_once_and_equal(
    fitted: PropensityModel, rows: Rows
) -> None:
    X = rows[0]
    found = fitted.assess(X)
    np.testing.assert_array_equal(found.probability, fitted.predict_proba(X)[:, 1])
    np.testing.assert_array_equal((found.low, found.high), fitted.predict_interval(X))
    np.testing.assert_array_equal(found.applicability, fitted.applicability(X))


def test_a_model_without_columns_covers_everybody(
    quick_model: Callable[..., PropensityModel],
) -> None:
    X = pd.DataFrame({"nothing": [None] * 60})
    model = quick_model().fit(X, np.arange(60) % 3 == 0)
    np.testing.assert_array_equal(model.applicability(X), np.ones(60))


def test_a_hundred_thousand_rows_take_seconds() -> None:
    rng = np.random.default_rng(7)
    coverage, _ = covered(rng.normal(size=(2_000, 100)))
    many = rng.normal(size=(100_000, 100))
    started = time.process_time()
    coverage.share(many)
    assert time.process_time() - started < 5  # 20,000 rows/s
