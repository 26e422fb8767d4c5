"""Findings beside the headline: windows, accounts unseen in training, rules, random split."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.backtest import backtest
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.findings import stability
from abm_ml.propensity.report import BacktestReport

QuickModel = Callable[..., PropensityModel]


def windows(*aucs: float, error: float = 0.02) -> list[dict[str, Any]]:
    """Windows whose AUCs have a standard error."""
    return [{"auc": auc, "low": auc - 1.96 * error, "high": auc + 1.96 * error} for auc in aucs]


def test_windows_that_differ_by_chance_are_steady() -> None:
    found = stability(windows(0.70, 0.72, 0.69, 0.71))
    assert found == {"least": 0.69, "most": 0.72, "spread": 0.0, "moves": False}


def test_windows_that_differ_by_more_than_chance_move() -> None:
    found = stability(windows(0.80, 0.60, 0.75, 0.65, error=0.01))
    assert found is not None
    assert found["moves"]
    # Their standard deviation, less that of chance.
    assert found["spread"] == pytest.approx(np.sqrt(np.var([0.8, 0.6, 0.75, 0.65], ddof=1) - 1e-4))


def test_windows_of_equal_truth_are_seldom_said_to_move() -> None:
    rng = np.random.default_rng(0)
    said = [stability(windows(*rng.normal(0.7, 0.02, 5))) for _ in range(400)]
    assert np.mean([one["moves"] for one in said if one]) == pytest.approx(0.05, abs=0.03)


def test_one_window_or_windows_without_an_interval_tell_nothing_of_stability() -> None:
    nothing = {"auc": float("nan"), "low": float("nan"), "high": float("nan")}
    assert stability(windows(0.7)) is None
    assert stability([*windows(0.7), nothing]) is None


@pytest.fixture(scope="module")
def accounts_report(quick_model: QuickModel) -> BacktestReport:
    """Half of the later rows are of accounts that recur; no time, or points, for some of them."""
    rng = np.random.default_rng(0)
    n = 1_200
    account = np.where(rng.random(n) < 0.5, rng.integers(40, size=n), 1_000 + np.arange(n))
    X = pd.DataFrame({"a": rng.normal(size=n), "b": rng.normal(size=n)})
    X["region"] = rng.choice(["North", "South"], n)
    y = (X["a"] + rng.logistic(size=n) > 0.5).astype(int)
    X["points"] = np.where(rng.random(n) < 0.5, X["a"], np.nan)
    return backtest(
        X, y, np.arange(n), rules="points", accounts=account, model=quick_model(), resamples=50
    )


def test_unseen_accounts_have_an_interval_and_rows(accounts_report: BacktestReport) -> None:
    unseen = accounts_report.unseen_accounts
    assert unseen is not None
    assert unseen["low"] < unseen["auc"] < unseen["high"]
    assert 0 < unseen["won"] < unseen["rows"] < accounts_report.rows["tested"]
    segments = {one["value"]: one for one in accounts_report.segments}
    assert segments["unseen"]["rows"] == unseen["rows"]
    assert segments["seen"]["rows"] + unseen["rows"] == accounts_report.rows["tested"]


def test_a_row_without_an_account_is_an_account_of_its_own(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=600)})
    y = (X["a"] + rng.logistic(size=600) > 0.5).astype(int)
    report = backtest(X, y, np.arange(600), accounts=[None] * 600, model=quick_model(), resamples=5)
    assert report.unseen_accounts is not None
    assert report.unseen_accounts["rows"] == report.rows["tested"]
    assert report.verdict != "no signal found"


def test_each_window_has_an_interval(accounts_report: BacktestReport) -> None:
    assert all(fold["low"] < fold["auc"] < fold["high"] for fold in accounts_report.folds)
    assert accounts_report.stability is not None
    assert accounts_report.stability["least"] == min(f["auc"] for f in accounts_report.folds)


def test_rows_without_points_rank_last_together(accounts_report: BacktestReport) -> None:
    """All rows being in the list, the lower half in any order, its curve is a straight line."""
    curve = dict(zip(accounts_report.lift["share"], accounts_report.lift["rules"], strict=True))
    slopes = np.diff([curve[share] for share in (0.6, 0.7, 0.8, 0.9, 1.0)])
    np.testing.assert_allclose(slopes, slopes[0], atol=0.01)


def test_rules_in_words_are_refused(quick_model: QuickModel) -> None:
    X, y = pd.DataFrame({"a": np.arange(60), "grade": ["A", "B"] * 30}), np.arange(60) % 2
    with pytest.raises(ValueError, match="rules: row 0 holds 'A', which is no finite number"):
        backtest(X, y, rules="grade", model=quick_model())


def test_without_time_there_are_parts_accounts_and_rules_but_no_random_split(
    quick_model: QuickModel,
) -> None:
    rng = np.random.default_rng(1)
    account = rng.integers(300, size=900)
    X = pd.DataFrame({"a": rng.normal(size=900), "region": rng.choice(["North", "South"], 900)})
    y = (X["a"] + rng.logistic(size=900) > 0.5).astype(int)
    report = backtest(
        X, y, groups=account, rules=X["a"], accounts=account, model=quick_model(), resamples=10
    )
    assert report.split == "by group"
    assert report.random_split is None
    assert report.unseen_accounts is not None
    assert report.unseen_accounts["rows"] == 900
    assert {one["field"] for one in report.segments} == {"(account)", "region", "a"}
    assert report.metrics["rules"]["auc"]["value"] > 0.6
    assert [(fold["start"], fold["end"]) for fold in report.folds] == [(None, None)] * 4


def test_where_nothing_was_tested_nothing_is_said_of_parts(quick_model: QuickModel) -> None:
    report = backtest(pd.DataFrame({"a": [1, 2, 3]}), [0, 1, 0], time=[1, 2, 3])
    assert (report.segments, report.stability) == ([], None)
