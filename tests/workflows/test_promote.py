"""Promotion by the gate and the way back, each recorded, with real models."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from abm_ml.errors import ArtefactError, ParamsError
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.propensity.training import TrainingTable
from abm_ml.tracking.registry import Registry
from abm_ml.workflows.promote import promote, rollback

Register = Callable[..., None]
Losses = Callable[..., dict[str, Any]]

# --- promotion ---------------------------------------------------------------------------------


def test_a_challenger_that_passes_is_champion_and_the_record_says_why(
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    register(sensible)
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
    assert result.move == move
    said, recorded = result.to_text().splitlines()
    assert said.startswith("version 1 is champion: the first champion")
    assert recorded.startswith("recorded: promote from no champion to version 1 by ada, 20")


def test_one_that_does_not_pass_changes_nothing(
    models: Path,
    register: Register,
    sensible: TrainedPropensity,
    losses: Losses,
) -> None:
    worse = dataclasses.replace(sensible, report=losses(0.58))
    register(sensible, worse)
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
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    register(dataclasses.replace(sensible, verdict="no signal found"))
    with pytest.raises(ParamsError, match=r"--force needs a reason.*--why"):
        promote(models, force=True, why=" ")
    assert Registry(models).alias("champion") is None
    assert promote(models, force=True, why="a pilot").passed
    (move,) = Registry(models).history()
    assert move.why.startswith("a pilot (forced although its back-test found no signal")
    assert move.who


def test_a_second_promotion_of_the_champion_is_no_move(
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    register(sensible)
    promote(models)
    assert promote(models).passed
    assert len(Registry(models).history()) == 1


def test_a_changed_challenger_is_refused(
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    register(sensible)
    arrays = models / "artefacts" / "propensity-run1" / "arrays.npz"
    arrays.write_bytes(arrays.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ArtefactError, match=r"arrays\.npz: changed since it was saved"):
        promote(models)
    assert Registry(models).alias("champion") is None


def test_a_champion_that_cannot_be_read_is_replaced_only_by_force(
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    register(sensible)
    promote(models)
    (models / "artefacts" / "propensity-run1" / "model.json").write_text("{}")
    register(sensible)
    found = promote(models)
    assert not found.passed
    assert "the champion cannot be read, so nothing can be compared with it" in found.reason
    assert "model.json: changed since it was saved" in found.reason
    assert promote(models, force=True, why="its disk broke").passed
    assert Registry(models).history()[-1].why.startswith("its disk broke (forced although the")


def test_the_gate_uses_newer_data_where_it_is_given_and_tells_the_figures(
    models: Path,
    register: Register,
    sensible: TrainedPropensity,
    backward: TrainedPropensity,
    busy_work: Path,
    losses: Losses,
) -> None:
    register(sensible, dataclasses.replace(backward, report=losses(0.30)))
    promote(models, version="1")
    told = promote(models, data=busy_work).to_dict()
    assert not told["passed"]
    assert told["figures"]["gain"] < -told["figures"]["allowed"] < 0
    assert f"a gain of {told['figures']['gain']:+.4f}" in told["reason"]
    assert told["move"] is None
    assert Registry(models).alias("champion") == "1"


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
    register: Register,
    table: TrainingTable,
    sensible: TrainedPropensity,
    backward: TrainedPropensity,
) -> None:
    register(sensible)
    promote(models)
    before = scores(models, table)
    register(backward)
    promote(models)
    assert scores(models, table) != before
    result = rollback(models, why="it ranks them backward", who="ada")
    assert scores(models, table) == before
    assert (result.passed, result.version, result.previous) == (True, "1", "2")
    last = Registry(models).history()[-1]
    assert (last.action, last.version, last.previous) == ("rollback", "1", "2")
    assert (last.who, last.why) == ("ada", "it ranks them backward")


def test_what_was_rolled_back_does_not_come_back_by_itself(
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    register(sensible)
    promote(models)
    register(sensible)
    promote(models)
    rollback(models)
    with pytest.raises(
        ArtefactError, match=r"no challenger now; there is version 1 \(champion\), version 2$"
    ):
        promote(models)
    assert promote(models, version="2").passed


def test_a_newer_challenger_survives_a_rollback(
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    register(sensible, sensible, sensible)
    promote(models, version="1")
    promote(models, version="2")
    rollback(models)
    assert Registry(models).alias("challenger") == "3"


def test_without_an_earlier_champion_there_is_no_way_back(
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    with pytest.raises(ArtefactError, match=r"no earlier champion to go back to"):
        rollback(models)
    register(sensible)
    promote(models)
    with pytest.raises(ArtefactError, match=r"no earlier champion to go back to"):
        rollback(models)


def test_a_changed_earlier_champion_is_not_brought_back(
    models: Path, register: Register, sensible: TrainedPropensity
) -> None:
    register(sensible, sensible)
    promote(models, version="1")
    promote(models, version="2")
    (models / "artefacts" / "propensity-run1" / "model.json").unlink()
    with pytest.raises(ArtefactError, match=r"model\.json: missing"):
        rollback(models)
    assert Registry(models).alias("champion") == "2"
