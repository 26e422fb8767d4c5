"""The laws of look-alikes, at the door that everybody uses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.lookalike.index import LookalikeIndex

Members = Callable[..., list[str]]


def same_bytes(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.to_csv(index=False).encode() == other.to_csv(index=False).encode()


# --- law 3: same in, same out ---------------------------------------------------------------------


def test_the_order_of_accounts_and_seeds_and_threads_change_nothing(
    own_index: LookalikeIndex, accounts: pd.DataFrame
):
    mixed = accounts.iloc[:240].sample(frac=1, random_state=7)
    again = LookalikeIndex(threads=2).fit(mixed)
    assert again.version == own_index.version
    seeds = [one for one in own_index.ids if one.startswith("legal-")][:12]
    one = own_index.expansion(seeds, 60)
    other = again.expansion(seeds[::-1], 60)
    assert same_bytes(one.accounts, other.accounts)
    assert same_bytes(one.curve, other.curve)
    assert same_bytes(one.traits, other.traits)
    assert one.summary == other.summary


def test_a_seed_given_twice_counts_once(index: LookalikeIndex, members: Members):
    seeds = members("legal", 6)
    assert index.expand([*seeds, *seeds[:3]], 20).equals(index.expand(seeds, 20))


@pytest.mark.parametrize("hold", [tuple, np.array, pd.Series])
def test_seeds_may_be_any_list(index: LookalikeIndex, members: Members, hold):
    seeds = members("legal", 3)
    assert index.expand(hold(seeds), 20).equals(index.expand(seeds, 20))


# --- laws 9 and 10 --------------------------------------------------------------------------------


def test_a_search_tells_its_recall_against_exact(index: LookalikeIndex, accounts: pd.DataFrame):
    assert (index.kind, index.recall) == ("exact", 1.0)
    quick = LookalikeIndex(kind="approximate", threads=1).fit(accounts)
    assert quick.kind == "approximate"
    assert 0 < quick.recall <= 1


@pytest.mark.parametrize("count", [1, 4, 25])
@pytest.mark.parametrize("segment", ["legal", "logistics", "医疗"])
def test_each_seed_ranks_above_the_universes_median(
    index: LookalikeIndex, members: Members, segment: str, count: int
):
    seeds = members(segment, count, seed=count)
    found = index.expand(seeds, len(index), include_seeds=True)
    assert len(found) == len(index)
    assert found.set_index("account_id")["rank"].loc[seeds].max() <= len(index) / 2


# --- who may be found -----------------------------------------------------------------------------

IDS = st.lists(st.integers(0, 899), max_size=300, unique=True)


@settings(max_examples=12, deadline=None)
@given(
    seeds=st.lists(st.integers(0, 899), min_size=1, max_size=4, unique=True),
    exclude=IDS,
    negatives=st.lists(st.integers(0, 899), max_size=5, unique=True),
    countries=st.lists(st.sampled_from(["US", "GB", "DE", "NL", "CN"]), max_size=3, unique=True),
    size=st.sampled_from([None, 100, 2_000]),
    branches=st.sampled_from([1, 3]),
    k=st.integers(1, 400),
)
def test_exactly_who_may_be_found_is_found(
    index: LookalikeIndex,
    accounts: pd.DataFrame,
    seeds: list[int],
    exclude: list[int],
    negatives: list[int],
    countries: list[str],
    size: int | None,
    branches: int,
    k: int,
):
    ids = index.ids
    groups = pd.Series([f"g{place // branches}" for place in range(900)], index=ids)
    chosen, gone, unloved = ([ids[i] for i in some] for some in (seeds, exclude, negatives))
    where = {"country": countries} if countries else {}
    where |= {"employees": (size, None)} if size else {}
    found = index.expand(
        chosen, k, where=where, exclude=gone, negatives=unloved, groups=groups.to_dict()
    )
    table = accounts.set_index("account_id").loc[ids]
    allowed = ~table.index.isin([*gone, *unloved]) & ~groups.isin(groups[chosen]).to_numpy()
    if countries:
        allowed &= table["country"].isin(countries).to_numpy()
    if size:
        allowed &= (table["employees"] >= size).to_numpy()
    assert allowed[table.index.get_indexer(found["account_id"])].all()
    assert len(found) == min(k, groups[allowed].nunique())
    assert groups[found["account_id"]].is_unique


def test_the_approximate_kind_filters_exactly_too(accounts: pd.DataFrame, members: Members):
    quick = LookalikeIndex(kind="approximate", threads=1).fit(accounts)
    seeds = members("biotech", 8)
    found = quick.expand(seeds, 900, where={"city": "Boston"}, exclude=quick.ids[:100])
    expected = accounts[accounts["city"] == "Boston"]["account_id"]
    assert set(found["account_id"]) == set(expected) - set(seeds) - set(quick.ids[:100])


@pytest.mark.parametrize("count", [3, 12])
def test_nobody_is_found_where_nobody_may_be(own_index: LookalikeIndex, count: int):
    found = own_index.expansion(own_index.ids[:count], 50, exclude=own_index.ids)
    assert found.accounts.empty
    assert "short_list" in found.warnings
    assert found.accounts.columns[0] == "account_id"


def test_seeds_outside_the_filter_still_teach(index: LookalikeIndex, members: Members):
    seeds = members("fintech", 40)
    found = index.expansion(seeds, 30, where={"country": "GB"})
    assert found.accounts["account_id"].str.startswith("fintech-").mean() > 0.9
    assert found.summary["seeds_used"] == 40
    elsewhere = index.expansion(members("工业", 12), 30, where={"country": "US"})
    assert elsewhere.curve.empty
    assert len(elsewhere.accounts) == 30


def test_own_parents_and_branches_are_left_out(accounts: pd.DataFrame, members: Members):
    seeds = members("legal", 5)
    others = [one for one in members("legal", 100) if one not in seeds]
    parents = {others[0]: seeds[0], others[1]: others[0], seeds[1]: others[2], others[3]: others[2]}
    table = accounts.assign(parent_account_id=accounts["account_id"].map(parents))
    found = LookalikeIndex(threads=1).fit(table).expand(seeds, 900)["account_id"]
    assert not set(others[:4]) & set(found)
    assert len(found) == 900 - 5 - 4
