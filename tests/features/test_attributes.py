from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from abm_ml.errors import DataError

JANUARY, MARCH, MAY = datetime(2025, 1, 1), datetime(2025, 3, 1), datetime(2025, 5, 1)


def account(**columns: Any) -> list[dict[str, Any]]:
    return [{"account_id": "A", "name": "Acme", **columns}]


def dated(column: str, value: str | None, valid_from: datetime) -> dict[str, Any]:
    return {"account_id": "A", "column": column, "value": value, "valid_from": valid_from}


def test_history_gives_the_value_that_held_before_as_of(crm_of, look) -> None:
    crm = crm_of(
        accounts=account(employees=900),
        account_history=[dated("employees", "100", JANUARY), dated("employees", "500.0", MARCH)],
    )
    spine = [("A", datetime(2025, 2, 1)), ("A", MARCH), ("A", MAY)]
    assert [row["employees"] for row in look(crm, spine, ["employees"])] == [100.0, 100.0, 500.0]


def test_where_nothing_is_dated_yet_only_a_stable_column_shows_its_present_value(
    crm_of, look
) -> None:
    crm = crm_of(
        accounts=account(industry="Software", account_type="Customer"),
        account_history=[dated("industry", "Retail", MAY), dated("account_type", "Customer", MAY)],
    )
    names = ["industry", "account_type"]
    [row] = look(crm, [("A", MARCH)], names, stable_columns=["industry"])
    assert row == {"industry": "Software", "account_type": None}


def test_a_value_that_history_cleared_is_unknown_though_the_column_is_stable(crm_of, look) -> None:
    crm = crm_of(
        accounts=account(industry="Software"), account_history=[dated("industry", None, JANUARY)]
    )
    assert look(crm, [("A", MARCH)], ["industry"]) == [{"industry": None}]


def test_of_two_values_at_one_instant_the_greater_text_counts(crm_of, look) -> None:
    rows = [dated("city", "Bonn", JANUARY), dated("city", "Köln", JANUARY)]
    crm = crm_of(accounts=account(city="Rom"), account_history=rows)
    assert look(crm, [("A", MARCH)], ["city"]) == [{"city": "Köln"}]


@pytest.mark.parametrize(
    ("column", "written", "expected"),
    [
        ("employees", "1200", 1200.0),
        ("employees", "many", None),
        ("revenue", "2.5e6", 2_500_000.0),
        ("technologies", "SAP; AWS", ["SAP", "AWS"]),
        ("technologies", "SAP,AWS", ["SAP", "AWS"]),
        ("technologies", '["云计算", "大数据"]', ["云计算", "大数据"]),
        ("technologies", "a, b;c", ["a, b", "c"]),
        ("updated_at", "2024-02-03", datetime(2024, 2, 3)),
        ("is_public", "true", True),
        ("nobody_else_has_it", "text", "text"),
    ],
)
def test_dated_text_becomes_its_columns_type(crm_of, look, column, written, expected) -> None:
    crm = crm_of(
        accounts=account(is_public=False),
        extra={"is_public": pa.bool_()},
        account_history=[dated(column, written, JANUARY)],
    )
    assert look(crm, [("A", MARCH)], [column]) == [{column: expected}]


def test_numbers_are_float64_whatever_their_type_was(crm_of, look) -> None:
    crm = crm_of(
        accounts=account(employees=5, seats=7, floor_space=1),
        extra={"seats": pa.int32(), "floor_space": pa.decimal128(9, 2)},
    )
    [row] = look(crm, [("A", MAY)], ["employees", "seats", "floor_space"])
    assert [type(value) for value in row.values()] == [float, float, float]


def test_an_unknown_account_has_unknown_attributes(crm_of, look) -> None:
    crm = crm_of(accounts=account(industry="Software"))
    assert look(crm, [("nobody", MAY)], ["industry", "known_contacts"]) == [
        {"industry": None, "known_contacts": 0.0}
    ]


def test_a_feature_column_that_the_export_lacks_is_refused_by_name(crm_of, look) -> None:
    with pytest.raises(DataError, match="accounts: column 'grade' is missing, which is one of the"):
        look(crm_of(accounts=account()), [("A", MAY)], ["grade"])


def test_a_known_column_that_the_export_lacks_is_empty(crm_of, look) -> None:
    assert look(crm_of(accounts=account()), [("A", MAY)], ["revenue"]) == [{"revenue": None}]


def test_an_accounts_age_and_its_contacts_count_from_their_creation(crm_of, look) -> None:
    crm = crm_of(
        accounts=account(created_at=JANUARY),
        contacts=[
            {"contact_id": "C1", "account_id": "A", "created_at": JANUARY},
            {"contact_id": "C2", "account_id": "A", "created_at": MARCH},
            {"contact_id": "C3", "account_id": "A"},
        ],
    )
    names = ["account_age_days", "known_contacts"]
    seen = look(crm, [("A", JANUARY), ("A", MARCH), ("A", MAY)], names)
    assert [list(row.values()) for row in seen] == [[None, 0], [59, 1], [120, 2]]
