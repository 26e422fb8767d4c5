"""Lists of companies as people bring them: a CSV or XLSX file, tidy or not."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from abm_ml.data.encodings import detect_encoding, read_chunks
from abm_ml.data.labels import squash
from abm_ml.data.names.parts import parse_name
from abm_ml.data.names.queries import name_columns
from abm_ml.data.readers import cell_text, open_workbook
from abm_ml.errors import DataError

_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
_SHEET_ENDINGS = (".xlsx", ".xlsm")
_TITLE_LINES = 10
_HEADINGS = frozenset(
    map(squash, ("seed", "seeds", "list", "value", "种子", "种子客户", "名单", "客户名单"))
)
_REMEDY = "call one of them name, domain, email, account_id or credit_code"


class _Row(NamedTuple):
    """Cells of one line that is not blank, with its number in the file."""

    number: int
    cells: list[str]
    line: str


def read_seed_list(path: str | Path, *, sheet: str | None = None) -> pd.DataFrame:
    """A list of companies from a file, ready for `match_accounts`.

    The file may be one column of anything (ids, domains, e-mail addresses, codes, names, mixed),
    with a header or without; or several columns with a header in English or Chinese, perhaps
    under a title. Blank lines are left out; repeated ones stay, as `match_accounts` tells them.

    Parameters
    ----------
    path : str or Path
        A text file (comma, semicolon, tab or bar; UTF-8 or GB18030) or an XLSX file.
    sheet : str, optional
        Which sheet of a workbook; needed if several hold anything.

    Returns
    -------
    DataFrame, one row for each line
        query_id (the line's number in the file), and text, or the columns that say something to
        match by: account_id, name, domain, email, codes, country, state, city. Empty cells are
        empty text.

    Raises
    ------
    DataError
        If the file cannot be read, holds nothing, or no column says what it is; names file, row,
        column and remedy.
    """
    file = Path(path)
    rows = _read(file, sheet)
    if not rows:
        raise DataError(f"{file}: holds no company; write one in each line")
    header = _find_header(rows)
    if header is not None:
        return _table(file, rows[header], rows[header + 1 :])
    if _is_one_column(rows):
        return _one_column(rows)
    found = ", ".join(repr(cell) for cell in rows[0].cells)
    raise DataError(
        f"{file} row {rows[0].number}: no column name says what it holds; found {found}: {_REMEDY}"
    )


def _read(file: Path, sheet: str | None) -> list[_Row]:
    if not file.exists():
        raise DataError(f"{file}: no such file")
    ending = file.name.lower()
    if ending.endswith(_SHEET_ENDINGS):
        return _read_sheet(file, sheet)
    if ending.endswith(_TEXT_ENDINGS):
        return _read_text(file)
    raise DataError(f"{file}: is neither a text file nor XLSX; save it as .csv or .xlsx")


def _read_text(file: Path) -> list[_Row]:
    """Records of a text file; a line that is no clean record is taken as it stands."""
    encoding = detect_encoding(file)
    text = b"".join(read_chunks(file)).decode(encoding).removeprefix("\ufeff")
    delimiter = _delimiter(text)
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    lines = text.splitlines()
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                number = reader.line_num
                rows.append(_Row(number, trimmed, lines[number - 1].strip()))
    except csv.Error as error:
        raise DataError(
            f"{file} row {reader.line_num}: cannot be read as CSV: {error}; look for a quote that "
            "is never closed"
        ) from error
    return rows


def _delimiter(text: str) -> str:
    """The mark that the first lines hold most often, by the line with a known header if any."""
    lines = [line for line in text.splitlines() if line.strip()][:_TITLE_LINES]
    for line in lines:
        known = {mark: len(name_columns(line.split(mark))) for mark in "\t;|,"}
        if max(known.values()):
            return max(known, key=lambda mark: (known[mark], line.count(mark)))
    return max(",\t;|", key=lambda mark: min((line.count(mark) for line in lines), default=0))


def _read_sheet(file: Path, sheet: str | None) -> list[_Row]:
    with open_workbook(file) as book:
        if sheet is not None and sheet not in book.sheetnames:
            there = ", ".join(book.sheetnames)
            raise DataError(f"{file}: has no sheet {sheet!r}; it has {there}")
        names = [sheet] if sheet is not None else book.sheetnames
        filled = {}
        for name in names:
            book[name].reset_dimensions()  # some writers leave wrong ones
            rows = []
            for number, values in enumerate(book[name].iter_rows(values_only=True), start=1):
                cells = [cell_text(value).strip() for value in values]
                if any(cells):
                    rows.append(_Row(number, cells, " ".join(filter(None, cells))))
            if rows:
                filled[name] = rows
    if len(filled) > 1:
        raise DataError(
            f"{file}: the sheets {', '.join(filled)} all hold something; say which is the list"
        )
    return next(iter(filled.values()), [])


def _find_header(rows: list[_Row]) -> int | None:
    """Place of the header: the first line, or a later one under nothing but single titles."""
    for place, row in enumerate(rows[:_TITLE_LINES]):
        filled = [cell for cell in row.cells if cell]
        if name_columns(filled) and (place == 0 or len(filled) > 1):
            return place
        if len(filled) > 1:
            return None
    return None


def _is_one_column(rows: list[_Row]) -> bool:
    """Whether lines are single texts, some perhaps with commas in them: "Acme, Inc."."""
    ragged = len({len(row.cells) for row in rows}) > 1
    single = sum(_filled(row) == 1 for row in rows)
    return ragged or 2 * single >= len(rows) or all(map(_is_a_name_with_a_comma, rows))


def _filled(row: _Row) -> int:
    return sum(map(bool, row.cells))


def _is_a_name_with_a_comma(row: _Row) -> bool:
    return _filled(row) == 2 and not parse_name(row.cells[0]).legal and _is_legal(row.cells[1])


def _is_legal(text: str) -> bool:
    """Whether a text is a legal form and nothing else."""
    return bool(parse_name(f"x {text}").legal) and parse_name(f"x {text}").words == ("x",)


def _one_column(rows: list[_Row]) -> pd.DataFrame:
    if len(rows) > 1 and squash(rows[0].line) in _HEADINGS:
        rows = rows[1:]
    single = [
        next(cell for cell in row.cells if cell) if _filled(row) == 1 else row.line for row in rows
    ]
    return pd.DataFrame(
        {"query_id": [row.number for row in rows], "text": pd.Series(single, dtype=object)}
    )


def _table(file: Path, header: _Row, rows: list[_Row]) -> pd.DataFrame:
    if not rows:
        raise DataError(f"{file}: has a header but no rows; write a company in each line")
    columns = name_columns([cell for cell in header.cells if cell])
    width = len(header.cells)
    for row in rows:
        if any(row.cells[width:]):
            raise DataError(
                f"{file} row {row.number}: has {len(row.cells)} fields, the header has {width}; "
                "put quotes around values that hold the delimiter"
            )
    found: dict[str, object] = {"query_id": [row.number for row in rows]}
    for name, target in columns.items():
        place = header.cells.index(name)
        cells = [row.cells[place] if place < len(row.cells) else "" for row in rows]
        found[target] = pd.Series(cells, dtype=object)
    table = pd.DataFrame(found)
    filled = (table.drop(columns="query_id") != "").any(axis=1)
    return table[filled].reset_index(drop=True)
