from datetime import datetime
from functools import cache

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import DataError
from abm_ml.scoring.explain import account_facts, explain_account

AS_OF = datetime(2026, 1, 1)


PARAMS = Params.model_validate({"exclusions": {"hands_off_owners": ["boss"]}})


@pytest.fixture(scope="module")
def explained(acquired_evaluation):
    """Every number behind one account of the tiny CRM."""
    return cache(lambda account_id: account_facts(acquired_evaluation, account_id))


def weighted(parts: dict) -> float:
    return sum(part["weight"] * part["score"] for part in parts.values())


def test_law_6_priority_follows_from_the_parts_that_are_shown(explained, acquired):
    told = explained("acme")
    row = acquired.scored.set_index("account_id").loc["acme"]
    score, priority = told["account_score"], told["priority"]
    for part in ("firmographic", "technographic"):
        points = sum(criterion["points"] for criterion in told["icp"][part])
        assert score["parts"][part]["score"] == pytest.approx(points, abs=1e-9)
    engagement = told["engagement"]
    assert sum(day["points"] for day in engagement["days"]) == engagement["points"] == 62.5
    assert engagement["score"] == 100 * min(1, engagement["points"] / engagement["full_points"])
    assert weighted(score["parts"]) == pytest.approx(score["value"], abs=1e-9)
    weights = sum(part["weight"] for part in priority["parts"].values())
    assert weighted(priority["parts"]) / weights == pytest.approx(priority["value"], abs=1e-9)
    assert (priority["value"], priority["rank"]) == (row["priority"], row["rank"])
    assert told["run_id"] == row["run_id"]


def test_points_are_told_day_by_day_with_cap_and_decay(tables):
    visit = tables["engagements"].query("account_id == 'gamma'")
    tables["engagements"] = pd.concat([visit] * 7)
    crm = Crm.from_tables(tables, threads=1)
    (day,) = explain_account(crm, None, None, PARAMS, AS_OF, "gamma")["engagement"]["days"]
    assert day["points"] == pytest.approx(5 * 0.5 ** (1 / 30), abs=1e-5)
    assert day | {"points": 0} == {
        "day": "2025-12-31", "age_days": 1, "kind": "website_visit", "person": None,
        "events": 7, "counted": 5, "points_of_one": 1, "points": 0,
    }  # fmt: skip


def test_each_criterion_says_what_it_asks_and_finds(explained):
    industry, employees, _ = explained("gamma")["icp"]["firmographic"]
    assert (industry["value"], industry["verdict"], industry["points"]) == ("Retail", "not met", 0)
    assert employees == {
        "looks_at": "employees", "asks": "200 to 20,000",
        "asks_zh": "200 至 20,000", "value": 300, "verdict": "met",
        "must": False, "points": 40, "points_if_met": 40,
    }  # fmt: skip
    assert explained("gamma")["icp"]["technographic"][0]["verdict"] == "unknown"


def test_the_tier_is_told_with_place_floors_and_caps(explained):
    assert explained("acme")["tier"] == {
        "tier": 2, "floors": [80, 60, 0], "capacities": [50, 500, None], "place": 1,
        "why": "account score 79.375 reaches tier 2 (from 60)",
        "why_zh": "规则评分 79.375 达到第 2 层（60 分起）",
    }  # fmt: skip
    assert explained("gamma")["tier"]["place"] == 3


def test_mqa_is_told_as_asked_and_found(explained):
    assert explained("acme")["mqa"] == {
        "way": "points", "qualified": False, "points": 37.5, "points_asked": 45, "contacts": 2,
        "contacts_asked": 2, "window_days": 90, "gap": "missing 7.50 points",
        "since": None, "made_by": [],
    }  # fmt: skip


def test_an_excluded_account_says_why_and_has_no_priority(explained):
    told = explained("stopped")
    assert told["exclusion"] == {
        "reason": "suppressed",
        "detail": "domain stopped.example, because asked us to",
    }
    assert told["priority"] is None
    assert told["tier"]["why"] == "excluded accounts have no tier"
    won = explained("customer")["exclusion"]
    assert won == {"reason": "customer", "detail": "won opportunity o1, closed 2025-06-15"}


def test_an_account_that_is_not_there_is_named_with_the_nearest(explained):
    with pytest.raises(DataError, match=r"no account 'acmee' in the universe .* did you mean acme"):
        explained("acmee")
