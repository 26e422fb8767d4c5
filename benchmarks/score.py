"""Scoring a large universe: peak memory by its size, and where the time goes.

    python benchmarks/score.py --cache /tmp/score                  # 0.5, 1 and 2 M accounts
    python benchmarks/score.py --cache /tmp/score --sizes 100000 200000 --base 10000

A simulated CRM of --base accounts is prepared, a model is trained on it, and its tables are
repeated under new ids until there are enough accounts; each size is scored in a process of its
own (`abm score` without the look-alike index), whose peak memory is read from the system.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from abm_ml.config import Params
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.scoring import assessment, evaluation, settling, universe
from abm_ml.workflows import score as scoring
from abm_ml.workflows.prepare import prepare
from abm_ml.workflows.promote import promote
from abm_ml.workflows.train import train

AS_OF = "2026-01-01"
IDS = (
    "account_id", "contact_id", "opportunity_id", "lead_id", "visitor_id", "converted_account_id",
    "parent_account_id", "related_account_id", "contract_id",
)  # fmt: skip
PARTS: dict[str, tuple[Any, str]] = {
    "cut into slices": (evaluation, "slices"),
    "inputs of the rules": (assessment, "read_inputs"),
    "propensity": (assessment, "predict"),
    "people and customers": (assessment, "people_of"),
    "rules": (assessment, "judge"),
    "reasons and drafts": (evaluation, "draft_of"),
    "tiers and ranks": (evaluation, "place"),
    "MQA, plays, next steps": (settling, "decisions"),
    "reasons of the model": (settling, "explain"),
    "identity": (evaluation, "run_id"),
    "merged files": (universe.Spool, "write"),
    "drift": (scoring, "drift_report"),
    "list for people": (scoring, "write_list"),
}


def main() -> None:
    """Measure each size in a process of its own, or, as such a process, score."""
    options = _options()
    if options.score is not None:
        print(json.dumps(measured(options.cache, options.score, options.memory_limit)))
        return
    base(options.cache, options.base)
    found = []
    for size in options.sizes:
        repeated(options.cache, options.base, size)
        told = json.loads(_child(options, size).splitlines()[-1])
        found.append(told)
        print(report(told), flush=True)
    peaks = [told["peak_mb"] for told in found]
    print(f"peak memory, largest to smallest: {max(peaks) / min(peaks):.3f} (aim: <= 1.10)")


def base(cache: Path, accounts: int) -> None:
    """A prepared world, and its champion."""
    home = cache / f"base-{accounts}"
    if (home / "models").exists():
        return
    shutil.rmtree(home, ignore_errors=True)
    params = Params.model_validate({"propensity": {"trials": 6, "max_rows": 20_000}})
    simulate_world(home, accounts=accounts, seed=0)
    prepare(home / "exports", home / "work", params)
    train(home / "work", params, home / "models", as_of=AS_OF)
    promote(home / "models", data=None, version=None, force=True, why="benchmark", params=params)


def repeated(cache: Path, accounts: int, size: int) -> None:
    """The base world's tables under new ids until there are `size` accounts."""
    out = cache / f"work-{size}"
    if (out / "done").exists():
        return
    shutil.rmtree(out, ignore_errors=True)
    (out / "canonical").mkdir(parents=True)
    copies = -(-size // accounts)
    con = duckdb.connect()
    con.execute("SET preserve_insertion_order = false; SET memory_limit = '4GB'")
    for file in sorted((cache / f"base-{accounts}" / "work" / "canonical").glob("*.parquet")):
        columns = [row[0] for row in con.execute(f"DESCRIBE FROM '{file}'").fetchall()]
        named = [f"{one} || '-' || n AS {one}" for one in columns if one in IDS]
        times = copies if named else 1
        replaced = f" REPLACE ({', '.join(named)})" if named else ""
        rows = f"SELECT * EXCLUDE (n){replaced}"
        con.execute(
            f"COPY ({rows} FROM '{file}', range({times}) AS copy(n)) "
            f"TO '{out / 'canonical' / file.name}' (FORMAT PARQUET)"
        )
    (out / "done").touch()


def measured(cache: Path, size: int, memory_limit: str) -> dict[str, Any]:
    """Score one size here: seconds in all and by part, and peak memory."""
    spent: dict[str, float] = {}
    for name, (owner, function) in PARTS.items():
        setattr(owner, function, _timed(getattr(owner, function), name, spent))
    home = next(cache.glob("base-*"))
    params = Params.model_validate({"memory_limit": memory_limit})
    start = time.perf_counter()
    run = scoring.score(cache / f"work-{size}", cache / "tal", params, home / "models", as_of=AS_OF)
    total = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "accounts": run.summary["universe"], "scored": run.summary["scored"], "seconds": total,
        "peak_mb": peak, "parts": spent,
    }  # fmt: skip


def report(told: dict[str, Any]) -> str:
    """One size in words."""
    total, parts = told["seconds"], told["parts"]
    lines = [
        f"\n{told['accounts']:,} accounts ({told['scored']:,} scored): {total:.0f} s, "
        f"{told['accounts'] / total:,.0f} accounts a second, peak {told['peak_mb']:,.0f} MB"
    ]
    for name, seconds in sorted(parts.items(), key=lambda item: -item[1]):
        lines.append(f"  {seconds / total:6.1%}  {name}")
    lines.append(f"  {1 - sum(parts.values()) / total:6.1%}  the rest")
    return "\n".join(lines)


def _timed(function: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*args: Any, **given: Any) -> Any:
        start = time.perf_counter()
        try:
            return function(*args, **given)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - start

    return timed


def _child(options: argparse.Namespace, size: int) -> str:
    command = [
        sys.executable, __file__, "--cache", str(options.cache), "--score", str(size),
        "--memory-limit", options.memory_limit,
    ]  # fmt: skip
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=[500_000, 1_000_000, 2_000_000])
    parser.add_argument("--base", type=int, default=50_000)
    parser.add_argument("--memory-limit", default="1GB", help="DuckDB's, as in params.yaml.")
    parser.add_argument("--score", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
