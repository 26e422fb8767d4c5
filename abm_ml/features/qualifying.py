"""The events that can make an account marketing-qualified, one by one, with what each is worth."""

from __future__ import annotations

import ibis

from abm_ml.data.crm import Crm
from abm_ml.features.engagement import CONTACT, LEAD, MICRO, counted_events
from abm_ml.features.spine import for_every_row, whole_sum
from abm_ml.rulebook import Engagement, Mqa

MEASURED = "value"
"""Minutes of a kind whose events say themselves how long they were."""


def qualifying_events(
    crm: Crm, spine: ibis.Table, mqa: Mqa, engagement: Engagement, *, window_days: int | None = None
) -> ibis.Table:
    """Events before as_of that count for MQA, with their points (or minutes) before decay.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id, account_id, as_of: for `mqa_history` those of the qualified accounts only, since
        all of their events are read.
    mqa : Mqa
        Which way, and the minutes of `demandbase`.
    engagement : Engagement
        Points by kind, daily cap, outcome kinds.
    window_days : int, optional
        Older events are left out; None: none is too old.

    Returns
    -------
    ibis.Table
        row_id, person_type, person, kind, ts, known (a contact or lead), worth (float64; 0 beyond
        the daily cap).
    """
    events = counted_events(
        crm, spine, window_days=window_days, excluded_kinds=engagement.outcome_kinds
    )
    same = ["row_id", "person_type", "person", "kind", "age_days"]
    place = ibis.row_number().over(ibis.window(group_by=same, order_by=events.ts))
    placed = events.mutate(place=place)
    within_cap = placed.place < engagement.daily_cap
    if mqa.way == "demandbase":
        worth = _minutes(placed, within_cap, mqa)
    else:
        worth = within_cap.ifelse(_by_kind(placed, engagement.points_by_kind), 0.0)
    return placed.select(
        "row_id",
        "person_type",
        "person",
        "kind",
        "ts",
        known=placed.person_type.isin([CONTACT, LEAD]),
        worth=worth,
    )


def engagement_minutes(crm: Crm, spine: ibis.Table, mqa: Mqa, engagement: Engagement) -> ibis.Table:
    """Minutes of engagement of each spine row within the MQA window (DESIGN 6.5).

    Returns
    -------
    ibis.Table
        row_id (every spine row), minutes_micro (int64, millionths of a minute).
    """
    asked = mqa.model_copy(update={"way": "demandbase"})
    events = qualifying_events(crm, spine, asked, engagement, window_days=mqa.window_days)
    micro = (events.worth * MICRO + 0.5).floor()
    found = events.group_by("row_id").agg(minutes_micro=whole_sum(micro).cast("int64"))
    return for_every_row(spine, found, {"minutes_micro": 0})


def _minutes(events: ibis.Table, within_cap: ibis.Value, mqa: Mqa) -> ibis.Value:
    """Set minutes within the daily cap; of measured kinds each event's own."""
    fixed = {kind: float(told) for kind, told in mqa.minutes.items() if told != MEASURED}
    measured = [kind for kind, told in mqa.minutes.items() if told == MEASURED]
    counted = within_cap.ifelse(_by_kind(events, fixed), 0.0)
    usable = events.value.notnull() & ~events.value.isnan() & ~events.value.isinf()
    own = usable.ifelse(ibis.greatest(events.value, 0.0), 0.0)
    return events.kind.isin(measured).ifelse(own, counted) if measured else counted


def _by_kind(events: ibis.Table, worth: dict[str, float]) -> ibis.Value:
    if not worth:
        return ibis.literal(0.0)
    return events.kind.cases(*worth.items(), else_=0.0)
