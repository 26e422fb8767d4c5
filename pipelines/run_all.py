"""prepare → train → promote → index → score: python pipelines/run_all.py EXPORTS --out run."""

import argparse
from pathlib import Path

from abm_ml.config import load_params
from abm_ml.workflows.run_all import run_all

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("exports", type=Path)
parser.add_argument("--out", type=Path, default=Path("run"))
parser.add_argument("--mapping", type=Path)
parser.add_argument("--params", type=Path, default=Path("params.yaml"))

if __name__ == "__main__":
    args = parser.parse_args()
    result = run_all(args.exports, args.out, load_params(args.params), mapping=args.mapping)
    print(result.to_text())
    raise SystemExit(result.exit_code)
