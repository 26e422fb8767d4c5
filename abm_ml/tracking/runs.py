"""MLflow runs: what a training was given and what came of it, for later comparison.

Settings, figures and column names are logged, never rows: no contact is named here.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_ml.tracking.store import DATABASE, open_store, writing

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "propensity"

_FILES = "runs"
_PER_BATCH = 100
_LONGEST_PARAM = 6_000


@dataclass(frozen=True)
class TrainingRun:
    """What is worth keeping of one training.

    Parameters
    ----------
    params : mapping
        Settings, nested as in params.yaml.
    metrics : mapping of str to float
        Back-test figures over all folds.
    folds : sequence of mapping of str to float
        The same for each forward fold, oldest first.
    tags : mapping of str to str
        Verdict, target, data hash and the like.
    schema : mapping
        `inputs` and `outputs` of the model: columns with their types.
    pages : mapping of str to str
        Texts to be kept as files, by file name (the model card; back-test, leaks and
        importances as JSON).
    started : float
        Seconds since the epoch.
    """

    params: Mapping[str, Any]
    metrics: Mapping[str, float]
    folds: Sequence[Mapping[str, float]]
    tags: Mapping[str, str]
    schema: Mapping[str, Any]
    pages: Mapping[str, str] = field(default_factory=dict)
    started: float = field(default_factory=time.time)


def log_training(models: Path, run: TrainingRun, experiment: str = EXPERIMENT) -> str:
    """Log a finished training; nothing of it is left open if the process is killed before.

    Parameters
    ----------
    models : Path
        The models directory.
    run : TrainingRun
        What to log.
    experiment : str
        MLflow's name for runs of this kind.

    Returns
    -------
    str
        MLflow's run id.

    Raises
    ------
    OutputError
        If the models directory cannot be written.
    """
    from mlflow.entities import Metric, Param, RunTag

    client = open_store(models)
    with writing(models):
        started = int(run.started * 1000)
        created = client.create_run(_experiment(client, models, experiment), start_time=started)
        run_id: str = created.info.run_id
        params = [Param(name, text[:_LONGEST_PARAM]) for name, text in flat(run.params)]
        metrics = [Metric(*parts) for parts in _metrics(run, started)]
        tags = [RunTag(name, text) for name, text in sorted(run.tags.items())]
        for start in range(0, max(len(params), len(metrics), 1), _PER_BATCH):
            batch = slice(start, start + _PER_BATCH)
            client.log_batch(run_id, metrics[batch], params[batch], tags[batch])
        client.log_dict(run_id, dict(run.schema), "schema.json")
        for name, text in run.pages.items():
            client.log_text(run_id, text, name)
        client.set_terminated(run_id)
    return run_id


def page_path(models: Path, run_id: str, name: str) -> Path:
    """Where a page of a run lies."""
    return models / _FILES / run_id / "artifacts" / name


def flat(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Leaves of nested settings as dotted names and texts.

    Examples
    --------
    >>> list(flat({"seed": 0, "propensity": {"folds": 4, "num_leaves": [7, 15]}}))
    [('seed', '0'), ('propensity.folds', '4'), ('propensity.num_leaves', '[7, 15]')]
    """
    for name, value in nested.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield f"{prefix}{name}", text


def _metrics(run: TrainingRun, instant: int) -> Iterator[tuple[str, float, int, int]]:
    """Name, value, timestamp and step of every figure; the step of a fold is its number."""
    for name, value in run.metrics.items():
        yield name, value, instant, 0
    for number, fold in enumerate(run.folds, start=1):
        for name, value in fold.items():
            yield f"fold_{name}", value, instant, number


def _experiment(client: MlflowClient, models: Path, name: str) -> str:
    """The experiment's id, its files under the models directory wherever that is now."""
    files = (models.resolve() / _FILES).as_uri()
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name, artifact_location=files))
    if found.artifact_location != files:
        _relocate(models / DATABASE, found.artifact_location, files)
    return str(found.experiment_id)


def _relocate(database: Path, old: str, new: str) -> None:
    """Point to the files of earlier runs after the models directory was moved or copied.

    MLflow stores absolute places and has no call to change them.
    """
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE experiments SET artifact_location = ? WHERE artifact_location = ?", (new, old)
        )
        connection.execute(
            "UPDATE runs SET artifact_uri = ? || substr(artifact_uri, ?) "
            "WHERE substr(artifact_uri, 1, ?) = ?",
            (new, len(old) + 1, len(old) + 1, f"{old}/"),
        )
