"""Events that can make an MQA: they add up to the points that the rules look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from abm_ml.features.engagement import MICRO, engaged_contacts, engagement_points
from abm_ml.features.qualifying import engagement_minutes, qualifying_events
from abm_ml.rulebook import Engagement, Mqa
from abm_ml.rules.mqa_history import Decay

AS_OF = datetime(2025, 6, 1)
MEASURED = Mqa(way="demandbase", minutes={"website_visit": 2, "webinar": "value"})


def event(days: float, kind: str = "website_visit", **more: Any) -> dict[str, Any]:
    return {"account_id": "A", "ts": AS_OF - timedelta(days=days), "kind": kind, **more}


def test_events_add_up_to_the_points_and_people_of_the_rules(crm_of, make_spine, world) -> None:
    crm = crm_of(**world(5, rows=600))
    spine = make_spine(crm, [(f"A{i}", AS_OF) for i in range(6)])
    engagement, mqa = Engagement(daily_cap=1), Mqa()
    counted = {"window_days": mqa.window_days, "excluded_kinds": engagement.outcome_kinds}
    points = engagement_points(
        crm, spine, points_by_kind=engagement.points_by_kind, daily_cap=1,
        half_life_days=engagement.half_life_days, **counted,
    )  # fmt: skip
    people = engaged_contacts(crm, spine, **counted)
    expected = crm.to_arrow(points.join(people, "row_id").order_by("row_id")).to_pylist()
    events = crm.to_arrow(
        qualifying_events(crm, spine, mqa, engagement, window_days=mqa.window_days)
    ).to_pandas()
    left = Decay(mqa.window_days, engagement.half_life_days).left
    age = (np.datetime64(AS_OF) - events["ts"].dt.floor("D").to_numpy()).astype("m8[D]").astype(int)
    events["micro"] = np.floor(events["worth"] * MICRO * left[age] + 0.5).astype(int)
    assert len(events) > 50
    for row in expected:
        of_row = events[events["row_id"] == row["row_id"]]
        known = of_row[of_row["known"]]
        assert of_row["micro"].sum() == row["points_micro"]
        assert len(known[["person_type", "person"]].drop_duplicates()) == row["engaged_contacts"]


@pytest.mark.parametrize(
    ("events", "minutes"),
    [
        ([event(1)] * 4, 8),
        ([event(1)] * 7 + [event(2)], 12),
        ([event(90), event(91)], 2),
        ([event(1, "webinar", value=45.5)] * 2, 91),
        ([event(1, "webinar", value=-3.0), event(1, "webinar"),
          event(1, "webinar", value=float("inf")), event(2, "webinar", value=float("nan"))], 0),
        ([event(1, "opportunity"), event(1, "unheard of"), event(0)], 0),
    ],
)  # fmt: skip
def test_minutes_are_set_by_kind_within_the_cap_or_measured(
    crm_of, make_spine, events, minutes
) -> None:
    crm = crm_of(engagements=events)
    spine = make_spine(crm, [("A", AS_OF)])
    found = crm.to_arrow(engagement_minutes(crm, spine, MEASURED, Engagement()))
    assert found["minutes_micro"].to_pylist() == [minutes * MICRO]


def test_the_worth_of_events_in_the_way_demandbase_is_minutes(crm_of, make_spine) -> None:
    crm = crm_of(engagements=[event(1), event(500, "webinar", value=30.0), event(0)])
    spine = make_spine(crm, [("A", AS_OF)])
    events = crm.to_arrow(qualifying_events(crm, spine, MEASURED, Engagement())).sort_by("ts")
    assert events["worth"].to_pylist() == [30.0, 2.0]
