"""From margins to probabilities that keep their word, learned on rows later than training.

Platt scaling for small data (Platt 1999, with his smoothed targets); for large data the
steps of a centred isotonic regression on equal-count bins (Oron and Flournoy 2017) on top of
it, joined by straight lines in log-odds: monotone without ties, and beyond the last step it
goes on as Platt's line does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit
from scipy.stats import beta

from abm_ml.propensity.columns import FloatArray, IntArray

LARGE = 300
"""Rows of the rarer class from which the isotonic steps are used."""

BIN_ROWS = 100
"""Rows of a bin of the isotonic regression, at least."""

MOST_LOGIT = 15.0
"""Probabilities stay inside (0, 1): no log-odds beyond ±15 (3 in ten million)."""


@dataclass(frozen=True)
class Calibrator:
    """Calibrated log-odds: slope · margin + intercept + a correction between knots.

    Parameters
    ----------
    slope, intercept : float
        Platt's line; the slope is never negative.
    knots, corrections : arrays, shape (n_knots,)
        Margins and what is added there; empty for Platt alone.
    """

    slope: float = 1.0
    intercept: float = 0.0
    knots: FloatArray | None = None
    corrections: FloatArray | None = None

    @classmethod
    def fit(cls, margin: FloatArray, y: IntArray, weight: FloatArray) -> Calibrator:
        """Learn from margins of rows that the model had not seen.

        Parameters
        ----------
        margin : array of float, shape (n_rows,)
            Log-odds before calibration.
        y, weight : arrays, shape (n_rows,)
            1 won, 0 lost; weights of the rows.
        """
        if not len(y) or y.min() == y.max():
            return cls()
        slope, intercept = _platt(margin, y, weight)
        if min(int(y.sum()), int((1 - y).sum())) < LARGE:
            return cls(slope, intercept)
        knots, levels = _isotonic_steps(margin, y, weight)
        return cls(slope, intercept, knots, levels - (slope * knots + intercept))

    @property
    def method(self) -> str:
        """`none`, `platt` or `isotonic`."""
        if self.knots is not None:
            return "isotonic"
        return "none" if (self.slope, self.intercept) == (1.0, 0.0) else "platt"

    def logit(self, margin: FloatArray) -> FloatArray:
        """Calibrated log-odds, shape (n_rows,); never falls as the margin rises."""
        line = self.slope * margin + self.intercept
        if self.knots is not None and self.corrections is not None:
            line = line + np.interp(margin, self.knots, self.corrections)
        return np.clip(line, -MOST_LOGIT, MOST_LOGIT)

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        return {
            "slope": self.slope,
            "intercept": self.intercept,
            "knots": self.knots,
            "corrections": self.corrections,
        }


def _platt(margin: FloatArray, y: IntArray, weight: FloatArray) -> tuple[float, float]:
    """Slope and intercept by Newton's method, on Platt's smoothed targets."""
    won, lost = float(weight @ y), float(weight @ (1 - y))
    target = np.where(y == 1, (won + 1) / (won + 2), 1 / (lost + 2))
    center, scale = float(margin.mean()), float(margin.std()) or 1.0
    design = np.column_stack([(margin - center) / scale, np.ones(len(margin))])
    line = np.array([0.0, logit((won + 0.5) / (won + lost + 1))])
    for _ in range(50):
        p = expit(design @ line)
        gradient = design.T @ (weight * (target - p))
        curvature = (design * (weight * p * (1 - p))[:, None]).T @ design
        step = np.linalg.solve(curvature + 1e-9 * np.eye(2), gradient)
        line = line + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-10:
            break
    slope = line[0] / scale
    if slope <= 0:  # the ranking is worth nothing: everybody gets the base rate
        return 0.0, float(logit((won + 0.5) / (won + lost + 1)))
    return float(slope), float(line[1] - slope * center)


def _isotonic_steps(
    margin: FloatArray, y: IntArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Centres and log-odds of pooled bins whose win rates rise strictly."""
    n_bins = int(np.clip(len(y) // BIN_ROWS, 2, 50))
    order = np.argsort(margin, kind="stable")
    pooled: list[FloatArray] = []  # weight, won weight, weighted margin of each pool
    for rows in np.array_split(order, n_bins):
        w = weight[rows]
        pooled.append(np.array([w.sum(), w @ y[rows], w @ margin[rows]]))
        while len(pooled) > 1 and not _rises(pooled[-2], pooled[-1]):
            last = pooled.pop()
            pooled[-1] = pooled[-1] + last
    knots = np.array([pool[2] / pool[0] for pool in pooled])
    return knots, logit(np.array([_rate(pool) for pool in pooled]))


def _rate(pool: FloatArray) -> float:
    """Win rate of a pool, kept inside (0, 1) by half a win and half a loss."""
    return float((pool[1] + 0.5) / (pool[0] + 1))


def _rises(left: FloatArray, right: FloatArray) -> bool:
    """Whether a pool has a higher rate and a higher mean margin than the one before it."""
    return _rate(right) > _rate(left) and right[2] / right[0] > left[2] / left[0]


@dataclass(frozen=True)
class ScoreBands:
    """How sure the mean win rate of rows with similar scores is.

    Parameters
    ----------
    centers : array, shape (n_bands,)
        Calibrated log-odds in the middle of each band of unseen rows.
    low, high : arrays, shape (n_bands,)
        Where the 80 % Jeffreys interval of the band's win rate ends, as log-odds from there.
    """

    centers: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def fit(cls, logits: FloatArray, y: IntArray, *, level: float = 0.8) -> ScoreBands:
        """Bands of equal count from calibrated log-odds of unseen rows.

        Parameters
        ----------
        logits : array of float, shape (n_rows,)
            Calibrated log-odds; at least one row.
        y : array of int, shape (n_rows,)
            1 won, 0 lost.
        level : float
            Probability that the interval holds the mean win rate.
        """
        n_bands = int(np.clip(len(y) // 50, 1, 10))
        tail = (1 - level) / 2
        rows = []
        for band in np.array_split(np.argsort(logits, kind="stable"), n_bands):
            won = y[band].sum()
            ends = beta.ppf([tail, 1 - tail], won + 0.5, len(band) - won + 0.5)
            center = logit(np.clip(expit(logits[band]).mean(), 1e-9, 1 - 1e-9))
            rows.append([center, *(logit(np.clip(ends, 1e-9, 1 - 1e-9)) - center)])
        centers, low, high = np.array(rows).T
        return cls(centers, low, high)

    def interval(self, logits: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Low and high end of the win rate around each calibrated log-odds, shapes (n_rows,)."""
        low = np.minimum(np.interp(logits, self.centers, self.low), 0)
        high = np.maximum(np.interp(logits, self.centers, self.high), 0)
        return expit(logits + low), expit(logits + high)

    def state(self) -> dict[str, Any]:
        """Plain arrays, enough to rebuild it."""
        return {"centers": self.centers, "low": self.low, "high": self.high}
