"""What the page says of plays, groups and people, and of what changed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from abm_ml.reports.changes import SHOWN, changes_since
from abm_ml.reports.plays import plays
from abm_ml.rules.changes import CHANGES_SCHEMA

SUMMARY: dict[str, Any] = {
    "handovers": {"sales": 3, "nurture": 1_200},
    "one_thread": 7,
    "plays": {"nurture": 1_000, "wake_the_dead": 203},
    "lead_stages": {"IQL": 50, "SQL": 4},
    "clusters": {"Software · Germany": 12},
    "cluster_names_zh": {"Software · Germany": "软件 · 德国"},
    "left_out_events": {"bot_rate": 40, "own_staff": 2},
    "kinds_without_points": {"email_open": 99},
}


def change(**told: object) -> dict[str, object]:
    usual = {
        "account_id": "A1", "name": "Acme", "change": "up", "previous_tier": 3, "tier": 2,
        "why_code": "intent", "why": "intent +12 points", "why_zh": "意图 +12 分",
    }  # fmt: skip
    return usual | told


def test_plays_groups_and_people_are_counted_in_both_languages() -> None:
    page = str(plays(SUMMARY))
    for said in (
        "3 accounts go to sales now; 1,200 are nurtured on.", "3 家企业现在转交销售",
        "wake the dead", "激活沉睡线索", "软件 · 德国", "SQL", "42", "At 7 accounts",
    ):  # fmt: skip
        assert said in page


@pytest.mark.parametrize(
    ("empty", "silent"),
    [
        ({"one_thread": 0}, "hangs on one contact"),
        ({"clusters": {}}, "Groups inside tier 2"),
        ({"left_out_events": {}}, "bots and own staff"),
        ({"kinds_without_points": {}}, "that give no points"),
        ({"lead_stages": {}}, "by lead stage"),
    ],
)
def test_what_there_is_nothing_of_is_not_said(empty: dict[str, Any], silent: str) -> None:
    assert silent in str(plays(SUMMARY))
    assert silent not in str(plays(SUMMARY | empty))


def test_changes_are_listed_with_why_up_to_a_limit() -> None:
    rows = [change(account_id=f"A{n}", name=f"Firm {n}") for n in range(SHOWN + 5)]
    page = str(changes_since(pa.Table.from_pylist(rows, schema=CHANGES_SCHEMA)))
    assert "Firm 0" in page
    assert f"Firm {SHOWN}" not in page
    assert f"{SHOWN} of {SHOWN + 5} changes" in page
    assert "intent +12 points" in page
    assert "意图 +12 分" in page


def test_an_account_without_a_tier_now_or_then_has_a_dash() -> None:
    gone = change(change="out", tier=None, name=None, why=None, why_zh=None)
    page = str(changes_since(pa.Table.from_pylist([gone], schema=CHANGES_SCHEMA)))
    assert "–" in page
    assert "A1" in page


def test_nothing_changed_is_said() -> None:
    assert "Nobody changed tier." in str(changes_since(CHANGES_SCHEMA.empty_table()))
