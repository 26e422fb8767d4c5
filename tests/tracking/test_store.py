"""MLflow's database: whole, quiet, without network, in any directory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from abm_ml.errors import ArtefactError
from abm_ml.tracking.store import DATABASE, has_store, open_store

FIRST_START = """
import socket, sys
from pathlib import Path

def refuse(*_):
    raise AssertionError("the network was used")

socket.socket.connect = refuse
socket.getaddrinfo = refuse
from abm_ml.tracking.store import open_store

open_store(Path(sys.argv[1])).search_experiments()
import mlflow.telemetry

assert mlflow.telemetry.get_telemetry_client() is None
"""


def test_the_first_start_prints_nothing_and_uses_no_network(tmp_path: Path) -> None:
    """In a process of its own, where nothing tells MLflow that it is being tested."""
    outside = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    outside.pop("CI", None)
    done = subprocess.run(
        [sys.executable, "-c", FIRST_START, str(tmp_path / "models")],
        capture_output=True,
        text=True,
        env=outside,
        cwd=tmp_path,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.rglob("*")] == ["models", DATABASE]


def test_a_models_directory_without_a_database_is_known_without_touching_it(
    tmp_path: Path,
) -> None:
    assert not has_store(tmp_path / "models")
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("name", ["模型 库", "a#b", "it's"])
def test_any_directory_name_will_do(migrated: Path, tmp_path: Path, name: str) -> None:
    directory = Path(shutil.copytree(migrated, tmp_path / name))
    open_store(directory).create_registered_model("m")
    assert [model.name for model in open_store(directory).search_registered_models()] == ["m"]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_replaced_directory_is_not_mixed_up_with_the_one_before(
    models: Path, migrated: Path
) -> None:
    open_store(models).create_registered_model("earlier")
    os.rename(models, models.with_name("moved"))
    shutil.copytree(migrated, models)
    open_store(models).create_registered_model("later")

    def names(directory: Path) -> list[str]:
        return [model.name for model in open_store(directory).search_registered_models()]

    assert names(models) == ["later"]
    assert names(models.with_name("moved")) == ["earlier"]


def test_something_else_under_that_name_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_text("not a database at all")
    with pytest.raises(ArtefactError, match=r"mlflow.db: is not a database.*restore it"):
        open_store(tmp_path)


def test_a_name_that_mlflow_would_misread_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"what\?: MLflow keeps no database under a name"):
        open_store(tmp_path / "what?")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / DATABASE).mkdir()
    with pytest.raises(ArtefactError, match=r"mlflow.db: cannot be read \(Is a directory\)"):
        open_store(tmp_path)
