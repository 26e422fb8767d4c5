"""What the rules need to know of every account of the universe, as one table."""

from __future__ import annotations

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
from abm_ml.criterion import Criterion
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppression_sources
from abm_ml.errors import DataError
from abm_ml.features.account import universe_spine
from abm_ml.features.engagement import daily_events, different_people, micro_points
from abm_ml.features.intent import intent_score
from abm_ml.features.opportunities import opportunity_sources, opportunity_state, won_elsewhere
from abm_ml.features.signals import criterion_counts
from abm_ml.features.spine import whole_sum
from abm_ml.rules.icp import plain, source_of
from abm_ml.scoring.scope import Scope, criteria_of, read_scope

SPINE = "scoring_spine"
"""Name under which the universe's spine is registered in the session."""

_SHOWN = (
    "account_id", "name", "credit_code", "industry", "region", "city", "employees", "owner_id",
    "account_type", "domain", "sub_industry", "country", "state", "technologies", "keywords",
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
    "won_elsewhere": 0,
    "intent": 0.0,
}
"""Values of an account that has no row of that kind."""


@dataclass(frozen=True)
class Inputs:
    """A slice of the universe as of a date, in the order of account_id.

    Parameters
    ----------
    spine : pyarrow.Table
        row_id (the position, from 0), account_id, as_of.
    table : pyarrow.Table
        One row an account: what is shown of it, and what the rules look at.
    criteria_columns : dict of str to pyarrow.Array
        Values by `source_of`, for the criteria that can be judged.
    scope : Scope
        What the export lets us judge.
    """

    spine: pa.Table
    table: pa.Table
    criteria_columns: dict[str, pa.Array]
    scope: Scope

    def __len__(self) -> int:
        return self.table.num_rows

    def numbers(self, column: str) -> NDArray[Any]:
        """One column without nulls, as numbers or flags."""
        return np.asarray(self.table[column])

    def array(self, column: str) -> pa.Array:
        """One column as a contiguous Arrow array."""
        return self.table[column].combine_chunks()


def read_inputs(
    crm: Crm,
    params: Params,
    as_of: datetime,
    scope: Scope | None = None,
    product: str | None = None,
) -> Inputs:
    """Everything that the rules look at, for every account that existed before as_of.

    Parameters
    ----------
    crm : Crm
        Canonical tables, of all accounts or of a slice.
    params : Params
        The rule book.
    as_of : datetime
        UTC without a zone.
    scope : Scope, optional
        What the whole export lets us judge; by default what these tables do.
    product : str, optional
        Only opportunities of it make a customer, or one that sales works on.

    Raises
    ------
    ParamsError
        If an ICP criterion names a column that accounts do not have.
    DataError
        If an account_id stands twice in accounts.
    """
    scope = scope or read_scope(crm, params, as_of)
    criteria = criteria_of(params)
    attributes = _attributes(crm, criteria)
    positions = crm.to_arrow(universe_spine(crm, as_of).order_by("row_id"))
    _check_unique(positions["account_id"])
    spine = crm.register(SPINE, positions)
    joined = spine.select("row_id", "account_id")
    by_row = [_engagement(crm, spine, params), *_signals(crm, spine, criteria)]
    by_row += [_intent(crm, spine, params), opportunity_state(crm, spine, product)]
    by_row += [opportunity_sources(crm, spine, product), _won_elsewhere(crm, spine, product)]
    for other in by_row:
        joined = joined.left_join(other, "row_id").drop("row_id_right")
    by_account = [
        attributes,
        suppression_sources(crm, as_of).mutate(suppressed=True),
    ]
    for other in by_account:
        joined = joined.left_join(other, "account_id").drop("account_id_right")
    table = crm.to_arrow(_without_gaps(joined).order_by("row_id"))
    return Inputs(positions, table, _judgeable(table, scope, criteria), scope)


def _engagement(crm: Crm, spine: ibis.Table, params: Params) -> ibis.Table:
    """Points shown (all kinds), and points and people that count for MQA (no outcome kinds).

    All are taken in one pass over the events, which are by far the largest table.
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
    return daily.group_by("row_id").agg(
        points_micro=whole_sum(points, where=shown).cast("int64"),
        mqa_points_micro=whole_sum(points, where=for_mqa).cast("int64"),
        last_engaged_at=daily.last_ts.max(where=shown),
        engaged_contacts=different_people(daily, where=for_mqa),
    )


def _won_elsewhere(crm: Crm, spine: ibis.Table, product: str | None) -> ibis.Table:
    """Deals won of other products than the list is for; none where it is for whatever there is."""
    if product is None:
        return spine.select("row_id", won_elsewhere=ibis.literal(0, type="int64"))
    return won_elsewhere(crm, spine, product)


def _intent(crm: Crm, spine: ibis.Table, params: Params) -> ibis.Table:
    return intent_score(crm, spine, **params.intent.model_dump())


def _signals(crm: Crm, spine: ibis.Table, criteria: Iterable[Criterion]) -> list[ibis.Table]:
    """Counts of each kind of signal that a criterion asks for, named by `source_of`."""
    tables = {}
    for criterion in criteria:
        if criterion.signal and crm.has("signals"):
            tables[source_of(criterion)] = criterion_counts(crm, spine, criterion)
    return list(tables.values())


def _attributes(crm: Crm, criteria: Iterable[Criterion]) -> ibis.Table:
    """Columns of accounts that are shown, and those looked at under a name of their own."""
    accounts = crm.table("accounts")
    looked_at = [criterion.column for criterion in criteria if criterion.column]
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
    """Nothing seen is 0; not on a suppression list is false."""
    filled_in = {name: joined[name].fill_null(zero) for name, zero in _NOTHING_SEEN.items()}
    return joined.mutate(
        **filled_in,
        suppressed=joined.suppressed.fill_null(False),
    )


def _judgeable(table: pa.Table, scope: Scope, criteria: Iterable[Criterion]) -> dict[str, pa.Array]:
    """Columns of the criteria that can be judged; of signals, none seen is 0."""
    columns = {}
    for criterion in criteria:
        name = source_of(criterion)
        if name in scope.criteria:
            values = plain(table[name if criterion.signal else _LOOKED_AT + name])
            columns[name] = pc.fill_null(values, 0) if criterion.signal else values
    return columns
