"""Propensity of rows that training hardly covers, drawn toward the rate of their nearest group.

Groups are the leaves of one shallow tree, grown where unseen rows fared otherwise than the
model said. A row's log-odds l become

    l + outside * (between * (rate - expected) + within * (expected - l))

with `rate` the log-odds of its group's own rate among unseen rows, `expected` what the model
said of the group, and `outside` rising from 0 (the half of rows most like the training rows) to 1.
`between` takes the group to its own rate, `within` takes the row to its group. Both are learned
from unseen rows that had no part in the group's rate: the first from all of them (whether groups
differ more than the model says is the same question everywhere), the second from those outside.
With few of them a prior decides. Within a group, rows of equal applicability keep their order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from scipy.special import expit, logit

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.calibration import worth

INSIDE = 0.5
"""Applicability from which nothing is shrunk."""

GROUP_ROWS = 100
"""Rows of a group, at least; also the weight of what the model says in the group's rate."""

ROWS_A_GROUP = 300
"""Unseen rows for each group of the tree."""

MOST_GROUPS = 8

FOLDS = 5
"""Parts of the unseen rows; the groups' rates of each are learned from the others."""

PRIOR = ((1.0, 0.5), (0.05, 0.25))
"""Mean and standard deviation of `between` and `within` before any row is seen: the group's rate
is believed (it is smoothed already), and so is nearly all that sets a row apart in its group."""


@dataclass(frozen=True)
class Groups:
    """Groups of rows with their rates.

    Parameters
    ----------
    tree : lightgbm.Booster or None
        Its leaves are the groups; None: all rows are one.
    rate : array, shape (n_groups,)
        Log-odds of each group's smoothed rate among unseen rows.
    expected : array, shape (n_groups,)
        Log-odds of the mean probability that the model gave them.
    """

    tree: lightgbm.Booster | None
    rate: FloatArray
    expected: FloatArray

    @classmethod
    def fit(
        cls,
        logits: FloatArray,
        y: IntArray,
        design: FloatArray,
        categorical: list[int],
        weight: FloatArray | None = None,
    ) -> Groups:
        """Learn groups and rates; arguments as in `Shrinkage.fit`."""
        weight = np.ones(len(y)) if weight is None else weight
        tree = _grown(logits, y, design, categorical, weight)
        group = _leaf(tree, design)
        counted = worth(weight, group)
        rows = np.bincount(group, counted)
        said = np.bincount(group, counted * expit(logits)) / rows
        rate = (np.bincount(group, counted * y) + GROUP_ROWS * said) / (rows + GROUP_ROWS)
        return cls(tree, _log_odds(rate), _log_odds(said))

    def of(self, design: FloatArray) -> IntArray:
        """Group of each row, shape (n_rows,)."""
        return _leaf(self.tree, design)

    def terms(self, logits: FloatArray, design: FloatArray) -> FloatArray:
        """What a full step between and within groups would add, shape (n_rows, 2)."""
        group = self.of(design)
        expected = self.expected[group]
        return np.column_stack([self.rate[group] - expected, expected - logits])


@dataclass(frozen=True)
class Shrinkage:
    """How far rows are drawn toward their group's rate.

    Parameters
    ----------
    groups : Groups
        The groups.
    between, within : float
        Shares of the way that the rows least like the training rows go, in [0, 1].
    """

    groups: Groups
    between: float
    within: float

    @classmethod
    def fit(
        cls,
        logits: FloatArray,
        y: IntArray,
        applicability: FloatArray,
        design: FloatArray,
        categorical: list[int],
        clusters: IntArray,
        weight: FloatArray | None = None,
    ) -> Shrinkage:
        """Learn from rows that the model had not seen.

        Parameters
        ----------
        logits : array of float, shape (n_rows,)
            Calibrated log-odds; at least one row.
        y : array of int, shape (n_rows,)
            1 won, 0 lost.
        applicability : array of float, shape (n_rows,)
            How well other rows cover each row.
        design : array, shape (n_rows, n_columns)
            The rows as trees see them.
        categorical : list of int
            Columns that hold level numbers.
        clusters : array of int, shape (n_rows,)
            Rows of one cluster stay in one part.
        weight : array of float, shape (n_rows,), optional
            Weights of the rows; they count for their effective number (Kish 1965).
        """
        weight = np.ones(len(y)) if weight is None else weight
        terms = np.zeros((len(y), 2))
        part = clusters % FOLDS
        for k in np.unique(part):
            here, others = part == k, part != k
            if others.any():
                groups = Groups.fit(
                    logits[others], y[others], design[others], categorical, weight[others]
                )
                terms[here] = groups.terms(logits[here], design[here])
        terms[:, 1] *= outside(applicability)
        between, within = _shares(logits, y, terms, worth(weight))
        return cls(Groups.fit(logits, y, design, categorical, weight), between, within)

    def shift(
        self, logits: FloatArray, applicability: FloatArray, design: FloatArray
    ) -> FloatArray:
        """What is added to calibrated log-odds, shape (n_rows,); 0 for rows inside."""
        steps = self.groups.terms(logits, design) @ np.array([self.between, self.within])
        return outside(applicability) * steps

    def state(self) -> dict[str, Any]:
        """Plain values, arrays and LightGBM's text, enough to rebuild it."""
        tree = self.groups.tree
        return {
            "tree": tree and tree.model_to_string(),
            "rate": self.groups.rate,
            "expected": self.groups.expected,
            "between": self.between,
            "within": self.within,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Shrinkage:
        """The shrinkage that `state` was taken from."""
        tree = state["tree"] and lightgbm.Booster(model_str=state["tree"])
        groups = Groups(tree, state["rate"], state["expected"])
        return cls(groups, state["between"], state["within"])


def outside(applicability: FloatArray) -> FloatArray:
    """0 from `INSIDE` on, rising to 1 where applicability is 0."""
    return np.clip(1 - applicability / INSIDE, 0.0, 1.0)


def _grown(
    logits: FloatArray,
    y: IntArray,
    design: FloatArray,
    categorical: list[int],
    weight: FloatArray,
) -> lightgbm.Booster | None:
    """One shallow tree on what the model leaves unexplained; None where rows are too few."""
    n_groups = min(len(y) // ROWS_A_GROUP, MOST_GROUPS)
    if n_groups < 2 or not design.shape[1]:
        return None
    options = {
        "objective": "binary",
        "num_leaves": n_groups,
        "min_data_in_leaf": GROUP_ROWS,
        "min_sum_hessian_in_leaf": 0.0,
        "max_cat_to_onehot": 10_000,  # one level against the others: that can be said in words
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": 0,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(
        design,
        label=y,
        weight=weight,
        init_score=logits,
        categorical_feature=categorical,
        params=options,
    )
    return lightgbm.train(options, data, 1)


def _leaf(tree: lightgbm.Booster | None, design: FloatArray) -> IntArray:
    if tree is None:
        return np.zeros(len(design), dtype=np.int64)
    leaves = np.asarray(tree.predict(design, pred_leaf=True, num_threads=1))
    return leaves.reshape(len(design)).astype(np.int64)


def _log_odds(rate: FloatArray) -> FloatArray:
    return np.asarray(logit(np.clip(rate, 1e-9, 1 - 1e-9)))


def _shares(
    logits: FloatArray, y: IntArray, terms: FloatArray, weight: FloatArray
) -> tuple[float, float]:
    """The likeliest shares of both steps under the prior, by Newton's method, inside [0, 1]."""
    mean, deviation = np.array(PRIOR).T
    share = mean
    for _ in range(30):
        p = expit(logits + terms @ share)
        slope = terms.T @ (weight * (y - p)) - (share - mean) / deviation**2
        curve = (terms * (weight * (p * (1 - p)))[:, None]).T @ terms + np.diag(1 / deviation**2)
        step = np.linalg.solve(curve, slope)
        share = share + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-10:
            break
    between, within = np.clip(share, 0.0, 1.0)
    return float(between), float(within)
