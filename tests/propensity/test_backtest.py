"""The back-test judges on rows that played no part, and says what it found in words."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.backtest import Trial, backtest
from abm_ml.propensity.estimator import PropensityModel

QuickModel = Callable[..., PropensityModel]


def numbers(n: int, strength: float, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Four columns, of which two tell about the outcome as strongly as wanted."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    logit = strength * (X["a"] + 0.5 * X["b"]) - 0.8
    return X, (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)


@pytest.mark.parametrize("timed", [True, False])
def test_a_planted_signal_is_found(quick_model: QuickModel, timed: bool) -> None:
    X, y = numbers(800, 1.5)
    report = backtest(
        X, y, time=np.arange(800) if timed else None, model=quick_model(), resamples=20
    )
    assert report.verdict == "good"
    assert report.split == ("forward in time" if timed else "by group")
    assert report.rows["tested"] == (sum(f["test_rows"] for f in report.folds) if timed else 800)
    assert report.metrics["model"]["auc"]["value"] == pytest.approx(0.8, abs=0.06)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("timed", [True, False])
def test_shuffled_labels_hold_no_signal(quick_model: QuickModel, seed: int, timed: bool) -> None:
    X, y = numbers(500, 1.5, seed)
    y = np.random.default_rng(seed).permutation(y)
    report = backtest(
        X, y, time=np.arange(500) if timed else None, model=quick_model(), resamples=5
    )
    assert report.verdict == "no signal found"


def test_the_future_plays_no_part(quick_model: QuickModel) -> None:
    """Outcomes known only after the last window change nothing that was said before."""
    X, y = numbers(600, 1.0)
    time = np.arange(600)
    changed = y.copy()
    changed[500:] = 1 - changed[500:]
    before, after = (
        Trial.of(X, labels, time, model=quick_model()).replay for labels in (y, changed)
    )
    assert before is not None
    assert after is not None
    start = before.folds[-1].start
    assert start is not None
    earlier = np.isin(before.fold, [k for k, f in enumerate(before.folds) if (f.end or 0) <= 500])
    assert earlier.any()
    np.testing.assert_array_equal(
        before.probabilities["model"][earlier], after.probabilities["model"][earlier]
    )


def test_outcomes_not_yet_known_play_no_part(quick_model: QuickModel) -> None:
    X, y = numbers(900, 1.0)
    time, delay = np.arange(900), 150
    before = Trial.of(X, y, time, time + delay, model=quick_model()).replay
    assert before is not None
    start = before.folds[-1].start
    assert start is not None
    unknown = (time < start) & (time + delay >= start)
    after = Trial.of(X, np.where(unknown, 1 - y, y), time, time + delay, model=quick_model()).replay
    assert after is not None
    last = before.fold == len(before.folds) - 1
    assert before.calibrations[-1] != "none"
    np.testing.assert_array_equal(
        before.probabilities["model"][last], after.probabilities["model"][last]
    )


@pytest.mark.parametrize("seed", range(2))
def test_outcomes_not_yet_known_do_not_decide_what_is_tried(
    quick_model: QuickModel, seed: int
) -> None:
    X, y = numbers(900, 1.0, seed)
    time, delay = np.arange(900), 200
    model = quick_model(trials=24, half_lives=(None,))
    before = Trial.of(X, y, time, time + delay, model=model).replay
    assert before is not None
    start = before.folds[0].start
    assert start is not None
    unknown = (time < start) & (time + delay >= start)
    after = Trial.of(X, np.where(unknown, 1 - y, y), time, time + delay, model=model).replay
    assert after is not None
    assert after.folds[0].start == start
    np.testing.assert_array_equal(
        before.probabilities["model"][before.fold == 0],
        after.probabilities["model"][after.fold == 0],
    )


def test_a_window_is_not_chosen_on_itself(quick_model: QuickModel) -> None:
    X, y = numbers(600, 1.0)
    trial = Trial.of(X, y, np.arange(600), model=quick_model())
    replay, found = trial.replay, trial.found
    assert replay is not None
    assert found is not None
    for k, choice in enumerate(replay.choices):
        first = replay.folds[k].test.min()
        earlier = np.flatnonzero(found.tested & (np.arange(600) < first))
        assert choice == found.choose(y, np.ones(600), earlier)


def test_baselines_and_rules_stand_beside_the_model(quick_model: QuickModel) -> None:
    X, y = numbers(500, 1.5)
    report = backtest(
        X.assign(points=X["a"]), y, time=np.arange(500), rules="points", model=quick_model(),
        resamples=20,
    )  # fmt: skip
    assert list(report.metrics) == [
        "model", "base_rate", "logistic_regression", "lightgbm", "rules",
    ]  # fmt: skip
    assert "points" not in report.columns
    assert report.metrics["base_rate"]["auc"]["value"] == 0.5
    assert 0.6 < report.metrics["rules"]["auc"]["value"] < report.metrics["model"]["auc"]["value"]
    assert set(report.metrics["rules"]) == {
        "auc", "average_precision", "lift_1%", "lift_5%", "lift_10%", "lift_20%",
    }  # fmt: skip
    for measures in report.metrics.values():
        for one in measures.values():
            assert one["low"] - 1e-9 <= one["value"] <= one["high"] + 1e-9


def test_the_report_is_plain_json(quick_model: QuickModel) -> None:
    X, y = numbers(300, 1.0)
    time = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(300), unit="D")
    plain = backtest(X, y, time=time, model=quick_model(), resamples=5).to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["folds"][0]["start"].startswith("2024-")
    assert plain["folds"][-1]["end"] is None
    assert len(plain["lift"]["share"]) == len(plain["lift"]["model"])
    assert plain["reliability"][0]["rows"] > 0


def test_leaks_are_kept_out_and_listed_unless_allowed(quick_model: QuickModel) -> None:
    X, y = numbers(400, 0.0)
    X["probability"] = np.where(y == 1, 100, 0)
    honest = backtest(X, y, time=np.arange(400), model=quick_model(), resamples=5)
    assert [leak.column for leak in honest.leaks] == ["probability"]
    assert honest.verdict == "no signal found"
    fooled = backtest(
        X, y, time=np.arange(400), allow_columns=["probability"], model=quick_model(), resamples=5
    )
    assert fooled.verdict == "good"


def test_a_random_split_flatters_where_the_world_moves(quick_model: QuickModel) -> None:
    X, y = numbers(900, 0.0)
    # The rate follows a column that only says when the row was made.
    month = np.arange(900) // 30
    X["month code"] = pd.Series(month).map(str)
    y = (np.random.default_rng(0).random(900) < np.where(month % 2, 0.8, 0.2)).astype(int)
    report = backtest(X, y, time=np.arange(900), model=quick_model(), resamples=5)
    assert report.random_split is not None
    assert report.random_split["difference"] > 0.1


def test_accounts_that_training_never_saw_are_judged_apart(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    account = rng.integers(60, size=900)
    taste = rng.random(60) < 0.5
    X = pd.DataFrame({"name": [f"account {k}" for k in account], "noise": rng.normal(size=900)})
    y = (rng.random(900) < np.where(taste[account], 0.9, 0.1)).astype(int)
    late = np.argsort(account, kind="stable")
    report = backtest(
        X.iloc[late], y[late], time=np.arange(900), accounts=account[late], model=quick_model(),
        resamples=5,
    )  # fmt: skip
    assert report.unseen_accounts is not None
    assert report.unseen_accounts["rows"] > 300
    assert report.unseen_accounts["auc"] == pytest.approx(0.5, abs=0.1)


def test_rows_that_may_not_be_tested_are_not(quick_model: QuickModel) -> None:
    X, y = numbers(400, 1.0)
    report = backtest(
        X, y, time=np.arange(400), testable=np.arange(400) < 300, model=quick_model(), resamples=5
    )
    assert sum(fold["test_rows"] for fold in report.folds) == report.rows["tested"]
    assert report.rows["tested"] <= 300 - 120
    none = backtest(X, y, time=np.arange(400), testable=np.zeros(400), model=quick_model())
    assert (none.verdict, none.metrics) == ("no signal found", {})
    assert none.why == "no row may be tested: too few have closed"


def test_too_few_rows_claim_nothing(quick_model: QuickModel) -> None:
    report = backtest(pd.DataFrame({"a": [1, 2, 3]}), [0, 1, 0], time=[1, 2, 3])
    assert report.verdict == "no signal found"
    assert report.why == "too few rows of both classes to hold any back for testing"
    json.dumps(report.to_dict(), allow_nan=False)


def test_the_trial_gives_the_model_that_fit_gives(quick_model: QuickModel) -> None:
    X, y = numbers(400, 1.0)
    trial = Trial.of(X, y, np.arange(400), model=quick_model(n_folds=6), n_folds=4)
    alone = quick_model(n_folds=6).fit(X, y, time=np.arange(400))
    np.testing.assert_array_equal(trial.fit().predict_proba(X), alone.predict_proba(X))


def test_rules_of_another_length_are_refused(quick_model: QuickModel) -> None:
    X, y = numbers(50, 1.0)
    with pytest.raises(ValueError, match="rules has 3"):
        backtest(X, y, rules=[1, 2, 3])


def test_a_history_too_short_to_test_forward_claims_nothing(quick_model: QuickModel) -> None:
    X, y = numbers(400, 3.0)
    time = np.arange(400) % 2
    short = backtest(X, y, time, time + 9, model=quick_model(), resamples=5)
    assert (short.verdict, short.why, short.split) == (
        "no signal found",
        "history too short to test forward in time",
        "by group, history too short",
    )
    one = backtest(X, y, np.zeros(400), np.full(400, 9), model=quick_model(), resamples=5)
    assert (one.verdict, one.split) == ("good", "by group")


def test_snapshots_of_one_account_stand_on_one_side_of_a_split_by_group(
    quick_model: QuickModel,
) -> None:
    """Each row comes twice, as snapshots that are groups of their own; labels are noise."""
    X, _ = numbers(250, 0.0)
    y = np.random.default_rng(1).integers(2, size=250)
    trial = Trial.of(
        pd.concat([X, X], ignore_index=True), np.tile(y, 2), groups=np.arange(500),
        accounts=np.tile(np.arange(250), 2), model=quick_model(),
    )  # fmt: skip
    assert trial.replay is not None
    for fold in (*trial.folds, *trial.replay.folds):
        account = trial.accounts
        assert account is not None
        assert not np.isin(account[fold.test], account[fold.train]).any()
    report = trial.report(resamples=5)
    assert (report.split, report.verdict) == ("by group", "no signal found")
    # Chosen and calibrated inside on twins, the model would be sure of itself, and far worse.
    loss = {name: report.metrics[name]["log_loss"]["value"] for name in ("model", "base_rate")}
    assert loss["model"] < loss["base_rate"] + 0.02


# --- too little, and what does not fit -----------------------------------------------------------


def test_an_empty_table_is_refused(quick_model: QuickModel) -> None:
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        backtest(pd.DataFrame({"a": []}), [], model=quick_model())


def test_where_every_column_is_suspected_the_columns_are_named(quick_model: QuickModel) -> None:
    y = np.arange(100) % 2
    X = pd.DataFrame({"probability": y, "copy": y})
    with pytest.raises(ValueError, match=r"suspected leak \(probability, copy\).*allow_columns"):
        backtest(X, y, model=quick_model())
    report = backtest(X, y, time=np.arange(100), model=quick_model(), allow_columns=["copy"])
    assert [leak.column for leak in report.leaks] == ["probability"]
    assert report.columns == ("copy",)


def test_where_the_tested_rows_have_one_outcome_nothing_is_claimed(quick_model: QuickModel) -> None:
    y = np.array([0, 1] * 10 + [0] * 10)
    X = pd.DataFrame({"a": np.arange(30) % 7})
    report = backtest(X, y, time=np.arange(30), testable=np.arange(30) >= 20, model=quick_model())
    assert report.verdict == "no signal found"
    assert "one outcome" in report.why
    json.dumps(report.to_dict(), allow_nan=False)


def test_times_far_in_the_future_are_times_like_any_other(quick_model: QuickModel) -> None:
    X, y = numbers(200, 1.0)
    days = pd.to_timedelta(np.arange(200), "D")
    late, early = (
        backtest(X, y, time=pd.Timestamp(start) + days, model=quick_model())
        for start in ("2240-01-01", "2020-01-01")
    )
    assert late.metrics == early.metrics


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accounts": [1, 2]}, "accounts has 2"),
        ({"rules": np.arange(60)}, "rules has 60"),
        ({"rules": "nothing"}, "X has no column 'nothing'"),
        ({"time": pd.Series([pd.NaT] * 50)}, "time: row 0 holds 'NaT'"),
        ({"accounts": pd.Series(range(50)).iloc[::-1]}, "accounts and X have different indexes"),
    ],
)
def test_arguments_that_do_not_fit_are_named(
    arguments: dict[str, Any], message: str, quick_model: QuickModel
) -> None:
    X, y = numbers(50, 1.0)
    with pytest.raises(ValueError, match=message):
        backtest(X, y, model=quick_model(), **arguments)
