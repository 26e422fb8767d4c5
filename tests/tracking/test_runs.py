"""A training that was logged can be read back with MLflow's own client."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from abm_ml.errors import OutputError
from abm_ml.tracking.runs import TrainingRun, log_training
from abm_ml.tracking.store import open_store

RUN = TrainingRun(
    params={"seed": 7, "propensity": {"target": "win", "allow_columns": [], "folds": 2}},
    metrics={"auc": 0.71, "log_loss": 0.52},
    folds=[{"auc": 0.70}, {"auc": 0.72}],
    tags={"verdict": "good", "data_hash": "f" * 64},
    schema={"行业": "str", "engagements:all:30d": "float64"},
    pages={"report.html": "<p>回测</p>", "backtest.json": "{}"},
)


def test_params_figures_tags_and_pages_are_there(models: Path) -> None:
    run_id = log_training(models, RUN)
    client = open_store(models)
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params == {
        "seed": "7",
        "propensity.target": "win",
        "propensity.allow_columns": "[]",
        "propensity.folds": "2",
    }
    assert (run.data.metrics["auc"], run.data.metrics["log_loss"]) == (0.71, 0.52)
    folds = client.get_metric_history(run_id, "fold_auc")
    assert [(fold.step, fold.value) for fold in folds] == [(1, 0.70), (2, 0.72)]
    assert run.data.tags["verdict"] == "good"
    pages = models / "runs" / run_id / "artifacts"
    assert (pages / "report.html").read_text(encoding="utf-8") == "<p>回测</p>"
    assert json.loads((pages / "schema.json").read_text(encoding="utf-8")) == RUN.schema


def test_more_figures_than_mlflow_takes_at_once_are_all_logged(models: Path) -> None:
    params = {f"p{number}": "x" * 7_000 for number in range(250)}
    metrics = {f"m{number}": float(number) for number in range(350)}
    run_id = log_training(models, TrainingRun(params, metrics, [], {}, {}))
    run = open_store(models).get_run(run_id)
    assert run.data.metrics == metrics
    assert set(run.data.params) == set(params)


def test_after_a_move_earlier_pages_are_found_and_later_ones_do_not_go_astray(
    models: Path,
) -> None:
    earlier = log_training(models, RUN)
    moved = models.with_name("模型 moved")
    os.rename(models, moved)
    later = log_training(moved, RUN)
    client = open_store(moved)
    for run_id in (earlier, later):
        names = [file.path for file in client.list_artifacts(run_id)]
        assert names == ["backtest.json", "report.html", "schema.json"]
    assert not models.exists()


@pytest.fixture
def full_disk(models: Path) -> Iterator[Path]:
    """A models directory in which no file can grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    yield models
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_ends_in_one_sentence(full_disk: Path) -> None:
    with pytest.raises(OutputError, match=r"models: cannot be written \(.*\); choose another"):
        log_training(full_disk, RUN)


def test_a_models_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match=r"cannot be written \(.*File exists"):
        log_training(tmp_path / "file", RUN)
