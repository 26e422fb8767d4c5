"""What prepare did, in counts that must add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from abm_ml.data.plan import ExportPlan
from abm_ml.data.readers import Source
from abm_ml.data.staging import StagedFile
from abm_ml.data.tables import Workbench
from abm_ml.errors import AbmError, DataError


@dataclass(frozen=True)
class FileCounts:
    """Rows of one file: all of them are canonical or quarantined."""

    file: str
    table: str
    rows: int
    canonical: int
    quarantined: int


@dataclass(frozen=True)
class TableCounts:
    """Rows of one table; `reasons` parts the quarantined ones by sort, duplicates among them."""

    rows: int
    canonical: int
    quarantined: int
    duplicates: int
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class IgnoredFile:
    """A file that feeds no table; rows is None where it could not be read."""

    file: str
    rows: int | None


@dataclass(frozen=True)
class PrepareSummary:
    """Everything that went in, and where it is now.

    Parameters
    ----------
    dialect : str
        How the exports name files and columns.
    files : tuple of FileCounts
        By file.
    tables : mapping of str to TableCounts
        By canonical table.
    ignored : tuple of IgnoredFile
        Files without a table.
    warnings : tuple of str
        What somebody should know about.
    completed : mapping of str to int
        Empty values that were filled from a matched record, by table and column; each stands
        with its source in `completions.parquet`.
    """

    dialect: str
    files: tuple[FileCounts, ...]
    tables: Mapping[str, TableCounts]
    ignored: tuple[IgnoredFile, ...]
    warnings: tuple[str, ...]
    completed: Mapping[str, int] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The summary in plain types, as `summary.json` holds it."""
        return {
            "dialect": self.dialect,
            "files": [asdict(counts) for counts in self.files],
            "tables": {table: asdict(counts) for table, counts in self.tables.items()},
            "ignored": [asdict(file) for file in self.ignored],
            "warnings": list(self.warnings),
            "completed": dict(self.completed),
        }


def summarise(
    bench: Workbench,
    plan: ExportPlan,
    staged: Mapping[str, list[StagedFile]],
    out: Path,
    warnings: list[str],
    completed: Mapping[str, int],
) -> PrepareSummary:
    """Count what went in and what was written.

    Raises
    ------
    AbmError
        If the counts do not add up: rows were lost or doubled, which must not happen.
    """
    files = tuple(_file_counts(bench, one) for many in staged.values() for one in many)
    tables = {table: _table_counts(bench, table, many) for table, many in staged.items()}
    for counts in files:
        refuse_mismatch(counts.file, counts.rows, counts.canonical, counts.quarantined)
    for table, count in tables.items():
        written = _rows(out / "canonical" / f"{table}.parquet")
        refuse_mismatch(table, count.rows, written, _rows(out / "quarantine" / f"{table}.parquet"))
    ignored = tuple(IgnoredFile(source.label, _count(source)) for source in plan.ignored)
    return PrepareSummary(
        dialect=plan.dialect.name,
        files=files,
        tables=tables,
        ignored=ignored,
        warnings=(*warnings, *_warnings(bench, tables)),
        completed=completed,
    )


def refuse_mismatch(what: str, rows: int, canonical: int, quarantined: int) -> None:
    """Stop where rows were lost or doubled on the way.

    Raises
    ------
    AbmError
        If the parts do not make up the whole.
    """
    if rows != canonical + quarantined:
        raise AbmError(
            f"{what}: {rows} rows went in, but {canonical} are canonical and {quarantined} "
            "quarantined: this is a fault of abm_ml, please report it"
        )


def _file_counts(bench: Workbench, staged: StagedFile) -> FileCounts:
    label, table = staged.plan.source.label, staged.plan.table
    kept, left = (
        bench.con.execute(f"SELECT count(*) FROM {name} WHERE _file = ?", [label]).fetchone()[0]
        for name in (f'"{table}"', "quarantined")
    )
    return FileCounts(label, table, staged.rows, kept, left)


def _table_counts(bench: Workbench, table: str, staged: list[StagedFile]) -> TableCounts:
    reasons = dict(
        bench.con.execute(
            "SELECT sort, count(*) FROM quarantined WHERE tbl = ? GROUP BY 1 ORDER BY 1", [table]
        ).fetchall()
    )
    return TableCounts(
        rows=sum(one.rows for one in staged),
        canonical=bench.count(f'SELECT count(*) FROM "{table}"'),
        quarantined=sum(reasons.values()),
        duplicates=reasons.get("duplicate", 0),
        reasons=reasons,
    )


def _rows(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def _count(source: Source) -> int | None:
    """Records of a file that feeds no table, if it can be read at all."""
    if not source.readable:
        return None
    try:
        chunks = source.open().chunks()
        return sum(len(chunk.rows) + len(chunk.malformed) for chunk in chunks)
    except DataError:
        return None


def _warnings(bench: Workbench, tables: Mapping[str, TableCounts]) -> list[str]:
    found = [
        f"{table}: the file has a header but no rows"
        for table, counts in tables.items()
        if not counts.rows
    ]
    unheard = tables["suppressions"].quarantined if "suppressions" in tables else 0
    if unheard:
        found.append(f"suppressions: {unheard} are in quarantine: whom they name is not suppressed")
    undone = tables["overrides"].quarantined if "overrides" in tables else 0
    if undone:
        found.append(f"overrides: {undone} are in quarantine: what they decide is not done")
    for table, needs, condition, sentence in _ODDITIES:
        if all(bench.has(table, column) for column in needs):
            count = bench.count(f'SELECT count(*) FROM "{table}" WHERE {condition}')
            if count:
                found.append(f"{table}: {count} {sentence}")
    return found


_ODDITIES = (
    (
        "opportunities",
        ("closed_at",),
        "is_won IS NOT NULL AND closed_at::DATE < created_at::DATE",
        "were closed before they were created: kept, but no model learns from them",
    ),
    (
        "opportunities",
        ("closed_at",),
        "is_won IS NOT NULL AND closed_at IS NULL",
        "are closed but have no closing date: kept, but no model learns from them",
    ),
    (
        "leads",
        ("account_id",),
        "account_id IS NULL",
        "belong to no known account",
    ),
    (
        "engagements",
        ("account_id",),
        "account_id IS NULL",
        "could be traced to no account: kept, but they count for none",
    ),
    (
        "intent",
        ("account_id",),
        "account_id IS NULL",
        "belong to no known account: kept, but they count for none",
    ),
)  # fmt: skip
