"""Whether seeds have more in common than random companies have."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.stats import rankdata

from abm_ml.lookalike.facts import shared
from abm_ml.lookalike.groups import first_of_each
from abm_ml.lookalike.universe import FloatArray, IntArray, Universe

DRAWS = 399
POOL = 20_000
"""Random accounts that random lists are drawn from."""

MOST_SEEDS = 100
"""Of more seeds so many are drawn: what a hundred do not show, nobody need look for."""

CHANCE = 0.04
"""Share of random lists that have as much in common as is asked for."""

REACHED = 0.1
"""Share of lists whose most alike pair is as alike as a pair may count."""


def chance_of_likeness(universe: Universe, seeds: IntArray, *, seed: int = 0) -> float:
    """Share of random lists of the same length whose members are as alike as the seeds are.

    Likeness is a sum over all pairs, taken twice: of inner products of vectors (brought to the
    square root of their length, so that full records don't outweigh sparse ones), which know
    that two tags are related; and of shared facts, each counting as one over its share in the
    universe (the metric of correspondence analysis, Benzécri 1973), which know that two rare
    words are the same. Each is turned into the share of lists that are as alike, and the two
    shares are multiplied (Fisher 1925); the product in turn is held against that of the random
    lists, so that nothing depends on how the two hang together or how heavy their tails are.

    No pair counts for more than the most alike pair of one list in ten: two branches that nobody
    marked as one group, or one company under two ids, are no common ground of a list. Such a
    pair alone passes a list of 5-9 random companies in 28 % of cases (67 % by sums without a
    limit and facts weighted by their logarithm, as this test was before), of 10-29 in 21 %.

    Chosen among some 200 ways of adding up likeness on the lists of `lookalike_data.py` (in
    benchmarks), so that the figures are a little too good; most of those ways do nearly as well.
    At a limit of .04, 72 % of real lists of 5-9 seeds are told from random ones (before: 69 %;
    in each half of the buyers, tags and industries 72 %, before 69 and 68 %), and 97 % of those
    of 10-29 (96 %). `lookalike_honest.py --parts chance` measures it again.

    Parameters
    ----------
    universe : Universe
        What is searched.
    seeds : array of int
        Rows, in any order; of a group of companies only one counts.
    seed : int
        Of the draws.

    Returns
    -------
    float
        At least 1 / 400; 1 where there are no two seeds to compare.
    """
    own = seeds[np.argsort(universe.store.ids_at(seeds), kind="stable")]
    own = own[first_of_each(universe.groups[own])]
    pool = universe.background(np.zeros(len(universe), dtype=bool), most=POOL)
    draw = np.random.default_rng(seed)
    most = min(MOST_SEEDS, len(pool))
    if len(own) > most:
        own = own[draw.permutation(len(own))[:most]]
    if len(own) < 2:
        return 1.0
    random = [draw.choice(len(pool), len(own), replace=False) for _ in range(DRAWS)]
    lists = np.vstack([np.arange(len(own)), len(own) + np.array(random)])
    rows = np.concatenate([own, pool])
    metrics = (_evened(universe, rows, pool), _by_rarity(universe, rows, pool))
    surprise = sum(-np.log(share_as_high(likeness(metric, lists))) for metric in metrics)
    return float(share_as_high(np.asarray(surprise))[0])


def likeness(rows: FloatArray | csr_matrix, lists: IntArray) -> FloatArray:
    """Sum of inner products over the pairs of each list, none counting beyond a limit.

    Parameters
    ----------
    rows : array or sparse matrix, shape (n_rows, d)
        Companies.
    lists : array of int, shape (n_lists, length)
        Rows of each list. The limit is the same for all lists and treats all alike.
    """
    above = np.triu_indices(lists.shape[1], 1)
    products = np.array([_gram(rows[one])[above] for one in lists])
    limit = np.quantile(products.max(axis=1), 1 - REACHED)
    return np.asarray(np.minimum(products, limit).sum(axis=1))


def share_as_high(values: FloatArray) -> FloatArray:
    """For each value the share of values, itself included, that are no lower.

    >>> share_as_high(np.array([3.0, 1.0, 2.0, 3.0])).tolist()
    [0.5, 1.0, 0.75, 0.5]
    """
    return np.asarray(rankdata(-values, method="max") / len(values))


def _gram(rows: FloatArray | csr_matrix) -> FloatArray:
    products = rows @ rows.T
    return np.asarray(products.toarray() if isinstance(products, csr_matrix) else products)


def _evened(universe: Universe, rows: IntArray, pool: IntArray) -> FloatArray:
    """Vectors about the pool's mean, brought to the square root of their length."""
    vectors = universe.vectors(rows)
    vectors -= vectors[len(rows) - len(pool) :].mean(axis=0)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.sqrt(length + 1e-12))


def _by_rarity(universe: Universe, rows: IntArray, pool: IntArray) -> csr_matrix:
    """Facts scaled so that a shared one counts one over its share, two accounts at least."""
    share = np.maximum(shared(universe.facts[pool]), 2 / len(pool))
    return (universe.facts[rows] @ diags(share**-0.5)).tocsr()
