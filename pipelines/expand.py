"""Seeds and the index → look-alikes: python pipelines/expand.py seeds.csv --data work."""

import argparse
from pathlib import Path

from abm_ml.config import load_params
from abm_ml.workflows.expand import expand

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("seeds", type=Path)
parser.add_argument("--out", type=Path, default=Path("lookalikes.csv"))
parser.add_argument("--k", type=int)
parser.add_argument("--where", action="append", default=[])
parser.add_argument("--data", type=Path, default=Path("work"))
parser.add_argument("--models", type=Path, default=Path("models"))
parser.add_argument("--as-of")
parser.add_argument("--params", type=Path, default=Path("params.yaml"))

if __name__ == "__main__":
    args = parser.parse_args()
    params, paths = load_params(args.params), {"data": args.data, "models": args.models}
    options = {"k": args.k, "where": args.where, "as_of": args.as_of}
    result = expand(args.seeds, args.out, params, **paths, **options)
    print(result.to_text())
    raise SystemExit(result.exit_code)
