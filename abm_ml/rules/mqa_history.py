"""When an account became marketing-qualified, and the events that made it so (DESIGN 6.5).

Between two events points only decay and people only drop out of the window, so an account can
become an MQA by an event alone. Its present stretch therefore began with the newest event before
which it was not qualified and after which it was, judged by what is asked of it today. That
event stays the same when the account is looked at later, as long as it has not lapsed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.score import MICRO

Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

_SORTED = [
    *((name, "ascending") for name in ("row_id", "ts", "kind", "person_type", "person")),
    ("worth", "descending"),
]
_NOBODY = -1
_US_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class Decay:
    """How events lose their worth.

    Parameters
    ----------
    window_days : int
        Older events count for nothing, their people as not engaged.
    half_life_days : float or None
        Days in which points halve; None: they don't (minutes).
    """

    window_days: int
    half_life_days: float | None

    @property
    def left(self) -> Numbers:
        """What is left of a point by age in whole days, from 0 to the window."""
        ages = range(self.window_days + 1)
        if self.half_life_days is None:
            return np.ones(len(ages))
        # math.pow is what the engine that counts the points calls: to the last bit the same.
        return np.array([math.pow(2.0, -age / self.half_life_days) for age in ages])


@dataclass(frozen=True)
class _History:
    """One account's events in order of time."""

    day: Counts
    ts: Counts
    worth: Numbers
    person: Counts


def became_mqa(
    events: pa.Table, points_asked: Counts, contacts_asked: Counts, decay: Decay
) -> pa.Array:
    """When each account became an MQA in its present stretch.

    Parameters
    ----------
    events : pyarrow.Table
        As `features.qualifying.qualifying_events` gives them, of the accounts that are
        qualified through engagement (`MqaVerdict.by_engagement`), all of their events.
    points_asked, contacts_asked : array of int, shape (n_accounts,)
        What is asked of each account today, by row_id; points (or minutes) in millionths.
    decay : Decay
        As the points were counted.

    Returns
    -------
    pyarrow.Array of timestamp, shape (n_accounts,)
        At most as_of; null for accounts without events here.
    """
    since = np.full(len(points_asked), np.iinfo(np.int64).min, dtype=np.int64)
    left = decay.left
    for row, history in _histories(events):
        began = _began(history, int(points_asked[row]), int(contacts_asked[row]), left)
        if began is not None:
            since[row] = began
    unknown = since == np.iinfo(np.int64).min
    return pa.array(since, pa.int64(), mask=unknown).cast(pa.timestamp("us"))


def first_listed(
    qualified: NDArray[np.bool_],
    mqa_at: pa.Array,
    previous_mqa_at: pa.Array,
    as_of: pa.Scalar,
    *,
    rejected_at: pa.Array,
    listed_at: pa.Scalar,
) -> pa.Array:
    """When each MQA became one, where no event tells: since the first list that had it as one.

    An account that a pipeline score qualified keeps the date of the previous list, if it was an
    MQA there, and has this list's as_of if not. One that sales rejected counts as an MQA since
    the rejection at the latest, so that nobody takes the fallback for qualifying anew; unless the
    previous list was made after the rejection and did not have it as an MQA.

    Parameters
    ----------
    qualified : array of bool, shape (n_accounts,)
        MQAs of today.
    mqa_at : pyarrow.Array of timestamp, shape (n_accounts,)
        What `became_mqa` found.
    previous_mqa_at : pyarrow.Array of timestamp, shape (n_accounts,)
        `mqa_at` of the previous list; null where the account was no MQA there.
    as_of : pyarrow.Scalar of timestamp
        Of this list.
    rejected_at : pyarrow.Array of timestamp, shape (n_accounts,)
        When sales' last word was no; null where it was not.
    listed_at : pyarrow.Scalar of timestamp
        As_of of the previous list; null where there is none that tells of MQAs.
    """
    missed = pc.fill_null(pc.greater_equal(listed_at, rejected_at), False)
    since = pc.coalesce(pc.if_else(missed, None, rejected_at), as_of)
    known = pc.coalesce(mqa_at, previous_mqa_at, since)
    return pc.if_else(pa.array(qualified), known, pa.scalar(None, mqa_at.type))


def events_behind(events: pa.Table, mqa_at: pa.Array, decay: Decay) -> pa.Table:
    """The events that made accounts MQAs, with the points each gave at that moment.

    Parameters
    ----------
    events : pyarrow.Table
        As in `became_mqa`.
    mqa_at : pyarrow.Array of timestamp, shape (n_accounts,)
        As `became_mqa` gives it, by row_id; accounts where it is null have no rows.
    decay : Decay
        As the points were counted.

    Returns
    -------
    pyarrow.Table
        row_id, person_type, person, kind, ts, age_days (at that moment), points_micro: by
        row_id, oldest first. An account's points sum to those it had at mqa_at, events beyond
        the daily cap giving 0.
    """
    ordered = events.sort_by(_SORTED)
    at = mqa_at.take(ordered["row_id"].combine_chunks()).cast(pa.int64())
    moment = np.asarray(at.fill_null(np.iinfo(np.int64).min), dtype=np.int64)
    ts = np.asarray(ordered["ts"].cast(pa.int64()), dtype=np.int64)
    age = moment // _US_PER_DAY - ts // _US_PER_DAY
    seen = (ts <= moment) & (age <= decay.window_days)
    micro = whole_micro(np.asarray(ordered["worth"])[seen], decay.left[age[seen]])
    shown = ordered.select(["row_id", "person_type", "person", "kind", "ts"])
    table = shown.filter(pa.array(seen))
    return table.append_column("age_days", pa.array(age[seen])).append_column(
        "points_micro", pa.array(micro)
    )


def _histories(events: pa.Table) -> Iterator[tuple[int, _History]]:
    """Each account's row_id and its events, oldest first."""
    ordered = events.sort_by(_SORTED)
    rows = np.asarray(ordered["row_id"], dtype=np.int64)
    ts = np.asarray(ordered["ts"].cast(pa.int64()), dtype=np.int64)
    worth = np.asarray(ordered["worth"], dtype=np.float64)
    person = coded_people(ordered)
    bounds = [*np.flatnonzero(np.diff(rows, prepend=-1)), len(rows)]
    for start, end in pairwise(bounds):
        part = slice(start, end)
        yield (
            int(rows[start]),
            _History(ts[part] // _US_PER_DAY, ts[part], worth[part], person[part]),
        )


def coded_people(events: pa.Table) -> Counts:
    """A number for each known person; `_NOBODY` for events of visitors and of nobody."""
    codes = events["person"].combine_chunks().dictionary_encode().indices
    person = np.asarray(codes.fill_null(_NOBODY), dtype=np.int64)
    kinds = np.asarray(events["person_type"], dtype=np.int64)
    known = np.asarray(events["known"], dtype=bool)
    return np.where(known, person * (kinds.max(initial=0) + 1) + kinds, _NOBODY)


def _began(history: _History, points: int, contacts: int, left: Numbers) -> int | None:
    """The instant (microseconds) at which the newest stretch began; None if there is none.

    From the newest day back: on a day at whose start the account was not qualified, it became
    so; on one at whose start it was, it had been so since the day before it with events.
    """
    for day in np.unique(history.day)[::-1]:
        first, last = np.searchsorted(history.day, [day, day + 1])
        oldest = np.searchsorted(history.day, day - (len(left) - 1))
        before = slice(oldest, first)
        had = int(whole_micro(history.worth[before], left[day - history.day[before]]).sum())
        engaged = set(history.person[before].tolist()) - {_NOBODY}
        if had >= points and len(engaged) >= contacts:
            continue
        for place in range(first, last):
            had += int(whole_micro(history.worth[place : place + 1], left[:1]).sum())
            engaged |= {int(history.person[place])} - {_NOBODY}
            if had >= points and len(engaged) >= contacts:
                return int(history.ts[place])
    return None


def whole_micro(worth: Numbers, left: Numbers) -> Counts:
    """Whole millionths of a point, as the features count them."""
    micro: Counts = np.floor(worth * MICRO * left + 0.5).astype(np.int64)
    return micro
