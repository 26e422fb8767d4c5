"""Tables of accounts as people bring them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abm_ml.errors import DataError
from abm_ml.lookalike.accounts import (
    alike,
    checked_accounts,
    plain_cells,
    without_long_texts,
)


def table(*ids: object) -> pd.DataFrame:
    return pd.DataFrame({"account_id": ids, "employees": range(len(ids))})


def test_ids_become_text_and_rows_come_by_id():
    found = checked_accounts(table(20, 3, 100))
    assert found["account_id"].tolist() == ["100", "20", "3"]
    assert found["employees"].tolist() == [2, 0, 1]
    assert found.index.tolist() == [0, 1, 2]


def test_names_of_columns_become_text():
    assert checked_accounts(table("A1").rename(columns={"employees": 7})).columns.tolist() == [
        "account_id",
        "7",
    ]


def test_the_table_given_is_left_as_it_is():
    given = table(2, 1)
    before = given.copy(deep=True)
    checked_accounts(given)
    pd.testing.assert_frame_equal(given, before)


@pytest.mark.parametrize(
    ("accounts", "message"),
    [
        (pd.DataFrame({"id": ["A1"]}), "required column 'account_id' is missing; found id"),
        (table(), "there are no rows; an index needs at least two accounts"),
        (table("A1", None), "row 1 has no account_id; give each account one"),
        (table("A1", " ", "A3"), "row 1 has no account_id"),
        (table("A1", "A2", "A1"), "account_id 'A1' names more than one row; keep one of them"),
        (table(1, "1"), "account_id '1' names more than one row"),
        (pd.concat([table("A1"), table("A1")], axis=1), "column 'account_id' occurs twice"),
    ],
)
def test_what_cannot_be_indexed_is_refused_with_its_row(accounts: pd.DataFrame, message: str):
    with pytest.raises(DataError, match=message):
        checked_accounts(accounts)


@pytest.mark.parametrize(
    ("cells", "plain"),
    [
        ([{"b", "a"}, ("c",), None, "d"], [["a", "b"], ["c"], [], ["d"]]),
        ([[1, None], np.array([2.5])], [["1"], ["2.5"]]),
        ([1, 2.5, None], [1.0, 2.5, np.nan]),
        ([1, "one", "", 3.0], ["1", "one", np.nan, "3"]),
        (["a", None, "b"], ["a", None, "b"]),
    ],
)
def test_cells_become_what_files_can_hold(cells: list[object], plain: list[object]):
    values = pd.Series(cells, dtype=object)
    found = plain_cells(values)
    assert found.isna().tolist() == pd.Series(plain).isna().tolist()
    known = found.notna()
    assert found[known].tolist() == pd.Series(plain)[known].tolist()


def test_columns_that_files_can_hold_are_left_alone():
    for values in (pd.Series([1, 2]), pd.Series(["a"]), pd.Series(pd.Categorical(["x"]))):
        assert plain_cells(values) is values


def test_cells_that_are_neither_values_nor_lists_are_refused():
    accounts = table("A1", "A2").assign(raw=[{"a": 1}, None])
    with pytest.raises(DataError, match="column 'raw' holds cells that are neither single values"):
        checked_accounts(accounts)


def test_texts_that_hardly_repeat_are_not_kept():
    """Industries with long names repeat; names and codes stay however long they are."""
    rows = range(120)
    accounts = table(*rows).assign(
        name=[f"the very long name of company {i}" for i in rows],
        description=[f"we make things and sell them to {i % 40}" for i in rows],
        notes=[f"a call with somebody there went well {i}" for i in rows],
        industry=[f"wholesale of fruit and vegetables, class {i % 40}" for i in rows],
        tags=[["a", "b"]] * 120,
    )
    kept = without_long_texts(accounts, accounts)
    assert kept.columns.tolist() == ["account_id", "employees", "name", "industry", "tags"]
    assert without_long_texts(kept, kept).equals(kept)


def test_new_rows_take_the_types_of_the_table():
    known = pd.DataFrame({"account_id": ["A1"], "code": ["x"], "size": [1.0], "tags": [["a"]]})
    new = pd.DataFrame(
        {"size": ["7", "big"], "code": [5, None], "account_id": ["B", "C"], "more": 1}
    )
    found = alike(new, known)
    assert found.columns.tolist() == known.columns.tolist()
    assert found["code"].iloc[0] == "5"
    assert found["code"].isna().tolist() == [False, True]
    assert found["size"].iloc[0] == 7
    assert (
        pd.concat([known, found]).dtypes[["code", "size"]].tolist()
        == known.dtypes[["code", "size"]].tolist()
    )
