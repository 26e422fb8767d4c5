"""Canonical tables → the look-alike index: python pipelines/index.py --data work."""

import argparse
from pathlib import Path

from abm_ml.config import load_params
from abm_ml.workflows.index import index

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=Path, default=Path("work"))
parser.add_argument("--models", type=Path, default=Path("models"))
parser.add_argument("--universe", type=Path)
parser.add_argument("--as-of")
parser.add_argument("--params", type=Path, default=Path("params.yaml"))

if __name__ == "__main__":
    args = parser.parse_args()
    params = load_params(args.params)
    result = index(args.data, params, args.models, universe=args.universe, as_of=args.as_of)
    print(result.to_text())
    raise SystemExit(result.exit_code)
