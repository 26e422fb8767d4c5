"""The sets that `propensity.py` measures on: who teaches, who is tested, what nobody may see.

Real sets are read from a folder that is no part of this project; simulated worlds are made, and
kept in a cache, for making them costs more than learning from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import abm_ml as abm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World

SPLIT = np.datetime64(datetime(2025, 1, 1))
"""Simulated opportunities created from here on are tested."""

DRIFT = 0.8
"""How much the industries' appeal moves a year in worlds with drift, in log-odds."""

CLOSED_AN_ACCOUNT = 0.57
"""Closed opportunities of a simulated account, about."""

AFTER_THE_LEAD = [
    "Tags", "Lead Quality", "Lead Profile", "Last Activity", "Last Notable Activity",
    "Asymmetrique Activity Index", "Asymmetrique Profile Index", "Asymmetrique Activity Score",
    "Asymmetrique Profile Score",
]  # fmt: skip

AFTER_THE_DEAL = [
    "Elapsed Days In Sales Stage", "Sales Stage Change Count",
    "Total Days Identified Through Closing", "Total Days Identified Through Qualified",
    "Ratio Days Identified To Total Days", "Ratio Days Validated To Total Days",
    "Ratio Days Qualified To Total Days",
]  # fmt: skip


@dataclass(frozen=True)
class Split:
    """Rows that teach and rows that are tested.

    Parameters
    ----------
    name : str
        Name of the set.
    part : str
        Seed or fold.
    X : DataFrame
        All rows.
    y : array of int
        1 won, 0 lost.
    train, test : arrays of int
        Positions.
    time, known_at : arrays or None
        When rows were seen, and when their outcome was known.
    groups : array or None
        Rows of one group stay together.
    oracle : array of float or None
        P(won | everything recorded), for the tested rows.
    """

    name: str
    part: str
    X: pd.DataFrame
    y: np.ndarray
    train: np.ndarray
    test: np.ndarray
    time: np.ndarray | None = None
    known_at: np.ndarray | None = None
    groups: np.ndarray | None = None
    oracle: np.ndarray | None = None


def leads(data: Path) -> Iterator[Split]:
    """X Education without leaks; the last fifth by lead number is tested."""
    table = pd.read_csv(data / "xeducation_leads" / "Lead_Scoring.csv.gz")
    table = table.replace("Select", None).sort_values("Lead Number")
    y, time = table.pop("Converted").to_numpy(), table.pop("Lead Number").to_numpy()
    X = table.drop(columns=["Prospect ID", *AFTER_THE_LEAD]).reset_index(drop=True)
    cut = int(0.8 * len(X))
    yield Split("leads", "last fifth", X, y, np.arange(cut), np.arange(cut, len(X)), time)


def deals(data: Path, n_folds: int = 5) -> Iterator[Split]:
    """IBM's columns known at entry; five folds by opportunity number."""
    table = pd.read_parquet(data / "ibm_win_loss" / "opportunities.parquet")
    last = list(table.columns).index("Ratio Days Qualified To Total Days")
    table = table[table.columns[: last + 1]].reset_index(drop=True)
    y = (table.pop("Opportunity Result") == "Won").astype(int).to_numpy()
    groups = pd.factorize(table.pop("Opportunity Number"))[0]
    X = table.drop(columns=AFTER_THE_DEAL)
    fold = np.random.default_rng(0).permutation(groups.max() + 1)[groups] % n_folds
    for k in range(n_folds):
        train, test = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        yield Split("deals", f"fold {k}", X, y, train, test, groups=groups)


def simulated(name: str, cache: Path, *, size: int, seed: int, drift: float = 0.0) -> Split:
    """Closed opportunities of a simulated world, the last year's tested.

    Of the small sets only the teaching rows are few: those of a tenth of the accounts of the
    set of 5,000, all of whose later opportunities are tested.
    """
    table = _world(cache, max(size, 5_000), seed, drift)
    hidden = table.filter(like="__").columns
    X, y = table.drop(columns=hidden), table["__y"].to_numpy()
    time, known_at = table["__time"].to_numpy(), table["__known_at"].to_numpy()
    teaches = known_at < SPLIT
    if size < 5_000:
        account = pd.factorize(table["__account"], sort=True)[0]
        drawn = np.random.default_rng(seed).permutation(account.max() + 1)
        teaches &= drawn[account] < size / 5_000 * len(drawn)
    train, test = np.flatnonzero(teaches), np.flatnonzero(time >= SPLIT)
    oracle = table["__oracle"].to_numpy()[test]
    return Split(name, f"seed {seed}", X, y, train, test, time, known_at, oracle=oracle)


def _world(cache: Path, size: int, seed: int, drift: float) -> pd.DataFrame:
    """Features of a world's closed opportunities as of their creation, and what came of them."""
    file = cache / f"world_{size}_{seed}_{drift:g}.pkl"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _simulate(size, seed, drift).to_pickle(file)
    return pd.read_pickle(file)


def _simulate(size: int, seed: int, drift: float) -> pd.DataFrame:
    with TemporaryDirectory() as home:
        accounts = round(size / CLOSED_AN_ACCOUNT)
        simulate_world(Path(home), accounts=accounts, seed=seed, world=World(drift=drift))
        table = abm.training_table(abm.read_crm(Path(home) / "exports"), target="win")
        truth = pd.read_parquet(Path(home) / "truth" / "opportunities.parquet")
    oracle = truth.set_index("opportunity_id")["p_win"].loc[table.groups].to_numpy()
    return table.X.assign(
        __y=table.y,
        __time=table.time,
        __known_at=table.known_at,
        __account=table.accounts,
        __oracle=oracle,
    )
