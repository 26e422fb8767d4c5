"""What held-out seeds decide for a request: the recipe, the trees' weight, the kinds.

Seeds are hidden in turn, and each way of ranking is judged by how far up it puts them among
random accounts. The default holds unless another way is better by more than its standard error:
a handful of seeds cannot tell ways apart, and the best of many by chance is no better.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from abm_ml.lookalike.direction import RECIPES, mixed
from abm_ml.lookalike.kinds import distinct_kinds
from abm_ml.lookalike.learn import (
    MEAN_ONLY_BELOW,
    Examples,
    Plan,
    default_plan,
    recipe_directions,
    unusable,
)
from abm_ml.lookalike.rerank import TreeRanker
from abm_ml.lookalike.universe import FloatArray, IntArray, Universe

FOLDS = 3
REFERENCE = 3_000
"""Random accounts, none of them taught, among which held-out seeds are ranked."""

BAGS = 1
MANY = 30
"""From so many seeds on one fold is enough to judge trees by, which cost the most."""

SHARES = (0.5, 0.0, 0.75)
"""Weights of the trees that are tried, the default first."""


def folds_of(groups: IntArray, folds: int) -> IntArray:
    """Fold of each seed; members of one group of companies stay together.

    Parameters
    ----------
    groups : array of int, shape (n_seeds,)
        Group of each seed; seeds come in the order of their ids.
    folds : int
        How many.
    """
    order = list(dict.fromkeys(groups.tolist()))
    # Ids are often given out in some order of time or place: deal like cards, not in blocks.
    place = {group: number % folds for number, group in enumerate(order)}
    return np.array([place[group] for group in groups.tolist()], dtype=np.int64)


def plan_for(universe: Universe, examples: Examples, *, seed: int, threads: int) -> Plan:
    """The plan that these seeds decide on, or the default where they cannot tell."""
    seeds = examples.seeds
    plan = default_plan(len(seeds))
    if len(seeds) < MEAN_ONLY_BELOW:
        return plan
    fold = folds_of(universe.groups[seeds], FOLDS)
    numbers = np.unique(fold)
    if len(numbers) < 2:
        return plan
    never = unusable(examples)
    background = universe.background(never)
    reference = universe.background(never, skip=len(background), most=REFERENCE)
    recipes, trees = [], []
    for number in numbers:
        held = seeds[fold == number]
        shown = examples.without(held)
        learned = recipe_directions(universe, shown, shown.seeds, background, RECIPES)
        ways = np.vstack([mixed(learned, plan.shares), learned])
        vectors = universe.vectors(held), universe.vectors(reference)
        scores = vectors[0] @ ways.T, vectors[1] @ ways.T
        recipes.append(utility(*scores))
        if number > numbers[0] and len(seeds) >= MANY:
            continue
        ranker = TreeRanker(universe.numbers.shape[1], bags=BAGS, seed=seed, threads=threads).fit(
            universe.tree_rows(shown.seeds), universe.tree_rows(background)
        )
        margins = [ranker.score(universe.tree_rows(rows)) for rows in (held, reference)]
        trees.append(_fused_utility(scores[0][:, 0], scores[1][:, 0], *margins))
    best = better_than_first(np.vstack(recipes))
    shares = plan.shares if best == 0 else np.eye(len(RECIPES))[best - 1]
    return replace(
        plan, shares=shares, rerank=SHARES[better_than_first(np.vstack(trees))],
        kinds=distinct_kinds(universe.vectors(seeds)),
    )  # fmt: skip


def utility(held: FloatArray, others: FloatArray) -> FloatArray:
    """How far up each held-out seed stands: minus the logarithm of the share above it.

    Parameters
    ----------
    held, others : arrays, shapes (n_held, n_ways), (n_reference, n_ways)
        Scores of held-out seeds and of random accounts; higher is better.
    """
    ordered = np.sort(others, axis=0)
    below = np.column_stack(
        [np.searchsorted(ordered[:, way], held[:, way]) for way in range(held.shape[1])]
    )
    return np.asarray(-np.log((len(others) - below + 0.5) / (len(others) + 1)))


def better_than_first(utilities: FloatArray) -> int:
    """The way to take: the first, unless another is better by more than its standard error."""
    gains = utilities - utilities[:, [0]]
    mean = gains.mean(axis=0)
    error = gains.std(axis=0, ddof=1) / np.sqrt(len(gains))
    clear = np.where(mean > error, mean, 0.0)
    return int(np.argmax(clear)) if clear.max() > 0 else 0


def _fused_utility(
    held: FloatArray, others: FloatArray, held_margin: FloatArray, margins: FloatArray
) -> FloatArray:
    """Utility of each weight of the trees, ranks fused as in the list itself."""
    by_direction = -utility(held[:, None], others[:, None])[:, 0]
    by_trees = -utility(held_margin[:, None], margins[:, None])[:, 0]
    own = -utility(others[:, None], others[:, None])[:, 0]
    own_trees = -utility(margins[:, None], margins[:, None])[:, 0]
    fused = [
        utility(
            -((1 - share) * by_direction + share * by_trees)[:, None],
            -((1 - share) * own + share * own_trees)[:, None],
        )
        for share in SHARES
    ]
    return np.hstack(fused)
