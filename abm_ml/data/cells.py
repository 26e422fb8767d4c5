"""Columns of cells as text, and text as typed columns: each distinct cell is parsed once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from abm_ml.data.formulas import unguarded
from abm_ml.data.schemas import BOOLEAN, INTEGER, NUMBER, STRING, TAGS, TIMESTAMP
from abm_ml.data.words import MISSING, holds_nothing

_MISSING_ARRAY = pa.array(sorted(MISSING))
_OLDEST, _NEWEST = -5364662400000000, 7289654400000000  # 1800-01-01, 2201-01-01 in µs


def as_text(cells: pa.Array) -> pa.Array:
    """Cells of any type as trimmed text; cells that hold nothing are null.

    Whole floats lose their ".0": a key column with gaps was saved as floats by some tool. The
    apostrophe goes that a spreadsheet file has before a text that would run as a formula.
    """
    text = _unguarded(pc.utf8_trim_whitespace(_to_string(cells)))
    return pc.if_else(pc.is_in(pc.utf8_lower(text), _MISSING_ARRAY), None, text)


def first_filled(columns: list[pa.Array]) -> pa.Array:
    """The first cell that is not null in each row."""
    return columns[0] if len(columns) == 1 else pc.coalesce(*columns)


def parse_each(
    text: pa.Array, parse: Callable[[str], Any], kind: pa.DataType
) -> tuple[pa.Array, pa.Array | None]:
    """Parse every distinct cell once.

    Parameters
    ----------
    text : array of string
        Cells; null where there is nothing.
    parse : callable
        From a cell to its value; raises ValueError with what is wrong.
    kind : pyarrow.DataType
        Type of the result.

    Returns
    -------
    values, problems
        Arrays as long as `text`; problems hold what is wrong with a cell, and are None where
        every cell was fine.
    """
    coded = text.dictionary_encode()
    values: list[Any] = []
    problems: list[str | None] = []
    for cell in coded.dictionary.to_pylist():
        try:
            values.append(parse(cell))
            problems.append(None)
        except ValueError as error:
            values.append(None)
            problems.append(str(error))
    parsed = pa.array(values, kind).take(coded.indices)
    if not any(problems):
        return parsed, None
    return parsed, pa.array(problems, STRING).take(coded.indices)


def without_nothing(text: pa.Array) -> pa.Array:
    """Null the cells that say, in a number or date column, that there is no value."""
    coded = text.dictionary_encode()
    kept = [None if holds_nothing(cell) else cell for cell in coded.dictionary.to_pylist()]
    return pa.array(kept, STRING).take(coded.indices)


def already_typed(cells: pa.Array, kind: pa.DataType) -> pa.Array | None:
    """Cells of a typed file that need no parsing; None if they have to go through text."""
    have = cells.type
    if kind == NUMBER and (pt.is_integer(have) or pt.is_floating(have) or pt.is_decimal(have)):
        return _finite_or_none(pc.cast(cells, NUMBER))
    if kind == INTEGER and pt.is_integer(have):
        return pc.cast(cells, INTEGER) if have != pa.uint64() else None
    if kind == BOOLEAN and pt.is_boolean(have):
        return cells
    if kind == TIMESTAMP and (pt.is_timestamp(have) or pt.is_date(have)):
        return _in_range_or_none(_utc(cells))
    if kind == TAGS and pt.is_list(have) and pt.is_string(have.value_type):
        return pc.if_else(pc.equal(pc.list_value_length(cells), 0), None, pc.cast(cells, TAGS))
    return None


def read_iso(text: pa.Array) -> pa.Array | None:
    """Timestamps in UTC, if every cell is plain ISO 8601; None if any has to be looked at.

    The same moments as `read_timestamp` gives, many times faster: event tables hold little else.
    """
    for kind in (TIMESTAMP, pa.timestamp("us", "UTC")):
        try:
            return _in_range_or_none(_utc(pc.cast(text, kind)))
        except pa.ArrowInvalid:
            continue
    return None


def _to_string(cells: pa.Array) -> pa.Array:
    kind = cells.type
    if pt.is_string(kind):
        return cells
    if pt.is_dictionary(kind):
        return _to_string(cells.dictionary_decode())
    if pt.is_floating(kind):
        return _float_text(cells)
    if pt.is_timestamp(kind):
        return pc.cast(_utc(cells), STRING)
    if pt.is_nested(kind):
        return pa.array([_json(value) for value in cells.to_pylist()], STRING)
    return pc.cast(cells, STRING)


def _float_text(cells: pa.Array) -> pa.Array:
    cells = pc.if_else(pc.is_nan(cells), None, cells)
    whole = pc.and_(pc.equal(pc.floor(cells), cells), pc.less(pc.abs(cells), 2.0**53))
    integers = pc.cast(pc.if_else(whole, cells, None), pa.int64())
    return pc.coalesce(pc.cast(integers, STRING), pc.cast(cells, STRING))


def _unguarded(text: pa.Array) -> pa.Array:
    if not pc.any(pc.starts_with(text, "'")).as_py():
        return text
    return parse_each(text, unguarded, STRING)[0]


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _utc(cells: pa.Array) -> pa.Array:
    """Timestamps (with any zone, of any precision) or dates as UTC without a zone."""
    if pt.is_timestamp(cells.type) and cells.type.tz is not None:
        cells = pc.cast(cells, pa.timestamp(cells.type.unit, "UTC"))
        cells = pc.local_timestamp(cells)
    return pc.cast(cells, TIMESTAMP, safe=False)


def _finite_or_none(numbers: pa.Array) -> pa.Array | None:
    numbers = pc.if_else(pc.is_nan(numbers), None, numbers)
    return numbers if pc.all(pc.is_finite(numbers), min_count=0).as_py() else None


def _in_range_or_none(moments: pa.Array) -> pa.Array | None:
    extremes = pc.min_max(pc.cast(moments, pa.int64())).as_py()
    if extremes["min"] is None:
        return moments
    fits = extremes["min"] >= _OLDEST and extremes["max"] < _NEWEST
    return moments if fits else None
