import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.rules.tiers import NO_TIER, abm_types, best_first, tier_changes, tier_reason, tiers

NO_CAP = (None, None, None)
scores = st.lists(st.integers(0, 20).map(lambda k: 5.0 * k), min_size=1, max_size=30)
caps = st.tuples(*[st.none() | st.integers(0, 6)] * 3)
floors = st.lists(st.integers(0, 100), min_size=3, max_size=3, unique=True).map(
    lambda values: tuple(float(value) for value in sorted(values, reverse=True))
)


def cut(values, floors_=(80.0, 60.0, 0.0), capacities=NO_CAP, eligible=None) -> list[int]:
    ids = pa.array([f"A{i:02}" for i in range(len(values))])
    allowed = np.ones(len(values), bool) if eligible is None else np.array(eligible)
    return tiers(np.array(values, float), ids, floors_, capacities, allowed).tolist()


def test_tiers_are_cut_at_the_floors():
    assert cut([100, 80, 79.99, 60, 59.99, 0]) == [1, 1, 2, 2, 3, 3]


def test_under_the_last_floor_there_is_no_tier():
    assert cut([80, 29], floors_=(80.0, 60.0, 30.0)) == [1, NO_TIER]


def test_what_a_full_tier_cannot_hold_goes_to_the_next_best_first():
    assert cut([95, 99, 90, 70, 65], capacities=(1, 2, None)) == [2, 1, 2, 3, 3]


def test_beyond_the_last_cap_there_is_no_tier():
    assert cut([95, 94, 93, 92], capacities=(1, 1, 1)) == [1, 2, 3, NO_TIER]


def test_an_empty_better_tier_is_not_filled_from_below():
    assert cut([70, 65], capacities=(5, 1, 5)) == [2, 3]


def test_ties_are_broken_by_account_id():
    ids = pa.array(["b", "a", "c"])
    result = tiers(np.full(3, 90.0), ids, (80.0, 60.0, 0.0), (1, 1, 0), np.ones(3, bool))
    assert result.tolist() == [2, 1, NO_TIER]


def test_who_is_not_eligible_takes_no_place():
    assert cut([99, 98], capacities=(1, 0, 0), eligible=[False, True]) == [NO_TIER, 1]


def test_best_first_orders_by_score_then_id():
    assert best_first(np.array([1.0, 2, 2]), pa.array(["x", "b", "a"])).tolist() == [2, 1, 0]


def test_each_tier_names_its_treatment():
    assert abm_types(np.array([1, 2, 3, NO_TIER])).to_pylist() == [
        "one_to_one", "one_to_few", "programmatic", None,
    ]  # fmt: skip


def test_changes_since_the_previous_list():
    previous = np.array([0, 2, 1, 2, 2, 0])
    current = np.array([3, 1, 2, 2, 0, 0])
    assert tier_changes(previous, current).to_pylist() == [
        "new", "up", "down", "same", "out", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("score", "tier", "words"),
    [
        (85.0, 1, "account score 85 reaches tier 1 (from 80)"),
        (85.0, 2, "account score 85 reaches tier 1 (from 80), which is full; tier 2 is next"),
        (
            85.0,
            NO_TIER,
            "account score 85 reaches tier 1 (from 80), which is full; so are the rest",
        ),
        (20.0, NO_TIER, "account score 20 is under the lowest floor, 30"),
    ],
)
def test_the_reason_for_a_tier_in_words(score, tier, words):
    assert tier_reason(score, tier, (80.0, 60.0, 30.0)) == words


def at_or_above(result: list[int], tier: int) -> set[int]:
    return {row for row, own in enumerate(result) if own != NO_TIER and own <= tier}


@given(scores, floors, caps, st.integers(0, 2), st.integers(1, 50))
def test_law_4_a_stricter_floor_never_adds_accounts_to_that_tier_or_a_better(
    values, floors_, capacities, which, more
):
    stricter = list(floors_)
    stricter[which] += more
    before = cut(values, floors_, capacities)
    after = cut(values, tuple(stricter), capacities)
    assert at_or_above(after, which + 1) <= at_or_above(before, which + 1)


@given(scores, floors, caps, st.data())
def test_law_4_a_higher_score_never_lowers_the_tier(values, floors_, capacities, data):
    row = data.draw(st.integers(0, len(values) - 1))
    raised = list(values)
    raised[row] += data.draw(st.floats(0, 100))
    before, after = cut(values, floors_, capacities)[row], cut(raised, floors_, capacities)[row]
    assert (after or 4) <= (before or 4)


@given(scores, floors, caps)
def test_no_tier_holds_more_than_its_capacity(values, floors_, capacities):
    result = cut(values, floors_, capacities)
    for tier, capacity in enumerate(capacities, start=1):
        assert capacity is None or result.count(tier) <= capacity
