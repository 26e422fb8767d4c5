"""Drift on a simulated world: quiet while it goes on as before, named once it does not."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from abm_ml.config import Drift
from abm_ml.data.crm import Crm
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.drift import PROPENSITY
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.persist import TrainedPropensity, load_propensity, save_propensity
from abm_ml.propensity.training import training_table
from abm_ml.scoring.drift import DriftReport, drift_report, universe_profile
from abm_ml.scoring.outcomes import later_outcomes

TRAINED_AT = datetime(2025, 1, 1)
A_QUARTER_LATER = datetime(2025, 4, 1)
A_YEAR_LATER = datetime(2026, 1, 1)
SPEC = FeatureSpec(
    columns=(
        "employees", "industry", "engagement_points", "account_age_days",
        "days_since_engagement", "days_since_won", "days_since_lost",
    )
)  # fmt: skip

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def crm(busy_work: Path) -> Crm:
    return Crm.open(busy_work, threads=1)


@pytest.fixture
def tables(busy_work: Path) -> Tables:
    """The world's tables, to be changed at will."""
    files = (busy_work / "canonical").glob("*.parquet")
    return {file.stem: pq.read_table(file).to_pandas() for file in files}


@pytest.fixture(scope="module")
def trained(crm: Crm) -> TrainedPropensity:
    """A small model of who is won, with its profile."""
    table = training_table(crm, "win", until=TRAINED_AT, spec=SPEC, opportunity_columns=False)
    model = PropensityModel(regularisation=(0.2,), num_leaves=(7,), max_trees=10, n_folds=2)
    without = TrainedPropensity(
        model=model.fit(table.X, table.y, time=table.time, known_at=table.known_at),
        spec=table.spec,
        target="win",
        verdict="good",
        base_rate=float(table.y.mean()),
        as_of=TRAINED_AT,
    )
    profile = universe_profile(crm, without, TRAINED_AT, sample=20_000)
    return dataclasses.replace(without, profile=profile)


@pytest.fixture(scope="module")
def after_a_quarter(crm: Crm, trained: TrainedPropensity) -> DriftReport:
    return drift_report(crm, trained, A_QUARTER_LATER, Drift(importance=0))


@pytest.fixture(scope="module")
def after_a_year(crm: Crm, trained: TrainedPropensity) -> DriftReport:
    return drift_report(crm, trained, A_YEAR_LATER, Drift(importance=0))


def report(
    trained: TrainedPropensity, tables: Tables, as_of: datetime = A_QUARTER_LATER, **bounds: Any
) -> DriftReport:
    crm = Crm.from_tables(tables, threads=1)
    return drift_report(crm, trained, as_of, Drift(**({"importance": 0} | bounds)))


# --- the universe ------------------------------------------------------------------------------


def test_at_the_training_nothing_has_moved(crm: Crm, trained: TrainedPropensity) -> None:
    found = drift_report(crm, trained, TRAINED_AT, Drift())
    assert {shift.psi for shift in found.shifts} == {0.0}
    assert found.alarms == ()
    assert found.outcomes is None


def test_it_says_how_far_every_column_and_the_propensity_have_moved(
    after_a_quarter: DriftReport, trained: TrainedPropensity
) -> None:
    names = [shift.column for shift in after_a_quarter.shifts]
    assert names[0] == PROPENSITY
    assert set(names[1:]) == set(trained.model.feature_names_in_)
    assert sum(shift.importance for shift in after_a_quarter.shifts[1:]) == pytest.approx(1)
    assert after_a_quarter.rows > 1_000


def test_time_that_passes_as_usual_is_no_drift_not_even_for_clocks(
    after_a_quarter: DriftReport, after_a_year: DriftReport
) -> None:
    for found in (after_a_quarter, after_a_year):
        assert found.alarms == ()
        assert [shift.column for shift in found.shifts if shift.out_of_bounds] == []


def test_columns_that_change_or_come_empty_are_named(
    tables: Tables, trained: TrainedPropensity
) -> None:
    accounts = tables["accounts"]
    other = accounts["industry"].where(accounts["industry"] != "Software", "Computing")
    tables["accounts"] = accounts.assign(industry=other, employees=None)
    alarms = report(trained, tables).alarms
    (changed,) = (alarm for alarm in alarms if "industry" in alarm)
    (empty,) = (alarm for alarm in alarms if "employees" in alarm)
    assert "industry is no longer as it was at training (PSI" in changed
    assert "of what moves the propensity): mend its source, or retrain" in changed
    assert "employees says nothing any more" in empty


def test_a_feed_that_stopped_is_named(tables: Tables, trained: TrainedPropensity) -> None:
    events = tables["engagements"]
    tables["engagements"] = events[events["ts"] < pd.Timestamp(TRAINED_AT)]
    moved = [s.column for s in report(trained, tables, A_YEAR_LATER).shifts if s.out_of_bounds]
    assert {"engagement_points", "days_since_engagement"} <= set(moved)


def test_a_model_that_keeps_no_profile_is_judged_by_outcomes_alone(
    crm: Crm, trained: TrainedPropensity
) -> None:
    found = drift_report(crm, dataclasses.replace(trained, profile=None), A_YEAR_LATER, Drift())
    assert found.shifts == ()
    assert found.outcomes is not None


# --- the profile -------------------------------------------------------------------------------


def test_a_saved_model_keeps_its_profile(trained: TrainedPropensity, tmp_path: Path) -> None:
    save_propensity(trained, tmp_path / "model")
    assert load_propensity(tmp_path / "model").profile == trained.profile


def test_the_profile_names_no_account_and_no_rare_level(
    trained: TrainedPropensity, tables: Tables
) -> None:
    assert trained.profile is not None
    accounts = tables["accounts"]
    text = json.dumps(trained.profile.to_dict(), ensure_ascii=False)
    for column in ("account_id", "name", "domain"):
        assert not [value for value in accounts[column].dropna() if f'"{value}"' in text]
    counted = accounts["industry"].value_counts()
    for level in trained.profile.columns["industry"].bins.levels:
        assert counted[level] >= 10


def test_suppressed_accounts_are_not_looked_at(
    tables: Tables, trained: TrainedPropensity, after_a_quarter: DriftReport
) -> None:
    before = after_a_quarter.rows
    stopped = tables["accounts"]["account_id"].head(100)
    more = pd.DataFrame({"kind": "account", "value": stopped})
    tables["suppressions"] = pd.concat([tables["suppressions"], more], ignore_index=True)
    assert before - 100 <= report(trained, tables).rows < before - 50


def test_the_sample_is_the_same_whatever_the_order_of_rows(
    tables: Tables, trained: TrainedPropensity
) -> None:
    first = universe_profile(Crm.from_tables(tables, threads=1), trained, TRAINED_AT, sample=300)
    mixed = {name: table.sample(frac=1, random_state=3) for name, table in tables.items()}
    again = universe_profile(Crm.from_tables(mixed, threads=2), trained, TRAINED_AT, sample=300)
    assert first == again
    assert first is not None
    assert first.rows == 300


def test_what_happens_at_or_after_as_of_changes_nothing(
    tables: Tables, trained: TrainedPropensity, after_a_quarter: DriftReport
) -> None:
    late = tables["engagements"].assign(ts=pd.Timestamp(A_QUARTER_LATER))
    tables["engagements"] = pd.concat([tables["engagements"], late], ignore_index=True)
    deals = tables["opportunities"]
    deals.loc[deals["closed_at"] >= pd.Timestamp(A_QUARTER_LATER), "is_won"] = True
    assert report(trained, tables) == after_a_quarter


# --- outcomes ----------------------------------------------------------------------------------


def test_outcomes_that_follow_as_expected_are_no_alarm(
    after_a_year: DriftReport,
) -> None:
    found = after_a_year.outcomes
    assert found is not None
    assert found.rows > 100
    assert found.low < found.observed / found.expected < found.high
    assert found.slope_low < found.slope < found.slope_high
    assert not found.off
    assert not found.flat


def test_a_market_that_turns_is_an_alarm(tables: Tables, trained: TrainedPropensity) -> None:
    deals = tables["opportunities"]
    after = deals["is_won"].notna() & (deals["created_at"] >= pd.Timestamp(TRAINED_AT))
    deals.loc[after, "is_won"] = True
    found = report(trained, tables, A_YEAR_LATER)
    assert found.outcomes is not None
    assert found.outcomes.off
    (alarm,) = (alarm for alarm in found.alarms if "won since training where" in alarm)
    assert alarm.endswith("times as many): retrain")


def test_wins_are_counted_over_whole_cohorts_and_not_over_the_slow_rest(
    crm: Crm, trained: TrainedPropensity
) -> None:
    since = np.datetime64(TRAINED_AT)
    rows = {
        after: later_outcomes(
            crm, trained, TRAINED_AT, A_YEAR_LATER, after=after, max_rows=10_000
        ).to_pandas()
        for after in ("as_of", "known_at")
    }
    assert (rows["as_of"]["as_of"] >= since).all()
    assert (rows["known_at"]["known_at"] >= since).all()
    assert (rows["known_at"]["as_of"] < since).sum() > 20


def test_a_conversion_is_known_when_its_horizon_has_passed(
    crm: Crm, trained: TrainedPropensity
) -> None:
    asks = dataclasses.replace(trained, target="conversion", horizon_days=120)
    assert drift_report(crm, asks, A_QUARTER_LATER, Drift()).outcomes is None
    labels = later_outcomes(
        crm, asks, TRAINED_AT, A_YEAR_LATER, after="known_at", max_rows=10_000
    ).to_pandas()
    assert (labels["as_of"] >= np.datetime64(TRAINED_AT)).all()
    assert (labels["known_at"] <= np.datetime64(A_YEAR_LATER)).all()
