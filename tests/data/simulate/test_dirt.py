"""The dirt is there, at its rate, and attributes are rewritten after wins only."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World

Read = Callable[[str], pd.DataFrame]


def world_of(out: Path, accounts: int = 300, **options: Any) -> Callable[[str], pd.DataFrame]:
    simulate_world(out, accounts=accounts, seed=7, world=World(**options))
    return lambda name: pq.read_table(out / "exports" / f"{name}.parquet").to_pandas()


def test_attributes_are_missing_at_the_rate_asked_for(tmp_path: Path) -> None:
    accounts = world_of(tmp_path, 3_000, missing_rate=0.2, enriched=())("accounts")
    for column in ("industry", "employees", "revenue", "domain", "city", "technologies"):
        assert accounts[column].isna().mean() == pytest.approx(0.2, abs=0.04), column


def test_a_clean_world_misses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    read = world_of(
        tmp_path, missing_rate=0, duplicate_rate=0, typo_rate=0, suppressed_rate=0,
        opted_out_rate=0, leaks=False, enriched=(),
    )  # fmt: skip
    accounts = read("accounts")
    assert accounts.account_id.is_unique
    for column in ("name", "domain", "industry", "employees", "revenue", "technologies"):
        assert accounts[column].notna().all()
    assert read("contacts").email.notna().all()
    assert read("suppressions").empty
    assert not {"customer_health", "lifecycle_stage"} & set(accounts.columns)
    assert not {"probability", "close_reason"} & set(read("opportunities").columns)


@pytest.mark.parametrize(
    ("name", "key"),
    [("accounts", "account_id"), ("contacts", "contact_id"), ("opportunities", "opportunity_id")],
)
def test_some_rows_are_there_twice_and_the_newer_one_is_right(
    tmp_path: Path, name: str, key: str
) -> None:
    read = world_of(tmp_path / "dirty", 2_000, duplicate_rate=0.2)
    clean = world_of(tmp_path / "clean", 2_000, duplicate_rate=0.0)
    rows = read(name)
    twice = rows[key].duplicated(keep=False)
    assert rows[key].duplicated().mean() == pytest.approx(0.2 / 1.2, abs=0.03)
    assert rows[twice].groupby(key).updated_at.nunique().eq(2).all()
    newest = rows.sort_values("updated_at").drop_duplicates(key, keep="last").sort_values(key)
    expected = clean(name).sort_values(key)
    pd.testing.assert_frame_equal(newest.reset_index(drop=True), expected.reset_index(drop=True))


def test_earlier_versions_of_opportunities_were_still_open(tmp_path: Path) -> None:
    rows = world_of(tmp_path, 2_000, duplicate_rate=0.2)("opportunities")
    earlier = rows.sort_values("updated_at")[lambda r: r.opportunity_id.duplicated(keep="last")]
    assert len(earlier) > 100
    assert earlier.is_won.isna().all()
    assert earlier.closed_at.isna().all()
    assert (earlier.updated_at > earlier.created_at).all()


def test_titles_are_misspelt_at_the_rate_asked_for(tmp_path: Path) -> None:
    dirty = world_of(tmp_path / "dirty", typo_rate=0.3)("contacts").set_index("contact_id").title
    clean = world_of(tmp_path / "clean", typo_rate=0.0)("contacts").set_index("contact_id").title
    known = clean.notna() & ~clean.index.duplicated(keep=False)
    changed = dirty[known & ~dirty.index.duplicated(keep=False)] != clean[known]
    assert changed.mean() == pytest.approx(0.3, abs=0.06)


def test_account_type_says_customer_only_after_a_win(table: Read) -> None:
    accounts, won = table("accounts").set_index("account_id"), first_wins(table)
    customers = accounts.index[accounts.account_type == "Customer"]
    assert set(customers) == set(won.index)
    assert (accounts.updated_at[won.index] >= won).all()


def test_a_planted_attribute_is_filled_mostly_for_winners(table: Read) -> None:
    accounts, won = table("accounts").set_index("account_id"), first_wins(table)
    customer = accounts.index.isin(won.index)
    assert accounts.sub_industry[customer].notna().all()
    assert accounts.sub_industry[~customer].notna().mean() < 0.3


def test_enriched_attributes_differ_from_the_plain_world_for_winners_only(tmp_path: Path) -> None:
    enriched = world_of(tmp_path / "e", enriched=("employees", "technologies"), duplicate_rate=0)
    plain = world_of(tmp_path / "p", enriched=(), duplicate_rate=0)
    after, before = (read("accounts").set_index("account_id") for read in (enriched, plain))
    customer = after.account_type == "Customer"
    assert (after.employees[customer] != before.employees[customer]).mean() > 0.9
    same = after.employees[~customer].fillna(-1) == before.employees[~customer].fillna(-1)
    assert same.all()
    grown = after.technologies[customer].str.len() > before.technologies[customer].str.len()
    assert grown.mean() > 0.7
    history = enriched("account_history")
    assert set(history.column) == {"account_type", "employees", "technologies"}
    first = history[history.column == "employees"].groupby("account_id").value.first()
    dated = before.employees[first.index]
    assert (first.astype(float).fillna(-1) == dated.fillna(-1)).all()


def test_history_dates_the_rewritten_attributes_of_a_part_of_the_accounts(table: Read) -> None:
    history, accounts = table("account_history"), table("accounts").set_index("account_id")
    won = first_wins(table)
    types = history[history.column == "account_type"]
    dated = types.account_id.unique()
    assert len(dated) / len(accounts) == pytest.approx(0.3, abs=0.08)
    became = types[types.value == "Customer"].set_index("account_id").valid_from
    assert set(became.index) == set(dated) & set(won.index)
    assert (became == won[became.index]).all()
    first = types.groupby("account_id").valid_from.min()
    assert (first == accounts.created_at[first.index]).all()


def test_leak_columns_tell_the_outcome_and_are_filled_after_the_fact(table: Read) -> None:
    deals = table("opportunities")
    closed = deals[deals.is_won.notna()]
    assert ((closed.probability == 100) == closed.is_won.astype(bool)).all()
    assert (deals.close_reason.notna() == deals.is_won.notna()).all()
    won = closed.paperwork_hours[closed.is_won.astype(bool)]
    lost = closed.paperwork_hours[~closed.is_won.astype(bool)]
    assert won.quantile(0.1) > lost.quantile(0.9)
    accounts = table("accounts").set_index("account_id")
    customer = accounts.index.isin(first_wins(table).index)
    for column in ("customer_health", "seats_provisioned"):
        assert (accounts[column].notna() == customer).all()
    assert accounts.last_contacted_at[customer].notna().all()


def test_some_people_opted_out_and_some_must_not_be_used(large_people: dict[str, Any]) -> None:
    assert large_people["opted_out"] == pytest.approx(0.04, abs=0.01)
    assert large_people["suppressed"] == pytest.approx(0.01, abs=0.005)


@pytest.fixture(scope="module")
def large_people(large: Any) -> dict[str, Any]:
    contacts = large.cast.contacts
    return {name: float(np.mean(getattr(contacts, name))) for name in ("opted_out", "suppressed")}


def first_wins(table: Read) -> pd.Series:
    """Closing date of each customer's first win."""
    deals = table("opportunities")
    return deals[deals.is_won.fillna(False).astype(bool)].groupby("account_id").closed_at.min()
