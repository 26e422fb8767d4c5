"""Good, weak, or no signal found: one word for what the back-test is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from scipy.stats import norm

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.metrics import Scores, resamples

Verdict: TypeAlias = Literal["good", "weak", "no signal found"]

RESAMPLES = 1_000
CONFIDENCE = 0.99
"""One-sided: how sure it must be that the model ranks better than chance."""

GOOD_AUC = 0.65
"""A model is good if its AUC is above this with 97.5 % confidence, and its probabilities surely
beat the base rate."""

_TELLABLE = 0.0001
"""Gain in log loss that shows in four digits."""


@dataclass(frozen=True)
class Judgement:
    """The verdict with its grounds.

    Parameters
    ----------
    verdict : str
        `good`, `weak` or `no signal found`.
    why : str
        The figures, in a sentence.
    auc_low, gain_low : float
        What AUC, and the gain in log loss over the base rate, exceed with 99 % confidence.
    """

    verdict: Verdict
    why: str
    auc_low: float
    gain_low: float


def judge(
    model: Scores, base: Scores, weight: FloatArray, clusters: IntArray, *, seed: int
) -> Judgement:
    """Judge a model on rows that it was neither fitted, chosen nor calibrated on.

    *No signal found* unless a one-sided 99 % test says that won rows of a fold rank above lost
    ones, and the model's log loss is below the base rate's, with the mean rate of each fold set
    right for both. *Good* if the lower end of the AUC's 95 % interval is at least 0.65 and the
    log loss as it is beats that of the base rate known at the time, sure to 99 %; else *weak*.

    The test is of ranking, for that is where little data shows a signal first: a level that moves
    is no absence of signal, but drowns a small gain in log loss. It must be passed twice: against
    shuffled labels (the rank-sum test, right however few have won, Mann and Whitney 1947) and by
    the bootstrap (right where rows of one account are alike). So a signal is claimed in at most
    1 % of data sets that have none.

    Parameters
    ----------
    model, base : Scores
        Probabilities of the model and of the base rate on the same rows.
    weight : array of float, shape (n_rows,)
        Weights of the rows.
    clusters : array of int, shape (n_rows,)
        Rows that rise and fall together.
    seed : int
        Of the bootstrap.
    """
    difference = base.losses - model.losses
    aucs, gains = [], []
    for extra in resamples(clusters, RESAMPLES, seed):
        drawn = weight * extra
        aucs.append(model.auc(drawn))
        gains.append(float(np.average(difference, weights=drawn)))
    if not np.isfinite(aucs).any():
        why = "all tested rows have one outcome, so nothing could be compared"
        return Judgement("no signal found", why, float("nan"), float("nan"))
    auc_low, auc_95 = np.nanquantile(aucs, [1 - CONFIDENCE, 0.025])
    gain_low = float(np.quantile(gains, 1 - CONFIDENCE))
    gain = float(np.average(difference, weights=weight))
    apart = _gain_apart(model, base, weight)
    why = (
        f"AUC {model.auc(weight):.3f} (above {auc_low:.3f} with 99 % confidence), "
        f"log loss {_gain_words(gain, gain_low, apart)}"
    )
    ranks = auc_low > 0.5 and model.rank_sum(weight) > norm.ppf(CONFIDENCE)
    if not (ranks and apart > 0):
        return Judgement("no signal found", why, float(auc_low), gain_low)
    good = auc_95 >= GOOD_AUC and gain_low > 0
    return Judgement("good" if good else "weak", why, float(auc_low), gain_low)


def _gain_apart(model: Scores, base: Scores, weight: FloatArray) -> float:
    """Gain in log loss where the mean rate of each fold is right for both."""
    gain = base.levelled(weight).losses - model.levelled(weight).losses
    return float(np.average(gain, weights=weight))


def _gain_words(gain: float, low: float, apart: float) -> str:
    if gain > 0:
        return f"{gain:+.4f} better than the base rate (above {low:+.4f} with 99 % confidence)"
    told = f"{-gain:.4f} worse than the base rate"
    if apart >= _TELLABLE:
        told += f", but {apart:.4f} better where the mean rate of each window is right"
    return told
