"""Changes of the rule book: merged, checked, and told apart by what they reach."""

import pytest

from abm_ml.config import Params
from abm_ml.errors import ParamsError
from abm_ml.scoring.whatif_changes import Changes, changed_params

PARAMS = Params()


def test_only_what_is_named_changes() -> None:
    changed = changed_params(
        PARAMS,
        {
            "mqa.tier_3.points": 70,
            "mqa": {"window_days": 60},
            "engagement.points.webinar": 5,
            "icp.firmographic.1.min": 50,
        },
    )
    assert (changed.mqa.tier_3.points, changed.mqa.window_days) == (70, 60)
    assert changed.mqa.tier_1 == PARAMS.mqa.tier_1
    assert changed.engagement.points_by_kind["webinar"] == 5
    assert changed.engagement.points_by_kind["meeting"] == 50
    assert [one.min for one in changed.icp.firmographic] == [None, 50, 10_000_000]


def test_settings_that_differ_are_told_with_both_values() -> None:
    found = Changes.of(PARAMS, {"tiers.tier_1_at": 70, "mqa.window_days": 90})
    assert found.settings == {"tiers.tier_1_at": (80, 70)}
    other = changed_params(PARAMS, {"tiers.tier_1_at": 70})
    assert Changes.of(PARAMS, other) == found
    assert Changes.of(PARAMS, PARAMS).settings == {}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"mqa.tier_3.pionts": 60}, r"what if: mqa\.tier_3\.pionts: .*did you mean points\?"),
        ({"mqaa.window_days": 60}, r"what if: mqaa: no such setting .did you mean mqa\?"),
        ({"tiers.tier_1_at": 50}, r"thresholds must fall.*Supplied values 50, 60, 0"),
        ({"tiers.tier_1_at.low": 50}, r"tiers\.tier_1_at: .*valid number"),
        ({"account_score.intent": 0.5}, r"must sum to 1, they sum to 1\.25"),
        ({"icp.firmographic.9.weight": 2}, r"icp\.firmographic: give a list"),
    ],
)
def test_mistakes_are_refused_by_name(changes, message) -> None:
    with pytest.raises(ParamsError, match=message):
        changed_params(PARAMS, changes)


@pytest.mark.parametrize(
    ("changes", "reread", "untold"),
    [
        ({"tiers.tier_1_at": 90, "mqa.tier_1.points": 10, "icp.grades.A": 85}, False, []),
        ({"account_score": {"firmographic": 0.5, "intent": 0.15}}, False, []),
        ({"fusion.account_score": 0.9, "workload.hours_tier_1": 4}, False, []),
        ({"engagement.half_life_days": 60}, True, []),
        ({"icp.firmographic.0.weight": 5}, True, []),
        ({"mqa.way": "demandbase"}, True, []),
        ({"mqa.window_days": 30}, True, []),
        ({"intent.window_days": 30, "plays.renewal_days": 9}, True, []),
        ({"scoring.holdout_share": 0.1, "scoring.explain_top": 5}, True, []),
        ({"seed": 3, "propensity.horizon_days": 90}, False, ["seed", "propensity.horizon_days"]),
        ({"engagement.bot_events_a_day": 40}, False, ["engagement.bot_events_a_day"]),
    ],
)
def test_changes_are_told_apart_by_their_reach(changes, reread, untold) -> None:
    found = Changes.of(PARAMS, changes)
    assert found.reread == reread
    assert found.untold == untold
