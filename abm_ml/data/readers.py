"""Files of an export, and their rows in chunks: CSV, Parquet and XLSX alike."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from abm_ml.data.csv_files import Chunk, CsvFile, Malformed
from abm_ml.errors import DataError

_BATCH_ROWS = 1 << 16
_CSV_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")
_PARQUET_ENDINGS = (".parquet", ".pq")
_XLSX_ENDINGS = (".xlsx", ".xlsm")
_ENDINGS = (*_CSV_ENDINGS, *_PARQUET_ENDINGS, *_XLSX_ENDINGS)


class Rows(Protocol):
    """A table in a file that can be read from top to bottom, as often as needed."""

    @property
    def header(self) -> tuple[str, ...]:
        """Column names."""
        ...

    def chunks(self) -> Iterator[Chunk]:
        """The rows, a chunk at a time."""
        ...


@dataclass(frozen=True)
class Source:
    """One table of an export: a file, or one sheet of a workbook.

    Parameters
    ----------
    path : Path
        The file.
    label : str
        How quarantine and summary call it.
    stem : str
        The name that tells which table it holds.
    sheet : str or None
        Sheet of a workbook.
    """

    path: Path
    label: str
    stem: str
    sheet: str | None = None

    @property
    def readable(self) -> bool:
        """Whether the ending is one that can be read."""
        return self.path.name.lower().endswith(_ENDINGS)

    def open(self) -> Rows:
        """Look at the file and its header.

        Raises
        ------
        DataError
            If it cannot be read, is empty, or two columns have one name.
        """
        ending = self.path.name.lower()
        rows: Rows
        if ending.endswith(_CSV_ENDINGS):
            rows = CsvFile.inspect(self.path)
        elif ending.endswith(_PARQUET_ENDINGS):
            rows = ParquetRows(self.path, _parquet_header(self.path))
        else:
            rows = SheetRows.inspect(self.path, self.sheet)
        _refuse_double_names(self, rows.header)
        return rows


def find_sources(exports: Path) -> list[Source]:
    """Every table in a directory (or a single file), sorted by name; subdirectories are left.

    Raises
    ------
    DataError
        If there is no such directory, it holds no file, or a workbook cannot be opened.
    """
    if not exports.exists():
        raise DataError(f"{exports}: no such file or directory")
    files = sorted(exports.iterdir()) if exports.is_dir() else [exports]
    files = [file for file in files if file.is_file() and not file.name.startswith((".", "~$"))]
    if not files:
        raise DataError(f"{exports}: the directory is empty; put the exported CRM files there")
    return [source for file in files for source in _sources_in(file)]


def _sources_in(file: Path) -> list[Source]:
    lower = file.name.lower()
    ending = next((end for end in sorted(_ENDINGS, key=len)[::-1] if lower.endswith(end)), "")
    stem = file.name[: len(file.name) - len(ending)] if ending else file.stem
    if ending not in _XLSX_ENDINGS:
        return [Source(file, file.name, stem)]
    with open_workbook(file) as book:
        sheets = [sheet.title for sheet in book.worksheets]  # not those that are a chart
    if len(sheets) == 1:
        return [Source(file, file.name, stem, sheets[0])]
    return [Source(file, f"{file.name} [{sheet}]", sheet, sheet) for sheet in sheets]


@dataclass(frozen=True)
class ParquetRows:
    """A Parquet file; its first row counts as row 2, as if it had a header."""

    path: Path
    header: tuple[str, ...]

    def chunks(self) -> Iterator[Chunk]:
        """The rows from top to bottom, with their types."""
        start = 2
        try:
            with pq.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
                    rows = pa.array(np.arange(start, start + batch.num_rows, dtype=np.int64))
                    start += batch.num_rows
                    yield Chunk(rows, batch.columns, [])
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{self.path}: cannot be read as Parquet: {error}") from error


def _parquet_header(path: Path) -> tuple[str, ...]:
    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}: cannot be read as Parquet: {error}; write it again") from error


@dataclass(frozen=True)
class SheetRows:
    """One sheet of a workbook, as text."""

    path: Path
    sheet: str
    header: tuple[str, ...]

    @classmethod
    def inspect(cls, path: Path, sheet: str | None) -> SheetRows:
        """Read the header.

        Raises
        ------
        DataError
            If the sheet is empty.
        """
        name = sheet or ""
        with open_workbook(path) as book:
            first = next(book[name].iter_rows(values_only=True), ())
        header = [cell_text(cell).strip() for cell in first]
        while header and not header[-1]:
            header.pop()
        if not header:
            raise DataError(f"{path} [{name}]: row 1 is empty; put the column names there")
        return cls(path, name, tuple(header))

    def chunks(self) -> Iterator[Chunk]:
        """The rows from top to bottom; rows without any text are passed over."""
        with open_workbook(self.path) as book:
            sheet = book[self.sheet]
            sheet.reset_dimensions()  # some writers leave wrong ones, which would cut rows off
            numbered = enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2)
            while batch := list(islice(numbered, _BATCH_ROWS // 4)):
                yield self._chunk(batch)

    def _chunk(self, batch: list[tuple[int, tuple[Any, ...]]]) -> Chunk:
        width = len(self.header)
        kept, texts, malformed = [], [], []
        for row, cells in batch:
            text = [cell_text(cell) for cell in cells]
            if any(text[width:]):
                reason = f"has {len(text)} fields, the header has {width}"
                malformed.append(Malformed(row, "\t".join(text), reason))
            elif any(text):
                kept.append(row)
                texts.append(text[:width] + [""] * (width - len(text)))
        columns = list(zip(*texts, strict=True)) or [()] * width
        cells_by_column = [pa.array(column, pa.string()) for column in columns]
        return Chunk(pa.array(kept, pa.int64()), cells_by_column, malformed)


@contextmanager
def open_workbook(path: Path) -> Iterator[Any]:
    """An open workbook, read as a stream of rows.

    Raises
    ------
    DataError
        If it is no XLSX file that can be read.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        raise DataError(
            f"{path}: cannot be read as XLSX: {error}; save it again as .xlsx"
        ) from error
    try:
        yield book
    finally:
        book.close()


def cell_text(cell: Any) -> str:
    """A cell as text, so that numbers, dates and truth values read like those of a CSV file."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell)


def _refuse_double_names(source: Source, header: tuple[str, ...]) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(header, start=1):
        if name and name in seen:
            raise DataError(
                f"{source.path} row 1: two columns are called {name!r} (columns {seen[name]} and "
                f"{place}): rename one of them"
            )
        seen[name] = place
