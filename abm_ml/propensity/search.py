"""Choosing among candidates: every fold's test rows are predicted by every candidate, once.

Whatever is chosen or calibrated later uses these margins of rows that the models had not
seen; a back-test picks, for each window, by the margins of earlier windows only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.propensity.candidates import (
    Choice,
    Linear,
    Settings,
    Trees,
    fit_default_trees,
    fit_linear,
    fit_trees,
    mean_margin,
)
from abm_ml.propensity.columns import FloatArray, IntArray
from abm_ml.propensity.determinism import one_blas_thread
from abm_ml.propensity.encoder import Design, Encoder
from abm_ml.propensity.folds import Fold

PATIENCE = 4
"""How many times the best number of trees so far is still tried."""

PLAIN_C = 1.0
"""Regularisation of the baseline logistic regression: scikit-learn's default."""


@dataclass(frozen=True)
class Search:
    """Margins of unseen rows under every single candidate.

    Parameters
    ----------
    singles : tuple of Choice
        Candidates without blends.
    margins : array, shape (n_rows, n_singles)
        nan where a row was never tested, or the candidate was not fitted.
    fold_of : array of int, shape (n_rows,)
        Fold that tested the row; -1 none.
    folds : tuple of Fold
        The folds, in order.
    baselines : array, shape (n_rows, 2), or None
        Margins of a plain logistic regression and of LightGBM as it comes, if asked for.
    """

    singles: tuple[Choice, ...]
    margins: FloatArray
    fold_of: IntArray
    folds: tuple[Fold, ...]
    baselines: FloatArray | None = None

    @property
    def tested(self) -> npt.NDArray[np.bool_]:
        """Rows that some fold tested, shape (n_rows,)."""
        return np.greater_equal(self.fold_of, 0)

    def margin(self, choice: Choice, rows: IntArray) -> FloatArray:
        """Margins of unseen rows under one candidate, shape (len(rows),)."""
        columns = [self.singles.index(part) for part in choice.parts]
        return self.margins[rows][:, columns].mean(axis=1)

    def losses(self, y: IntArray, weight: FloatArray, rows: IntArray) -> dict[Choice, float]:
        """Log loss on the given rows: every single candidate, and the blend of the best two."""
        columns = self.margins[rows]
        found = {
            single: log_loss(columns[:, i], y[rows], weight[rows])
            for i, single in enumerate(self.singles)
            if np.isfinite(columns[:, i]).all()
        }
        linear = [choice for choice in found if choice.family == "logistic"]
        trees = [choice for choice in found if choice.family == "lightgbm"]
        if linear and trees:
            best, size = min(linear, key=found.__getitem__), min(trees, key=found.__getitem__)
            blend = Choice(best.c, size.leaves, size.trees)
            found[blend] = log_loss(self.margin(blend, rows), y[rows], weight[rows])
        return found

    def choose(self, y: IntArray, weight: FloatArray, rows: IntArray) -> Choice:
        """The candidate with the least log loss on the given rows."""
        found = self.losses(y, weight, rows)
        return min(found, key=found.__getitem__)


def log_loss(margin: FloatArray, y: IntArray, weight: FloatArray) -> float:
    """Mean log loss of margins, without ever taking the logarithm of zero."""
    return float(np.average(np.logaddexp(0.0, np.where(y == 1, -margin, margin)), weights=weight))


@one_blas_thread
def search(
    frame: pd.DataFrame,
    y: IntArray,
    weight: FloatArray,
    folds: Sequence[Fold],
    settings: Settings,
    *,
    baselines: bool = False,
) -> Search:
    """Fit every candidate on every fold's training rows and predict its test rows.

    Work is bounded by what earlier folds have shown: a size that was best with k trees is
    given `PATIENCE` times k from then on.

    Parameters
    ----------
    frame : DataFrame, shape (n_rows, n_columns)
        Rows in canonical order.
    y, weight : arrays, shape (n_rows,)
        1 won, 0 lost; weights of the rows.
    folds : sequence of Fold
        Teachable folds; no row is tested twice.
    settings : Settings
        The candidates.
    baselines : bool
        Whether the baselines of a back-test are fitted too.
    """
    sizes = settings.sizes(len(frame))
    most = min(settings.max_trees, max(settings.max_trees // 8, len(frame) // 10))
    steps = settings.steps(most)
    linear = [Choice(c=c) for c in sorted(settings.regularisation)]
    singles = (*linear, *(Choice(leaves=size, trees=n) for size in sizes for n in steps))
    margins = np.full((len(frame), len(singles)), np.nan)
    fold_of = np.full(len(frame), -1, dtype=np.int64)
    plain = np.full((len(frame), 2), np.nan) if baselines else None
    result = Search(singles, margins, fold_of, tuple(folds), plain)
    limits = dict.fromkeys(sizes, steps[-1])
    for k, fold in enumerate(folds):
        design = FoldDesign.of(frame, y, weight, fold, settings)
        _run_fold(result, design, fold, limits, settings)
        fold_of[fold.test] = k
        losses = result.losses(y, weight, np.flatnonzero(result.tested))
        for size in sizes:
            limits[size] = min(limits[size], PATIENCE * _best_trees(losses, size, limits[size]))
    return result


def _best_trees(losses: dict[Choice, float], size: int, otherwise: int) -> int:
    """Number of trees that suited a size best so far."""
    own = {c.trees: loss for c, loss in losses.items() if c.leaves == size and c.c is None}
    return min(own, key=own.__getitem__) or otherwise if own else otherwise


def _run_fold(
    result: Search, design: FoldDesign, fold: Fold, limits: dict[int, int], settings: Settings
) -> None:
    """Fill in the margins of one fold's test rows."""
    train, test = design.train, design.test
    linear = fit_linear(train.linear, design.y, design.weight, settings.regularisation)
    for i, model in enumerate(linear):
        result.margins[fold.test, i] = model.margin(test.linear)
    if result.baselines is not None:
        result.baselines[fold.test] = design.baselines(settings)
    if not train.trees.shape[1]:
        return
    categories = design.encoder.tree_categories
    sizes = list(limits.items())
    fitted = fit_trees(train.trees, design.y, design.weight, categories, sizes, settings)
    for (size, limit), trees in zip(sizes, fitted, strict=True):
        steps = settings.steps(limit)
        staged = trees.staged_margins(test.trees, steps)
        for j, step in enumerate(steps):
            single = Choice(leaves=size, trees=step)
            result.margins[fold.test, result.singles.index(single)] = staged[:, j]


@dataclass(frozen=True)
class FoldDesign:
    """One fold's rows, encoded by what its training rows teach.

    Parameters
    ----------
    encoder : Encoder
        Learned from the training rows.
    train, test : Design
        Both parts, encoded.
    y, weight : arrays, shape (n_train,)
        Labels and weights of the training rows.
    """

    encoder: Encoder
    train: Design
    test: Design
    y: IntArray
    weight: FloatArray

    @classmethod
    def of(
        cls, frame: pd.DataFrame, y: IntArray, weight: FloatArray, fold: Fold, settings: Settings
    ) -> FoldDesign:
        """Encode a fold of some rows."""
        encoder, train = encode_train(frame.iloc[fold.train], settings)
        test = encoder.encode(frame.iloc[fold.test].reset_index(drop=True))
        return cls(encoder, train, test, y[fold.train], weight[fold.train])

    def margin(self, choice: Choice, settings: Settings) -> FloatArray:
        """Margins of the test rows by a candidate fitted on the training rows."""
        models = fit_choice(self.train, self.y, self.weight, self.encoder, choice, settings)
        return mean_margin(*models, self.test)

    def baselines(self, settings: Settings) -> FloatArray:
        """Margins of what needs no craft, shape (n_test, 2): see `Search.baselines`."""
        train, y, weight = self.train, self.y, self.weight
        plain = fit_linear(train.linear, y, weight, [PLAIN_C])[0].margin(self.test.linear)
        if not train.trees.shape[1]:
            return np.column_stack([plain, plain])
        categories = self.encoder.tree_categories
        trees = fit_default_trees(train.trees, y, weight, categories, settings)
        return np.column_stack([plain, trees.margin(self.test.trees)])


def encode_train(frame: pd.DataFrame, settings: Settings) -> tuple[Encoder, Design]:
    """An encoder learned from some rows, and these rows encoded."""
    frame = frame.reset_index(drop=True)
    encoder = Encoder.fit(
        frame,
        max_levels=settings.max_levels,
        text_components=settings.text_components,
        seed=settings.seed,
    )
    return encoder, encoder.encode(frame)


def fit_choice(
    design: Design,
    y: IntArray,
    weight: FloatArray,
    encoder: Encoder,
    choice: Choice,
    settings: Settings,
) -> tuple[Linear | None, Trees | None]:
    """The chosen candidate's models on given rows: a logistic regression, trees, or both."""
    linear = fit_linear(design.linear, y, weight, [choice.c])[0] if choice.c is not None else None
    if choice.leaves is None or choice.trees is None:
        return linear, None
    sizes = [(choice.leaves, choice.trees)]
    trees = fit_trees(design.trees, y, weight, encoder.tree_categories, sizes, settings)[0]
    return linear, trees
