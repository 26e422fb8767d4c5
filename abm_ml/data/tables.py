"""Staged files joined into canonical tables in DuckDB, and rows moved out of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from abm_ml.data.convert import MONTH_FIRST
from abm_ml.data.schemas import SCHEMAS
from abm_ml.data.staging import AS_NUMBER, StagedFile


class Workbench:
    """The tables of one export while they are checked against each other.

    Parameters
    ----------
    con : duckdb connection
        Holds one table for each canonical table, with `_file` and `_row`, and `quarantined`.
    """

    def __init__(self, con: Any) -> None:
        self.con = con
        self.columns: dict[str, list[str]] = {}
        self._paths: dict[str, Path] = {}
        self._labels: dict[tuple[str, str], str] = {}
        con.execute(
            "CREATE TABLE quarantined (tbl VARCHAR, _file VARCHAR, _row BIGINT, col VARCHAR, "
            "val VARCHAR, reason VARCHAR, sort VARCHAR)"
        )
        con.execute("CREATE TABLE labels (_file VARCHAR, col VARCHAR, label VARCHAR)")

    def load(self, table: str, files: Sequence[StagedFile]) -> None:
        """Join the staged files of one table.

        Raises
        ------
        DataError
            If the date order of a column is ambiguous or contradictory.
        """
        extras = _extras(files)
        selects = [_select(staged, extras) for staged in files]
        self.con.execute(f"CREATE TABLE {quote(table)} AS " + " UNION ALL BY NAME ".join(selects))
        found = {name for name, *_ in self.con.execute(f"DESCRIBE {quote(table)}").fetchall()}
        known = [column for column in SCHEMAS[table].columns if column in found]
        self.columns[table] = known + sorted(extras)
        for staged in files:
            self._note(staged)
            self.con.execute(
                f'INSERT INTO quarantined SELECT ?, ?, row, "column", value, reason, sort '
                f"FROM read_parquet({text(staged.rejected)})",
                [table, staged.plan.source.label],
            )

    def _note(self, staged: StagedFile) -> None:
        source = staged.plan.source
        self._paths[source.label] = source.path
        labels = {
            column.column: column.label for column in (*staged.plan.columns, *staged.plan.extras)
        }
        self._labels |= {(source.label, column): label for column, label in labels.items()}
        rows = ", ".join(
            f"({text(source.label)}, {text(column)}, {text(label)})"
            for column, label in labels.items()
        )
        self.con.execute(f"INSERT INTO labels VALUES {rows}")

    def has(self, table: str, column: str = "") -> bool:
        """Whether the export has a table, or a column of it."""
        return table in self.columns and (not column or column in self.columns[table])

    def path(self, label: str) -> Path:
        """The file of a label, as the user named it."""
        return self._paths[label]

    def label(self, file: str, column: str) -> str:
        """What a file calls a column."""
        return self._labels.get((file, column), column)

    def add_column(self, table: str, column: str) -> None:
        """Give a table an empty text column that its files did not have."""
        if not self.has(table, column):
            self.con.execute(f"ALTER TABLE {quote(table)} ADD COLUMN {quote(column)} VARCHAR")
            extras = [name for name in self.columns[table] if name not in SCHEMAS[table].columns]
            found = {column, *self.columns[table]}
            known = [name for name in SCHEMAS[table].columns if name in found]
            self.columns[table] = known + extras

    def quarantine(self, table: str, where: str, *, column: str, reason: str, sort: str) -> None:
        """Move the rows that match a condition out of a table.

        Parameters
        ----------
        table : str
            The table; the condition names its columns with the table before them.
        where : str
            SQL condition.
        column : str
            The column to blame.
        reason : str
            What is wrong, as an SQL expression.
        sort : str
            duplicate or link.
        """
        name = quote(table)
        self.con.execute(
            f"INSERT INTO quarantined SELECT {text(table)}, {name}._file, {name}._row, "
            f"coalesce(labels.label, {text(column)}), {name}.{quote(column)}, {reason}, "
            f"{text(sort)} FROM {name} LEFT JOIN labels ON labels._file = {name}._file "
            f"AND labels.col = {text(column)} WHERE {where}"
        )
        self.con.execute(f"DELETE FROM {name} WHERE {where}")

    def count(self, sql: str) -> int:
        """The number that a counting query gives."""
        return int(self.con.execute(sql).fetchone()[0])

    def write(self, table: str, path: Path) -> None:
        """Write a canonical table, sorted by its key or else by all columns."""
        key = SCHEMAS[table].key
        columns = names(self.columns[table])
        order = quote(key) if key else columns
        self.con.execute(
            f"COPY (SELECT {columns} FROM {quote(table)} ORDER BY {order}) TO {text(path)} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )


def quote(name: str) -> str:
    """A name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: object) -> str:
    """A text value for SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def names(columns: Iterable[str]) -> str:
    """Column names for SQL."""
    return ", ".join(quote(column) for column in columns)


def _extras(files: Sequence[StagedFile]) -> dict[str, bool]:
    """Extra columns with anything in them, and whether all their cells are numbers."""
    filled = {column for staged in files for column in staged.filled}
    return {
        column: all(column in staged.numeric for staged in files if column in staged.filled)
        for column in filled
    }


def _select(staged: StagedFile, extras: dict[str, bool]) -> str:
    """One staged file as rows of its table: dates in the order decided, extras by their type."""
    orders = staged.date_orders()
    staged_names = pq.read_schema(staged.kept).names
    columns = [f"{text(staged.plan.source.label)} AS _file", "_row"]
    for name in staged_names:
        if name in SCHEMAS[staged.plan.table].columns:
            swapped = quote(name + MONTH_FIRST)
            meant = f"coalesce({swapped}, {quote(name)})" if orders.get(name) == "mdy" else None
            columns.append(f"{meant or quote(name)} AS {quote(name)}")
        elif name in extras:
            typed = name + AS_NUMBER if extras[name] else name
            columns.append(f"{quote(typed)} AS {quote(name)}")
    return f"SELECT {', '.join(columns)} FROM read_parquet({text(staged.kept)})"
