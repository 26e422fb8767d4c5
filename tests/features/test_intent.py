from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from abm_ml.errors import ParamsError
from abm_ml.features.intent import intent_score

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


@pytest.fixture
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


def test_intent_stays_between_0_and_100(intent) -> None:
    assert intent([surge("CRM", 0.5, 480)]) <= 100
    assert intent([]) == 0.0


def test_a_window_of_no_days_is_refused(intent) -> None:
    with pytest.raises(ParamsError, match=r"window_days must be at least 1\. Supplied value 0"):
        intent([], window_days=0)
