"""How often a signal is claimed where there is none, and found where there is one.

nice python benchmarks/verdict.py [--worlds 100] [--rows 2000] [--auc 0.65] [--moving]

Each world has rows of three years with ten columns of every kind, of which four matter, and
outcomes known one to four months later. It is back-tested twice with the default model: as it is,
and with its labels shuffled. Wanted over 100 worlds of AUC 0.65: found at least 95 times, claimed
on shuffled labels at most 4 times.

How the AUC is planted: P(won) = expit(intercept + slope · z), z a sum of effects of the four
columns. The AUC of P(won) itself, the oracle's, over everybody is the mass of pairs that it ranks
right, P(won) of one times P(lost) of the other, over the mass of all such pairs: no label is drawn
for it. Slope and intercept are solved for on 50,000 rows, so that this AUC and the win rate are
those that are wanted.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from abm_ml.propensity.backtest import backtest
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.report import BacktestReport

RATE = 0.3
"""Share of the rows that is won."""

DAYS = 3 * 365
"""Length of the history."""

MOVE = 0.8
"""How far the level falls over the history where it moves, in log-odds."""

NO_SIGNAL = "no signal found"

INDUSTRIES = ("Software", "Retail", "制造业", "Banking", "Health", "Energy", "Media", "教育")
SOURCES = ("web", "event", "partner", "outbound", "referral")
TAGS = ("AWS", "SAP", "Salesforce", "飞书", "Snowflake")
WORDS = ("cloud", "sales", "平台", "growth", "data", "supply", "chain", "retail", "服务", "global")


@dataclass(frozen=True)
class World:
    """Rows of a made-up market.

    Parameters
    ----------
    X : DataFrame, shape (n_rows, 10)
        Columns of every kind.
    y : array of int, shape (n_rows,)
        1 won, 0 lost.
    seen, known : arrays of float, shape (n_rows,)
        Day of each row, and of its outcome.
    """

    X: pd.DataFrame
    y: np.ndarray
    seen: np.ndarray
    known: np.ndarray

    def shuffled(self, seed: int) -> World:
        """The same with labels that say nothing."""
        return World(self.X, np.random.default_rng(seed).permutation(self.y), self.seen, self.known)


def planted_world(rows: int, auc: float, seed: int, *, move: float = 0.0) -> World:
    """A world in which nobody can rank better than by `auc`.

    Parameters
    ----------
    rows : int
        Number of rows.
    auc : float
        AUC of the true probabilities.
    seed : int
        Seed.
    move : float
        How far the level falls from the first day to the last, in log-odds, alike for all.
    """
    rng = np.random.default_rng(seed)
    X, z = _columns(rows, rng)
    intercept, slope = planted(auc)
    seen = np.sort(rng.integers(DAYS, size=rows)).astype(float)
    p = expit(intercept + slope * z - move * (seen / DAYS - 0.5))
    y = (rng.random(rows) < p).astype(int)
    return World(X, y, seen, seen + rng.integers(30, 120, size=rows))


@lru_cache
def planted(auc: float) -> tuple[float, float]:
    """Intercept and slope on z that give this oracle AUC and the win rate `RATE`."""
    z = _columns(50_000, np.random.default_rng(0))[1]

    def intercept(slope: float) -> float:
        return float(brentq(lambda a: expit(a + slope * z).mean() - RATE, -20, 20))

    def missing(slope: float) -> float:
        return oracle_auc(expit(intercept(slope) + slope * z)) - auc

    slope = float(brentq(missing, 0.0, 10.0))
    return intercept(slope), slope


def oracle_auc(p: np.ndarray) -> float:
    """Expected AUC of true probabilities, over all labels that could be drawn from them."""
    p = np.sort(p)
    lost_below = np.concatenate([[0.0], np.cumsum(1 - p)[:-1]])
    # A row is no pair with itself; for many rows that is nothing.
    return float(p @ lost_below / (p.sum() * (1 - p).sum() - p @ (1 - p)))


def _columns(rows: int, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Ten columns, and z: what four of them add up to."""
    size = rng.normal(5, 1.5, rows)
    industry, source = rng.integers(8, size=rows), rng.integers(5, size=rows)
    tags = rng.random((rows, len(TAGS))) < 0.3
    z = 0.6 * np.tanh(size - 5) + np.linspace(-0.8, 0.8, 8)[industry]
    z = z + np.array([0.0, 0.3, 0.9, -0.6, 0.0])[source] + 0.6 * tags[:, 1]
    X = pd.DataFrame(
        {
            "employees": np.exp(size).round() + 1,
            "industry": np.array(INDUSTRIES)[industry],
            "source": np.array(SOURCES)[source],
            "technologies": [[t for t, has in zip(TAGS, row, strict=True) if has] for row in tags],
            "revenue": np.exp(rng.normal(15, 2, rows)).round(),
            "region": rng.choice(["North", "South", "East", "West"], rows),
            "city": [f"city {k % 300}" for k in rng.zipf(1.4, rows)],
            "founded": rng.integers(1950, 2024, rows),
            "public": rng.random(rows) < 0.2,
            "description": [" ".join(rng.choice(WORDS, 6)) for _ in range(rows)],
        }
    )
    X.loc[rng.random(rows) < 0.1, ["revenue", "employees"]] = np.nan
    return X, z


def judged(world: World, model: PropensityModel | None = None) -> BacktestReport:
    """The back-test of a world."""
    return backtest(world.X, world.y, world.seen, world.known, model=model, resamples=2, n_folds=4)


def figures(job: tuple[int, int, float, float]) -> list[dict[str, Any]]:
    """Verdicts on one world as it is, and with shuffled labels."""
    seed, rows, auc, move = job
    world = planted_world(rows, auc, seed, move=move)
    lines = []
    for kind, one in (("planted", world), ("shuffled", world.shuffled(seed))):
        began = time.perf_counter()
        report = judged(one)
        lines.append(
            {
                "seed": seed,
                "kind": kind,
                "found": report.verdict != NO_SIGNAL,
                "auc": report.metrics["model"]["auc"]["value"],
                "why": report.why,
                "seconds": time.perf_counter() - began,
            }
        )
    return lines


def main() -> None:
    """Make worlds, judge them, count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--auc", type=float, default=0.65)
    parser.add_argument("--moving", action="store_true", help="the level falls over the history")
    parser.add_argument("--processes", type=int, default=1)
    args = parser.parse_args()
    move = MOVE if args.moving else 0.0
    jobs = [(seed, args.rows, args.auc, move) for seed in range(args.worlds)]
    lines = []
    with get_context("spawn").Pool(args.processes) as pool:
        for found in pool.imap(figures, jobs):
            lines += found
            for line in found:
                print(f"{line['seed']:4} {line['kind']:8} {line['found']!s:5} {line['why']}")
    table = pd.DataFrame(lines)
    for kind, own in table.groupby("kind"):
        print(
            f"{kind}: signal found in {own['found'].sum()} of {len(own)}, mean AUC of the model "
            f"{own['auc'].mean():.3f}, {own['seconds'].mean():.1f} s each"
        )


if __name__ == "__main__":
    main()
