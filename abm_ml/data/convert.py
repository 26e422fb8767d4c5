"""One chunk of a file as typed canonical columns, and the rows that cannot be used, with why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.cells import as_text
from abm_ml.data.columns import ReadColumn, read_column
from abm_ml.data.csv_files import Chunk
from abm_ml.data.meaning import convert_money, settle_outcomes, split_people
from abm_ml.data.plan import FilePlan
from abm_ml.data.schemas import INTEGER, SCHEMAS
from abm_ml.data.timestamps import DateOrder, OrderEvidence, through_day
from abm_ml.data.values import NO_TIER

MONTH_FIRST = "__month_first"
"""Ending of the column that holds the other reading of dates such as 05/01/2024."""

Sort = Literal["unreadable", "missing", "deleted"]

# A suppression of a kind that nothing understands would silently suppress nobody, and what people
# decided in words that nothing understands would silently not be done.
_ONLY_THESE = {
    ("suppressions", "kind"): ("account", "contact", "domain", "email", "email_sha256"),
    ("overrides", "action"): ("pin", "tier", "pilot", "hands_off"),
}


class Rejected(NamedTuple):
    """A row that cannot be used.

    Parameters
    ----------
    row : int
        Row number in the file.
    column, value : str or None
        The file's column and its cell.
    reason : str
        What is wrong with it.
    sort : str
        unreadable (a value makes no sense), missing (nothing where something is required) or
        deleted (the CRM itself had thrown the row away).
    """

    row: int
    column: str | None
    value: str | None
    reason: str
    sort: Sort


@dataclass(frozen=True)
class Settings:
    """How values are read.

    Parameters
    ----------
    date_order : "dmy", "mdy" or None
        How to read 05/01/2024; None: decided by the whole column.
    base_currency : str
        ISO code of the currency that all money is converted to.
    rates : mapping of str to float
        Worth of one unit of each known currency, in any common one.
    """

    date_order: DateOrder | None = None
    base_currency: str = "USD"
    rates: Mapping[str, float] = field(default_factory=dict)


class Converted(NamedTuple):
    """A chunk's usable rows as columns (with `_row`), and the others."""

    table: pa.Table
    rejected: list[Rejected]


def convert_chunk(
    plan: FilePlan, chunk: Chunk, settings: Settings, evidence: Mapping[str, OrderEvidence]
) -> Converted:
    """Read one chunk of a file.

    Parameters
    ----------
    plan : FilePlan
        Where the columns come from.
    chunk : Chunk
        Rows of the file.
    settings : Settings
        Date order and currencies.
    evidence : mapping of str to OrderEvidence
        By timestamp column: takes up what its cells say about the date order.
    """
    work = _Work(plan, chunk)
    problems = []
    for column in plan.columns:
        read = read_column(plan, column, chunk, settings.date_order, evidence.get(column.column))
        if column.column == "until":
            read = _through_day(read)
        work.columns[column.column] = read.values
        work.texts[column.column] = read.text
        if read.month_first is not None and settings.date_order is None:
            work.columns[column.column + MONTH_FIRST] = read.month_first
        if read.problems is not None:
            problems.append((column.column, read.problems))
    if "is_deleted" in work.columns:
        work.reject(
            work.columns.pop("is_deleted"), "is_deleted", "was deleted in the CRM", "deleted"
        )
    for name, problem in problems:
        work.reject(pc.is_valid(problem), name, problem, "unreadable")
    _interpret(work, settings)
    _check(work)
    return _result(work, chunk)


def _through_day(read: ReadColumn) -> ReadColumn:
    """What holds until a day holds through that day, in either reading of the day."""
    other = None if read.month_first is None else through_day(read.month_first)
    return read._replace(values=through_day(read.values), month_first=other)


class _Work:
    """The columns of one chunk on their way, and the first complaint about each row."""

    def __init__(self, plan: FilePlan, chunk: Chunk) -> None:
        self.plan = plan
        self.rows = chunk.rows
        self.columns: dict[str, pa.Array] = {}
        self.texts: dict[str, pa.Array | None] = {}
        self.rejected: dict[int, Rejected] = {}

    def reject(self, bad: pa.Array, column: str | None, why: Any, sort: Sort) -> None:
        """Reject the rows where `bad` is true; `why` is one reason or an array of them."""
        places = np.flatnonzero(pc.fill_null(bad, False).to_numpy(zero_copy_only=False))
        label = self.plan.label(column) if column else None
        cells = self.texts.get(column or "")
        if cells is None:
            cells = self.columns.get(column or "")
        for place in places.tolist():
            if place in self.rejected:
                continue
            cell = cells[place].as_py() if cells is not None else None
            value = None if cell is None else str(cell)
            reason = why if isinstance(why, str) else why[place].as_py()
            self.rejected[place] = Rejected(self.rows[place].as_py(), label, value, reason, sort)


def _interpret(work: _Work, settings: Settings) -> None:
    """Columns that depend on each other."""
    plan = work.plan
    if plan.table == "suppressions":  # "e-mail"
        work.columns["kind"] = pc.replace_substring(work.columns["kind"], "e_mail", "email")
    if plan.table == "engagements":
        split_people(work.columns)
    if plan.table == "opportunities":
        alone = not plan.dialect.open_deals_say_not_won
        settle_outcomes(work.columns, lost_if_not_won=alone)
    unknown = convert_money(work.columns, plan.table, settings.base_currency, settings.rates)
    if unknown is not None:
        known = ", ".join(sorted({settings.base_currency, *settings.rates}))
        why = f"is a currency without a rate (known: {known}; see prepare.currency_rates)"
        work.reject(unknown, "currency", why, "unreadable")


def _check(work: _Work) -> None:
    """What the contract asks of each row by itself."""
    schema = SCHEMAS[work.plan.table]
    for column in schema.required:
        work.reject(pc.is_null(work.columns[column]), column, "is required but empty", "missing")
    given = [work.columns[column] for column in schema.one_of if column in work.columns]
    if given:
        why = f"one of {', '.join(schema.one_of)} is required, but all are empty"
        work.reject(pc.is_null(pc.coalesce(*given)), None, why, "missing")
    for (table, column), allowed in _ONLY_THESE.items():
        if table == schema.name:
            odd = pc.invert(pc.is_in(work.columns[column], pa.array(allowed)))
            work.reject(odd, column, f"is not one of {', '.join(allowed)}", "unreadable")
    if schema.name == "overrides":
        _check_tiers(work)
    for column in schema.non_negative:
        if column in work.columns:
            below = pc.less(work.columns[column], 0)
            work.reject(below, column, "is negative", "unreadable")


def _check_tiers(work: _Work) -> None:
    """What people set must be a tier: 1, 2 or 3, or 0 for none; a pin can only keep one."""
    action = work.columns["action"]
    tier = work.columns.get("tier", pa.nulls(len(action), INTEGER))
    sets = pc.equal(action, "tier")
    least = pc.if_else(sets, 0, 1)
    outside = pc.or_(pc.less(tier, least), pc.greater(tier, 3))
    work.reject(outside, "tier", NO_TIER, "unreadable")
    unsaid = pc.and_(sets, pc.is_null(tier))
    work.reject(unsaid, "action", "sets a tier by hand without saying which", "missing")


def _result(work: _Work, chunk: Chunk) -> Converted:
    for extra in work.plan.extras:
        work.columns[extra.column] = as_text(chunk.cells[extra.places[0]])
    table = pa.table({"_row": work.rows, **work.columns})
    if work.rejected:
        keep = np.ones(table.num_rows, bool)
        keep[list(work.rejected)] = False
        table = table.filter(pa.array(keep))
    malformed = [
        Rejected(record.row, None, None, record.reason, "unreadable") for record in chunk.malformed
    ]
    return Converted(table, [*work.rejected.values(), *malformed])
