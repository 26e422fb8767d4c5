"""A small export on disk, prepared: what the tests of reading have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from abm_ml.data.dialects import DIALECTS
from abm_ml.data.prepare import prepare_tables
from abm_ml.data.summary import PrepareSummary

ACCOUNTS = "account_id,name\nA1,Acme\nA2,Beta\nA3,Gamma\n"


@dataclass
class Prepared:
    out: Path
    summary: PrepareSummary

    def table(self, name: str) -> list[dict[str, Any]]:
        return pq.read_table(self.out / "canonical" / f"{name}.parquet").to_pylist()

    def columns(self, name: str) -> list[str]:
        return pq.read_schema(self.out / "canonical" / f"{name}.parquet").names

    def column(self, name: str, column: str) -> list[Any]:
        return [row[column] for row in self.table(name)]

    def quarantine(self, name: str) -> list[dict[str, Any]]:
        return pq.read_table(self.out / "quarantine" / f"{name}.parquet").to_pylist()


def _write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(data)
    return folder


def _holds_accounts(file: str) -> bool:
    stem = file.partition(".")[0]
    return any(dialect.table_of(stem) == "accounts" for dialect in DIALECTS.values())


@pytest.fixture
def export(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Path]:
    """Write files by name; gives their directory."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        return _write(tmp_path / "exports", files)

    return write


@pytest.fixture
def prepare(tmp_path: Path) -> Callable[..., Prepared]:
    """Prepare files given by name; three accounts are added where no file holds any."""
    runs = 0

    def run(files: Mapping[str, str | bytes], **settings: Any) -> Prepared:
        nonlocal runs
        runs += 1
        given = files if any(map(_holds_accounts, files)) else {"accounts.csv": ACCOUNTS, **files}
        exports = _write(tmp_path / f"exports{runs}", given)
        if isinstance(settings.get("mapping"), str):
            mapping = tmp_path / "mapping.yaml"
            mapping.write_text(settings["mapping"], encoding="utf-8")
            settings["mapping"] = mapping
        settings.setdefault("max_unreadable_share", 1.0)
        out = tmp_path / f"out{runs}"
        return Prepared(out, prepare_tables(exports, out, threads=1, **settings))

    return run
