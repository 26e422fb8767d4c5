"""Dated facts about an account before as_of, counted by kind and window."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from abm_ml.data.crm import Crm
from abm_ml.features.names import Feature
from abm_ml.features.spine import check_at_least, for_every_row, seen_before


def signal_counts(crm: Crm, spine: ibis.Table, kind: str, within_days: int) -> ibis.Table:
    """How many signals of one kind each spine row saw in the days before as_of.

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
    signals = _signals(crm, spine, [kind], within_days)
    found = signals.group_by("row_id").agg(signals=signals.count())
    return for_every_row(spine, found, {"signals": 0})


def signal_features(crm: Crm, spine: ibis.Table, features: Sequence[Feature]) -> ibis.Table:
    """Signal features by their names, for the rows that have signals: row_id and features."""
    kinds = sorted({feature.item for feature in features})
    signals = _signals(crm, spine, kinds, max(feature.days for feature in features))
    return signals.group_by("row_id").agg(
        **{
            feature.name: signals.count(
                where=(signals.kind == feature.item) & (signals.age_days <= feature.days)
            ).cast("float64")
            for feature in features
        }
    )


def _signals(crm: Crm, spine: ibis.Table, kinds: Sequence[str], days: int) -> ibis.Table:
    table = crm.table("signals").select("account_id", "kind", "ts")
    return seen_before(spine, table.filter(table.kind.isin(list(kinds))), window_days=days)
