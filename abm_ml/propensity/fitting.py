"""Rows that teach, encoded once, and the models that plans become on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import lightgbm
import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.candidates import (
    Linear,
    Trees,
    blended,
    fit_default_trees,
    fit_linear,
    fit_trees,
    tree_data,
)
from abm_ml.propensity.encoder import Design, Encoder, crowded_columns
from abm_ml.propensity.plans import Choice, LinearPlan, Settings, TreePlan

PLAIN = LinearPlan(c=1.0, power=0.0)
"""The baseline logistic regression: scikit-learn's default."""


@dataclass(frozen=True)
class Lesson:
    """Rows that teach, as the models see them.

    Parameters
    ----------
    encoder : Encoder
        Learned from these rows.
    design : Design
        The rows, encoded.
    y, weight : arrays, shape (n_rows,)
        Labels and weights.
    age : array, shape (n_rows,), or None
        How much older each row is than the youngest, as a share of the whole history.
    settings : Settings
        How models are fitted.
    """

    encoder: Encoder
    design: Design
    y: IntArray
    weight: FloatArray
    age: FloatArray | None
    settings: Settings

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        y: IntArray,
        weight: FloatArray,
        time: FloatArray | None,
        train: IntArray,
        settings: Settings,
        alike: IntArray | None = None,
    ) -> Lesson:
        """Encode some of the rows.

        Rows of one group in `alike` don't tell each other's winning rates; without it levels
        have no rates.
        """
        rows = frame.iloc[train].reset_index(drop=True)
        encoder = Encoder.fit(
            rows,
            max_levels=settings.max_levels,
            text_components=settings.text_components,
            seed=settings.seed,
            monotone=settings.monotone,
        )
        age = None if time is None else (time[train].max() - time[train]) / (np.ptp(time) or 1.0)
        if alike is None:
            return cls(encoder, encoder.encode(rows), y[train], weight[train], age, settings)
        names = crowded_columns(rows, settings.max_levels)
        taught = y[train], weight[train]
        encoder, design = encoder.with_rates(rows, names, *taught, alike[train], settings.seed)
        return cls(encoder, design, *taught, age, settings)

    def linear(self, plan: LinearPlan) -> Linear:
        """The logistic regression of a plan."""
        signs = self.encoder.linear_signs
        design = self.design if plan.rates else self._plain
        return fit_linear(design.linear, self.y, self._weight(plan.half_life), plan, signs)

    def trees(self, plan: TreePlan) -> Trees:
        """The trees of a plan."""
        signs = self.encoder.tree_signs
        data = self._rated_data if plan.rates else self._data
        return fit_trees(data, self._weight(plan.half_life), plan, self.settings, signs)

    def fit(self, choice: Choice) -> tuple[Linear | None, Trees | None]:
        """The chosen models."""
        linear = None if choice.linear is None else self.linear(choice.linear)
        return linear, None if choice.trees is None else self.trees(choice.trees)

    def margin(self, choice: Choice, test: Design) -> FloatArray:
        """Margins of other rows by the chosen models, shape (n_test,)."""
        linear, trees = self.fit(choice)
        return blended(
            choice,
            None if linear is None else linear.margin(test.linear),
            None if trees is None else trees.margin(test.trees),
        )

    def baselines(self, test: Design) -> FloatArray:
        """Margins of what needs no craft, shape (n_test, 2): see `Search.baselines`."""
        plain = fit_linear(self._plain.linear, self.y, self.weight, PLAIN).margin(test.linear)
        if not test.trees.shape[1]:
            return np.column_stack([plain, plain])
        trees = fit_default_trees(self._data, self.weight, self.settings)
        return np.column_stack([plain, trees.margin(test.trees)])

    @cached_property
    def _plain(self) -> Design:
        """The rows, encoded without rates."""
        return self.encoder.without_rates(self.design)

    @cached_property
    def _data(self) -> lightgbm.Dataset:
        return self._tree_data(self._plain)

    @cached_property
    def _rated_data(self) -> lightgbm.Dataset:
        return self._tree_data(self.design) if self.encoder.rates else self._data

    def _tree_data(self, design: Design) -> lightgbm.Dataset:
        return tree_data(design.trees, self.y, self.encoder.tree_categories, self.settings)

    def _weight(self, half_life: float | None) -> FloatArray:
        """Weights of the rows: old ones fade, the mean stays what it was."""
        if half_life is None or self.age is None:
            return self.weight
        faded = self.weight * 0.5 ** (self.age / half_life)
        return np.asarray(faded * (self.weight.sum() / faded.sum()))
