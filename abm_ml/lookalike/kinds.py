"""Several kinds of customers in one list of seeds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.cluster import KMeans

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FEWEST_OF_A_KIND = 4
"""A kind with fewer seeds teaches nothing of its own."""

FEWEST_SEEDS = 16
"""With fewer seeds a few that happen to be alike would pass for a kind."""

MOST_KINDS = 3
ALIKE = 0.15
"""Mean cosine of the seeds of one kind, at least; random companies' is about 0 …"""

APART = 0.0
"""… and so is that of seeds of different kinds, at most: they have no more in common."""


def kinds_of(vectors: FloatArray, kinds: int) -> IntArray:
    """Kind of each seed, the most frequent first, shape (n_seeds,).

    Spherical k-means: seeds of one kind point the same way, whatever their length.

    Parameters
    ----------
    vectors : array, shape (n_seeds, d)
        Embedded seeds, in the order of their ids.
    kinds : int
        How many kinds are wanted; all seeds are of one kind where that would leave one of them
        with too few.
    """
    if kinds <= 1 or len(vectors) < kinds * FEWEST_OF_A_KIND:
        return np.zeros(len(vectors), dtype=np.int64)
    unit = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12)
    labels = KMeans(kinds, n_init=5, random_state=0).fit_predict(unit)
    counts = np.bincount(labels, minlength=kinds)
    if counts.min() < FEWEST_OF_A_KIND:
        return np.zeros(len(vectors), dtype=np.int64)
    rank = np.empty(kinds, dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(kinds)
    return rank[labels]


def distinct_kinds(vectors: FloatArray) -> int:
    """How many kinds of customers seeds plainly are: alike inside each, strangers otherwise.

    Held-out seeds cannot decide this: to give a small kind its share takes from the large one
    what it gives. A list that merely scatters is one kind, which is measured to be found better
    as a whole.

    Parameters
    ----------
    vectors : array, shape (n_seeds, d)
        Embedded seeds, in the order of their ids, centred on the universe.
    """
    if len(vectors) < FEWEST_SEEDS:
        return 1
    unit = vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12)
    cosine = unit @ unit.T
    for wanted in range(MOST_KINDS, 1, -1):
        kind = kinds_of(vectors, wanted)
        if kind.max() == 0:
            continue
        member = np.eye(wanted)[kind]
        counts = member.sum(axis=0)
        sums = member.T @ cosine @ member
        inside = (np.diag(sums) - counts) / (counts * (counts - 1))
        across = (sums / np.outer(counts, counts))[~np.eye(wanted, dtype=bool)]
        if inside.min() >= ALIKE and across.max() <= APART:
            return wanted
    return 1
