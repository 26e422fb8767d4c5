"""Canonical tables → a challenger in the registry: python pipelines/train.py --data work."""

import argparse
from pathlib import Path

from abm_ml.config import load_params
from abm_ml.workflows.train import train

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=Path, default=Path("work"))
parser.add_argument("--models", type=Path, default=Path("models"))
parser.add_argument("--as-of")
parser.add_argument("--params", type=Path, default=Path("params.yaml"))

if __name__ == "__main__":
    args = parser.parse_args()
    result = train(args.data, load_params(args.params), args.models, as_of=args.as_of)
    print(result.to_text())
    raise SystemExit(result.exit_code)
