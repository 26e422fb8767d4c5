"""Points reconcile with the log to the last event; people's points with those of the account."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from abm_ml.features.engagement import CONTACT, LEAD, engagement_points
from abm_ml.features.human import human_crm, not_people
from abm_ml.features.ledger import event_ledger, kinds_without_events, kinds_without_points
from abm_ml.features.people import people, title_roles
from abm_ml.rulebook import Engagement

AS_OF = datetime(2025, 6, 1)
CAPPED = Engagement(daily_cap=2, bot_events_a_minute=3, bot_events_a_day=6, half_life_days=9.5)
OWN = ("own.example",)


def event(days: float, kind: str = "website_visit", **who: Any) -> dict[str, Any]:
    return {"account_id": "A", "ts": AS_OF - timedelta(days=days), "kind": kind, **who}


@pytest.fixture
def ledger(make_spine):
    """The ledger of spine rows, newest event first."""

    def read(crm, rows=(("A", AS_OF),), engagement=CAPPED) -> list[dict[str, Any]]:
        found = not_people(crm, engagement, OWN)
        table = crm.to_arrow(event_ledger(crm, make_spine(crm, list(rows)), found, engagement))
        return table.sort_by([("ts", "descending"), ("kind", "ascending")]).to_pylist()

    return read


def points_of(crm, rows, make_spine, engagement=CAPPED) -> list[int]:
    """What scoring counts: points of the CRM without own staff and bots."""
    people_only = human_crm(crm, not_people(crm, engagement, OWN))
    table = engagement_points(
        people_only,
        make_spine(people_only, rows),
        points_by_kind=engagement.points_by_kind,
        daily_cap=engagement.daily_cap,
        half_life_days=engagement.half_life_days,
        window_days=engagement.window_days,
    )
    return crm.to_arrow(table.order_by("row_id"))["points_micro"].to_pylist()


def test_every_event_counts_or_says_why_not(crm_of, ledger) -> None:
    crm = crm_of(
        contacts=[
            {"contact_id": "staff", "account_id": "A", "email": "s@own.example"},
            {"contact_id": "gone", "account_id": "A", "email": "g@acme.example"},
        ],
        suppressions=[{"kind": "contact", "value": "gone"}],
        engagements=[
            event(1, "meeting", contact_id="C"),
            event(2, "meeting", contact_id="staff"),
            event(3, "meeting", contact_id="gone"),
            event(4, "email_open", contact_id="C"),
            *(event(5.2 + hour / 24, contact_id="C", asset=f"page {hour}") for hour in range(3)),
            *(event(7 - second / 86400, visitor_id="V") for second in range(4, 8)),
            event(366, "meeting", contact_id="C"),
            event(0, "meeting", contact_id="C"),
        ],
    )
    rows = [(row["kind"], row["reason"]) for row in ledger(crm) if row["person"] != "V"]
    assert rows == [
        ("meeting", None),
        ("meeting", "own_staff"),
        ("meeting", "suppressed"),
        ("email_open", "no_points"),
        ("website_visit", "beyond_cap"),  # the newest of the day: the first two count
        ("website_visit", None),
        ("website_visit", None),
        ("meeting", "too_old"),
    ]
    visitor = [row["reason"] for row in ledger(crm) if row["person"] == "V"]
    assert visitor == ["bot_rate", "beyond_cap", None, None]
    assert all(row["counted"] == (row["reason"] is None) for row in ledger(crm))
    assert all(row["counted"] or row["points_micro"] == 0 for row in ledger(crm))
    assert {row["asset"] for row in ledger(crm)} == {"page 0", "page 1", "page 2", None}


def test_own_kinds_get_their_points(crm_of, ledger) -> None:
    own = Engagement(points={"webinar": 7, "website_visit": 3, "email_open": 0})
    crm = crm_of(
        engagements=[
            event(0.2, "webinar", contact_id="C"),
            event(0.3, contact_id="C"),
            event(0.4, "meeting", contact_id="C"),
            event(0.5, "email_open", contact_id="C"),
        ]
    )
    as_of_noon = [("A", AS_OF + timedelta(hours=-1))]
    assert [(row["kind"], row["points_micro"], row["reason"]) for row in
            ledger(crm, as_of_noon, own)] == [
        ("webinar", 7_000_000, None),
        ("website_visit", 3_000_000, None),
        ("meeting", 50_000_000, None),
        ("email_open", 0, "no_points"),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_counted_events_sum_to_the_points_of_the_account(
    crm_of, ledger, make_spine, world, seed
) -> None:
    tables = world(seed)
    tables["contacts"][3]["email"] = "me@own.example"
    crm = crm_of(**tables)
    rows = [(f"A{i}", AS_OF - timedelta(days=20 * i, hours=7 * i)) for i in range(6)]
    found = ledger(crm, rows)
    sums = [sum(row["points_micro"] for row in found if row["row_id"] == i) for i in range(6)]
    assert sums == points_of(crm, rows, make_spine)
    assert min(sums) > 0
    for i, (account, as_of) in enumerate(rows):
        log = [row for row in tables["engagements"]
               if row["account_id"] == account and row["ts"] < as_of]  # fmt: skip
        assert sum(row["row_id"] == i for row in found) == len(log)


def test_the_order_of_the_log_changes_no_row_of_the_ledger(crm_of, ledger, world) -> None:
    tables = world(4)
    turned = {**tables, "engagements": tables["engagements"][::-1]}
    first, second = (
        sorted(str(row) for row in ledger(crm_of(**one), [("A1", AS_OF)]))
        for one in (tables, turned)
    )
    assert first == second


@pytest.mark.parametrize("seed", range(2))
def test_people_and_visitors_together_have_the_points_of_the_account(
    crm_of, ledger, make_spine, world, seed
) -> None:
    tables = world(seed)
    events = [row for row in tables["engagements"] if row["kind"] != "opportunity"]
    contacts = [{**row, "account_id": "A0", "created_at": None} for row in tables["contacts"]]
    leads = [{"lead_id": f"P{i}", "company": "x", "account_id": "A0"} for i in range(8)]
    crm = crm_of(**{**tables, "engagements": events, "contacts": contacts}, leads=leads)
    rows = [("A0", AS_OF)]
    alike = human_crm(crm, not_people(crm, CAPPED, OWN))
    spine = make_spine(alike, rows)
    table = people(alike, spine, AS_OF, title_roles(alike), CAPPED, window_days=90)
    by_person = {
        (row["person_type"], row["person"]): row["points_micro"]
        for row in crm.to_arrow(table).to_pylist()
    }
    found = ledger(crm, rows)
    listed = dict.fromkeys(by_person, 0)
    nameless = 0
    for row in found:
        if row["person_type"] in (CONTACT, LEAD) and row["reason"] != "suppressed":
            listed[row["person_type"], row["person"]] += row["points_micro"]
        else:
            nameless += row["points_micro"]
    assert listed == by_person
    assert [sum(by_person.values()) + nameless] == points_of(crm, rows, make_spine)
    assert nameless > 0


def test_kinds_without_points_are_told_unless_they_were_given_none(crm_of) -> None:
    crm = crm_of(
        engagements=[
            *[event(1, "email_open")] * 2, *[event(1, "webniar")] * 3, event(1), event(1, "unsub"),
            event(-1, "tomorrow"),
        ]
    )  # fmt: skip
    settings = Engagement(points={"unsub": 0, "webinar": 5})
    assert kinds_without_points(crm, settings, AS_OF) == {"webniar": 3, "email_open": 2}
    assert list(kinds_without_points(crm, settings)) == ["webniar", "email_open", "tomorrow"]
    assert kinds_without_events(crm, settings, AS_OF) == ("webinar",)
    assert kinds_without_events(crm, Engagement(points={"tomorrow": 1}), AS_OF) == ("tomorrow",)
    assert kinds_without_events(crm, Engagement(points={"tomorrow": 1})) == ()
