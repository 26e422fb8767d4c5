from __future__ import annotations

import json
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from abm_ml.errors import ParamsError
from abm_ml.features.spec import FeatureSpec

BEFORE = datetime(2026, 1, 1)
YESTERDAY = BEFORE - timedelta(days=1)


def events(**counts: int):
    return [
        {"account_id": "A", "ts": YESTERDAY, "kind": kind}
        for kind, count in counts.items()
        for _ in range(count)
    ]


def test_the_most_frequent_kinds_before_the_date_become_features(crm_of) -> None:
    crm = crm_of(
        engagements=[
            *events(visit=3, meeting=2, call=2, rare=1, opportunity=9, all=9),
            {"account_id": None, "ts": YESTERDAY, "kind": "rare"},
            *[{"account_id": "A", "ts": BEFORE, "kind": "rare"}] * 5,
        ]
    )
    spec = FeatureSpec.discover(crm, BEFORE, max_kinds=3, engagement_windows_days=[14])
    assert spec.columns == (
        "engagements:all:14d", "engagements:visit:90d", "engagements:call:90d",
        "engagements:meeting:90d", "engagement_points", "engaged_contacts:14d",
        "engaged_people:14d", "days_since_engagement", "engagement_trend",
    )  # fmt: skip


def test_a_table_that_the_export_lacks_gives_no_features(crm_of) -> None:
    assert FeatureSpec.discover(crm_of(), BEFORE).columns == ()


def test_a_table_without_rows_before_the_date_still_gives_what_needs_no_kinds(crm_of) -> None:
    crm = crm_of(intent=[], opportunities=[], signals=[])
    assert FeatureSpec.discover(crm, BEFORE).columns == (
        "intent_max", "past_won", "past_lost", "open_opportunities", "days_since_won",
        "days_since_lost",
    )  # fmt: skip


@pytest.fixture
def crm_with_attributes(crm_of):
    def build(dated: int = 0):
        accounts = [
            {
                "account_id": f"A{i}", "name": "x", "industry": "Software", "domain": "x.com",
                "account_type": "Customer", "created_at": YESTERDAY, "updated_at": YESTERDAY,
                "seats": 5, "intent_max": 3,
            }
            for i in range(10)
        ]  # fmt: skip
        history = [
            {"account_id": f"A{i}", "column": "account_type", "value": "Prospect",
             "valid_from": YESTERDAY}
            for i in range(dated)
        ]  # fmt: skip
        more = {"account_history": history} if dated else {}
        extra = {"seats": pa.int64(), "intent_max": pa.int64()}
        return crm_of(accounts=accounts, extra=extra, **more)

    return build


def test_of_the_columns_of_accounts_only_stable_ones_are_features(crm_with_attributes) -> None:
    spec = FeatureSpec.discover(crm_with_attributes(), BEFORE)
    assert spec.columns == ("industry", "account_age_days")
    assert spec.attributes == ("industry",)
    assert set(spec.held_back) == {
        "name", "domain", "account_type", "created_at", "updated_at", "seats", "intent_max",
    }  # fmt: skip
    assert spec.held_back["name"] == "names the account, says nothing about it"
    assert spec.held_back["updated_at"] == "describes the record, not the company"
    assert spec.held_back["account_type"].startswith("no history: it may have been written after")
    assert spec.held_back["intent_max"] == "has the name of a computed feature; rename the column"


def test_extra_columns_are_features_because_the_user_says_so(crm_with_attributes) -> None:
    crm = crm_with_attributes()
    spec = FeatureSpec.discover(crm, BEFORE, extra_columns=["seats", "account_type"])
    assert spec.attributes == ("industry", "account_type", "seats")
    assert {"seats", "account_type"} <= set(spec.stable_columns)


def test_history_makes_a_feature_of_a_column_that_it_dates_for_nearly_every_account(
    crm_with_attributes,
) -> None:
    assert "account_type" in FeatureSpec.discover(crm_with_attributes(9), BEFORE).columns
    few = FeatureSpec.discover(crm_with_attributes(8), BEFORE)
    assert few.held_back["account_type"] == (
        "account_history dates it for 80% of the accounts that have it"
    )
    assert "account_type" in FeatureSpec.discover(crm_with_attributes(9), YESTERDAY).held_back


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("seat", r"extra_columns: accounts have no column 'seat' \(did you mean seats\?\)"),
        ("intent_max", "extra_columns: 'intent_max' is the name of a computed feature; rename"),
    ],
)
def test_extra_columns_that_cannot_be_are_refused(crm_with_attributes, extra, message) -> None:
    with pytest.raises(ParamsError, match=message):
        FeatureSpec.discover(crm_with_attributes(), BEFORE, extra_columns=[extra])


def test_a_spec_is_the_same_after_json(crm_with_attributes) -> None:
    spec = FeatureSpec.discover(crm_with_attributes(), BEFORE, half_life_days=7.5)
    assert FeatureSpec.from_dict(json.loads(json.dumps(spec.to_dict()))) == spec


def test_a_saved_spec_of_another_shape_is_refused() -> None:
    saved = FeatureSpec(columns=()).to_dict()
    with pytest.raises(ParamsError, match="feature spec: 'colour' is unknown or missing"):
        FeatureSpec.from_dict({**saved, "colour": 1})
    saved.pop("daily_cap")
    with pytest.raises(ParamsError, match="feature spec: 'daily_cap' is unknown or missing"):
        FeatureSpec.from_dict(saved)


def test_names_alone_say_what_to_compute(crm_of, look, world) -> None:
    crm = crm_of(**world(5))
    spec = FeatureSpec.discover(crm, BEFORE)
    spine = [(f"A{i}", BEFORE - timedelta(days=300)) for i in range(6)]
    whole = look(crm, spine, spec)
    for names in (spec.columns[-1:], spec.columns[::-5]):
        part = look(crm, spine, FeatureSpec.from_columns(names, stable_columns=spec.stable_columns))
        assert part == [{name: row[name] for name in names} for row in whole]
        assert list(part[0]) == list(names)


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(ParamsError, match="features: column 'industry' is named twice"):
        FeatureSpec.from_columns(["industry", "city", "industry"])


def test_a_window_of_no_days_is_refused(crm_of) -> None:
    with pytest.raises(ParamsError, match=r"window in days must be at least 1\. Supplied value 0"):
        FeatureSpec.discover(crm_of(engagements=[]), BEFORE, engagement_windows_days=[0])
