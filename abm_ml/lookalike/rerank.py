"""Re-ranking: trees that tell seeds from the universe by the facts as they are recorded.

A direction adds traits up; trees also see which come together. Bagged over random negatives
(Mordelet and Vert 2014, "A bagging SVM to learn from positive and unlabeled examples").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack, vstack

from abm_ml.lookalike.facts import shared

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BAGS = 5
PER_SEED = 30
FEWEST_NEGATIVES = 300
MOST_NEGATIVES = 3_000
ROUNDS = 60
FEWEST_SEEDS = 5
"""Fewer seeds are no training set for trees."""

MOST_FACTS = 256
"""Facts that trees look at: those whose shares among seeds and others differ most clearly."""

_TREES: Mapping[str, Any] = {
    "objective": "binary", "num_leaves": 15, "min_data_in_leaf": 3, "learning_rate": 0.1,
    "feature_fraction": 0.5, "lambda_l2": 1.0, "deterministic": True, "force_row_wise": True,
    "verbose": -1,
}  # fmt: skip


class TreeRanker:
    """Bagged trees, seeds against random accounts.

    Parameters
    ----------
    numbers : int
        How many of the columns, the last ones, are numbers: these are always looked at.
    bags : int
        Models, each on other random accounts; their margins are added up.
    seed : int
        Of the draws.
    threads : int
        Threads of LightGBM.
    """

    def __init__(
        self, numbers: int = 0, *, bags: int = BAGS, seed: int = 0, threads: int = 1
    ) -> None:
        self.numbers = numbers
        self.bags = bags
        self.seed = seed
        self.threads = threads
        self._models: list[lgb.Booster] = []
        self._columns: IntArray = np.zeros(0, dtype=np.int64)

    def fit(
        self, seeds: csr_matrix, background: csr_matrix, refused: csr_matrix | None = None
    ) -> TreeRanker:
        """Learn from the rows of seeds, random accounts, and accounts that are not wanted."""
        rng = np.random.default_rng(self.seed)
        self._columns = telling_columns(seeds, background, self.numbers)
        sides = [seeds, background] + ([refused] if refused is not None else [])
        seeds, background, *more = (side[:, self._columns] for side in sides)
        wanted = min(MOST_NEGATIVES, max(FEWEST_NEGATIVES, PER_SEED * seeds.shape[0]))
        self._models = []
        for bag in range(self.bags):
            chosen = rng.permutation(background.shape[0])[:wanted]
            rows = vstack([seeds, background[np.sort(chosen)], *more], format="csr")
            labels = np.zeros(rows.shape[0])
            labels[: seeds.shape[0]] = 1
            params = {**_TREES, "seed": self.seed + bag, "num_threads": self.threads}
            data = lgb.Dataset(rows, labels, params={"feature_pre_filter": False, "verbose": -1})
            self._models.append(lgb.train(params, data, ROUNDS))
        return self

    def score(self, rows: csr_matrix) -> FloatArray:
        """Margins, shape (n_rows,): higher is more like the seeds."""
        total, rows = np.zeros(rows.shape[0]), rows[:, self._columns]
        for model in self._models:
            total += model.predict(rows, raw_score=True, num_threads=self.threads)
        return total


def tree_rows(facts: csr_matrix, numbers: npt.NDArray[np.float32]) -> csr_matrix:
    """Facts and numbers side by side, shape (n_rows, n_facts + n_numbers).

    A missing number is zero in a sparse matrix; a number that is zero is a little more.
    """
    shifted = np.where(np.isfinite(numbers), np.where(numbers == 0, 1e-6, numbers), 0)
    return hstack([facts, csr_matrix(shifted.astype(np.float32))], format="csr")


def telling_columns(seeds: csr_matrix, background: csr_matrix, numbers: int) -> IntArray:
    """The facts whose shares differ most clearly between two sides, and all numbers.

    Parameters
    ----------
    seeds, background : sparse matrices, shapes (n_seeds, n_columns), (n_background, n_columns)
        Facts, then numbers.
    numbers : int
        How many of the columns, the last ones, are numbers.
    """
    facts = seeds.shape[1] - numbers
    here, there = shared(seeds)[:facts], shared(background)[:facts]
    both = (seeds.shape[0] * here + background.shape[0] * there + 1) / (
        seeds.shape[0] + background.shape[0] + 2
    )
    # The two-proportion z statistic but for a factor that is the same for all.
    clear = np.abs(here - there) / np.sqrt(both * (1 - both))
    best = np.argsort(-clear, kind="stable")[:MOST_FACTS]
    return np.concatenate([np.sort(best), np.arange(facts, seeds.shape[1])]).astype(np.int64)


def fused_order(first: FloatArray, second: FloatArray, share: float) -> IntArray:
    """Order of rows by the weighted mean of the logarithms of two ranks, best first.

    Logarithms, because who is first matters more than who is 10,000th: an account that either
    way puts at the top stays near it.

    Parameters
    ----------
    first, second : arrays, shape (n,)
        Scores; higher is better. Ties keep the order of the rows.
    share : float
        Weight of the second, 0 to 1.
    """
    mean = (1 - share) * np.log(_ranks(first)) + share * np.log(_ranks(second))
    return np.lexsort((np.arange(len(first)), _ranks(first), mean))


def _ranks(scores: FloatArray) -> FloatArray:
    order = np.argsort(-scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    return ranks
