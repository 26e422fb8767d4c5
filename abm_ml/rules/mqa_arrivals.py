"""Who became marketing-qualified lately, for whatever thresholds (DESIGN 6.5).

Points only decay between two events, so an MQA is new exactly if there was a day of the last
weeks, one with events, at whose start it fell short (see `mqa_history`). The least points and
the fewest people at the starts of those days therefore answer the question for all thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.rules.mqa_history import Decay, coded_people, whole_micro

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

WEEKS = 4
"""Weeks that "lately" means; a single one tells little."""

DAYS = 7 * WEEKS

ALWAYS = np.iinfo(np.int64).max
"""Stands for "no event lately": whoever is qualified has been so all the time."""

_PAIRS = 5_000_000
"""Pairs of a day and an event before it that are looked at together, about."""

_US_PER_DAY = 86_400_000_000


@dataclass(frozen=True)
class Lately:
    """The least that accounts had at the starts of the last weeks' days with events.

    Parameters
    ----------
    points : array of int, shape (n_accounts,)
        Decayed points (or minutes), in millionths; `ALWAYS` where no event was.
    contacts : array of int, shape (n_accounts,)
        Distinct engaged people; `ALWAYS` where no event was.
    """

    points: Counts
    contacts: Counts

    def new(self, qualified: Flags, points_asked: Counts, contacts_asked: Counts) -> Flags:
        """MQAs that became so within the last `WEEKS`, shape (n_accounts,)."""
        fell_short = (self.points < points_asked) | (self.contacts < contacts_asked)
        return qualified & fell_short


def lately(events: pa.Table, as_of: date, decay: Decay, n_accounts: int) -> Lately:
    """What accounts had at the start of each day with events of the last `WEEKS`.

    Parameters
    ----------
    events : pyarrow.Table
        As `features.qualifying.qualifying_events` gives them, none younger than `DAYS` and the
        window left out; row_id is the place of the account.
    as_of : date
        Days from `DAYS` before it on are looked at.
    decay : Decay
        As the points are counted.
    n_accounts : int
        Accounts, with events or without.
    """
    points, contacts = np.full((2, n_accounts), ALWAYS, dtype=np.int64)
    if not events.num_rows:
        return Lately(points, contacts)
    row = np.asarray(events["row_id"], dtype=np.int64)
    day = np.asarray(events["ts"].cast(pa.int64()), dtype=np.int64) // _US_PER_DAY
    order = np.lexsort((day, row))
    known = _Events(
        row[order], day[order], np.asarray(events["worth"])[order], coded_people(events)[order]
    )
    first = int(np.datetime64(as_of, "D").astype(np.int64)) - DAYS
    for at, found, people in known.at_starts(first, decay):
        np.minimum.at(points, at, found)
        np.minimum.at(contacts, at, people)
    return Lately(points, contacts)


@dataclass(frozen=True)
class _Events:
    """Events by account and day."""

    row: Counts
    day: Counts
    worth: NDArray[np.float64]
    person: Counts

    def at_starts(self, first: int, decay: Decay) -> Iterator[tuple[Counts, Counts, Counts]]:
        """Accounts, points and people at the start of each of their days from `first` on."""
        base, span = int(self.day.min()), int(np.ptp(self.day)) + 1
        key = self.row * span + (self.day - base)
        starts = np.unique(key[self.day >= first])
        row, day = starts // span, starts % span + base
        oldest = np.maximum(day - (len(decay.left) - 1), base)
        low = np.searchsorted(key, row * span + (oldest - base))
        high = np.searchsorted(key, starts)
        pairs = np.cumsum(high - low)
        pieces = np.searchsorted(pairs, np.arange(_PAIRS, pairs[-1:].sum(), _PAIRS))
        for part in np.split(np.arange(len(starts)), pieces):
            yield row[part], *self._had(low[part], high[part], day[part], decay)

    def _had(self, low: Counts, high: Counts, day: Counts, decay: Decay) -> tuple[Counts, Counts]:
        """Points and people of the events in each range, seen from the range's day."""
        size = high - low
        query = np.repeat(np.arange(len(size)), size)
        event = np.arange(len(query)) + np.repeat(low - (np.cumsum(size) - size), size)
        age = day[query] - self.day[event]
        micro = whole_micro(self.worth[event], decay.left[age])
        # Whole numbers below 2^53 add up exactly as floats.
        points = np.bincount(query, micro, len(size)).astype(np.int64)
        # A person counts at the first of their events in the range.
        first = (self.person[event] >= 0) & (self.before[event] < low[query])
        return points, np.bincount(query[first], minlength=len(size))

    @cached_property
    def before(self) -> Counts:
        """Place of the same person's event before each event; -1 for none."""
        order = np.lexsort((self.person, self.row))  # stable: a person's events stay in order
        same = np.diff(self.row[order], prepend=-1) == 0
        same &= np.diff(self.person[order], prepend=-2) == 0
        found = np.full(len(order), -1, dtype=np.int64)
        found[order[same]] = order[np.flatnonzero(same) - 1]
        return found
