"""From seeds to a way of ranking the universe: directions by kind, then trees where they help."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from abm_ml.lookalike.direction import RECIPES, Recipe, learn_direction, mixed
from abm_ml.lookalike.kinds import kinds_of
from abm_ml.lookalike.rerank import BAGS, FEWEST_SEEDS, TreeRanker, fused_order
from abm_ml.lookalike.universe import BoolArray, FloatArray, IntArray, Universe

MEAN_ONLY_BELOW = 5
"""With fewer seeds their mean is the direction: nothing more can be learned."""

CANDIDATES = 10
"""Candidates that are re-ranked for each account wanted …"""

FEWEST_CANDIDATES, MOST_CANDIDATES = 5_000, 20_000
"""… but at least and (where not more are wanted) at most so many."""


@dataclass(frozen=True)
class Examples:
    """What a way of ranking is learned from, as rows of the universe.

    Parameters
    ----------
    seeds : array of int
        Accounts that are wanted, in the order of their ids.
    refused : array of int
        "Not like these": accounts named as unwanted, sales' rejections.
    won, lost : array of int
        Accounts of won and of lost opportunities: weaker words for and against.
    known : array of bool, shape (n_accounts,)
        Customers and others who may well be alike: never taken for random accounts.
    """

    seeds: IntArray
    refused: IntArray
    won: IntArray
    lost: IntArray
    known: BoolArray

    def without(self, rows: IntArray) -> Examples:
        """The same with some seeds held out, which then are accounts like any other.

        As any other look-alike that nobody knows of, they may be among the random accounts:
        spared that, they would be found more easily than those are.
        """
        held = np.isin(self.seeds, rows)
        return replace(self, seeds=self.seeds[~held], won=np.setdiff1d(self.won, rows))


@dataclass(frozen=True)
class Plan:
    """What held-out seeds have decided.

    Parameters
    ----------
    shares : array, shape (n_recipes,)
        Weight of each recipe in the direction.
    rerank : float
        Weight of the trees in the fused order, 0 to 1.
    kinds : int
        Number of kinds of customers that the seeds are taken for.
    """

    shares: FloatArray
    rerank: float
    kinds: int


@dataclass(frozen=True)
class Ranking:
    """A learned way of ranking.

    Parameters
    ----------
    directions : array, shape (n_kinds, d)
        One for each kind of seeds, on the scale of the universe's spread.
    kind_shares : array, shape (n_kinds,)
        Share of the list that each kind gets.
    kind_of_seed : array of int
        Kind of each seed, in the order of the seeds.
    trees : TreeRanker or None
        The re-ranking.
    plan : Plan
        What was decided.
    """

    directions: FloatArray
    kind_shares: FloatArray
    kind_of_seed: IntArray
    trees: TreeRanker | None
    plan: Plan


WEIGHT_REFUSED, WEIGHT_LOST, WEIGHT_WON = 0.2, 0.05, 0.1
"""Share of a side's weight that all refused, all lost and all won accounts together get."""


def default_plan(seeds: int) -> Plan:
    """What is done where seeds cannot decide: all recipes alike, trees half."""
    if seeds < MEAN_ONLY_BELOW:
        return Plan(np.eye(len(RECIPES))[0], 0.0, 1)
    return Plan(np.full(len(RECIPES), 1 / len(RECIPES)), 0.5, 1)


def learn(
    universe: Universe, examples: Examples, plan: Plan, *, seed: int, threads: int, bags: int = BAGS
) -> Ranking:
    """Learn a ranking as planned.

    Parameters
    ----------
    universe : Universe
        What is searched.
    examples : Examples
        Seeds and what else is known.
    plan : Plan
        How.
    seed, threads : int
        Of the trees' draws, of LightGBM.
    bags : int
        Bags of trees.
    """
    background = universe.background(unusable(examples))
    kind_of_seed = kinds_of(universe.vectors(examples.seeds), plan.kinds)
    directions = [
        kind_direction(universe, examples, examples.seeds[kind_of_seed == kind], background, plan)
        for kind in range(1 + kind_of_seed.max())
    ]
    trees = None
    if plan.rerank > 0 and len(examples.seeds) >= FEWEST_SEEDS:
        refused = universe.tree_rows(examples.refused) if len(examples.refused) else None
        trees = TreeRanker(universe.numbers.shape[1], bags=bags, seed=seed, threads=threads).fit(
            universe.tree_rows(examples.seeds), universe.tree_rows(background), refused
        )
    shares = np.bincount(kind_of_seed) / len(kind_of_seed)
    return Ranking(np.array(directions), shares, kind_of_seed, trees, plan)


def unusable(examples: Examples) -> BoolArray:
    """Accounts that are no random ones; lost ones are: left out, they would be spared."""
    never = examples.known.copy()
    for rows in (examples.seeds, examples.refused, examples.won):
        never[rows] = True
    return never


def kind_direction(
    universe: Universe, examples: Examples, seeds: IntArray, background: IntArray, plan: Plan
) -> FloatArray:
    """The direction of one kind of seeds: the plan's mixture of recipes."""
    directions = recipe_directions(universe, examples, seeds, background, RECIPES)
    return mixed(directions, plan.shares)


def recipe_directions(
    universe: Universe,
    examples: Examples,
    seeds: IntArray,
    background: IntArray,
    recipes: tuple[Recipe, ...],
) -> FloatArray:
    """The direction of each recipe, shape (n_recipes, d)."""
    wanted, up = _side(seeds, [(examples.won, WEIGHT_WON)])
    others, down = _side(
        background, [(examples.refused, WEIGHT_REFUSED), (examples.lost, WEIGHT_LOST)]
    )
    rows = universe.vectors(wanted), universe.vectors(others)
    return np.array(
        [
            learn_direction(
                *rows, recipe, variance=universe.variance, seed_weights=up, background_weights=down
            )
            for recipe in recipes
        ]
    )


def _side(main: IntArray, more: list[tuple[IntArray, float]]) -> tuple[IntArray, FloatArray]:
    """Rows and weights of one side of the regression: the main ones and weaker examples.

    A lost account may be a random one as well: what is said of it comes on top.
    """
    rows, weights = [main], [np.full(len(main), 1 / max(1, len(main)))]
    for extra, share in more:
        rows.append(extra)
        # One example alone must not weigh as much as a hundred would.
        weights.append(np.full(len(extra), share / max(10, len(extra))))
    return np.concatenate(rows), np.concatenate(weights)


def candidates_wanted(k: int) -> int:
    """How many candidates are re-ranked for a list of k."""
    return max(k, min(MOST_CANDIDATES, max(FEWEST_CANDIDATES, CANDIDATES * k)))


def candidates(
    universe: Universe, ranking: Ranking, allowed: BoolArray, k: int
) -> tuple[IntArray, FloatArray, IntArray]:
    """The candidates of a list of k, best first; the list is their beginning.

    Parameters
    ----------
    universe : Universe
        What is searched.
    ranking : Ranking
        How.
    allowed : array of bool, shape (n_accounts,)
        Accounts that may be found.
    k : int
        Length of the list; there are fewer candidates only where fewer are allowed.

    Returns
    -------
    rows : array of int, shape (n_candidates,)
        Their rows.
    scores : array of float, shape (n_candidates,)
        Score along the direction of their kind.
    kinds : array of int, shape (n_candidates,)
        Kind by which each was found.
    """
    wanted = min(candidates_wanted(k), int(allowed.sum()))
    if wanted == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, np.zeros(0), nothing
    found, products = universe.store.search(ranking.directions.astype(np.float32), wanted, allowed)
    rows, scores, kinds, places = _by_share(
        found, products.astype(np.float64), ranking.kind_shares, wanted
    )
    if ranking.trees is not None:
        margins = ranking.trees.score(universe.tree_rows(rows))
        order = fused_order(-places, margins, ranking.plan.rerank)
        rows, scores, kinds = rows[order], scores[order], kinds[order]
    return rows, scores, kinds


def ranked(
    universe: Universe, ranking: Ranking, allowed: BoolArray, k: int
) -> tuple[IntArray, FloatArray, IntArray]:
    """The best k accounts, best first: the beginning of `candidates`."""
    rows, scores, kinds = candidates(universe, ranking, allowed, k)
    return rows[:k], scores[:k], kinds[:k]


def _by_share(
    found: IntArray, products: FloatArray, shares: FloatArray, wanted: int
) -> tuple[IntArray, FloatArray, IntArray, FloatArray]:
    """Lists of several kinds as one: an account's place is its rank over its kind's share."""
    places = np.arange(1, found.shape[1] + 1) / shares[:, None]
    kinds = np.broadcast_to(np.arange(len(shares))[:, None], found.shape)
    there = found >= 0
    rows, flat, kind, place = found[there], products[there], kinds[there], places[there]
    order = np.lexsort((kind, place))
    rows, flat, kind, place = rows[order], flat[order], kind[order], place[order]
    _, first = np.unique(rows, return_index=True)
    kept = np.sort(first)[:wanted]
    return rows[kept], flat[kept], kind[kept], place[kept]


def places_of(
    universe: Universe, ranking: Ranking, allowed: BoolArray, rows: IntArray, k: int
) -> FloatArray:
    """Place of some allowed rows in the whole order (1 is the best), as for a list of k.

    Parameters
    ----------
    rows : array of int
        The accounts asked for.
    k : int
        Length of the list; beyond its candidates the directions alone rank.
    """
    best, _, _ = candidates(universe, ranking, allowed, k)
    place = np.full(len(universe), np.inf)
    place[best] = np.arange(1, len(best) + 1)
    beyond = rows[~np.isfinite(place[rows])]
    if len(beyond):
        scores = universe.store.scores(ranking.directions.astype(np.float32))
        others = np.sort(scores[:, allowed], axis=1)
        above = [
            others.shape[1] - np.searchsorted(one, own, side="right")
            for one, own in zip(others, scores[:, beyond], strict=True)
        ]
        by_kind = (np.array(above) + 1) / ranking.kind_shares[:, None]
        place[beyond] = np.maximum(len(best), by_kind.min(axis=0))
    return place[rows]
