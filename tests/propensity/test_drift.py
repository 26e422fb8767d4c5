"""Drift: no alarm without a change, however few the rows; a named one with it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.drift import PROPENSITY, Profile, Shift, importances, shifts

INDUSTRIES = ("Software", "Retail", "Banking", "Health", "制造业")
IMPORTANCE = {"employees": 0.4, "industry": 0.3, "visits": 0.29, "fax": 0.01}


def universe(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Accounts of one population with a propensity that follows from them."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "employees": np.exp(rng.normal(5, 1.5, n)).round(),
            "industry": rng.choice(INDUSTRIES, n, p=(0.4, 0.3, 0.15, 0.1, 0.05)),
            "visits": rng.poisson(0.6, n).astype(float),
            "fax": np.where(rng.random(n) < 0.3, np.nan, rng.random(n)),
            "account_age_days": rng.uniform(0, 900, n).round(),
        }
    )
    margin = np.log1p(frame["employees"]) - 6 + 0.4 * frame["visits"]
    return frame, (1 / (1 + np.exp(-margin))).to_numpy()


def compared(
    X: pd.DataFrame, propensity: np.ndarray, n: int = 2_000, **given: Any
) -> dict[str, Shift]:
    """Against a profile of `n` other accounts of the population, by column."""
    bounds = {"elapsed_days": 0.0, "psi_bound": 0.25, "importance_bound": 0.05}
    found = shifts(Profile.of(*universe(n, 99), IMPORTANCE), X, propensity, **(bounds | given))
    return {one.column: one for one in found}


def test_the_same_accounts_have_not_moved_at_all() -> None:
    X, propensity = universe(500, 1)
    profile = Profile.of(X, propensity, IMPORTANCE)
    bounds = {"elapsed_days": 0.0, "psi_bound": 0.25, "importance_bound": 0.05}
    for one in shifts(profile, X, propensity, **bounds):
        assert (one.psi, one.ks or 0.0, one.out_of_bounds) == (0.0, 0.0, False)


@pytest.mark.parametrize("n", [30, 60, 200])
def test_few_accounts_of_the_same_population_are_no_drift(n: int) -> None:
    alarms = 0
    for seed in range(60):
        found = compared(*universe(n, seed), n=n)
        alarms += any(one.out_of_bounds for one in found.values())
    assert alarms <= 2


def test_chance_is_taken_off_the_psi() -> None:
    found = [compared(*universe(100, seed), n=100)["employees"].psi for seed in range(100)]
    assert np.mean(found) < 0.08  # plain PSI would be 9 × (1/100 + 1/100) = 0.18 on average


def test_an_industry_that_vanishes_is_an_alarm_by_name() -> None:
    X, propensity = universe(2_000, 1)
    X["industry"] = X["industry"].where(X["industry"] != "Software", "Retail")
    found = compared(X, propensity)
    assert {one.column for one in found.values() if one.alarm} == {"industry"}
    assert found["industry"].ks is None


def test_what_the_model_hardly_uses_is_noted_and_no_alarm() -> None:
    X, propensity = universe(2_000, 1)
    X["fax"] = X["fax"] + 1
    found = compared(X, propensity)
    assert (found["fax"].out_of_bounds, found["fax"].alarm) == (True, False)
    assert compared(X, propensity, importance_bound=0.0)["fax"].alarm


@pytest.mark.parametrize(("column", "nothing"), [("visits", 0.0), ("employees", np.nan)])
def test_a_column_that_falls_silent_is_said_to_have_vanished(column: str, nothing: float) -> None:
    X, propensity = universe(2_000, 1)
    found = compared(X.assign(**{column: nothing}), propensity)
    assert [name for name, one in found.items() if one.vanished] == [column]
    assert found[column].alarm


def test_a_rare_event_that_nobody_has_in_a_small_universe_has_not_vanished() -> None:
    X, propensity = universe(100, 1)
    rare = universe(2_000, 99)[0].assign(visits=[1.0] * 20 + [0.0] * 1_980)
    profile = Profile.of(rare, universe(2_000, 99)[1], IMPORTANCE)
    bounds = {"elapsed_days": 0.0, "psi_bound": 0.25, "importance_bound": 0.05}
    found = shifts(profile, X.assign(visits=0.0), propensity, **bounds)
    assert not any(one.vanished for one in found)


def test_propensity_that_moves_is_an_alarm_whatever_the_columns() -> None:
    X, propensity = universe(2_000, 1)
    found = compared(X, np.sqrt(propensity))
    assert [name for name, one in found.items() if one.alarm] == [PROPENSITY]
    assert next(iter(found)) == PROPENSITY
    assert found[PROPENSITY].ks == pytest.approx(0.3, abs=0.15)


def test_a_clock_that_ran_on_has_not_moved() -> None:
    X, propensity = universe(2_000, 1)
    later = X.assign(account_age_days=X["account_age_days"] + 400)
    assert compared(later, propensity)["account_age_days"].out_of_bounds
    assert not compared(later, propensity, elapsed_days=400)["account_age_days"].out_of_bounds


def test_the_bound_decides() -> None:
    X, propensity = universe(2_000, 1)
    X["employees"] *= 2
    psi = compared(X, propensity)["employees"].psi
    assert psi > 0.1
    assert not compared(X, propensity, psi_bound=psi + 0.001)["employees"].out_of_bounds
    assert compared(X, propensity, psi_bound=psi - 0.001)["employees"].out_of_bounds


def test_a_profile_comes_back_from_plain_values() -> None:
    profile = Profile.of(*universe(300, 1), IMPORTANCE)
    assert Profile.from_dict(json.loads(json.dumps(profile.to_dict()))) == profile


def test_importance_is_what_moves_the_propensity_from_account_to_account() -> None:
    reasons = pd.DataFrame(
        {
            "field": ["(base)", "industry", "city", "year", "(calibration)"] * 2,
            "contribution": [9.0, 3.0, 1.0, 5.0, 0.0, 9.0, -3.0, -1.0, 5.0, 7.0],
        }
    )
    assert importances(reasons) == {"city": 0.25, "industry": 0.75, "year": 0.0}
