"""The vector store against scikit-learn's brute-force neighbours: speed, recall, filters, changes.

    python benchmarks/lookalike_search.py                        # 1 M simulated accounts
    python benchmarks/lookalike_search.py --accounts 50000 --cache /tmp/vectors

Accounts of the simulator become vectors of 128 dimensions (words of names, texts and categories
through TF-IDF and truncated SVD, numbers in log scale). A query is the direction of a logistic
regression of 200 seeds (companies that share an industry, a technology and a size) against 5,000
random accounts; the top 1,000 along it are wanted. All rivals take turns on the same queries, in
one process; the store searches in one thread, scikit-learn in one and in two.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import ThreadpoolController

from abm_ml.data.simulate.chunk import make_chunk
from abm_ml.data.simulate.companies import Companies
from abm_ml.data.simulate.draws import Draws
from abm_ml.data.simulate.world import World
from abm_ml.data.tokens import tokens
from abm_ml.lookalike.filters import allowed_rows
from abm_ml.lookalike.store import VectorStore

CHUNK = 20_000
K = 1_000
SEEDS = 200
NEW = 1_000
NUMBERS = ["employees", "revenue", "funding_total", "registered_capital", "founded_year"]
WORDS = ["name", "description"]
TAGS = ["keywords", "technologies"]
CATEGORIES = [
    "country", "region", "state", "city", "industry", "sub_industry", "funding_stage",
    "ownership", "status",
]  # fmt: skip
KEPT = ["account_id", "country", "industry", "employees", "technologies", "status"]
FILTERS = {
    "country": {"country": ["United States", "美国"]},
    "size": {"employees": (200, 5_000)},
    "country, size and status": {
        "country": ["中国", "China"],
        "employees": (1_000, None),
        "status": {"not": ["revoked"]},
    },
}


class Embedding:
    """TF-IDF and truncated SVD of everything that is written, beside scaled numbers."""

    def __init__(self, accounts: pd.DataFrame, dimension: int) -> None:
        numbers = self._numbers(accounts)
        self._mean, self._scale = np.nanmean(numbers, axis=0), np.nanstd(numbers, axis=0)
        self._words = TfidfVectorizer(analyzer=_words, min_df=5, dtype=np.float32)
        counted = self._words.fit_transform(_rows(accounts))
        self._svd = TruncatedSVD(dimension - len(NUMBERS), random_state=0).fit(counted)

    def vectors(self, accounts: pd.DataFrame) -> np.ndarray:
        """Shape (n, dimension), float32; what is missing is average."""
        written = self._svd.transform(self._words.transform(_rows(accounts)))
        numbers = np.nan_to_num((self._numbers(accounts) - self._mean) / self._scale)
        return np.hstack([written, 0.15 * numbers]).astype(np.float32)

    @staticmethod
    def _numbers(accounts: pd.DataFrame) -> np.ndarray:
        return np.log1p(accounts[NUMBERS].to_numpy(dtype=np.float64))


def _rows(accounts: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(accounts[[*WORDS, *TAGS, *CATEGORIES]].itertuples(index=False, name=None))


def _words(row: tuple[object, ...]) -> list[str]:
    found: list[str] = []
    for column, cell in zip((*WORDS, *TAGS, *CATEGORIES), row, strict=True):
        if column in TAGS and isinstance(cell, list | np.ndarray):
            found += [f"{column}={tag}" for tag in cell]
        elif isinstance(cell, str):
            found += tokens(cell) if column in WORDS else [f"{column}={cell}"]
    return found


def simulated(accounts: int, dimension: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Accounts (the columns that are needed later) and their vectors."""
    world, embedding = World(leaks=False), None
    frames, vectors = [], []
    for first in range(0, accounts, CHUNK):
        chunk = make_chunk(first, min(first + CHUNK, accounts), world, Draws(0))
        frame = Companies(chunk, world, Draws(0)).accounts_table().to_pandas()
        embedding = embedding or Embedding(frame, dimension)
        vectors.append(embedding.vectors(frame))
        frames.append(frame[KEPT])
    return pd.concat(frames, ignore_index=True), np.vstack(vectors)


def cached(options: argparse.Namespace) -> tuple[pd.DataFrame, np.ndarray]:
    """The same, kept in a folder for the next time where one is given."""
    wanted = options.accounts + NEW
    if options.cache is None:
        return simulated(wanted, options.dimension)
    stem = f"{wanted}_{options.dimension}"
    table, array = options.cache / f"{stem}.parquet", options.cache / f"{stem}.npy"
    if not array.exists():
        accounts, vectors = simulated(wanted, options.dimension)
        options.cache.mkdir(parents=True, exist_ok=True)
        accounts.to_parquet(table)
        np.save(array, vectors)
    return pd.read_parquet(table), np.load(array)


def learned_directions(accounts: pd.DataFrame, vectors: np.ndarray, count: int) -> np.ndarray:
    """Logistic regressions of made-up customer lists against random accounts."""
    draw = np.random.default_rng(1)
    industries = sorted(accounts["industry"].dropna().unique())
    used = accounts["technologies"].map(lambda cell: cell if cell is not None else [])
    technologies = sorted(used.iloc[:1_000].explode().dropna().unique())
    directions: list[np.ndarray] = []
    while len(directions) < count:
        industry, technology = draw.choice(industries), draw.choice(technologies)
        like = accounts["industry"].eq(industry).to_numpy()
        like = like & accounts["employees"].gt(10 ** draw.uniform(1.5, 3)).to_numpy()
        rows = np.flatnonzero(like)
        rows = rows[[technology in used.iloc[row] for row in rows]]
        if len(rows) < SEEDS:
            continue
        seeds = draw.choice(rows, SEEDS, replace=False)
        others = draw.choice(len(accounts), 5_000, replace=False)
        y = np.repeat([1, 0], (SEEDS, 5_000))
        C = (0.1, 1.0)[len(directions) % 2]
        model = LogisticRegression(C=C, max_iter=500).fit(vectors[np.r_[seeds, others]], y)
        directions.append(model.coef_[0])
    return np.array(directions, dtype=np.float32)


def seconds(call: Callable[[], object]) -> float:
    """Wall clock of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def take_turns(rivals: dict[str, Callable[[np.ndarray], object]], queries: np.ndarray) -> None:
    """Time every rival on every query, in turn, and print medians and ratios."""
    for rival in rivals.values():
        rival(queries[:1])
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for query in queries:
        for name, rival in rivals.items():
            times[name].append(seconds(lambda query=query, rival=rival: rival(query[None])))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    peer = min(value for name, value in medians.items() if name.startswith("scikit-learn"))
    print(
        f"\nOne query, top {K:,}: medians of {len(queries)} queries, ratios to the faster peer; "
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    for name, value in medians.items():
        low, high = min(times[name]), max(times[name])
        print(
            f"  {name:26} {1e3 * value:8.1f} ms   ({1e3 * low:.1f} to {1e3 * high:.1f})"
            f"   {peer / value:6.1f} x"
        )


def print_recall(exact: VectorStore, approximate: VectorStore, directions: np.ndarray) -> None:
    """Share of the exact top 1,000 that the approximate kind finds."""
    truth, found = (store.search(directions, K)[0] for store in (exact, approximate))
    shares = [float(np.isin(t, f).mean()) for t, f in zip(truth, found, strict=True)]
    print(
        f"\nRecall@{K:,} on {len(directions)} learned directions: {np.mean(shares):.3f} "
        f"(least {min(shares):.3f}); stated at build: {approximate.recall:.3f}"
    )


def print_filters(
    exact: VectorStore, approximate: VectorStore, accounts: pd.DataFrame, directions: np.ndarray
) -> None:
    """Whether filters hold, and what they cost."""
    print("\nFilters: rows allowed; all found allowed and full; recall; filter, exact, approximate")
    for name, where in FILTERS.items():
        start = time.perf_counter()
        allowed = allowed_rows(accounts, where)
        filtering = time.perf_counter() - start
        found = approximate.search(directions, K, allowed)[0]
        truth = exact.search(directions, K, allowed)[0]
        wanted = min(K, int(allowed.sum()))
        kept = all((row >= 0).sum() == wanted and allowed[row[row >= 0]].all() for row in found)
        share = np.mean([np.isin(t, f).mean() for t, f in zip(truth, found, strict=True)])
        times = [
            _filtered_seconds(store, directions[:7], allowed) for store in (exact, approximate)
        ]
        print(
            f"  {name:26} {allowed.mean():6.1%}  {kept}  {share:.3f}  "
            + "  ".join(f"{1e3 * value:.1f} ms" for value in (filtering, *times))
        )


def _filtered_seconds(store: VectorStore, directions: np.ndarray, allowed: np.ndarray) -> float:
    """Median time of a filtered search."""
    times = [seconds(lambda q=q: store.search(q[None], K, allowed)) for q in directions]
    return statistics.median(times)


def print_changes(store: VectorStore, ids: list[str], vectors: np.ndarray, build: float) -> None:
    """Adding, updating and removing 1,000 accounts, against building."""
    adds, updates, removes = [], [], []
    for _ in range(5):
        adds.append(seconds(lambda: store.add(ids, vectors)))
        updates.append(seconds(lambda: store.update(ids, vectors[::-1])))
        removes.append(seconds(lambda: store.remove(ids)))
    print(f"\nBuilt in {build:.1f} s; {NEW:,} accounts, medians of 5:")
    for name, taken in (("added", adds), ("updated", updates), ("removed", removes)):
        middle = statistics.median(taken)
        print(f"  {name:8} {1e3 * middle:7.1f} ms   1/{build / middle:.0f} of the build")


def print_files(store: VectorStore) -> None:
    """Sizes on disk, time to load, and the most memory that this process took."""
    with tempfile.TemporaryDirectory() as home:
        saving = seconds(lambda: store.save(Path(home)))
        loading = seconds(lambda: VectorStore.load(Path(home)))
        print(f"\nSaved in {saving:.1f} s, checked and loaded in {loading:.1f} s")
        for path in sorted(Path(home).iterdir()):
            print(f"  {path.name:16} {path.stat().st_size / 1e6:8.1f} MB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"Peak memory of everything here: {peak:.1f} GB")


def main() -> None:
    """Run all contests."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--queries", type=int, default=11, help="timed in turn, at least 5")
    parser.add_argument("--cache", type=Path, help="folder that keeps the vectors")
    options = parser.parse_args()
    accounts, vectors = cached(options)
    new, vectors_new = accounts["account_id"][-NEW:].tolist(), vectors[-NEW:]
    accounts, vectors = accounts.iloc[:-NEW], vectors[:-NEW].copy()
    directions = learned_directions(accounts, vectors, 30)
    print(f"{vectors.shape[0]:,} accounts, {vectors.shape[1]} dimensions")

    ids = accounts["account_id"].tolist()
    exact = VectorStore.build(ids, vectors, kind="exact")
    start = time.perf_counter()
    approximate = VectorStore.build(ids, vectors, kind="approximate", threads=2)
    build = time.perf_counter() - start
    neighbours = NearestNeighbors(n_neighbors=K, algorithm="brute").fit(vectors)

    libraries = ThreadpoolController()

    def scikit(threads: int) -> Callable[[np.ndarray], object]:
        def query(direction: np.ndarray) -> object:
            with libraries.limit(limits=threads):
                return neighbours.kneighbors(direction)

        return query

    rivals: dict[str, Callable[[np.ndarray], object]] = {
        "scikit-learn, one thread": scikit(1),
        "scikit-learn, two threads": scikit(2),
        "ours, exact": lambda direction: exact.search(direction, K),
        "ours, approximate": lambda direction: approximate.search(direction, K),
    }
    take_turns(rivals, directions[: options.queries])
    print_recall(exact, approximate, directions)
    print_filters(exact, approximate, accounts, directions)
    print_changes(approximate, new, vectors_new, build)
    print_files(approximate)


if __name__ == "__main__":
    main()
