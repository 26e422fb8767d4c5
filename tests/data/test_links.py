from datetime import datetime

import pytest

from abm_ml.errors import DataError


def reasons(prepared, table):
    return {
        (row["row"], row["column"], row["value"]): row["reason"]
        for row in prepared.quarantine(table)
    }


def test_of_two_rows_with_one_key_the_newer_stays(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,updated_at\n"
            "A1,old,2024-01-01\nA1,new,2024-03-01\nA1,older,\nA2,x,2024-01-01\n"
        }
    )
    assert prepared.column("accounts", "name") == ["new", "x"]
    assert reasons(prepared, "accounts") == {
        (2, "account_id", "A1"): "duplicate of accounts.csv row 3",
        (4, "account_id", "A1"): "duplicate of accounts.csv row 3",
    }
    assert prepared.summary.tables["accounts"].duplicates == 2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_among_equally_new_rows_the_choice_does_not_hang_on_their_order(prepare, order):
    rows = ["A1,b,2024-01-01,7", "A1,a,2024-01-01,9", "A1,a,2024-01-01,8"]
    text = "account_id,name,updated_at,size\n" + "\n".join(rows[place] for place in order)
    assert prepare({"accounts.csv": text}).table("accounts") == [
        {"account_id": "A1", "name": "a", "updated_at": datetime(2024, 1, 1), "size": 8.0}
    ]


def test_rows_of_two_files_are_duplicates_too(prepare):
    prepared = prepare(
        {
            "Account.csv": "Id,Name\n001A,Acme\n",
            "accounts.csv": "Id,Name\n001A,Acme\n001B,Beta\n",
        }
    )
    assert prepared.column("accounts", "account_id") == ["001A", "001B"]
    assert reasons(prepared, "accounts") == {(2, "Id", "001A"): "duplicate of Account.csv row 2"}


def test_a_key_to_a_missing_account_is_quarantined(prepare):
    prepared = prepare({"contacts.csv": "contact_id,account_id\nC1,A1\nC2,XX\n"})
    assert prepared.column("contacts", "contact_id") == ["C1"]
    assert reasons(prepared, "contacts") == {
        (3, "account_id", "XX"): "leads to no row of accounts that was kept"
    }


def test_quarantine_passes_on_to_what_hangs_on_a_quarantined_row(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name,employees\nA1,Acme,5\nA2,Beta,-5\n",
            "opportunities.csv": "opportunity_id,account_id,created_at,stage\n"
            "O1,A1,2024-01-01,won\nO2,A2,2024-01-01,won\n",
            "stage_history.csv": "opportunity_id,stage,entered_at\n"
            "O1,new,2024-01-01\nO2,new,2024-01-01\n",
        }
    )
    assert reasons(prepared, "accounts") == {(3, "employees", "-5"): "is negative"}
    assert list(reasons(prepared, "opportunities")) == [(3, "account_id", "A2")]
    assert list(reasons(prepared, "stage_history")) == [(3, "opportunity_id", "O2")]


def test_a_parent_outside_the_export_is_no_reason_to_drop_an_account(prepare):
    prepared = prepare({"accounts.csv": "account_id,name,parent_account_id\nA1,Acme,ELSEWHERE\n"})
    assert prepared.column("accounts", "parent_account_id") == ["ELSEWHERE"]


@pytest.mark.parametrize(
    ("accounts", "contacts", "culprit"),
    [
        ("007,Acme\n042,Beta", "C1,7\nC2,42", "column account_id of contacts.csv"),
        ("7,Acme\n42,Beta", "C1,007\nC2,042", "column account_id of accounts.csv"),
    ],
)
def test_ids_that_lost_their_leading_zeros_stop_the_run(prepare, accounts, contacts, culprit):
    with pytest.raises(
        DataError,
        match=r"contacts\.csv row 2, account_id: '0*7' is no id of accounts, but '0*7' is "
        rf"\(2 of 2 such ids\): ids lost their leading zeros; export the {culprit} again as text",
    ):
        prepare(
            {
                "accounts.csv": f"account_id,name\n{accounts}\n",
                "contacts.csv": f"contact_id,account_id\n{contacts}\n",
            }
        )


def test_a_few_ids_that_differ_by_zeros_are_ordinary_orphans(prepare):
    prepared = prepare(
        {
            "accounts.csv": "account_id,name\n007,Acme\n",
            "contacts.csv": "contact_id,account_id\nC1,7\nC2,x\nC3,y\n",
        }
    )
    assert prepared.summary.tables["contacts"].quarantined == 3
