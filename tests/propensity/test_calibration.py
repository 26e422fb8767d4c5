"""Probabilities keep their word on rows later than training, and the ranking is kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import expit

from abm_ml.propensity.calibration import Calibrator

Arrays = tuple[np.ndarray, np.ndarray]


def drawn(n: int, seed: int = 0, *, slope: float = 0.5, shift: float = -1.0) -> Arrays:
    """Margins, and labels whose true log-odds are slope · margin + shift."""
    rng = np.random.default_rng(seed)
    margin = rng.normal(0, 2, n)
    return margin, (rng.random(n) < expit(slope * margin + shift)).astype(int)


def test_platt_finds_the_true_line_on_small_data() -> None:
    margin, y = drawn(800)
    found = Calibrator.fit(margin, y, np.ones(800))
    assert found.method == "platt"
    assert found.slope == pytest.approx(0.5, abs=0.1)
    assert found.intercept == pytest.approx(-1.0, abs=0.2)


def test_isotonic_steps_follow_a_bent_truth_that_no_line_can() -> None:
    rng = np.random.default_rng(0)
    margin = rng.normal(0, 2, 20_000)
    truth = np.where(margin > 0, 0.6, 0.1)
    y = (rng.random(20_000) < truth).astype(int)
    found = Calibrator.fit(margin, y, np.ones(20_000))
    assert found.method == "isotonic"
    p = expit(found.logit(np.array([-2.0, -1.0, 1.0, 2.0])))
    assert p == pytest.approx([0.1, 0.1, 0.6, 0.6], abs=0.05)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 50), st.sampled_from([60, 3_000]))
def test_calibration_never_turns_the_ranking_round(seed: int, n: int) -> None:
    margin, y = drawn(n, seed, slope=0.1)
    calibrated = Calibrator.fit(margin, y, np.ones(n)).logit(np.linspace(-60, 60, 500))
    assert (np.diff(calibrated) >= 0).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 50))
def test_probabilities_stay_inside_0_and_1(seed: int) -> None:
    margin, y = drawn(40, seed, slope=30.0, shift=0.0)
    p = expit(Calibrator.fit(margin, y, np.ones(40)).logit(np.array([-1e6, 0.0, 1e6])))
    assert ((p > 0) & (p < 1)).all()


def test_a_ranking_worth_nothing_gives_everybody_the_base_rate() -> None:
    margin = np.linspace(-3, 3, 200)
    y = (margin < 0).astype(int)
    p = expit(Calibrator.fit(margin, y, np.ones(200)).logit(np.array([-3.0, 3.0])))
    assert p == pytest.approx([0.5, 0.5], abs=0.01)


def test_weights_count_as_rows() -> None:
    margin, y = drawn(200)
    weight = np.random.default_rng(1).integers(1, 4, 200)
    twice = np.repeat(np.arange(200), weight)
    weighted = Calibrator.fit(margin, y, weight.astype(float))
    repeated = Calibrator.fit(margin[twice], y[twice], np.ones(len(twice)))
    assert weighted.slope == pytest.approx(repeated.slope, rel=1e-6)
    assert weighted.intercept == pytest.approx(repeated.intercept, rel=1e-6)


def test_one_class_leaves_margins_as_they_are() -> None:
    assert Calibrator.fit(np.zeros(5), np.ones(5, dtype=int), np.ones(5)).method == "none"


def test_a_level_that_folds_do_not_agree_on_is_believed_less() -> None:
    rng = np.random.default_rng(0)
    margin, fold = rng.normal(size=4_000), np.repeat(np.arange(4), 1_000)

    def level(*offsets: float) -> float:
        y = (rng.random(4_000) < expit(margin + np.array(offsets)[fold])).astype(int)
        return Calibrator.fit(margin, y, np.ones(4_000), fold).intercept

    assert level(0.3, 0.3, 0.3, 0.3) == pytest.approx(0.3, abs=0.1)
    assert abs(level(0.9, -0.3, 0.8, -0.2)) < 0.25


def test_few_rows_hardly_move_the_level() -> None:
    margin = np.linspace(-2, 2, 60)
    y = (np.arange(60) % 10 < np.where(margin > 0, 9, 4)).astype(int)
    assert 0 < Calibrator.fit(margin, y, np.ones(60)).intercept < _level_alone(margin, y) - 0.05


def _level_alone(margin: np.ndarray, y: np.ndarray) -> float:
    """The offset that makes the mean right."""
    return float(brentq(lambda offset: (y - expit(margin + offset)).sum(), -5, 5))
