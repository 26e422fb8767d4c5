"""How many of some accounts will be won, and what they will bring, with intervals.

Two things are uncertain: the luck of each account, and the level of all propensities together,
which the model learned from a limited number of wins and which moves in time. The second is what
the model's bands say (`propensity.bands`): how sure the mean win rate of accounts with similar
scores is, by the wins it was calibrated on and by how far the folds of the back-test were apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc
from scipy.stats import gamma, norm

Numbers = NDArray[np.float64]

LEVEL = 0.8
"""Probability that an interval holds the true number."""

_NODES = (np.arange(41) + 0.5) / 41
"""Levels of all propensities together that are weighed, as quantiles."""


@dataclass(frozen=True)
class Expected:
    """A number that only the future knows, with its 80 % interval."""

    value: float
    low: float
    high: float

    def to_dict(self) -> dict[str, float]:
        """Plain values."""
        return {"value": self.value, "low": self.low, "high": self.high}


def expected_wins(propensity: Numbers, low: Numbers, high: Numbers) -> Expected:
    """Accounts that will be won, of those given.

    Given the level, the count is a sum of coin tosses of different chances; it is taken for the
    binomial with the same mean and variance (Ehm 1991). Levels are weighed as the ends of the
    mean rates' intervals say; errors of accounts with similar scores are taken to go together.

    Parameters
    ----------
    propensity : array of float, shape (n_accounts,)
        Probabilities; NaN counts as 0.
    low, high : array of float, shape (n_accounts,)
        80 % interval of the mean win rate of accounts with similar scores.

    Returns
    -------
    Expected
        The mean, and whole numbers around it between which 80 % of the distribution lie: on the
        average of many cases, as whole numbers cannot hit it in each (mid-distribution; Parzen
        2004).
    """
    p = np.nan_to_num(propensity, nan=0.0)
    mean = float(p.sum())
    if mean == 0:
        return Expected(0.0, 0.0, 0.0)
    chance = float(p @ p) / mean
    levels = np.clip(_levels(p, low, high), 1e-9, mean / chance)
    # Of the moment-matched binomial: trials stay, the chance moves with the level.
    trials = mean / chance
    rates = np.minimum(levels / trials, 1 - 1e-9)
    counts = _counts(levels, trials)
    reached = _at_most(counts, trials, rates)
    below = _at_most(counts[:1] - 1, trials, rates) if counts[0] else np.zeros(1)
    middle = (reached + np.concatenate([below, reached[:-1]])) / 2
    first = np.argmax(middle >= (1 - LEVEL) / 2)
    last = len(counts) - 1 - np.argmax(middle[::-1] <= (1 + LEVEL) / 2)
    return Expected(mean, float(counts[first]), float(counts[last]))


def expected_value(
    propensity: Numbers, low: Numbers, high: Numbers, amount: Numbers, spread: float
) -> Expected:
    """Money that the accounts will bring; see `expected_wins`.

    Parameters
    ----------
    propensity, low, high : array of float, shape (n_accounts,)
        As for wins.
    amount : array of float, shape (n_accounts,)
        Expected amount of each if it is won; NaN counts as 0.
    spread : float
        Squared coefficient of variation of single amounts about the expected.

    Returns
    -------
    Expected
        The mean, and the ends of the gamma distribution with the same mean and variance.
    """
    p, money = (np.nan_to_num(values, nan=0.0) for values in (propensity, amount))
    mean = float(p @ money)
    if mean == 0:
        return Expected(0.0, 0.0, 0.0)
    ratio = _levels(p, low, high) / p.sum()
    luck = float(p @ (money**2 * (1 + spread)) - p**2 @ money**2)
    variance = float(np.mean(ratio)) * luck + float(np.var(ratio)) * mean**2
    ends = gamma.ppf([(1 - LEVEL) / 2, (1 + LEVEL) / 2], mean**2 / variance)
    return Expected(mean, *(float(end) * variance / mean for end in ends))


def _levels(p: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """Mean numbers of wins at each node; those of the interval's ends lie at 10 % and 90 %."""
    mean = float(p.sum())
    ends = [float(np.nan_to_num(end, nan=0.0).sum()) for end in (low, high)]
    down, up = (np.log(mean / max(ends[0], 1e-9)), np.log(max(ends[1], 1e-9) / mean))
    score = norm.ppf(_NODES)
    steps = np.where(score < 0, max(down, 0.0), max(up, 0.0)) / norm.ppf((1 + LEVEL) / 2)
    return np.asarray(mean * np.exp(steps * score))


def _counts(levels: Numbers, trials: float) -> NDArray[np.int64]:
    """Numbers of wins that are not out of the question."""
    least, most = (
        float(end + side * (5 * np.sqrt(end) + 5))
        for end, side in ((levels.min(), -1), (levels.max(), 1))
    )
    return np.arange(max(0, int(least)), int(np.ceil(min(trials, most))) + 1)


def _at_most(counts: NDArray[np.int64], trials: float, rates: Numbers) -> Numbers:
    """P(wins <= count) over all levels, shape (n_counts,)."""
    left = np.maximum(trials - counts, 1e-9)[:, None]
    return np.asarray(betainc(left, counts[:, None] + 1.0, 1 - rates[None, :]).mean(axis=1))
