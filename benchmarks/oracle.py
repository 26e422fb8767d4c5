"""How close the model comes to the best that anybody could know, on the simulator.

python benchmarks/oracle.py [--accounts 37000] [--seed 0]

Opportunities created in the last year are predicted by a model that learned from those whose
outcome was known before; the oracle is P(won | everything that is recorded), stored by the
simulator. Prints both AUCs, their difference, and the expected calibration error.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

import abm_ml as abm
from abm_ml.data.simulate.simulate import simulate_world

SPLIT = datetime(2025, 1, 1)
BINS = 10


def expected_calibration_error(y: np.ndarray, p: np.ndarray) -> float:
    """Mean gap between predicted and observed rate over bins of equal size."""
    order = np.argsort(p, kind="stable")
    gaps = [len(b) * abs(p[b].mean() - y[b].mean()) for b in np.array_split(order, BINS)]
    return float(sum(gaps) / len(y))


def main() -> None:
    """Simulate, prepare, learn, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=37_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with TemporaryDirectory() as home:
        simulate_world(Path(home), accounts=args.accounts, seed=args.seed)
        table = abm.training_table(abm.read_crm(Path(home) / "exports"), target="win")
        truth = pd.read_parquet(Path(home) / "truth" / "opportunities.parquet")
    split = np.datetime64(SPLIT)
    train, test = table.known_at < split, table.time >= split
    model = abm.PropensityModel(n_jobs=2).fit(
        table.X[train], table.y[train], time=table.time[train], known_at=table.known_at[train]
    )
    p, y = model.predict_proba(table.X[test])[:, 1], table.y[test]
    oracle = truth.set_index("opportunity_id")["p_win"].loc[table.groups[test]].to_numpy()
    ours, best = roc_auc_score(y, p), roc_auc_score(y, oracle)
    print(f"closed opportunities {len(table):,}: {train.sum():,} taught, {test.sum():,} tested")
    print(f"AUC ours {ours:.4f}  oracle {best:.4f}  gap {best - ours:.4f}")
    print(f"ECE ours {expected_calibration_error(y, p):.4f}")
    print("kept out " + ", ".join(leak.column for leak in table.leaks))


if __name__ == "__main__":
    main()
