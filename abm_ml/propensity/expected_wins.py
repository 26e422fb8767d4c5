"""Whether propensities still hold on outcomes that came later: how many wins, and whose.

Weak calibration after D. R. Cox ("Two further applications of a model for binary regression",
Biometrika 1958): wins in all against those expected, and the slope of outcomes on log-odds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from abm_ml.data.column_kinds import FloatArray, IntArray

_Z = float(norm.ppf(0.995))
"""Ends of a 99 % interval."""

_LEAST_INFORMATION = 1e-6
"""Below it all propensities are the same, and claim no difference."""


@dataclass(frozen=True)
class Outcomes:
    """Wins after training against those that the model expected.

    Parameters
    ----------
    rows : int
        Outcomes that became known.
    expected : float
        Sum of their propensities.
    observed : int
        Wins among them.
    low, high : float
        99 % interval of observed ÷ expected.
    off : bool
        The whole interval lies further from 1 than is tolerated.
    slope, slope_low, slope_high : float
        How much of the differences between rows that propensity claims was found (1: all of it,
        0: none), with its 99 % interval.
    flat : bool
        The whole interval lies below the least slope.
    """

    rows: int
    expected: float
    observed: int
    low: float
    high: float
    off: bool
    slope: float
    slope_low: float
    slope_high: float
    flat: bool


def outcomes(
    y: IntArray,
    propensity: FloatArray,
    accounts: npt.NDArray[Any],
    *,
    tolerance: float,
    least: float,
    least_slope: float,
    learned_from: float = math.inf,
) -> Outcomes | None:
    """Whether as many were won as expected, and the right ones; None where too few wins to tell.

    With E expected, O observed and V the variance of O if propensities are right, the interval
    of the ratio r holds all r with |O - r E| <= z * sqrt(r V): the score interval of a rate. V is
    multiplied by how much more the rows of one account vary together than one by one, and E^2 ÷
    `learned_from` is added to it: few wins at training leave the level itself uncertain.

    Parameters
    ----------
    y : array of int, shape (n_rows,)
        1 won, 0 not.
    propensity : array of float, shape (n_rows,)
        What the model gave them beforehand.
    accounts : array, shape (n_rows,)
        account_id.
    tolerance : float
        0.25: a quarter more or fewer wins than expected are tolerated.
    least : float
        Wins, expected or observed, below which nothing is judged.
    least_slope : float
        0.5: half of the differences that propensity claims must be found.
    learned_from : float
        Wins that taught the model how many to expect (those it was calibrated on).
    """
    expected, observed = float(propensity.sum()), int(y.sum())
    if max(expected, observed) < least:
        return None
    rest = y - propensity * (observed / expected)
    _, member = np.unique(accounts, return_inverse=True)
    together = np.bincount(member, weights=rest)
    alone = float((rest**2).sum())
    effect = max(1.0, float((together**2).sum()) / alone) if alone else 1.0
    variance = float((propensity * (1 - propensity)).sum()) * effect / expected**2
    variance += 1 / learned_from
    low, high = _score_interval(observed / expected, variance)
    slope, reach = _slope(rest, propensity, member)
    return Outcomes(
        rows=len(y),
        expected=expected,
        observed=observed,
        low=low,
        high=high,
        off=low > 1 + tolerance or high < 1 - tolerance,
        slope=slope,
        slope_low=slope - reach,
        slope_high=slope + reach,
        flat=slope + reach < least_slope,
    )


def _slope(rest: FloatArray, propensity: FloatArray, member: IntArray) -> tuple[float, float]:
    """Slope of outcomes on log-odds, by one Newton step from 1, and half its interval."""
    weight = propensity * (1 - propensity)
    log_odds = np.log(propensity / (1 - propensity))
    centred = log_odds - np.average(log_odds, weights=weight)
    information = float((weight * centred**2).sum())
    if information < _LEAST_INFORMATION:
        return 1.0, math.inf
    pull = np.bincount(member, weights=rest * centred)
    spread = math.sqrt(max(information, float((pull**2).sum())))
    return 1 + float(pull.sum()) / information, _Z * spread / information


def _score_interval(ratio: float, variance: float) -> tuple[float, float]:
    """All r with (ratio - r)² <= z² r variance."""
    half = _Z**2 * variance / 2
    reach = math.sqrt(half * (2 * ratio + half))
    return ratio + half - reach, ratio + half + reach
