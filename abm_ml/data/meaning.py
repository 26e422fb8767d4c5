"""What columns mean together: won or lost, who did it, how much in one currency."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.cells import parse_each
from abm_ml.data.schemas import BOOLEAN, INTEGER, NUMBER, STRING
from abm_ml.data.words import currency_code, stage_outcome

MONEY: Mapping[str, tuple[str, ...]] = {
    "accounts": ("revenue", "funding_total", "registered_capital", "average_salary"),
    "opportunities": ("amount",),
    "campaigns": ("cost",),
    "contracts": ("amount",),
    "investments": ("amount",),
}
"""Columns of each table that hold money in the row's `currency`."""

_TRUTHS = (None, False, True)


def outcome(
    is_won: bool | None, is_closed: bool | None, by_stage: bool | None, lost_if_not_won: bool
) -> bool | None:
    """True for a won opportunity, False for a lost one, None for an open one.

    Parameters
    ----------
    is_won, is_closed : bool or None
        What the export says; None where it says nothing.
    by_stage : bool or None
        What the stage's name says.
    lost_if_not_won : bool
        Whether "won: no" alone means lost (Salesforce says it of open deals too).

    Examples
    --------
    >>> outcome(False, True, None, lost_if_not_won=False)
    False
    >>> outcome(False, None, None, lost_if_not_won=False) is None
    True
    """
    if is_closed is False:
        return None
    if is_won is not None and (is_won or is_closed or lost_if_not_won):
        return is_won
    if is_closed and by_stage is None:
        return False
    return by_stage


def settle_outcomes(columns: dict[str, pa.Array], *, lost_if_not_won: bool) -> None:
    """Set opportunities' is_won, and clear the expected closing dates of open ones, in place."""
    stage = columns["stage"]
    by_stage, _ = parse_each(stage, stage_outcome, BOOLEAN)
    nothing = pa.nulls(len(stage), BOOLEAN)
    is_won, is_closed = columns.get("is_won", nothing), columns.pop("is_closed", nothing)
    # 27 combinations: work each out once, then look every row up.
    table = [
        outcome(won, closed, stage_says, lost_if_not_won)
        for won, closed, stage_says in product(_TRUTHS, repeat=3)
    ]
    code = _code(by_stage)
    for place, flags in ((3, is_closed), (9, is_won)):
        code = pc.add(code, pc.multiply(_code(flags), place))
    columns["is_won"] = pa.array(table, BOOLEAN).take(code)
    closed = pc.is_valid(columns["is_won"])
    for column in [name for name in columns if name.startswith("closed_at")]:
        columns[column] = pc.if_else(closed, columns[column], None)


def split_people(columns: dict[str, pa.Array]) -> None:
    """Turn Salesforce's WhoId and WhatId into contact, lead and account, in place.

    00Q begins a lead's id; any other WhoId is a contact's; 001 begins an account's.
    """
    who = columns.pop("who_id", None)
    if who is not None:
        lead = pc.starts_with(who, "00Q")
        _fill(columns, "lead_id", pc.if_else(lead, who, None))
        _fill(columns, "contact_id", pc.if_else(lead, None, who))
    what = columns.pop("what_id", None)
    if what is not None:
        _fill(columns, "account_id", pc.if_else(pc.starts_with(what, "001"), what, None))


def convert_money(
    columns: dict[str, pa.Array], table: str, base: str, rates: Mapping[str, float]
) -> pa.Array | None:
    """Bring a table's money to one currency, in place; true where the currency is unknown.

    Parameters
    ----------
    columns : dict of str to pyarrow.Array
        Columns of a chunk.
    table : str
        The canonical table.
    base : str
        ISO code of the currency to convert to.
    rates : mapping of str to float
        Worth of one unit of each currency, in any common one.
    """
    if table not in MONEY or "currency" not in columns:
        return None
    worth = {base: 1.0, **{code: rate / rates.get(base, 1.0) for code, rate in rates.items()}}
    factor, _ = parse_each(columns["currency"], lambda x: worth.get(currency_code(x)), NUMBER)
    unknown = pc.and_(pc.is_valid(columns["currency"]), pc.is_null(factor))
    for column in MONEY[table]:
        if column in columns:
            amounts = columns[column]
            columns[column] = pc.if_else(
                pc.is_null(factor), amounts, pc.multiply(amounts, pc.fill_null(factor, 1.0))
            )
    given = pc.is_valid(columns["currency"])
    columns["currency"] = pc.if_else(pc.and_not(given, unknown), base, columns["currency"])
    return unknown


def _code(truths: pa.Array) -> pa.Array:
    """0 for null, 1 for false, 2 for true: places in _TRUTHS."""
    return pc.if_else(pc.is_null(truths), 0, pc.add(pc.cast(truths, INTEGER), 1))


def _fill(columns: dict[str, pa.Array], column: str, values: pa.Array) -> None:
    values = pc.cast(values, STRING)
    columns[column] = pc.coalesce(columns[column], values) if column in columns else values
