"""When an account became an MQA: against a replay of its whole history, moment by moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from abm_ml.rules.mqa_history import Decay, became_mqa, events_behind, first_listed
from abm_ml.rules.score import MICRO

START = datetime(2025, 1, 1)
WINDOW, HALF_LIFE = 20, 7.0
DECAY = Decay(WINDOW, HALF_LIFE)

Event = tuple[int, int, str, int, float]
"""Day, hour, person, type (1 contact, 2 lead, 3 visitor), worth."""


def at(day: int, hour: int = 0) -> datetime:
    return START + timedelta(days=day, hours=hour)


def table(*accounts: list[Event]) -> pa.Table:
    """Events of accounts 0, 1, …"""
    rows = [
        {"row_id": row, "person_type": kind, "person": who, "kind": "visit", "ts": at(day, hour),
         "known": kind < 3, "worth": worth}
        for row, events in enumerate(accounts)
        for day, hour, who, kind, worth in events
    ]  # fmt: skip
    columns = {
        "row_id": pa.int64(), "person_type": pa.int8(), "person": pa.string(),
        "kind": pa.string(), "ts": pa.timestamp("us"), "known": pa.bool_(), "worth": pa.float64(),
    }  # fmt: skip
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def became(events: list[Event], points: float, contacts: int) -> datetime | None:
    asked = np.array([round(points * MICRO)]), np.array([contacts])
    return became_mqa(table(events), *asked, DECAY)[0].as_py()


def qualified(events: list[Event], moment: datetime, points: float, contacts: int) -> bool:
    """The rule itself, as it would have been judged with what lay before a moment."""
    total, people = 0, set()
    for day, hour, who, kind, worth in events:
        ts = at(day, hour)
        age = (moment.date() - ts.date()).days
        if ts < moment and age <= WINDOW:
            total += int(worth * MICRO * 2.0 ** (-age / HALF_LIFE) + 0.5)
            if kind < 3:
                people.add((who, kind))
    return total >= round(points * MICRO) and len(people) >= contacts


def replayed(events: list[Event], as_of: datetime, points: float, contacts: int) -> datetime | None:
    """The last moment at which the account turned from not qualified to qualified."""
    tick = timedelta(microseconds=1)
    moments = {at(day, hour) + tick for day, hour, *_ in events}
    moments |= {at(day) for day in range(-1, (as_of - START).days + 1)}
    turned, before = None, False
    for moment in sorted(moment for moment in moments if moment <= as_of):
        now = qualified(events, moment, points, contacts)
        turned, before = (moment - tick if now and not before else turned), now
    return turned


AS_OF_DAY = 40
histories = st.lists(
    st.tuples(
        st.integers(0, AS_OF_DAY - 1),
        st.sampled_from([0, 9, 17]),
        st.sampled_from(["P1", "P2", "P3"]),
        st.sampled_from([1, 2, 3]),
        st.sampled_from([0.0, 1.0, 5.0, 25.0]),
    ),
    min_size=3,
    max_size=25,
)
thresholds = st.tuples(st.sampled_from([0.5, 5.0, 20.0]), st.integers(1, 2))


@given(histories, thresholds)
def test_it_is_the_last_turn_of_a_replay_of_every_day_and_event(events, asked) -> None:
    as_of = at(AS_OF_DAY)
    assume(qualified(events, as_of, *asked))
    assert became(events, *asked) == replayed(events, as_of, *asked)


@given(histories, thresholds, histories)
def test_looked_at_later_it_is_the_same_as_long_as_the_account_has_not_lapsed(
    events, asked, later
) -> None:
    """Whatever comes after as_of, as long as the account is qualified at the end of each day."""
    assume(qualified(events, at(AS_OF_DAY), *asked))
    together = [*events]
    for day in range(AS_OF_DAY, AS_OF_DAY + 10):
        together += [(day, *rest) for then, *rest in later if then + AS_OF_DAY == day]
        if not qualified(together, at(day + 1), *asked):
            break
        assert became(together, *asked) == became(events, *asked)


@given(histories, thresholds)
def test_it_is_the_moment_of_an_event_before_as_of(events, asked) -> None:
    assume(qualified(events, at(AS_OF_DAY), *asked))
    began = became(events, *asked)
    assert began is not None
    assert began < at(AS_OF_DAY)
    assert began in {at(day, hour) for day, hour, *_ in events}


@given(histories, thresholds)
def test_the_events_behind_it_add_up_to_what_was_asked(events, asked) -> None:
    points, contacts = asked
    assume(qualified(events, at(AS_OF_DAY), *asked))
    began = pa.array([became(events, *asked)], pa.timestamp("us"))
    behind = events_behind(table(events), began, DECAY)
    known = {(row["person"], row["person_type"]) for row in behind.to_pylist()
             if row["person_type"] < 3}  # fmt: skip
    assert sum(behind["points_micro"].to_pylist()) >= round(points * MICRO)
    assert len(known) >= contacts
    assert behind["ts"].to_pylist()[-1] == began[0].as_py()
    last = behind.filter(pa.compute.less(behind["ts"], began[0]))
    fewer = {(row["person"], row["person_type"]) for row in last.to_pylist()
             if row["person_type"] < 3}  # fmt: skip
    assert sum(last["points_micro"].to_pylist()) < round(points * MICRO) or len(fewer) < contacts


def test_the_second_contact_makes_the_mqa_and_repeats_change_nothing() -> None:
    events = [(1, 9, "P1", 1, 50.0), (3, 9, "P2", 1, 1.0), (4, 9, "P1", 1, 50.0)]
    assert became(events, 30, 2) == at(3, 9)
    assert became(events, 30, 1) == at(1, 9)


def test_after_a_lapse_a_new_stretch_begins() -> None:
    events = [(1, 9, "P1", 1, 50.0), (40, 9, "P1", 1, 20.0), (41, 17, "P1", 1, 20.0)]
    assert became(events, 30, 1) == at(41, 17)


def test_a_visitor_brings_points_and_is_no_contact() -> None:
    events = [(1, 9, "P1", 1, 1.0), (2, 9, "P1", 3, 50.0), (3, 9, "P1", 2, 0.0)]
    assert became(events, 30, 1) == at(2, 9)
    assert became(events, 30, 2) == at(3, 9)


def test_minutes_do_not_decay() -> None:
    events = table([(1, 9, "P1", 1, 60.0), (15, 9, "P1", 1, 40.0)])
    asked = np.array([100 * MICRO]), np.array([0])
    assert became_mqa(events, *asked, Decay(WINDOW, None))[0].as_py() == at(15, 9)
    assert became_mqa(events, *asked, DECAY)[0].as_py() is None


def test_accounts_without_events_here_have_no_date_and_no_rows() -> None:
    events = table([], [(5, 9, "P1", 1, 50.0)], [])
    asked = np.full(3, MICRO), np.ones(3, dtype=np.int64)
    dates = became_mqa(events, *asked, DECAY)
    assert dates.to_pylist() == [None, at(5, 9), None]
    assert events_behind(events, dates, DECAY)["row_id"].to_pylist() == [1]


@pytest.mark.parametrize("order", [1, -1])
def test_row_order_changes_nothing(order) -> None:
    events = [(1, 9, "P1", 1, 20.0), (1, 9, "P2", 1, 20.0), (2, 9, None, 0, 5.0)][::order]
    behind = events_behind(table(events), pa.array([at(2, 9)], pa.timestamp("us")), DECAY)
    assert behind["person"].to_pylist() == ["P1", "P2", None]
    assert became(events, 44, 2) is None
    assert became(events, 36, 2) == at(1, 9)
    # Decayed below 40 in the night, and lifted over it again by the event of the next day.
    assert became(events, 40, 2) == at(2, 9)


def test_an_account_that_a_score_qualified_is_an_mqa_since_the_first_list_that_said_so() -> None:
    now = pa.scalar(at(60), pa.timestamp("us"))
    found = pa.array([at(5), None, None, None], now.type)
    before = pa.array([at(1), at(30), None, at(30)], now.type)
    since = first_listed(
        np.array([True, True, True, False]), found, before, now,
        rejected_at=pa.nulls(4, now.type), listed_at=pa.scalar(at(50), now.type),
    )  # fmt: skip
    assert since.to_pylist() == [at(5), at(30), at(60), None]


@pytest.mark.parametrize(("listed", "since"), [(None, 40), (39, 40), (40, 60), (50, 60)])
def test_a_rejected_account_is_new_only_if_a_list_made_after_the_rejection_missed_it(
    listed: int | None, since: int
) -> None:
    """Beside one that events, and one that the previous list dates."""
    now = pa.scalar(at(60), pa.timestamp("us"))
    found = first_listed(
        np.array([True, True, True]),
        pa.array([None, at(45), None], now.type),
        pa.array([None, None, at(30)], now.type),
        now,
        rejected_at=pa.array([at(40)] * 3, now.type),
        listed_at=pa.scalar(None if listed is None else at(listed), now.type),
    )
    assert found.to_pylist() == [at(since), at(45), at(30)]


def test_the_events_behind_it_are_those_of_the_window_with_their_points_of_that_day() -> None:
    days = (1, 2, 2 + WINDOW - 7, 2 + WINDOW, 3 + WINDOW)
    events = table([(day, 9, f"P{day}", 1, 8.0) for day in days])
    began = pa.array([at(2 + WINDOW, 9)], pa.timestamp("us"))
    behind = events_behind(events, began, DECAY)
    assert behind["age_days"].to_pylist() == [WINDOW, 7, 0]
    assert behind["points_micro"].to_pylist() == [1_104_090, 4 * MICRO, 8 * MICRO]
