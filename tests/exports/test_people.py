"""The list for people: words instead of JSON, nothing lost."""

from __future__ import annotations

import json

import pandas as pd

from abm_ml.exports.people import for_people, reason_words


def _reason(of: str, field: str, contribution: float) -> dict[str, object]:
    return {
        "of": of,
        "field": field,
        "value": 1,
        "contribution": contribution,
        "text": f"{field} in words",
        "text_zh": f"{field} 说明",
    }


REASONS = json.dumps(
    [
        _reason("account_score", "industry", 20.0),
        _reason("account_score", "employees", 30.0),
        _reason("propensity", "(base)", -3.0),
        _reason("propensity", "(calibration)", 0.9),
        _reason("propensity", "engagement_points", -0.5),
    ]
)


def test_weightiest_reason_of_each_score_comes_first_and_the_base_is_left_out() -> None:
    assert reason_words(REASONS, "en") == (
        "↑ employees in words; ↑ industry in words; ↓ engagement_points in words"
    )


def test_reasons_are_told_in_chinese() -> None:
    assert reason_words(REASONS, "zh").startswith("↑ employees 说明")


def test_account_without_reasons_has_an_empty_cell() -> None:
    assert reason_words(None, "en") == ""


def test_lists_stand_in_one_cell_and_numbers_are_short() -> None:
    tal = pd.DataFrame(
        {
            "account_id": ["a"],
            "priority": [89.8267581059],
            "reasons": [REASONS],
            "mqa_gap": ["missing 7.50 points"],
            "missing_roles": [None],
            "recommended_contacts": [["c1", "c2"]],
        }
    )
    shown = for_people(tal, "en").iloc[0]
    assert shown["recommended_contacts"] == "c1; c2"
    assert shown["missing_roles"] == ""
    assert shown["priority"] == 89.8268
    assert shown["mqa_gap"] == "missing 7.50 points"
    assert for_people(tal, "zh").iloc[0]["mqa_gap"] == "还差 7.5 分"


def test_an_mqa_misses_nothing() -> None:
    tal = pd.DataFrame({name: [None] for name in ("reasons", "mqa_gap", "missing_roles")})
    shown = for_people(tal.assign(recommended_contacts=None), "zh").iloc[0]
    assert shown["mqa_gap"] == ""
