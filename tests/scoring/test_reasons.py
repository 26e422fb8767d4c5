import json
from collections import defaultdict

import pytest

from abm_ml.config import Params


def sums(reasons: str) -> dict[str, float]:
    """Sum of contributions by what they explain."""
    total: dict[str, float] = defaultdict(float)
    for reason in json.loads(reasons):
        total[reason["of"]] += reason["contribution"]
    return total


def reasons_of(frame, account_id: str) -> list[dict]:
    return json.loads(frame.set_index("account_id").loc[account_id, "reasons"])


def test_law_6_reasons_sum_to_the_account_score(everyone):
    for row in everyone.scored.itertuples():
        assert sums(row.reasons)["account_score"] == pytest.approx(row.account_score, abs=1e-9)


def test_each_reason_names_field_value_contribution_and_words_in_two_languages(acquired):
    industry = reasons_of(acquired.scored, "acme")[0]
    assert industry == {
        "of": "account_score",
        "field": "industry",
        "value": "Software",
        "contribution": 16,
        "text": "industry Software: fits the ICP",
        "text_zh": "行业 Software：符合理想客户特征",
    }


def test_a_reason_from_tags_names_only_those_that_count(acquired):
    tags = [r["value"] for r in reasons_of(acquired.scored, "acme") if r["field"] == "technologies"]
    assert tags == ["Salesforce", "AWS"]


def test_what_adds_nothing_is_no_reason(acquired):
    fields = [reason["field"] for reason in reasons_of(acquired.scored, "gamma")]
    assert fields == ["employees", "revenue", "engagement"]


def test_the_must_that_knocks_an_account_out_is_told_and_its_reasons_still_sum(score, tables):
    must = {"column": "industry", "any_of": ["Software"], "must": True}
    nice = {"column": "employees", "min": 200}  # met, and worth nothing any more
    params = Params.model_validate({"icp": {"firmographic": [must, nice]}})
    scored = score(tables, params).scored
    knocked_out, *rest = reasons_of(scored, "gamma")
    assert knocked_out["text"] == "industry Retail: fails a must of the ICP"
    assert knocked_out["contribution"] == 0
    assert [reason["field"] for reason in rest] == ["engagement"]
    for row in scored.itertuples():
        assert sums(row.reasons)["account_score"] == pytest.approx(row.account_score, abs=1e-9)


def test_values_that_json_must_escape_survive(score, tables):
    odd = 'Soft"ware\\ \n软件'
    tables["accounts"]["industry"] = odd
    tables["accounts"]["technologies"] = [[odd, "b"]] * 8
    icp = {
        "firmographic": [{"column": "industry", "contains": ["soft"]}],
        "technographic": [{"column": "technologies", "any_of": [odd]}],
    }
    reasons = reasons_of(score(tables, Params.model_validate({"icp": icp})).scored, "beta")
    assert [reason["value"] for reason in reasons[:2]] == [odd, odd]


def test_an_account_that_scores_nothing_has_no_reasons(score, tables):
    params = Params.model_validate({"icp": {"firmographic": [], "technographic": []}})
    del tables["engagements"], tables["intent"]
    result = score(tables, params)
    assert set(result.scored["reasons"]) == {"[]"}
    assert result.scored["account_score"].tolist() == [0] * len(result.scored)
