"""A whole expansion at a million accounts against a classifier over everything, and its parts.

    python benchmarks/lookalike_speed.py [--accounts 1000000] [--queries 11] [--fresh 12]

The universe is the simulator's. Seeds are 200 companies of one industry above some size that use
some technology; the others like them are hidden. The rival is what most people would write:
LightGBM, seeds against 30 random accounts a seed, five bags, every account scored; it gets the
index's own table of facts and numbers ready-made, so that only training and scoring are timed.
Ours is `index.expansion(seeds, 1000)` with all its evidence (five more lists on held-out seeds).
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time

import lightgbm as lgb
import numpy as np
import pandas as pd
from lookalike_search import CHUNK, FILTERS, SEEDS, K, seconds, take_turns
from scipy.sparse import vstack
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import ThreadpoolController

from abm_ml.data.simulate.chunk import make_chunk
from abm_ml.data.simulate.companies import Companies
from abm_ml.data.simulate.draws import Draws
from abm_ml.data.simulate.world import World
from abm_ml.lookalike.filters import allowed_rows
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.lookalike.learn import learn
from abm_ml.lookalike.rerank import tree_rows
from abm_ml.lookalike.store import VectorStore
from abm_ml.lookalike.tuning import plan_for

NEW = 1_000
SIZES, FRESH = (8, 30, 200), 2026
"""Lists for recall alone, which nobody had looked at when the index's own trial was designed."""

COLUMNS = [
    "name", "domain", "country", "region", "state", "city", "industry", "sub_industry",
    "employees", "revenue", "founded_year", "funding_stage", "funding_total", "ownership",
    "registered_capital", "insured_count", "description", "keywords", "technologies",
]  # fmt: skip
TREES = {
    "objective": "binary", "num_leaves": 15, "min_data_in_leaf": 3, "learning_rate": 0.1,
    "feature_fraction": 0.5, "lambda_l2": 1.0, "num_threads": 1, "deterministic": True,
    "verbose": -1,
}  # fmt: skip


def simulated(accounts: int) -> pd.DataFrame:
    """Simulated companies without anything that was known only later."""
    world, frames = World(leaks=False), []
    for first in range(0, accounts, CHUNK):
        chunk = make_chunk(first, min(first + CHUNK, accounts), world, Draws(0))
        frame = Companies(chunk, world, Draws(0)).accounts_table().to_pandas()
        frames.append(frame[["account_id", "parent_account_id", "status", *COLUMNS]])
    return pd.concat(frames, ignore_index=True)


def lists(accounts: pd.DataFrame, count: int, seed: int) -> list[tuple[list[str], set[str]]]:
    """Seeds and the hidden rest of some segments."""
    draw = np.random.default_rng(seed)
    industries = sorted(accounts["industry"].dropna().unique())
    used = accounts["technologies"]
    technologies = sorted(used.iloc[:1_000].explode().dropna().unique())
    found: list[tuple[list[str], set[str]]] = []
    while len(found) < count:
        industry, technology = draw.choice(industries), draw.choice(technologies)
        like = accounts["industry"].eq(industry) & accounts["employees"].gt(
            10 ** draw.uniform(2.5, 3.5)
        )
        rows = np.flatnonzero(like.to_numpy(dtype=bool, na_value=False))
        rows = [row for row in rows if used[row] is not None and technology in used[row]]
        if len(rows) < 2 * SEEDS:
            continue
        mixed = draw.permutation(accounts["account_id"].to_numpy(object)[rows])
        found.append((mixed[:SEEDS].tolist(), set(mixed[SEEDS:].tolist())))
    return found


def classifier(index: LookalikeIndex, seeds: list[str]) -> list[str]:
    """LightGBM over everything: the best 1,000 accounts that are no seeds."""
    universe = index._universe(None)
    rows = universe.store.positions(seeds)
    table = tree_rows(universe.facts[:, universe.frequent], universe.numbers)
    draw, total = np.random.default_rng(0), np.zeros(len(universe))
    for bag in range(5):
        others = draw.choice(len(universe), 30 * len(rows), replace=False)
        taught = vstack([table[rows], table[others]], format="csr")
        data = lgb.Dataset(taught, np.repeat([1, 0], [len(rows), len(others)]))
        model = lgb.train({**TREES, "seed": bag}, data, 60)
        total += model.predict(table, raw_score=True, num_threads=1)
    total[rows] = -np.inf
    return universe.store.ids_at(np.argsort(-total, kind="stable")[:K])


def whole_expansions(index: LookalikeIndex, tasks: list[tuple[list[str], set[str]]]) -> None:
    """Time and recall of both, in turn."""
    taken: dict[str, list[float]] = {"LightGBM": [], "ours": [], "ours, list alone": []}
    recall: dict[str, list[float]] = {"LightGBM": [], "ours": []}
    for seeds, hidden in tasks:
        reach = min(K, len(hidden))
        start = time.perf_counter()
        theirs = classifier(index, seeds)
        taken["LightGBM"].append(time.perf_counter() - start)
        start = time.perf_counter()
        expansion = index.expansion(seeds, K)
        taken["ours"].append(time.perf_counter() - start)
        taken["ours, list alone"].append(seconds(lambda seeds=seeds: index.expand(seeds, K)))
        recall["LightGBM"].append(len(hidden & set(theirs)) / reach)
        recall["ours"].append(len(hidden & set(expansion.accounts["account_id"])) / reach)
    print(
        f"\n{len(tasks)} expansions of {SEEDS} seeds to {K:,}: seconds (median), share of the top"
    )
    for name, times in taken.items():
        middle = statistics.median(times)
        ratio = middle / statistics.median(taken["LightGBM"])
        shown = f"{np.mean(recall[name]):.3f}" if name in recall else ""
        print(f"  {name:18} {middle:7.2f} s  {ratio:5.2f} of LightGBM's   {shown}")


def directions_of(index: LookalikeIndex, tasks: list[tuple[list[str], set[str]]]) -> np.ndarray:
    """What the index really searches with."""
    found = []
    for seeds, _ in tasks:
        universe, request, _ = index._request(seeds, K)
        plan = plan_for(universe, request.examples, seed=0, threads=1)
        found.append(
            learn(universe, request.examples, plan, seed=0, threads=1, bags=0).directions[0]
        )
    return np.array(found, dtype=np.float32)


def recall(approximate: VectorStore, exact: VectorStore, directions: np.ndarray, of: str) -> None:
    """What is found of the true best, against what the index says of itself."""
    truth, found = (store.search(directions, K)[0] for store in (exact, approximate))
    shares = [float(np.isin(t, f).mean()) for t, f in zip(truth, found, strict=True)]
    stated = f"stated at build: {approximate.recall:.3f}"
    print(f"Recall@{K:,}, {of}: {np.mean(shares):.3f} (least {min(shares):.3f}); {stated}")


def searches(index: LookalikeIndex, directions: np.ndarray) -> VectorStore:
    """One query of every kind, recall, filters; gives the exact store."""
    approximate = index._store
    vectors = approximate.vectors(np.arange(len(index)))
    exact = VectorStore.build(index.ids, vectors, kind="exact")
    neighbours = NearestNeighbors(n_neighbors=K, algorithm="brute").fit(vectors)
    libraries = ThreadpoolController()

    def scikit(direction: np.ndarray, threads: int) -> object:
        with libraries.limit(limits=threads):
            return neighbours.kneighbors(direction)

    print(f"{approximate.kind} index, {vectors.shape[1]} dimensions")
    take_turns(
        {
            "scikit-learn, one thread": lambda direction: scikit(direction, 1),
            "scikit-learn, two threads": lambda direction: scikit(direction, 2),
            "ours, exact": lambda direction: exact.search(direction, K),
            "ours, approximate": lambda direction: approximate.search(direction, K),
        },
        directions,
    )
    recall(approximate, exact, directions, "these queries")
    for name, where in FILTERS.items():
        allowed = allowed_rows(index.accounts, where)
        rows = approximate.search(directions, K, allowed)[0]
        wanted = min(K, int(allowed.sum()))
        kept = all((row >= 0).sum() == wanted and allowed[row[row >= 0]].all() for row in rows)
        print(f"  filter {name}: {allowed.mean():.1%} of accounts; all found allowed, full: {kept}")
    return exact


def main() -> None:
    """Build once, then all contests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=11)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--fresh", type=int, default=12)
    options = parser.parse_args()
    every = simulated(options.accounts + NEW)
    accounts, new = every.iloc[:-NEW], every.iloc[-NEW:]
    start = time.perf_counter()
    index = LookalikeIndex(columns=COLUMNS, threads=1).fit(accounts)
    build = time.perf_counter() - start
    print(f"{len(index):,} accounts: built in {build:.0f} s")
    tasks = lists(accounts, max(options.queries, options.rounds), seed=1)
    whole_expansions(index, tasks[: options.rounds])
    exact = searches(index, directions_of(index, tasks[: options.queries]))
    for size in SIZES:
        fresh = [(seeds[:size], rest) for seeds, rest in lists(accounts, options.fresh, FRESH)]
        recall(index._store, exact, directions_of(index, fresh), f"{size} seeds of fresh lists")
    adding = seconds(lambda: index.add(new))
    print(f"\n{NEW:,} accounts added in {adding:.2f} s: 1/{build / adding:.0f} of the build")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"Peak memory of everything here: {peak:.1f} GB")


if __name__ == "__main__":
    main()
