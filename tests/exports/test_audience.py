"""Who may leave: never somebody suppressed, under whichever record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.data.suppression import suppressed_contacts
from abm_ml.exports.audience import Audience, select_audience

from .conftest import ACCOUNTS, AS_OF, CONTACTS, crm_of, list_of

Select = Callable[..., Audience]


def ids_of(audience: Audience) -> tuple[set[str], set[str]]:
    return set(audience.accounts["account_id"]), set(audience.contacts["contact_id"])


def suppressed(kind: str, value: str, until: datetime | None = None) -> dict[str, Any]:
    return {"kind": kind, "value": value, "until": until}


def test_all_may_leave_who_need_not_stay(audience: Audience) -> None:
    assert ids_of(audience) == ({"A1", "A2", "A3"}, {"C1", "C2", "C3", "C4"})
    assert (audience.accounts_in, audience.contacts_in) == (3, 4)
    assert audience.accounts_out == audience.contacts_out == {}


def test_a_contact_without_a_country_has_that_of_the_company(audience: Audience) -> None:
    codes = audience.contacts.set_index("contact_id")["country_code"]
    assert codes["C1"] == "US"
    assert codes["C2"] == "CN"
    assert codes.isna()["C3"]


def test_accounts_stay_that_are_excluded_held_out_suppressed_or_gone(audience_of: Select) -> None:
    accounts = [*ACCOUNTS, {"account_id": "A4", "name": "Delta"}]
    chosen = audience_of(
        accounts=accounts,
        excluded={"A1"},
        columns={"holdout": [False, True, False, False]},
        suppressions=[suppressed("domain", "bolt.io")],
    )
    assert ids_of(chosen)[0] == {"A4"}
    assert chosen.accounts_out == {"excluded": 1, "holdout": 1, "suppressed": 1}
    listed = list_of(["A1", "gone"])
    left = select_audience(crm_of(accounts=ACCOUNTS, contacts=CONTACTS), listed, (), AS_OF)
    assert ids_of(left) == ({"A1"}, {"C1"})
    assert left.accounts_out == {"not_in_data": 1}


def test_a_second_record_of_a_suppressed_company_stays_too(audience_of: Select) -> None:
    again = {"account_id": "A9", "name": "Acme again", "domain": "www.acme.com"}
    chosen = audience_of(accounts=[*ACCOUNTS, again], suppressions=[suppressed("account", "A9")])
    assert ids_of(chosen)[0] == {"A2", "A3"}
    assert chosen.accounts_out == {"same_domain": 1, "suppressed": 1}


@pytest.mark.parametrize(
    "entry",
    [
        suppressed("contact", "C2"),
        suppressed("email", "Fang@wang.cn"),
        suppressed("email_sha256", hashlib.sha256(b"fang@wang.cn").hexdigest()),
        suppressed("contact", "C2", datetime(2026, 1, 2)),
    ],
)
def test_people_stay_who_are_suppressed(audience_of: Select, entry: dict[str, Any]) -> None:
    chosen = audience_of(suppressions=[entry])
    assert ids_of(chosen) == ({"A1", "A2", "A3"}, {"C1", "C3", "C4"})
    assert chosen.contacts_out == {"suppressed": 1}


def test_a_suppression_that_has_ended_keeps_nobody(audience_of: Select) -> None:
    chosen = audience_of(suppressions=[suppressed("contact", "C2", AS_OF)])
    assert "C2" in ids_of(chosen)[1]


def test_people_stay_who_opted_out_or_refused(audience_of: Select) -> None:
    changed = [
        {**CONTACTS[0], "opted_out": True},
        {**CONTACTS[1], "consent": "拒绝"},
        {**CONTACTS[2], "consent": "granted"},
    ]
    chosen = audience_of(contacts=changed)
    assert ids_of(chosen)[1] == {"C3"}
    assert chosen.contacts_out == {"opted_out": 1, "refused": 1}


def test_another_record_of_the_same_mailbox_stays_too(audience_of: Select) -> None:
    twin = {"contact_id": "C9", "account_id": "A3", "email": "annobrien@googlemail.com"}
    chosen = audience_of(contacts=[{**CONTACTS[0], "opted_out": True}, *CONTACTS[1:], twin])
    assert ids_of(chosen)[1] == {"C2", "C3", "C4"}
    assert chosen.contacts_out == {"opted_out": 1, "same_mailbox": 1}


def test_a_suppressed_lead_is_suppressed_as_a_contact_too(audience_of: Select) -> None:
    lead = {"lead_id": "L1", "company": "Wang", "email": "FANG@wang.cn"}
    chosen = audience_of(leads=[lead], suppressions=[suppressed("contact", "L1")])
    assert "C2" not in ids_of(chosen)[1]


def test_own_staff_are_no_audience_and_counted() -> None:
    staff = [
        {"contact_id": "C8", "account_id": "A3", "email": "Eva <eva@mail.ours.com>"},
        {"contact_id": "C9", "account_id": "A3", "email": "eva@notours.com"},
    ]
    accounts = [*ACCOUNTS, {"account_id": "A4", "name": "Ours", "domain": "ours.com"}]
    crm = crm_of(accounts=accounts, contacts=[*CONTACTS, *staff])
    listed = list_of(["A1", "A2", "A3", "A4"], recommended_contacts=[[], [], ["C8", "C9"], []])
    chosen = select_audience(crm, listed, (), AS_OF, own_domains=["www.Ours.com"])
    assert ids_of(chosen) == ({"A1", "A2", "A3"}, {"C1", "C2", "C3", "C4", "C9"})
    assert chosen.accounts_out == {"own_company": 1}
    assert chosen.contacts_out == {"own_staff": 1}
    named = chosen.accounts.set_index("account_id").at["A3", "recommended_contacts"]
    assert list(named) == ["C9"]


def test_a_phone_that_somebody_has_who_opted_out_is_nobodys_identifier(
    audience_of: Select,
) -> None:
    stopped = {"contact_id": "C9", "account_id": "A1", "phone": "+1 (212) 555 0100",
               "opted_out": True}  # fmt: skip
    chosen = audience_of(contacts=[*CONTACTS, stopped])
    phones = chosen.contacts.set_index("contact_id")["phone"]
    assert phones.isna()["C1"]
    assert phones["C2"] == "138-0013-8000"


def test_the_list_names_nobody_who_must_stay(audience_of: Select) -> None:
    chosen = audience_of(
        suppressions=[suppressed("contact", "C1"), suppressed("account", "A3")],
        columns={
            "recommended_contacts": [["C1", "C5"], ["C2"], None],
            "nearest_seed": ["A3", "A1", "A1"],
            "next_step": ["call C1 now", "call C2, then wait", None],
        },
    )
    rows = chosen.accounts.set_index("account_id")
    assert list(rows.at["A1", "recommended_contacts"]) == ["C5"]
    assert list(rows.at["A2", "recommended_contacts"]) == ["C2"]
    assert rows.at["A1", "nearest_seed"] is None
    assert rows.at["A1", "next_step"] is None
    assert rows.at["A2", "next_step"] == "call C2, then wait"


people = st.lists(
    st.fixed_dictionaries(
        {
            "account_id": st.sampled_from(["A1", "A2", "A3"]),
            "email": st.sampled_from(["a.b@gmail.com", "AB@gmail.com", "x@acme.com", None]),
            "phone": st.sampled_from(["+1 212 555 0100", "2125550100", None]),
            "opted_out": st.sampled_from([True, False, None]),
            "consent": st.sampled_from(["granted", "withdrawn", None]),
        }
    ),
    max_size=6,
)
entries = st.lists(
    st.tuples(
        st.sampled_from(["account", "contact", "domain", "email"]),
        st.sampled_from(["A1", "C0", "C1", "acme.com", "bolt.io", "gmail.com", "x@acme.com"]),
        st.sampled_from([None, datetime(2025, 1, 1), datetime(2027, 1, 1)]),
    ),
    max_size=3,
)


@given(people, entries)
@settings(max_examples=12, deadline=None)
def test_nobody_who_must_stay_ever_leaves(
    drawn: list[dict[str, Any]], listed: list[tuple[str, str, datetime | None]]
) -> None:
    contacts = [{"contact_id": f"C{n}", **row} for n, row in enumerate(drawn)]
    crm = crm_of(
        accounts=ACCOUNTS,
        contacts=contacts,
        suppressions=[suppressed(*entry) for entry in listed],
    )
    chosen = select_audience(crm, list_of(["A1", "A2", "A3"]), {"A2"}, AS_OF)
    barred = set(crm.to_arrow(suppressed_contacts(crm, AS_OF))["contact_id"].to_pylist())
    accounts, left = ids_of(chosen)
    assert "A2" not in accounts
    assert not left & barred
    assert all(row["account_id"] in accounts for row in contacts if row["contact_id"] in left)
    plain = {
        (row["email"] or "").lower().replace("a.b@", "ab@") or None
        for row in contacts
        if row["contact_id"] in barred
    }
    emails = {e.lower().replace("a.b@", "ab@") for e in chosen.contacts["email"].dropna()}
    assert not emails & plain
    if any(row["phone"] for row in contacts if row["contact_id"] in barred):
        assert chosen.contacts["phone"].isna().all()
    assert chosen.contacts_in == len(chosen.contacts) + sum(chosen.contacts_out.values())
