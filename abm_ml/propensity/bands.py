"""How sure the mean win rate of accounts with similar scores is.

Nothing is said about one account's own probability: nobody can know that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit
from scipy.stats import beta, norm

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.calibration import variance_between, worth


@dataclass(frozen=True)
class ScoreBands:
    """How sure the mean win rate of rows with similar scores is.

    Parameters
    ----------
    centers : array, shape (n_bands,)
        Calibrated log-odds in the middle of each band of unseen rows.
    low, high : arrays, shape (n_bands,)
        Where the 80 % interval of the band's win rate ends, as log-odds from there.
    """

    centers: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def fit(
        cls,
        logits: FloatArray,
        y: IntArray,
        *,
        weight: FloatArray | None = None,
        clusters: IntArray | None = None,
        folds: IntArray | None = None,
        line: bool = False,
        level: float = 0.8,
    ) -> ScoreBands:
        """Bands of equal count from calibrated log-odds of unseen rows.

        A band's interval is Jeffreys' (Brown, Cai and DasGupta 2001) of as many independent
        rows as its own are worth: the snapshots of one account share its fate. It is widened by
        how much the rate moved between folds, beyond chance, against what was predicted: each
        fold had another model and another time, as the fitted model and its future will be.
        Its middle lies away from the calibrated probability only as far as the bands stray from
        it beyond chance (empirical Bayes): calibration has seen these rows. Where calibration is
        a line, which all bands share, a band is as sure as the line is there: twice its
        variance, as the model fitted on all rows may have a line of its own.

        Parameters
        ----------
        logits : array of float, shape (n_rows,)
            Calibrated log-odds; at least one row.
        y : array of int, shape (n_rows,)
            1 won, 0 lost.
        weight : array of float, shape (n_rows,), optional
            Weights of the rows; a band counts for its effective number of rows (Kish 1965).
        clusters : array of int, shape (n_rows,), optional
            Rows of one cluster are alike; without it all rows are independent.
        folds : array of int, shape (n_rows,), optional
            Fold that tested each row.
        line : bool
            Whether calibration is a line (Platt's) and not steps.
        level : float
            Probability that the interval holds the mean win rate.
        """
        n_bands = int(np.clip(len(y) // 50, 1, 10))
        tails = np.array([(1 - level) / 2, (1 + level) / 2])
        weight = np.ones(len(y)) if weight is None else weight
        alike = 1.0 if clusters is None else design_effect(logits, y, clusters, weight)
        moved = 0.0 if folds is None else between_folds(logits, y, folds, alike, weight)
        rows = []
        for band in np.array_split(np.argsort(logits, kind="stable"), n_bands):
            w = worth(weight[band])
            won, lost = (w @ label / alike + 0.5 for label in (y[band], 1 - y[band]))
            middle = logit(won / (won + lost))
            ends = np.hypot(_log_odds(beta.ppf(tails, won, lost)) - middle, norm.ppf(tails) * moved)
            center = _log_odds(np.average(expit(logits[band]), weights=w))
            rows.append([center, middle - center, *ends])
        centers, strays, below, above = np.array(rows).T
        errors = (below + above) / np.ptp(norm.ppf(tails))
        believed = beyond_chance(strays, errors)
        unsure = np.minimum(1, 2 * leverage(centers, errors)) if line else np.ones(len(errors))
        shrunk = np.sqrt(believed + (1 - believed) * unsure)
        return cls(centers, believed * strays - shrunk * below, believed * strays + shrunk * above)

    def interval(self, logits: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Low and high end of the win rate around each calibrated log-odds, shapes (n_rows,)."""
        low = np.minimum(np.interp(logits, self.centers, self.low), 0)
        high = np.maximum(np.interp(logits, self.centers, self.high), 0)
        return expit(logits + low), expit(logits + high)

    def state(self) -> dict[str, Any]:
        """Plain arrays, enough to rebuild it."""
        return {"centers": self.centers, "low": self.low, "high": self.high}


def design_effect(logits: FloatArray, y: IntArray, clusters: IntArray, weight: FloatArray) -> float:
    """How many rows are worth one independent row, at least 1 (Kish 1965).

    The variance of the sum of weighted residuals with rows of a cluster summed first, over that
    with each row by itself.
    """
    residual = weight * (y - expit(logits))
    sums = np.bincount(np.unique(clusters, return_inverse=True)[1], residual)
    return max(1.0, float(sums @ sums / max(residual @ residual, 1e-12)))


def between_folds(
    logits: FloatArray, y: IntArray, folds: IntArray, alike: float, weight: FloatArray
) -> float:
    """Standard deviation of the folds' true offsets in log-odds (DerSimonian and Laird 1986).

    Parameters
    ----------
    logits, y, folds : arrays, shape (n_rows,)
        Calibrated log-odds, outcomes, and the fold that tested each row.
    alike : float
        Design effect: the folds' chance variances are this much larger.
    weight : array of float, shape (n_rows,)
        Weights of the rows.
    """
    p = expit(logits)
    fold = np.unique(folds, return_inverse=True)[1]
    rows = worth(weight, fold)
    information = np.bincount(fold, rows * (p * (1 - p)))
    offset = np.bincount(fold, rows * (y - p)) / information
    return float(np.sqrt(variance_between(offset, information / alike)))


def beyond_chance(strays: FloatArray, errors: FloatArray) -> FloatArray:
    """Share of each deviation from 0 that is no chance, by all of them (Efron and Morris 1973).

    Parameters
    ----------
    strays, errors : arrays, shape (n,)
        Deviations and their standard errors.
    """
    weight = errors**-2
    true = max(0.0, (weight @ strays**2 - len(strays)) / weight.sum())
    return true / (true + errors**2)


def leverage(at: FloatArray, errors: FloatArray) -> FloatArray:
    """Variance of a line through points, at each point, over the point's own variance.

    Parameters
    ----------
    at, errors : arrays, shape (n,)
        Where the points lie, and their standard errors.
    """
    root = np.column_stack([np.ones(len(at)), at - at.mean()]) / errors[:, None]
    basis = np.linalg.svd(root, full_matrices=False)[0][:, : np.linalg.matrix_rank(root)]
    return np.asarray((basis**2).sum(axis=1))


def _log_odds(rate: Any) -> Any:
    return logit(np.clip(rate, 1e-9, 1 - 1e-9))
