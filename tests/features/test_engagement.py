from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest

from abm_ml.errors import ParamsError
from abm_ml.features.engagement import engaged_contacts, engagement_points

AS_OF = datetime(2026, 1, 1)
POINTS = {
    "points_by_kind": {"website_visit": 1.0, "meeting": 50.0},
    "daily_cap": 5,
    "half_life_days": 30.0,
    "window_days": 365,
}


def event(days: float, kind: str = "website_visit", **who: str) -> dict[str, Any]:
    return {"account_id": "A", "ts": AS_OF - timedelta(days=days), "kind": kind, **who}


@pytest.fixture
def points(crm_of, make_spine):
    def count(events, *, as_of=AS_OF, suppressions=None, contacts=None, **settings):
        more = {"suppressions": suppressions} if suppressions else {}
        crm = crm_of(engagements=events, contacts=contacts or [], **more)
        spine = make_spine(crm, [("A", as_of)])
        [row] = crm.to_arrow(engagement_points(crm, spine, **{**POINTS, **settings})).to_pylist()
        return row["points_micro"], row["last_engaged_at"]

    return count


def test_points_halve_in_the_half_life_and_are_whole_millionths(points) -> None:
    assert points([event(30, "meeting")])[0] == 25_000_000
    assert points([event(1)])[0] == 977_160  # 2^(-1/30) = 0.97715996…


def test_a_half_of_a_millionth_is_rounded_up(points) -> None:
    assert points([event(7)], half_life_days=1.0)[0] == 7_813  # 2^-7 = 0.0078125


def test_age_is_counted_in_calendar_days_whatever_the_hour(points) -> None:
    late, early = event(0.01), event(0.99)
    assert points([late])[0] == points([early])[0] == 977_160


def test_an_event_earlier_on_the_day_of_as_of_is_new(points) -> None:
    assert points([event(-0.25)], as_of=AS_OF + timedelta(days=0.5))[0] == 1_000_000


def test_the_daily_cap_holds_for_each_person_kind_and_day(points) -> None:
    same = [event(30.1, contact_id="C1")] * 7
    other_person = [event(30.1, contact_id="C2")] * 7
    other_kind = [event(30.1, "meeting", contact_id="C1")]
    # Half a point each, five a person count.
    assert points(same)[0] < points(same + other_person)[0]
    counted = points(same, half_life_days=31.0)[0]
    assert counted == 5 * 500_000
    assert points(same + other_person, half_life_days=31.0)[0] == 10 * 500_000
    assert points(same + other_kind, half_life_days=31.0)[0] == 5 * 500_000 + 25_000_000


def test_a_contact_a_lead_and_a_visitor_of_one_id_are_three_people(points) -> None:
    same_id = [event(30.1, contact_id="1"), event(30.1, lead_id="1"), event(30.1, visitor_id="1")]
    assert points(same_id, daily_cap=1, half_life_days=31.0)[0] == 3 * 500_000


def test_older_events_and_unnamed_kinds_give_nothing(points) -> None:
    assert points([event(365)])[0] > 0
    assert points([event(366)]) == (0, None)
    assert points([event(1, "email_open")]) == (0, AS_OF - timedelta(days=1))


def test_excluded_kinds_are_not_there_at_all(points) -> None:
    events = [event(2), event(1, "meeting")]
    assert points(events, excluded_kinds=("meeting",)) == points([event(2)])


def test_events_of_a_suppressed_contact_do_not_count_while_the_suppression_lasts(points) -> None:
    events = [event(1, contact_id="C1"), event(1, contact_id="C2")]
    ended = AS_OF - timedelta(days=3)
    one = [{"kind": "contact", "value": "C1"}]
    people = [{"contact_id": "C1", "account_id": "A"}, {"contact_id": "C2", "account_id": "A"}]
    assert points(events, contacts=people)[0] == 2 * 977_160
    assert points(events, contacts=people, suppressions=one)[0] == 977_160
    for until, counted in [(ended, 2), (AS_OF, 2), (AS_OF + timedelta(seconds=1), 1)]:
        over = [{"kind": "contact", "value": "C1", "until": until}]
        assert points(events, contacts=people, suppressions=over)[0] == counted * 977_160


def test_events_of_a_lead_with_a_suppressed_address_do_not_count(crm_of, look) -> None:
    hashed = hashlib.sha256(b"jo@acme.com").hexdigest()
    crm = crm_of(
        engagements=[event(1, lead_id="L1")],
        leads=[{"lead_id": "L1", "company": "Acme", "email": " Jo@acme.com"}],
        suppressions=[{"kind": "email_sha256", "value": hashed.upper()}],
    )
    assert look(crm, [("A", AS_OF)], ["engagements:all:30d"]) == [{"engagements:all:30d": 0.0}]


def test_opted_out_people_are_heard_though_not_targeted(points) -> None:
    people = [{"contact_id": "C1", "account_id": "A", "opted_out": True}]
    suppressions = [{"kind": "contact", "value": "someone else"}]
    heard = points([event(1, contact_id="C1")], contacts=people, suppressions=suppressions)
    assert heard[0] == 977_160


def test_engaged_contacts_are_different_contacts_and_leads(crm_of, make_spine) -> None:
    events = [
        event(1, contact_id="C1"), event(2, contact_id="C1"), event(89, contact_id="C2"),
        event(3, lead_id="L1"), event(3, visitor_id="V1"), event(3), event(91, contact_id="C3"),
    ]  # fmt: skip
    crm = crm_of(
        engagements=events,
        accounts=[{"account_id": "A", "name": "a"}, {"account_id": "B", "name": "b"}],
    )
    spine = make_spine(crm, [("A", AS_OF), ("B", AS_OF)])
    found = crm.to_arrow(engaged_contacts(crm, spine, window_days=90)).sort_by("row_id")
    assert found["engaged_contacts"].to_pylist() == [3, 0]


def test_features_count_by_window_kind_and_person(crm_of, look) -> None:
    events = [
        event(1, contact_id="C1"), event(8, "meeting", contact_id="C1"), event(29, visitor_id="V"),
        event(60, "meeting", lead_id="L"), event(200), event(400),
    ]  # fmt: skip
    names = [
        "engagements:all:7d", "engagements:all:30d", "engagements:all:90d", "engagements:all:365d",
        "engagements:meeting:90d", "engaged_contacts:90d", "engaged_people:90d",
        "days_since_engagement",
    ]  # fmt: skip
    [row] = look(crm_of(engagements=events), [("A", AS_OF)], names)
    assert list(row.values()) == [1, 3, 4, 5, 2, 2, 3, 1]


def test_points_and_recency_keep_their_own_window_beside_longer_counts(crm_of, look) -> None:
    names = ["engagement_points", "days_since_engagement", "engagements:all:365d"]
    seen = [
        look(crm_of(engagements=events), [("A", AS_OF)], names, window_days=30)[0].values()
        for events in ([event(1), event(40)], [event(40)])
    ]
    assert [list(values) for values in seen] == [[0.97716, 1.0, 2.0], [0.0, None, 1.0]]


def test_the_trend_compares_a_day_now_with_a_day_before(crm_of, look) -> None:
    def trend(recent: int, before: int) -> float:
        events = [event(10)] * recent + [event(60)] * before
        crm = crm_of(engagements=events or [event(300)])
        return look(crm, [("A", AS_OF)], ["engagement_trend"])[0]["engagement_trend"]

    assert trend(1, 2) == 0.0
    assert trend(3, 0) == 1.0
    assert trend(0, 3) == -1.0
    assert trend(2, 2) == pytest.approx(1 / 3)
    assert trend(0, 0) == 0.0


def test_outcome_kinds_reach_no_feature(crm_of, look) -> None:
    crm = crm_of(engagements=[event(1, "opportunity", contact_id="C"), event(3)])
    names = ["engagements:all:30d", "engaged_contacts:30d", "days_since_engagement"]
    seen = look(crm, [("A", AS_OF)], names, outcome_kinds=("opportunity",))
    assert list(seen[0].values()) == [1, 0, 3]


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("daily_cap", 0, r"daily_cap must be at least 1\. Supplied value 0"),
        ("half_life_days", 0.0, r"half_life_days must be at least 0\.001\. Supplied value 0\.0"),
        ("half_life_days", float("nan"), r"half_life_days must be at least .* value nan"),
        ("window_days", -1, r"window_days must be at least 1\. Supplied value -1"),
    ],
)
def test_settings_out_of_range_are_refused(points, setting, value, message) -> None:
    with pytest.raises(ParamsError, match=message):
        points([event(1)], **{setting: value})
