"""Own staff and bots are left out of the log, by what was known at each event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from abm_ml.data.crm import Crm
from abm_ml.features.engagement import engagement_points
from abm_ml.features.human import (
    OUT_DAYS,
    human_crm,
    human_engagements,
    judged_engagements,
    left_out_counts,
    not_people,
)
from abm_ml.rulebook import Engagement

DAY = datetime(2025, 3, 3)
SLOW = Engagement(daily_cap=2, bot_events_a_minute=3, bot_events_a_day=6)
PEOPLE = ("contact_id", "lead_id", "visitor_id", "ip")
STRINGS = ("account_id", "kind", *PEOPLE, "user_agent")
SCHEMA = pa.schema([("ts", pa.timestamp("us")), *((name, pa.string()) for name in STRINGS)])

Rows = list[dict[str, Any]]


def at(seconds: float, kind: str = "website_visit", **more: str) -> dict[str, Any]:
    """An event of account A, some seconds after ten o'clock."""
    ts = DAY + timedelta(hours=10, seconds=seconds)
    return {"account_id": "A", "ts": ts, "kind": kind, **more}


def crm_with(events: Rows, *, drop: tuple[str, ...] = ("user_agent",), **people: Rows) -> Crm:
    """A CRM of two accounts with a log; `drop`: columns that the export did not have."""
    accounts = pa.table({"account_id": ["A", "B"], "name": ["a", "b"]})
    log = pa.Table.from_pylist(events, schema=SCHEMA).drop_columns(list(drop))
    more = {name: pa.Table.from_pylist(rows) for name, rows in people.items()}
    return Crm.from_tables({"accounts": accounts, "engagements": log, **more}, threads=1)


def left(crm: Crm, engagement: Engagement = SLOW, own: tuple[str, ...] = ()) -> pa.Table:
    table = human_engagements(crm, not_people(crm, engagement, own))
    return crm.to_arrow(table).sort_by([("ts", "ascending"), ("kind", "ascending")])


def test_where_nobody_is_left_out_the_log_is_the_very_same_table() -> None:
    crm = crm_with([at(0, visitor_id="V"), at(1, contact_id="C")])
    found = not_people(crm, SLOW, ["own.example"])
    assert found.nobody
    assert human_engagements(crm, found) is crm.given("engagements")
    assert human_crm(crm, found) is crm
    assert left_out_counts(crm, found) == {}


def test_rates_that_are_off_catch_nobody() -> None:
    crm = crm_with([at(i / 100, visitor_id="V") for i in range(700)])
    off = Engagement(bot_events_a_minute=None, bot_events_a_day=None)
    assert not_people(crm, off).nobody
    assert not not_people(crm, Engagement()).nobody


def test_a_crm_without_a_log_stays_without() -> None:
    crm = Crm.from_tables({"accounts": pa.table({"account_id": ["A"], "name": ["a"]})}, threads=1)
    found = not_people(crm, SLOW, ["own.example"])
    assert human_crm(crm, found) is crm
    assert left_out_counts(crm, found) == {}


def test_a_visitor_over_the_rate_of_a_minute_is_out_from_then_on() -> None:
    crm = crm_with([at(i, visitor_id="V") for i in range(3)] + [at(9, "download", visitor_id="V")])
    assert left(crm)["ts"].to_pylist() == [at(i)["ts"] for i in range(3)]
    just_under = crm_with([at(i, visitor_id="V") for i in range(3)])
    assert not_people(just_under, SLOW).nobody


def test_the_minute_is_that_of_the_clock() -> None:
    crm = crm_with([at(second, visitor_id="V") for second in (57, 58, 59, 60, 61, 62)])
    assert not_people(crm, SLOW).nobody


def test_a_day_has_a_rate_of_its_own() -> None:
    crm = crm_with([at(600 * i, visitor_id="V") for i in range(8)])
    assert left(crm).num_rows == 6


def test_events_without_a_time_of_day_make_no_minute() -> None:
    midnight = -10 * 3600
    assert not_people(crm_with([at(midnight, visitor_id="V")] * 6), SLOW).nobody
    # The seventh is over the day's rate; what shares its instant cannot be told from it.
    dated = crm_with([*[at(midnight, visitor_id="V")] * 7, at(0, visitor_id="V")])
    assert left(dated).num_rows == 7


def test_the_anonymous_stay_out_for_days_and_then_come_back() -> None:
    crawl = [at(i, ip="10.0.0.1") for i in range(4)]
    last = timedelta(days=OUT_DAYS).total_seconds()
    later = [at(days * 86400, ip="10.0.0.1") for days in (1, OUT_DAYS, OUT_DAYS + 1)]
    seen = left(crm_with([*crawl, *later]))["ts"].to_pylist()
    assert seen == [*(at(i)["ts"] for i in range(3)), at(last + 86400)["ts"]]


def test_of_a_known_person_only_the_kind_of_that_day_is_left_out() -> None:
    clicks = [at(i, "email_click", contact_id="C") for i in range(50)]
    meeting, tomorrow = at(60, "meeting", contact_id="C"), at(86400, "email_click", contact_id="C")
    seen = left(crm_with([*clicks, meeting, tomorrow]))
    assert seen["kind"].to_pylist() == [*["email_click"] * 3, "meeting", "email_click"]


def test_a_visitor_is_judged_by_all_its_events_whatever_the_account() -> None:
    crm = crm_with([{**at(i, visitor_id="V"), "account_id": "AB"[i % 2]} for i in range(6)])
    assert left(crm)["account_id"].to_pylist() == ["A", "B", "A"]


def test_two_visitors_at_one_address_are_two() -> None:
    crm = crm_with([at(i, visitor_id=f"V{i % 2}", ip="10.0.0.1") for i in range(6)])
    assert not_people(crm, SLOW).nobody


def test_events_of_nobody_have_no_rate() -> None:
    assert not_people(crm_with([at(i) for i in range(50)]), SLOW).nobody


ADDRESSES = {
    "jo@own.example": True,
    " Jo@OWN.example ": True,
    "jo@mail.own.example": True,
    "Jo <jo@own.example>": True,
    "jo@notown.example": False,
    "jo@own.example.cn": False,
    "": False,
}


@pytest.mark.parametrize("own", ["own.example", " www.Own.example", "@own.example"])
def test_own_staff_are_known_by_their_address(own) -> None:
    people = [(f"P{i}", email) for i, email in enumerate(ADDRESSES)]
    crm = crm_with(
        [
            at(i, **{key: person})
            # A visitor of the same id is somebody else.
            for i, key in enumerate(("contact_id", "lead_id", "visitor_id"))
            for person, _ in people
        ],
        contacts=[
            {"contact_id": name, "account_id": "A", "email": email} for name, email in people
        ],
        leads=[{"lead_id": name, "company": "Acme", "email": email} for name, email in people],
    )
    seen = left(crm, own=(own, " "))
    others = {name for name, email in people if not ADDRESSES[email]}
    assert (
        set(seen["contact_id"].to_pylist()) == set(seen["lead_id"].to_pylist()) == {*others, None}
    )
    assert set(seen["visitor_id"].to_pylist()) == {*dict(people), None}


def test_a_domain_below_ones_own_says_nothing_of_those_above() -> None:
    people = [{"contact_id": "C", "account_id": "A", "email": "jo@own.example"}]
    crm = crm_with([at(0, contact_id="C")], contacts=people)
    assert not_people(crm, SLOW, ["mail.own.example"]).nobody


BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "Mozilla/5.0 (X11) HeadlessChrome/120.0",
    "python-requests/2.31",
    " curl/8.4.0",
)
BROWSERS = (
    "Mozilla/5.0 (Linux; Android 13; CUBOT X70) Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0",
    "Mozilla/5.0 (Macintosh) Safari/605.1.15",
    "",
    None,
)


def test_bots_are_known_by_their_user_agent() -> None:
    events = [at(i, contact_id=f"C{i}", user_agent=a) for i, a in enumerate((*BOTS, *BROWSERS))]
    assert tuple(left(crm_with(events, drop=()))["user_agent"].to_pylist()) == BROWSERS


def test_own_words_in_a_user_agent_make_a_bot_too() -> None:
    events = [at(0, user_agent="Acme-Checker (v1.2)"), at(1, user_agent="Acme-Checker v1x2")]
    known = Engagement(bot_agents=(" acme-checker (V1.2",))
    assert left(crm_with(events, drop=()), known).num_rows == 1
    assert left(crm_with(events, drop=()), Engagement()).num_rows == 2


def test_the_column_of_user_agents_is_found_however_it_is_written() -> None:
    for name in ("User-Agent", "userAgent", "UA"):
        log = pa.Table.from_pylist([at(0, user_agent="bot")], schema=SCHEMA)
        renamed = log.rename_columns([*SCHEMA.names[:-1], name])
        accounts = pa.table({"account_id": ["A"], "name": ["a"]})
        crm = Crm.from_tables({"accounts": accounts, "engagements": renamed}, threads=1)
        assert left(crm).num_rows == 0
        assert left(crm).column_names == renamed.column_names


def test_what_is_left_out_is_counted_by_its_first_reason() -> None:
    crm = crm_with(
        [
            *(at(i, visitor_id="V") for i in range(5)),
            *(at(i, contact_id="S", user_agent="bingbot/2.0") for i in range(2)),
            at(0, contact_id="C", user_agent="bingbot/2.0"),
        ],
        drop=(),
        contacts=[{"contact_id": "S", "account_id": "A", "email": "s@own.example"}],
    )
    found = not_people(crm, SLOW, ["own.example"])
    assert left_out_counts(crm, found) == {"bot_agent": 1, "bot_rate": 2, "own_staff": 2}
    before = at(3.5)["ts"]
    assert left_out_counts(crm, found, before)["bot_rate"] == 1


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"bot_events_a_minute": 4}, r"a_minute must be at least daily_cap, 5\. Supplied value 4"),
        ({"bot_events_a_day": 9, "daily_cap": 10}, r"a_day must be at least daily_cap, 10\."),
        ({"bot_agents": [" "]}, r"bot_agents: a blank text is in every user agent"),
    ],
)
def test_settings_that_would_take_people_for_bots_are_refused(setting, message) -> None:
    with pytest.raises(ValidationError, match=message):
        Engagement(**setting)


# --- against a naive computation, and the laws -------------------------------------------------


def naive(rows: Rows, a_minute: int, a_day: int) -> list[bool]:
    """Whether each event stays, going through the log in order of time."""

    def whose(row: dict[str, Any]) -> tuple[str, ...] | None:
        key = next((name for name in PEOPLE if row.get(name)), None)
        if key is None:
            return None
        known = key in ("contact_id", "lead_id")
        return ("known" if known else "anonymous", key, row[key], row["kind"] if known else "")

    minutes, days = defaultdict(list), defaultdict(list)
    reached: dict[Any, list[datetime]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row["ts"]):
        who, ts = whose(row), row["ts"]
        minute = (who, ts.replace(second=0, microsecond=0))
        timed = ts.time() != datetime.min.time()
        for seen, limit in ((days[who, ts.date()], a_day), (minutes[minute], a_minute)):
            if seen is minutes[minute] and not timed:
                continue
            if len(seen) >= limit:
                reached[who].append(seen[-1])
            seen.append(ts)
    stays = []
    for row in rows:
        who, ts = whose(row), row["ts"]
        days_out = OUT_DAYS if who and who[0] == "anonymous" else 0
        stays.append(
            who is None
            or not any(
                one < ts and (ts.date() - one.date()).days <= days_out for one in reached[who]
            )
        )
    return stays


whoever = st.sampled_from(
    [{}, *({key: name} for key in PEOPLE for name in ("1", "2")), {"contact_id": "1", "ip": "1"}]
)
moments = st.one_of(
    st.integers(0, 90),
    st.integers(0, 86400 - 1).map(lambda second: second - 36_000),
    st.sampled_from([-36_000, -36_000 + 86400, 86_400, 30 * 86_400, 31 * 86_400 + 5]),
)
events = st.builds(
    lambda seconds, kind, who: at(seconds, kind, **who),
    moments,
    st.sampled_from(["website_visit", "meeting"]),
    whoever,
)
bursts = st.builds(
    lambda one, more, step: [
        {**one, "ts": one["ts"] + timedelta(seconds=step * i)} for i in range(more)
    ],
    events,
    st.integers(1, 9),
    st.sampled_from([0, 1, 700]),
)
logs = st.lists(bursts, min_size=3, max_size=15).map(
    lambda found: [row for b in found for row in b]
)


def kept(rows: Rows) -> list[str]:
    crm = crm_with(rows)
    return sorted(str(row) for row in left(crm).to_pylist())


def as_kept(rows: Rows) -> list[str]:
    plain = pa.Table.from_pylist(rows, schema=SCHEMA).drop_columns(["user_agent"])
    return sorted(str(row) for row in plain.to_pylist())


@settings(max_examples=10)
@given(rows=logs)
def test_whoever_is_left_out_is_left_out_by_a_naive_count(rows) -> None:
    stays = naive(rows, 3, 6)
    assert kept(rows) == as_kept([row for row, one in zip(rows, stays, strict=True) if one])


@settings(max_examples=6)
@given(rows=logs, more=logs, now=moments)
def test_no_event_at_or_after_as_of_changes_what_counts_before(rows, more, now) -> None:
    """Law 1."""
    as_of = at(now)["ts"]
    later = [{**row, "ts": max(row["ts"], as_of)} for row in more]

    def before(rows: Rows) -> list[str]:
        crm = crm_with(rows)
        table = left(crm).to_pylist()
        return sorted(str(row) for row in table if row["ts"] < as_of)

    assert before([*rows, *later]) == before(rows)


@settings(max_examples=4)
@given(rows=logs, shuffled=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, shuffled) -> None:
    """Law 3."""
    other = list(rows)
    shuffled.shuffle(other)
    assert kept(other) == kept(rows)


@settings(max_examples=6)
@given(rows=logs, extra=events, known=st.sampled_from(["contact_id", "lead_id"]))
def test_more_events_of_a_known_person_never_lower_the_points(
    make_spine: Callable[..., Any], rows, extra, known
) -> None:
    """Law 4: what a machine does in somebody's name costs them no meeting."""
    worth = {"points_by_kind": {"website_visit": 1.0, "meeting": 50.0}, "daily_cap": 2}

    def points(rows: Rows) -> int:
        whole = crm_with(rows)
        crm = human_crm(whole, not_people(whole, SLOW))
        spine = make_spine(crm, [("A", DAY + timedelta(days=40))])
        found = engagement_points(crm, spine, **worth, half_life_days=30.0, window_days=365)
        return int(crm.to_arrow(found)["points_micro"][0].as_py())

    person = dict.fromkeys(PEOPLE) | {known: "1"}
    assert points([*rows, {**extra, **person}]) >= points(rows)


def test_the_log_may_be_judged_account_by_account() -> None:
    rows = [{**at(i, visitor_id="V"), "account_id": "AB"[i % 2]} for i in range(8)]
    crm = crm_with(rows)
    found = not_people(crm, SLOW)
    parts = [
        crm.of_account(name).to_arrow(judged_engagements(crm.of_account(name), found))
        for name in "AB"
    ]
    whole = crm.to_arrow(judged_engagements(crm, found))
    assert pa.concat_tables(parts).sort_by("ts").equals(whole.sort_by("ts"))
