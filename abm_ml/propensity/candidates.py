"""The models that are tried: a regularised logistic regression and LightGBM in several sizes.

Both give a margin (log-odds before calibration) and its parts by design column; a blend is
a weighted mean of two margins, so that its parts add up just as well.
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

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.monotone import bounded_logistic
from abm_ml.propensity.plans import Choice, LinearPlan, Settings, TreePlan

LEAST_SPREAD = 0.15
"""Spread that columns of less are scaled by: what hardly varies is not blown up."""


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
    linear: FloatArray,
    y: IntArray,
    weight: FloatArray,
    plan: LinearPlan,
    signs: IntArray | None = None,
) -> Linear:
    """A logistic regression on columns brought to one scale, as far as the plan says.

    Parameters
    ----------
    linear : array, shape (n_rows, n_linear)
        Design; without columns the model is the base rate.
    y : array of int, shape (n_rows,)
        1 won, 0 lost.
    weight : array of float, shape (n_rows,)
        Weights of the rows, recency included.
    plan : LinearPlan
        Penalty and scale.
    signs : array of int, shape (n_linear,), optional
        Direction that each column is held to: +1, -1 or 0 (free).
    """
    mean = np.average(linear, axis=0, weights=weight)
    if not linear.shape[1]:
        return Linear(np.zeros(0), mean, float(logit(np.average(y, weights=weight))))
    centred = linear - mean
    spread = np.sqrt(np.average(centred**2, axis=0, weights=weight))
    scale = np.maximum(spread, LEAST_SPREAD) ** plan.power
    if signs is not None and signs.any():
        coefficients, base = bounded_logistic(centred / scale, y, weight, plan.c, signs)
        return Linear(coefficients / scale, mean, base)
    model = LogisticRegression(C=plan.c, max_iter=300)
    with warnings.catch_warnings():
        # A few hundred steps are enough for ranking.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(centred / scale, y, sample_weight=weight)
    return Linear(model.coef_[0] / scale, mean, float(model.intercept_[0]))


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


def tree_data(
    trees: FloatArray, y: IntArray, categories: list[int], settings: Settings
) -> lightgbm.Dataset:
    """A design with at least one column, binned once for every size that is fitted on it."""
    data = lightgbm.Dataset(
        trees,
        label=y,
        categorical_feature=categories,
        params={**_quiet(settings), "feature_pre_filter": False},
        free_raw_data=False,
    )
    return data.construct()


def fit_trees(
    data: lightgbm.Dataset,
    weight: FloatArray,
    plan: TreePlan,
    settings: Settings,
    signs: IntArray | None = None,
) -> Trees:
    """LightGBM of one size.

    Parameters
    ----------
    data : Dataset
        Of `tree_data`.
    weight : array, shape (n_rows,)
        Weights of the rows, recency included.
    plan : TreePlan
        Size and kind.
    settings : Settings
        Learning rate, threads, seed.
    signs : array of int, shape (n_trees,), optional
        Direction that each column is held to: +1, -1 or 0 (free).
    """
    n_rows, n_columns = data.num_data(), data.num_feature()
    options: dict[str, Any] = {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": plan.leaves,
        "extra_trees": plan.extra,
        # A tree that sees one column of two could never learn what they do together.
        "feature_fraction": 1.0 if n_columns < 10 else 0.7 if n_columns < 30 else 0.4,
        "lambda_l2": 1.0,
        "min_data_in_leaf": int(np.clip(n_rows // 50, 5, 20)),
        "cat_smooth": 30.0,
        "cat_l2": 20.0,
        "feature_pre_filter": False,
        **_quiet(settings),
    }
    if signs is not None and signs.any():
        # The methods "intermediate" and "advanced" were seen to break what they promise.
        options["monotone_constraints"] = signs.tolist()
        options["monotone_constraints_method"] = "basic"
    _weigh(data, weight)
    booster = lightgbm.train(options, data, plan.trees)
    return Trees(booster, plan.trees, settings.n_jobs)


def fit_default_trees(data: lightgbm.Dataset, weight: FloatArray, settings: Settings) -> Trees:
    """LightGBM as it comes, 100 trees: the baseline that everybody has."""
    _weigh(data, weight)
    options = {"objective": "binary", "feature_pre_filter": False, **_quiet(settings)}
    return Trees(lightgbm.train(options, data, 100), 100, settings.n_jobs)


def _weigh(data: lightgbm.Dataset, weight: FloatArray) -> None:
    """Give the rows their weights, whatever weights they had before.

    `Dataset.set_weight` takes weights that are all 1 for none and leaves the former ones in force.
    """
    data.set_field("weight", weight)


def _quiet(settings: Settings) -> dict[str, Any]:
    """Same in, same out, whatever the number of threads; nothing printed."""
    return {
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": settings.n_jobs,
        "seed": settings.seed,
        "verbosity": -1,
    }


def blended(choice: Choice, linear: FloatArray | None, trees: FloatArray | None) -> FloatArray:
    """Margin of a choice from those of its parts."""
    parts = zip(choice.weights, (linear, trees), strict=True)
    return np.asarray(np.sum([w * margin for w, margin in parts if margin is not None], axis=0))
