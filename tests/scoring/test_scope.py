"""What is known of a run before any account is looked at."""

from __future__ import annotations

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.reports.texts import say_note
from abm_ml.scoring.scope import read_scope

from .conftest import AS_OF, days_ago, tiny_tables

POSTINGS = {"signal": "Job_posting ", "count_at_least": 1, "within_days": 90}


@pytest.fixture(scope="module")
def crm() -> Crm:
    tables = tiny_tables()
    tables["signals"] = pd.DataFrame(
        {"account_id": ["acme"], "kind": ["job_posting"], "ts": [days_ago(3)]}
    )
    return Crm.from_tables(tables, threads=1)


def unheard(crm: Crm, topics: list[str], *kinds: str) -> tuple[str, ...]:
    criteria = [POSTINGS | {"signal": kind} for kind in kinds]
    book = {"intent": {"topics": topics}, "icp": {"technographic": criteria}}
    return read_scope(crm, Params.model_validate(book), AS_OF).unheard


def test_topics_and_kinds_match_whatever_their_case(crm: Crm) -> None:
    assert unheard(crm, [" CRM"], "Job_Posting ") == ()


def test_a_topic_or_kind_that_nobody_has_is_told_with_the_nearest(crm: Crm) -> None:
    found = unheard(crm, ["CRMs", "weather"], "job_posts", "crm")
    assert found == (
        "intent.topics: nobody in the data has topic 'CRMs', so that it counts 0; the nearest are "
        "'crm'",
        "intent.topics: nobody in the data has topic 'weather', so that it counts 0; the data has "
        "'crm'",
        "icp: nobody in the data has kind 'crm', so that it counts 0; the data has 'job_posting'",
        "icp: nobody in the data has kind 'job_posts', so that it counts 0; the nearest are "
        "'job_posting'",
    )
    words = [str(say_note(sentence)) for sentence in found]
    assert all("数据中没有" in said for said in words)


def test_what_comes_later_is_not_there_yet(crm: Crm) -> None:
    book = Params.model_validate({"intent": {"topics": ["crm"]}})
    [said] = read_scope(crm, book, days_ago(100)).unheard
    assert said.endswith("the data has none at all")
    assert "一个也没有" in str(say_note(said))
