"""Columns that tell the outcome are found by name and by behaviour; honest ones are left."""

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.leak_behaviour import BY_FILLING, BY_SEPARATION, BY_TIME, BY_VALUE
from abm_ml.propensity.leaks import (
    BY_NAME,
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
        "最近跟进时间", "更新时间", "合同金额", "赢率", "跟进次数", "线索评分", "意向等级",
        "成单日期",
        "hs_date_entered_closedwon", "hs_v2_time_in_qualified", "lifecyclestage", "PushCount",
        "FiscalQuarter", "LastStageChangeDate", "notes_last_contacted", "IqScore", "Rating",
        "hubspotscore", "Lead Quality", "Lead Profile", "Activity Index", "Profile Score",
        "Days in negotiation", "time to qualification", "date_won", "Contract Id",
        "closedate", "dealstage", "Days to win", "TimeToWin", "Loss_Notes", "daysToDecision",
        "流失原因", "丢失原因", "下单日期", "赢得日期", "中标", "ACV_Booked", "Actual Revenue",
        "Total Contract Value", "renewal_date", "是否转化", "关闭日期", "成交额", "跟进结果",
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
        "客户等级", "商机来源",
        "Credit Rating", "Time Zone", "quota", "stock quote", "fiscal year end month", "Amount",
        "website quality", "days since founding", "hs_analytics_source", "approved vendor",
        "转化渠道", "网站转化率", "历史成交额", "关闭车间数", "Result page views", "其中标准件数",
        "Lease contract value", "renewal_month", "Fiscal Year", "days to decision maker",
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


@pytest.mark.parametrize("kind", ["number", "date", "category", "id", "text", "tags"])
def test_a_sparse_column_that_only_winners_fill_is_found(kind: str) -> None:
    y = outcome()
    rng = np.random.default_rng(0)
    values = {
        "number": rng.normal(size=1_000),
        "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(900, size=1_000), "D"),
        "category": rng.choice(list("abcdefgh"), 1_000),
        "id": [f"REF{k}" for k in range(1_000)],
        "text": [f"what the customer said on day {k}, word for word" for k in range(1_000)],
        "tags": [[f"t{k}"] for k in range(1_000)],
    }
    column = pd.Series(values[kind])
    sparse = rng.random(1_000) < 0.45
    told = pd.DataFrame({"told": column.where(sparse & (y == 1)), "not": column.where(sparse)})
    leaks = suspected_leaks(told, y)
    assert [(leak.column, leak.why) for leak in leaks] == [("told", BY_FILLING)]
    assert leaks[0].evidence.endswith("of won, 0% of lost")


def test_a_few_accounts_with_many_filled_rows_are_no_proof() -> None:
    rng = np.random.default_rng(0)
    account = np.concatenate([rng.integers(5, size=300), 5 + rng.integers(400, size=700)])
    y = np.where(account < 5, 1, rng.random(1_000) < 0.2).astype(int)
    X = pd.DataFrame({"seats": np.where(account < 5, rng.normal(size=1_000), np.nan)})
    assert len(suspected_leaks(X, y)) == 1
    assert suspected_leaks(X, y, repeats=account) == []


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


@pytest.mark.parametrize("noise", [0.005, 0.02, 0.05])
def test_a_copy_of_the_outcome_with_errors_is_found(noise: float) -> None:
    y = outcome(4_000)
    wrong = np.random.default_rng(0).random(4_000) < noise
    assert len(suspected_leaks(pd.DataFrame({"flag": np.where(wrong, 1 - y, y)}), y)) == 1


def test_one_tag_among_others_is_found_and_a_text_is_judged_by_being_there() -> None:
    y = outcome()
    rng = np.random.default_rng(0)
    tags = [[*rng.choice(list("abc"), 2, replace=False), *(["paid"] * won)] for won in y]
    notes = [
        f"what the customer said on day {k}, word for word" if y[k] else None for k in range(1000)
    ]
    told = [f"what the customer said on day {k}, word for word" for k in range(1000)]
    leaks = suspected_leaks(pd.DataFrame({"tags": tags, "notes": notes, "told": told}), y)
    assert [leak.column for leak in leaks] == ["tags", "notes"]


def honest(n: int, rate: float, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Strong but honest columns beside columns of many rare levels, none of which leaks."""
    size, segment = rng.normal(size=n), rng.integers(8, size=n)
    logit = np.log(rate / (1 - rate)) + 1.2 * size + (segment - 3.5) / 2
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    frame = pd.DataFrame(
        {
            "size": size,
            "segment": [f"s{k}" for k in segment],
            "city": [f"c{k}" for k in rng.integers(n // 22 + 1, size=n)],
            "id": np.arange(n),
            "seats": np.where(rng.random(n) < 1 / (1 + np.exp(-logit)), 1.0, np.nan),
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(900, size=n), "D"),
            **{f"noise {k}": rng.normal(size=n) for k in range(10)},
        }
    )
    return frame, y


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.4])
@pytest.mark.parametrize("n", [60, 200, 500, 5_000])
def test_no_honest_column_is_suspected_by_luck(n: int, rate: float) -> None:
    rng = np.random.default_rng(n)
    for _ in range(3):
        X, y = honest(n, rate, rng)
        days = 19_723 + rng.integers(0, 900, n).astype(float)
        assert suspected_leaks(X, y, days=days) == []


def test_rare_levels_do_not_separate_rare_wins_by_repeating_their_labels() -> None:
    rng = np.random.default_rng(0)
    y = (rng.random(40_000) < 0.003).astype(int)
    city = pd.Series([f"c{k}" for k in rng.integers(1_500, size=40_000)])
    assert suspected_leaks(pd.DataFrame({"city": city}), y) == []


def test_one_account_with_many_rows_is_no_proof() -> None:
    rng = np.random.default_rng(0)
    account = np.concatenate([np.zeros(300, dtype=int), 1 + rng.integers(400, size=700)])
    y = np.where(account == 0, 1, rng.random(1_000) < 0.2).astype(int)
    X = pd.DataFrame({"city": [f"c{k % 30}" if k else "only here" for k in account]})
    assert len(suspected_leaks(X, y)) == 1
    assert suspected_leaks(X, y, repeats=account) == []


def test_dates_that_lie_later_for_winners_are_found_and_those_before_are_not() -> None:
    y = outcome()
    rng = np.random.default_rng(0)
    days = 19_800 + rng.integers(0, 300, 1_000).astype(float)
    start = pd.Timestamp(0)
    earlier = start + pd.to_timedelta(days - rng.integers(1, 500, 1_000), "D")
    later = start + pd.to_timedelta(days + rng.integers(0, 60, 1_000), "D")
    X = pd.DataFrame(
        {"founded": earlier, "kickoff": np.where(y == 1, later, earlier), "planned": later}
    )
    leaks = suspected_leaks(X, y, days=days)
    assert [(leak.column, leak.why) for leak in leaks] == [("kickoff", BY_TIME)]
    assert "in 100% of won, 0% of lost" in leaks[0].evidence
    assert suspected_leaks(X, y) == []


def test_sparse_dates_that_lie_later_for_winners_only_are_found() -> None:
    y = outcome()
    rng = np.random.default_rng(0)
    days = 19_800 + rng.integers(0, 300, 1_000).astype(float)
    start, sparse = pd.Timestamp(0), rng.random(1_000) < 0.38
    earlier = start + pd.to_timedelta(days - rng.integers(1, 500, 1_000), "D")
    later = start + pd.to_timedelta(days + rng.integers(0, 60, 1_000), "D")
    X = pd.DataFrame(
        {
            "kickoff": np.where(sparse & (y == 1), later, earlier),
            "planned": np.where(sparse, later, earlier),
        }
    )
    leaks = suspected_leaks(X, y, days=days)
    assert [(leak.column, leak.why) for leak in leaks] == [("kickoff", BY_TIME)]
    assert "of won, 0% of lost" in leaks[0].evidence


def test_the_order_of_rows_changes_nothing() -> None:
    X, y = honest(800, 0.3, np.random.default_rng(1))
    X["copy"] = np.where(np.random.default_rng(2).random(800) < 0.03, 1 - y, y)
    order = np.random.default_rng(3).permutation(800)
    assert suspected_leaks(X, y) == suspected_leaks(X.iloc[order], y[order])


def test_a_few_rows_prove_nothing_by_behaviour() -> None:
    y = outcome(40)
    assert suspected_leaks(pd.DataFrame({"lucky": y}), y) == []
