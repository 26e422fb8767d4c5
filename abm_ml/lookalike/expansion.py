"""From seeds to a ranked list with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.lookalike.curve import FEWEST_SEEDS, SeedEvaluation, held_out, no_evaluation
from abm_ml.lookalike.direction import RECIPES
from abm_ml.lookalike.facts import Facts
from abm_ml.lookalike.groups import first_of_each
from abm_ml.lookalike.learn import Examples, Ranking, candidates, candidates_wanted, learn
from abm_ml.lookalike.quality import odd_seeds
from abm_ml.lookalike.request import Request
from abm_ml.lookalike.traits import reasons, shared_traits, shared_with_one
from abm_ml.lookalike.tuning import plan_for
from abm_ml.lookalike.universe import BoolArray, FloatArray, IntArray, Universe

BLOCK = 20_000
"""Results compared with the seeds at a time."""


@dataclass(frozen=True)
class Expansion:
    """A list of look-alikes and what is known about it.

    Parameters
    ----------
    accounts : DataFrame
        By rank: `account_id`, `name` (where the index has it), `rank`, `similarity` (0 to 100: a
        typical account of the universe is 0, the most typical seed 100; falls with rank),
        `nearest_seed`, `kind` (of seeds, from 1), `in_crm` (where known), `reasons`,
        `reasons_zh`.
    curve : DataFrame or None
        Expected share found by list size (`curve.SeedEvaluation`); None where not asked for.
    traits : DataFrame
        `kind`, `column`, `value`, `seeds`, `universe` (shares), `times`.
    seed_quality : DataFrame
        Up to three seeds that don't fit the rest: `account_id`, `name`, `position` (share of
        accounts that are closer to the other seeds).
    kinds : DataFrame
        `kind`, `seeds` (how many), `share` of the list.
    warnings : tuple of str
        Codes: `nothing_in_common`, `near_chance`, `few_seeds`, `seeds_outside`,
        `unknown_seeds`, `short_list`.
    summary : dict
        Counts and decisions, plain values.
    """

    accounts: pd.DataFrame
    curve: pd.DataFrame | None
    traits: pd.DataFrame
    seed_quality: pd.DataFrame
    kinds: pd.DataFrame
    warnings: tuple[str, ...]
    summary: dict[str, Any]


def may_be_found(universe: Universe, request: Request) -> BoolArray:
    """Accounts that may be in the list: no seeds, nobody of their groups, nobody excluded."""
    allowed = request.filtered & ~request.excluded
    if not request.include_seeds:
        own = np.unique(universe.groups[request.examples.seeds])
        allowed &= ~np.isin(universe.groups, own)
    return allowed


def evaluate_seeds(universe: Universe, facts: Facts, request: Request) -> SeedEvaluation:
    """What held-out seeds say; those outside the filters are no part of what is looked for."""
    inside = request.examples.seeds[request.filtered[request.examples.seeds]]
    outside = np.setdiff1d(request.examples.seeds, inside)
    if len(outside) and len(inside) < FEWEST_SEEDS:
        return no_evaluation(universe, inside, "seeds_outside")
    known = request.examples.known.copy()
    known[outside] = True
    return held_out(
        universe,
        replace(request.examples.without(outside), known=known),
        request.filtered & ~request.excluded,
        facts.firmographic,
        k=request.k,
        seed=request.seed,
        threads=request.threads,
    )


def expand(
    universe: Universe,
    facts: Facts,
    fact_shares: FloatArray,
    accounts: pd.DataFrame,
    request: Request,
    *,
    evidence: bool,
) -> Expansion:
    """The list and, where asked for, its evidence.

    Parameters
    ----------
    universe : Universe
        What is searched.
    facts : Facts
        What the universe's facts are.
    fact_shares : array, shape (n_facts,)
        Share of the universe that has each.
    accounts : DataFrame
        Attributes in row order: `account_id`, and `name` and `in_crm` where known.
    request : Request
        What is wanted.
    evidence : bool
        Whether held-out seeds are evaluated, which costs five more lists.
    """
    examples = request.examples
    options = {"seed": request.seed, "threads": request.threads}
    ranking = learn(universe, examples, plan_for(universe, examples, **options), **options)
    allowed = may_be_found(universe, request)
    rows, scores, kinds = _one_of_each_group(universe, ranking, allowed, request.k)
    traits = _traits_by_kind(universe, facts, fact_shares, ranking, examples.seeds)
    evaluation = evaluate_seeds(universe, facts, request) if evidence else None
    table = _table(
        universe, facts, fact_shares, accounts, ranking, examples, rows, scores, kinds, traits
    )
    warnings = evaluation.warnings if evaluation else ()
    short = ("short_list",) if len(rows) < request.k else ()
    return Expansion(
        accounts=table,
        curve=evaluation.curve if evaluation else None,
        traits=traits.drop(columns="fact"),
        seed_quality=_named(odd_seeds(evaluation.positions), accounts, universe)
        if evaluation
        else _named(pd.DataFrame({"account_id": [], "position": []}), accounts, universe),
        kinds=pd.DataFrame(
            {
                "kind": np.arange(1, len(ranking.directions) + 1),
                "seeds": np.bincount(ranking.kind_of_seed, minlength=len(ranking.directions)),
                "share": ranking.kind_shares,
            }
        ),
        warnings=(*warnings, *short),
        summary={
            "universe": len(universe),
            "allowed": int(allowed.sum()),
            "found": len(rows),
            "candidates": min(candidates_wanted(request.k), int(allowed.sum())),
            "rerank": ranking.plan.rerank if ranking.trees else 0.0,
            "recipes": {
                f"strength {recipe.strength:g}, damping {recipe.damping:g}": round(share, 4)
                for recipe, share in zip(RECIPES, ranking.plan.shares.tolist(), strict=True)
            },
            "kinds": len(ranking.directions),
        },
    )


def _one_of_each_group(
    universe: Universe, ranking: Ranking, allowed: BoolArray, k: int
) -> tuple[IntArray, FloatArray, IntArray]:
    """The best k accounts, the best one of each group of companies."""
    wanted = k
    while True:
        rows, scores, kinds = candidates(universe, ranking, allowed, wanted)
        kept = first_of_each(universe.groups[rows])
        if len(kept) >= k or len(rows) == allowed.sum():
            return rows[kept[:k]], scores[kept[:k]], kinds[kept[:k]]
        wanted *= 2


def _traits_by_kind(
    universe: Universe, facts: Facts, shares: FloatArray, ranking: Ranking, seeds: IntArray
) -> pd.DataFrame:
    parts = []
    for kind in range(len(ranking.directions)):
        own = universe.facts[seeds[ranking.kind_of_seed == kind]]
        found = shared_traits(facts, own, shares)
        found.insert(0, "kind", kind + 1)
        parts.append(found)
    return pd.concat(parts, ignore_index=True)


def _table(
    universe: Universe,
    facts: Facts,
    fact_shares: FloatArray,
    accounts: pd.DataFrame,
    ranking: Ranking,
    examples: Examples,
    rows: IntArray,
    scores: FloatArray,
    kinds: IntArray,
    traits: pd.DataFrame,
) -> pd.DataFrame:
    table = pd.DataFrame({"account_id": universe.store.ids_at(rows)})
    if "name" in accounts:
        table["name"] = accounts["name"].iloc[rows].to_numpy()
    table["rank"] = np.arange(1, len(rows) + 1)
    # The order is fused from two ways; the scale is the direction's.
    table["similarity"] = np.sort(similarity_of(universe, ranking, examples, scores))[::-1]
    nearest = nearest_seeds(universe, examples.seeds, rows)
    table["nearest_seed"] = universe.store.ids_at(nearest)
    table["kind"] = kinds + 1
    if "in_crm" in accounts:
        table["in_crm"] = accounts["in_crm"].iloc[rows].to_numpy()
    for column, lang in (("reasons", "en"), ("reasons_zh", "zh")):
        words = np.full(len(rows), "", dtype=object)
        for kind, own in traits.groupby("kind"):
            of_kind = np.flatnonzero(kinds + 1 == kind)
            words[of_kind] = reasons(own, universe.facts[rows[of_kind]], lang)
        bare = np.flatnonzero(words == "")
        words[bare] = shared_with_one(
            facts, fact_shares, universe.facts[rows[bare]], universe.facts[nearest[bare]], lang
        )
        table[column] = words
    return table


def similarity_to_seeds(universe: Universe, request: Request) -> pd.DataFrame:
    """How close every account is to the seeds, by their direction alone.

    Returns
    -------
    DataFrame
        `account_id`, `similarity` (0 to 100), `nearest_seed`; in row order.
    """
    examples = request.examples
    options = {"seed": request.seed, "threads": request.threads}
    plan = plan_for(universe, examples, **options)
    ranking = learn(universe, examples, plan, **options, bags=0)
    scores = universe.store.scores(ranking.directions.astype(np.float32)).max(axis=0)
    rows = np.arange(len(universe))
    return pd.DataFrame(
        {
            "account_id": universe.store.ids_at(rows),
            "similarity": similarity_of(universe, ranking, examples, scores.astype(np.float64)),
            "nearest_seed": universe.store.ids_at(nearest_seeds(universe, examples.seeds, rows)),
        }
    )


def similarity_of(
    universe: Universe, ranking: Ranking, examples: Examples, scores: FloatArray
) -> FloatArray:
    """Scores on a scale from a typical account (0) to the most typical seed (100), cut there."""
    background = universe.vectors(universe.background(np.zeros(len(universe), dtype=bool)))
    seeds = universe.vectors(examples.seeds)
    low = np.median((background @ ranking.directions.T).max(axis=1))
    own = (seeds @ ranking.directions.T)[np.arange(len(seeds)), ranking.kind_of_seed]
    high = max(float(own.max()), float(low) + 1e-9)
    return np.asarray(np.round(np.clip(100 * (scores - low) / (high - low), 0, 100), 1))


def nearest_seeds(universe: Universe, seeds: IntArray, rows: IntArray) -> IntArray:
    """For each row the row of the seed at the smallest angle."""
    known = _unit(universe.vectors(seeds))
    found = np.zeros(len(rows), dtype=np.int64)
    for start in range(0, len(rows), BLOCK):
        cosine = _unit(universe.vectors(rows[start : start + BLOCK])) @ known.T
        found[start : start + BLOCK] = seeds[np.round(cosine, 9).argmax(axis=1)]
    return found


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12))


def _named(odd: pd.DataFrame, accounts: pd.DataFrame, universe: Universe) -> pd.DataFrame:
    if "name" not in accounts:
        return odd
    rows = universe.store.positions(odd["account_id"].tolist())
    return odd.assign(name=accounts["name"].iloc[rows].to_numpy())[
        ["account_id", "name", "position"]
    ]
