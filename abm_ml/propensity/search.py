"""Choosing among candidates: every fold's test rows are predicted by every candidate, once.

Whatever is chosen or calibrated later uses these margins of rows that the models had not
seen; a back-test picks, for each window, by the margins of earlier windows only. Folds are run
in order, and after each the worse half of the plans is dropped: early folds are small and cheap,
so many plans cost little, and what a later fold tries was decided by earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.data.determinism import one_blas_thread
from abm_ml.propensity.candidates import blended
from abm_ml.propensity.encoder import crowded_columns
from abm_ml.propensity.fitting import Lesson
from abm_ml.propensity.folds import Fold
from abm_ml.propensity.plans import (
    Choice,
    LinearPlan,
    Settings,
    TreePlan,
    TreeTrial,
    draw_linear,
    draw_trees,
)

PATIENCE = 4
"""How many times the best number of trees so far is still tried."""

SHARES = (0.25, 0.75)
"""Weights of the trees in a blend that are compared."""

LEAST_KEPT = 3
"""Plans of a family that are never dropped."""

LEAST_TO_CHOOSE = 10
"""Unseen rows of the rarer class below which nothing is dropped, chosen or calibrated on them."""

P = TypeVar("P", LinearPlan, TreeTrial)


@dataclass(frozen=True)
class Search:
    """Margins of unseen rows under every single plan.

    Parameters
    ----------
    folds : tuple of Fold
        The folds, in order; no row is tested twice.
    fold_of : array of int, shape (n_rows,)
        Fold that tested the row; -1 none.
    margins : dict of plan to array, shape (n_rows,)
        nan where a row was never tested, or the plan was dropped before.
    baselines : array, shape (n_rows, 2), or None
        Margins of a plain logistic regression and of LightGBM as it comes, if asked for.
    """

    folds: tuple[Fold, ...]
    fold_of: IntArray
    margins: dict[LinearPlan | TreePlan, FloatArray] = field(default_factory=dict)
    baselines: FloatArray | None = None

    @property
    def tested(self) -> npt.NDArray[np.bool_]:
        """Rows that some fold tested, shape (n_rows,)."""
        return np.greater_equal(self.fold_of, 0)

    def margin(self, choice: Choice, rows: IntArray) -> FloatArray:
        """Margins of unseen rows under one candidate, shape (len(rows),)."""
        linear = None if choice.linear is None else self.margins[choice.linear][rows]
        trees = None if choice.trees is None else self.margins[choice.trees][rows]
        return blended(choice, linear, trees)

    def note(self, plan: LinearPlan | TreePlan, fold: Fold, margin: FloatArray) -> None:
        """Keep what a plan predicted for a fold's test rows."""
        if plan not in self.margins:
            self.margins[plan] = np.full(len(self.fold_of), np.nan)
        self.margins[plan][fold.test] = margin

    def losses(self, y: IntArray, weight: FloatArray, rows: IntArray) -> dict[Choice, float]:
        """Log loss on the given rows of every plan that predicted them all, and of blends."""
        return {
            Choice(linear=plan) if isinstance(plan, LinearPlan) else Choice(trees=plan): log_loss(
                margin[rows], y[rows], weight[rows]
            )
            for plan, margin in self.margins.items()
            if np.isfinite(margin[rows]).all()
        }

    def choose(self, y: IntArray, weight: FloatArray, rows: IntArray) -> Choice:
        """The best logistic regression and the best trees, blended.

        Half and half, unless other shares predict the given rows better beyond doubt: by more
        than one standard error of the difference (Breiman et al. 1984, 3.4.3). A mean of two
        is hard to beat, and few rows can't tell by how much.
        """
        found = self.losses(y, weight, rows)
        best = [
            min(own, key=own.__getitem__)
            for family in ("logistic", "lightgbm")
            if (own := {one: loss for one, loss in found.items() if one.family == family})
        ]
        if len(best) < 2:
            return best[0]
        even = Choice(best[0].linear, best[1].trees)
        others = [*best, *(Choice(even.linear, even.trees, share) for share in SHARES)]
        known = y[rows], weight[rows]
        base = row_losses(self.margin(even, rows), known[0])
        gains = {one: base - row_losses(self.margin(one, rows), known[0]) for one in others}
        sure = {one: gain for one, gain in gains.items() if _beyond_doubt(gain, known[1])}
        return max(
            sure, key=lambda one: float(np.average(sure[one], weights=known[1])), default=even
        )


def _beyond_doubt(gain: FloatArray, weight: FloatArray) -> bool:
    """Whether a mean gain exceeds its standard error."""
    mean = float(np.average(gain, weights=weight))
    error = np.sqrt((weight**2 * (gain - mean) ** 2).sum()) / weight.sum()
    return bool(mean > error)


def row_losses(margin: FloatArray, y: IntArray) -> FloatArray:
    """Log loss of each row's margin, without ever taking the logarithm of zero."""
    return np.asarray(np.logaddexp(0.0, np.where(y == 1, -margin, margin)))


def log_loss(margin: FloatArray, y: IntArray, weight: FloatArray) -> float:
    """Mean log loss of margins, without ever taking the logarithm of zero."""
    return float(np.average(row_losses(margin, y), weights=weight))


@one_blas_thread
def search(
    frame: pd.DataFrame,
    y: IntArray,
    weight: FloatArray,
    time: FloatArray | None,
    folds: Sequence[Fold],
    settings: Settings,
    *,
    alike: IntArray | None = None,
    known: Sequence[npt.NDArray[np.bool_]] | None = None,
    baselines: bool = False,
) -> Search:
    """Fit plans on every fold's training rows and predict its test rows.

    Parameters
    ----------
    frame : DataFrame, shape (n_rows, n_columns)
        Rows in canonical order.
    y, weight : arrays, shape (n_rows,)
        1 won, 0 lost; weights of the rows.
    time : array, shape (n_rows,), or None
        When each row was seen; without it all rows count alike.
    folds : sequence of Fold
        Teachable folds; no row is tested twice.
    settings : Settings
        What is tried.
    alike : array of int, shape (n_rows,), optional
        Rows of one group don't tell each other's winning rates; without it none are tried.
    known : sequence of bool arrays, each of shape (n_rows,), optional
        Of each fold: rows whose outcome was known before it (see `TrainingRows.known_before`);
        only these decide what it still tries. Without it, all rows of earlier folds do.
    baselines : bool
        Whether the baselines of a back-test are fitted too.
    """
    n_rows = len(frame)
    half_lives = (None,) if time is None else settings.remembered(n_rows)
    result = Search(
        tuple(folds),
        np.full(n_rows, -1, dtype=np.int64),
        baselines=np.full((n_rows, 2), np.nan) if baselines else None,
    )
    rates = alike is not None and bool(crowded_columns(frame, settings.max_levels))
    linear = draw_linear(settings, half_lives, n_rows, rates)
    trees = draw_trees(settings, half_lives, settings.sizes(n_rows), n_rows, rates)
    # Few rows need few trees.
    most = max(1, min(settings.max_trees, max(settings.max_trees // 8, n_rows // 10)))
    limits = dict.fromkeys(trees, settings.steps(most)[-1])
    for k, fold in enumerate(folds):
        seen = result.tested if known is None else result.tested & known[k]
        if enough(y[seen]):
            losses = result.losses(y, weight, np.flatnonzero(seen))
            own = {choice.linear: loss for choice, loss in losses.items() if choice.linear}
            linear = _better_half(linear, own)
            best = {one: _best_trees(losses, one) for one in limits}
            kept = _better_half(list(limits), {one: loss for one, (loss, _) in best.items()})
            limits = {one: min(limits[one], PATIENCE * best[one][1]) for one in kept}
        lesson = Lesson.of(frame, y, weight, time, fold.train, settings, alike if rates else None)
        test = lesson.encoder.encode(frame.iloc[fold.test].reset_index(drop=True))
        if result.baselines is not None:
            result.baselines[fold.test] = lesson.baselines(test)
        for plan in linear:
            result.note(plan, fold, lesson.linear(plan).margin(test.linear))
        if not test.trees.shape[1]:
            limits = {}
        for trial, limit in limits.items():
            steps = settings.steps(limit)
            staged = lesson.trees(trial.of(steps[-1])).staged_margins(test.trees, steps)
            for j, step in enumerate(steps):
                result.note(trial.of(step), fold, staged[:, j])
        result.fold_of[fold.test] = k
    return result


def enough(y: IntArray) -> bool:
    """Whether rows with these labels can decide anything."""
    won = int(y.sum())
    return min(won, len(y) - won) >= LEAST_TO_CHOOSE


def _better_half(plans: list[P], losses: dict[P, float]) -> list[P]:
    """The plans with the least losses, at least `LEAST_KEPT`, in their order."""
    kept = sorted(plans, key=losses.__getitem__)[: max(len(plans) // 2, LEAST_KEPT)]
    return [plan for plan in plans if plan in kept]


def _best_trees(losses: dict[Choice, float], trial: TreeTrial) -> tuple[float, int]:
    """Least loss of a kind of trees so far, and the number of trees that had it."""
    return min(
        (loss, choice.trees.trees)
        for choice, loss in losses.items()
        if choice.trees and choice.trees == trial.of(choice.trees.trees)
    )
