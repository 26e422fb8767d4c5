"""Whether seeds have more in common than random companies have."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, diags

from abm_ml.lookalike.facts import shared
from abm_ml.lookalike.groups import first_of_each
from abm_ml.lookalike.universe import FloatArray, IntArray, Universe

DRAWS = 399
POOL = 20_000
"""Random accounts that random lists are drawn from."""

CHANCE = 0.05
"""Share of random lists that have as much in common as is asked for."""


def chance_of_likeness(universe: Universe, seeds: IntArray, *, seed: int = 0) -> float:
    """Share of random lists of the same length whose members are as alike as the seeds are.

    Likeness is the sum over all pairs of inner products, of vectors (brought to the square root
    of their length, so that full records don't outweigh sparse ones) and of shared facts
    weighted by their rarity; both are put on the scale of the random lists and added up. That
    held-out seeds stand far up would be no test by itself: if two seeds happen to be alike, each
    finds the other, and the sum has heavier tails than independent places would have.

    Parameters
    ----------
    universe : Universe
        What is searched.
    seeds : array of int
        Rows; of a group of companies only one counts.
    seed : int
        Of the draws.

    Returns
    -------
    float
        At least 1 / 400.
    """
    own = seeds[first_of_each(universe.groups[seeds])]
    pool = universe.background(np.zeros(len(universe), dtype=bool), most=POOL)
    rare = diags(np.sqrt(-np.log(np.clip(shared(universe.facts[pool]), 1e-6, 1))))
    every = np.concatenate([own, pool])
    vectors = universe.vectors(every)
    vectors = _evened(vectors - vectors[len(own) :].mean(axis=0))
    facts = (universe.facts[every] @ rare).tocsr()
    draw = np.random.default_rng(seed)
    most = min(len(own), len(pool))
    lists = [np.arange(len(own))] + [
        len(own) + draw.choice(len(pool), most, replace=False) for _ in range(DRAWS)
    ]
    likeness = np.array([[pairs(vectors[rows]), sparse_pairs(facts[rows])] for rows in lists])
    random = likeness[1:]
    scaled = (likeness - random.mean(axis=0)) / (random.std(axis=0) + 1e-12)
    total = scaled.sum(axis=1)
    return float((1 + (total[1:] >= total[0]).sum()) / (DRAWS + 1))


def pairs(rows: FloatArray) -> float:
    """Sum of inner products over ordered pairs of different rows.

    >>> pairs(np.array([[1.0, 0.0], [2.0, 1.0], [0.0, 3.0]]))
    10.0
    """
    whole = rows.sum(axis=0)
    return float(whole @ whole - (rows * rows).sum())


def sparse_pairs(rows: csr_matrix) -> float:
    """The same of a sparse matrix."""
    whole = np.asarray(rows.sum(axis=0), dtype=np.float64).ravel()
    return float(whole @ whole - rows.multiply(rows).sum())


def _evened(rows: FloatArray) -> FloatArray:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.sqrt(length + 1e-12))
