"""Who may be used at an account: identity, role, engagement; nobody who said no."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from abm_ml.features.engagement import CONTACT, LEAD
from abm_ml.features.people import people, title_roles, unlinked_leads
from abm_ml.rulebook import Engagement

AS_OF = datetime(2026, 1, 1)


def contact(name: str, **more: Any) -> dict[str, Any]:
    return {"contact_id": name, "account_id": "A", **more}


def lead(name: str, **more: Any) -> dict[str, Any]:
    return {"lead_id": name, "company": "Acme", **more}


def event(days: float, kind: str = "website_visit", **who: str) -> dict[str, Any]:
    return {"account_id": "A", "ts": AS_OF - timedelta(days=days), "kind": kind, **who}


@pytest.fixture
def found(crm_of, make_spine):
    """People of account A by id."""

    def look(*, as_of: datetime = AS_OF, **tables: Any) -> dict[str, dict[str, Any]]:
        crm = crm_of(**tables)
        spine = make_spine(crm, [("A", as_of)])
        table = people(crm, spine, as_of, title_roles(crm), Engagement(), window_days=90)
        return {row["person"]: row for row in crm.to_arrow(table).to_pylist()}

    return look


def test_roles_are_read_from_titles_and_a_filled_role_wins(found) -> None:
    rows = found(
        contacts=[
            contact("C1", title="VP Engineering"),
            contact("C2", title="采购经理"),
            contact("C3", title="VP Engineering", role="user"),
            contact("C4", title="Intern"),
            contact("C5"),
        ],
        leads=[lead("L1", account_id="A", title="Chief Financial Officer")],
    )
    assert {name: row["role"] for name, row in rows.items()} == {
        "C1": "decision_maker", "C2": "purchaser", "C3": "user", "C4": "other", "C5": "other",
        "L1": "decision_maker",
    }  # fmt: skip
    assert rows["L1"]["person_type"] == LEAD
    assert rows["C1"]["person_type"] == CONTACT
    assert rows["L1"]["level"] < rows["C1"]["level"] < rows["C2"]["level"]


def test_a_business_address_or_a_name_at_a_known_account_verifies(found) -> None:
    cases = [
        ({"email": "jo@acme.example"}, True),
        ({"email": " JO@Mail.Acme.co.uk "}, True),
        ({"email": "jo@gmail.com"}, False),
        ({"email": "jo@vip.qq.com"}, False),
        ({"email": "jo@mail.yahoo.co.uk"}, False),
        ({"email": "no address"}, False),
        ({"email": "jo@gmail.com", "last_name": "王"}, True),
        ({"first_name": " "}, False),
        ({"first_name": " ", "last_name": "Li"}, True),
        ({}, False),
    ]
    rows = found(
        contacts=[contact(f"C{i}", **identity) for i, (identity, _) in enumerate(cases)],
        leads=[lead(f"L{i}", account_id="A", **one) for i, (one, _) in enumerate(cases)],
    )
    for i, (identity, verified) in enumerate(cases):
        assert rows[f"C{i}"]["verified"] == rows[f"L{i}"]["verified"] == verified, identity


def test_leads_without_an_account_are_verified_by_their_address_only(crm_of) -> None:
    crm = crm_of(
        leads=[
            lead("L1", first_name="Jo"),
            lead("L2", email="jo@acme.example"),
            lead("L3", account_id="A"),
            lead("L4", converted_account_id="A"),
            lead("L5", created_at=AS_OF),
            lead("L6", email="x@gone.example"),
        ],
        suppressions=[{"kind": "domain", "value": "gone.example"}],
    )
    table = unlinked_leads(crm, AS_OF).order_by("person")
    assert crm.to_arrow(table).to_pylist() == [
        {"person": "L1", "verified": False},
        {"person": "L2", "verified": True},
    ]


def test_a_lead_of_an_account_created_since_belonged_to_none(crm_of) -> None:
    crm = crm_of(
        accounts=[
            {"account_id": "A", "name": "A", "created_at": AS_OF - timedelta(days=1)},
            {"account_id": "B", "name": "B", "created_at": AS_OF},
            {"account_id": "C", "name": "C"},
        ],
        leads=[lead(f"L{home}", account_id=home) for home in "ABC"]
        + [lead("LX", converted_account_id="B")],
    )
    lost = crm.to_arrow(unlinked_leads(crm, AS_OF)).to_pydict()["person"]
    assert sorted(lost) == ["LB", "LX"]


def test_points_and_engagement_are_those_of_the_person_at_this_account(found) -> None:
    rows = found(
        contacts=[contact("C1"), contact("C2"), contact("C3")],
        leads=[lead("C1", account_id="A")],
        engagements=[
            event(30.1, "meeting", contact_id="C1"),
            event(200, contact_id="C2"),
            event(1, "opportunity", contact_id="C3"),
            {**event(1, contact_id="C3"), "account_id": "elsewhere"},
        ],
    )
    assert rows["C1"]["points_micro"] == 0  # the lead of the same id, who is somebody else
    assert (rows["C2"]["events"], rows["C2"]["engaged"]) == (0, False)
    assert rows["C2"]["points_micro"] > 0
    assert rows["C3"]["last_engaged_at"] is None


def test_the_engaged_have_an_event_in_the_window(found) -> None:
    rows = found(
        contacts=[contact("C1"), contact("C2")],
        engagements=[event(90, contact_id="C1"), event(90, contact_id="C1"),
                     event(91, contact_id="C2")],
    )  # fmt: skip
    assert (rows["C1"]["events"], rows["C1"]["engaged"]) == (2, True)
    assert (rows["C2"]["events"], rows["C2"]["engaged"]) == (0, False)


def test_who_said_no_or_is_suppressed_is_not_there(found) -> None:
    rows = found(
        contacts=[
            contact("C1"),
            contact("C2", opted_out=True),
            contact("C3", consent="withdrawn"),
            contact("C4"),
            contact("C5", email="a@gone.example"),
        ],
        leads=[lead("L1", account_id="A", email="b@gone.example"), lead("L2", account_id="A")],
        suppressions=[{"kind": "contact", "value": "C4"},
                      {"kind": "domain", "value": "gone.example"}],
    )  # fmt: skip
    assert set(rows) == {"C1", "L2"}


def test_law_1_who_came_at_or_after_as_of_is_not_there(found) -> None:
    before = AS_OF - timedelta(seconds=1)
    rows = found(
        contacts=[contact("C1", created_at=before), contact("C2", created_at=AS_OF)],
        leads=[
            lead("L1", account_id="A", created_at=before),
            lead("L2", account_id="A", created_at=AS_OF),
        ],
        engagements=[event(0, "meeting", contact_id="C1")],
    )
    assert set(rows) == {"C1", "L1"}
    assert rows["C1"]["points_micro"] == 0


def test_a_converted_lead_is_of_the_account_that_it_became(found) -> None:
    rows = found(leads=[lead("L1", converted_account_id="A"), lead("L2", account_id="A")])
    assert {name: row["converted"] for name, row in rows.items()} == {"L1": True, "L2": False}
