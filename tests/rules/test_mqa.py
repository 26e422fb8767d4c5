import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from abm_ml.rulebook import Engagement, Mqa, MqaThreshold
from abm_ml.rules.mqa import KNOCKED_OUT, MqaVerdict, mqa, parse_gap
from abm_ml.rules.score import MICRO
from abm_ml.rules.tiers import NO_TIER

THRESHOLDS = (
    MqaThreshold(points=30, contacts=2),
    MqaThreshold(points=45, contacts=2),
    MqaThreshold(points=60, contacts=3),
)


def judge(points, contacts, tier, *, meets_icp=True, knocked_out=False) -> MqaVerdict:
    """One account."""
    return mqa(
        np.array([round(points * MICRO)]),
        np.array([contacts]),
        np.array([tier]),
        np.array([meets_icp]),
        np.array([knocked_out]),
        THRESHOLDS,
        1.5,
    )


@pytest.mark.parametrize(
    ("points", "contacts", "tier", "qualified"),
    [
        (30, 2, 1, True), (29.99, 2, 1, False), (30, 1, 1, False), (30, 2, 2, False),
        (45, 2, 2, True), (60, 2, 3, False), (60, 3, 3, True), (60, 3, NO_TIER, True),
    ],
)  # fmt: skip
def test_less_is_asked_of_tier_1_than_of_tier_3(points, contacts, tier, qualified):
    assert judge(points, contacts, tier).qualified.tolist() == [qualified]


def test_an_account_that_misses_the_icp_needs_more_engagement():
    assert judge(44, 2, 1, meets_icp=False).gap.to_pylist() == ["missing 1 point"]
    assert judge(45, 2, 1, meets_icp=False).qualified.tolist() == [True]


def test_no_engagement_qualifies_an_account_that_a_must_knocked_out():
    verdict = judge(500, 9, 1, knocked_out=True)
    assert verdict.qualified.tolist() == [False]
    assert verdict.gap.to_pylist() == [KNOCKED_OUT]
    assert parse_gap(KNOCKED_OUT) is None


def test_the_gap_says_what_is_missing_rounded_up():
    assert judge(12.345001, 1, 1).gap.to_pylist() == ["missing 17.66 points and 1 contact"]
    assert judge(0, 0, 3).gap.to_pylist() == ["missing 60 points and 3 contacts"]
    assert judge(29.5, 5, 1).gap.to_pylist() == ["missing 0.50 points"]


def test_an_mqa_has_no_gap():
    assert judge(100, 5, 1).gap.to_pylist() == [None]
    assert parse_gap(None) is None


@given(st.floats(0, 200), st.integers(0, 5), st.sampled_from([1, 2, 3]), st.booleans())
def test_closing_the_gap_makes_an_mqa(points, contacts, tier, meets_icp):
    verdict = judge(points, contacts, tier, meets_icp=meets_icp)
    gap = parse_gap(verdict.gap.to_pylist()[0])
    assert (gap is None) == verdict.qualified[0]
    if gap:
        more_points, more_contacts = gap
        closed = judge(
            points + more_points + 1e-6, contacts + more_contacts, tier, meets_icp=meets_icp
        )
        assert closed.qualified[0]


@given(
    st.floats(0, 200), st.floats(0, 200), st.integers(0, 5), st.integers(0, 5),
    st.sampled_from([1, 2, 3, NO_TIER]), st.integers(0, 2), st.booleans(),
)  # fmt: skip
def test_law_4_more_engagement_never_unmakes_an_mqa(
    points, more, contacts, more_contacts, tier, steps_up, meets_icp
):
    better = max(1, (tier or 3) - steps_up)
    before = judge(points, contacts, tier, meets_icp=meets_icp)
    after = judge(points + more, contacts + more_contacts, better, meets_icp=meets_icp)
    assert after.qualified[0] >= before.qualified[0]


def test_settings_under_which_more_engagement_would_harm_are_refused():
    with pytest.raises(ValidationError, match=r"contacts must not fall from tier 1 to tier 3"):
        Mqa.model_validate({"tier_1": {"points": 30, "contacts": 4}})
    with pytest.raises(ValidationError, match=r"greater than or equal to 0"):
        Engagement.model_validate({"points": {"unsubscribe": -5}})
