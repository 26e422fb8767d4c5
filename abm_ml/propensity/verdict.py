"""Good, weak, or no signal found: one word for what the back-test is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from abm_ml.propensity.columns import FloatArray, IntArray
from abm_ml.propensity.metrics import Scores, resamples

Verdict: TypeAlias = Literal["good", "weak", "no signal found"]

RESAMPLES = 1_000
CONFIDENCE = 0.99
"""One-sided: how sure it must be that the model beats chance and the base rate."""

GOOD_AUC = 0.65
"""A model is good if its AUC is above this with 97.5 % confidence."""


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

    *No signal found* unless a one-sided 99 % bootstrap test says both that the AUC within folds
    is above 0.5 and that the log loss is below that of the base rate known at the time; then
    *good* if the lower end of the AUC's 95 % interval is at least 0.65, else *weak*.

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
    figures = (
        f"AUC {model.auc(weight):.3f} (above {auc_low:.3f} with 99 % confidence), log loss "
        f"{np.average(difference, weights=weight):+.4f} better than the base rate "
        f"(above {gain_low:+.4f} with 99 % confidence)"
    )
    if not (auc_low > 0.5 and gain_low > 0):
        return Judgement("no signal found", figures, float(auc_low), gain_low)
    verdict: Verdict = "good" if auc_95 >= GOOD_AUC else "weak"
    return Judgement(verdict, figures, float(auc_low), gain_low)
