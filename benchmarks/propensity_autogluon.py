"""AutoGluon on one split, in an environment of its own (it needs an older pandas than ours).

python benchmarks/propensity_autogluon.py FOLDER [--seconds 240] [--cpus 2]

FOLDER holds train.parquet (with the label in column `y`) and test.parquet; writes p.npy and
seconds.txt (training and prediction).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd


def main() -> None:
    """Fit `best_quality` by log loss and predict."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=240)
    parser.add_argument("--cpus", type=int, default=2)
    args = parser.parse_args()
    from autogluon.tabular import TabularPredictor

    train = pd.read_parquet(args.folder / "train.parquet")
    test = pd.read_parquet(args.folder / "test.parquet")
    started = time.perf_counter()
    with TemporaryDirectory() as home:
        predictor = TabularPredictor("y", path=home, eval_metric="log_loss", verbosity=1)
        predictor.fit(
            train,
            presets="best_quality",
            time_limit=args.seconds,
            num_cpus=args.cpus,
            num_gpus=0,
            dynamic_stacking=False,
        )
        p = predictor.predict_proba(test)[1].to_numpy()
    np.save(args.folder / "p.npy", p)
    (args.folder / "seconds.txt").write_text(f"{time.perf_counter() - started:.1f}")


if __name__ == "__main__":
    main()
