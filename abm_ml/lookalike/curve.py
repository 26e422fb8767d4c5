"""How good a list will be, before anybody spends money on it: held-out seeds, found again.

Seeds are hidden in turn, everything (recipe, trees, kinds) is decided and learned anew from the
others, and the hidden ones are looked for among all accounts that may be found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import betabinom

from abm_ml.lookalike.common import CHANCE, chance_of_likeness
from abm_ml.lookalike.facts import shared
from abm_ml.lookalike.learn import MEAN_ONLY_BELOW, Examples, learn, places_of
from abm_ml.lookalike.tuning import folds_of, plan_for
from abm_ml.lookalike.universe import BoolArray, FloatArray, IntArray, Universe

SIZES = (
    50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
    1_000_000,
)  # fmt: skip
"""List sizes at which the curve is told, as far as the universe goes."""

FOLDS = 5
FOLDS_OF_MANY, MANY = 3, 60
"""From so many seeds on fewer folds do: each still learns from dozens."""

BAGS = 2
COVERAGE = 0.8
MATCHED = 50_000
"""Accounts among which the plain match is ranked, at most."""

FEWEST_SEEDS = 3
"""Fewer seeds leave nothing to be learned from when one is hidden."""


@dataclass(frozen=True)
class SeedEvaluation:
    """What held-out seeds say of a list.

    Parameters
    ----------
    curve : DataFrame
        `k`; `share` of the accounts that may be found; expected `recall` (share of companies
        like the seeds that the first k hold) with `low` and `high` (80 % interval for as many
        unknown ones as there are seeds); `chance`; `firmographic`, the recall of a plain match
        of values; `lift`, recall over chance. Empty with fewer than three seeds.
    positions : DataFrame
        `account_id` and `position` of each seed while it was hidden: the share of accounts
        that stood above it.
    warnings : tuple of str
        `nothing_in_common`, `near_chance`, `few_seeds`, `seeds_outside`.
    """

    curve: pd.DataFrame
    positions: pd.DataFrame
    warnings: tuple[str, ...]


def held_out(
    universe: Universe,
    examples: Examples,
    allowed: BoolArray,
    firmographic: BoolArray,
    *,
    k: int,
    seed: int,
    threads: int,
) -> SeedEvaluation:
    """Hide seeds in turn and look for them.

    Parameters
    ----------
    universe : Universe
        What is searched.
    examples : Examples
        Seeds and what else is known.
    allowed : array of bool, shape (n_accounts,)
        Accounts that the filters let through; held-out seeds are looked for among these and
        themselves, whatever was excluded.
    firmographic : array of bool, shape (n_facts,)
        Facts that a plain match goes by.
    k : int
        Longest list of interest.
    seed, threads : int
        As for `learn`.
    """
    seeds = examples.seeds
    few = ("few_seeds",) if len(seeds) < MEAN_ONLY_BELOW else ()
    most = FOLDS if len(seeds) < MANY else FOLDS_OF_MANY
    folds = min(most, len(np.unique(universe.groups[seeds])))
    if len(seeds) < FEWEST_SEEDS or folds < 2:
        return no_evaluation(universe, seeds, "few_seeds")
    fold = folds_of(universe.groups[seeds], folds)
    places = np.zeros((len(seeds), 2))
    sizes = np.zeros(len(seeds))
    for number in range(folds):
        hidden = seeds[fold == number]
        shown = examples.without(hidden)
        open_ = allowed.copy()
        open_[shown.seeds], open_[hidden] = False, True
        plan = plan_for(universe, shown, seed=seed, threads=threads)
        ranking = learn(universe, shown, plan, seed=seed, threads=threads, bags=BAGS)
        places[fold == number, 0] = places_of(universe, ranking, open_, hidden, k)
        places[fold == number, 1] = firmographic_places(
            universe, open_, shown.seeds, hidden, firmographic
        )
        sizes[fold == number] = open_.sum()
    position = (places[:, 0] - 0.5) / sizes
    curve = recall_curve(places, int(sizes.min()), k)
    few_or_apart = few or (*_apart(universe, seeds, seed), *_near_chance(curve))
    return SeedEvaluation(curve, _positions(universe, seeds, position), few_or_apart)


def no_evaluation(universe: Universe, seeds: IntArray, why: str) -> SeedEvaluation:
    """What is said where nothing can be measured."""
    return SeedEvaluation(_no_curve(), _positions(universe, seeds, []), (why,))


def recall_curve(places: FloatArray, accounts: int, k: int = 0) -> pd.DataFrame:
    """Expected recall by list size.

    The interval is that of a beta-binomial with Jeffreys' prior (Brown, Cai and DasGupta 2001):
    what is known of the share from the seeds, and the chance in as many unknown companies.

    Parameters
    ----------
    places : array, shape (n_seeds, 2)
        Place of each hidden seed, ours and by firmographic match.
    accounts : int
        Accounts that may be found.
    k : int
        Length of the list, told beside the usual ones.
    """
    sizes = sorted({size for size in (*SIZES, k) if 0 < size < accounts} | {accounts})
    n = len(places)
    rows = []
    for size in sizes:
        found = int((places[:, 0] <= size).sum())
        spread = betabinom(n, found + 0.5, n - found + 0.5)
        low, high = spread.ppf([(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]) / n
        rows.append(
            {
                "k": size, "share": size / accounts, "recall": found / n,
                "low": min(low, found / n), "high": max(high, found / n),
                "chance": size / accounts,
                "firmographic": float((places[:, 1] <= size).mean()),
                "lift": found / n / (size / accounts),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _near_chance(curve: pd.DataFrame) -> tuple[str, ...]:
    """Whether at no length (short of half of everything) the interval lies above chance."""
    short = curve[curve["share"] <= 0.5]
    return () if (short["low"] > short["chance"]).any() else ("near_chance",)


def _apart(universe: Universe, seeds: IntArray, seed: int) -> tuple[str, ...]:
    alike = chance_of_likeness(universe, seeds, seed=seed) <= CHANCE
    return () if alike else ("nothing_in_common",)


def firmographic_places(
    universe: Universe, allowed: BoolArray, seeds: IntArray, rows: IntArray, firmographic: BoolArray
) -> FloatArray:
    """Place of rows by a plain match: the share of seeds with each of its values, added up.

    They are ranked among a sample of the accounts that may be found; ties count half, as such a
    match has many.
    """
    values = shared(universe.facts[seeds]) * firmographic
    sample = universe.shuffled[allowed[universe.shuffled]][:MATCHED]
    ordered = np.sort(np.asarray(universe.facts[sample] @ values))
    own = np.asarray(universe.facts[rows] @ values)
    above = len(ordered) - np.searchsorted(ordered, own, side="right")
    level = len(ordered) - np.searchsorted(ordered, own, side="left")
    return np.asarray((above + 1 + level) / 2 * allowed.sum() / len(ordered))


def _positions(
    universe: Universe, seeds: IntArray, position: FloatArray | list[float]
) -> pd.DataFrame:
    known = len(position) == len(seeds)
    values = np.asarray(position) if known else np.full(len(seeds), np.nan)
    return pd.DataFrame({"account_id": universe.store.ids_at(seeds), "position": values})


def _no_curve() -> pd.DataFrame:
    names = ["k", "share", "recall", "low", "high", "chance", "firmographic", "lift"]
    return pd.DataFrame({name: pd.Series(dtype=float) for name in names})
