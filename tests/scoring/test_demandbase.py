"""MQAs by pipeline score or minutes: what sales rejected, what `why` tells, what what-if counts.

acme and keep-off are MQAs by their score alone; gamma is one by its third meeting, ten days ago.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.scoring.evaluation import Evaluation, evaluate
from abm_ml.scoring.explain import account_facts
from abm_ml.scoring.run import new_run
from abm_ml.scoring.whatif import Baseline
from abm_ml.scoring.whatif_changes import changed_params

from .conftest import AS_OF, days_ago, tiny_tables

PARAMS = Params.model_validate(
    {
        "mqa": {"way": "demandbase", "pipeline_score": 50},
        "scoring": {"batch_rows": 100, "explain_top": 0, "holdout_share": 0},
    }
)
NO = {"acme": days_ago(5), "keep-off": days_ago(5), "gamma": days_ago(17)}
"""When sales said no."""


def tables() -> dict[str, pd.DataFrame]:
    """The tiny CRM with gamma's meetings and sales' verdicts, behind a slice of others."""
    tiny = tiny_tables()
    others = pd.DataFrame({"account_id": [f"A{number:03}" for number in range(110)], "name": "x"})
    meetings = [("gamma", "c5", "meeting", days_ago(days)) for days in (20, 15, 10)]
    visit = [("acme", "c1", "website_visit", days_ago(3))]
    columns = ["account_id", "contact_id", "kind", "ts"]
    said = pd.DataFrame({"account_id": list(NO), "verdict": "reject", "ts": list(NO.values())})
    return tiny | {
        "accounts": pd.concat([others, tiny["accounts"]]),
        "engagements": pd.DataFrame(meetings + visit, columns=columns),
        "feedback": said,
    }


@pytest.fixture(scope="module")
def first(score: Callable) -> pd.DataFrame:
    """Scored accounts by account_id, without a previous list."""
    return score(tables(), PARAMS).scored.set_index("account_id")


@pytest.fixture(scope="module")
def second(score: Callable, first: pd.DataFrame) -> pd.DataFrame:
    """The list of the next day; had keep-off not been in the first."""
    before = first.drop("keep-off").reset_index()
    found = score(tables(), PARAMS, AS_OF + timedelta(days=1), previous=before)
    return found.scored.set_index("account_id")


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    crm = Crm.from_tables(tables(), threads=1)
    run = new_run(crm, None, None, PARAMS, AS_OF)
    return evaluate(crm, run, tmp_path_factory.mktemp("evaluated"))


def test_a_rejected_account_stays_rejected_whose_score_does_not_say_since_when(
    first: pd.DataFrame, second: pd.DataFrame
) -> None:
    for scored in (first, second):
        told = scored.loc["acme", ["mqa", "mqa_at", "handover", "play_why"]].tolist()
        assert told == [True, NO["acme"], "nurture", "rejected"]


def test_events_after_the_rejection_hand_it_over_again(first: pd.DataFrame) -> None:
    gamma = first.loc["gamma"]
    assert (gamma["mqa_at"], gamma["handover"]) == (days_ago(10), "sales")


def test_so_does_a_list_made_after_the_rejection_that_did_not_have_it(
    first: pd.DataFrame, second: pd.DataFrame
) -> None:
    assert first.at["keep-off", "handover"] == "nurture"
    told = second.loc["keep-off", ["mqa_at", "handover"]].tolist()
    assert told == [AS_OF + timedelta(days=1), "sales"]


def test_what_if_hands_over_rejected_accounts_as_a_scoring_does(
    evaluation: Evaluation, first: pd.DataFrame
) -> None:
    base = Baseline(evaluation.crm, evaluation)
    found = base.compare({"mqa.minutes.meeting": 100.0})  # gamma: since its first meeting
    assert found.before["handovers"] == (first["handover"] == "sales").sum() == 1
    assert (found.after["mqa"], found.after["handovers"]) == (found.before["mqa"], 0)


def test_why_tells_minutes_and_score_and_which_of_them_was_enough(
    evaluation: Evaluation,
) -> None:
    score = account_facts(evaluation, "acme")["mqa"]
    assert score["pipeline_score"] >= 50
    assert score | {"pipeline_score": 0} == {
        "way": "demandbase", "qualified": True, "minutes": 2, "minutes_asked": 100,
        "pipeline_score": 0, "pipeline_score_asked": 50, "qualified_by": ["pipeline_score"],
        "window_days": 90, "gap": None, "since": NO["acme"].isoformat(), "made_by": [],
    }  # fmt: skip
    minutes = account_facts(evaluation, "gamma")["mqa"]
    assert (minutes["minutes"], minutes["qualified_by"]) == (135, ["minutes"])
    assert [event["minutes"] for event in minutes["made_by"]] == [45, 45, 45]


def test_why_tells_the_grade_that_is_asked(evaluation: Evaluation) -> None:
    params = changed_params(PARAMS, {"mqa.way": "grade"})
    run = dataclasses.replace(evaluation.run, params=params)
    told = account_facts(dataclasses.replace(evaluation, run=run), "gamma")["mqa"]
    assert (told["way"], told["grade"], told["grade_asked"]) == ("grade", "C", "B+")
    assert (told["contacts"], told["contacts_asked"]) == (1, 3)
