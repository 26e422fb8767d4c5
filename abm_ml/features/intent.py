"""What third parties saw an account research before as_of: the newest score of each topic."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from abm_ml.data.crm import Crm
from abm_ml.features.names import Feature
from abm_ml.features.spine import check_at_least, for_every_row, latest, seen_before


def intent_score(
    crm: Crm,
    spine: ibis.Table,
    *,
    topics: Sequence[str] = (),
    half_life_days: float,
    window_days: int,
) -> ibis.Table:
    """Intent of each spine row: the strongest topic, after exponential decay.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id, account_id, as_of.
    topics : sequence of str
        Topics that count; empty: all.
    half_life_days : float
        Days in which a score halves.
    window_days : int
        Older scores count as none.

    Returns
    -------
    ibis.Table
        row_id (every spine row), intent (0 to 100).

    Raises
    ------
    ParamsError
        If half-life or window is out of range.
    """
    check_at_least("half_life_days", half_life_days, 1e-3)
    newest = newest_scores(crm, spine, window_days=window_days)
    if topics:
        newest = newest.filter(newest.topic.isin(list(topics)))
    left = ibis.literal(2.0) ** (-newest.age_days / half_life_days)
    score = newest.score.clip(lower=0.0, upper=100.0) * left
    found = newest.group_by("row_id").agg(intent=score.max())
    return for_every_row(spine, found, {"intent": 0.0})


def intent_features(
    crm: Crm, spine: ibis.Table, features: Sequence[Feature], *, window_days: int
) -> ibis.Table:
    """Intent features by their names, for the rows that have scores: row_id and features."""
    newest = newest_scores(crm, spine, window_days=window_days)
    return newest.group_by("row_id").agg(
        **{
            feature.name: newest.score.max(
                where=newest.topic == feature.item if feature.item else None
            )
            for feature in features
        }
    )


def newest_scores(crm: Crm, spine: ibis.Table, *, window_days: int) -> ibis.Table:
    """The newest score of each topic within the window: row_id, topic, score, age_days."""
    check_at_least("window_days", window_days, 1)
    scores = crm.table("intent").select("account_id", "topic", "ts", "score")
    seen = seen_before(spine, scores, window_days=window_days)
    newest = latest(seen, by=("row_id", "topic"), at="ts", then="score")
    return newest.select("row_id", "topic", "score", "age_days")
