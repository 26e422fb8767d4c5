"""A scoring run: which model it uses, and what it says when that model has drifted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.propensity.drift import Profile
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.scoring.drift import universe_profile
from abm_ml.tracking.indexes import IndexStore
from abm_ml.tracking.registry import Registry
from abm_ml.workflows.index import IndexBuild
from abm_ml.workflows.promote import promote, rollback
from abm_ml.workflows.score import ScoreRun, score

Register = Callable[..., None]
Run = Callable[..., ScoreRun]

TABLES = ("scored.parquet", "tal.parquet", "excluded.parquet", "tal.csv")


@pytest.fixture(scope="module")
def settled(trained_in: Path, world: Path, sensible: TrainedPropensity) -> TrainedPropensity:
    """A small model that was trained on this world up to its last instant."""
    loaded, _ = Registry(trained_in).load("1")
    small = {"model": sensible.model, "spec": sensible.spec, "verdict": "good"}
    bare = dataclasses.replace(loaded, **small, profile=None)
    assert bare.as_of is not None
    profile = universe_profile(Crm.open(world / "work", threads=1), bare, bare.as_of, 20_000)
    return dataclasses.replace(bare, profile=profile)


@pytest.fixture(scope="module")
def drifted(settled: TrainedPropensity) -> TrainedPropensity:
    """The same, had propensity lain far higher at its training."""
    assert settled.profile is not None
    X = pd.DataFrame(index=range(400))
    moved = Profile.of(X, np.linspace(0.9, 0.99, 400), {})
    profile = Profile(400, {**settled.profile.columns, **moved.columns})
    return dataclasses.replace(settled, profile=profile)


@pytest.fixture
def run(world: Path, models: Path, tmp_path: Path) -> Run:
    """Scores the world; the name is that of the output."""

    def scored(name: str, **given: object) -> ScoreRun:
        few = Params.model_validate({"threads": 1, "scoring": {"explain_top": 2}})
        return score(world / "work", tmp_path / name, few, models, **given)  # type: ignore[arg-type]

    return scored


def contents(out: Path) -> dict[str, bytes]:
    return {name: (out / name).read_bytes() for name in (*TABLES, "run.json", "report.html")}


def test_rollback_restores_the_earlier_list_to_the_byte_and_a_version_can_be_pinned(
    run: Run, models: Path, register: Register, settled: TrainedPropensity,
    backward: TrainedPropensity, tmp_path: Path,
) -> None:  # fmt: skip
    register(settled)
    promote(models)
    calm = run("first")
    assert calm.exit_code == 0
    assert calm.summary["drift"]["alarms"] == []
    assert {column["psi"] for column in calm.summary["drift"]["columns"]} == {0.0}
    register(dataclasses.replace(settled, model=backward.model))
    promote(models, force=True, why="to go back from")
    run("second")
    pinned = run("pinned", version="1")
    rollback(models)
    run("back")
    first, second, pin, back = (
        contents(tmp_path / name) for name in ("first", "second", "pinned", "back")
    )
    assert first == back == pin
    assert first["scored.parquet"] != second["scored.parquet"]
    assert pinned.summary["model_version"] == "1"
    for name, version in (("first", "1"), ("second", "2"), ("back", "1")):
        for table in ("scored", "tal"):
            rows = pd.read_parquet(tmp_path / name / f"{table}.parquet")
            assert (rows["model_version"] == version).all()
            assert len(rows)


def test_drift_is_named_everywhere_and_the_files_are_whole(
    run: Run, register: Register, drifted: TrainedPropensity, tmp_path: Path
) -> None:
    register(drifted)
    found = run("alarmed", version="1")
    assert found.exit_code == 3
    (alarm,) = (one for one in found.summary["drift"]["alarms"] if "propensity of the" in one)
    assert f"note     {alarm}" in found.to_text()
    saved = json.loads((tmp_path / "alarmed" / "run.json").read_text(encoding="utf-8"))
    assert alarm in saved["warnings"]
    assert alarm in saved["drift"]["alarms"]
    page = (tmp_path / "alarmed" / "report.html").read_text(encoding="utf-8")
    assert alarm in page
    assert 'id="drift"' in page
    assert set(contents(tmp_path / "alarmed")) == {*TABLES, "run.json", "report.html"}
    assert len(pd.read_parquet(tmp_path / "alarmed" / "tal.parquet")) == found.summary["tal"] > 0


def test_a_model_that_has_no_weight_in_the_list_cannot_drift(
    run: Run, register: Register, drifted: TrainedPropensity
) -> None:
    register(dataclasses.replace(drifted, verdict="no signal found"))
    found = run("tal", version="1")
    assert found.summary["drift"] is None
    assert found.exit_code == 0


def test_law_1_an_index_that_has_seen_later_outcomes_tells_no_similarity(
    world: Path, params: Params, indexed: IndexBuild, indexed_in: Path, tmp_path: Path
) -> None:
    until = IndexStore(indexed_in).seen_until()
    early = score(world / "work", tmp_path / "early", params, indexed_in, as_of="2025-01-01")
    assert f"seen outcomes until {until:%Y-%m-%d}" in early.to_text()
    assert pd.read_parquet(tmp_path / "early" / "scored.parquet")["similarity"].isna().all()
    score(world / "work", tmp_path / "now", params, indexed_in, as_of=until.isoformat())
    assert pd.read_parquet(tmp_path / "now" / "scored.parquet")["similarity"].notna().any()
