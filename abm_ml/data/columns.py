"""One column of one chunk: from the file's cells to typed values and what is wrong with some."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.cells import (
    already_typed,
    as_text,
    first_filled,
    parse_each,
    read_iso,
    without_nothing,
)
from abm_ml.data.csv_files import Chunk
from abm_ml.data.labels import normalise
from abm_ml.data.plan import ColumnPlan, FilePlan
from abm_ml.data.schemas import BOOLEAN, INTEGER, NUMBER, SCHEMAS, STRING, TAGS, TIMESTAMP
from abm_ml.data.timestamps import DateOrder, OrderEvidence, Reading, read_timestamp
from abm_ml.data.values import parse_count, parse_number, parse_tags, parse_tier, parse_year
from abm_ml.data.words import has_known_words, known_value, parse_boolean

_HELPER_KINDS = {"is_deleted": BOOLEAN, "is_closed": BOOLEAN}
_PARSERS: Mapping[Any, Callable[[str], Any]] = {
    NUMBER: parse_number,
    INTEGER: parse_count,
    BOOLEAN: parse_boolean,
    TAGS: parse_tags,
}
_OWN_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "founded_year": parse_year,
    "tier": parse_tier,
}
"""Of columns that are read in a way of their own, in whatever table."""

_DOMAIN = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\d?\.)?([^/:?#\s]+).*")


class ReadColumn(NamedTuple):
    """A column of a chunk.

    Parameters
    ----------
    values : pyarrow.Array
        Typed; null where there is nothing or nothing that makes sense.
    text : pyarrow.Array or None
        The cells that were parsed, for messages; None where no parsing was needed.
    problems : pyarrow.Array or None
        What is wrong with a cell; None where all are fine.
    month_first : pyarrow.Array or None
        The other reading of dates such as 05/01/2024.
    """

    values: pa.Array
    text: pa.Array | None = None
    problems: pa.Array | None = None
    month_first: pa.Array | None = None


def kind_of(table: str, column: str) -> pa.DataType:
    """Type of a canonical column or helper."""
    return SCHEMAS[table].columns.get(column, _HELPER_KINDS.get(column, STRING))


def read_column(
    plan: FilePlan,
    column: ColumnPlan,
    chunk: Chunk,
    order: DateOrder | None = None,
    evidence: OrderEvidence | None = None,
) -> ReadColumn:
    """Read one canonical column (or helper) of a chunk.

    Parameters
    ----------
    plan, column : FilePlan, ColumnPlan
        The file, and where in it the column comes from.
    chunk : Chunk
        Rows of the file.
    order : "dmy", "mdy" or None
        How to read 05/01/2024; None reads it both ways.
    evidence : OrderEvidence, optional
        Takes up what the column's cells say about their date order.
    """
    kind = kind_of(plan.table, column.column)
    as_it_is = not (column.words or column.prefix or column.constant) and column.scale == 1
    if as_it_is and len(column.places) == 1 and kind != STRING:
        typed = already_typed(chunk.cells[column.places[0]], kind)
        if typed is not None:
            return ReadColumn(typed)
    text = _text(column, chunk)
    if kind == STRING:
        return ReadColumn(_clean(plan, column.column, text))
    if kind == TIMESTAMP:
        return _read_timestamps(text, chunk.rows, order, evidence)
    if kind in (NUMBER, INTEGER):
        text = without_nothing(text)
    parse = _OWN_PARSERS.get(column.column, _PARSERS[kind])
    values, problems = parse_each(text, parse, kind)
    if column.scale != 1:
        values = pc.cast(pc.multiply(pc.cast(values, NUMBER), column.scale), kind, safe=False)
    return ReadColumn(values, text, problems)


def _text(column: ColumnPlan, chunk: Chunk) -> pa.Array:
    """The column's cells as text, with what the dialect and the mapping file say about them."""
    if column.constant:
        return pa.array([column.constant] * len(chunk.rows), STRING)
    text = first_filled([as_text(chunk.cells[place]) for place in column.places])
    if column.words:
        text, _ = parse_each(text, lambda cell: column.words.get(cell, cell), STRING)
    if column.prefix:
        text = pc.binary_join_element_wise(column.prefix, text, "")
    return text


def _clean(plan: FilePlan, column: str, text: pa.Array) -> pa.Array:
    """Text in the contract's words: bare domains, kinds, statuses, the first of several ids."""
    if column == "domain":
        text, _ = parse_each(text, _domain, STRING)
    if plan.dialect.first_of_many and column in SCHEMAS[plan.table].links:
        text = as_text(pc.replace_substring_regex(text, r"(?s);.*$", ""))
    if (plan.table, column) == ("account_history", "column"):
        text, _ = parse_each(text, lambda label: _account_column(plan, label), STRING)
    if column == "kind" or has_known_words(plan.table, column):
        text, _ = parse_each(text, lambda cell: known_value(plan.table, column, cell), STRING)
    return text


def _account_column(plan: FilePlan, label: str) -> str:
    """The name that a column of accounts has here, given what the CRM calls it."""
    return plan.dialect.canonical_column("accounts", label) or normalise(label)


def _domain(text: str) -> str:
    match = _DOMAIN.fullmatch(text.lower())
    return match[1].rstrip(".") if match else text.lower()


def _read_timestamps(
    text: pa.Array, rows: pa.Array, order: DateOrder | None, evidence: OrderEvidence | None
) -> ReadColumn:
    """Both readings of each date; which of them is meant, the whole column decides later."""
    iso = read_iso(text)
    if iso is not None:
        return ReadColumn(iso, month_first=pa.nulls(len(text), TIMESTAMP))
    text = without_nothing(text)
    coded = text.dictionary_encode()
    readings: list[Reading | None] = []
    problems: list[str | None] = []
    for place, cell in enumerate(coded.dictionary.to_pylist()):
        try:
            reading = read_timestamp(cell, order)
        except ValueError as error:
            readings.append(None)
            problems.append(str(error))
            continue
        readings.append(reading)
        problems.append(None)
        if evidence is not None and evidence.wants(reading):
            first = pc.index(coded.indices, pa.scalar(place, coded.indices.type)).as_py()
            evidence.add(reading, rows[first].as_py(), cell)
    days_first = pa.array([reading and reading.value for reading in readings], TIMESTAMP)
    month_first = pa.array([reading and reading.month_first for reading in readings], TIMESTAMP)
    complaints = pa.array(problems, STRING).take(coded.indices) if any(problems) else None
    return ReadColumn(
        days_first.take(coded.indices), text, complaints, month_first.take(coded.indices)
    )
