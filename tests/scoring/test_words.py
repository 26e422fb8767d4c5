from __future__ import annotations

import json
from typing import Any

import pytest

from abm_ml.criterion import Criterion
from abm_ml.propensity.words import fact_words
from abm_ml.scoring.words import asked, reason_writer

POSTINGS = {"signal": "job_posting", "contains": ("data engineer", "ETL"), "within_days": 90}


@pytest.mark.parametrize(
    ("test", "en", "zh"),
    [
        ({"column": "a", "any_of": ("x", "y")}, "one of x, y", "为x、y之一"),
        ({"column": "a", "none_of": ("x", "y")}, "none of x, y", "不为x、y"),
        ({"column": "a", "contains": ("x", "y")}, "contains x or y", "包含x或y"),
        ({"column": "a", "exists": True}, "is filled", "有值"),
        ({"column": "a", "min": 200, "max": 20_000}, "200 to 20,000", "200 至 20,000"),
        ({"column": "a", "max": 9}, "at most 9", "至多 9"),
        ({"column": "a", "min": 0}, "at least 0", "至少 0"),
        ({"signal": "a", "count_at_least": 3}, "at least 3", "至少 3"),
        ({"signal": "a", "count_at_most": 0}, "at most 0", "至多 0"),
        ({"signal": "a", "count_at_least": 1, "count_at_most": 3}, "1 to 3", "1 至 3"),
        ({**POSTINGS, "count_at_least": 1}, "at least 1", "至少 1"),
    ],
)
def test_what_a_criterion_asks_is_said_in_both_languages(
    test: dict[str, Any], en: str, zh: str
) -> None:
    criterion = Criterion(**test)
    assert (asked(criterion, "en"), asked(criterion, "zh")) == (en, zh)


def test_a_count_of_signals_names_the_words_that_it_looks_for() -> None:
    source = Criterion(**POSTINGS, count_at_least=1).source
    assert fact_words(source, 1, "en") == (
        "1 job posting with “data engineer” or “ETL” in the last 90 days"
    )
    assert fact_words(source, 3, "zh") == "近 90 天招聘岗位（含“data engineer”或“ETL”） 3 个"


def test_the_reason_for_a_limit_says_that_nothing_was_seen() -> None:
    write = reason_writer(Criterion(signal="legal_risk", count_at_most=0), 5.0)
    reason = json.loads(write(0))
    assert reason["text"] == "no legal risks in the last 365 days: fits the ICP"
    assert reason["text_zh"] == "近 365 天无司法风险：符合理想客户特征"
