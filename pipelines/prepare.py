"""Exports → canonical tables: python pipelines/prepare.py EXPORTS --out work."""

import argparse
from pathlib import Path

from abm_ml.config import load_params
from abm_ml.workflows.prepare import prepare

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("exports", type=Path)
parser.add_argument("--out", type=Path, default=Path("work"))
parser.add_argument("--mapping", type=Path)
parser.add_argument("--params", type=Path, default=Path("params.yaml"))

if __name__ == "__main__":
    args = parser.parse_args()
    result = prepare(args.exports, args.out, load_params(args.params), mapping=args.mapping)
    print(result.to_text())
    raise SystemExit(result.exit_code)
