"""Where an account's opportunities stood at as_of: won, lost or open, and how long ago."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from abm_ml.data.crm import Crm
from abm_ml.features.names import Feature
from abm_ml.features.spine import days_between, for_every_row, seen_before

STATES = ("past_won", "past_lost", "open_opportunities")


def opportunity_state(crm: Crm, spine: ibis.Table) -> ibis.Table:
    """Opportunities of each spine row by their state at as_of.

    An opportunity exists from its created_at; it is won or lost once its closed_at lies before
    as_of, and open until then.

    Returns
    -------
    ibis.Table
        row_id (every spine row), past_won, past_lost, open_opportunities (int64).
    """
    seen = _opportunities(crm, spine)
    counts = {name: measure for name, measure in _measures(seen).items() if name in STATES}
    found = seen.group_by("row_id").agg(**counts)
    return for_every_row(spine, found, dict.fromkeys(STATES, 0))


def opportunity_features(crm: Crm, spine: ibis.Table, features: Sequence[Feature]) -> ibis.Table:
    """Opportunity features by their names, for the rows that have opportunities."""
    seen = _opportunities(crm, spine)
    measures = _measures(seen)
    return seen.group_by("row_id").agg(
        **{feature.name: measures[feature.family].cast("float64") for feature in features}
    )


def _measures(seen: ibis.Table) -> dict[str, ibis.Value]:
    return {
        "past_won": seen.count(where=seen.is_past_won),
        "past_lost": seen.count(where=seen.is_past_lost),
        "open_opportunities": seen.count(where=seen.is_open),
        "days_since_won": seen.closed_days.min(where=seen.is_past_won),
        "days_since_lost": seen.closed_days.min(where=seen.is_past_lost),
    }


def _opportunities(crm: Crm, spine: ibis.Table) -> ibis.Table:
    """Opportunities created before as_of, with their state at as_of."""
    table = crm.table("opportunities").select("account_id", "created_at", "closed_at", "is_won")
    seen = seen_before(spine, table, at="created_at")
    closed = (seen.closed_at < seen.as_of).fill_null(False)
    # One that is won or lost without a date can't be placed in time: it counts as nothing.
    undated = seen.closed_at.isnull() & seen.is_won.notnull()
    return seen.select(
        "row_id",
        is_past_won=closed & seen.is_won.fill_null(False),
        is_past_lost=closed & ~seen.is_won.fill_null(True),
        is_open=~closed & ~undated,
        closed_days=days_between(seen.closed_at, seen.as_of),
    )
