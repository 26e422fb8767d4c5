"""The other two ways of being marketing-qualified: by grade, and the preset demandbase."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.rulebook import Mqa
from abm_ml.rules.mqa import KNOCKED_OUT, MqaFacts, MqaVerdict, gap_words, parse_gap, qualify
from abm_ml.rules.score import MICRO
from abm_ml.rules.tiers import NO_TIER

WAYS = ("points", "grade", "demandbase")


def judge(
    way: str,
    *,
    points: float = 0,
    contacts: int = 0,
    minutes: float = 0,
    score: float = 0,
    tier: int = 1,
    meets_icp: bool = True,
    meets_grade: bool = True,
    knocked_out: bool = False,
) -> MqaVerdict:
    """One account by the default rule book."""
    facts = MqaFacts(
        points_micro=np.array([round(points * MICRO)]),
        contacts=np.array([contacts]),
        minutes_micro=np.array([round(minutes * MICRO)]),
        tier=np.array([tier]),
        meets_icp=np.array([meets_icp]),
        meets_grade=np.array([meets_grade]),
        knocked_out=np.array([knocked_out]),
        pipeline_score=np.array([score]),
    )
    return qualify(facts, Mqa(way=way))


def gap(verdict: MqaVerdict) -> str | None:
    return verdict.gap.to_pylist()[0]


@pytest.mark.parametrize(
    ("points", "contacts", "meets_grade", "tier", "said"),
    [
        (30, 2, True, 1, None),
        (30, 2, False, 1, "grade B+ needed"),
        (29, 2, True, 1, "missing 1 point"),
        (20, 1, False, 1, "missing 10 points and 1 contact; grade B+ needed"),
        (45, 1, False, 2, "missing 1 contact; grade B+ needed"),
        (60, 3, True, NO_TIER, None),
    ],
)
def test_by_grade_the_tier_sets_the_engagement_and_a_poor_grade_is_not_made_up_for(
    points, contacts, meets_grade, tier, said
) -> None:
    verdict = judge("grade", points=points, contacts=contacts, meets_grade=meets_grade, tier=tier)
    assert gap(verdict) == said
    assert verdict.qualified.tolist() == [said is None]


def test_the_factor_for_accounts_outside_the_icp_is_of_points_only() -> None:
    outside = {"points": 30, "contacts": 2, "meets_icp": False}
    assert gap(judge("points", **outside)) == "missing 15 points"
    assert gap(judge("grade", **outside)) is None


@pytest.mark.parametrize(
    ("minutes", "score", "said"),
    [
        (100, 0, None),
        (0, 85, None),
        (99, 84.5, "missing 1 engagement minute or 0.50 of pipeline score"),
        (59.991, 72.654, "missing 40.01 engagement minutes or 12.35 of pipeline score"),
        (0, float("nan"), "missing 100 engagement minutes or 85 of pipeline score"),
    ],
)
def test_demandbase_asks_for_a_pipeline_score_or_for_minutes(minutes, score, said) -> None:
    assert gap(judge("demandbase", minutes=minutes, score=score)) == said


def test_only_engagement_begins_a_stretch_that_events_can_date() -> None:
    assert judge("demandbase", minutes=100, score=90).by_engagement.tolist() == [True]
    assert judge("demandbase", minutes=99, score=90).by_engagement.tolist() == [False]
    assert judge("points", points=30, contacts=2).by_engagement.tolist() == [True]


@pytest.mark.parametrize("way", WAYS)
def test_what_a_must_knocked_out_is_never_qualified(way) -> None:
    everything = {"points": 500, "contacts": 9, "minutes": 500, "score": 100}
    verdict = judge(way, **everything, knocked_out=True)
    assert not verdict.qualified[0]
    assert not verdict.by_engagement[0]
    assert gap(verdict) == KNOCKED_OUT


@pytest.mark.parametrize(
    ("said", "zh", "parsed"),
    [
        ("missing 7.50 points and 1 contact", "还差 7.5 分和 1 位互动联系人", (7.5, 1)),
        ("missing 3 contacts; grade B+ needed", "还差 3 位互动联系人；匹配度等级须达到 B+", (0, 3)),
        ("grade A needed", "匹配度等级须达到 A", None),
        ("missing 1 engagement minute or 0.50 of pipeline score",
         "还差 1 分钟互动时长，或 0.5 分商机评分", None),
        (KNOCKED_OUT, "不满足理想客户的必要条件", None),
        (None, "", None),
    ],
)  # fmt: skip
def test_every_gap_is_said_in_chinese_and_points_are_read_back(said, zh, parsed) -> None:
    assert gap_words(said, "zh") == zh
    assert gap_words(said, "en") == (said or "")
    assert parse_gap(said) == parsed


amounts = st.floats(0, 200)
people = st.integers(0, 5)


@given(
    st.sampled_from(WAYS), st.sampled_from([1, 2, 3, NO_TIER]), st.booleans(), st.booleans(),
    amounts, amounts, people, people, amounts, amounts, st.floats(0, 100),
)  # fmt: skip
def test_law_4_more_engagement_never_unmakes_an_mqa_in_any_way(
    way, tier, icp, grade, points, more, contacts, more_contacts, minutes, more_minutes, score
) -> None:
    same = {"tier": tier, "meets_icp": icp, "meets_grade": grade, "score": score}
    before = judge(way, points=points, contacts=contacts, minutes=minutes, **same)
    after = judge(
        way,
        points=points + more,
        contacts=contacts + more_contacts,
        minutes=minutes + more_minutes,
        **same,
    )
    assert after.qualified[0] >= before.qualified[0]
    for verdict in (before, after):
        assert (gap(verdict) is None) == verdict.qualified[0]
