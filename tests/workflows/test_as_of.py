"""The instant that a run looks from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest

from abm_ml.data.crm import Crm
from abm_ml.errors import DataError, ParamsError
from abm_ml.workflows.as_of import as_of_or_today, latest_instant, parse_as_of, resolve_as_of

ACCOUNTS = pd.DataFrame({"account_id": ["a"], "name": ["Ada"]})


def crm(**dates: list[datetime | None]) -> Crm:
    """One account with opportunities created and closed at, or engaged at, these instants."""
    tables = {"accounts": ACCOUNTS}
    if "created_at" in dates:
        rows = range(len(dates["created_at"]))
        tables["opportunities"] = pd.DataFrame(
            {
                "opportunity_id": [str(row) for row in rows],
                "account_id": "a",
                "stage": "won",
                **dates,
            }
        )
    else:
        tables["engagements"] = pd.DataFrame({"account_id": "a", "kind": "visit", **dates})
    return Crm.from_tables(tables)


AT_ONCE = timedelta(microseconds=1)


def test_the_default_is_just_after_the_last_event_so_that_it_is_seen() -> None:
    last = datetime(2025, 3, 1, 10, 20, 30, 400_005)
    assert latest_instant(crm(ts=[datetime(2024, 1, 1), last])) == last + AT_ONCE
    closed = crm(created_at=[datetime(2024, 1, 1)], closed_at=[last])
    assert latest_instant(closed) == last + AT_ONCE


def test_a_mistyped_year_in_the_future_is_overlooked() -> None:
    last = datetime(2025, 3, 1)
    assert latest_instant(crm(ts=[last, datetime(2205, 1, 1)])) == last + AT_ONCE


def test_a_bare_list_of_companies_is_looked_at_as_of_today() -> None:
    today = as_of_or_today(Crm.from_tables({"accounts": ACCOUNTS}), None)
    assert timedelta(0) <= datetime.now(UTC).replace(tzinfo=None) - today <= timedelta(days=1)
    assert (today.hour, today.minute, today.microsecond) == (0, 0, 0)


def test_where_anything_is_dated_today_plays_no_part() -> None:
    last = datetime(2025, 3, 1)
    assert as_of_or_today(crm(ts=[last]), None) == last + AT_ONCE
    assert as_of_or_today(Crm.from_tables({"accounts": ACCOUNTS}), "2024-01-01") == datetime(
        2024, 1, 1
    )


def test_data_without_dates_asks_for_one() -> None:
    with pytest.raises(DataError, match=r"no row has a date.*--as-of YYYY-MM-DD"):
        latest_instant(Crm.from_tables({"accounts": ACCOUNTS}))


def test_what_the_user_gives_is_taken_in_utc() -> None:
    data = crm(ts=[datetime(2024, 1, 1)])
    midnight = datetime(2026, 1, 1)
    assert resolve_as_of(data, "2026-01-01") == midnight
    assert resolve_as_of(data, "2026-01-01T00:00:00Z") == midnight
    assert resolve_as_of(data, midnight.replace(tzinfo=UTC)) == midnight
    shanghai = timezone(timedelta(hours=8))
    assert resolve_as_of(data, datetime(2026, 1, 1, 8, tzinfo=shanghai)) == midnight


@pytest.mark.parametrize("text", ["2026-13-01", "yesterday", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ParamsError, match=r"as-of: '.*' is not a date \(expected YYYY-MM-DD"):
        parse_as_of(text)
