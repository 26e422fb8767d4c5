"""Propensity against its peers: the same rows teach, the same later rows are tested.

python benchmarks/propensity.py --data ../shared/data [--sets leads deals …] [--cache DIR]
    [--autogluon PYTHON] [--seeds 20]

For each set and model: AUC, average precision, Brier, ECE and seconds, as means over its parts
(seeds or folds), then the paired 95 % interval of ours minus the better of logistic regression
and LightGBM (over parts where there are several, else over resampled test rows). CatBoost is
fitted where it is installed; AutoGluon on one part of each set, in an environment of its own
(its predictions are kept in the cache, for they cost minutes). Threads: 2 everywhere.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from propensity_data import DRIFT, Split, deals, leads, simulated
from propensity_peers import PEERS, plain
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

import abm_ml as abm

PLAIN = ("logistic regression", "LightGBM")
AUTOGLUON = "AutoGluon"
OURS = "ours"
SIMULATED = {
    f"simulator {size}{' drift' if drift else ''}": (size, drift)
    for size in (500, 5_000, 50_000)
    for drift in (0.0, DRIFT)
}
SECONDS = 240


@dataclass(frozen=True)
class Result:
    """One model on one split."""

    p: np.ndarray
    seconds: float


def main() -> None:
    """Run the sets asked for and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("benchmarks/.cache"))
    parser.add_argument("--sets", nargs="*", default=["leads", "deals", *SIMULATED])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--autogluon", type=Path, help="python with autogluon.tabular")
    parser.add_argument("--without", nargs="*", default=[], help="models to leave out")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in args.sets:
        report(name, args)


def splits(name: str, args: argparse.Namespace) -> Iterator[Split]:
    """The parts of a set."""
    if name == "leads":
        yield from leads(args.data)
    elif name == "deals":
        yield from deals(args.data)
    else:
        size, drift = SIMULATED[name]
        for seed in range(args.seeds if size < 50_000 else 1):
            yield simulated(name, args.cache, size=size, seed=seed, drift=drift)


def report(name: str, args: argparse.Namespace) -> None:
    """Fit every model on every part of a set and print what came of it."""
    tables, found = [], []
    for split in splits(name, args):
        results = fitted(split, args)
        y = split.y[split.test]
        figures = {model: measures(y, one) for model, one in results.items()}
        if split.oracle is not None:
            figures["oracle"] = measures(y, Result(split.oracle, 0.0))
        tables.append(pd.DataFrame(figures).T)
        found.append((split, results))
    every = pd.concat(tables)
    order = list(dict.fromkeys(every.index))
    table = every.groupby(level=0).mean().loc[order]
    table.insert(0, "parts", every.groupby(level=0).size().loc[order])
    print(f"\n## {name}: {len(tables)} part(s)\n{table.round(4).to_string()}")
    print_differences(table, tables, found)


def fitted(split: Split, args: argparse.Namespace) -> dict[str, Result]:
    """Predictions of every model for the tested rows."""
    train, test = split.train, split.test
    X, y = plain(split.X), split.y[train]
    results = {}
    for name, predict in PEERS.items():
        absent = name == "CatBoost" and importlib.util.find_spec("catboost") is None
        if name not in args.without and not absent:
            started = time.perf_counter()
            p = predict(X.iloc[train], y, X.iloc[test])
            results[name] = Result(p, time.perf_counter() - started)
    auto = autogluon(split, X, args)
    if auto is not None:
        results[AUTOGLUON] = auto
    results[OURS] = ours(split)
    return results


def ours(split: Split) -> Result:
    """The product's model with its defaults."""
    train = split.train
    known = {
        name: values[train]
        for name in ("time", "known_at", "groups")
        if (values := getattr(split, name)) is not None
    }
    started = time.perf_counter()
    model = abm.PropensityModel(n_jobs=2).fit(split.X.iloc[train], split.y[train], **known)
    p = model.predict_proba(split.X.iloc[split.test])[:, 1]
    return Result(p, time.perf_counter() - started)


def autogluon(split: Split, X: pd.DataFrame, args: argparse.Namespace) -> Result | None:
    """AutoGluon's predictions: from the cache, or made there; None where it isn't asked for."""
    folder = args.cache / f"autogluon {split.name} {split.part}".replace(" ", "_")
    first = split.part in ("last fifth", "fold 0", "seed 0")
    if not (folder / "p.npy").exists() and args.autogluon is not None and first:
        folder.mkdir(parents=True, exist_ok=True)
        X.iloc[split.train].assign(y=split.y[split.train]).to_parquet(folder / "train.parquet")
        X.iloc[split.test].to_parquet(folder / "test.parquet")
        script = Path(__file__).parent / "propensity_autogluon.py"
        command = [args.autogluon, script, folder, "--seconds", str(SECONDS)]
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    if not (folder / "p.npy").exists():
        return None
    return Result(np.load(folder / "p.npy"), float((folder / "seconds.txt").read_text()))


def measures(y: np.ndarray, result: Result) -> dict[str, float]:
    """What a table shows of one model on one part."""
    p = result.p
    order = np.argsort(p, kind="stable")
    gaps = [len(b) * abs(p[b].mean() - y[b].mean()) for b in np.array_split(order, 10)]
    return {
        "AUC": roc_auc_score(y, p),
        "AP": average_precision_score(y, p),
        "Brier": brier_score_loss(y, p),
        "ECE": float(sum(gaps) / len(y)),
        "seconds": result.seconds,
    }


def print_differences(
    table: pd.DataFrame, tables: list[pd.DataFrame], found: list[tuple[Split, dict[str, Result]]]
) -> None:
    """Ours beside the better plain model and beside AutoGluon, on the parts both have."""
    best = table.loc[[name for name in PLAIN if name in table.index], "AUC"].idxmax()
    if len(tables) > 1:
        gains = np.array([one.loc[OURS, "AUC"] - one.loc[best, "AUC"] for one in tables])
        half = 1.96 * gains.std(ddof=1) / np.sqrt(len(gains))
        low, high = gains.mean() - half, gains.mean() + half
    else:
        low, high = resampled(*found[0], best)
    print(f"AUC of ours - {best}: 95 % interval {low:+.4f} to {high:+.4f}")
    both = [one for one in tables if AUTOGLUON in one.index]
    if both:
        gain = [one.loc[OURS] - one.loc[AUTOGLUON] for one in both]
        auc, brier = np.mean([g["AUC"] for g in gain]), np.mean([g["Brier"] for g in gain])
        share = np.median(
            [one.loc[OURS, "seconds"] / one.loc[AUTOGLUON, "seconds"] for one in both]
        )
        print(
            f"ours - AutoGluon on {len(both)} part(s): AUC {auc:+.4f}, Brier {brier:+.4f}; "
            f"ours took {share:.3f} of its time"
        )


def resampled(split: Split, results: dict[str, Result], best: str) -> tuple[float, float]:
    """Interval of the AUCs' difference over resampled test rows."""
    y, rng = split.y[split.test], np.random.default_rng(0)
    gains = []
    for _ in range(500):
        rows = rng.integers(len(y), size=len(y))
        aucs = [roc_auc_score(y[rows], results[name].p[rows]) for name in (OURS, best)]
        gains.append(aucs[0] - aucs[1])
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
