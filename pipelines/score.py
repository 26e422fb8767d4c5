"""Canonical tables and the champion → the TAL: python pipelines/score.py --data work --out tal."""

import argparse
from pathlib import Path

from abm_ml.config import load_params
from abm_ml.workflows.score import score

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", type=Path, default=Path("work"))
parser.add_argument("--models", type=Path, default=Path("models"))
parser.add_argument("--out", type=Path, default=Path("tal"))
parser.add_argument("--as-of")
parser.add_argument("--motion", default="acquire")
parser.add_argument("--params", type=Path, default=Path("params.yaml"))

if __name__ == "__main__":
    args = parser.parse_args()
    params = load_params(args.params)
    result = score(args.data, args.out, params, args.models, as_of=args.as_of, motion=args.motion)
    print(result.to_text())
    raise SystemExit(result.exit_code)
