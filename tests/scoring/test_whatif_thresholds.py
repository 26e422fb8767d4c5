"""The other way round: the threshold keeps to the capacity, and the next lower one would not."""

import dataclasses
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.config import Params
from abm_ml.errors import ParamsError
from abm_ml.rules.mqa_arrivals import ALWAYS, Lately
from abm_ml.rules.overrides import Decision, Decisions
from abm_ml.rules.score import MICRO
from abm_ml.scoring.run import Run
from abm_ml.scoring.scope import Scope
from abm_ml.scoring.whatif_accounts import Accounts, run_under
from abm_ml.scoring.whatif_changes import changed_params
from abm_ml.scoring.whatif_list import Listing, listing
from abm_ml.scoring.whatif_thresholds import (
    mqa_threshold,
    scaled_points,
    tier_1_threshold,
    with_tier_1,
)

PARAMS = changed_params(Params(), {"mqa.icp_fit": 0})
RUN = run_under(
    Run(PARAMS, datetime(2026, 1, 1), "acquire", Scope(frozenset(), frozenset())), PARAMS
)


def listed(
    points: list[float], before: list[float | None], scores: list[float], run: Run = RUN
) -> Listing:
    """Accounts by points of today, the least of four weeks ago, and account scores."""
    n = len(points)
    micro = (np.array(points) * MICRO).astype(np.int64)
    least = [ALWAYS if had is None else int(had * MICRO) for had in before]
    never = np.zeros(n, dtype=bool)
    table = pa.table(
        {
            "account_id": [f"A{number:03}" for number in range(n)],
            "name": ["x"] * n,
            "reason": pa.nulls(n, pa.string()),
            "knocked_out": never,
            "holdout": never,
            "off_list": never,
            "rejected_at": pa.nulls(n, pa.timestamp("us")),
            "won_elsewhere": np.zeros(n, dtype=np.int64),
            "similarity": np.full(n, np.nan),
            "past_won": np.zeros(n, dtype=np.int64),
            "open_opportunities": np.zeros(n, dtype=np.int64),
            "mqa_points_micro": micro,
            "engaged_contacts": np.full(n, 3),
            "contacts": np.full(n, 3),
            "call_contact": pa.nulls(n, pa.string()),
            "call_decides": never,
            "firmographic": np.array(scores),
        }
    )
    lately = Lately(np.array(least), np.where(np.array(least) == ALWAYS, ALWAYS, 3))
    return listing(Accounts(table, lately), run)


def under(one: Listing, changes: dict) -> dict:
    """Figures of the same accounts with the answer put into force."""
    params = changed_params(one.run.params, changes)
    return listing(one.accounts, run_under(one.run, params)).figures(0.0)


def test_the_points_keep_to_the_capacity_by_hand() -> None:
    # All in tier 3, which asks 60. Four weeks ago the third had 50 already.
    one = listed([100.0, 80.0, 70.0, 40.0, 90.0], [0, 0, 50, 0, None], [10.0] * 5)
    answer = mqa_threshold(one, 0.5)  # two accounts in four weeks
    assert answer.changes == {"mqa.tier_1.points": 40, "mqa.tier_2.points": 60,
                              "mqa.tier_3.points": 80}  # fmt: skip
    assert answer.facts == {"threshold": 80, "found": 0.5, "next": 0.75, "tied": 1}
    assert under(one, answer.changes)["new_mqas_a_week"] == 0.5
    # At 45 points two were new as well (the third came earlier), but at 60 there are three.
    assert under(one, scaled_points(PARAMS, 45))["new_mqas_a_week"] == 0.5


def test_those_who_stand_at_the_same_points_are_taken_together_or_not_at_all() -> None:
    one = listed([100.0, 70.0, 70.0, 70.0], [0] * 4, [10.0] * 4)
    answer = mqa_threshold(one, 0.5)
    assert (answer.facts["found"], answer.facts["next"], answer.facts["tied"]) == (0.25, 1.0, 3)
    assert 70 < answer.facts["threshold"] <= 100


def test_where_every_threshold_will_do_nothing_is_changed() -> None:
    one = listed([100.0, 70.0], [0, 0], [10.0] * 2)
    answer = mqa_threshold(one, 1)
    assert (answer.code, answer.changes, answer.facts) == ("mqa_any", {}, {"most": 0.5})


histories = st.lists(
    st.tuples(st.integers(1, 150), st.one_of(st.none(), st.integers(0, 100)), st.integers(0, 100)),
    min_size=1,
    max_size=25,
)


@given(histories, st.integers(1, 8))
@settings(max_examples=40)
def test_no_threshold_from_the_answer_on_asks_for_more(accounts, quarters) -> None:
    points, before, scores = (list(column) for column in zip(*accounts, strict=True))
    one = listed(points, before, scores)
    capacity = quarters / 4
    answer = mqa_threshold(one, capacity)
    if answer.code == "mqa_any":
        start = 1e-3
    else:
        start = answer.facts["threshold"]
        assert answer.facts["next"] > capacity
        assert answer.facts["found"] == under(one, answer.changes)["new_mqas_a_week"]
    for factor in (1, 1.01, 1.2, 1.7, 3, 10):
        changes = scaled_points(one.run.params, start * factor)
        assert under(one, changes)["new_mqas_a_week"] <= capacity


@given(st.lists(st.integers(0, 100), min_size=1, max_size=30), st.integers(1, 30))
def test_tier_1_holds_no_more_than_asked_and_one_step_lower_it_would(scores, size) -> None:
    one = listed([0.0] * len(scores), [None] * len(scores), [float(score) for score in scores])
    answer = tier_1_threshold(one, size)
    held = under(one, answer.changes)["tiers"]["1"]["accounts"]
    assert held <= max(size, one.figures(0.0)["tiers"]["1"]["accounts"])
    if answer.code == "tier_1_at":
        assert held == answer.facts["found"] <= size < answer.facts["next"]
        assert answer.facts["tied"] == answer.facts["next"] - answer.facts["found"]
    elif answer.code == "tier_1_tied":
        assert held == size < scores.count(100)
    else:
        assert len(scores) <= size


def test_the_threshold_is_a_number_to_remember_and_a_small_capacity_gives_way() -> None:
    tight = dataclasses.replace(RUN, params=changed_params(PARAMS, {"tiers.capacity": [1, 5, 9]}))
    one = listed([0.0] * 4, [None] * 4, [97.3, 91.77, 91.42, 85.0], tight)
    answer = tier_1_threshold(one, 2)
    assert answer.changes == {"tiers.tier_1_at": 91.5, "tiers.capacity": [2, 5, 9]}
    assert under(one, answer.changes)["tiers"]["1"]["accounts"] == 2


def test_people_in_tier_1_by_hand_count_first() -> None:
    pinned = Decisions({f"A{n:03}": Decision("tier", tier=1) for n in range(2)}, {})
    run = dataclasses.replace(RUN, decisions=pinned)
    one = listed([0.0] * 5, [None] * 5, [5.0, 6.0, 95.0, 94.0, 70.0], run)
    answer = tier_1_threshold(one, 3)
    assert answer.facts["threshold"] == 95
    assert under(one, answer.changes)["tiers"]["1"]["accounts"] == 3
    assert tier_1_threshold(one, 1).code == "tier_1_by_hand"


def test_points_and_thresholds_move_in_proportion() -> None:
    assert scaled_points(Params(), 80) == {
        "mqa.tier_1.points": 40, "mqa.tier_2.points": 60, "mqa.tier_3.points": 80,
    }  # fmt: skip
    assert with_tier_1(Params(), 70) == {"tiers.tier_1_at": 70}
    assert with_tier_1(Params(), 50) == {"tiers.tier_1_at": 50, "tiers.tier_2_at": 37.5}


def test_what_cannot_be_answered_is_refused() -> None:
    one = listed([100.0], [0], [10.0])
    with pytest.raises(ParamsError, match=r"accounts a week must be greater than 0\. .* value 0"):
        mqa_threshold(one, 0)
    with pytest.raises(ParamsError, match=r"at least 1 account\. Supplied value 0"):
        tier_1_threshold(one, 0)
    by_minutes = changed_params(PARAMS, {"mqa.way": "demandbase"})
    other = dataclasses.replace(one, run=dataclasses.replace(RUN, params=by_minutes))
    with pytest.raises(ParamsError, match="asks for minutes or a pipeline score, not for points"):
        mqa_threshold(other, 3)
