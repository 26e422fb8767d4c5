"""A simulated world through prepare and scoring, checked against plain pandas."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.prepare import prepare_tables
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.scoring.universe import ScoreResult, score_universe

AS_OF = datetime(2025, 3, 1, 9, 30)
PARAMS = Params()
DATED = {"engagements": "ts", "intent": "ts", "signals": "ts"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = tmp_path_factory.mktemp("world")
    simulate_world(world, accounts=400, seed=5)
    prepare_tables(world / "exports", world / "work", threads=1)
    return world / "work"


@pytest.fixture(scope="module")
def tables(prepared: Path) -> dict[str, pd.DataFrame]:
    files = sorted((prepared / "canonical").glob("*.parquet"))
    return {file.stem: pd.read_parquet(file) for file in files}


@pytest.fixture(scope="module")
def result(prepared: Path) -> ScoreResult:
    return score_universe(Crm.open(prepared, threads=1), None, None, PARAMS, AS_OF)


def existing(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    accounts = tables["accounts"]
    return accounts[accounts["created_at"].isna() | (accounts["created_at"] < AS_OF)]


def test_law_2_the_universe_is_scored_and_excluded_each_account_once(result, tables):
    named = [*result.scored["account_id"], *result.excluded["account_id"]]
    assert sorted(named) == sorted(existing(tables)["account_id"])
    assert result.summary["universe"] == len(named)
    assert len(result.tal) == result.scored["tier"].notna().sum() > 0


def test_law_1_what_lies_at_or_after_as_of_may_as_well_be_missing(result, tables):
    past = {
        name: table[table[DATED[name]] < AS_OF] if name in DATED else table
        for name, table in tables.items()
    }
    past["opportunities"] = tables["opportunities"].query("created_at < @AS_OF")
    assert sum(map(len, past.values())) < sum(map(len, tables.values()))
    again = score_universe(Crm.from_tables(past, threads=1), None, None, PARAMS, AS_OF)
    told = [column for column in result.scored.columns if column != "run_id"]
    pd.testing.assert_frame_equal(again.scored[told], result.scored[told])


def test_points_equal_those_of_plain_pandas_from_the_event_log(result, tables):
    events = tables["engagements"].dropna(subset="account_id").query("ts < @AS_OF")
    age = (pd.Timestamp(AS_OF).normalize() - events["ts"].dt.normalize()).dt.days
    events = events.assign(age=age).query("age <= @PARAMS.engagement.window_days")
    events = events[~events["contact_id"].isin(suppressed_people(tables))]
    events["person"] = events["contact_id"].fillna(events["lead_id"]).fillna(events["visitor_id"])
    day = ["account_id", "person", "kind", "age"]
    counted = events.groupby(day, dropna=False).size().clip(upper=PARAMS.engagement.daily_cap)
    counted = counted.rename("n").reset_index()
    worth = counted["kind"].map(PARAMS.engagement.points_by_kind).fillna(0)
    counted["points"] = counted["n"] * worth * 0.5 ** (counted["age"] / 30)
    expected = counted.groupby("account_id")["points"].sum()
    scored = result.scored.set_index("account_id")["engagement_points"]
    np.testing.assert_allclose(scored, expected.reindex(scored.index).fillna(0), atol=1e-4)
    assert (scored > 0).sum() > 50


def suppressed_people(tables: dict[str, pd.DataFrame]) -> set[str]:
    """Contacts on the suppression list, by id, hashed e-mail or domain, and with their account."""
    listed, contacts = tables["suppressions"], tables["contacts"]
    active = (
        listed[listed["until"].isna() | (listed["until"] > AS_OF)] if "until" in listed else listed
    )
    values = {kind: set(rows["value"]) for kind, rows in active.groupby("kind")}
    email = contacts["email"].str.strip().str.lower()
    hashed = email.dropna().map(lambda text: sha256(text.encode()).hexdigest())
    accounts = tables["accounts"]
    by_account = accounts["account_id"].isin(values.get("account", ())) | accounts["domain"].isin(
        values.get("domain", ())
    )
    stopped = (
        contacts["contact_id"].isin(values.get("contact", ()))
        | hashed.reindex(contacts.index).isin(values.get("email_sha256", ()))
        | email.str.split("@").str[1].isin(values.get("domain", ()))
        | contacts["account_id"].isin(accounts.loc[by_account, "account_id"])
    )
    return set(contacts.loc[stopped, "contact_id"])


def test_law_5_the_suppressed_and_opted_out_never_appear(result, tables):
    people = {person for row in result.scored["recommended_contacts"] for person in row}
    opted_out = tables["contacts"].query("opted_out == True")["contact_id"]
    assert people
    assert people.isdisjoint(suppressed_people(tables) | set(opted_out))
    assert people <= set(tables["contacts"]["contact_id"])


def test_customers_and_open_deals_are_left_to_sales(result, tables):
    deals = tables["opportunities"].query("created_at < @AS_OF")
    closed = deals["closed_at"] < AS_OF
    customers = set(deals.loc[closed & deals["is_won"].eq(True), "account_id"])
    open_ = set(
        deals.loc[~closed & ~(deals["closed_at"].isna() & deals["is_won"].notna()), "account_id"]
    )
    assert customers
    assert open_
    assert (customers | open_).isdisjoint(result.scored["account_id"])
    reasons = result.excluded.set_index("account_id")["reason"]
    assert set(reasons[reasons == "customer"].index) <= customers
    assert set(reasons[reasons == "open_opportunity"].index) <= open_
