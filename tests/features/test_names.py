from __future__ import annotations

import pytest

from abm_ml.features.names import Feature, parse_feature


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("engagements:all:7d", Feature("engagements:all:7d", "engagements", "all", 7)),
        ("engagements:a:b:90d", Feature("engagements:a:b:90d", "engagements", "a:b", 90)),
        ("engaged_contacts:30d", Feature("engaged_contacts:30d", "engaged_contacts", "", 30)),
        ("signals:招聘岗位:365d", Feature("signals:招聘岗位:365d", "signals", "招聘岗位", 365)),
        ("intent:CRM: cloud", Feature("intent:CRM: cloud", "intent", "CRM: cloud", 0)),
        ("intent_max", Feature("intent_max", "intent_max")),
        ("past_won", Feature("past_won", "past_won")),
    ],
)
def test_a_name_says_what_is_computed(name: str, expected: Feature) -> None:
    assert parse_feature(name) == expected


@pytest.mark.parametrize(
    "name", ["industry", "engagements", "signals", "intent", "engagements:all", "attribute", ""]
)
def test_every_other_name_is_a_column_of_accounts(name: str) -> None:
    assert parse_feature(name) == Feature(name, "attribute")


def test_nothing_seen_is_zero_but_days_since_and_attributes_are_unknown() -> None:
    assert parse_feature("engagements:all:7d").unseen == 0.0
    assert parse_feature("past_won").unseen == 0.0
    assert parse_feature("days_since_won").unseen is None
    assert parse_feature("account_age_days").unseen is None
    assert parse_feature("employees").unseen is None
