"""What a CRM offers as features, judged by what lay strictly before a date."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import ibis

from abm_ml.data.crm import Crm
from abm_ml.features.names import ATTRIBUTE, parse_feature

MIN_DATED_SHARE = 0.9
"""Share of the accounts with a value that account_history must date to make a column usable.

Where it dates fewer, that a value is dated at all may tell who was won.
"""

_IDENTITY = frozenset({
    "account_id", "name", "former_names", "domain", "linkedin_url", "credit_code", "ticker",
    "registration_no", "tax_no", "organisation_code", "parent_account_id",
})  # fmt: skip
_RECORD = frozenset({"created_at", "updated_at", "currency"})

NAMES_ACCOUNT = "names the account, says nothing about it"
OF_RECORD = "describes the record, not the company"
UNDATED = (
    "no history: it may have been written after the outcome; list it in features.extra_columns "
    "if you know it was not, or bring account_history"
)
RESERVED = "has the name of a computed feature; rename the column"


@dataclass(frozen=True)
class Offered:
    """Columns of accounts that are features, and those that are not, with the reason."""

    used: tuple[str, ...]
    held_back: dict[str, str]


def attribute_columns(crm: Crm, before: datetime, stable: Collection[str]) -> Offered:
    """Which columns of accounts may be features: the stable, and those that history dates."""
    given = crm.given_columns("accounts")
    dated = _dated_shares(crm, before)
    used, held_back = [], {}
    for name in dict.fromkeys((*given, *sorted(dated))):
        if name == "account_id":
            continue
        if parse_feature(name).family != ATTRIBUTE:
            held_back[name] = RESERVED
        elif (name in stable and name in given) or dated.get(name, 0.0) >= MIN_DATED_SHARE:
            used.append(name)
        else:
            held_back[name] = _why_held_back(name, dated.get(name))
    return Offered(tuple(used), held_back)


def frequent(
    crm: Crm, table: str, column: str, before: datetime, most: int, never: Collection[str] = ()
) -> tuple[str, ...]:
    """The most frequent values of a column of an event table before a date."""
    events = crm.table(table)
    value = events[column]
    seen = events.filter((events.ts < before) & events.account_id.notnull() & value.notnull())
    if never:
        seen = seen.filter(seen[column].notin(list(never)))
    counts = seen.group_by(column).agg(rows=seen.count())
    top = counts.order_by(ibis.desc("rows"), column).limit(most)
    return tuple(crm.to_arrow(top)[column].to_pylist())


def _dated_shares(crm: Crm, before: datetime) -> dict[str, float]:
    """By column: accounts that history dates before a date, of those that have a value."""
    if not crm.has("account_history"):
        return {}
    history = crm.table("account_history")
    seen = history.filter(history.valid_from < before)
    counts = seen.group_by("column").agg(accounts=seen.account_id.nunique())
    dated = {row["column"]: row["accounts"] for row in crm.to_arrow(counts).to_pylist()}
    filled = _filled_counts(crm, before, dated)
    return {name: min(1.0, dated[name] / max(filled[name], 1)) for name in dated}


def _filled_counts(crm: Crm, before: datetime, names: Collection[str]) -> dict[str, int]:
    """By column: accounts that have a value; all accounts where only history knows the column."""
    accounts = crm.table("accounts")
    existing = accounts.filter(accounts.created_at.isnull() | (accounts.created_at < before))
    if not names:
        return {}
    counts = existing.agg(
        **{
            name: existing[name].count() if name in existing.columns else existing.count()
            for name in names
        }
    )
    return dict(crm.to_arrow(counts).to_pylist()[0])


def _why_held_back(name: str, dated_share: float | None) -> str:
    if name in _IDENTITY:
        return NAMES_ACCOUNT
    if name in _RECORD:
        return OF_RECORD
    if dated_share is not None:
        return f"account_history dates it for {dated_share:.0%} of the accounts that have it"
    return UNDATED
