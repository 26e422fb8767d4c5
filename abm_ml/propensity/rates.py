"""How often each level of a category won: for categories with more levels than get a column.

The rate of a level is drawn toward the rate of all rows, the more the fewer rows it has
(Micci-Barreca 2001). A training row's own outcome must not be among what describes it, else
rare levels would seem to tell everything: its rates come from the other parts of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from abm_ml.data.column_kinds import FloatArray, IntArray, as_levels
from abm_ml.data.tokens import names_a_person
from abm_ml.propensity.folds import grouped_folds

PRIOR_ROWS = 20.0
"""Rows of the overall rate that each level's own are mixed with."""

LEAST_ROWS = 3
"""Rows that a level needs; fewer say nothing, and would keep names of their own."""

PARTS = 5
"""Parts of the training rows; each is described by the others."""


@dataclass(frozen=True)
class Rates:
    """What winning rates of levels say.

    Parameters
    ----------
    levels : tuple of str
        Sorted.
    log_odds : array, shape (n_levels,)
        Log-odds of each level's smoothed rate beyond those of all rows; unknown levels and
        missing values have 0.
    """

    levels: tuple[str, ...]
    log_odds: FloatArray

    @classmethod
    def fit(cls, values: pd.Series, y: IntArray, weight: FloatArray) -> Rates:
        """Learn from rows; y and weight have shape (n_rows,)."""
        codes, distinct = as_levels(values)
        known = codes >= 0
        rows, won, total = (
            np.bincount(codes[known], weights[known], minlength=len(distinct))
            for weights in (np.ones(len(y)), weight * y, weight)
        )
        base = np.clip(np.average(y, weights=weight), 1e-6, 1 - 1e-6)
        rate = (won + PRIOR_ROWS * base) / (total + PRIOR_ROWS)
        nobody = np.array([not names_a_person(level) for level in distinct], dtype=bool)
        kept = np.flatnonzero((rows >= LEAST_ROWS) & nobody)
        return cls(tuple(distinct[i] for i in kept), logit(rate[kept]) - logit(base))

    @classmethod
    def crossed(
        cls, values: pd.Series, y: IntArray, weight: FloatArray, alike: IntArray, seed: int
    ) -> FloatArray:
        """What rates say of the training rows, each row's from rows of other groups alone.

        Parameters
        ----------
        values : Series, shape (n_rows,)
            Levels.
        y, weight : arrays, shape (n_rows,)
            1 won, 0 lost; weights of the rows.
        alike : array of int, shape (n_rows,)
            Rows of one group don't describe each other.
        seed : int
            For the parts.
        """
        said = np.zeros(len(y))
        for part in grouped_folds(alike, n_folds=PARTS, seed=seed):
            others = cls.fit(values.iloc[part.train], y[part.train], weight[part.train])
            said[part.test] = others.encode(values.iloc[part.test])
        return said

    def encode(self, values: pd.Series) -> FloatArray:
        """What the rate of each row's level says, shape (n_rows,)."""
        codes, distinct = as_levels(values)
        known = dict(zip(self.levels, self.log_odds.tolist(), strict=True))
        return np.array([*(known.get(level, 0.0) for level in distinct), 0.0])[codes]

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        return {"levels": list(self.levels), "log_odds": self.log_odds}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Rates:
        """The rates that `state` was taken from."""
        return cls(tuple(state["levels"]), state["log_odds"])
