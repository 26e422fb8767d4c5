"""The spine: which account is looked at as of when; and the one join that keeps the future out.

Time is counted in whole calendar days (UTC): an event of yesterday is one day old whatever the
hour, and a window of 30 days holds the events that are at most 30 days old. At a midnight as_of
that is exactly the 30 days before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import ibis

from abm_ml.errors import ParamsError

SPINE_COLUMNS = ("row_id", "account_id", "as_of")


def days_between(earlier: ibis.Value, later: ibis.Value) -> ibis.Value:
    """Whole calendar days from one timestamp to a later one."""
    return later.date().delta(earlier.date(), unit="day")


def seen_before(
    spine: ibis.Table, facts: ibis.Table, *, at: str = "ts", window_days: int | None = None
) -> ibis.Table:
    """Facts joined to the spine rows of their account that lie after them.

    Parameters
    ----------
    spine : ibis.Table
        row_id, account_id, as_of.
    facts : ibis.Table
        account_id, the timestamp `at`, and whatever else is wanted.
    at : str
        When a fact became known; only facts strictly before as_of are seen.
    window_days : int, optional
        Facts older than this are left out.

    Returns
    -------
    ibis.Table
        The columns of `facts` with row_id, as_of and age_days; a fact comes once for each
        spine row that sees it.
    """
    if window_days is not None:
        facts = _near(facts, spine, at, window_days)
    joined = facts.join(spine.select(*SPINE_COLUMNS), "account_id")
    aged = joined.filter(joined[at] < joined.as_of).mutate(
        age_days=days_between(joined[at], joined.as_of)
    )
    return aged if window_days is None else aged.filter(aged.age_days <= window_days)


def _near(facts: ibis.Table, spine: ibis.Table, at: str, window_days: int) -> ibis.Table:
    """Facts that some spine row may see.

    The bounds are asked for at once, so that they stand in the query as constants: the engine
    then skips most of an event log that is in order of time, before it joins anything.
    """
    bounds = spine.agg(first=spine.as_of.min(), last=spine.as_of.max()).to_pyarrow().to_pylist()[0]
    if bounds["last"] is None:
        return facts
    start = bounds["first"] - timedelta(days=window_days + 1)
    return facts.filter((facts[at] >= start) & (facts[at] < bounds["last"]))


def latest(rows: ibis.Table, *, by: tuple[str, ...], at: str, then: str) -> ibis.Table:
    """The newest row of each group; of several at one instant the one with the greatest `then`."""
    newest = ibis.window(group_by=by, order_by=[ibis.desc(at), ibis.desc(then)])
    placed = rows.mutate(place=ibis.row_number().over(newest))
    return placed.filter(placed.place == 0).drop("place")


def for_every_row(
    spine: ibis.Table, found: ibis.Table, fill: Mapping[str, Any] | None = None
) -> ibis.Table:
    """One row for each spine row: row_id with the columns of `found`, gaps filled where told."""
    joined = spine.select("row_id").left_join(found, "row_id").drop("row_id_right")
    return joined.fill_null(dict(fill)) if fill else joined


def whole_sum(number: ibis.Value, where: ibis.Value | None = None) -> ibis.Value:
    """Sum of whole numbers (0 if none) as float64: exact up to 2^53, in whatever order."""
    return number.cast("float64").sum(where=where).fill_null(0.0)


def folded(text: ibis.Value) -> ibis.Value:
    """What two spellings of a topic or kind are compared by: no case, no space around it."""
    return text.strip().lower()


def check_at_least(name: str, value: float, least: float) -> None:
    """Refuse a setting that is below its least value.

    Raises
    ------
    ParamsError
        Naming the rule and the value.
    """
    if not value >= least:
        raise ParamsError(f"{name} must be at least {least:g}. Supplied value {value!r}")
