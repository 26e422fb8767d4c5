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

from abm_ml.data.column_kinds import FloatArray, IntArray

LARGE = 1_000
"""Rows of the rarer class from which the isotonic steps are used."""

SHIFT = 0.1
"""Standard deviation, before any row is seen, of how far a model's level is off in log-odds:
models fitted by log loss are right on average, and levels that move in time move back too."""

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
    def fit(
        cls,
        margin: FloatArray,
        y: IntArray,
        weight: FloatArray,
        folds: IntArray | None = None,
    ) -> Calibrator:
        """Learn from margins of rows that the model had not seen.

        Parameters
        ----------
        margin : array of float, shape (n_rows,)
            Log-odds before calibration.
        y, weight : arrays, shape (n_rows,)
            1 won, 0 lost; weights of the rows.
        folds : array of int, shape (n_rows,), optional
            Fold that tested each row: what folds don't agree on is believed less.
        """
        if not len(y) or y.min() == y.max():
            return cls()
        platt = _platt(margin, y, weight)
        fold = np.zeros(len(y), dtype=np.int64) if folds is None else folds
        slope, intercept = _believed(platt, margin, y, weight, fold)
        if min(int(y.sum()), int((1 - y).sum())) < LARGE:
            return cls(slope, intercept)
        knots, levels = _isotonic_steps(margin, y, weight)
        return cls(slope, intercept, knots, levels - (platt[0] * knots + platt[1]))

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


def _believed(
    platt: tuple[float, float], margin: FloatArray, y: IntArray, weight: FloatArray, fold: IntArray
) -> tuple[float, float]:
    """Platt's line as far as it is sure, and as folds agree on its level.

    The slope goes back to 1 by its own uncertainty (James and Stein 1961); the level goes back
    to 0 by that of the folds' mean offset (DerSimonian and Laird 1986) against `SHIFT`, but never
    by more than that or its standard error (limited translation, Efron and Morris 1971): what is
    far off is far off.
    """
    slope = platt[0]
    if slope == 0:
        return platt
    p = expit(slope * margin + platt[1])
    information = weight * p * (1 - p)
    center = float(np.average(margin, weights=information))
    known = information @ (margin - center) ** 2
    if slope != 1:
        slope = 1 + (slope - 1) * max(0.0, 1 - 1 / (known * (slope - 1) ** 2))
    turned = center + slope * (margin - center)
    found = [_offset(turned[fold == k], y[fold == k], weight[fold == k]) for k in np.unique(fold)]
    mean, variance = _pooled(*np.array(found).T)
    taken = mean * variance / (SHIFT**2 + variance)
    most = max(SHIFT, float(np.sqrt(variance)))
    level = mean - float(np.clip(taken, -most, most))
    return slope, center * (1 - slope) + level


def _offset(margin: FloatArray, y: IntArray, weight: FloatArray) -> tuple[float, float]:
    """What must be added to margins for the mean to be right, and how much is known of it."""
    offset = 0.0
    for _ in range(30):
        p = expit(margin + offset)
        known = float(weight @ (p * (1 - p)))
        step = float(np.clip(weight @ (y - p) / max(known, 1e-9), -1, 1))
        offset += step
        if abs(step) < 1e-10 or abs(offset) > MOST_LOGIT:
            break
    return float(np.clip(offset, -5, 5)), max(known, 1e-9)


def _pooled(offset: FloatArray, known: FloatArray) -> tuple[float, float]:
    """Mean of the folds' offsets and its variance, with what lies between folds."""
    moved = variance_between(offset, known)
    weight = 1 / (1 / known + moved)
    return float(np.average(offset, weights=weight)), float(1 / weight.sum())


def variance_between(offset: FloatArray, known: FloatArray) -> float:
    """Variance of true offsets between folds (DerSimonian and Laird 1986)."""
    scale = known.sum() - known @ known / known.sum()
    if scale <= 0:
        return 0.0
    beyond = known @ (offset - np.average(offset, weights=known)) ** 2 - (len(known) - 1)
    return float(max(0.0, beyond / scale))


def worth(weight: FloatArray, part: IntArray | None = None) -> FloatArray:
    """Weights on a scale on which a part's sum is its effective number of rows (Kish 1965).

    Parameters
    ----------
    weight : array, shape (n_rows,)
        Weights of the rows, above 0.
    part : array of int, shape (n_rows,), optional
        Part of each row; without it all rows are one.
    """
    one = np.zeros(len(weight), dtype=np.int64) if part is None else part
    scale = np.bincount(one, weight) / np.maximum(np.bincount(one, weight**2), 1e-300)
    return np.asarray(weight * scale[one])


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
