"""Law 7, and the way back: versions, aliases, history, refused files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm_ml.errors import ArtefactError
from abm_ml.propensity.persist import TrainedPropensity, load_propensity
from abm_ml.tracking.registry import Registry

ROWS = pd.DataFrame({"employees": [10, 400, 990], "industry": ["IT", "医疗", "new"]})


def scores(trained: TrainedPropensity) -> bytes:
    """Predictions to the bit."""
    return np.asarray(trained.model.predict_proba(ROWS)).tobytes()


@pytest.fixture(scope="session")
def three_versions(
    migrated: Path, saved_models: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A models directory with three versions, none of them champion."""
    models = Path(shutil.copytree(migrated, tmp_path_factory.mktemp("three") / "models"))
    for number, directory in enumerate(saved_models, start=1):
        Registry(models).register(directory, run_id=f"run{number}", facts={"verdict": "good"})
    return models


@pytest.fixture
def filled(three_versions: Path, tmp_path: Path) -> Registry:
    """A copy of one's own."""
    return Registry(Path(shutil.copytree(three_versions, tmp_path / "models")))


def promote(registry: Registry, *versions: str) -> None:
    for version in versions:
        registry.move_champion(version, action="promote", who="ada", why="better")


# --- versions and aliases ----------------------------------------------------------------------


def test_versions_are_counted_and_the_last_one_is_the_challenger(filled: Registry) -> None:
    assert list(filled.versions()) == ["1", "2", "3"]
    assert filled.versions()["2"]["verdict"] == "good"
    assert (filled.alias("challenger"), filled.alias("champion")) == ("3", None)


def test_a_model_is_found_by_version_and_by_alias(filled: Registry) -> None:
    promote(filled, "2")
    assert filled.load("champion")[1] == filled.load()[1] == "2"
    assert filled.load("challenger")[1] == "3"
    assert scores(filled.load("1")[0]) != scores(filled.load("2")[0])


def test_what_is_not_there_is_named_with_what_is(filled: Registry) -> None:
    with pytest.raises(ArtefactError, match=r"there is no champion now; there is version 1, vers"):
        filled.load()
    promote(filled, "1")
    listed = r"there is no version 9; there is version 1 \(champion\), version 2, version 3 \(chall"
    with pytest.raises(ArtefactError, match=listed):
        filled.load("9")


def test_reading_an_empty_registry_creates_nothing(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "models")
    assert registry.alias("champion") is None
    assert registry.versions() == {}
    assert registry.history() == []
    with pytest.raises(ArtefactError, match=r"no model is registered; run  abm train  first"):
        registry.load()
    assert list(tmp_path.iterdir()) == []


# --- law 7 -------------------------------------------------------------------------------------


def test_a_loaded_model_gives_equal_predictions(filled: Registry, saved_models: list[Path]) -> None:
    assert scores(filled.load("1")[0]) == scores(load_propensity(saved_models[0]))


def test_a_registry_works_from_wherever_it_was_moved_to(filled: Registry) -> None:
    promote(filled, "2")
    before = scores(filled.load()[0])
    moved = filled.models.with_name("模型")
    os.rename(filled.models, moved)
    assert scores(Registry(moved).load()[0]) == before


def edit(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def rewrite_manifest(path: Path) -> None:
    (path.parent / "manifest.json").write_text('{"files": {}}')


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (edit, r"model\.json: changed since it was saved"),
        (Path.unlink, r"model\.json: missing"),
        (lambda path: shutil.copy(path, path.with_name("more.pkl")), r"more\.pkl: not in the mani"),
        (rewrite_manifest, r"manifest\.json: changed since it was registered"),
        (lambda path: shutil.rmtree(path.parent), r"manifest\.json: missing"),
    ],
)
def test_changed_files_are_refused_by_name(
    filled: Registry, change: Callable[[Path], object], complaint: str
) -> None:
    change(filled.models / "artefacts" / "propensity-run2" / "model.json")
    filled.load("1")
    with pytest.raises(ArtefactError, match=complaint):
        filled.load("2")


# --- who, when, why ----------------------------------------------------------------------------


def test_every_move_of_the_champion_is_recorded(filled: Registry) -> None:
    promote(filled, "1")
    filled.move_champion("2", action="promote", who="李雷", why="更好：AUC 0.8")
    first, second = Registry(filled.models).history()
    assert (first.version, first.previous, first.who) == ("1", None, "ada")
    assert (second.action, second.version, second.previous) == ("promote", "2", "1")
    assert (second.who, second.why) == ("李雷", "更好：AUC 0.8")
    assert datetime.now(UTC) - datetime.fromisoformat(second.when) < timedelta(minutes=1)


def test_the_way_back_leads_through_earlier_champions_and_not_in_circles(
    filled: Registry,
) -> None:
    promote(filled, "1", "2", "3")
    for expected in ("2", "1"):
        assert filled.previous_champion() == expected
        filled.move_champion(expected, action="rollback", who="ada", why="worse")
    assert filled.previous_champion() is None


def test_after_a_rollback_a_later_promotion_leads_back_to_where_it_came_from(
    filled: Registry,
) -> None:
    promote(filled, "1", "2")
    filled.move_champion("1", action="rollback", who="ada", why="worse")
    promote(filled, "3")
    assert filled.previous_champion() == "1"


def test_a_move_that_was_recorded_and_then_killed_does_not_count(filled: Registry) -> None:
    promote(filled, "1", "2", "3")
    filled._client.set_registered_model_alias("propensity", "champion", "2")
    assert filled.previous_champion() == "1"
