"""Engagement score, account score and fusion: weighted sums of 0-100 parts (DESIGN 6.1, 6.8)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

MICRO = 1_000_000
"""Points are summed as integers, a millionth of a point (DESIGN 8, law 3)."""

DECIMALS = 10
"""Scores are rounded here, so that 79.99999999999999 is the 80 that a person works out."""


def decayed_points(points: Numbers, age_days: Numbers, half_life_days: float) -> Numbers:
    """Engagement points after exponential decay: points · 0.5 ^ (age ÷ half-life) (DESIGN 6.3).

    Parameters
    ----------
    points : array of float, shape (n_events,)
        Points of each event before decay.
    age_days : array of float, shape (n_events,)
        Whole days between the event and as_of; >= 0 (the future is never scored).
    half_life_days : float
        Days in which points halve; > 0.
    """
    return np.asarray(points * np.power(0.5, age_days / half_life_days), dtype=np.float64)


def engagement_score(points_micro: NDArray[np.int64], full_points: float) -> Numbers:
    """Engagement 0-100: 100 · min(1, points ÷ full_points) (DESIGN 6.1).

    Parameters
    ----------
    points_micro : array of int, shape (n_accounts,)
        Decayed points, in millionths.
    full_points : float
        Points that make 100; > 0.
    """
    share = np.minimum(1.0, points_micro / (full_points * MICRO))
    return np.round(100 * share, DECIMALS)


def spread_weights(weights: Mapping[str, float], present: Collection[str]) -> dict[str, float]:
    """Weights of the account score's parts that are there, summing to 1 (DESIGN 6.1).

    A part is absent only when its source is absent for the whole run; its weight then goes to
    the others in proportion to theirs. Where the parts that are there have no weight at all,
    all weights are 0, and so is every account score.
    """
    total = sum(weight for name, weight in weights.items() if name in present)
    if total == 0:
        return dict.fromkeys(weights, 0.0)
    return {name: weight / total if name in present else 0.0 for name, weight in weights.items()}


def account_score(parts: Mapping[str, Numbers], weights: Mapping[str, float]) -> Numbers:
    """The rules' score 0-100, on which tiers are cut: Σ weight · part (DESIGN 6.1).

    Parameters
    ----------
    parts : mapping of str to array of float, each of shape (n_accounts,)
        Present parts, each 0-100.
    weights : mapping of str to float
        Weight of each part, as `spread_weights` gives them.
    """
    total = np.sum([weights[name] * part for name, part in parts.items()], axis=0)
    return np.round(np.clip(total, 0, 100), DECIMALS)


def propensity_score(propensity: Numbers, base_rate: float | Numbers) -> Numbers:
    """Propensity on the scale of the parts: 100 · p ÷ (p + base rate).

    0-100, 50 at the base rate, rising with p, and the same for an account whoever else is
    scored with it: a rank or a percentile would not be.

    Parameters
    ----------
    propensity : array of float, shape (n_accounts,)
        Probabilities, 0-1.
    base_rate : float, or array of float, shape (n_accounts,)
        The training data's rate of positives; > 0.
    """
    return np.round(100 * propensity / (propensity + base_rate), DECIMALS)


def priority(parts: Mapping[str, Numbers], weights: Mapping[str, float]) -> Numbers:
    """The fused score 0-100 that ranks the list: Σ weight · part ÷ Σ weight (DESIGN 6.8).

    Monotone in each part, since no weight is negative.

    Parameters
    ----------
    parts : mapping of str to array of float, each of shape (n_accounts,)
        `account_score` and what the run has beside it, each 0-100.
    weights : mapping of str to float
        Non-negative weights by the same names; where all are 0, the account score stands.
    """
    total = sum(weights[name] for name in parts)
    if total == 0:
        return parts["account_score"]
    fused = np.sum([weights[name] * part for name, part in parts.items()], axis=0) / total
    return np.round(np.clip(fused, 0, 100), DECIMALS)
