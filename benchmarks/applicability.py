"""Accounts that sales never opened: what shrinkage does to their propensity.

python benchmarks/applicability.py [--accounts 4000] [--seeds 8] [--selection recorded]

The model (target `win`) learns from opportunities of the accounts that sales chose to approach;
the simulator knows P(win) of all the others too. Prints, for accounts without an opportunity,
the Brier score and calibration error against these true probabilities before and after
shrinkage, how many lie outside the training data, and how fast applicability is.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
from oracle import expected_calibration_error

import abm_ml as abm
from abm_ml.data.simulate import formula
from abm_ml.data.simulate.chunk import Chunk, make_chunk
from abm_ml.data.simulate.draws import Draws
from abm_ml.data.simulate.inputs import Background, View
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.features.account import account_features
from abm_ml.propensity.applicability import OUTSIDE
from abm_ml.propensity.training import TrainingTable


@dataclass(frozen=True)
class Universe:
    """A simulated world's training table, and all of its accounts at its end.

    Parameters
    ----------
    table : TrainingTable
        Closed opportunities.
    X : DataFrame, shape (n_accounts, n_columns)
        The accounts' features at the end.
    truth : array of float, shape (n_accounts,)
        P(win) of an opportunity created then, given all that is recorded (and, where sales
        chose by the hidden trait, the trait).
    opened : array of bool, shape (n_accounts,)
        Whether the account ever had an opportunity.
    """

    table: TrainingTable
    X: pd.DataFrame
    truth: np.ndarray
    opened: np.ndarray


def simulate_universe(accounts: int, seed: int, world: World) -> Universe:
    """Simulate a world and look at everybody at its end."""
    with TemporaryDirectory() as home:
        simulate_world(Path(home), accounts=accounts, seed=seed, world=world)
        crm = abm.read_crm(Path(home) / "exports")
        table = abm.training_table(crm, target="win", opportunity_columns=False)
        ids = pd.read_parquet(Path(home) / "truth" / "accounts.parquet")["account_id"]
        deals = pd.read_parquet(Path(home) / "truth" / "opportunities.parquet")["account_id"]
        spine = pa.table(
            {
                "row_id": np.arange(len(ids)),
                "account_id": ids.to_numpy(),
                "as_of": pa.array([world.end] * len(ids), pa.timestamp("us")),
            }
        )
        features = account_features(crm, crm.register("everybody", spine), table.spec)
        X = crm.to_arrow(features.order_by("row_id")).to_pandas()[list(table.X.columns)]
    truth = p_win_at_the_end(make_chunk(0, accounts, world, Draws(seed)), world)
    return Universe(table, X, truth, ids.isin(deals).to_numpy())


def p_win_at_the_end(chunk: Chunk, world: World) -> np.ndarray:
    """The formula for every account of a chunk, at the world's last instant."""
    background = Background(chunk.cast, chunk.intent, chunk.signals, world)
    view = View(background, chunk.events, chunk.touches.at(chunk.touches.touched))
    everybody = np.arange(len(chunk.accounts))
    end = np.full(len(everybody), world.last_second)
    seen = view.inputs(everybody, end) @ list(formula.COEFFICIENTS.values())
    seen += np.append(formula.INDUSTRY_EFFECT, 0.0)[chunk.accounts.industry]
    seen += world.campaign_effect * view.touched(everybody, end) - formula.CENTRE
    if world.selection == "recorded":
        hidden = np.broadcast_to(formula.NODES, (len(seen), len(formula.NODES)))
        weights = formula.NODE_WEIGHTS
    else:
        hidden, weights = chunk.accounts.hidden[:, None], np.ones(1)
    log_odds = formula.BASE + world.signal * (seen[:, None] + world.hidden_effect * hidden)
    return formula.sigmoid(log_odds) @ weights


def calibration_against_truth(p: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Brier score and expected calibration error against true probabilities."""
    return float(np.mean((p - truth) ** 2)), expected_calibration_error(truth, p)


def main() -> None:
    """Simulate, learn, and compare what is said of accounts that were never opened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=4_000)
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--selection", choices=("recorded", "unrecorded"), default="recorded")
    args = parser.parse_args()
    found = []
    for seed in range(args.seeds):
        one = simulate_universe(args.accounts, seed, World(selection=args.selection))
        table = one.table
        model = abm.PropensityModel().fit(
            table.X, table.y, time=table.time, known_at=table.known_at, groups=table.groups
        )
        X, truth = one.X[~one.opened].reset_index(drop=True), one.truth[~one.opened]
        started = time.perf_counter()
        applicability = model.applicability(X)
        rate = len(X) / (time.perf_counter() - started)
        p, raw = model.predict_proba(X)[:, 1], model.predict_unshrunk(X)
        shrinkage = model.scorer_.shrinkage
        before = calibration_against_truth(raw, truth)
        after = calibration_against_truth(p, truth)
        found.append(
            {
                "true": truth.mean(),
                "raw": raw.mean(),
                "shrunk": p.mean(),
                "brier raw": before[0],
                "brier shrunk": after[0],
                "ece raw": before[1],
                "ece shrunk": after[1],
                "outside": np.mean(applicability < OUTSIDE),
                "opened outside": np.mean(model.applicability(one.X[one.opened]) < OUTSIDE),
                "between": shrinkage.between,
                "within": shrinkage.within,
                "rows/s": rate,
            }
        )
    told = pd.DataFrame(found)
    print(told.round(5).to_string())
    print(told.mean().round(5).to_string())
    for name in ("brier", "ece"):
        better = (told[f"{name} shrunk"] < told[f"{name} raw"]).sum()
        print(f"{name}: shrunk is better in {better} of {len(told)} worlds")


if __name__ == "__main__":
    main()
