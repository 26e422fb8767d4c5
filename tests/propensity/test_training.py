"""The training table: features strictly before each label's time, and no leaks."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from abm_ml.data.crm import Crm
from abm_ml.errors import DataError, ParamsError
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.leak_behaviour import BY_TIME
from abm_ml.propensity.leaks import leaking_columns
from abm_ml.propensity.training import TrainingTable, training_table
from abm_ml.propensity.training_leaks import BY_CLOSING, BY_REWRITING

START = datetime(2024, 1, 1)


def world(n: int = 400, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Accounts with one opportunity each; what is written after a win is planted."""
    rng = np.random.default_rng(seed)
    ids = [f"a{k:03d}" for k in range(n)]
    created = [START + timedelta(days=int(k)) for k in np.sort(rng.integers(0, 700, n))]
    won = rng.random(n) < 0.4
    accounts = pd.DataFrame(
        {
            "account_id": ids,
            "name": ids,
            "industry": rng.choice(["Software", "Retail"], n),
            "employees": rng.integers(1, 1000, n),
            "sub_industry": np.where(won, "SaaS", None),
            "lifecycle_stage": np.where(won, "customer", "lead"),
            "health": np.where(won, rng.random(n), np.nan),
            "fax": rng.choice(["yes", "no"], n),
        }
    )
    opportunities = pd.DataFrame(
        {
            "opportunity_id": [f"o{k}" for k in range(n)],
            "account_id": ids,
            "stage": "any",
            "created_at": created,
            "closed_at": [moment + timedelta(days=30) for moment in created],
            "is_won": won,
            "product": rng.choice(["Basic", "Pro"], n),
            "Probability": np.where(won, 100, 0),
            "paperwork": rng.normal(np.where(won, 14, 3), 1),
            "campaign code": rng.choice(["x", "y"], n),
        }
    )
    engagements = pd.DataFrame(
        {
            "account_id": ids * 2,
            "kind": "website_visit",
            "ts": [moment - timedelta(days=3) for moment in created] + created,
        }
    )
    return {"accounts": accounts, "opportunities": opportunities, "engagements": engagements}


def table_of(
    tables: dict[str, pd.DataFrame], target: str = "win", **arguments: object
) -> TrainingTable:
    """The training table of a world on one thread."""
    return training_table(Crm.from_tables(tables, threads=1), target, **arguments)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def win() -> TrainingTable:
    """The training table of the world's opportunities."""
    return table_of(world())


def test_every_array_has_a_row_for_each_label(win: TrainingTable) -> None:
    arrays = (win.X, win.y, win.time, win.known_at, win.groups, win.accounts, win.testable)
    assert {len(array) for array in arrays} == {400}
    assert (win.time < win.known_at).all()
    assert win.horizon_days is None


def test_features_are_strictly_before_the_creation(win: TrainingTable) -> None:
    # Each account has one visit three days before, and one at the very instant.
    assert set(win.X["engagements:website_visit:90d"]) == {1.0}


def test_adding_the_future_changes_no_feature(win: TrainingTable) -> None:
    tables = world()
    late = tables["engagements"].assign(ts=lambda rows: rows["ts"] + timedelta(days=4))
    tables["engagements"] = pd.concat([tables["engagements"], late.tail(400)])
    after = table_of(tables, until=win.until)
    pd.testing.assert_frame_equal(win.X, after.X)


def test_leaks_of_accounts_and_opportunities_are_reported_and_kept_out(win: TrainingTable) -> None:
    assert set(leaking_columns(win.leaks)) == {
        "sub_industry", "lifecycle_stage", "health",
        "opportunity:Probability", "opportunity:paperwork",
    }  # fmt: skip
    assert not set(leaking_columns(win.leaks)) & set(win.X.columns)
    assert not set(leaking_columns(win.leaks)) & set(win.spec.columns)


def test_honest_columns_of_the_opportunity_are_offered(win: TrainingTable) -> None:
    own = [name for name in win.X.columns if name.startswith("opportunity:")]
    assert own == ["opportunity:product", "opportunity:campaign code"]
    without = table_of(world(), opportunity_columns=False)
    assert list(without.X.columns) == list(without.spec.columns)


def test_a_column_without_history_is_used_only_when_it_is_named(win: TrainingTable) -> None:
    assert "fax" not in win.X.columns
    assert "fax" in table_of(world(), extra_columns=("fax",)).X.columns


def test_the_user_may_allow_and_exclude_columns() -> None:
    table = table_of(world(), allow_columns=["sub_industry"], exclude_columns=["employees"])
    assert "sub_industry" in table.X.columns
    assert "employees" not in table.X.columns
    assert "employees" not in table.spec.columns


def test_a_given_spec_is_used_as_it_is() -> None:
    spec = FeatureSpec(columns=("industry", "past_won"))
    table = table_of(world(), spec=spec, opportunity_columns=False)
    assert list(table.X.columns) == ["industry", "past_won"]


def test_conversions_have_a_row_for_each_account_and_snapshot() -> None:
    table = table_of(world(), "conversion", horizon_days=90, every_months=6)
    assert table.horizon_days == 90
    assert len(set(table.groups)) == len(table) == 400 * len(np.unique(table.time))
    assert 0 < table.y.mean() < 0.4
    assert (table.known_at - table.time == np.timedelta64(90, "D")).all()
    assert "past_won" in table.X.columns
    assert not [name for name in table.X.columns if name.startswith("opportunity:")]


def test_the_order_of_input_rows_changes_nothing(win: TrainingTable) -> None:
    shuffled = {name: rows.sample(frac=1, random_state=0) for name, rows in world().items()}
    again = table_of(shuffled)
    pd.testing.assert_frame_equal(win.X, again.X)
    np.testing.assert_array_equal(win.groups, again.groups)


def test_nothing_closed_is_refused_with_the_reason() -> None:
    with pytest.raises(DataError, match="none was won or lost before 2024-01-01"):
        table_of(world(), until=START)
    with pytest.raises(DataError, match=r"shorten propensity\.horizon_days"):
        table_of(world(), "conversion", horizon_days=5_000)


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ParamsError, match=r"target must be conversion or win\. Supplied value 'x'"):
        table_of(world(), "x")


# --- leaks that only the CRM around the rows can show -------------------------------------------


def test_what_is_filled_only_once_an_opportunity_has_closed_is_kept_out() -> None:
    tables = world()
    deals = tables["opportunities"]
    rng = np.random.default_rng(1)
    deals["competitor named"] = np.where(rng.random(400) < 0.9, rng.choice(["x", "y"], 400), None)
    deals["budget"] = rng.integers(1, 100, 400)
    still_open = deals.assign(
        opportunity_id=[f"n{k}" for k in range(400)], closed_at=pd.NaT, is_won=None
    )
    still_open["competitor named"] = None
    tables["opportunities"] = pd.concat([deals, still_open], ignore_index=True)
    table = table_of(tables)
    (leak,) = [leak for leak in table.leaks if leak.column == "opportunity:competitor named"]
    assert leak.why == BY_CLOSING
    assert leak.evidence == "filled in 91% of closed opportunities, 0% of open"
    assert "opportunity:budget" in table.X.columns


def history(tables: dict[str, pd.DataFrame], days: int) -> pd.DataFrame:
    """Employees of every winner, dated so many days from the creation of its opportunity."""
    deals = tables["opportunities"].loc[lambda rows: rows["is_won"]]
    return pd.DataFrame(
        {
            "account_id": deals["account_id"],
            "column": "employees",
            "value": np.random.default_rng(2).integers(1, 1000, len(deals)).astype(str),
            "valid_from": deals["created_at"] + timedelta(days=days),
        }
    )


def test_a_stable_column_that_history_shows_rewritten_after_winning_is_kept_out() -> None:
    tables = world()
    table = table_of({**tables, "account_history": history(tables, days=+60)})
    (leak,) = [leak for leak in table.leaks if leak.column == "employees"]
    assert leak.why == BY_REWRITING
    assert leak.evidence.endswith("for 100% of won accounts, 0% of lost")
    assert "employees" not in table.X.columns


def test_a_column_that_history_dates_before_the_row_is_kept() -> None:
    tables = world()
    table = table_of({**tables, "account_history": history(tables, days=-60)})
    assert "employees" in table.X.columns


def test_dates_of_an_account_that_lie_after_its_first_opportunity_are_judged() -> None:
    tables = world()
    won = tables["opportunities"]["is_won"].to_numpy(dtype=bool)
    created = tables["opportunities"]["created_at"]
    kickoff = created + pd.to_timedelta(np.where(won, 20, -20), "D")
    tables["accounts"]["kickoff day"] = kickoff.dt.strftime("%Y-%m-%d")
    table = table_of(tables, extra_columns=("kickoff day",))
    assert {leak.column: leak.why for leak in table.leaks}["kickoff day"] == BY_TIME
