"""Which accounts a search may return."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.filters import allowed_rows, parse_where

ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["A", "B", "C", "D", "E"],
        "country": ["US", "ca", "中国", None, "ＵＳ"],
        "employees": [90.0, 200.0, 5_000.0, 700.0, None],
        "status": ["operating", "revoked", "operating", None, ""],
        "technologies": [["SAP", "AWS"], [], ["aws"], None, ["Salesforce"]],
        "created_at": pd.to_datetime(
            ["2023-12-31 23:00", "2024-01-01", "2024-06-30 12:00", None, "2025-01-01"],
            utc=True,
            format="ISO8601",
        ),
        "is_customer": [True, False, False, True, False],
        "founded_year": pd.array([1999, 2015, None, 2015, 2020], dtype="Int64"),
        "revenue": [None] * 5,
    }
)


def matching(where: dict[str, object]) -> str:
    """Ids of the accounts that meet a condition, together."""
    return "".join(ACCOUNTS["account_id"][allowed_rows(ACCOUNTS, where)])


def typed(*texts: str) -> str:
    return matching(parse_where(texts))


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({}, "ABCDE"),
        ({"country": "us"}, "AE"),
        ({"country": ["CA", "中国"]}, "BC"),
        ({"country": {"CA"}}, "B"),
        ({"employees": 200}, "B"),
        ({"employees": [90, "5千"]}, "AC"),
        ({"employees": (200, 5_000)}, "BCD"),
        ({"employees": (200, None)}, "BCD"),
        ({"employees": (None, 200)}, "AB"),
        ({"employees": {"min": 100, "max": 1_000}}, "BD"),
        ({"employees": {"max": "0.2k"}}, "AB"),
        ({"status": {"not": ["revoked"]}}, "ACDE"),
        ({"status": {"not": "REVOKED"}}, "ACDE"),
        ({"technologies": "aws"}, "AC"),
        ({"technologies": ["SAP", "salesforce"]}, "AE"),
        ({"technologies": {"not": ["AWS"]}}, "BDE"),
        ({"created_at": ("2024-01-01", "2024-06-30")}, "BC"),
        ({"created_at": (date(2024, 1, 1), date(2024, 6, 30))}, "BC"),
        ({"created_at": (datetime(2024, 1, 1), datetime(2024, 6, 30))}, "B"),
        ({"created_at": ("2024", "2024")}, "BC"),
        ({"created_at": {"max": "2024-05"}}, "AB"),
        ({"created_at": "2024-06-30"}, "C"),
        ({"created_at": {"not": ["2024"]}}, "ADE"),
        ({"created_at": {"min": "2024-01-01T00:00+08:00"}}, "ABCE"),
        ({"is_customer": True}, "AD"),
        ({"is_customer": "no"}, "BCE"),
        ({"founded_year": 2015}, "BD"),
        ({"founded_year": (2010, 2020)}, "BDE"),
        ({"revenue": (1, None)}, ""),
        ({"revenue": 5}, ""),
        ({"country": ["US", "CA"], "employees": (100, None)}, "B"),
    ],
)
def test_conditions(where: dict[str, object], ids: str):
    assert matching(where) == ids


@pytest.mark.parametrize(
    ("texts", "ids"),
    [
        (["country=US,CA"], "ABE"),
        (["country＝US，中国"], "ACE"),
        (["country=US、CA"], "ABE"),
        (["country = us ; ca"], "ABE"),
        (["employees=200..5000"], "BCD"),
        (["employees=200…"], "BCD"),
        (["employees=..200"], "AB"),
        (["employees>=200", "employees<=700"], "BD"),
        (["employees≥200"], "BCD"),
        (["employees=100～1k"], "BD"),
        (["status!=revoked"], "ACDE"),
        (["status！=revoked"], "ACDE"),
        (["created_at=2024-01-01..2024-06-30"], "BC"),
        (["is_customer=是"], "AD"),
        (["technologies=AWS", "country=中国"], "C"),
    ],
)
def test_conditions_as_people_type_them(texts: list[str], ids: str):
    assert typed(*texts) == ids


def test_typed_conditions_read_as_expected():
    assert parse_where(["country=US,CA", "employees=200..5000", "status!=revoked"]) == {
        "country": ["US", "CA"],
        "employees": {"min": "200", "max": "5000"},
        "status": {"not": ["revoked"]},
    }


def test_id_sets_and_exclusions():
    assert allowed_rows(ACCOUNTS, ids_only={"A", "C", "nobody"}).tolist() == [1, 0, 1, 0, 0]
    assert allowed_rows(ACCOUNTS, exclude=["A", "nobody"]).tolist() == [0, 1, 1, 1, 1]
    both = allowed_rows(ACCOUNTS, {"country": "US"}, ids_only=["A", "E"], exclude=["A"])
    assert both.tolist() == [0, 0, 0, 0, 1]
    assert not allowed_rows(ACCOUNTS, ids_only=[]).any()


@pytest.mark.parametrize("kind", ["category", "string[pyarrow]", "object"])
def test_any_pandas_type_of_text_will_do(kind: str):
    accounts = pd.DataFrame({"country": ACCOUNTS["country"].astype(kind)})
    assert allowed_rows(accounts, {"country": "us"}).tolist() == [1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"contry": "US"}, r"filter 'contry': no such column \(did you mean 'country'\?\)"),
        ({"zzz": "US"}, r"filter 'zzz': no such column \(known: account_id, country"),
        ({"employees": "many"}, "filter 'employees': 'many' is not a number"),
        ({"employees": "200-5000"}, r"'200-5000' is not one number \(a range is low..high\)"),
        ({"employees": (500, 100)}, "the range from 500 to 100 is empty"),
        ({"employees": (1, 2, 3)}, r"\(1, 2, 3\) is no range"),
        ({"employees": (None, None)}, "a range needs at least one end"),
        ({"employees": {"min": 1, "most": 2}}, "is no condition"),
        ({"employees": {}}, "is no condition"),
        ({"employees": date(2024, 1, 1)}, "is not a number"),
        ({"country": (1, 2)}, "the column holds category, not numbers or dates"),
        ({"country": None}, "a missing value cannot be asked for"),
        ({"country": ["US", float("nan")]}, "a missing value cannot be asked for"),
        ({"country": []}, "no value given"),
        ({"created_at": "2024-13-45"}, "'2024-13-45' is not a date"),
        ({"created_at": (5, None)}, "5 is not a date"),
    ],
)
def test_unusable_conditions_are_named(where: dict[str, object], message: str):
    with pytest.raises(DataError, match=message):
        allowed_rows(ACCOUNTS, where)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["country"], "'country' is no condition: expected column=value"),
        (["=US"], "is no condition"),
        (["country="], "is no condition"),
        (["country=,"], "no value given"),
        (["employees=.."], "a range needs at least one end"),
        (["employees>200"], "use >= or <="),
        (["country=US", "country=CA"], r"condition on country already.*country=A,B"),
        (["employees>=1", "employees>=2"], "condition on employees already"),
    ],
)
def test_unreadable_texts_are_refused(texts: list[str], message: str):
    with pytest.raises(ParamsError, match=message):
        parse_where(texts)


def test_ids_need_a_column_of_ids():
    with pytest.raises(DataError, match="filter 'account_id': no such column"):
        allowed_rows(ACCOUNTS.drop(columns="account_id"), exclude=["A"])


values = st.lists(st.one_of(st.none(), st.sampled_from(["US", "us", "CA", "DE"])), min_size=1)


@given(values, st.sets(st.sampled_from(["us", "CA", "FR"]), min_size=1))
def test_a_set_and_its_negation_split_the_accounts(cells: list[str | None], wanted: set[str]):
    accounts = pd.DataFrame({"country": pd.Series(cells, dtype="str")})
    inside = allowed_rows(accounts, {"country": sorted(wanted)})
    outside = allowed_rows(accounts, {"country": {"not": sorted(wanted)}})
    assert (inside != outside).all()
    expected = [cell is not None and cell.upper() in {w.upper() for w in wanted} for cell in cells]
    assert inside.tolist() == expected


numbers = st.one_of(st.none(), st.integers(-50, 50))


@given(st.lists(numbers, min_size=1), st.integers(-50, 50), st.integers(0, 50))
def test_ranges_hold_both_their_ends(cells: list[int | None], low: int, width: int):
    accounts = pd.DataFrame({"employees": pd.Series(cells, dtype="Float64")})
    inside = allowed_rows(accounts, {"employees": (low, low + width)})
    expected = [cell is not None and low <= cell <= low + width for cell in cells]
    assert inside.tolist() == expected


@given(st.permutations(range(len(ACCOUNTS))))
def test_each_account_is_judged_by_itself(order: list[int]):
    where = {"country": ["US", "CA"], "employees": (None, 500), "technologies": {"not": "SAP"}}
    shuffled = allowed_rows(ACCOUNTS.iloc[order], where)
    np.testing.assert_array_equal(shuffled, allowed_rows(ACCOUNTS, where)[order])
