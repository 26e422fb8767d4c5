"""Whether an expansion tells the truth about itself: its curve, its warnings, its odd seeds.

python benchmarks/lookalike_honest.py --data ../shared/data
    [--parts curve warnings chance outliers] [--expansions 50] [--draws 20] [--lists 300]

- curve: on expansions with >= 20 hidden accounts, how often the measured recall lies inside the
  80 % interval that was stated from the seeds alone (aim: >= 70 %), and how wide that is.
- warnings: random companies as seeds must be warned of in 19 of 20 draws, real lists in <= 2.
- chance: the test behind those warnings by itself, on more lists than whole expansions allow:
  the share of random lists and of real ones that are called alike.
- outliers: an account of another industry among 29 simulated ones of a segment must be among the
  <= 3 that seed quality names, in 16 of 20 draws.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from lookalike_data import SETS, Task, load

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.lookalike.common import CHANCE, chance_of_likeness
from abm_ml.lookalike.index import LookalikeIndex

FEWEST_HIDDEN = 20
LISTED = 1_000
"""Length of the lists whose warnings are counted."""

LIMITS = (0.03, 0.04, 0.05)
SIMULATED = 4_000
SEGMENT_SEEDS = 29
FIRMOGRAPHIC = [
    "account_id", "name", "domain", "country", "region", "state", "city", "industry",
    "sub_industry", "employees", "revenue", "founded_year", "funding_stage", "funding_total",
    "ownership", "description", "keywords", "technologies",
]  # fmt: skip


def main() -> None:
    """Measure the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--sets", nargs="*", choices=list(SETS), default=list(SETS))
    parser.add_argument("--expansions", type=int, default=50)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--lists", type=int, default=300)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    for part in args.parts:
        PARTS[part](args)


@cache
def tasks_of(name: str, data: Path) -> list[Task]:
    """A set's tasks, read once."""
    return load(name, data)


@cache
def index_of(name: str, data: Path) -> LookalikeIndex:
    """The index of a set's universe, built once."""
    return LookalikeIndex(seed=0).fit(tasks_of(name, data)[0].accounts)


def spread(tasks: list[Task], wanted: int) -> list[Task]:
    """Random tasks, bands in turn, no list twice in a band before all had theirs."""
    rng = np.random.default_rng(0)
    mixed = [tasks[at] for at in rng.permutation(len(tasks))]
    turn = pd.DataFrame({"band": [t.band for t in mixed], "cluster": [t.cluster for t in mixed]})
    repeat = turn.groupby(["band", "cluster"]).cumcount()
    within = pd.DataFrame({"band": turn["band"], "repeat": repeat}).sort_values("repeat")
    within["place"] = within.groupby("band").cumcount()
    order = within.sort_values(["place", "band"], kind="stable").index
    return [mixed[at] for at in order[:wanted]]


def shares(wanted: int, sets: list[str]) -> Iterator[tuple[str, int]]:
    """How many of the expansions each set contributes."""
    for at, name in enumerate(sets):
        yield name, wanted // len(sets) + (at < wanted % len(sets))


def curves(args: argparse.Namespace) -> None:
    """Stated intervals against measured recall."""
    rows = []
    for name, wanted in shares(args.expansions, args.sets):
        fitting = [t for t in tasks_of(name, args.data) if len(t.hidden) >= FEWEST_HIDDEN]
        index = index_of(name, args.data)
        for task in spread(fitting, wanted):
            rows.append(stated_and_measured(index, task))
    found = pd.concat(rows)
    found["inside"] = found["measured"].between(found["low"], found["high"])
    found["below"] = found["measured"] < found["low"]
    found["above"] = found["measured"] > found["high"]
    found["width"] = found["high"] - found["low"]
    print(f"\n## curve: {found['task'].nunique()} expansions, 80 % intervals (aim: >= .70 inside)")
    columns = ["recall", "measured", "inside", "below", "above", "width"]
    for keys in (["set", "k"], ["set", "band"], ["band"], ["k"]):
        told = found.groupby(keys, observed=True)[columns].mean()
        print(told.round(3).to_string())
    print(f"all: {found['inside'].mean():.3f} inside, mean width {found['width'].mean():.3f}")


def stated_and_measured(index: LookalikeIndex, task: Task) -> pd.DataFrame:
    """An expansion's curve, and the share of the hidden accounts that its lists really hold."""
    curve = index.evaluate(task.seeds).curve
    curve = curve[curve["k"] <= len(task.accounts) // 2]
    ranked = index.expand(task.seeds, k=int(curve["k"].max()))["account_id"]
    found = np.cumsum(ranked.isin(task.hidden).to_numpy()) / len(task.hidden)
    measured = found[np.minimum(curve["k"].to_numpy(), len(found)) - 1]
    names = {"set": task.set, "band": task.band, "task": task.name, "measured": measured}
    return curve[["k", "recall", "low", "high"]].assign(**names)


def warned(args: argparse.Namespace) -> None:
    """Warnings on random companies, and on real lists of the same sizes."""
    rows = []
    for name, wanted in shares(args.draws, args.sets):
        index = index_of(name, args.data)
        for draw, task in enumerate(spread(tasks_of(name, args.data), wanted)):
            rng = np.random.default_rng(draw)
            ids = task.accounts["account_id"].to_numpy(object)
            random = rng.choice(ids, len(task.seeds), replace=False).tolist()
            for kind, seeds in (("real", task.seeds), ("random", random)):
                codes = sorted(index.expansion(seeds, LISTED).warnings)
                rows.append([kind, name, task.band, len(seeds), bool(codes), " ".join(codes)])
    found = pd.DataFrame(rows, columns=["seeds are", "set", "band", "seeds", "warned", "codes"])
    print(f"\n## warnings of {args.draws} real (aim: <= 2 in 20) and random lists (>= 19 in 20)")
    print(found.groupby(["seeds are", "band"])["warned"].agg(["sum", "size"]).to_string())
    print(found.groupby("seeds are")["warned"].agg(["sum", "size"]).to_string())
    print(found.groupby(["seeds are", "codes"]).size().to_string())


def chances(args: argparse.Namespace) -> None:
    """How often real and random lists are called alike, by how many random ones would be."""
    rows = []
    for name, wanted in shares(args.lists, args.sets):
        universe = index_of(name, args.data)._universe(None)
        for draw, task in enumerate(spread(tasks_of(name, args.data), wanted)):
            rng = np.random.default_rng(draw)
            random = rng.choice(len(universe), len(task.seeds), replace=False)
            for kind, seeds in (("real", universe.store.positions(task.seeds)), ("random", random)):
                rows.append([kind, name, task.band, chance_of_likeness(universe, seeds)])
    found = pd.DataFrame(rows, columns=["seeds are", "set", "band", "chance"])
    for limit in LIMITS:
        found[f"<= {limit}"] = found["chance"] <= limit
    told = [f"<= {limit}" for limit in LIMITS]
    print(f"\n## chance: share of lists called alike at each limit (in use: {CHANCE})")
    for keys in (["seeds are", "band", "set"], ["seeds are", "band"], ["seeds are"]):
        by = found.groupby(keys)
        print(by[told].mean().round(3).assign(lists=by.size()).to_string(), flush=True)


def outliers(args: argparse.Namespace) -> None:
    """Planted accounts of another industry that seed quality names."""
    accounts, industry = simulated()
    segment = industry.astype(str) + accounts["country"].eq("中国").map({True: " CN", False: ""})
    large = segment.value_counts()
    large = large.index[large >= 2 * SEGMENT_SEEDS].sort_values()
    index = LookalikeIndex(seed=0).fit(accounts)
    named, listed = [], []
    for draw in range(args.draws):
        rng = np.random.default_rng(draw)
        chosen = rng.choice(large)
        same = accounts.loc[segment == chosen, "account_id"].to_numpy(object)
        work = industry[segment == chosen].iloc[0]
        other = accounts.loc[industry != work, "account_id"].to_numpy(object)
        planted = rng.choice(other)
        seeds = [*rng.choice(same, SEGMENT_SEEDS, replace=False), planted]
        odd = index.expansion(rng.permutation(seeds).tolist(), LISTED).seed_quality["account_id"]
        named.append(planted in set(odd))
        listed.append(len(odd))
    print(f"\n## outliers: {sum(named)} of {args.draws} planted ones named (aim: 16 of 20)")
    print(f"seeds named, mean {np.mean(listed):.1f}, most {max(listed)} (allowed: 3)")


def simulated() -> tuple[pd.DataFrame, pd.Series]:
    """Simulated accounts with a known industry: what firms are, and their industry's number."""
    with TemporaryDirectory() as home:
        simulate_world(Path(home), accounts=SIMULATED, seed=0, world=World())
        every = pd.read_parquet(Path(home) / "exports" / "accounts.parquet")[FIRMOGRAPHIC]
    number = {name: at for at, name in enumerate(words.INDUSTRIES)}
    number |= {name: at for at, name in enumerate(words.INDUSTRIES_ZH)}
    every = every[every["industry"].isin(number)].drop_duplicates("account_id")
    every = every.reset_index(drop=True)
    return every, every["industry"].map(number)


PARTS = {"curve": curves, "warnings": warned, "chance": chances, "outliers": outliers}

if __name__ == "__main__":
    main()
