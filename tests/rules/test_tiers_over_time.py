"""Tiers with a last list and people's decisions: what holds an account, and the laws."""

import random
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.rules.tiers import (
    FREE,
    NO_TIER,
    Before,
    ByHand,
    abm_types,
    assign_tiers,
    days_in_tier,
    tier_reason,
    tier_since,
)

FLOORS, NO_CAP = (80.0, 60.0, 30.0), (None, None, None)
AS_OF = datetime(2026, 3, 1)


class Account(NamedTuple):
    score: float
    previous: int = NO_TIER
    days: float = 100.0
    hand: int = FREE
    pinned: bool = False
    pilot: bool = False
    knocked_out: bool = False
    kept: bool = True


def verdict(accounts, floors=FLOORS, capacities=NO_CAP, margin=3.0, stay=30, ids=None):
    columns = {name: np.array(values) for name, values in zip(
        Account._fields, zip(*accounts, strict=True), strict=True)}  # fmt: skip
    return assign_tiers(
        columns["score"].astype(float),
        pa.array(ids or [f"A{row:02}" for row in range(len(accounts))]),
        floors,
        capacities,
        kept=columns["kept"],
        knocked_out=columns["knocked_out"],
        before=Before(columns["previous"], columns["days"].astype(float)),
        by_hand=ByHand(columns["hand"], columns["pinned"], columns["pilot"]),
        keep_margin=margin,
        min_stay_days=stay,
    )


def placed(*accounts: Account, **options: object) -> list[tuple[int, str]]:
    found = verdict(accounts, **options)
    return list(zip(found.tier.tolist(), found.why.to_pylist(), strict=True))


def test_an_account_leaves_its_tier_only_beyond_the_margin():
    assert placed(Account(77, previous=1), Account(76.9, previous=1), Account(79.9)) == [
        (1, "kept_by_margin"), (2, "threshold"), (2, "threshold"),
    ]  # fmt: skip


def test_the_margin_holds_at_every_floor_that_the_account_had_passed():
    assert placed(Account(58, previous=1), Account(58, previous=3)) == [
        (2, "kept_by_margin"), (3, "threshold"),
    ]  # fmt: skip


def test_the_margin_holds_against_newcomers_to_a_full_tier_too():
    accounts = Account(81, previous=1), Account(83), Account(84)
    assert placed(*accounts[:2], capacities=(1, None, None)) == [
        (1, "kept_by_margin"), (2, "capacity"),
    ]  # fmt: skip
    assert placed(accounts[0], accounts[2], capacities=(1, None, None))[0] == (1, "kept_by_margin")
    assert placed(accounts[0], Account(84.1), capacities=(1, None, None)) == [
        (2, "capacity"), (1, "threshold"),
    ]  # fmt: skip


def test_an_account_stays_the_least_time_whatever_its_score():
    assert placed(Account(5, previous=1, days=29), Account(5, previous=1, days=30)) == [
        (1, "kept_by_stay"), (NO_TIER, "under_floor"),
    ]  # fmt: skip


def test_the_least_stay_holds_up_no_rise():
    assert placed(Account(90, previous=2, days=1)) == [(1, "threshold")]


def test_where_the_time_in_a_tier_is_unknown_only_the_margin_holds():
    unknown = float("nan")
    assert placed(Account(77, previous=1, days=unknown), Account(70, previous=1, days=unknown)) == [
        (1, "kept_by_margin"), (2, "threshold"),
    ]  # fmt: skip


def test_without_margin_and_stay_the_last_list_counts_for_nothing():
    accounts = [Account(79.9, previous=1, days=0), Account(80), Account(95)]
    assert placed(*accounts, margin=0.0, stay=0, capacities=(1, None, None)) == [
        (2, "threshold"), (2, "capacity"), (1, "threshold"),
    ]  # fmt: skip


def test_people_set_tiers_whatever_the_score():
    assert placed(
        Account(10, hand=2), Account(95, hand=2), Account(95, hand=NO_TIER),
        Account(0, hand=1, pilot=True), Account(10, hand=2, pinned=True),
        Account(95, hand=2, pinned=True),
    ) == [
        (2, "manual"), (2, "manual"), (NO_TIER, "manual"), (1, "pilot"), (2, "pinned"),
        (1, "threshold"),
    ]  # fmt: skip


def test_people_take_the_places_of_a_tier_first_but_none_beyond_its_capacity():
    accounts = Account(99), Account(10, hand=1), Account(20, hand=1), Account(50)
    assert placed(*accounts, capacities=(1, 1, None)) == [
        (3, "capacity"), (2, "capacity"), (1, "manual"), (3, "threshold"),
    ]  # fmt: skip


def test_people_overrule_a_must_but_never_an_exclusion():
    out = {"knocked_out": True}
    assert placed(
        Account(90, **out), Account(0, hand=1, **out), Account(90, hand=3, pinned=True, **out),
        Account(90, hand=1, kept=False), Account(90, previous=1, days=0, kept=False),
        Account(90, previous=1, days=0, **out),
    ) == [
        (NO_TIER, "knocked_out"), (1, "manual"), (3, "pinned"), (NO_TIER, "excluded"),
        (NO_TIER, "excluded"), (NO_TIER, "knocked_out"),
    ]  # fmt: skip


def test_who_finds_every_tier_full_has_none():
    assert placed(Account(90), Account(89), capacities=(1, 0, 0)) == [
        (1, "threshold"), (NO_TIER, "capacity"),
    ]  # fmt: skip


def test_bolt_on_is_for_accounts_without_a_tier_that_came_by_themselves():
    tier, leads = np.array([1, NO_TIER, NO_TIER]), np.array([True, True, False])
    assert abm_types(tier, leads).to_pylist() == ["one_to_one", "bolt_on", None]


def test_an_account_is_in_its_tier_since_it_came_into_it():
    since = pa.array([datetime(2026, 1, 1, 12)] * 3 + [None] * 2, pa.timestamp("us"))
    before, now = np.array([1, 1, 2, 3, 0]), np.array([1, 2, 0, 3, 3])
    assert tier_since(now, before, since, AS_OF).to_pylist() == [
        datetime(2026, 1, 1, 12), AS_OF, None, AS_OF, AS_OF,
    ]  # fmt: skip
    assert days_in_tier(since, AS_OF).tolist()[:3] == [59.0] * 3
    assert np.isnan(days_in_tier(since, AS_OF)[3:]).all()


@pytest.mark.parametrize(
    ("score", "tier", "why", "english", "chinese"),
    [
        (77, 1, "kept_by_margin", "by the margin", "保留分差"),
        (5, 1, "kept_by_stay", "least stay", "最短停留时间"),
        (5, 2, "manual", "set to tier 2 by hand", "人工指定为第 2 层"),
        (5, 0, "manual", "taken off the list by hand", "人工移出名单"),
        (5, 1, "pilot", "on the pilot list", "试点名单"),
        (5, 3, "pinned", "kept in tier 3 or better", "至少为第 3 层"),
        (78, 2, "capacity", "better tier, which is full", "名额已满；进入第 2 层"),
        (29, 0, "capacity", "all are full", "各层名额均已满"),
        (90, 0, "knocked_out", "a must of the ICP", "必要条件"),
        (90, 0, "excluded", "excluded accounts", "被排除"),
        (29, 0, "under_floor", "under the lowest floor, 30", "低于最低门槛 30"),
    ],
)
def test_every_ground_has_its_words(score, tier, why, english, chinese):
    assert english in tier_reason(score, tier, FLOORS, why=why)
    assert chinese in tier_reason(score, tier, FLOORS, "zh", why=why)


law = settings.get_profile("pure law")
seeds = st.integers(0, 2**32 - 1)


class World(NamedTuple):
    accounts: list[Account]
    floors: tuple[float, float, float]
    capacities: tuple[int | None, int | None, int | None]
    margin: float
    stay: int

    def verdict(self, **changes: object):
        return verdict(*self._replace(**changes))


def a_world(seed: int) -> World:
    """Accounts with ties, decisions and a past, under any settings; drawn fast."""
    rng = random.Random(seed)
    floors = sorted(rng.sample(range(101), 3), reverse=True)
    return World(
        [an_account(rng) for _ in range(rng.randint(1, 25))],
        (float(floors[0]), float(floors[1]), float(floors[2])),
        tuple(rng.choice([None, rng.randint(0, 6)]) for _ in range(3)),
        rng.choice([0.0, 3.0, 10.0]),
        rng.choice([0, 20, 60]),
    )


def an_account(rng: random.Random) -> Account:
    hand = rng.choice([FREE, FREE, FREE, 0, 1, 2, 3])
    return Account(
        score=5.0 * rng.randint(0, 20),
        previous=rng.randint(0, 3),
        days=rng.choice([0.0, 10.0, 40.0, float("nan")]),
        hand=hand,
        pinned=hand > 0 and rng.random() < 0.5,
        knocked_out=rng.random() < 0.2,
        kept=rng.random() < 0.8,
    )


def at_or_above(tiers: np.ndarray, tier: int) -> set[int]:
    return set(np.flatnonzero((tiers != NO_TIER) & (tiers <= tier)).tolist())


def worst_last(tiers: np.ndarray) -> np.ndarray:
    return np.where(tiers == NO_TIER, 4, tiers)


@law
@given(seeds, st.integers(0, 2), st.integers(1, 50))
def test_law_4_a_stricter_floor_never_adds_accounts_to_that_tier_or_a_better(seed, which, more):
    world = a_world(seed)
    stricter = [floor + more * (place == which) for place, floor in enumerate(world.floors)]
    before, after = world.verdict().tier, world.verdict(floors=stricter).tier
    assert at_or_above(after, which + 1) <= at_or_above(before, which + 1)


@law
@given(seeds, st.integers(0, 24), st.floats(0, 100))
def test_law_4_a_higher_score_never_lowers_the_tier(seed, row, more):
    world = a_world(seed)
    row %= len(world.accounts)
    raised = list(world.accounts)
    raised[row] = raised[row]._replace(score=raised[row].score + more)
    before, after = world.verdict().tier, world.verdict(accounts=raised).tier
    assert worst_last(after)[row] <= worst_last(before)[row]


@law
@given(seeds, st.floats(0, 20), st.integers(0, 60))
def test_where_nothing_is_full_a_wider_margin_and_a_longer_stay_only_keep(seed, wider, longer):
    world = a_world(seed)._replace(capacities=NO_CAP)
    more = world.verdict(margin=world.margin + wider, stay=world.stay + longer)
    assert np.all(worst_last(more.tier) <= worst_last(world.verdict().tier))


@law
@given(seeds)
def test_no_tier_holds_more_than_its_capacity_nor_anybody_excluded(seed):
    world = a_world(seed)
    found = world.verdict()
    for tier, capacity in enumerate(world.capacities, start=1):
        assert capacity is None or np.count_nonzero(found.tier == tier) <= capacity
    excluded = np.array([not account.kept for account in world.accounts])
    assert not found.tier[excluded].any()
    assert (np.array(found.why.to_pylist()) == "excluded").tolist() == excluded.tolist()


@law
@given(seeds)
def test_every_ground_is_true(seed):
    world = a_world(seed)
    found = world.verdict()
    for account, tier, why in zip(world.accounts, found.tier, found.why.to_pylist(), strict=True):
        floor, was_in = world.floors[tier - 1], 0 < account.previous <= tier
        truths = {
            "threshold": tier and account.score >= floor and not account.knocked_out,
            "kept_by_margin": account.score + world.margin >= floor and was_in,
            "kept_by_stay": account.days < world.stay and was_in,
            "pinned": account.pinned and tier == account.hand,
            "manual": not account.pinned and tier == account.hand,
            "under_floor": tier == NO_TIER and account.score < world.floors[-1],
            "capacity": any(cap is not None for cap in world.capacities),
            "knocked_out": tier == NO_TIER and account.knocked_out,
            "excluded": tier == NO_TIER and not account.kept,
        }
        assert truths[why], (account, tier, why)


@law
@given(seeds)
def test_law_3_the_order_of_rows_does_not_matter(seed):
    world = a_world(seed)
    order = list(range(len(world.accounts)))
    random.Random(seed + 1).shuffle(order)
    mixed = verdict(
        *world._replace(accounts=[world.accounts[row] for row in order]),
        ids=[f"A{row:02}" for row in order],
    )
    straight = world.verdict()
    assert mixed.tier.tolist() == straight.tier[order].tolist()
    assert mixed.why.to_pylist() == straight.why.take(pa.array(order)).to_pylist()


@law
@given(seeds)
def test_nobody_leaves_a_tier_while_scores_move_within_the_margin(seed):
    world = a_world(seed)._replace(stay=0)
    first = [Account(account.score) for account in world.accounts]
    tier = world.verdict(accounts=first).tier
    again = [
        Account(one.score - world.margin * random.Random(row).random(), int(before))
        for row, (one, before) in enumerate(zip(first, tier, strict=True))
    ]
    assert world.verdict(accounts=again).tier.tolist() == tier.tolist()
