"""What the rules need to know of every account of the universe, as one table."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts, suppressed_contacts
from abm_ml.errors import DataError, ParamsError
from abm_ml.features.account import universe_spine
from abm_ml.features.engagement import daily_events, engaged_contacts, micro_points
from abm_ml.features.intent import intent_score
from abm_ml.features.opportunities import opportunity_state
from abm_ml.features.signals import signal_counts
from abm_ml.features.spine import whole_sum
from abm_ml.rulebook import Criterion
from abm_ml.rules.icp import filled, plain, source_of

SPINE = "scoring_spine"
"""Name under which the universe's spine is registered in the session."""

CONTACTS_SHOWN = 5
"""The most people that are recommended at one account."""

_SHOWN = (
    "account_id", "name", "credit_code", "industry", "region", "city", "employees", "owner_id",
    "account_type",
)  # fmt: skip

_LOOKED_AT = "icp:"
"""Prefix of the columns that criteria look at."""

_NOTHING_SEEN = {
    "points_micro": 0,
    "mqa_points_micro": 0,
    "engaged_contacts": 0,
    "past_won": 0,
    "past_lost": 0,
    "open_opportunities": 0,
    "intent": 0.0,
}
"""Values of an account that has no row of that kind."""


@dataclass(frozen=True)
class Inputs:
    """The universe as of a date, in the order of account_id.

    Parameters
    ----------
    spine : pyarrow.Table
        row_id (the position, from 0), account_id, as_of.
    table : pyarrow.Table
        One row an account: what is shown of it, and what the rules look at.
    criteria_columns : dict of str to pyarrow.Array
        Values by `source_of`, for the criteria whose source the export has.
    sources : frozenset of str
        Which of `engagement` and `intent` the export has.
    currency : str
        That of the accounts' money; empty where the export does not say.
    """

    spine: pa.Table
    table: pa.Table
    criteria_columns: dict[str, pa.Array]
    sources: frozenset[str]
    currency: str = ""

    def __len__(self) -> int:
        return self.table.num_rows

    def numbers(self, column: str) -> NDArray[Any]:
        """One column without nulls, as numbers or flags."""
        return np.asarray(self.table[column])

    def array(self, column: str) -> pa.Array:
        """One column as a contiguous Arrow array."""
        return self.table[column].combine_chunks()


def read_inputs(crm: Crm, params: Params, as_of: datetime) -> Inputs:
    """Everything that the rules look at, for every account that existed before as_of.

    Raises
    ------
    ParamsError
        If an ICP criterion names a column that accounts do not have.
    DataError
        If an account_id stands twice in accounts.
    """
    criteria = (*params.icp.firmographic, *params.icp.technographic)
    attributes = _attributes(crm, criteria)
    positions = crm.to_arrow(universe_spine(crm, as_of).order_by("row_id"))
    _check_unique(positions["account_id"])
    spine = crm.register(SPINE, positions)
    joined = spine.select("row_id", "account_id")
    by_row = [*_engagement(crm, spine, params), *_signals(crm, spine, criteria)]
    by_row += [_intent(crm, spine, params), opportunity_state(crm, spine)]
    for other in by_row:
        joined = joined.left_join(other, "row_id").drop("row_id_right")
    by_account = [
        attributes,
        suppressed_accounts(crm, as_of).rename(suppressed_because="reason").mutate(suppressed=True),
        recommended_contacts(crm, as_of),
    ]
    for other in by_account:
        joined = joined.left_join(other, "account_id").drop("account_id_right")
    table = crm.to_arrow(_without_gaps(joined).order_by("row_id"))
    columns = _judgeable(table, crm, criteria)
    return Inputs(positions, table, columns, _sources(crm), _currency(crm))


def _currency(crm: Crm) -> str:
    """The one currency of the accounts' money; empty where they name none, or several."""
    named = crm.to_arrow(crm.table("accounts").select("currency").distinct()).column(0)
    given = named.drop_null().to_pylist()
    return given[0] if len(given) == 1 else ""


def recommended_contacts(crm: Crm, as_of: datetime) -> ibis.Table:
    """People to talk to at each account: never suppressed, never opted out.

    Those who engaged last come first, then by contact_id; at most `CONTACTS_SHOWN`.

    Returns
    -------
    ibis.Table
        account_id, recommended_contacts (list of contact_id).
    """
    contacts = crm.table("contacts")
    known = contacts.filter(contacts.created_at.isnull() | (contacts.created_at < as_of))
    free = known.anti_join(suppressed_contacts(crm, as_of), "contact_id")
    events = crm.table("engagements")
    before = events.filter(events.contact_id.notnull() & (events.ts < as_of))
    last = before.group_by("contact_id").agg(last_ts=before.ts.max())
    seen = free.left_join(last, "contact_id").select("account_id", "contact_id", "last_ts")
    best_first = [seen.last_ts.desc(nulls_first=False), seen.contact_id]
    placed = seen.mutate(
        place=ibis.row_number().over(ibis.window(group_by="account_id", order_by=best_first))
    )
    top = placed.filter(placed.place < CONTACTS_SHOWN)
    return top.group_by("account_id").agg(
        recommended_contacts=top.contact_id.collect(order_by=top.place)
    )


def _engagement(crm: Crm, spine: ibis.Table, params: Params) -> list[ibis.Table]:
    """Points shown (all kinds), and points and people that count for MQA (no outcome kinds).

    Both sums are taken in one pass over the events, which are by far the largest table.
    """
    settings, days = params.engagement, params.mqa.window_days
    reach = max(settings.window_days, days)
    daily = daily_events(crm, spine, window_days=reach)
    points = micro_points(
        daily,
        points_by_kind=settings.points_by_kind,
        daily_cap=settings.daily_cap,
        half_life_days=settings.half_life_days,
    )
    shown = daily.age_days <= settings.window_days
    for_mqa = (daily.age_days <= days) & daily.kind.notin(list(settings.outcome_kinds))
    sums = daily.group_by("row_id").agg(
        points_micro=whole_sum(points, where=shown).cast("int64"),
        mqa_points_micro=whole_sum(points, where=for_mqa).cast("int64"),
        last_engaged_at=daily.last_ts.max(where=shown),
    )
    outcomes = settings.outcome_kinds
    people = engaged_contacts(crm, spine, window_days=days, excluded_kinds=outcomes)
    return [sums, people]


def _intent(crm: Crm, spine: ibis.Table, params: Params) -> ibis.Table:
    settings = params.intent
    return intent_score(
        crm,
        spine,
        topics=settings.topics,
        half_life_days=settings.half_life_days,
        window_days=settings.window_days,
    )


def _signals(crm: Crm, spine: ibis.Table, criteria: Iterable[Criterion]) -> list[ibis.Table]:
    """Counts of each kind of signal that a criterion asks for, named by `source_of`."""
    tables = {}
    for criterion in criteria:
        if criterion.signal and crm.has("signals"):
            name = source_of(criterion)
            counts = signal_counts(crm, spine, criterion.signal, criterion.within_days)
            tables[name] = counts.rename({name: "signals"})
    return list(tables.values())


def _attributes(crm: Crm, criteria: Iterable[Criterion]) -> ibis.Table:
    """Columns of accounts that are shown, and those looked at under a name of their own."""
    accounts = crm.table("accounts")
    looked_at = [criterion.column for criterion in criteria if criterion.column]
    for column in looked_at:
        if column not in accounts.columns:
            near = difflib.get_close_matches(column, accounts.columns, n=1)
            known = ", ".join(accounts.columns)
            hint = f" (did you mean {near[0]}?)" if near else f"; they have {known}"
            raise ParamsError(f"icp: accounts have no column '{column}'{hint}")
    # Whatever the user calls a column, it cannot be taken for one of the other inputs.
    return accounts.select(
        *_SHOWN, **{_LOOKED_AT + column: accounts[column] for column in looked_at}
    )


def _check_unique(ids: pa.ChunkedArray) -> None:
    counted = pc.value_counts(ids)
    twice = counted.filter(pc.greater(counted.field("counts"), 1)).field("values")
    if len(twice):
        raise DataError(
            f"accounts: account_id '{pc.min(twice)}' stands in it more than once; "
            "abm prepare keeps the newest of each"
        )


def _without_gaps(joined: ibis.Table) -> ibis.Table:
    """Nothing seen is 0; not on a suppression list is false; nobody to contact is no one."""
    filled_in = {name: joined[name].fill_null(zero) for name, zero in _NOTHING_SEEN.items()}
    nobody = ibis.literal([], type="array<string>")
    return joined.mutate(
        **filled_in,
        suppressed=joined.suppressed.fill_null(False),
        recommended_contacts=joined.recommended_contacts.fill_null(nobody),
    )


def _judgeable(table: pa.Table, crm: Crm, criteria: Iterable[Criterion]) -> dict[str, pa.Array]:
    """Columns of criteria whose source the export has: one that is empty for all is absent."""
    columns = {}
    for criterion in criteria:
        name = source_of(criterion)
        if criterion.signal:
            if crm.has("signals"):
                columns[name] = pc.fill_null(plain(table[name]), 0)
        elif filled(values := plain(table[_LOOKED_AT + name])).any():
            columns[name] = values
    return columns


def _sources(crm: Crm) -> frozenset[str]:
    """Event tables that the export has, be they empty: absence is for the whole run (6.1)."""
    tables = {"engagement": "engagements", "intent": "intent"}
    return frozenset(name for name, table in tables.items() if crm.has(table))
