"""Columns that tell the outcome are found by name and by behaviour; honest ones are left."""

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.leaks import (
    BY_FILLING,
    BY_NAME,
    BY_SEPARATION,
    BY_VALUE,
    leak_by_name,
    suspected_leaks,
)


@pytest.mark.parametrize(
    "name",
    [
        "Days_In_Stage__c", "Elapsed Days In Sales Stage", "stage_duration", "Probability (%)",
        "forecast_category", "ForecastCategoryName", "ExpectedRevenue", "Close Date", "CloseDate",
        "closed_at", "days_to_close", "hs_is_closed_won", "IsWon", "Closed Lost Reason",
        "Loss Reason", "Sales Stage Change Count", "StageName", "Lifecycle Stage",
        "Lead Status", "Converted", "ConvertedDate", "Opportunity Result", "Outcome",
        "Last Modified Date", "LastActivityDate", "last_contacted_at", "SystemModstamp",
        "Contract Signed Date", "Invoice Amount", "Became a Customer Date", "Recent Deal Amount",
        "Total Days Identified Through Closing", "opportunity:probability",
        "赢单概率", "预计成交日期",
        "丢单原因", "销售阶段", "阶段停留天数", "客户状态", "生命周期阶段",
        "最近跟进时间", "更新时间", "合同金额",
    ],
)  # fmt: skip
def test_a_name_of_what_is_known_afterwards_is_a_leak(name: str) -> None:
    leak = leak_by_name(name)
    assert leak is not None
    assert (leak.column, leak.why) == (name, BY_NAME)
    assert name in leak.evidence


@pytest.mark.parametrize(
    "name",
    [
        "industry", "employees", "Total Time Spent on Website", "founded_year", "funding_stage",
        "Lead Source", "Region", "Competitor Type", "Client Size By Revenue (USD)", "Closest City",
        "Revenue From Client Past Two Years (USD)", "number_of_stores", "description",
        "account age",
        "opportunity:product", "opportunity:type", "opportunity:source",
        "企业名称", "所属行业", "经营范围", "成立日期", "注册资本", "融资轮次",
    ],
)  # fmt: skip
def test_an_honest_name_is_none(name: str) -> None:
    assert leak_by_name(name) is None


@pytest.mark.parametrize(
    "name", ["days_since_won", "engagements:contract_date:90d", "intent:Closing deals"]
)
def test_a_computed_feature_looks_before_its_date_and_is_no_leak(name: str) -> None:
    y = outcome()
    renewals = np.where(y == 1, 100.0, np.nan)
    assert suspected_leaks(pd.DataFrame({name: renewals}), y) == []
    assert len(suspected_leaks(pd.DataFrame({"score": renewals}), y)) == 1


def outcome(n: int = 1_000) -> np.ndarray:
    return (np.arange(n) % 4 == 0).astype(int)


def test_a_column_that_all_but_separates_the_classes_is_found_whatever_its_name() -> None:
    y = outcome()
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"hours": rng.normal(3 * y, 0.7), "size": rng.normal(0.5 * y, 1)})
    leaks = suspected_leaks(X, y)
    assert [(leak.column, leak.why) for leak in leaks] == [("hours", BY_SEPARATION)]
    assert leaks[0].evidence.startswith("AUC 0.9")


def test_a_column_filled_for_winners_only_is_found() -> None:
    y = outcome()
    rng = np.random.default_rng(0)
    filled = rng.random(1_000) < np.where(y == 1, 0.95, 0.1)
    X = pd.DataFrame({"seats": np.where(filled, rng.normal(size=1_000), np.nan)})
    assert [leak.why for leak in suspected_leaks(X, y)] == [BY_FILLING]


def test_a_value_that_only_winners_have_is_found() -> None:
    y = outcome()
    kind = np.where((y == 1) & (np.arange(1_000) % 8 == 0), "customer", "other")
    assert [leak.why for leak in suspected_leaks(pd.DataFrame({"kind": kind}), y)] == [BY_VALUE]


def test_tags_are_judged_like_categories() -> None:
    y = outcome()
    X = pd.DataFrame({"tags": [["paid"] if won else ["new", "cold"] for won in y]})
    assert len(suspected_leaks(X, y)) == 1


def test_strong_but_honest_columns_and_random_ones_are_left() -> None:
    y = outcome()
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "strong": rng.normal(1.5 * y, 1),
            "noise": rng.normal(size=1_000),
            "id": np.arange(1_000),
            "code": [f"c{k}" for k in rng.integers(400, size=1_000)],
            "half filled": np.where(rng.random(1_000) < 0.5, 1.0, np.nan),
            "nothing": None,
        }
    )
    assert suspected_leaks(X, y) == []


def test_a_column_that_the_user_allows_is_believed() -> None:
    y = outcome()
    X = pd.DataFrame({"probability": y * 1.0, "stage": y})
    assert [leak.column for leak in suspected_leaks(X, y, allow_columns=["stage"])] == [
        "probability"
    ]


def test_a_few_rows_prove_nothing_by_behaviour() -> None:
    y = outcome(40)
    assert suspected_leaks(pd.DataFrame({"lucky": y}), y) == []
