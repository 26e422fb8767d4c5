"""What an account's people did before as_of: points, counts, people, recency and trend.

Events are first gathered by account, person, kind and day (where the daily cap holds), then by
account. Events of suppressed people don't count. Points are whole millionths of a point, so
that their sum is the same in any order.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence

import ibis

from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppression_ends
from abm_ml.features.names import Feature
from abm_ml.features.spine import (
    check_at_least,
    for_every_row,
    seen_before,
    whole_sum,
)

MICRO = 1_000_000
"""Whole parts of a point."""

RECENT_DAYS, BASE_DAYS = 30, 90
"""The trend compares the last 30 days with the 60 before them."""

_OF_PEOPLE = frozenset({"engaged_contacts", "engaged_people"})
NOBODY, CONTACT, LEAD, VISITOR = range(4)
"""Whom an event is known to be of: `person_type`."""

KNOWN = (CONTACT, LEAD)


def engagement_points(
    crm: Crm,
    spine: ibis.Table,
    *,
    points_by_kind: Mapping[str, float],
    daily_cap: int,
    half_life_days: float,
    window_days: int,
    excluded_kinds: Sequence[str] = (),
) -> ibis.Table:
    """Decayed engagement points of each spine row.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id, account_id, as_of.
    points_by_kind : mapping of str to float
        Points of one event; kinds that are not named give none.
    daily_cap : int
        Events of one kind by one person in one day that count.
    half_life_days : float
        Days in which points halve.
    window_days : int
        Older events give no points.
    excluded_kinds : sequence of str
        Kinds that are left out altogether (those that are the outcome).

    Returns
    -------
    ibis.Table
        row_id (every spine row), points_micro (int64, millionths of a point), last_engaged_at
        (the newest event within the window, of any kind that is not excluded; null if none).

    Raises
    ------
    ParamsError
        If cap, half-life or window is out of range.
    """
    daily = daily_events(crm, spine, window_days=window_days, excluded_kinds=excluded_kinds)
    points = micro_points(
        daily, points_by_kind=points_by_kind, daily_cap=daily_cap, half_life_days=half_life_days
    )
    found = daily.group_by("row_id").agg(
        points_micro=whole_sum(points).cast("int64"), last_engaged_at=daily.last_ts.max()
    )
    return for_every_row(spine, found, {"points_micro": 0})


def engaged_contacts(
    crm: Crm, spine: ibis.Table, *, window_days: int, excluded_kinds: Sequence[str] = ()
) -> ibis.Table:
    """Different contacts and leads with an event in the window; anonymous visitors are none.

    Returns
    -------
    ibis.Table
        row_id (every spine row), engaged_contacts (int64).
    """
    daily = daily_events(crm, spine, window_days=window_days, excluded_kinds=excluded_kinds)
    everyone = different_people(daily, where=ibis.literal(True))
    found = daily.group_by("row_id").agg(engaged_contacts=everyone)
    return for_every_row(spine, found, {"engaged_contacts": 0})


def different_people(daily: ibis.Table, *, where: ibis.Value) -> ibis.Value:
    """Different contacts and leads among some daily events; anonymous visitors are none."""
    by_type = (daily.person.nunique(where=where & (daily.person_type == t)) for t in KNOWN)
    return functools.reduce(operator.add, by_type)


def engagement_features(
    crm: Crm,
    spine: ibis.Table,
    features: Sequence[Feature],
    *,
    points_by_kind: Mapping[str, float],
    daily_cap: int,
    half_life_days: float,
    window_days: int,
    excluded_kinds: Sequence[str],
) -> list[ibis.Table]:
    """Engagement features by their names; parameters as in `engagement_points`.

    Returns
    -------
    list of ibis.Table
        row_id and features, with the rows that have events only.
    """
    reach = max([window_days, BASE_DAYS, *(feature.days for feature in features)])
    daily = daily_events(crm, spine, window_days=reach, excluded_kinds=excluded_kinds)
    points = micro_points(
        daily, points_by_kind=points_by_kind, daily_cap=daily_cap, half_life_days=half_life_days
    )
    in_window = daily.age_days <= window_days
    people = _people(daily)
    of_events = {
        feature.name: _of_events(feature, daily, points, in_window)
        for feature in features
        if feature.family not in _OF_PEOPLE
    }
    of_people = {
        feature.name: _of_people(feature, people)
        for feature in features
        if feature.family in _OF_PEOPLE
    }
    return [
        table.group_by("row_id").agg(**measures)
        for table, measures in [(daily, of_events), (people, of_people)]
        if measures
    ]


def daily_events(
    crm: Crm, spine: ibis.Table, *, window_days: int, excluded_kinds: Sequence[str] = ()
) -> ibis.Table:
    """Events that count, by spine row, person, kind and day.

    Returns
    -------
    ibis.Table
        row_id, person_type, person, kind, age_days, events (how many), last_ts.
    """
    check_at_least("window_days", window_days, 1)
    counted = counted_events(crm, spine, window_days=window_days, excluded_kinds=excluded_kinds)
    return counted.group_by("row_id", "person_type", "person", "kind", "age_days").agg(
        events=counted.count(), last_ts=counted.ts.max()
    )


def counted_events(
    crm: Crm,
    spine: ibis.Table,
    *,
    window_days: int | None = None,
    excluded_kinds: Sequence[str] = (),
) -> ibis.Table:
    """Events that count, one by one: everything that is counted is counted from these.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id, account_id, as_of.
    window_days : int, optional
        Older events are left out; None: none is too old.
    excluded_kinds : sequence of str
        Kinds that are left out (those that are the outcome).

    Returns
    -------
    ibis.Table
        row_id, as_of, person_type, person, kind, ts, value, age_days.
    """
    table = crm.table("engagements")
    events = table.select(
        "account_id",
        "ts",
        "kind",
        "value",
        person=ibis.coalesce(table.contact_id, table.lead_id, table.visitor_id),
        person_type=event_person_type(table),
    )
    if excluded_kinds:
        events = events.filter(events.kind.notin(list(excluded_kinds)))
    seen = seen_before(spine, events, window_days=window_days)
    return _without_suppressed(crm, seen)


def micro_points(
    daily: ibis.Table,
    *,
    points_by_kind: Mapping[str, float],
    daily_cap: int,
    half_life_days: float,
) -> ibis.Value:
    """Points of each daily row in whole millionths, capped, after exponential decay."""
    check_at_least("daily_cap", daily_cap, 1)
    check_at_least("half_life_days", half_life_days, 1e-3)
    points = ibis.literal(0.0)
    if points_by_kind:
        pairs = [(kind, float(worth)) for kind, worth in points_by_kind.items()]
        points = daily.kind.cases(*pairs, else_=0.0)
    left = ibis.literal(2.0) ** (-daily.age_days / half_life_days)
    # floor(x + 1/2) and not round(): engines differ on what becomes of a half.
    each = (points * MICRO * left + 0.5).floor()
    return ibis.least(daily.events, daily_cap) * each


def event_person_type(events: ibis.Table) -> ibis.Value:
    """Whom each event is known to be of: contact before lead before visitor."""
    return ibis.cases(
        (events.contact_id.notnull(), CONTACT),
        (events.lead_id.notnull(), LEAD),
        (events.visitor_id.notnull(), VISITOR),
        else_=NOBODY,
    )


def with_suppression(crm: Crm, seen: ibis.Table) -> ibis.Table:
    """Events with `suppressed`: whether that of their person is active at the row's as_of.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    seen : ibis.Table
        person_type, person, as_of, and whatever else is wanted.
    """
    if not crm.has("suppressions"):
        return seen.mutate(suppressed=ibis.literal(False))
    ends = ibis.union(
        suppression_ends(crm, "contacts").mutate(person_type=ibis.literal(CONTACT)),
        suppression_ends(crm, "leads").mutate(person_type=ibis.literal(LEAD)),
    ).rename(person="person_id")
    joined = seen.left_join(ends, ["person_type", "person"])
    active = joined.until.notnull() & (joined.until > joined.as_of)
    return joined.mutate(suppressed=active).select(*seen.columns, "suppressed")


def _without_suppressed(crm: Crm, seen: ibis.Table) -> ibis.Table:
    """Leave out the events of people whose suppression is active at the row's as_of."""
    if crm.free_as_of is not None or not crm.has("suppressions"):
        return seen
    told = with_suppression(crm, seen)
    return told.filter(~told.suppressed).drop("suppressed")


def _people(daily: ibis.Table) -> ibis.Table:
    """People with an event, by spine row, and how many days ago they were last seen."""
    named = daily.filter(daily.person_type != NOBODY)
    return named.group_by("row_id", "person_type", "person").agg(last_age=named.age_days.min())


def _is_known(people: ibis.Table) -> ibis.Value:
    return people.person_type.isin(KNOWN)


def _of_people(feature: Feature, people: ibis.Table) -> ibis.Value:
    inside = people.last_age <= feature.days
    counted = inside & _is_known(people) if feature.family == "engaged_contacts" else inside
    return people.count(where=counted).cast("float64")


def _of_events(
    feature: Feature, daily: ibis.Table, points: ibis.Value, in_window: ibis.Value
) -> ibis.Value:
    if feature.family == "engagement_points":
        return whole_sum(points, where=in_window) / MICRO
    if feature.family == "days_since_engagement":
        return daily.age_days.min(where=in_window).cast("float64")
    if feature.family == "engagement_trend":
        return _trend(daily)
    inside = daily.age_days <= feature.days
    counted = inside if feature.item == "all" else inside & (daily.kind == feature.item)
    return whole_sum(daily.events, where=counted)


def _trend(daily: ibis.Table) -> ibis.Value:
    """(recent - before) / (recent + before) of the events a day: from -1 to 1; 0 if none."""
    in_base = whole_sum(daily.events, where=daily.age_days <= BASE_DAYS)
    recent = whole_sum(daily.events, where=daily.age_days <= RECENT_DAYS)
    base_per_recent = (BASE_DAYS - RECENT_DAYS) / RECENT_DAYS
    rate, before = recent * base_per_recent, in_base - recent
    return ((rate - before) / (rate + before).nullif(0)).fill_null(0.0)
