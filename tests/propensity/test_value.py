"""Expected value: amounts that add up, that no single deal sets, with the error that they had."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.value import AmountModel, fit_amounts
from abm_ml.propensity.value_error import value_facts


def deals(
    n: int, *, slope: float = 0.5, seed: int = 0
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Columns, outcomes, and log-normal amounts that follow the employees."""
    rng = np.random.default_rng(seed)
    size = rng.normal(5, 1.2, n)
    y = (rng.random(n) < 1 / (1 + np.exp(1 - 0.8 * (size - 5)))).astype(int)
    money = np.exp(6 + slope * size + rng.normal(0, 0.6, n))
    frame = pd.DataFrame({"employees": np.exp(size).round(), "region": rng.choice(list("abc"), n)})
    return frame, y, np.where(y == 1, money, np.nan)


def learned(X: pd.DataFrame, y: np.ndarray, money: np.ndarray) -> AmountModel | None:
    """Amounts learned forward in time."""
    rows = TrainingRows.of(X, y, time=np.arange(len(y)))
    return fit_amounts(rows, money[rows.order])


def test_amounts_follow_the_columns_where_these_tell_later_amounts() -> None:
    X, y, money = deals(1_500)
    model = learned(X, y, money)
    assert model is not None
    assert model.method == "columns"
    small, large = model.predict(pd.DataFrame({"employees": [60.0, 600.0], "region": "a"}))
    # Mean of a log-normal amount: exp(6 + 0.5 log(size) + 0.6²/2).
    assert small == pytest.approx(np.exp(6 + 0.5 * np.log(60) + 0.18), rel=0.25)
    assert large == pytest.approx(np.exp(6 + 0.5 * np.log(600) + 0.18), rel=0.25)


def test_expected_amounts_of_the_won_add_up_to_their_money() -> None:
    X, y, money = deals(800)
    model = learned(X, y, money)
    assert model is not None
    won = y == 1
    assert model.predict(X[won]).sum() == pytest.approx(money[won].sum(), rel=1e-6)
    assert model.mean == pytest.approx(money[won].mean())


@pytest.mark.parametrize("seed", range(5))
def test_everyone_gets_the_mean_where_columns_tell_nothing(seed: int) -> None:
    X, y, money = deals(300, slope=0.0, seed=seed)
    model = learned(X, y, money)
    assert model is not None
    expected = model.predict(X)
    assert np.quantile(expected / model.mean, [0.05, 0.95]) == pytest.approx([1, 1], abs=0.35)


def test_a_handful_of_wins_gives_their_mean() -> None:
    X, y, money = deals(40)
    model = learned(X, y, money)
    assert model is not None
    assert model.method == "mean"
    assert set(model.predict(X)) == {model.mean}


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_one_huge_deal_does_not_set_the_rest(slope: float) -> None:
    X, y, money = deals(800, slope=slope)
    plain = learned(X, y, money)
    money[np.flatnonzero(y == 1)[50]] = 1e12
    huge = learned(X, y, money)
    assert plain is not None
    assert huge is not None
    assert (plain.capped, huge.capped) == (0, 1)
    assert huge.mean < 1.5 * plain.mean
    assert huge.predict(X).sum() < 1.5 * plain.predict(X).sum()


@pytest.mark.parametrize("amount", [np.nan, 0.0, -5.0])
def test_without_amounts_there_is_no_expected_amount(amount: float) -> None:
    X, y, _ = deals(100)
    assert learned(X, y, np.full(100, amount)) is None


def test_free_deals_and_single_prices_are_amounts_too() -> None:
    X, y, money = deals(400)
    won = np.flatnonzero(y == 1)
    money[won] = 100.0
    money[won[::2]] = 0.0
    model = learned(X, y, money)
    assert model is not None
    assert model.predict(X[y == 1]).sum() == pytest.approx(np.nansum(money))


def test_rebuilt_amounts_are_the_same() -> None:
    X, y, money = deals(400)
    model = learned(X, y, money)
    assert model is not None
    again = AmountModel.from_state(model.state())
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


# --- how far off it was --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trial() -> tuple[Trial, np.ndarray]:
    """A back-test of 1,200 deals, with their money."""
    X, y, money = deals(1_200)
    few = PropensityModel(regularisation=(1.0,), num_leaves=(), n_folds=3)
    one = Trial.of(X, y, np.arange(1_200), model=few)
    return one, money[one.rows.order]


def facts_of(trial: Trial, money: np.ndarray) -> dict[str, Any]:
    """Facts of amounts learned on all rows."""
    return value_facts(trial.rows, money, trial.replay, fit_amounts(trial.rows, money))


def test_totals_of_later_windows_come_out_and_the_interval_says_how_sure(
    trial: tuple[Trial, np.ndarray],
) -> None:
    facts = facts_of(*trial)
    assert facts["method"] == "columns"
    assert facts["low"] < 1 < facts["high"]
    assert facts["ratio"] == pytest.approx(1, abs=0.2)
    # |exp(0.6 z) - 1| against a mean that lies exp(0.18) above the median.
    assert facts["median_error"] == pytest.approx(0.45, abs=0.12)
    assert facts["rows"] == trial[0].rows.y[trial[0].replay.rows].sum()  # type: ignore[union-attr]


def test_amounts_that_halve_are_seen_as_promised_too_much(
    trial: tuple[Trial, np.ndarray],
) -> None:
    one, money = trial
    later = np.where(np.arange(1_200) >= 700, money / 4, money)
    assert facts_of(one, later)["low"] > 1.2


def test_wins_without_an_amount_are_counted_and_shift_nothing(
    trial: tuple[Trial, np.ndarray],
) -> None:
    one, money = trial
    some = np.where(np.arange(1_200) % 3 == 0, np.nan, money)
    facts = facts_of(one, some)
    assert facts["without_amount"] > 50
    assert facts["ratio"] == pytest.approx(facts_of(one, money)["ratio"], abs=0.1)


def test_the_facts_are_told_in_both_languages(trial: tuple[Trial, np.ndarray]) -> None:
    one, money = trial
    money = money.copy()
    money[np.flatnonzero(one.rows.y == 1)[3]] = 1e12
    facts = facts_of(one, money)
    english = " ".join(sentence["text"] for sentence in facts["sentences"])
    chinese = "".join(sentence["text_zh"] for sentence in facts["sentences"])
    assert f"{facts['ratio']:.2f} times the money that was won" in english
    assert f"实际赢单金额的 {facts['ratio']:.2f} 倍" in chinese
    assert "1 did" in english


def test_without_amounts_or_without_a_test_nothing_is_claimed(
    trial: tuple[Trial, np.ndarray],
) -> None:
    one, money = trial
    none = facts_of(one, np.full(1_200, np.nan))
    assert (none["method"], none["expected_amount"], none["ratio"]) == ("none", None, None)
    assert none["sentences"][0]["text_zh"].endswith("因此无法给出期望价值。")
    untested = value_facts(one.rows, money, None, fit_amounts(one.rows, money))
    assert (untested["ratio"], untested["rows"]) == (None, 0)
    assert len(untested["sentences"]) == 1
