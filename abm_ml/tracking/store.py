"""One MLflow database in the models directory, opened quietly and without network."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from abm_ml.errors import ArtefactError, OutputError

if TYPE_CHECKING:
    from mlflow import MlflowClient

DATABASE = "mlflow.db"

_SQLITE_HEADER = b"SQLite format 3\x00"

_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "GIT_PYTHON_REFRESH": "quiet",
    # A connection kept open would go on writing into a models directory that was replaced.
    "MLFLOW_SQLALCHEMYSTORE_POOLCLASS": "NullPool",
}
"""Environment that MLflow reads once, at its import; what the user has set stays."""


def has_store(models: Path) -> bool:
    """Whether anything was ever tracked in a models directory."""
    return (models / DATABASE).exists()


def open_store(models: Path) -> MlflowClient:
    """MLflow's client on the database of a models directory, created where absent.

    Parameters
    ----------
    models : Path
        The models directory.

    Raises
    ------
    ArtefactError
        If the database cannot be read, or MLflow cannot keep one in such a directory.
    """
    database = models.resolve() / DATABASE
    if set("?%") & set(str(database)):
        raise ArtefactError(
            f"{models}: MLflow keeps no database under a name with '?' or '%'; "
            "choose another directory"
        )
    if not database.exists():
        _create(database)
    _check_header(database)
    return _connect(database)


@contextmanager
def writing(models: Path) -> Iterator[None]:
    """Whatever keeps the block from writing to the models directory becomes one sentence.

    Raises
    ------
    OutputError
        In place of MLflow's and the system's own errors.
    """
    _quieten()
    from mlflow.exceptions import MlflowException

    try:
        yield
    except (MlflowException, sqlite3.Error, OSError) as error:
        what = str(error).splitlines()[0]
        raise OutputError(
            f"{models}: cannot be written ({what}); choose another directory with  --models"
        ) from error


def _create(database: Path) -> None:
    """A new database with MLflow's tables, whole from the first moment it is there."""
    with writing(database.parent):
        database.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=database.parent, prefix=".new-") as folder:
            fresh = Path(folder) / DATABASE
            fresh.write_bytes(_empty_database())
            os.replace(fresh, database)


@cache
def _empty_database() -> bytes:
    """A database of MLflow's in which nothing was tracked; its some hundred steps take seconds."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / DATABASE
        _connect(fresh).search_experiments(max_results=1)
        return fresh.read_bytes()


def _connect(database: Path) -> MlflowClient:
    _quieten()
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    uri = f"sqlite:///{database}"
    try:
        return MlflowClient(tracking_uri=uri, registry_uri=uri)
    except MlflowException as error:
        raise ArtefactError(f"{database}: not readable by this MLflow: {error}") from error


def _quieten() -> None:
    """To be called before each import of MLflow."""
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)


def _check_header(database: Path) -> None:
    """MLflow retries a broken database for a minute before it says so; we look first."""
    try:
        with database.open("rb") as file:
            header = file.read(len(_SQLITE_HEADER))
    except OSError as error:
        raise ArtefactError(f"{database}: cannot be read ({error.strerror})") from error
    if header != _SQLITE_HEADER:
        raise ArtefactError(
            f"{database}: is not a database (damaged, or another kind of file); "
            "restore it from a backup, or move it away and train again"
        )
