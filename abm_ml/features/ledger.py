"""Every event of an account with its points, or why it gives none: points to the last event."""

from __future__ import annotations

from datetime import datetime

import ibis

from abm_ml.data.crm import Crm
from abm_ml.features.engagement import event_person_type, micro_points, with_suppression
from abm_ml.features.human import NotPeople, judged_engagements
from abm_ml.features.spine import seen_before
from abm_ml.rulebook import Engagement

SUPPRESSED, TOO_OLD, NO_POINTS, BEYOND_CAP = "suppressed", "too_old", "no_points", "beyond_cap"
"""Why an event does not count, beside those of `features.human`."""

_ONE_DAY = ("row_id", "person_type", "person", "kind", "age_days")
"""What the daily cap holds for."""

_SHOWN = ("ts", "kind", "channel", "campaign_id", "asset")


def event_ledger(
    crm: Crm, spine: ibis.Table, found: NotPeople, engagement: Engagement
) -> ibis.Table:
    """All events of the spine's accounts before as_of, one by one.

    The points of a row sum to `engagement_points` of the CRM without own staff and bots, to the
    millionth. Beyond the daily cap are the later events of the day.

    Parameters
    ----------
    crm : Crm
        Canonical tables with the log as it came: own staff, bots and suppressed people are in it.
    spine : ibis.Table
        row_id, account_id, as_of: of few accounts, since all of their events are given.
    found : NotPeople
        As looked up in the whole log.
    engagement : Engagement
        Points by kind, cap, half-life, window.

    Returns
    -------
    ibis.Table
        row_id, person_type, person, ts, kind, channel, campaign_id, asset, age_days, points_micro
        (int64), reason (null for events that count; else the first of `OWN_STAFF`, `BOT_AGENT`,
        `BOT_RATE`, `SUPPRESSED`, `TOO_OLD`, `NO_POINTS`, `BEYOND_CAP` that applies), counted.
    """
    told = with_suppression(crm, seen_before(spine, _events(crm, spine, found)))
    worth = engagement.points_by_kind
    paid = [kind for kind, points in worth.items() if points > 0]
    why = ibis.cases(
        (told.left_out.notnull(), told.left_out),
        (told.suppressed, SUPPRESSED),
        (told.age_days > engagement.window_days, TOO_OLD),
        (told.kind.notin(paid) if paid else ibis.literal(True), NO_POINTS),
    )
    judged = told.mutate(reason=why)
    capped = judged.mutate(place=_place_in_day(judged))
    beyond = capped.reason.isnull() & (capped.place >= engagement.daily_cap)
    # One event by itself, so that what it is worth is what it adds below the cap.
    ledger = capped.mutate(reason=beyond.ifelse(BEYOND_CAP, capped.reason), events=1)
    points = micro_points(
        ledger,
        points_by_kind=worth,
        daily_cap=engagement.daily_cap,
        half_life_days=engagement.half_life_days,
    )
    counted = ledger.reason.isnull()
    return ledger.select(
        "row_id",
        "person_type",
        "person",
        *_SHOWN,
        "age_days",
        "reason",
        points_micro=counted.ifelse(points, 0).cast("int64"),
        counted=counted,
    )


def kinds_without_points(
    crm: Crm, engagement: Engagement, as_of: datetime | None = None
) -> dict[str, int]:
    """Kinds of events that nobody gave points, not even 0: perhaps forgotten, perhaps misspelt.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    engagement : Engagement
        Points by kind.
    as_of : datetime, optional
        Only events before it are counted (UTC without a zone).

    Returns
    -------
    dict of str to int
        How many events of each kind, the most frequent first.
    """
    events = crm.table("engagements")
    events = events.filter(events.kind.notnull())
    if as_of is not None:
        events = events.filter(events.ts < ibis.literal(as_of))
    counts = events.group_by("kind").agg(events=events.count())
    rows = crm.to_arrow(counts.order_by(ibis.desc("events"), "kind")).to_pylist()
    told = engagement.points_by_kind
    return {row["kind"]: row["events"] for row in rows if row["kind"] not in told}


def kinds_without_events(
    crm: Crm, engagement: Engagement, as_of: datetime | None = None
) -> tuple[str, ...]:
    """Kinds that `engagement.points` names, but no event has; see `kinds_without_points`."""
    events = crm.table("engagements")
    if as_of is not None:
        events = events.filter(events.ts < ibis.literal(as_of))
    there = set(crm.to_arrow(events.select("kind").distinct())["kind"].to_pylist())
    return tuple(sorted(set(engagement.points) - there))


def _events(crm: Crm, spine: ibis.Table, found: NotPeople) -> ibis.Table:
    """The judged log of the spine's accounts, with every column that the contract knows."""
    accounts = spine.select("account_id").distinct()
    mine = crm.given("engagements").semi_join(accounts, "account_id")
    judged = crm.replaced(engagements=judged_engagements(crm.replaced(engagements=mine), found))
    events = judged.table("engagements")
    return events.select(
        "account_id",
        *_SHOWN,
        "left_out",
        person=ibis.coalesce(events.contact_id, events.lead_id, events.visitor_id),
        person_type=event_person_type(events),
    )


def _place_in_day(events: ibis.Table) -> ibis.Value:
    """Place of each event among those of its day that are up for points, from 0."""
    same = [*_ONE_DAY, events.reason.isnull()]
    order = [ibis.asc(name, nulls_first=True) for name in _SHOWN]
    return ibis.row_number().over(ibis.window(group_by=same, order_by=order))
