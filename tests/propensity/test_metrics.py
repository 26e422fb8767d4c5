"""Measures agree with scikit-learn's where it has them, and are made inside each fold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import mannwhitneyu, norm
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from abm_ml.propensity.metrics import Scores, auc_with_interval, resamples, with_intervals

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


# --- against other ways to the same figures ------------------------------------------------------


def scored(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Probabilities with ties, labels that follow them, and weights."""
    rng = np.random.default_rng(seed)
    p = rng.integers(1, 20, n) / 20
    return p, (rng.random(n) < p).astype(int), rng.uniform(0.2, 3.0, n)


@pytest.mark.parametrize("n", [7, 30, 90, 1_000])
@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.2])
def test_lift_is_that_of_the_top_in_random_order_of_ties_however_few_rows(
    n: int, share: float
) -> None:
    """Below one row the first row counts in part: 1 % of 7 rows is 0.07 of the best row."""
    p, y, _ = scored(n)
    y[:2] = 0, 1
    rng = np.random.default_rng(1)
    caught = []
    for _ in range(400):
        won = np.append(y[np.lexsort((rng.random(n), -p))], 0)
        whole = int(share * n + 1e-9)
        caught.append(won[:whole].sum() + (share * n - whole) * won[whole])
    found = Scores(p, y, np.zeros(n, dtype=int)).measure(np.ones(n))[f"lift_{share:.0%}"]
    error = np.std(caught) / 20 / y.sum() / share
    assert found == pytest.approx(np.mean(caught) / y.sum() / share, abs=4 * error + 1e-9)


def test_weights_count_as_copies() -> None:
    p, y, _ = scored(200)
    copies = np.random.default_rng(2).integers(0, 4, 200)
    weighted = Scores(p, y, np.zeros(200, dtype=int))
    many = Scores(*(np.repeat(one, copies) for one in (p, y)), np.zeros(copies.sum(), dtype=int))
    found, expected = weighted.measure(copies.astype(float)), many.measure(np.ones(copies.sum()))
    for name in set(found) - {"ece"}:  # whose bins are those of the rows as they are
        assert found[name] == pytest.approx(expected[name])


def test_calibration_error_is_that_of_bins_of_equal_count() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(5_000)
    y = (rng.random(5_000) < p**2).astype(int)
    observed, predicted = calibration_curve(y, p, n_bins=10, strategy="quantile")
    found = Scores(p, y, np.zeros(5_000, dtype=int)).measure(np.ones(5_000))["ece"]
    assert found == pytest.approx(np.abs(observed - predicted).mean(), abs=1e-3)


def test_the_rank_sum_is_that_of_mann_and_whitney_with_ties() -> None:
    p, y, _ = scored(300)
    found = Scores(p, y, np.zeros(300, dtype=int)).rank_sum(np.ones(300))
    test = mannwhitneyu(
        p[y == 1], p[y == 0], alternative="greater", method="asymptotic", use_continuity=False
    )
    assert norm.sf(found) == pytest.approx(test.pvalue, rel=1e-3)


@pytest.mark.parametrize("won", [3, 10, 100])
def test_shuffled_labels_seldom_pass_the_rank_sum_however_few_won(won: int) -> None:
    rng = np.random.default_rng(0)
    fold, weight = np.repeat([0, 1, 2], 100), rng.uniform(0.5, 2, 300)
    passed = []
    for _ in range(1_000):
        y = np.isin(np.arange(300), rng.choice(300, won, replace=False)).astype(int)
        z = Scores(rng.integers(1, 50, 300) / 50, y, fold).rank_sum(weight)
        passed.append(z > norm.ppf(0.99))
    assert np.mean(passed) <= 0.02


def test_a_shift_between_folds_is_no_rank() -> None:
    fold = np.repeat([0, 1], 100)
    y = np.concatenate([np.arange(100) < 20, np.arange(100) < 80]).astype(int)
    assert Scores(np.where(fold == 1, 0.8, 0.2), y, fold).rank_sum(np.ones(200)) == 0


def test_levelled_scores_have_the_right_mean_in_each_fold_and_the_same_differences() -> None:
    p, y, weight = scored(400)
    fold = np.repeat([0, 1], 200)
    y[fold == 1] = 1 - y[fold == 1]
    found = Scores(p, y, fold).levelled(weight).score
    for k in (0, 1):
        inside = fold == k
        assert np.average(found[inside], weights=weight[inside]) == pytest.approx(
            np.average(y[inside], weights=weight[inside])
        )
        assert np.ptp((logit(found) - logit(p))[inside]) < 1e-9


def test_rows_without_a_score_share_the_last_place() -> None:
    score, y = np.array([2.0, 1.0, -np.inf, -np.inf]), np.array([1, 0, 1, 0])
    found = Scores(score, y, np.zeros(4, dtype=int), probabilities=False)
    assert found.auc(np.ones(4)) == roc_auc_score(y, [2.0, 1.0, 0.0, 0.0])


def test_the_interval_of_an_auc_is_none_where_there_is_one_outcome_or_no_row() -> None:
    for n in (0, 5):
        none = Scores(np.full(n, 0.5), np.ones(n, dtype=int), np.zeros(n, dtype=int))
        found = auc_with_interval(none, np.ones(n), np.arange(n), n=5, seed=0)
        assert np.isnan(list(found.values())).all()


def test_the_95_percent_interval_holds_the_true_auc_about_that_often() -> None:
    rng, inside = np.random.default_rng(0), 0
    for _ in range(150):
        y = np.repeat([1, 0], [60, 140])
        score = rng.normal(size=200) + y
        own = Scores(score, y, np.zeros(200, dtype=int), probabilities=False)
        found = auc_with_interval(own, np.ones(200), np.arange(200), n=100, seed=0)
        inside += found["low"] <= norm.cdf(1 / np.sqrt(2)) <= found["high"]
    assert 0.88 <= inside / 150 <= 0.99
