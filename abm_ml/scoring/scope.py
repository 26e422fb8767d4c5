"""What holds for a whole run and is known before any single account is looked at."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.datatypes as dt

from abm_ml.config import Params
from abm_ml.criterion import Criterion
from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.features.account import existing_accounts
from abm_ml.rules.icp import source_of

SOURCES = {"engagement": "engagements", "intent": "intent"}
"""Tables behind the account score's parts of behaviour."""


@dataclass(frozen=True)
class Scope:
    """What the export lets us judge.

    Parameters
    ----------
    criteria : frozenset of str
        Sources (`icp.source_of`) of the criteria that can be judged: a column that is empty for
        all accounts is absent, and so are signals where the export has no such table.
    sources : frozenset of str
        Which of `engagement` and `intent` the export has.
    currency : str
        That of the accounts' money; empty where the export names none, or several.
    unheard : tuple of str
        Sentences about topics and kinds of signals that the rule book names and nobody has.
    """

    criteria: frozenset[str]
    sources: frozenset[str]
    currency: str = ""
    unheard: tuple[str, ...] = ()


def read_scope(crm: Crm, params: Params, as_of: datetime) -> Scope:
    """What the export lets us judge of the accounts that existed before as_of.

    Raises
    ------
    ParamsError
        If an ICP criterion names a column that accounts do not have.
    """
    criteria = criteria_of(params)
    columns = sorted({one.column for one in criteria if one.column})
    _check_columns(params, crm.table("accounts").columns)
    filled = _filled_columns(crm, columns, as_of)
    judged = {
        source_of(one)
        for one in criteria
        if (one.column in filled if one.column else crm.has("signals"))
    }
    # Empty event tables count as there: absence is for the whole run (DESIGN 6.1).
    sources = frozenset(name for name, table in SOURCES.items() if crm.has(table))
    return Scope(frozenset(judged), sources, _currency(crm), _unheard(crm, params, as_of))


def criteria_of(params: Params) -> tuple[Criterion, ...]:
    """All criteria of the ICP."""
    return (*params.icp.firmographic, *params.icp.technographic)


def _unheard(crm: Crm, params: Params, as_of: datetime) -> tuple[str, ...]:
    """Topics and kinds that are named but that nobody has: they would silently count 0."""
    kinds = [one.signal for one in criteria_of(params) if one.signal]
    asked = (
        ("intent.topics", "topic", "intent", params.intent.topics),
        ("icp", "kind", "signals", kinds),
    )
    return tuple(
        _unheard_words(setting, column, name, there)
        for setting, column, table, names in asked
        if names and crm.has(table)
        for there in [_values(crm.table(table), column, as_of)]
        for name in sorted(set(names))
        if name.strip().lower() not in there
    )


def _values(table: ibis.Table, column: str, as_of: datetime) -> dict[str, str]:
    """The values of a column before a date by their lower case, one spelling of each."""
    seen = table.filter(table.ts < ibis.literal(as_of)).select(name=table[column].strip())
    names = seen.distinct().order_by("name").to_pyarrow()["name"].drop_null().to_pylist()
    return {name.lower(): name for name in names}


def _unheard_words(setting: str, column: str, name: str, there: dict[str, str]) -> str:
    near = difflib.get_close_matches(name.strip().lower(), there, n=3, cutoff=0.5)
    shown = ", ".join(repr(there[one]) for one in near or sorted(there)[:3])
    said = f"{setting}: nobody in the data has {column} {name!r}, so that it counts 0; "
    if not there:
        return f"{said}the data has none at all"
    return said + (f"the nearest are {shown}" if near else f"the data has {shown}")


def _check_columns(params: Params, known: Sequence[str]) -> None:
    for part in ("firmographic", "technographic"):
        for number, criterion in enumerate(getattr(params.icp, part)):
            column = criterion.column
            if column and column not in known:
                near = difflib.get_close_matches(column, known, n=1)
                hint = f" (did you mean {near[0]}?)" if near else f"; they have {', '.join(known)}"
                raise ParamsError(
                    f"icp.{part}.{number}.column: accounts have no column '{column}'{hint}"
                )


def _filled_columns(crm: Crm, columns: Sequence[str], as_of: datetime) -> set[str]:
    """Columns of accounts that hold something for at least one account."""
    if not columns:
        return set()
    accounts = existing_accounts(crm, as_of)
    counts = accounts.agg(**{name: _holds(accounts[name]).sum() for name in columns})
    found = crm.to_arrow(counts).to_pylist()[0]
    return {name for name, count in found.items() if count}


def _holds(values: ibis.Value) -> ibis.Value:
    """Not null, not blank, not an empty list, not NaN."""
    kind: dt.DataType = values.type()
    if isinstance(kind, dt.Array):
        return (values.length() > 0).fill_null(False)
    if isinstance(kind, dt.String):
        return values.re_search(r"[^\s\p{Z}]").fill_null(False)
    if isinstance(kind, dt.Floating):
        return (values.notnull() & ~values.isnan()).fill_null(False)
    return values.notnull()


def _currency(crm: Crm) -> str:
    named = crm.to_arrow(crm.table("accounts").select("currency").distinct()).column(0)
    given = named.drop_null().to_pylist()
    return given[0] if len(given) == 1 else ""
