"""What happened since the last list, and why."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.rules.changes import CHANGES_SCHEMA, PARTS, list_changes
from abm_ml.rules.tiers import tier_changes

WEIGHTS = {"firmographic": 0.4, "technographic": 0.2, "intent": 0.25, "engagement": 0.15}
FLOORS = (80.0, 60.0, 30.0)

COLUMNS = pa.schema(
    {"account_id": pa.string(), "name": pa.string(), "tier": pa.int64()}
    | dict.fromkeys((*PARTS, "account_score"), pa.float64())
    | dict.fromkeys(
        ("tier_why", "excluded", "excluded_detail", "excluded_detail_zh", "decided_by",
         "decided_by_zh"), pa.string(),
    )
)  # fmt: skip


def scored(account_id: str = "A", **facts: object) -> dict:
    """One account; its score follows from its parts."""
    parts = {part: facts.get(part, 50.0) for part in PARTS}
    score = sum(WEIGHTS[part] * value for part, value in parts.items())
    return {"account_id": account_id, "name": "Acme", "account_score": score} | parts | facts


def table(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=COLUMNS)


def changed(before: dict | None, now: dict | None, **options: object) -> dict:
    lists = [table(*([] if row is None else [row])) for row in (before, now)]
    rows = list_changes(*lists, WEIGHTS, FLOORS, **options).to_pylist()
    assert len(rows) == 1
    return rows[0]


def test_the_part_that_moved_the_score_most_is_the_reason():
    before = scored(tier=2, intent=40.0, engagement=10.0)
    now = scored(tier=1, intent=60.0, engagement=100.0, technographic=0.0)
    row = changed(before, now)
    assert (row["change"], row["previous_tier"], row["tier"]) == ("up", 2, 1)
    assert row["why_code"] == "engagement"
    assert row["why"] == "engagement raised the account score by 13.5 points (41.5 → 50.0)"
    assert row["why_zh"] == "意向度使规则评分上升 13.5 分（41.5 → 50.0）"
    back = changed(now | {"tier": 1}, before | {"tier": 2})
    assert back["why"] == "engagement lowered the account score by 13.5 points (50.0 → 41.5)"


@pytest.mark.parametrize(
    ("before", "now", "change", "code"),
    [
        ({"tier": 2}, None, "out", "gone"),
        (None, {"tier": 3}, "new", "first_scored"),
        ({"tier": 2}, {"tier": None, "excluded": "customer"}, "out", "excluded"),
        ({"tier": 2}, {"tier": 1, "tier_why": "pilot"}, "up", "pilot"),
        ({"tier": 2}, {"tier": None, "tier_why": "manual"}, "out", "manual"),
        ({"tier": 1, "tier_why": "manual"}, {"tier": 3, "tier_why": "threshold"}, "down",
         "by_hand_ended"),
        ({"tier": 1}, {"tier": None, "tier_why": "knocked_out"}, "out", "knocked_out"),
        ({"tier": 1}, {"tier": 2, "tier_why": "capacity"}, "down", "capacity"),
        ({"tier": 2, "tier_why": "capacity"}, {"tier": 1, "tier_why": "threshold"}, "up",
         "place_free"),
        ({"tier": 1, "tier_why": "kept_by_stay"}, {"tier": 2, "tier_why": "threshold"}, "down",
         "kept_no_longer"),
        ({"tier": 1}, {"tier": 2}, "down", "rules"),
        ({"tier": 1, "account_score": None}, {"tier": 2}, "down", "no_scores"),
        ({"tier": 1}, {"tier": 2, "account_score": 40.0}, "down", "score"),
    ],
)  # fmt: skip
def test_what_else_moves_an_account_is_said(before, now, change, code):
    row = changed(before and scored(**before), now and scored(**now))
    assert (row["change"], row["why_code"]) == (change, code)
    assert row["name"] == "Acme"
    assert None not in (row["why"], row["why_zh"])


def test_who_stays_has_no_reason():
    row = changed(scored(tier=2, intent=10.0), scored(tier=2, intent=90.0))
    assert (row["change"], row["why_code"], row["why"], row["why_zh"]) == ("same", None, None, None)


def test_other_floors_are_the_reason_where_the_score_alone_would_not_have_moved_it():
    now = scored(tier=2, engagement=60.0)
    assert changed(scored(tier=1), now, previous_floors=(45.0, 20.0, 0.0))["why_code"] == "rules"
    assert changed(scored(tier=3), now, previous_floors=FLOORS)["why_code"] == "engagement"


def test_a_part_is_no_reason_where_the_score_went_the_other_way():
    row = changed(scored(tier=2, intent=90.0), scored(tier=1, intent=10.0, engagement=90.0))
    assert row["why_code"] == "rules"


def test_other_weights_are_the_reason_where_they_moved_the_score_more_than_any_part():
    lighter = WEIGHTS | {"firmographic": 0.1, "intent": 0.55}
    before, now = scored(tier=3, intent=90.0), scored(tier=1, intent=91.0)
    assert changed(before, now)["why_code"] == "intent"
    assert changed(before, now, previous_weights=lighter)["why_code"] == "intent"
    row = list_changes(
        table(before), table(now), lighter, FLOORS, previous_weights=WEIGHTS
    ).to_pylist()[0]
    assert row["why_code"] == "rules"


def test_the_row_behind_an_exclusion_and_who_decided_are_told():
    row = changed(
        scored(tier=1),
        scored(tier=None, excluded="hands_off", excluded_detail="by Ann",
               excluded_detail_zh="由安决定"),
    )  # fmt: skip
    assert (row["why"], row["why_zh"]) == (
        "excluded: hands off (by Ann)", "被排除：勿扰（由安决定）",
    )  # fmt: skip
    hand = scored(tier=1, tier_why="manual", decided_by="by Ann", decided_by_zh="由安决定")
    assert changed(scored(tier=2), hand)["why"] == "tier set by hand (by Ann)"


def test_a_list_that_tells_only_tiers_is_enough():
    bare = pa.table({"account_id": ["A", "B"], "tier": [1, 2]})
    rows = list_changes(bare, table(scored("A", tier=2)), WEIGHTS, FLOORS).to_pylist()
    assert [(row["account_id"], row["why_code"]) for row in rows] == [
        ("A", "no_scores"), ("B", "gone"),
    ]  # fmt: skip


def random_list(rng: random.Random) -> list[dict]:
    whys = [None, "threshold", "capacity", "kept_by_margin", "manual", "knocked_out"]
    return [
        scored(
            account_id,
            tier=rng.choice([None, 1, 2, 3]),
            tier_why=rng.choice(whys),
            excluded=rng.choice([None, None, "customer"]),
            **{part: float(rng.randint(0, 100)) for part in PARTS},
        )
        for account_id in "ABCDEFGH"
        if rng.random() < 0.8
    ]


@settings(settings.get_profile("pure law"))
@given(st.integers(0, 2**32 - 1))
def test_laws_2_and_3_every_listed_account_once_with_its_change_whatever_the_order(seed):
    rng = random.Random(seed)
    before, now = random_list(rng), random_list(rng)
    found = list_changes(table(*before), table(*now), WEIGHTS, FLOORS)
    mixed = list_changes(
        table(*rng.sample(before, len(before))), table(*rng.sample(now, len(now))), WEIGHTS, FLOORS
    )
    assert mixed.equals(found)
    assert found.schema == CHANGES_SCHEMA
    was, is_ = ({row["account_id"]: row["tier"] or 0 for row in rows} for rows in (before, now))
    ids = sorted(name for name in was | is_ if was.get(name) or is_.get(name))
    change = tier_changes(*(np.array([tiers.get(name, 0) for name in ids], int)
                            for tiers in (was, is_))).to_pylist()  # fmt: skip
    rows = {row["account_id"]: row for row in found.to_pylist()}
    assert len(rows) == len(found)
    assert {name: row["change"] for name, row in rows.items()} == dict(
        zip(ids, change, strict=True)
    )
    for row in rows.values():
        assert (row["why"] is None) == (row["change"] == "same")
