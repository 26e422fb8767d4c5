"""Suspected leaks of a training table: what only the CRM around its rows can show.

Beside the rows themselves: columns of accounts as they stand today, what account_history dates
after the outcome, and open opportunities, whose columns show what is filled in only on closing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.data.crm import Crm
from abm_ml.features.discovery import NAMES_ACCOUNT, OF_RECORD
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.leak_behaviour import LEAST_ROWS, surely_apart
from abm_ml.propensity.leaks import Leak, suspected_leak, suspected_leaks
from abm_ml.propensity.words import OPPORTUNITY

BY_CLOSING = "it is filled once an opportunity has closed, and empty while it is open"
BY_REWRITING = "account_history shows it written after the outcome, for one class more than another"

REWRITTEN_GAP = 0.25
"""Shares of rows with a value written later, in the two classes, that surely differ by more."""


def training_leaks(
    crm: Crm,
    X: pd.DataFrame,
    labels: pa.Table,
    spec: FeatureSpec,
    until: datetime,
    allow_columns: Collection[str],
) -> tuple[Leak, ...]:
    """Suspected leaks among the columns of X and among all columns of accounts.

    Features are judged as they were at their time. Columns of accounts are judged once more as
    they stand now, account by account: one that was filled in or rewritten after a win looks
    harmless only where history dates it.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    X : DataFrame, shape (n_rows, n_columns)
        The features, in the order of the labels.
    labels : pyarrow.Table
        As `win_labels` and `conversion_labels` give them.
    spec : FeatureSpec
        The account features in X.
    until : datetime
        Nothing at or after it is known; in UTC.
    allow_columns : collection of str
        Columns that the user knows to be honest.
    """
    y = labels["y"].to_numpy()
    of_rows = suspected_leaks(
        X, y, days=_days(labels["as_of"]), repeats=labels["account_id"].to_numpy()
    )
    harmless = (NAMES_ACCOUNT, OF_RECORD)
    held_back = [name for name, why in spec.held_back.items() if why not in harmless]
    told = [
        *of_rows,
        *_filled_on_closing(crm, X.columns, until),
        *_written_later(crm, labels, spec),
        *_told_by_present(crm, labels, [*spec.attributes, *held_back]),
    ]
    found: dict[str, Leak] = {}
    for leak in told:
        found.setdefault(leak.column, leak)
    return tuple(leak for name, leak in found.items() if name not in allow_columns)


def _filled_on_closing(crm: Crm, columns: Iterable[str], until: datetime) -> list[Leak]:
    """Columns of opportunities that closed ones have and open ones lack."""
    own = [name for name in columns if name.startswith(OPPORTUNITY)]
    if not own:
        return []
    table = crm.table("opportunities")
    seen = table.filter(table.created_at < until)
    closed = (seen.is_won.notnull() & (seen.closed_at < until)).fill_null(False)
    filled = {name: seen[name.removeprefix(OPPORTUNITY)].count() for name in own}
    counted = crm.to_arrow(seen.group_by(closed=closed).agg(rows=seen.count(), **filled))
    of = {row["closed"]: row for row in counted.to_pylist()}
    if len(of) < 2 or min(of[True]["rows"], of[False]["rows"]) < LEAST_ROWS:
        return []
    return [leak for name in own if (leak := _closing_leak(name, of[True], of[False])) is not None]


def _closing_leak(name: str, closed: dict[str, int], still: dict[str, int]) -> Leak | None:
    """A leak where the share of filled rows rises on closing."""
    one, other = closed[name] / closed["rows"], still[name] / still["rows"]
    if one < other or not surely_apart(one, closed["rows"], other, still["rows"]):
        return None
    return Leak(
        name, BY_CLOSING, f"filled in {one:.0%} of closed opportunities, {other:.0%} of open"
    )


def _written_later(crm: Crm, labels: pa.Table, spec: FeatureSpec) -> list[Leak]:
    """Stable columns whose stand-in value was written after as_of, for one class above all.

    The current value stands in where nothing is dated before as_of. Where the first date that
    history has lies later, that value was not there at the time.
    """
    names = [name for name in spec.attributes if name in spec.stable_columns]
    if not names or not crm.has("account_history"):
        return []
    history = crm.table("account_history")
    mine = history.filter(history.column.isin(names))
    first = mine.group_by("account_id", "column").agg(first=mine.valid_from.min())
    spine = crm.register("leak_labels", labels.select(["account_id", "as_of", "y"]))
    joined = spine.join(first, "account_id")
    late = joined.filter(joined["first"] >= joined.as_of)
    counted = late.group_by("column").agg(
        won=ibis.cases((late.y == 1, late.account_id)).nunique(),
        lost=ibis.cases((late.y == 0, late.account_id)).nunique(),
    )
    accounts = [_accounts_of(labels, label) for label in (1, 0)]
    if min(accounts) < LEAST_ROWS:
        return []
    rows = sorted(crm.to_arrow(counted).to_pylist(), key=lambda row: names.index(row["column"]))
    leaks = (_rewriting_leak(row, *accounts) for row in rows)
    return [leak for leak in leaks if leak is not None]


def _accounts_of(labels: pa.Table, label: int) -> int:
    """Accounts that have a row with this label."""
    rows = labels.to_pandas()
    return int(rows.loc[rows["y"] == label, "account_id"].nunique())


def _rewriting_leak(row: dict[str, int], n_won: int, n_lost: int) -> Leak | None:
    won, lost = row["won"] / n_won, row["lost"] / n_lost
    if not surely_apart(won, n_won, lost, n_lost, gap=REWRITTEN_GAP):
        return None
    told = f"first written after the row's time for {won:.0%} of won accounts, {lost:.0%} of lost"
    return Leak(str(row["column"]), BY_REWRITING, told)


def _told_by_present(crm: Crm, labels: pa.Table, names: Sequence[str]) -> list[Leak]:
    """Columns of accounts whose present value tells which accounts ever won."""
    ever = pa.TableGroupBy(labels, "account_id").aggregate([("y", "max"), ("as_of", "min")])
    accounts = crm.table("accounts")
    known = [name for name in names if name in accounts.columns and name != "account_id"]
    now = crm.to_arrow(accounts.select("account_id", *known)).to_pandas()
    joined = ever.to_pandas().sort_values("account_id").merge(now, on="account_id")
    y: IntArray = joined["y_max"].to_numpy(dtype=np.int64)
    days = _days(pa.chunked_array([pa.array(joined["as_of_min"])]))
    judged = (suspected_leak(joined[name], y, days=days) for name in known)
    return [leak for leak in judged if leak is not None]


def _days(moments: pa.ChunkedArray) -> FloatArray:
    """Instants as days since 1970."""
    seconds = moments.to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6
    days: FloatArray = seconds / 86_400
    return days
