"""The gate, with real models on real outcomes of a simulated world."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.propensity.drift import Profile
from abm_ml.propensity.persist import TrainedPropensity, load_propensity, save_propensity
from abm_ml.propensity.training import TrainingTable
from abm_ml.workflows.comparison import LEAST_WON, on_later_outcomes
from abm_ml.workflows.gate import differences, gate

Losses = Callable[..., dict[str, Any]]
SmallModel = Callable[..., TrainedPropensity]
TableAt = Callable[[datetime], TrainingTable]

TRAINED_AT = datetime(2025, 1, 1)
LATER = "later outcomes that neither could know"


@pytest.fixture(scope="module")
def worse(table: TrainingTable, small_model: SmallModel) -> TrainedPropensity:
    """Another kind of model, and a bad one."""
    return small_model(table, 1 - table.y, num_leaves=(15,))


@pytest.fixture(scope="module")
def sibling(table: TrainingTable, small_model: SmallModel) -> TrainedPropensity:
    """About as good as the sensible model, by other settings: another kind."""
    return small_model(table, max_trees=11)


def test_the_first_champion_needs_a_signal_and_nothing_else(sensible: TrainedPropensity) -> None:
    assert gate(sensible, None).passed
    no_signal = dataclasses.replace(sensible, verdict="no signal found")
    assert not gate(no_signal, None).passed
    assert "found no signal" in gate(no_signal, sensible).reason


def test_models_that_answer_different_questions_are_not_compared(
    sensible: TrainedPropensity,
) -> None:
    other = dataclasses.replace(sensible, target="conversion", horizon_days=180)
    found = gate(other, sensible)
    assert not found.passed
    assert "predicts conversion within 180 days and the champion win" in found.reason
    assert "--force --why" in found.reason


# --- without later outcomes --------------------------------------------------------------------


@pytest.mark.parametrize(("loss", "passed"), [(0.54, True), (0.558, True), (0.562, False)])
def test_without_later_outcomes_the_recorded_back_tests_decide(
    sensible: TrainedPropensity, losses: Losses, loss: float, passed: bool
) -> None:
    found = gate(dataclasses.replace(sensible, report=losses(loss)), sensible)
    assert found.passed is passed
    assert "by the back-tests at training" in found.reason
    assert "against the champion's 0.0500" in found.reason
    assert found.figures["gain"] == pytest.approx(0.55 - loss)


def test_a_higher_rate_of_wins_in_the_later_back_test_is_no_fault_of_the_model(
    sensible: TrainedPropensity, losses: Losses
) -> None:
    busier_season = dataclasses.replace(sensible, report=losses(0.60, base_rate=0.65))
    assert gate(busier_season, sensible).passed


def test_where_wins_are_rare_a_hundredth_would_be_all_of_a_models_worth(
    sensible: TrainedPropensity, losses: Losses
) -> None:
    champion, useless = (
        dataclasses.replace(sensible, report=losses(loss, base_rate=0.098))
        for loss in (0.0885, 0.0979)
    )
    assert not gate(useless, champion).passed


# --- on later outcomes -------------------------------------------------------------------------


def test_outcomes_after_both_trainings_decide_whatever_the_back_tests_say(
    sensible: TrainedPropensity, backward: TrainedPropensity, busy_work: Path, losses: Losses
) -> None:
    boasting = dataclasses.replace(backward, report=losses(0.30))
    assert gate(boasting, sensible).passed
    refused = gate(boasting, sensible, busy_work)
    assert not refused.passed
    assert LATER in refused.reason
    assert refused.figures["interval"][1] < 0


def test_a_plain_retrain_on_more_data_passes(
    sensible: TrainedPropensity, small_model: SmallModel, table_at: TableAt, busy_work: Path
) -> None:
    newer = small_model(table_at(datetime(2025, 3, 1)))
    assert differences(newer, sensible) == ()
    found = gate(newer, sensible, busy_work)
    assert found.passed
    assert found.reason.startswith("not worse than the champion by more than 0.00")
    assert LATER in found.reason


def test_another_kind_of_model_that_is_better_passes(
    sensible: TrainedPropensity, worse: TrainedPropensity, busy_work: Path
) -> None:
    found = gate(sensible, worse, busy_work)
    assert found.passed
    assert found.reason.startswith("another kind of model (num_leaves), better than the champion")
    assert found.figures["interval"][0] > 0


def test_another_kind_of_model_that_is_no_better_does_not(
    sensible: TrainedPropensity, sibling: TrainedPropensity, busy_work: Path, moved: Profile
) -> None:
    tolerant = Params.model_validate({"drift": {"psi": 1_000}})
    found = gate(sibling, dataclasses.replace(sensible, profile=moved), busy_work, tolerant)
    assert not found.passed
    assert "must be better than the champion with 95 % confidence" in found.reason
    assert "nor has the champion drifted" in found.reason


def test_unless_the_champion_has_drifted_and_it_is_no_worse(
    sensible: TrainedPropensity, sibling: TrainedPropensity, worse: TrainedPropensity,
    busy_work: Path, moved: Profile,
) -> None:  # fmt: skip
    drifted = dataclasses.replace(sensible, profile=moved)
    assert not gate(worse, drifted, busy_work).passed
    found = gate(sibling, drifted, busy_work)
    assert found.passed
    assert "the champion has drifted (drift: the propensity of the universe" in found.reason


def test_conversions_are_compared_at_snapshots_after_both_trainings(
    sensible: TrainedPropensity, backward: TrainedPropensity, busy_work: Path
) -> None:
    asked = {"target": "conversion", "horizon_days": 120}
    ours, theirs = (dataclasses.replace(one, **asked) for one in (sensible, backward))
    assert LATER in gate(ours, theirs, busy_work).reason


def test_a_few_later_outcomes_prove_nothing(
    sensible: TrainedPropensity, backward: TrainedPropensity, busy_work: Path
) -> None:
    lately = dataclasses.replace(backward, as_of=datetime(2025, 11, 20))
    deals = won_after(busy_work, datetime(2025, 11, 20))
    assert 0 < deals < LEAST_WON
    assert "by the back-tests at training" in gate(lately, sensible, busy_work).reason


def test_nobody_is_judged_on_rows_that_either_was_trained_on(
    sensible: TrainedPropensity, busy_work: Path
) -> None:
    moments = (TRAINED_AT, datetime(2025, 2, 1))
    old, new = (dataclasses.replace(sensible, as_of=moment) for moment in moments)
    won = {
        pair: int(re.findall(r"\((\d+) won\)", gate(*models, busy_work).reason)[0])
        for pair, models in {"old": (old, old), "up": (new, old), "down": (old, new)}.items()
    }
    assert won["up"] == won["down"] < won["old"]
    assert won["up"] <= won_after(busy_work, moments[1])


def test_a_model_that_does_not_say_when_its_data_ends_may_have_seen_every_row(
    sensible: TrainedPropensity, backward: TrainedPropensity, busy_work: Path
) -> None:
    anybody = dataclasses.replace(sensible, as_of=None)
    for pair in ((anybody, backward), (backward, anybody)):
        assert on_later_outcomes(*pair, Crm.open(busy_work)) is None


# --- kinds -------------------------------------------------------------------------------------


def test_seed_and_threads_and_a_way_through_a_file_make_no_other_kind(
    sensible: TrainedPropensity, tmp_path: Path, table: TrainingTable, small_model: SmallModel
) -> None:
    save_propensity(sensible, tmp_path / "model")
    assert differences(load_propensity(tmp_path / "model"), sensible) == ()
    assert differences(small_model(table, random_state=7, n_jobs=2), sensible) == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": ("employees", "intent:crm", "engagement_points")}, ()),
        ({"held_back": {"status": "no history"}}, ()),
        ({"half_life_days": 60.0}, ("half_life_days",)),
        ({"columns": ("employees", "engagement_points")}, ("tables",)),
    ],
)
def test_what_the_data_decides_makes_no_other_kind_and_what_people_decide_does(
    sensible: TrainedPropensity, change: dict[str, Any], told: tuple[str, ...]
) -> None:
    other = dataclasses.replace(sensible, spec=dataclasses.replace(sensible.spec, **change))
    assert differences(other, sensible) == told


def won_after(work: Path, moment: datetime) -> int:
    crm = Crm.open(work)
    deals = crm.to_arrow(crm.table("opportunities")).to_pandas()
    return int((deals["is_won"].eq(True) & (deals["closed_at"] >= pd.Timestamp(moment))).sum())
