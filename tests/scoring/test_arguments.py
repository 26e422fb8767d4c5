from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pyarrow as pa
import pytest

from abm_ml.errors import DataError, ParamsError
from abm_ml.rules.tiers import NO_TIER
from abm_ml.scoring.arguments import checked_as_of, checked_motion, previous_list


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-01",
        datetime(2026, 1, 1),
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))),
        pd.Timestamp("2026-01-01"),
    ],
)
def test_as_of_becomes_utc_without_a_zone(written):
    assert checked_as_of(written) == datetime(2026, 1, 1)


@pytest.mark.parametrize("written", ["soon", "2026-13-01"])
def test_an_as_of_that_is_no_date_is_refused(written):
    with pytest.raises(ParamsError, match=f"as_of: '{written}' is not a date"):
        checked_as_of(written)


@pytest.mark.parametrize("written", ["", None])
def test_an_as_of_is_needed(written):
    with pytest.raises(ParamsError, match="as_of: a date is needed"):
        checked_as_of(written)


def test_an_unknown_motion_is_refused_with_the_known_ones():
    assert checked_motion("expand") == "expand"
    with pytest.raises(ParamsError, match=r"one of acquire, accelerate, expand, all.*'retain'"):
        checked_motion("retain")


def test_the_previous_list_gives_tiers_in_whatever_order_they_are_asked_for():
    table = pd.DataFrame({"account_id": ["a", "b", "c"], "tier": [1, None, 3]})
    found = previous_list(table).of(pa.array(["c", "d", "b", "a"]))
    assert found.tier.tolist() == [3, NO_TIER, NO_TIER, 1]
    assert (found.given, previous_list(None).given) == (True, False)
    assert previous_list(None).of(pa.array(["a"])).tier.tolist() == [NO_TIER]


def test_a_tier_begins_when_the_previous_list_says_or_at_its_own_date():
    began, listed, qualified = datetime(2025, 3, 1), datetime(2025, 9, 1), datetime(2025, 8, 1)
    table = pd.DataFrame(
        {
            "account_id": ["a", "b"], "tier": [1, 2], "tier_since": [began, None],
            "as_of": listed, "mqa_at": [None, qualified],
        }
    )  # fmt: skip
    found = previous_list(table)
    assert found.since.to_pylist() == [began, listed]
    assert found.mqa_at.to_pylist() == [None, qualified]
    assert found.of(pa.array(["b"])).listed_at == listed


@pytest.mark.parametrize("column", ["mqa_at", "as_of"])
def test_a_previous_list_without_dates_does_not_tell_who_was_no_mqa(column):
    dated = {"mqa_at": [None], "as_of": [datetime(2025, 9, 1)]}
    table = pd.DataFrame({"account_id": ["a"], "tier": [1], **dated})
    assert previous_list(table).listed_at == datetime(2025, 9, 1)
    assert previous_list(table.drop(columns=column)).listed_at is None


def test_a_previous_list_without_tiers_is_refused():
    with pytest.raises(DataError, match="previous list: required column 'tier' is missing"):
        previous_list(pd.DataFrame({"account_id": ["a"]}))


def test_a_previous_list_that_names_an_account_twice_is_refused():
    with pytest.raises(DataError, match="account_id 'a' stands in it twice"):
        previous_list(pd.DataFrame({"account_id": ["a", "a"], "tier": [1, 2]}))


def test_a_previous_list_of_a_later_date_is_refused():
    table = pd.DataFrame({"account_id": ["a"], "tier": [1], "as_of": datetime(2026, 6, 1)})
    with pytest.raises(ParamsError, match="as of 2026-06-01 00:00, later than --as-of 2026-01-01"):
        previous_list(table, datetime(2026, 1, 1))
    assert previous_list(table, datetime(2026, 6, 1)).given


def test_an_mqa_without_a_tier_keeps_its_date():
    since = datetime(2025, 8, 1)
    table = pd.DataFrame({"account_id": ["a", "b"], "tier": [None, None], "mqa_at": [since, None]})
    found = previous_list(table).of(pa.array(["a", "b"]))
    assert found.tier.tolist() == [NO_TIER, NO_TIER]
    assert found.mqa_at.to_pylist() == [since, None]
