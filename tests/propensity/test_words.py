"""Fields and values read as people write them, in English and Chinese."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from abm_ml.data.schemas import SCHEMAS
from abm_ml.propensity.words import TERMS, fact_words, field_words, reason_words, value_words

FACTS = [
    # What is counted
    ("employees", 1200, "1,200 employees", "员工 1,200 人"),
    ("employees", 1.0, "1 employee", "员工 1 人"),
    ("employees", None, "employees unknown", "员工未知"),
    ("engagements:demo_request:90d", 2.0, "2 demo requests in the last 90 days",
     "近 90 天演示申请 2 次"),
    ("engagements:website_visit:30d", 0, "no website visits in the last 30 days",
     "近 30 天无官网访问"),
    ("engagements:all:7d", 1, "1 engagement in the last 7 days", "近 7 天互动 1 次"),
    ("engagements:product_trial:90d", 3, "3 product trial events in the last 90 days",
     "近 90 天 product_trial 3 次"),
    ("engagements:产品试用:90d", 1, "1 产品试用 event in the last 90 days",
     "近 90 天产品试用 1 次"),
    ("signals:job_posting:365d", 4, "4 job postings in the last 365 days",
     "近 365 天招聘岗位 4 个"),
    ("signals:news:90d", 0, "no news items in the last 90 days", "近 90 天无新闻"),
    ("signals:sem_ad:90d", 1, "1 search ad in the last 90 days", "近 90 天 SEM 投放 1 次"),
    ("engaged_people:30d", 3, "3 engaged people in the last 30 days", "近 30 天互动人员 3 位"),
    ("past_won", 0, "no opportunities won before", "无历史赢单商机"),
    ("known_contacts", 5, "5 known contacts", "已知联系人 5 位"),
    ("engagement_points", 1.764, "1.76 engagement points", "意向度得分 1.76 分"),
    # Days
    ("days_since_engagement", 83, "83 days since the last engagement", "距最近一次互动 83 天"),
    ("days_since_engagement", None, "no recent engagement", "近期无互动"),
    ("days_since_won", np.nan, "no opportunity won so far", "尚无赢单商机"),
    ("days_since_lost", 1, "1 day since the last lost opportunity", "距最近一次输单 1 天"),
    ("account_age_days", 1059, "in the CRM for 1,059 days", "建档 1,059 天"),
    # Signals of interest
    ("intent:crm", 71.25, "intent for crm 71 of 100", "第三方意图信号（crm） 71 分"),
    ("intent:crm", 0, "no intent signal for crm", "无第三方意图信号（crm）"),
    ("intent_max", 0.0, "no intent signal", "无第三方意图信号"),
    ("engagement_trend", -1.0, "engagement falling (-1.00)", "意向度下降（-1.00）"),
    ("engagement_trend", 0.5, "engagement rising (+0.50)", "意向度上升（+0.50）"),
    ("engagement_trend", 0.0, "engagement steady (+0.00)", "意向度持平（+0.00）"),
    # Attributes
    ("industry", "Software", "industry Software", "行业 Software"),
    ("industry", None, "industry unknown", "行业未知"),
    ("founded_year", 2016, "founded in 2016", "成立于 2016 年"),
    ("founded_year", pd.NA, "founding year unknown", "成立年份未知"),
    ("technologies", ["SAP", "AWS"], "technologies AWS, SAP", "使用技术 AWS、SAP"),
    ("technologies", list("dcba"), "technologies a, b, c and 1 more", "使用技术 a、b、c 等 4 项"),
    ("technologies", np.array([]), "technologies unknown", "使用技术未知"),
    ("description", "A provider of consumer goods based in Shanghai",
     "description “A provider of consumer goods based in…”",
     "经营范围 “A provider of consumer goods based in…”"),
    ("tech_share", 0.45, "share of technical staff 45%", "技术人员占比 45%"),
    ("revenue", 73_945_000, "revenue 73.9 million", "营业收入 7,394 万"),
    ("revenue", 950.0, "revenue 950", "营业收入 950"),
    # Columns that nobody knows
    ("public", np.True_, "public: yes", "public：是"),
    ("signed", pd.Timestamp("2001-02-03"), "signed 2001-02-03", "signed 2001-02-03"),
    ("lead_score", 0.25, "lead score 0.25", "lead_score 0.25"),
    ("Fiscal_Plan__c", 1234.5, "Fiscal Plan 1,234", "Fiscal_Plan__c 1,234"),
    ("客户等级", "A", "客户等级 A", "客户等级 A"),
    ("opportunity:product", "Pro", "the opportunity's product Pro", "商机产品 Pro"),
    ("opportunity:source", None, "the opportunity's source unknown", "商机来源未知"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "english", "chinese"), FACTS)
def test_a_fact_reads_as_people_write_it(
    field: str, value: object, english: str, chinese: str
) -> None:
    assert fact_words(field, value, "en") == english
    assert fact_words(field, value, "zh") == chinese


@pytest.mark.parametrize(
    ("amount", "currency", "english", "chinese"),
    [
        (73_945_000, "USD", "revenue USD 73.9 million", "营业收入 7,394 万美元"),
        (2.5e9, "CNY", "revenue CNY 2.5 billion", "营业收入 25 亿元"),
        (8_000, "EUR", "revenue EUR 8,000", "营业收入 8,000 欧元"),
        (-4e6, "SGD", "revenue SGD -4 million", "营业收入 -400 万 SGD"),
    ],
)
def test_money_names_its_currency_where_it_is_known(
    amount: float, currency: str, english: str, chinese: str
) -> None:
    assert fact_words("revenue", amount, "en", currency) == english
    assert fact_words("revenue", amount, "zh", currency) == chinese


@pytest.mark.parametrize("column", sorted(SCHEMAS["accounts"].columns))
def test_every_known_column_of_accounts_reads_without_underscores(column: str) -> None:
    for value in (None, 3, "x", ["a"]):
        assert "_" not in fact_words(column, value, "en")


def test_a_heading_names_the_field_without_a_value() -> None:
    assert field_words("engagements:all:90d", "en") == "engagements in the last 90 days"
    assert field_words("days_since_won", "zh") == "距最近一次赢单天数"


@pytest.mark.parametrize(
    ("value", "words"), [(float("inf"), "inf"), (1e-9, "1e-09"), (1234.56, "1,235"), (-0.5, "-0.5")]
)
def test_any_number_can_be_written(value: float, words: str) -> None:
    assert value_words(value) == words


def test_a_part_of_nothing_makes_no_difference() -> None:
    assert reason_words("industry", "Retail", 1e-5, "en").endswith(": makes no difference")
    assert reason_words("industry", "Retail", -1e-5, "zh").endswith("：无影响")


def test_terms_that_are_no_columns_have_words_of_their_own() -> None:
    for term in TERMS:
        english, chinese = (reason_words(term, None, 0.5, lang) for lang in ("en", "zh"))
        assert "(" not in english
        assert re.search("[一-鿿]", chinese)
