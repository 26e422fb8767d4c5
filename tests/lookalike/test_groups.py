"""Groups of companies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.lookalike.groups import first_of_each, group_numbers, root_parents


def together(accounts: pd.DataFrame, groups: dict[str, str] | None = None) -> list[list[str]]:
    """Members of each group, by id."""
    numbers = group_numbers(accounts, groups)
    by_group = pd.Series(accounts["account_id"].astype(str).to_numpy()).groupby(numbers)
    return sorted(sorted(members) for _, members in by_group)


def accounts(**parents: object) -> pd.DataFrame:
    return pd.DataFrame({"account_id": list(parents), "parent_account_id": list(parents.values())})


def test_parents_subsidiaries_and_branches_are_one_group():
    table = accounts(a=None, b="a", c="b", d="a", e=None)
    assert together(table) == [["a", "b", "c", "d"], ["e"]]


def test_children_of_a_parent_that_is_not_here_belong_together():
    assert together(accounts(a="gone", b="gone", c=None)) == [["a", "b"], ["c"]]


def test_a_circle_of_parents_is_one_group_whatever_the_order():
    table = accounts(a="c", b="a", c="b", d="d", e="b")
    assert together(table) == together(table[::-1]) == [["a", "b", "c", "e"], ["d"]]


@pytest.mark.parametrize("empty", [None, "", "  ", float("nan"), pd.NA])
def test_an_empty_parent_is_no_parent(empty: object):
    assert together(accounts(a=empty, b=empty)) == [["a"], ["b"]]


def test_numbers_as_ids_find_their_parents_although_gaps_turn_them_into_floats():
    table = pd.DataFrame({"account_id": [1, 2, 3], "parent_account_id": [np.nan, 1, np.nan]})
    assert table["parent_account_id"].dtype == float
    assert together(table) == [["1", "2"], ["3"]]


def test_given_groups_go_before_parents_and_who_is_in_none_is_alone():
    table = accounts(a=None, b="a", c=None, d=None)
    assert together(table, {"a": "x", "c": "x", "gone": "x"}) == [["a", "c"], ["b"], ["d"]]


def test_without_parents_everybody_is_alone():
    assert together(pd.DataFrame({"account_id": ["a", "b"]})) == [["a"], ["b"]]


@given(st.lists(st.integers(0, 7) | st.none(), min_size=8, max_size=8))
def test_an_account_is_in_the_group_of_its_parent(parents: list[int | None]):
    ids = pd.Index([str(i) for i in range(8)])
    above = pd.Series([None if one is None else str(one) for one in parents], dtype=object)
    roots = root_parents(ids, above)
    assert all(one is None or roots[str(i)] == roots[str(one)] for i, one in enumerate(parents))


@given(st.lists(st.integers(0, 5)))
def test_the_first_of_each_group_stays(groups: list[int]):
    kept = first_of_each(np.array(groups, dtype=np.int64))
    assert [groups[i] for i in kept] == list(dict.fromkeys(groups))
