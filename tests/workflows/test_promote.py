"""The gate and the way back, with real models on real outcomes of a simulated world."""

from __future__ import annotations

import dataclasses
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.errors import ArtefactError, ParamsError
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.persist import TrainedPropensity, save_propensity
from abm_ml.propensity.training import TrainingTable, training_table
from abm_ml.tracking.registry import Registry
from abm_ml.tracking.store import open_store
from abm_ml.workflows.gate import LEAST_WON, gate
from abm_ml.workflows.prepare import prepare
from abm_ml.workflows.promote import promote, rollback

TRAINED_AT = datetime(2025, 1, 1)
SPEC = FeatureSpec(columns=("employees", "industry", "engagement_points", "intent_max"))


def report(model: float, base_rate: float = 0.60) -> dict[str, Any]:
    """A back-test's log losses."""
    losses = {"model": model, "base_rate": base_rate}
    return {"metrics": {name: {"log_loss": {"value": loss}} for name, loss in losses.items()}}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared world with enough outcomes after the trainings."""
    folder = tmp_path_factory.mktemp("larger")
    simulate_world(folder, accounts=1_500, seed=1, world=World(events_per_account=4))
    prepare(folder / "exports", folder / "work", Params())
    return folder / "work"


@pytest.fixture(scope="module")
def table(work: Path) -> TrainingTable:
    """What was known at the trainings."""
    return training_table(
        Crm.open(work), "win", until=TRAINED_AT, spec=SPEC, opportunity_columns=False
    )


def fit(table: TrainingTable, y: np.ndarray) -> TrainedPropensity:
    model = PropensityModel(regularisation=(0.2,), num_leaves=(7,), max_trees=10, n_folds=2)
    return TrainedPropensity(
        model=model.fit(table.X, y, time=table.time, known_at=table.known_at),
        spec=SPEC,
        target="win",
        verdict="good",
        base_rate=float(y.mean()),
        report=report(0.55),
        as_of=TRAINED_AT,
    )


@pytest.fixture(scope="module")
def sensible(table: TrainingTable) -> TrainedPropensity:
    """A model of who is won."""
    return fit(table, table.y)


@pytest.fixture(scope="module")
def backward(table: TrainingTable) -> TrainedPropensity:
    """A model of who is lost, which claims to be a model of who is won."""
    return fit(table, 1 - table.y)


# --- the gate ----------------------------------------------------------------------------------


def test_the_first_champion_needs_a_signal_and_nothing_else(sensible: TrainedPropensity) -> None:
    assert gate(sensible, None).passed
    no_signal = dataclasses.replace(sensible, verdict="no signal found")
    assert not gate(no_signal, None).passed
    assert "found no signal" in gate(no_signal, sensible).reason


@pytest.mark.parametrize(("loss", "passed"), [(0.54, True), (0.559, True), (0.562, False)])
def test_without_later_outcomes_the_recorded_back_tests_decide(
    sensible: TrainedPropensity, loss: float, passed: bool
) -> None:
    found = gate(dataclasses.replace(sensible, report=report(loss)), sensible)
    assert found.passed is passed
    assert "by the back-tests at training" in found.reason
    assert "against the champion's 0.0500" in found.reason


def test_a_higher_rate_of_wins_in_the_later_back_test_is_no_fault_of_the_model(
    sensible: TrainedPropensity,
) -> None:
    busier_season = dataclasses.replace(sensible, report=report(0.60, base_rate=0.65))
    assert gate(busier_season, sensible).passed


def test_models_that_answer_different_questions_are_not_compared(
    sensible: TrainedPropensity,
) -> None:
    other = dataclasses.replace(sensible, target="conversion", horizon_days=180)
    found = gate(other, sensible)
    assert not found.passed
    assert "predicts conversion within 180 days and the champion win" in found.reason
    assert "--force --why" in found.reason


def test_outcomes_after_both_trainings_decide_whatever_the_back_tests_say(
    sensible: TrainedPropensity, backward: TrainedPropensity, work: Path
) -> None:
    boasting = dataclasses.replace(backward, report=report(0.30))
    assert gate(boasting, sensible).passed
    refused = gate(boasting, sensible, work)
    assert not refused.passed
    assert "later outcomes that neither could know" in refused.reason
    assert gate(sensible, boasting, work).passed


def test_conversions_are_compared_at_snapshots_after_both_trainings(
    sensible: TrainedPropensity, backward: TrainedPropensity, work: Path
) -> None:
    asked = {"target": "conversion", "horizon_days": 120}
    ours, theirs = (dataclasses.replace(one, **asked) for one in (sensible, backward))
    assert "later outcomes that neither could know" in gate(ours, theirs, work).reason


def test_a_few_later_outcomes_prove_nothing(
    sensible: TrainedPropensity, backward: TrainedPropensity, work: Path
) -> None:
    lately = dataclasses.replace(backward, as_of=datetime(2025, 11, 20))
    crm = Crm.open(work)
    deals = crm.to_arrow(crm.table("opportunities")).to_pandas()
    later = deals[deals["is_won"].eq(True) & (deals["closed_at"] >= pd.Timestamp(2025, 11, 20))]
    assert 0 < len(later) < LEAST_WON
    assert "by the back-tests at training" in gate(lately, sensible, work).reason


# --- promotion ---------------------------------------------------------------------------------


@pytest.fixture
def models(tmp_path: Path, empty_store: Path) -> Path:
    return Path(shutil.copytree(empty_store, tmp_path / "models"))


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database migrated once."""
    directory = tmp_path_factory.mktemp("empty") / "models"
    open_store(directory)
    return directory


def register(models: Path, tmp_path: Path, *versions: TrainedPropensity) -> None:
    for trained in versions:
        number = len(Registry(models).versions()) + 1
        save_propensity(trained, tmp_path / f"saved{number}")
        Registry(models).register(tmp_path / f"saved{number}", run_id=f"run{number}", facts={})


def test_a_challenger_that_passes_is_champion_and_the_record_says_why(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    register(models, tmp_path, sensible)
    result = promote(models, why="go live", who="ada")
    assert (result.passed, result.version, result.previous, result.exit_code) == (
        True,
        "1",
        None,
        0,
    )
    assert Registry(models).alias("champion") == "1"
    (move,) = Registry(models).history()
    assert (move.action, move.who) == ("promote", "ada")
    assert move.why == "go live (the first champion; verdict of its back-test: good)"
    assert result.to_text().startswith("version 1 is champion: the first champion")


def test_one_that_does_not_pass_changes_nothing(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    worse = dataclasses.replace(sensible, report=report(0.58))
    register(models, tmp_path, sensible, worse)
    promote(models, version="1")
    before = Registry(models).history()
    result = promote(models)
    assert (result.passed, result.version, result.previous, result.exit_code) == (
        False,
        "2",
        "1",
        3,
    )
    assert "version 2 was not promoted, version 1 stays champion: worse" in result.to_text()
    assert Registry(models).alias("champion") == "1"
    assert Registry(models).history() == before


def test_force_needs_a_reason_and_records_it(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    register(models, tmp_path, dataclasses.replace(sensible, verdict="no signal found"))
    with pytest.raises(ParamsError, match=r"--force needs a reason.*--why"):
        promote(models, force=True, why=" ")
    assert Registry(models).alias("champion") is None
    assert promote(models, force=True, why="a pilot").passed
    (move,) = Registry(models).history()
    assert move.why.startswith("a pilot (forced although its back-test found no signal")
    assert move.who


def test_a_second_promotion_of_the_champion_is_no_move(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    register(models, tmp_path, sensible)
    promote(models)
    assert promote(models).passed
    assert len(Registry(models).history()) == 1


def test_the_gate_uses_newer_data_where_it_is_given(
    models: Path,
    tmp_path: Path,
    sensible: TrainedPropensity,
    backward: TrainedPropensity,
    work: Path,
) -> None:
    boasting = dataclasses.replace(backward, report=report(0.30))
    register(models, tmp_path, sensible, boasting)
    promote(models, version="1")
    assert not promote(models, data=work).passed
    assert Registry(models).alias("champion") == "1"


def test_a_changed_challenger_is_refused(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    register(models, tmp_path, sensible)
    arrays = models / "artefacts" / "propensity-run1" / "arrays.npz"
    arrays.write_bytes(arrays.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ArtefactError, match=r"arrays\.npz: changed since it was saved"):
        promote(models)
    assert Registry(models).alias("champion") is None


def test_with_nothing_trained_there_is_nothing_to_promote(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"no model is registered; run  abm train  first"):
        promote(tmp_path / "models")
    assert not (tmp_path / "models").exists()


# --- the way back ------------------------------------------------------------------------------


def scores(models: Path, table: TrainingTable) -> bytes:
    trained, _ = Registry(models).load("champion")
    return np.asarray(trained.model.predict_proba(table.X)).tobytes()


def test_rollback_restores_the_earlier_scores_to_the_byte(
    models: Path,
    tmp_path: Path,
    table: TrainingTable,
    sensible: TrainedPropensity,
    backward: TrainedPropensity,
) -> None:
    register(models, tmp_path, sensible)
    promote(models)
    before = scores(models, table)
    register(models, tmp_path, backward)
    promote(models)
    assert scores(models, table) != before
    result = rollback(models, why="it ranks them backward", who="ada")
    assert scores(models, table) == before
    assert (result.passed, result.version, result.previous) == (True, "1", "2")
    last = Registry(models).history()[-1]
    assert (last.action, last.version, last.previous) == ("rollback", "1", "2")
    assert (last.who, last.why) == ("ada", "it ranks them backward")


def test_what_was_rolled_back_does_not_come_back_by_itself(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    register(models, tmp_path, sensible)
    promote(models)
    register(models, tmp_path, sensible)
    promote(models)
    rollback(models)
    with pytest.raises(
        ArtefactError, match=r"no challenger of the model; there are champion, 1, 2"
    ):
        promote(models)
    assert promote(models, version="2").passed


def test_a_newer_challenger_survives_a_rollback(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    register(models, tmp_path, sensible, sensible, sensible)
    promote(models, version="1")
    promote(models, version="2")
    rollback(models)
    assert Registry(models).alias("challenger") == "3"


def test_without_an_earlier_champion_there_is_no_way_back(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    with pytest.raises(ArtefactError, match=r"no earlier champion to go back to"):
        rollback(models)
    register(models, tmp_path, sensible)
    promote(models)
    with pytest.raises(ArtefactError, match=r"no earlier champion to go back to"):
        rollback(models)


def test_a_changed_earlier_champion_is_not_brought_back(
    models: Path, tmp_path: Path, sensible: TrainedPropensity
) -> None:
    register(models, tmp_path, sensible, sensible)
    promote(models, version="1")
    promote(models, version="2")
    (models / "artefacts" / "propensity-run1" / "model.json").unlink()
    with pytest.raises(ArtefactError, match=r"model\.json: missing"):
        rollback(models)
    assert Registry(models).alias("champion") == "2"
