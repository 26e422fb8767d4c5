"""What people decided by hand: which decisions hold, and what they say."""

import random
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.data.schemas import SCHEMAS
from abm_ml.rules.overrides import decisions_at, pilot_warning
from abm_ml.rules.tiers import FREE, NO_TIER

AS_OF = datetime(2026, 3, 1)
DAY = timedelta(days=1)
IDS = pa.array(["A", "B", "C"])


def table(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(
        [{"account_id": "A", "action": "tier"} | row for row in rows],
        schema=SCHEMAS["overrides"].arrow,
    )


def tiers_of(*rows: dict, previous: tuple[int, ...] = (0, 0, 0), **options: object) -> list[int]:
    decided = decisions_at(table(*rows), AS_OF, **options)
    return decided.by_hand(IDS, np.array(previous)).tier.tolist()


def test_each_action_sets_its_tier():
    decided = decisions_at(
        table({"tier": 2}, {"account_id": "B", "action": "pilot"}, {"account_id": "C", "tier": 0}),
        AS_OF,
    )
    hand = decided.by_hand(IDS, np.zeros(3, int))
    assert hand.tier.tolist() == [2, 1, NO_TIER]
    assert hand.pilot.tolist() == [False, True, False]
    assert not hand.pinned.any()


def test_a_pin_keeps_its_own_tier_else_that_of_the_last_list_else_the_lowest():
    pin = {"action": "pin"}
    assert tiers_of(pin | {"tier": 1}, previous=(2, 0, 0))[0] == 1
    assert tiers_of(pin, previous=(2, 0, 0))[0] == 2
    assert tiers_of(pin)[0] == 3


def test_nobody_else_is_touched():
    assert tiers_of({"tier": 2}) == [2, FREE, FREE]
    assert tiers_of({"account_id": "elsewhere", "tier": 2}) == [FREE] * 3


@pytest.mark.parametrize(
    ("times", "holds"),
    [
        ({}, True),
        ({"ts": AS_OF - DAY}, True),
        ({"ts": AS_OF}, False),
        ({"until": AS_OF + DAY}, True),
        ({"until": AS_OF}, False),
        ({"ts": AS_OF - 2 * DAY, "until": AS_OF - DAY}, False),
    ],
)
def test_a_decision_holds_after_it_was_taken_and_before_it_ends(times, holds):
    assert tiers_of({"tier": 2} | times)[0] == (2 if holds else FREE)
    hands_off = decisions_at(table({"action": "hands_off"} | times), AS_OF)
    assert hands_off.left_alone(IDS).tolist() == [holds, False, False]


def test_of_several_the_newest_counts_and_an_expired_one_gives_way_to_an_older():
    older, newer = {"tier": 1, "ts": AS_OF - 9 * DAY}, {"tier": 3, "ts": AS_OF - 2 * DAY}
    assert tiers_of(newer, older)[0] == 3
    assert tiers_of(newer | {"until": AS_OF - DAY}, older)[0] == 1


def test_a_decision_about_a_product_holds_in_its_lists_and_in_those_of_all_products():
    row = {"tier": 2, "product": " CRM Suite"}
    assert tiers_of(row, product="crm suite")[0] == 2
    assert tiers_of(row, product="Other")[0] == FREE
    assert tiers_of(row)[0] == 2
    assert tiers_of({"tier": 2}, product="Other")[0] == 2


def test_hands_off_holds_beside_a_tier_and_says_who_why_and_until_when():
    row = {"action": "hands_off", "by": "Ann", "reason": "in dispute", "until": AS_OF + DAY}
    decided = decisions_at(table(row, {"tier": 1}), AS_OF)
    assert decided.left_alone_because(IDS).to_pylist() == [
        "by Ann, because in dispute, until 2026-03-02", None, None,
    ]  # fmt: skip
    assert decided.left_alone_because(IDS, "zh")[0].as_py() == (
        "由Ann决定，原因：in dispute，有效至 2026-03-02"
    )
    assert decided.by_hand(IDS, np.zeros(3, int)).tier.tolist()[0] == 1


@pytest.mark.parametrize(
    "row",
    [{"action": "promote", "tier": 1}, {"tier": None}, {"tier": 4}, {"action": "pin", "tier": 0}],
)
def test_what_prepare_would_quarantine_does_nothing(row):
    decided = decisions_at(table(row), AS_OF)
    assert (decided.tiers, decided.hands_off) == ({}, {})


def test_a_pilot_list_outside_10_to_20_is_said():
    assert [pilot_warning(size) for size in (0, 10, 20)] == [None] * 3
    assert pilot_warning(21) == "the pilot list holds 21 accounts, and 10 to 20 are advised"
    assert "1 account," in pilot_warning(1)


def random_rows(rng: random.Random) -> list[dict]:
    times = [None, *(AS_OF + days * DAY for days in (-9, -2, 0, 5))]
    return [
        {
            "account_id": rng.choice("ABC"), "action": rng.choice(["pin", "tier", "hands_off"]),
            "tier": rng.choice([None, 1, 2]), "by": rng.choice([None, "Ann", "Bob"]),
            "ts": rng.choice(times), "until": rng.choice(times),
        }
        for _ in range(rng.randint(1, 8))
    ]  # fmt: skip


@settings(settings.get_profile("pure law"))
@given(st.integers(0, 2**32 - 1))
def test_law_3_the_order_of_rows_does_not_matter(seed):
    rng = random.Random(seed)
    rows = random_rows(rng)
    mixed = rng.sample(rows, len(rows))
    assert decisions_at(table(*mixed), AS_OF) == decisions_at(table(*rows), AS_OF)


@settings(settings.get_profile("pure law"))
@given(st.integers(0, 2**32 - 1))
def test_law_1_what_is_decided_later_changes_nothing(seed):
    rng = random.Random(seed)
    rows = random_rows(rng)
    later = [row | {"ts": AS_OF + rng.randint(0, 9) * DAY} for row in random_rows(rng)]
    assert decisions_at(table(*rows, *later), AS_OF) == decisions_at(table(*rows), AS_OF)
