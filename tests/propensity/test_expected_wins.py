"""Wins against what was expected: an alarm only beyond chance and beyond what is tolerated."""

from __future__ import annotations

import numpy as np
import pytest

from abm_ml.propensity.expected_wins import outcomes


def test_outcomes_as_expected_are_no_alarm() -> None:
    off = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        p = rng.uniform(0.02, 0.5, 300)
        found = outcomes(
            (rng.random(300) < p).astype(int),
            p,
            np.arange(300),
            tolerance=0.0,
            least=20,
            least_slope=0.5,
        )
        assert found is not None
        off += found.off
    assert off <= 8  # 1 % in the long run, at a tolerance of nothing


@pytest.mark.parametrize("factor", [0.5, 1.7])
def test_far_fewer_or_more_wins_than_expected_are_an_alarm(factor: float) -> None:
    p = np.full(1_000, 0.2)
    y = (np.arange(1_000) < 200 * factor).astype(int)
    found = outcomes(y, p, np.arange(1_000), tolerance=0.25, least=20, least_slope=0.5)
    assert found is not None
    assert found.off
    assert found.low <= factor <= found.high
    assert (found.expected, found.observed) == (pytest.approx(200), 200 * factor)


def test_a_tolerated_difference_is_no_alarm_however_sure() -> None:
    y = (np.arange(100_000) < 22_000).astype(int)
    found = outcomes(
        y, np.full(100_000, 0.2), np.arange(100_000), tolerance=0.25, least=20, least_slope=0.5
    )
    assert found is not None
    assert found.low > 1
    assert not found.off


def test_rows_of_one_account_prove_less_than_rows_of_many() -> None:
    p, y = np.full(1_000, 0.2), (np.arange(1_000) < 300).astype(int)
    many = outcomes(y, p, np.arange(1_000), tolerance=0.25, least=20, least_slope=0.5)
    few = outcomes(y, p, np.arange(1_000) // 50, tolerance=0.25, least=20, least_slope=0.5)
    assert many is not None
    assert few is not None
    assert (many.off, few.off) == (True, False)


def test_too_few_wins_are_not_judged() -> None:
    p, each = np.full(50, 0.3), np.arange(50)
    assert outcomes(np.zeros(50, int), p, each, tolerance=0, least=20, least_slope=0.5) is None
    surprise = outcomes(np.ones(50, int), p, each, tolerance=0, least=20, least_slope=0.5)
    assert surprise is not None
    assert surprise.off


def ranked(n: int, slope: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes whose log-odds differ by `slope` of what their propensities say."""
    rng = np.random.default_rng(seed)
    log_odds = rng.normal(-2, 1, n)
    true = 1 / (1 + np.exp(-(-2 + slope * (log_odds + 2))))
    return (rng.random(n) < true).astype(int), 1 / (1 + np.exp(-log_odds))


@pytest.mark.parametrize(("slope", "near"), [(1.0, 0.15), (0.5, 0.15), (0.0, 0.15)])
def test_the_slope_is_what_was_found_of_the_differences(slope: float, near: float) -> None:
    y, p = ranked(20_000, slope, 1)
    found = outcomes(y, p, np.arange(20_000), tolerance=9, least=20, least_slope=0.5)
    assert found is not None
    assert found.slope == pytest.approx(slope, abs=near)
    assert found.flat is (slope == 0)


def test_a_propensity_that_ranks_as_it_should_is_seldom_called_flat() -> None:
    flat = 0
    for seed in range(200):
        y, p = ranked(400, 1.0, seed)
        found = outcomes(y, p, np.arange(400), tolerance=9, least=20, least_slope=1.0)
        assert found is not None
        flat += found.flat
    assert flat <= 5


def test_equal_propensities_claim_no_difference() -> None:
    found = outcomes(
        np.tile([0, 1], 100), np.full(200, 0.5), np.arange(200),
        tolerance=0.25, least=20, least_slope=0.5,
    )  # fmt: skip
    assert found is not None
    assert (found.slope, found.flat) == (1.0, False)


def test_few_wins_at_training_leave_the_level_uncertain() -> None:
    p, y = np.full(1_000, 0.2), (np.arange(1_000) < 300).astype(int)
    bounds = {"tolerance": 0.25, "least": 20, "least_slope": 0.5}
    known, guessed = (
        outcomes(y, p, np.arange(1_000), **bounds, learned_from=wins) for wins in (10_000, 40)
    )
    assert known is not None
    assert guessed is not None
    assert (known.off, guessed.off) == (True, False)
