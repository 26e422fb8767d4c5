"""Account features against plain pandas: speed and peak memory, in one run, values checked.

    python benchmarks/features.py                                    # 1 M accounts, 20 M events
    python benchmarks/features.py --accounts 20000 --events 400000 --opportunities 2000

Two contests, each competitor in a process of its own, two threads for both, taking turns:

universe       every feature of every account as of one date, from Parquet to Parquet
opportunities  the engagement features of accounts as of each opportunity's creation, against an
               indexed pandas loop (events sorted by account and time, two binary searches a row);
               the loop is timed on a sample and scaled up, its index is timed whole
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))

AS_OF = datetime(2026, 1, 1)
THREADS = 2
Figures = dict[str, float]


def ours_universe(folder: Path, out: Path, options: argparse.Namespace) -> Figures:
    """Features of all accounts, a slice of them at a time, as scoring does it."""
    from abm_ml.features.account import account_features, universe_spine
    from abm_ml.features.spec import FeatureSpec

    start = time.perf_counter()
    crm = _open(folder, options)
    spec = FeatureSpec.discover(crm, AS_OF)
    spine = crm.to_arrow(universe_spine(crm, AS_OF).order_by("row_id"))
    out.mkdir(exist_ok=True)
    for first in range(0, spine.num_rows, options.slice_rows):
        part = crm.register("slice", spine.slice(first, options.slice_rows))
        crm.con.to_parquet(account_features(crm, part, spec), out / f"{first}.parquet")
    return {"seconds": time.perf_counter() - start}


def ours_opportunities(folder: Path, out: Path, options: argparse.Namespace) -> Figures:
    """Engagement features as of each opportunity's creation."""
    from features_pandas import read_spine

    from abm_ml.features.account import account_features
    from abm_ml.features.spec import FeatureSpec

    start = time.perf_counter()
    crm = _open(folder, options)
    found = FeatureSpec.discover(crm, AS_OF)
    spec = FeatureSpec.from_columns(feature.name for feature in found.from_source("engagements"))
    spine = crm.register("opportunity_spine", read_spine(folder, options.opportunities))
    pq.write_table(crm.to_arrow(account_features(crm, spine, spec)), out)
    return {"seconds": time.perf_counter() - start}


def pandas_universe(folder: Path, out: Path, _: argparse.Namespace) -> Figures:
    """The same features in plain pandas."""
    from features_pandas import universe_features

    start = time.perf_counter()
    universe_features(folder, AS_OF).to_parquet(out, index=False)
    return {"seconds": time.perf_counter() - start}


def loop_opportunities(folder: Path, out: Path, options: argparse.Namespace) -> Figures:
    """The same features in a loop over opportunities, on a sample."""
    from features_pandas import index_events, loop_features, read_spine

    start = time.perf_counter()
    index = index_events(folder)
    indexed = time.perf_counter() - start
    spine = read_spine(folder, options.opportunities).to_pandas()
    sample = spine.sample(min(options.sample, len(spine)), random_state=0).sort_values("row_id")
    start = time.perf_counter()
    loop_features(index, sample).to_parquet(out, index=False)
    loop = time.perf_counter() - start
    scaled = indexed + loop * len(spine) / len(sample)
    return {"seconds": scaled, "index": indexed, "a row in ms": 1e3 * loop / len(sample)}


COMPETITORS: dict[str, Callable[[Path, Path, argparse.Namespace], Figures]] = {
    "ours_universe": ours_universe,
    "pandas_universe": pandas_universe,
    "ours_opportunities": ours_opportunities,
    "loop_opportunities": loop_opportunities,
}


def main() -> None:
    """Generate, let the competitors take turns, compare values, print ratios of medians."""
    options = _options()
    if options.competitor:
        figures = COMPETITORS[options.competitor](options.folder, options.out, options)
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu = used.ru_utime + used.ru_stime
        print(json.dumps({**figures, "cpu_seconds": cpu, "peak_mb": used.ru_maxrss / 1024}))
        return
    if options.compare:
        print(_compare(options.compare, options.folder))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        folder = Path(temporary)
        _run_self(options, "--generate", folder)
        print(f"{options.accounts:,} accounts, {options.events:,} events, {THREADS} threads")
        _contest(options, folder, "universe", "ours_universe", "pandas_universe", (1.3, 1 / 3))
        print(f"{options.opportunities:,} opportunities, each with its own as_of")
        _contest(options, folder, "loop", "ours_opportunities", "loop_opportunities", (15, None))


def _contest(
    options: argparse.Namespace,
    folder: Path,
    name: str,
    ours: str,
    theirs: str,
    target: tuple[float, float | None],
) -> None:
    runs: dict[str, list[Figures]] = {ours: [], theirs: []}
    for _ in range(options.repeats):
        for competitor in runs:
            out = folder / f"{competitor}.out"
            text = _run_self(options, "--competitor", competitor, "--out", out, folder)
            runs[competitor].append(json.loads(text.splitlines()[-1]))
            print("  " + _line(competitor, runs[competitor][-1]), flush=True)
    # In a process of its own too: a child's peak would start from its parent's.
    compared = _run_self(options, "--compare", folder / f"{ours}.out", folder / f"{theirs}.out")
    medians = {competitor: _medians(figures) for competitor, figures in runs.items()}
    speed = medians[theirs]["seconds"] / medians[ours]["seconds"]
    memory = medians[ours]["peak_mb"] / medians[theirs]["peak_mb"]
    for competitor, figures in medians.items():
        print("  median  " + _line(competitor, figures))
    wanted = f" (wanted: at most {target[1]:.2f})" if target[1] else ""
    print(f"  {name}: {compared.strip()}")
    print(f"  {name}: {speed:.1f} times as fast (wanted: at least {target[0]:g})")
    print(f"  {name}: {memory:.2f} of the peak memory{wanted}", flush=True)


def _compare(ours: Path, theirs: Path) -> str:
    """Refuse unless the rows that both have are equal in every column."""
    expected = pq.read_table(theirs)
    found = pq.read_table(ours).select(expected.column_names)
    rows = expected["row_id"]
    found = found.sort_by("row_id").take(rows.cast(pa.int64()))
    for name in expected.column_names:
        wanted = expected[name].combine_chunks().cast(found[name].type, safe=False)
        if not found[name].combine_chunks().equals(wanted):
            raise SystemExit(f"{name}: the two competitors differ")
    return (
        f"{expected.num_columns - 1} columns of {expected.num_rows:,} rows equal to the last digit"
    )


def _open(folder: Path, options: argparse.Namespace) -> Any:
    from abm_ml.data.crm import Crm

    crm = Crm.open(folder, threads=THREADS, memory_limit=options.memory_limit)
    crm.con.raw_sql(f"SET temp_directory = '{folder / 'spill'}'")
    return crm


def _medians(runs: list[Figures]) -> Figures:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _line(name: str, figures: Figures) -> str:
    more = "".join(f"  {key} {figures[key]:.2f}" for key in figures if key not in _ALWAYS)
    return f"{name:20s} {figures['seconds']:8.1f} s {figures['peak_mb']:8,.0f} MB{more}"


_ALWAYS = ("seconds", "peak_mb")


def _run_self(options: argparse.Namespace, *more: object) -> str:
    """Run one competitor in a process of its own, so that peak memory is the competitor's alone."""
    own = [f"--{name.replace('_', '-')}={getattr(options, name)}" for name in _PASSED_ON]
    command = [sys.executable, __file__, *own, *(str(word) for word in more)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


_PASSED_ON = (
    "accounts", "events", "opportunities", "sample", "memory_limit", "slice_rows",
)  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help="where the data goes (temporary)")
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--opportunities", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=2_000, help="rows that the loop is timed on")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory-limit", default="400MB", help="DuckDB's; it spills beyond")
    parser.add_argument("--slice-rows", type=int, default=200_000, help="accounts at a time")
    parser.add_argument("--competitor", choices=COMPETITORS, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--compare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--generate", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    pa.set_cpu_count(THREADS)
    if options.generate:
        from features_data import generate

        generate(options.folder / "canonical", AS_OF, options)
        raise SystemExit(0)
    return options


if __name__ == "__main__":
    main()
