"""Measures agree with scikit-learn's where it has them, and are made inside each fold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from abm_ml.propensity.metrics import Scores, resamples, with_intervals

Cases = st.lists(
    st.tuples(st.integers(1, 9), st.booleans(), st.integers(0, 3)), min_size=2, max_size=40
).filter(lambda rows: len({won for _, won, weight in rows if weight}) == 2)


@settings(max_examples=40, deadline=None)
@given(Cases)
def test_measures_equal_those_of_scikit_learn_with_ties_and_weights(
    rows: list[tuple[int, bool, int]],
) -> None:
    score, won, weight = (np.array(column) for column in zip(*rows, strict=True))
    p, y, w = score / 10, won.astype(int), weight.astype(float)
    found = Scores(p, y, np.zeros(len(y), dtype=int)).measure(w)
    assert found["auc"] == pytest.approx(roc_auc_score(y, p, sample_weight=w))
    assert found["average_precision"] == pytest.approx(
        average_precision_score(y, p, sample_weight=w)
    )
    assert found["brier"] == pytest.approx(brier_score_loss(y, p, sample_weight=w))
    assert found["log_loss"] == pytest.approx(log_loss(y, p, sample_weight=w))


def test_lift_is_the_win_rate_of_the_top_over_the_base_rate() -> None:
    y = np.array([1, 1, 0, 0, 0, 0, 0, 0, 1, 0])
    scores = Scores(np.linspace(0.9, 0.1, 10), y, np.zeros(10, dtype=int))
    assert scores.measure(np.ones(10))["lift_20%"] == pytest.approx(1.0 / 0.3)


def test_equal_scores_share_their_wins() -> None:
    y = np.array([1, 0] * 10)
    found = Scores(np.full(20, 0.5), y, np.zeros(20, dtype=int)).measure(np.ones(20))
    assert (found["auc"], found["lift_5%"]) == (0.5, pytest.approx(1.0))


def test_a_rate_that_drifts_from_fold_to_fold_is_no_ranking() -> None:
    fold = np.repeat([0, 1], 100)
    y = np.concatenate([np.arange(100) < 20, np.arange(100) < 80]).astype(int)
    drift_only = Scores(np.where(fold == 1, 0.8, 0.2), y, fold)
    assert drift_only.auc(np.ones(200)) == 0.5


def test_calibrated_probabilities_have_little_error_and_stretched_ones_much() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.95, 20_000)
    y = (rng.random(20_000) < p).astype(int)
    fold, weight = np.zeros(20_000, dtype=int), np.ones(20_000)
    assert Scores(p, y, fold).measure(weight)["ece"] < 0.015
    assert Scores(np.where(p > 0.5, 0.99, 0.01), y, fold).measure(weight)["ece"] > 0.2
    for one in Scores(p, y, fold).reliability():
        assert one["observed"] == pytest.approx(one["predicted"], abs=0.05)


def test_the_lift_curve_rises_from_nothing_to_everything() -> None:
    rng = np.random.default_rng(0)
    scores = Scores(rng.random(300), rng.integers(0, 2, 300), rng.integers(0, 3, 300))
    caught = scores.captured(np.ones(300), np.array([0.0, 0.3, 0.7, 1.0]))
    assert caught[[0, -1]].tolist() == [0, 1]
    assert (np.diff(caught) > 0).all()


def test_intervals_hold_the_value_and_widen_when_rows_come_in_clusters() -> None:
    rng = np.random.default_rng(0)
    signal = np.repeat(rng.random(50), 20)
    y = (np.repeat(rng.random(50), 20) < signal).astype(int)
    scores = Scores(np.clip(signal, 0.01, 0.99), y, np.zeros(1000, dtype=int))
    alone = with_intervals(scores, np.ones(1000), np.arange(1000), n=200, seed=0)["auc"]
    together = with_intervals(scores, np.ones(1000), np.repeat(np.arange(50), 20), n=200, seed=0)[
        "auc"
    ]
    assert alone["low"] < alone["value"] < alone["high"]
    assert together["high"] - together["low"] > 2 * (alone["high"] - alone["low"])


def test_the_same_seed_draws_the_same_rows() -> None:
    one, other = (list(resamples(np.arange(9), 3, seed=5)) for _ in range(2))
    np.testing.assert_array_equal(one, other)
