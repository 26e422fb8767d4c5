"""Who became an MQA lately: for every threshold what the full history says."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.rules import mqa_arrivals
from abm_ml.rules.mqa_arrivals import ALWAYS, DAYS, lately
from abm_ml.rules.mqa_history import Decay, became_mqa
from abm_ml.rules.score import MICRO

AS_OF = datetime(2026, 1, 1)
DECAY = Decay(30, 10.0)

Event = tuple[int, int, int, str, float]
"""Account, days before as_of, hour, contact ("" for an anonymous visitor), worth."""


def table(events: list[Event]) -> pa.Table:
    rows = [
        {"row_id": row, "person_type": 1 if who else 3, "person": who or "visitor", "kind": "visit",
         "ts": AS_OF - timedelta(days=ago) + timedelta(hours=hour), "known": bool(who),
         "worth": worth}
        for row, ago, hour, who, worth in events
    ]  # fmt: skip
    columns = {
        "row_id": pa.int64(), "person_type": pa.int8(), "person": pa.string(),
        "kind": pa.string(), "ts": pa.timestamp("us"), "known": pa.bool_(), "worth": pa.float64(),
    }  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def now(events: list[Event], accounts: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and people of each account at as_of."""
    points, people = np.zeros(accounts, dtype=np.int64), [set() for _ in range(accounts)]
    for row, ago, _, who, worth in events:
        if ago <= DECAY.window_days:
            points[row] += int(worth * MICRO * DECAY.left[ago] + 0.5)
            people[row] |= {who} - {""}
    return points, np.array([len(group) for group in people])


histories = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(1, DAYS + 30),
        st.sampled_from([0, 9, 17]),
        st.sampled_from(["", "P1", "P2"]),
        st.sampled_from([0.0, 1.0, 5.0, 25.0]),
    ),
    max_size=25,
)


@given(histories, st.sampled_from([0.2, 1.0, 4.0, 20.0]), st.integers(0, 2))
def test_an_mqa_is_new_exactly_if_its_history_says_so(events, asked, people) -> None:
    points, contacts = now(events, 3)
    points_asked, contacts_asked = np.full(3, round(asked * MICRO)), np.full(3, people)
    qualified = (points >= points_asked) & (contacts >= contacts_asked)
    told = lately(table(events), AS_OF.date(), DECAY, 3)
    of_qualified = [event for event in events if qualified[event[0]]]
    since = became_mqa(table(of_qualified), points_asked, contacts_asked, DECAY).to_pylist()
    start = AS_OF - timedelta(days=DAYS)
    expected = [moment is not None and moment >= start for moment in since]
    assert told.new(qualified, points_asked, contacts_asked).tolist() == expected


def test_by_hand() -> None:
    # 20 days ago: 16 points of half-life 10, so 4 at the start of today's event.
    events = [(0, 20, 9, "P1", 16.0), (0, 1, 9, "P2", 10.0), (1, 29, 9, "P1", 99.0)]
    told = lately(table(events), AS_OF.date(), Decay(40, 9.5), 3)
    assert told.points.tolist() == [0, ALWAYS, ALWAYS]  # the day of the first event began with none
    only = lately(table(events[1:]), AS_OF.date(), Decay(40, 9.5), 3)
    assert only.contacts.tolist() == [0, ALWAYS, ALWAYS]
    later = [(0, 48, 9, "P1", 16.0), (0, 10, 9, "P2", 1.0)]
    met = lately(table(later), AS_OF.date(), Decay(90, 19.0), 1)
    assert (met.points.tolist(), met.contacts.tolist()) == ([4 * MICRO], [1])


def test_nothing_depends_on_how_many_are_looked_at_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    events = [
        (int(row), int(ago), 9, str(who), 3.0)
        for row, ago, who in zip(
            rng.integers(0, 20, 500), rng.integers(1, 58, 500), rng.integers(0, 4, 500), strict=True
        )
    ]
    whole = lately(table(events), AS_OF.date(), DECAY, 20)
    monkeypatch.setattr(mqa_arrivals, "_PAIRS", 7)
    pieces = lately(table(events[::-1]), AS_OF.date(), DECAY, 20)
    assert whole.points.tolist() == pieces.points.tolist()
    assert whole.contacts.tolist() == pieces.contacts.tolist()
