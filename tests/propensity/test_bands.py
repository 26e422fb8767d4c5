"""The interval holds the mean true rate of accounts with similar scores as often as it says."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.bands import (
    ScoreBands,
    between_folds,
    beyond_chance,
    design_effect,
    leverage,
)
from abm_ml.propensity.estimator import PropensityModel

Snapshots = tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """True log-odds of rows, and their outcomes."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, n)
    return logits, (rng.random(n) < expit(logits)).astype(int)


def snapshots(accounts: int, quarters: int, seed: int) -> Snapshots:
    """Columns, outcomes, true rates, quarter and account of overlapping snapshots.

    An account wins in a quarter by its size, its activity then and a trait that nobody sees; a
    snapshot is won if either of the next two quarters is.
    """
    rng = np.random.default_rng(seed)
    size, trait = rng.normal(size=(2, accounts, 1))
    activity = rng.normal(size=(accounts, quarters + 1))
    p = expit(size + 0.7 * activity + 0.7 * trait - 2)
    won = rng.random(p.shape) < p
    truth = 1 - (1 - p[:, :-1]) * (1 - p[:, 1:])
    account = np.repeat(np.arange(accounts), quarters)
    X = pd.DataFrame({"size": size[account, 0], "activity": activity[:, :-1].ravel()})
    y = (won[:, :-1] | won[:, 1:]).ravel().astype(int)
    return X, y, truth.ravel(), np.tile(np.arange(quarters), accounts), account


def test_groups_of_fresh_accounts_have_the_rate_that_their_interval_says(
    quick_model: Callable[..., PropensityModel],
) -> None:
    held = []
    for seed in range(20):
        X, y, _, time, account = snapshots(300, 5, seed)
        trial = Trial.of(
            X, y, time, time + 2, np.arange(len(y)), accounts=account,
            model=quick_model(num_leaves=(), regularisation=(0.05, 1.0)), n_folds=2,
        )  # fmt: skip
        fresh, _, truth, *_ = snapshots(1_000, 5, 1_000 + seed)
        said = trial.fit().assess(fresh)
        for rows in np.array_split(np.argsort(said.probability, kind="stable"), 10):
            held.append(said.low[rows].mean() <= truth[rows].mean() <= said.high[rows].mean())
    assert 0.7 <= np.mean(held) <= 0.9


def test_snapshots_of_one_account_count_for_less_than_as_many_accounts() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(-1, 1, 400)
    y = (rng.random(400) < expit(logits)).astype(int)
    six = np.repeat(np.arange(400), 6)
    assert design_effect(logits, y, np.arange(400), np.ones(400)) == pytest.approx(1)
    assert design_effect(logits[six], y[six], six, np.ones(2_400)) == pytest.approx(6)
    alone, copies = (
        ScoreBands.fit(logits[rows], y[rows], clusters=rows) for rows in (np.arange(400), six)
    )
    naive = ScoreBands.fit(logits[six], y[six])
    middle = np.array([-1.0])
    widths = [float(np.ptp(bands.interval(middle))) for bands in (alone, copies, naive)]
    assert widths[1] == pytest.approx(widths[0], rel=0.25)
    assert widths[2] < 0.6 * widths[1]


def test_weights_that_undo_a_case_control_sample_reach_probabilities_and_intervals(
    quick_model: Callable[..., PropensityModel],
) -> None:
    rng = np.random.default_rng(0)
    x, seen = rng.normal(size=(2, 1_500))
    y = (rng.random(1_500) < expit(x)).astype(int)
    X, lost = pd.DataFrame({"x": x, "noise": seen}), 19
    weight = np.where(y == 1, 1.0, lost)
    model = quick_model().fit(X, y, time=np.arange(1_500), sample_weight=weight)
    said = model.assess(X)
    truth = expit(x - np.log(lost))
    mean, low, high, true = (
        np.average(values, weights=weight)
        for values in (said.probability, said.low, said.high, truth)
    )
    assert mean == pytest.approx(model.base_rate_, rel=0.25)
    assert low < true < high < 3 * true


def test_rates_that_move_between_folds_widen_the_interval() -> None:
    rng = np.random.default_rng(1)
    logits, folds = rng.normal(-1, 1, 4_000), np.repeat(np.arange(8), 500)
    moved = rng.normal(0, 0.5, 8)
    for size, expected in ((0, 0.0), (1, float(np.std(moved)))):
        y = (rng.random(4_000) < expit(logits + size * moved[folds])).astype(int)
        assert between_folds(logits, y, folds, 1.0, np.ones(4_000)) == pytest.approx(
            expected, abs=0.15
        )
    still, moving = (ScoreBands.fit(logits, y, folds=f) for f in (None, folds))
    middle = np.array([-1.0])
    assert np.ptp(moving.interval(middle)) > 1.5 * np.ptp(still.interval(middle))


def test_deviations_within_chance_are_not_believed_and_large_ones_are() -> None:
    errors = np.full(10, 0.2)
    chance = np.tile([0.15, -0.15], 5)
    np.testing.assert_array_equal(beyond_chance(chance, errors), 0)
    assert (beyond_chance(10 * chance, errors) > 0.95).all()


def test_a_line_is_least_sure_at_its_ends() -> None:
    share = leverage(np.linspace(-3, 3, 10), np.full(10, 0.2))
    assert share.sum() == pytest.approx(2)
    assert share[0] == share.max() > 2 * share[4]
    assert leverage(np.zeros(1), np.ones(1)) == pytest.approx(1)


def test_the_interval_holds_the_mean_rate_of_similar_scores_about_as_often_as_it_says() -> None:
    inside = []
    for seed in range(60):
        logits, y = drawn(600, seed)
        bands = ScoreBands.fit(logits, y)
        truth = expit(logits)
        # The mean rate of a band's rows, seen from the band's middle.
        for band in np.array_split(np.argsort(logits, kind="stable"), len(bands.centers)):
            middle = np.array([np.log(truth[band].mean() / (1 - truth[band].mean()))])
            low, high = bands.interval(middle)
            inside.append(low[0] <= truth[band].mean() <= high[0])
    # Clamping to the score itself can only widen, so the share lies at or above 80 %.
    assert np.mean(inside) >= 0.75


def test_intervals_narrow_with_evidence_and_hold_the_score() -> None:
    few, many = (ScoreBands.fit(*drawn(n)) for n in (100, 5_000))
    at = np.array([-1.0, 0.0, 1.0])
    wide, narrow = few.interval(at), many.interval(at)
    assert ((wide[1] - wide[0]) > 2 * (narrow[1] - narrow[0])).all()
    assert ((narrow[0] <= expit(at)) & (expit(at) <= narrow[1])).all()


def test_snapshots_of_one_account_widen_the_interval(
    quick_model: Callable[..., PropensityModel],
) -> None:
    rng = np.random.default_rng(0)
    account = np.repeat(np.arange(150), 6)
    X = pd.DataFrame({"size": rng.normal(size=150)[account]})
    y = (X["size"] + rng.logistic(size=150)[account] > 0).astype(int)
    width = {}
    for name, accounts in (("alone", None), ("together", account)):
        low, high = quick_model().fit(X, y, accounts=accounts).predict_interval(X)
        width[name] = (high - low).mean()
    assert width["together"] > 1.2 * width["alone"]
