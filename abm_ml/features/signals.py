"""Dated facts about an account before as_of, counted by kind and window."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from abm_ml.criterion import Criterion
from abm_ml.data.crm import Crm
from abm_ml.features.names import Feature
from abm_ml.features.spine import check_at_least, folded, for_every_row, seen_before


def signal_counts(
    crm: Crm,
    spine: ibis.Table,
    kind: str,
    within_days: int,
    *,
    contains: Sequence[str] = (),
) -> ibis.Table:
    """How many signals of one kind each spine row saw in the days before as_of.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id, account_id, as_of.
    kind : str
        Kind of signal, whatever its case.
    within_days : int
        Length of the window.
    contains : sequence of str
        Only signals whose text holds one of these, whatever the case, are counted; empty: all.

    Returns
    -------
    ibis.Table
        row_id (every spine row), signals (int64).

    Raises
    ------
    ParamsError
        If the window is out of range.
    """
    check_at_least("within_days", within_days, 1)
    table = crm.table("signals")
    mine = table.filter(folded(table.kind) == kind.strip().lower())
    signals = _seen(spine, mine, within_days, contains)
    found = signals.group_by("row_id").agg(signals=signals.count())
    return for_every_row(spine, found, {"signals": 0})


def criterion_counts(crm: Crm, spine: ibis.Table, criterion: Criterion) -> ibis.Table:
    """What an ICP criterion on a signal counts for each spine row.

    Returns
    -------
    ibis.Table
        row_id (every spine row) and the count (int64) under `criterion.source`.
    """
    counts = signal_counts(
        crm, spine, criterion.signal, criterion.within_days, contains=criterion.contains
    )
    return counts.rename({criterion.source: "signals"})


def signal_features(crm: Crm, spine: ibis.Table, features: Sequence[Feature]) -> ibis.Table:
    """Signal features by their names, for the rows that have signals: row_id and features."""
    kinds = sorted({feature.item for feature in features})
    table = crm.table("signals")
    mine = table.filter(table.kind.isin(kinds))
    signals = _seen(spine, mine, max(feature.days for feature in features))
    return signals.group_by("row_id").agg(
        **{
            feature.name: signals.count(
                where=(signals.kind == feature.item) & (signals.age_days <= feature.days)
            ).cast("float64")
            for feature in features
        }
    )


def _seen(
    spine: ibis.Table, mine: ibis.Table, days: int, contains: Sequence[str] = ()
) -> ibis.Table:
    if contains:
        text = mine.text.lower()
        mine = mine.filter(ibis.or_(*(text.contains(part.strip().lower()) for part in contains)))
    return seen_before(spine, mine.select("account_id", "kind", "ts"), window_days=days)
