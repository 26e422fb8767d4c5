"""The canonical tables of one CRM behind one DuckDB connection, in memory or on disk."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from abm_ml.data.schemas import SCHEMAS
from abm_ml.errors import DataError

_NUMBERS = count()
"""Tells results of the same name apart within a session."""


def connect(threads: int = 2, memory_limit: str = "4GB") -> Any:
    """A DuckDB session in UTC that spills to disk rather than outgrow its memory."""
    con = ibis.duckdb.connect(threads=threads, memory_limit=memory_limit)
    con.raw_sql("SET TimeZone = 'UTC'")
    con.raw_sql("SET preserve_insertion_order = false")
    return con


class Crm:
    """Canonical tables as Ibis expressions; nothing is read until a query runs.

    Every table and column that the contract knows can be asked for: what the export did not
    have comes back empty, so that no caller asks twice whether a column exists.

    Parameters
    ----------
    con : ibis DuckDB backend
        The session that holds the tables.
    tables : mapping of str to ibis.Table
        Canonical tables by name, as the export filled them.
    directory : Path, optional
        Where the Parquet files lie, if on disk.
    """

    def __init__(
        self, con: Any, tables: Mapping[str, ibis.Table], directory: Path | None = None
    ) -> None:
        self.con = con
        self.directory = directory
        self._given = dict(tables)
        self._derived: dict[str, ibis.Table] = {}
        self._whole: Crm | None = None
        self.free_as_of: datetime | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def from_tables(
        cls,
        tables: Mapping[str, pa.Table | pd.DataFrame],
        *,
        threads: int = 2,
        memory_limit: str = "4GB",
    ) -> Crm:
        """A CRM from tables in memory.

        Raises
        ------
        DataError
            If a table is unknown or lacks a required column.
        """
        con = connect(threads, memory_limit)
        given = {}
        for name, table in tables.items():
            arrow = table if isinstance(table, pa.Table) else _to_arrow(table)
            _check_columns(name, arrow.column_names)
            con.con.register(name, arrow)
            given[name] = con.table(name)
        return cls(con, given)

    @classmethod
    def open(cls, directory: str | Path, *, threads: int = 2, memory_limit: str = "4GB") -> Crm:
        """The CRM that `abm prepare` wrote to a directory.

        Raises
        ------
        DataError
            If the directory holds no prepared tables.
        """
        folder = Path(directory) / "canonical"
        files = sorted(folder.glob("*.parquet"))
        if not files:
            raise DataError(
                f"{directory}: no prepared tables here; run  abm prepare EXPORTS --out {directory}"
            )
        con = connect(threads, memory_limit)
        given = {}
        for file in files:
            given[file.stem] = con.read_parquet(str(file), table_name=file.stem)
            _check_columns(file.stem, given[file.stem].columns)
        return cls(con, given, Path(directory))

    @cached_property
    def summary(self) -> dict[str, Any] | None:
        """What prepare counted; None for tables that did not come from it."""
        file = self.directory / "summary.json" if self.directory else None
        if file is None or not file.exists():
            return None
        return dict(json.loads(file.read_text(encoding="utf-8")))

    @cached_property
    def quarantine(self) -> dict[str, pa.Table]:
        """Rows that prepare left out, by table: file, row, column, value, reason, record."""
        folder = self.directory / "quarantine" if self.directory else None
        files = sorted(folder.glob("*.parquet")) if folder else []
        return {file.stem: pq.read_table(file) for file in files}

    def has(self, name: str) -> bool:
        """Whether the export had this table."""
        return name in self._given

    def given(self, name: str) -> ibis.Table:
        """A table with just the columns that the export filled."""
        return self._given[name]

    def given_columns(self, name: str) -> tuple[str, ...]:
        """Columns that the export filled in a table, known and unknown ones."""
        return tuple(self._given[name].columns) if name in self._given else ()

    def extra_columns(self, name: str) -> tuple[str, ...]:
        """Columns of a table that the contract does not know."""
        known = SCHEMAS[name].columns
        return tuple(column for column in self.given_columns(name) if column not in known)

    def table(self, name: str) -> ibis.Table:
        """A canonical table with every known column, typed; absent ones are null."""
        schema = SCHEMAS[name]
        if name not in self._given:
            return self.register(f"no_{name}", schema.arrow.empty_table())
        given = self._given[name]
        known = {
            column: given[column].cast(_ibis_type(kind))
            if column in given.columns
            else ibis.null(_ibis_type(kind))
            for column, kind in schema.columns.items()
        }
        extra = {column: given[column] for column in self.extra_columns(name)}
        return given.select(**known, **extra)

    def replaced(self, **tables: ibis.Table) -> Crm:
        """The same CRM with other rows in some of its tables."""
        return Crm(self.con, {**self._given, **tables}, self.directory)

    def of_account(self, account_id: str) -> Crm:
        """The same CRM with the rows of one account in each table that belongs to accounts."""
        own = {
            name: table.filter(table.account_id == account_id)
            for name, table in self._given.items()
            if "account_id" in table.columns
        }
        return self.part(own)

    def part(self, tables: Mapping[str, ibis.Table], free_as_of: datetime | None = None) -> Crm:
        """Some rows of this CRM; what was derived of the whole holds for them too.

        Parameters
        ----------
        tables : mapping of str to ibis.Table
            The tables of which only some rows are kept.
        free_as_of : datetime, optional
            When events of suppressed people are left out already: as suppressed at this date.
        """
        some = self.replaced(**tables)
        some._whole = self._whole or self
        some.free_as_of = free_as_of or self.free_as_of
        return some

    def once(self, name: str, query: Callable[[Crm], ibis.Table]) -> ibis.Table:
        """The result of a query about the whole CRM, run when it is first asked for, and kept."""
        if self._whole is not None:
            return self._whole.once(name, query)
        if name not in self._derived:
            table = self.to_arrow(query(self))
            self._derived[name] = self.register(f"{name}_{next(_NUMBERS)}", table)
        return self._derived[name]

    def register(self, name: str, table: pa.Table) -> ibis.Table:
        """Bring an Arrow table into the session under a name (replacing an earlier one)."""
        self.con.con.register(name, table)
        return self.con.table(name)

    def to_arrow(self, expression: ibis.Table) -> pa.Table:
        """Run a query to its end in memory."""
        return expression.to_pyarrow()


def _ibis_type(kind: pa.DataType) -> Any:
    return ibis.dtype(kind)


def _to_arrow(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def _check_columns(name: str, columns: list[str] | tuple[str, ...]) -> None:
    if name not in SCHEMAS:
        raise DataError(f"{name}: no such table; the contract knows {', '.join(SCHEMAS)}")
    missing = [column for column in SCHEMAS[name].required if column not in columns]
    if missing:
        raise DataError(
            f"{name}: required column '{missing[0]}' is missing; found {', '.join(columns)}"
        )
