"""The models that are tried: a regularised logistic regression and LightGBM in several sizes.

Both give a margin (log-odds before calibration) and its parts by design column; a blend is
the mean of two margins, so that its parts add up just as well.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import lightgbm
import numpy as np
from scipy.special import logit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from abm_ml.propensity.columns import FloatArray, IntArray
from abm_ml.propensity.encoder import Design

TREE_STEPS = (10, 25, 50, 100, 200, 400, 800)
"""Numbers of trees that are compared, up to the largest allowed."""


@dataclass(frozen=True)
class Choice:
    """One candidate: C of the logistic regression, size of the trees, or both for the blend."""

    c: float | None = None
    leaves: int | None = None
    trees: int | None = None

    @property
    def family(self) -> str:
        """`logistic`, `lightgbm` or `blend`."""
        if self.leaves is None:
            return "logistic"
        return "lightgbm" if self.c is None else "blend"

    @property
    def parts(self) -> tuple[Choice, ...]:
        """The single models whose margins are averaged."""
        if self.family != "blend":
            return (self,)
        return Choice(c=self.c), Choice(leaves=self.leaves, trees=self.trees)

    def words(self) -> str:
        """Short description for reports."""
        linear = f"logistic regression (C = {self.c:g})" if self.c is not None else ""
        trees = f"LightGBM ({self.leaves} leaves, {self.trees} trees)" if self.leaves else ""
        return " + ".join(part for part in (linear, trees) if part)


@dataclass(frozen=True)
class Settings:
    """What is tried, and how it is fitted; the estimator's own arguments in one piece."""

    regularisation: tuple[float, ...] = (0.01, 0.05, 0.25, 1.0)
    num_leaves: tuple[int, ...] = (7, 15, 31)
    max_trees: int = 200
    learning_rate: float = 0.1
    max_levels: int = 40
    text_components: int = 8
    n_jobs: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.regularisation and not self.num_leaves:
            raise ValueError("regularisation and num_leaves are both empty: nothing to try")

    @property
    def default(self) -> Choice:
        """What is fitted where there is nothing to choose on."""
        if self.regularisation:
            return Choice(c=sorted(self.regularisation)[len(self.regularisation) // 2])
        return Choice(leaves=self.num_leaves[0], trees=self.steps(self.max_trees)[0])

    def sizes(self, n_rows: int) -> tuple[int, ...]:
        """Leaves worth trying with so many rows: small data cannot fill big trees."""
        return tuple(n for n in self.num_leaves if n <= n_rows / 100) or self.num_leaves[:1]

    def steps(self, most: int) -> tuple[int, ...]:
        """Numbers of trees to compare, at most `most`."""
        return tuple(step for step in TREE_STEPS if step <= most) or (most,)


@dataclass(frozen=True)
class Linear:
    """A fitted logistic regression, written around the mean of its training rows.

    Parameters
    ----------
    coefficients, mean : array, shape (n_linear,)
        One for each linear design column.
    base : float
        Margin of a row that equals the mean.
    """

    coefficients: FloatArray
    mean: FloatArray
    base: float

    def contributions(self, linear: FloatArray) -> FloatArray:
        """Part of each design column in the margin beyond `base`, shape (n_rows, n_linear)."""
        return (linear - self.mean) * self.coefficients

    def margin(self, linear: FloatArray) -> FloatArray:
        """Log-odds, shape (n_rows,); each row's sum is its own, wherever the row stands."""
        return self.base + self.contributions(linear).sum(axis=1)


def fit_linear(
    linear: FloatArray, y: IntArray, weight: FloatArray, regularisation: Sequence[float]
) -> list[Linear]:
    """Logistic regressions for rising C, each started where the last one ended.

    Parameters
    ----------
    linear : array, shape (n_rows, n_linear)
        Design; without columns the model is the base rate.
    y : array of int, shape (n_rows,)
        1 won, 0 lost.
    weight : array of float, shape (n_rows,)
        Weights of the rows.
    regularisation : sequence of float
        Values of C; smaller is stronger.
    """
    mean = np.average(linear, axis=0, weights=weight)
    if not linear.shape[1]:
        base = float(logit(np.average(y, weights=weight)))
        return [Linear(np.zeros(0), mean, base) for _ in regularisation]
    model = LogisticRegression(max_iter=300, warm_start=True)
    fitted = []
    with warnings.catch_warnings():
        # A few hundred steps are enough for ranking; the next C starts from here anyway.
        warnings.simplefilter("ignore", ConvergenceWarning)
        for c in sorted(regularisation):
            model.set_params(C=c).fit(linear - mean, y, sample_weight=weight)
            fitted.append(Linear(model.coef_[0].copy(), mean, float(model.intercept_[0])))
    return fitted


@dataclass(frozen=True)
class Trees:
    """A fitted LightGBM model, of which the first `n_trees` trees count."""

    booster: lightgbm.Booster
    n_trees: int
    n_jobs: int = 1

    def margin(self, trees: FloatArray) -> FloatArray:
        """Log-odds, shape (n_rows,)."""
        return self._predict(trees, raw_score=True)

    def contributions(self, trees: FloatArray) -> FloatArray:
        """SHAP values (Lundberg et al. 2018), shape (n_rows, n_trees + 1); the last is the base."""
        return self._predict(trees, pred_contrib=True)

    def staged_margins(self, trees: FloatArray, steps: Sequence[int]) -> FloatArray:
        """Log-odds after each number of trees, shape (n_rows, n_steps)."""
        bounds = [0, *steps]
        pieces = [
            self.booster.predict(
                trees,
                raw_score=True,
                start_iteration=low,
                num_iteration=high - low,
                num_threads=self.n_jobs,
            )
            for low, high in pairwise(bounds)
        ]
        return np.cumsum(np.column_stack(pieces), axis=1)

    def _predict(self, trees: FloatArray, **kind: bool) -> FloatArray:
        return np.asarray(
            self.booster.predict(trees, num_iteration=self.n_trees, num_threads=self.n_jobs, **kind)
        )


def fit_trees(
    trees: FloatArray,
    y: IntArray,
    weight: FloatArray,
    categories: list[int],
    sizes: Sequence[tuple[int, int]],
    settings: Settings,
) -> list[Trees]:
    """LightGBM models on one design, for each (leaves, trees) wanted.

    Parameters
    ----------
    trees : array, shape (n_rows, n_trees)
        Design with at least one column.
    y, weight : arrays, shape (n_rows,)
        1 won, 0 lost; weights of the rows.
    categories : list of int
        Columns that hold level numbers.
    sizes : sequence of (leaves, trees)
        Models wanted.
    settings : Settings
        Learning rate, threads, seed.
    """
    options: dict[str, Any] = {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        # A tree that sees one column of two could never learn what they do together.
        "feature_fraction": 0.7 if trees.shape[1] >= 10 else 1.0,
        "lambda_l2": 1.0,
        "min_data_in_leaf": int(np.clip(len(y) // 50, 5, 20)),
        "cat_smooth": 30.0,
        "cat_l2": 20.0,
        **_quiet(settings),
    }
    return _boost(trees, y, weight, categories, [(n, {"num_leaves": k}) for k, n in sizes], options)


def fit_default_trees(
    trees: FloatArray, y: IntArray, weight: FloatArray, categories: list[int], settings: Settings
) -> Trees:
    """LightGBM as it comes, 100 trees: the baseline that everybody has."""
    options = {"objective": "binary", **_quiet(settings)}
    return _boost(trees, y, weight, categories, [(100, {})], options)[0]


def _quiet(settings: Settings) -> dict[str, Any]:
    """Same in, same out, whatever the number of threads; nothing printed."""
    return {
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": settings.n_jobs,
        "seed": settings.seed,
        "verbosity": -1,
    }


def _boost(
    trees: FloatArray,
    y: IntArray,
    weight: FloatArray,
    categories: list[int],
    wanted: Sequence[tuple[int, dict[str, Any]]],
    options: dict[str, Any],
) -> list[Trees]:
    data = lightgbm.Dataset(
        trees,
        label=y,
        weight=weight,
        categorical_feature=categories,
        params={**options, "feature_pre_filter": False},
        free_raw_data=False,
    )
    return [
        Trees(lightgbm.train({**options, **own}, data, rounds), rounds, options["num_threads"])
        for rounds, own in wanted
    ]


def mean_margin(linear: Linear | None, trees: Trees | None, design: Design) -> FloatArray:
    """Margin of a fitted choice: of its one model, or the mean of its two."""
    margins = [] if linear is None else [linear.margin(design.linear)]
    if trees is not None:
        margins.append(trees.margin(design.trees))
    return np.asarray(np.sum(margins, axis=0) / len(margins))
