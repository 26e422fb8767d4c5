"""How often the 80 % interval holds the true mean rate of accounts with similar scores.

python benchmarks/coverage.py [--worlds 100] [--accounts 400] [--quarters 6]

In each world accounts are looked at every quarter, over a horizon of two: snapshots overlap, and
an account has a trait of its own that no column shows. A model learns as `abm train` makes it
(with accounts known as clusters); 4,000 fresh accounts are cut into ten groups by score, and the
mean of their true probabilities is compared with the group's interval. Wanted: 70-90 %.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.estimator import PropensityModel

QUARTER, HORIZON = 90, 180
GROUPS = 10


@dataclass(frozen=True)
class Snapshots:
    """Snapshots of accounts; all arrays have shape (n_accounts * n_quarters,)."""

    X: pd.DataFrame
    y: np.ndarray
    truth: np.ndarray
    day: np.ndarray
    account: np.ndarray


def simulate_snapshots(accounts: int, quarters: int, seed: int) -> Snapshots:
    """A world in which size, industry, activity and a hidden trait make accounts win."""
    rng = np.random.default_rng(seed)
    size, age, industry = (
        rng.normal(size=accounts),
        rng.normal(size=accounts),
        rng.integers(6, size=accounts),
    )
    activity = np.zeros((accounts, quarters + 1))
    activity[:, 0] = rng.normal(size=accounts)
    for quarter in range(1, quarters + 1):
        activity[:, quarter] = 0.7 * (activity[:, quarter - 1] + rng.normal(size=accounts))
    lasting = 0.8 * size - 0.5 * np.maximum(age, 0) + np.linspace(-0.8, 0.8, 6)[industry]
    lasting += rng.normal(0, 0.7, accounts)
    p = expit(lasting[:, None] + 0.7 * activity - 2.2)
    won = rng.random(p.shape) < p
    account = np.repeat(np.arange(accounts), quarters)
    X = pd.DataFrame(
        {
            "size": size[account],
            "age": age[account],
            "industry": np.array(list("ABCDEF"))[industry[account]],
            "activity": activity[:, :-1].ravel(),
            "noise": rng.normal(size=len(account)),
        }
    )
    return Snapshots(
        X=X,
        y=(won[:, :-1] | won[:, 1:]).ravel().astype(int),
        truth=(1 - (1 - p[:, :-1]) * (1 - p[:, 1:])).ravel(),
        day=np.tile(np.arange(quarters) * QUARTER, accounts),
        account=account,
    )


def fit(seen: Snapshots) -> PropensityModel:
    """A model that knows which snapshots are of one account."""
    groups = [f"{account} {day}" for account, day in zip(seen.account, seen.day, strict=True)]
    trial = Trial.of(
        seen.X, seen.y, seen.day, seen.day + HORIZON, groups, accounts=seen.account,
        model=PropensityModel(trials=4, num_leaves=(7,), max_trees=50),
    )  # fmt: skip
    return trial.fit()


def held(model: PropensityModel, fresh: Snapshots) -> list[bool]:
    """Whether each group's mean interval holds its mean true rate, from low to high scores."""
    said = model.assess(fresh.X)
    order = np.argsort(said.probability, kind="stable")
    return [
        bool(said.low[rows].mean() <= fresh.truth[rows].mean() <= said.high[rows].mean())
        for rows in np.array_split(order, GROUPS)
    ]


def main() -> None:
    """Many worlds, one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--accounts", type=int, default=400)
    parser.add_argument("--quarters", type=int, default=6)
    args = parser.parse_args()
    inside = []
    for seed in range(args.worlds):
        model = fit(simulate_snapshots(args.accounts, args.quarters, seed))
        fresh = simulate_snapshots(4_000, args.quarters, 1_000_000 + seed)
        inside.append(held(model, fresh))
    rates = np.mean(inside, axis=0)
    print(f"worlds {args.worlds}, accounts {args.accounts}, snapshots each {args.quarters}")
    print(f"held {rates.mean():.3f}  bottom group {rates[0]:.2f}  top group {rates[-1]:.2f}")
    print("by group " + " ".join(f"{rate:.2f}" for rate in rates))


if __name__ == "__main__":
    main()
