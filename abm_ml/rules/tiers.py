"""Tiers by threshold and capacity, the treatment they mean, and what changed (DESIGN 6.2)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Tiers = NDArray[np.int64]

NO_TIER = 0
"""Stands for "scored without a tier" in the arrays of this module."""

ABM_TYPES = {1: "one_to_one", 2: "one_to_few", 3: "programmatic"}
"""Treatment by tier."""


def tiers(
    account_score: NDArray[np.float64],
    account_id: pa.Array,
    floors: tuple[float, float, float],
    capacities: tuple[int | None, int | None, int | None],
    eligible: NDArray[np.bool_],
) -> Tiers:
    """Tier of each account: thresholds first, then capacity as a cap (DESIGN 6.2).

    In the order of score (ties by account_id), tier 1 takes the accounts that reach its floor
    until it is full; what it cannot hold goes to tier 2 with those that reach tier 2's floor,
    and so on. What lies beyond the last cap or under the last floor has no tier.

    Parameters
    ----------
    account_score : array of float, shape (n_accounts,)
        The rules' score, 0-100.
    account_id : pyarrow.Array of str, shape (n_accounts,)
        Breaks ties.
    floors : tuple of 3 float
        Lowest scores of tiers 1, 2 and 3, falling.
    capacities : tuple of 3 int or None
        The most accounts that each tier may hold; None: no cap.
    eligible : array of bool, shape (n_accounts,)
        Accounts that may have a tier (those that no `must` knocked out).

    Returns
    -------
    array of int, shape (n_accounts,)
        1, 2, 3, or `NO_TIER`.
    """
    result = np.full(len(account_score), NO_TIER, dtype=np.int64)
    order = best_first(account_score, account_id)
    order = order[eligible[order]]
    sorted_scores = account_score[order]
    taken = 0
    for tier, (floor, capacity) in enumerate(zip(floors, capacities, strict=True), start=1):
        reaching = int(np.count_nonzero(sorted_scores >= floor))
        end = reaching if capacity is None else min(reaching, taken + capacity)
        result[order[taken : max(taken, end)]] = tier
        taken = max(taken, end)
    return result


def best_first(score: NDArray[np.float64], account_id: pa.Array) -> NDArray[np.int64]:
    """Positions from the highest score to the lowest, ties by account_id."""
    table = pa.table({"score": score, "account_id": account_id})
    keys = [("score", "descending"), ("account_id", "ascending")]
    return np.asarray(pc.sort_indices(table, sort_keys=keys), dtype=np.int64)


def abm_types(tier: Tiers) -> pa.Array:
    """Treatment of each account by its tier; null without a tier (DESIGN 6.2)."""
    names = pa.array([None, *ABM_TYPES.values()], pa.string())
    return names.take(pa.array(tier))


def tier_changes(previous: Tiers, current: Tiers) -> pa.Array:
    """What happened to each account since the previous list: new, up, down, same, out.

    Null for accounts that had no tier then and have none now.
    """
    was, is_in = previous != NO_TIER, current != NO_TIER
    words = np.select(
        [~was & ~is_in, ~was, ~is_in, current < previous, current > previous],
        ["", "new", "out", "up", "down"],
        default="same",
    )
    return pa.array(words, pa.string(), mask=words == "")


_REASONS = (
    {
        "under": "account score {score:.10g} is under the lowest floor, {floor:g}",
        "reached": "account score {score:.10g} reaches tier {tier} (from {floor:g})",
        "next": ", which is full; tier {tier} is next",
        "none": ", which is full; so are the rest",
    },
    {
        "under": "规则评分 {score:.10g} 低于最低门槛 {floor:g}",
        "reached": "规则评分 {score:.10g} 达到第 {tier} 层（{floor:g} 分起）",
        "next": "，但名额已满；进入第 {tier} 层",
        "none": "，但名额已满；其余各层也已满",
    },
)
"""Why an account has its tier, in English and Chinese."""


def tier_reason(
    score: float, tier: int, floors: tuple[float, float, float], lang: str = "en"
) -> str:
    """Why one account has its tier, or none, in words.

    >>> tier_reason(85.0, 2, (80.0, 60.0, 0.0))
    'account score 85 reaches tier 1 (from 80), which is full; tier 2 is next'
    >>> tier_reason(85.0, 1, (80.0, 60.0, 0.0), "zh")
    '规则评分 85 达到第 1 层（80 分起）'
    """
    said = _REASONS[lang == "zh"]
    reached = next((i for i, floor in enumerate(floors, start=1) if score >= floor), NO_TIER)
    if reached == NO_TIER:
        return said["under"].format(score=score, floor=floors[-1])
    words = said["reached"].format(score=score, tier=reached, floor=floors[reached - 1])
    if tier == reached:
        return words
    return words + (said["next"].format(tier=tier) if tier else said["none"])
