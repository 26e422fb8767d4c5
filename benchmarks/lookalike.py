"""Completing a list of companies: ours against its peers, on lists whose rest is hidden.

python benchmarks/lookalike.py --data ../shared/data [--sets acquirers tags ashare]
    [--peers chance … ours] [--splits 5] [--quick] [--cache DIR]

For each set and band of seed counts, means over lists of: the share of the hidden accounts in
the first 100 and 1,000 of the universe less its seeds (recall), AUC, lift in the first tenth, and
seconds. Then the paired 95 % intervals of ours minus the best other, over resampled buyers, tags
or industries (splits of one list are not independent). With a cache, peers that were measured
before are not measured again; ours always is. One process, one thread.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
from lookalike_data import AIM_TARGETS, BANDS, SETS, Task, load
from lookalike_peers import LOGISTIC, PEERS, prepare
from scipy.stats import rankdata

OURS = "ours"
MEASURES = ["recall@100", "recall@1000", "AUC", "lift@10%", "seconds"]
DRAWS = 4_000

Scores = Callable[[Task], np.ndarray]


def main() -> None:
    """Run the sets asked for and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="*", choices=list(SETS), default=list(SETS))
    parser.add_argument("--peers", nargs="*", default=[*PEERS, OURS], help="all by default")
    parser.add_argument("--splits", type=int, help="5 for acquirers and 2 for others by default")
    parser.add_argument("--quick", action="store_true", help="one split, a third of the lists")
    parser.add_argument("--cache", type=Path, help="folder to keep the peers' figures in")
    parser.add_argument("--out", type=Path, help="CSV for the figures of every list")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    found = []
    for name in args.sets:
        tasks = load(name, args.data, args.splits, args.quick)
        found.append(measured(tasks, args.peers, args.cache))
        report(found[-1], name)
    every = pd.concat(found)
    if OURS in args.peers:
        print_overall(every)
    if args.out:
        every.to_csv(args.out, index=False)


def measured(tasks: list[Task], peers: list[str], cache: Path | None) -> pd.DataFrame:
    """Every peer's figures on every task of a set."""
    tables = []
    missing = []
    for peer in peers:
        file = cache_file(cache, peer, tasks) if cache and peer != OURS else None
        if file and file.exists():
            tables.append(pd.read_parquet(file))
        else:
            missing.append((peer, file))
    ids = pd.Index(tasks[0].accounts["account_id"])
    for peer, scores in scorers([peer for peer, _ in missing], tasks[0].accounts).items():
        table = pd.DataFrame([figures(task, ids, peer, scores) for task in tasks])
        file = dict(missing)[peer]
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            table.to_parquet(file)
        tables.append(table)
    every = pd.concat(tables)
    return every.assign(model=pd.Categorical(every["model"], peers, ordered=True))


def cache_file(cache: Path, peer: str, tasks: list[Task]) -> Path:
    """Where a peer's figures are kept, for as long as nothing changes that they depend on."""
    here = Path(__file__).parent
    parts = [(here / f"lookalike_{part}.py").read_bytes() for part in ("data", "peers")]
    digest = sha256(b"".join([*parts, repr([task.name for task in tasks]).encode()]))
    return cache / f"{tasks[0].set} {peer} {digest.hexdigest()[:12]}.parquet".replace(" ", "_")


def scorers(peers: list[str], accounts: pd.DataFrame) -> dict[str, Scores]:
    """For each peer, what gives every account of a prepared universe a score."""
    found: dict[str, Scores] = {}
    if any(peer in PEERS for peer in peers):
        started = time.perf_counter()
        universe = prepare(accounts)
        print(f"peers: universe prepared in {time.perf_counter() - started:.1f} s", flush=True)

        def scores(task: Task, peer: str) -> np.ndarray:
            rng = np.random.default_rng(crc32(task.name.encode()))
            return PEERS[peer](universe, universe.ids.get_indexer(task.seeds), rng)

        found = {
            peer: lambda task, peer=peer: scores(task, peer) for peer in peers if peer in PEERS
        }
    if OURS in peers:
        found[OURS] = ours(accounts)
    return found


def ours(accounts: pd.DataFrame) -> Scores:
    """The product with its defaults; accounts that it leaves out come last."""
    from abm_ml.lookalike.index import LookalikeIndex

    started = time.perf_counter()
    index = LookalikeIndex(seed=0).fit(accounts)
    print(f"ours: index built in {time.perf_counter() - started:.1f} s", flush=True)
    ids = pd.Index(accounts["account_id"])

    def scores(task: Task) -> np.ndarray:
        ranked = index.expand(task.seeds, k=len(ids))
        values = np.full(len(ids), -len(ids) - 1.0)
        values[ids.get_indexer(ranked["account_id"])] = -ranked["rank"].to_numpy(float)
        return values

    return scores


def figures(task: Task, ids: pd.Index, peer: str, scores: Scores) -> dict[str, object]:
    """What a table shows of one peer on one task."""
    started = time.perf_counter()
    values = scores(task)
    seconds = time.perf_counter() - started
    universe = np.setdiff1d(np.arange(len(ids)), ids.get_indexer(task.seeds))
    hidden = np.isin(universe, ids.get_indexer(task.hidden))
    told = {"set": task.set, "band": task.band, "cluster": task.cluster, "task": task.name}
    sizes = {"seeds": len(task.seeds), "hidden": len(task.hidden)}
    return told | {"model": peer} | sizes | quality(values[universe], hidden) | {"seconds": seconds}


def quality(values: np.ndarray, hidden: np.ndarray) -> dict[str, float]:
    """Recall, AUC and lift of scores; equal scores are in random order."""
    mixed = np.random.default_rng(0).permutation(len(values))
    found = np.cumsum(hidden[mixed[np.argsort(-values[mixed], kind="stable")]]) / hidden.sum()
    above = rankdata(values)[hidden].sum() - hidden.sum() * (hidden.sum() + 1) / 2
    tenth = len(values) // 10
    return {
        "recall@100": float(found[99]),
        "recall@1000": float(found[999]),
        "AUC": float(above / hidden.sum() / (~hidden).sum()),
        "lift@10%": float(found[tenth - 1] * len(values) / tenth),
    }


def report(every: pd.DataFrame, name: str) -> None:
    """A set's tables: each band, all of it, and for acquirers the 29 of DESIGN 7."""
    parts = {f"{name}, {band} seeds": every[every["band"] == band] for band in BANDS}
    if name == "acquirers":
        targets = every["seeds"] + every["hidden"]
        large = every[targets >= AIM_TARGETS]
        parts[f"{name} with >= {AIM_TARGETS} targets (aim: AUC .84)"] = large
    parts[f"{name}, all"] = every
    for title, part in parts.items():
        if len(part):
            print_part(title, part)


def print_part(title: str, part: pd.DataFrame) -> None:
    """Means of one part, and ours beside the best other."""
    means = part.groupby("model", observed=True)[MEASURES].mean()
    print(f"\n## {title}: {part['task'].nunique()} tasks of {part['cluster'].nunique()} lists")
    print(means.round(4).to_string(), flush=True)
    if OURS in means.index and len(means) > 1:
        for measure in ("recall@1000", "AUC"):
            print_difference(part, means, measure)


def print_difference(part: pd.DataFrame, means: pd.DataFrame, measure: str) -> None:
    """The paired interval of ours minus whoever is best by mean, over resampled lists."""
    best = means[measure].drop(OURS).idxmax()
    wide = part.pivot_table(measure, ["set", "cluster", "task"], "model", observed=True, sort=False)
    gains = (wide[OURS] - wide[best]).groupby(["set", "cluster"])
    low, high = resampled(gains.sum().to_numpy(), gains.size().to_numpy())
    mean = (wide[OURS] - wide[best]).mean()
    verdict = "below zero" if high < 0 else "above zero" if low > 0 else "holds zero"
    print(f"{measure}: ours - {best}: {mean:+.4f} ({low:+.4f} to {high:+.4f}) {verdict}")


def resampled(sums: np.ndarray, sizes: np.ndarray) -> tuple[float, float]:
    """95 % bootstrap interval of the mean over tasks, whole lists drawn."""
    drawn = np.random.default_rng(0).integers(len(sums), size=(DRAWS, len(sums)))
    low, high = np.quantile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def print_overall(every: pd.DataFrame) -> None:
    """The bands over all sets, and ours ÷ the logistic regression's recall."""
    for band in BANDS:
        if (every["band"] == band).any():
            print_part(f"all sets, {band} seeds", every[every["band"] == band])
    if LOGISTIC in every["model"].unique():
        print("\n## recall@1000, ours ÷ logistic regression, C = 1 (aim 1.25)")
        by_set = every.groupby(["set", "model"], observed=True)["recall@1000"].mean().unstack()
        ratios = by_set[OURS] / by_set[LOGISTIC]
        means = every.groupby("model", observed=True)["recall@1000"].mean()
        ratios["all tasks"] = means[OURS] / means[LOGISTIC]
        ratios["mean of sets"] = by_set[OURS].mean() / by_set[LOGISTIC].mean()
        print(ratios.round(3).to_string())


if __name__ == "__main__":
    main()
