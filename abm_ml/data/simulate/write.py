"""Tables to files as a CRM would export them: Parquet, or CSV in a dialect's own spelling."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from abm_ml.data.dialects import DIALECTS

FileFormat = Literal["parquet", "csv"]

_YES_NO = {
    "canonical": ("true", "false"),
    "salesforce": ("1", "0"),
    "hubspot": ("true", "false"),
    "zh": ("是", "否"),
}
_CLOCK = {
    "canonical": "%Y-%m-%dT%H:%M:%S",
    "salesforce": "%Y-%m-%dT%H:%M:%S.000+0000",
    "hubspot": "%Y-%m-%d %H:%M:%S",
    "zh": "%Y-%m-%d %H:%M:%S",
}


@dataclass(frozen=True)
class ExportStyle:
    """How an export is spelt.

    Parameters
    ----------
    dialect : str
        Whose names files and columns get.
    file_format : {"parquet", "csv"}
        Kind of file.
    """

    dialect: str
    file_format: FileFormat

    def file_name(self, table: str) -> str:
        """Name of the file of a table."""
        return f"{DIALECTS[self.dialect].file_name(table)}.{self.file_format}"

    def spelt(self, name: str, table: pa.Table) -> pa.Table:
        """The table with the dialect's columns and, in CSV, its spelling of values."""
        dialect = DIALECTS[self.dialect]
        if name == "opportunities" and self.dialect != "canonical":
            table = _with_closed_flag(table)
        columns = {dialect.source_column(name, c): table[c] for c in table.column_names}
        if self.file_format == "csv":
            columns = {c: self._text(values) for c, values in columns.items()}
        return pa.table(columns)

    def _text(self, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Values as text that this CRM would write."""
        kind = values.type
        if pa.types.is_boolean(kind):
            return pc.if_else(values, *_YES_NO[self.dialect])
        if pa.types.is_timestamp(kind):
            return pc.strftime(values.cast(pa.timestamp("s")), format=_CLOCK[self.dialect])
        if pa.types.is_list(kind):
            return pc.binary_join(values, ";")
        return values.cast(pa.string())


class TableFile:
    """A file that grows table by table; use it in a `with` block.

    Parameters
    ----------
    path : Path
        The file; Parquet or CSV by its suffix.
    encoding : str
        Of a CSV file.
    """

    def __init__(self, path: Path, encoding: str = "utf-8") -> None:
        self._path = path
        self._encoding = encoding
        self._parquet: Any = None
        self._csv: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in (self._parquet, self._csv):
            if file is not None:
                file.close()

    def add(self, table: pa.Table) -> None:
        """Append rows; all tables must have the same columns."""
        if self._path.suffix == ".parquet":
            self._add_parquet(table)
        else:
            self._add_csv(table)

    def _add_parquet(self, table: pa.Table) -> None:
        if self._parquet is None:
            self._parquet = pa.parquet.ParquetWriter(self._path, table.schema)
        self._parquet.write_table(table)

    def _add_csv(self, table: pa.Table) -> None:
        first = self._csv is None
        if first:
            self._csv = self._path.open("w", encoding=self._encoding, newline="")
        buffer = io.BytesIO()
        options = pa.csv.WriteOptions(include_header=first, quoting_style="needed")
        pa.csv.write_csv(table, buffer, options)
        self._csv.write(buffer.getvalue().decode("utf-8"))


def _with_closed_flag(table: pa.Table) -> pa.Table:
    """Opportunities as CRMs flag them: open ones are neither won nor closed."""
    closed = pc.is_valid(table["is_won"])
    place = table.column_names.index("is_won")
    flagged = table.set_column(place, "is_won", pc.fill_null(table["is_won"], False))
    return flagged.add_column(place + 1, "is_closed", closed)
