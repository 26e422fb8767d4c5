from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.errors import ParamsError
from abm_ml.features.intent import intent_score, surging_topics

AS_OF = datetime(2026, 1, 1)


def surge(topic: str, days: float, score: float) -> dict[str, Any]:
    ts = AS_OF - timedelta(days=days)
    return {"account_id": "A", "topic": topic, "ts": ts, "score": score}


def test_the_newest_score_of_each_topic_counts_and_the_greatest_of_them(crm_of, look) -> None:
    crm = crm_of(
        intent=[
            surge("CRM", 40, 90),
            surge("CRM", 10, 30),
            surge("ERP", 5, 45),
            surge("AI", 91, 99),
        ]
    )
    names = ["intent:CRM", "intent:ERP", "intent:AI", "intent_max"]
    [row] = look(crm, [("A", AS_OF)], names)
    assert list(row.values()) == [30, 45, 0, 45]


def test_of_two_scores_at_one_instant_the_greater_counts(crm_of, look) -> None:
    scores = [surge("CRM", 10, 30), surge("CRM", 10, 60), surge("CRM", 10, 20)]
    assert look(crm_of(intent=scores), [("A", AS_OF)], ["intent:CRM"]) == [{"intent:CRM": 60.0}]


@pytest.fixture(scope="module")
def intent(crm_of, make_spine):
    def score(rows, **settings):
        crm = crm_of(intent=rows)
        spine = make_spine(crm, [("A", AS_OF)])
        table = intent_score(
            crm, spine, **{"half_life_days": 30.0, "window_days": 90, "topics": (), **settings}
        )
        return crm.to_arrow(table)["intent"].to_pylist()[0]

    return score


def test_intent_is_the_strongest_topic_after_decay(intent) -> None:
    rows = [surge("CRM", 30, 90), surge("ERP", 1, 10)]
    assert intent(rows) == 45.0
    assert intent(rows, topics=("ERP",)) == pytest.approx(10 * 2 ** (-1 / 30))
    assert intent(rows, topics=("AI",)) == 0.0


def test_topics_are_compared_whatever_their_case(intent, surging) -> None:
    rows = [surge("Crm ", 30, 90), surge("CRM", 3, 64)]
    assert intent(rows, topics=(" crm",)) == pytest.approx(64 * 2 ** (-3 / 30))
    assert surging(rows, topics=(" crm", "ERP"))[0] == ([" crm"], 0.5)


def test_intent_stays_between_0_and_100(intent) -> None:
    assert intent([surge("CRM", 0.5, 480)]) <= 100
    assert intent([]) == 0.0


def test_a_window_of_no_days_is_refused(intent) -> None:
    with pytest.raises(ParamsError, match=r"window_days must be at least 1\. Supplied value 0"):
        intent([], window_days=0)


FOUR = ("AI", "CRM", "ERP", "HR")
SURGE = {"way": "surge", "topics": FOUR}


def test_a_surging_account_keeps_its_strongest_topic_in_full(intent) -> None:
    assert intent([surge("CRM", 30, 90)], **SURGE) == 45.0  # one of four topics: a quarter
    assert intent([surge("CRM", 30, 60)], **SURGE) == 30.0
    assert intent([surge("CRM", 30, 59)], **SURGE) == 14.75  # no surge: half
    assert intent([surge("none of yours", 30, 90)], **SURGE) == 0.0


def test_too_few_surging_topics_count_in_proportion(intent) -> None:
    asked = {**SURGE, "min_topic_share": 0.5}
    assert intent([surge("CRM", 30, 90)], **asked) == 45 * 0.75
    assert intent([surge("CRM", 30, 90), surge("ERP", 30, 70)], **asked) == 45.0
    assert intent([surge("CRM", 30, 90), surge("ERP", 30, 70)], **asked, surge_at=71) == 45 * 0.75


def test_topics_surge_in_the_newest_week_only(intent) -> None:
    asked = {**SURGE, "min_topic_share": 0.5, "half_life_days": 1e9}
    this_week, last_week = surge("CRM", 3, 80), surge("ERP", 10, 90)
    assert intent([this_week, surge("ERP", 9, 90)], **asked) == pytest.approx(90)
    assert intent([this_week, last_week], **asked) == pytest.approx(90 * 0.75)
    # Of an account that is in no newer file, its last week is the newest.
    assert intent([last_week, surge("CRM", 16, 80)], **asked) == pytest.approx(90)


@pytest.fixture
def surging(crm_of, make_spine):
    def found(rows, **settings):
        crm = crm_of(intent=rows)
        spine = make_spine(crm, [("A", AS_OF), ("elsewhere", AS_OF)])
        asked = {"topics": FOUR, "window_days": 90, **settings}
        table = crm.to_arrow(surging_topics(crm, spine, **asked).order_by("row_id"))
        return [(row["surging_topics"], row["surging_share"]) for row in table.to_pylist()]

    return found


def test_surging_topics_are_named_in_order(surging) -> None:
    rows = [surge("HR", 3, 75), surge("AI", 3, 60), surge("CRM", 3, 59.9), surge("ads", 3, 99)]
    assert surging(rows) == [(["AI", "HR"], 0.5), ([], 0.0)]
    assert surging(rows, surge_at=70)[0] == (["HR"], 0.25)
    assert surging(rows, topics=("HR", "HR", "ads"))[0] == (["HR", "ads"], 1.0)


def test_no_score_at_or_after_as_of_surges(surging) -> None:
    rows = [surge("HR", 3, 75)]
    assert surging([*rows, surge("AI", 0, 99), surge("HR", -7, 1)]) == surging(rows)


def test_surge_without_topics_is_refused(surging, intent) -> None:
    message = r"intent\.topics: way surge asks how many of your topics surge, and none is named"
    with pytest.raises(ParamsError, match=message):
        intent([], way="surge")
    with pytest.raises(ParamsError, match=message):
        surging([], topics=())


weeks = st.fixed_dictionaries(
    {topic: st.tuples(st.sampled_from([3, 10, 17]), st.integers(0, 100)) for topic in FOUR}
)


@settings(max_examples=10)
@given(week=weeks, topic=st.sampled_from(FOUR), more=st.integers(1, 50))
def test_a_higher_score_of_a_topic_never_lowers_intent(intent, week, topic, more) -> None:
    asked = {**SURGE, "min_topic_share": 0.6}
    higher = week | {topic: (week[topic][0], week[topic][1] + more)}
    before, after = (
        intent([surge(name, days, score) for name, (days, score) in rows.items()], **asked)
        for rows in (week, higher)
    )
    assert 0 <= before <= after <= 100
