"""CSV files as text columns in chunks, with the row number that a spreadsheet would show."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from abm_ml.data.encodings import detect_encoding, read_chunks
from abm_ml.errors import DataError

_BLOCK_BYTES = 1 << 22
_SAMPLE_RECORDS = 50
_DELIMITERS = ",;\t|"
_NO_CELLS = pa.array([], pa.string())


class Malformed(NamedTuple):
    """A record that has no columns to speak of: its row number, its text and what is wrong."""

    row: int
    text: str
    reason: str


class Chunk(NamedTuple):
    """Some rows of a file.

    Parameters
    ----------
    rows : pyarrow.Array of int64
        Row numbers; the header is row 1.
    cells : list of pyarrow.Array
        One array for each column of the header.
    malformed : list of Malformed
        Records found on the way that have the wrong number of fields.
    """

    rows: pa.Array
    cells: list[pa.Array]
    malformed: list[Malformed]


@dataclass(frozen=True)
class CsvFile:
    """A delimited text file whose encoding and delimiter are known.

    Parameters
    ----------
    path : Path
        The file; `.gz` is unzipped on the way.
    header : tuple of str
        Column names.
    encoding, delimiter : str
        How it is written.
    blank_lines : int
        Empty lines before the header.
    """

    path: Path
    header: tuple[str, ...]
    encoding: str
    delimiter: str
    blank_lines: int

    @classmethod
    def inspect(cls, path: Path) -> CsvFile:
        """Find out encoding, delimiter and header.

        Raises
        ------
        DataError
            If the file is empty, has no header, or is in an encoding that cannot be told.
        """
        encoding = detect_encoding(path)
        sample = next(read_chunks(path), b"")
        text = sample.decode(encoding, errors="ignore").removeprefix("\ufeff")
        body = text.lstrip("\r\n")
        if not body.strip():
            raise DataError(f"{path}: is empty; export it again, or delete it")
        blank = len(text[: len(text) - len(body)].splitlines())
        records = body[: body.rfind("\n") + 1] or body  # the last one may be cut off
        delimiter = _sniff_delimiter(records)
        try:
            header = next(csv.reader(io.StringIO(records, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise DataError(
                f"{path}: cannot be read as CSV: {error} in the header; look for a quote that is "
                "never closed"
            ) from error
        return cls(path, tuple(name.strip() for name in header), encoding, delimiter, blank)

    def chunks(self) -> Iterator[Chunk]:
        """The rows from top to bottom; rows without any text are passed over.

        Raises
        ------
        DataError
            If the file is not CSV, or a quoted value is never closed.
        """
        found: list[Malformed] = []
        numbering = _Numbering(self.blank_lines + 2)
        last = (0, "")
        header_rows = 1
        try:
            for batch in self._open(found):
                body = batch.slice(header_rows)
                header_rows = 0
                malformed = found.copy()
                found.clear()
                rows = numbering.next(body.num_rows, malformed)
                last = max(last, _last_record(body, rows, malformed))
                yield _without_blank_rows(body, rows, malformed)
        except pa.ArrowInvalid as error:
            raise DataError(
                f"{self.path}: cannot be read as CSV after row {numbering.start - 1}: {error}; "
                "look for a quote that is never closed"
            ) from error
        if found:
            last = max([last, *map(_swallowed, found)])
            yield Chunk(pa.array([], pa.int64()), [_NO_CELLS] * len(self.header), found)
        self._refuse_open_quote(*last)

    def _open(self, found: list[Malformed]) -> Any:
        def skip(row: Any) -> str:
            reason = f"has {row.actual_columns} fields, the header has {row.expected_columns}"
            found.append(Malformed(row.number, row.text, reason))
            return "skip"

        # One thread: only then does pyarrow know the numbers of the rows it hands over.
        return arrow_csv.open_csv(
            str(self.path),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, block_size=_BLOCK_BYTES, encoding=self.encoding,
                autogenerate_column_names=True, skip_rows=self.blank_lines,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, ignore_empty_lines=False,
                invalid_row_handler=skip,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={f"f{place}": pa.string() for place in range(len(self.header))},
                strings_can_be_null=False,
            ),
        )  # fmt: skip

    def _refuse_open_quote(self, row: int, text: str) -> None:
        """A quote that is never closed swallows the rest of the file into one last value."""
        if "\n" not in text or _tail(self.path).rstrip().endswith(b'"'):
            return
        raise DataError(
            f"{self.path} row {row}: a quote is opened and never closed; export the file again"
        )


class _Numbering:
    """Row numbers of well-formed records, given the numbers of the malformed ones."""

    def __init__(self, start: int) -> None:
        self.start = start
        self._taken: list[int] = []

    def next(self, count: int, malformed: list[Malformed]) -> pa.Array:
        # The parser reads ahead: some malformed records lie behind this batch, so keep them.
        self._taken = [row for row in self._taken if row >= self.start]
        self._taken += [record.row for record in malformed]
        numbers = np.arange(self.start, self.start + count + len(self._taken), dtype=np.int64)
        numbers = numbers[~np.isin(numbers, self._taken)][:count]
        self.start = int(numbers[-1]) + 1 if count else self.start
        return pa.array(numbers)


def _last_record(
    body: pa.RecordBatch, rows: pa.Array, malformed: list[Malformed]
) -> tuple[int, str]:
    """Row number of the last record read so far, and the text that an open quote would swallow."""
    last = (rows[-1].as_py(), body.columns[-1][-1].as_py()) if body.num_rows else (0, "")
    return max([last, *map(_swallowed, malformed)])


def _swallowed(record: Malformed) -> tuple[int, str]:
    """A malformed record's row number, and its text if it ends inside a quote."""
    return record.row, record.text if record.text.count('"') % 2 else ""


def _without_blank_rows(body: pa.RecordBatch, rows: pa.Array, malformed: list[Malformed]) -> Chunk:
    """A batch without the rows that hold no text at all."""
    blank = None
    for cells in body.columns:
        empty = pc.equal(cells, "")
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return Chunk(rows, body.columns, malformed)
    keep = pc.invert(blank)
    return Chunk(rows.filter(keep), [cells.filter(keep) for cells in body.columns], malformed)


def _tail(path: Path) -> bytes:
    tail = b""
    for chunk in read_chunks(path):
        tail = (tail + chunk)[-4096:]
    return tail


def _sniff_delimiter(text: str) -> str:
    """The delimiter that gives most rows as many fields as the header, and the header most."""
    return max(_DELIMITERS, key=lambda delimiter: _fit(text, delimiter))


def _fit(text: str, delimiter: str) -> float:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records = []
    try:
        for record, _ in zip(reader, range(_SAMPLE_RECORDS), strict=False):
            if record:
                records.append(len(record))
    except csv.Error:
        pass
    if not records or records[0] == 1:
        return 0.0
    return records[0] * sum(fields == records[0] for fields in records) / len(records)
