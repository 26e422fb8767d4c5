"""Does the 80 % interval of expected wins hold the number of wins that came? On the simulator.

nice python benchmarks/whatif.py [--worlds 25] [--accounts 4000] [--cache whatif_runs]

In each world (four years, its own seed) a model learns from what was known at the split. At the
split and half a year later two random changes of the rule book are tried: thresholds, capacities,
weights, points, half-life, ICP. For the list that `abm.what_if` says would follow, the interval of
expected wins is compared with the number of its accounts that were won within the horizon after:
4 cases a world. Wanted: 70-90 % inside. The width is told beside it, and the coverage of luck
alone (were the level of all propensities known for certain), and that of money. Each world is
kept in --cache as JSON, so that the work can be stopped and taken up again.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

import abm_ml as abm
from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.labels import won_amounts
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.propensity.value import fit_amounts
from abm_ml.scoring.universe import score_universe
from abm_ml.scoring.whatif import baseline
from abm_ml.scoring.whatif_wins import expected_wins
from abm_ml.workflows.prepare import prepare

SPLIT = datetime(2025, 1, 1)
MOMENTS = (SPLIT, datetime(2025, 7, 1))
HORIZON = 180
CHANGES = 2

PARAMS = Params.model_validate({"threads": 1, "scoring": {"explain_top": 0}})


def taught(crm: Crm, max_rows: int, trials: int) -> TrainedPropensity:
    """A model of conversions as `abm train` makes it, by a small search and without its report."""
    table = abm.training_table(crm, "conversion", until=SPLIT, max_rows=max_rows)
    trial = Trial.of(
        table.X, table.y, table.time, table.known_at, table.groups, accounts=table.accounts,
        model=abm.PropensityModel(trials=trials, num_leaves=(7,)),
    )  # fmt: skip
    rows = crm.register("benchmark_rows", _label_rows(table))
    money = won_amounts(crm, crm.to_arrow(rows), "conversion", SPLIT)
    amounts = fit_amounts(trial.rows, money.to_numpy(zero_copy_only=False)[trial.rows.order])
    return TrainedPropensity(
        model=trial.fit(),
        spec=table.spec,
        target="conversion",
        verdict="good",
        base_rate=float(table.y.mean()),
        horizon_days=HORIZON,
        expected_amount=amounts and amounts.mean,
        amounts=amounts,
    )


def _label_rows(table: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row_id": np.arange(len(table)),
            "account_id": table.accounts,
            "as_of": table.time.astype("datetime64[us]"),
            "known_at": table.known_at.astype("datetime64[us]"),
            "group": table.groups,
        }
    )


def random_changes(rng: np.random.Generator) -> dict[str, Any]:
    """A few settings, drawn so that they never contradict each other; the list stays shorter."""
    first, second, third = sorted(rng.uniform(20, 85, 3), reverse=True)
    capacity = [int(rng.integers(10, 60)), int(rng.integers(60, 500)), int(rng.integers(100, 1500))]
    changes: dict[str, Any] = {
        "tiers": {"tier_1_at": first, "tier_2_at": second, "tier_3_at": third},
        "tiers.capacity": capacity,
    }
    if rng.random() < 0.5:
        weights = rng.dirichlet(np.ones(4) * 3).round(3)
        weights[0] += 1 - weights.sum()
        names = ("firmographic", "technographic", "intent", "engagement")
        changes["account_score"] = dict(zip(names, weights.tolist(), strict=True))
    if rng.random() < 0.3:
        changes["engagement.half_life_days"] = float(rng.integers(10, 120))
    if rng.random() < 0.3:
        changes["engagement.points"] = {"meeting": float(rng.integers(5, 100))}
    if rng.random() < 0.3:
        changes["icp.firmographic.1.min"] = float(rng.integers(10, 1000))
    return changes


def one_world(seed: int, accounts: int, max_rows: int, trials: int) -> list[dict[str, Any]]:
    """Its cases."""
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        home = Path(folder)
        simulate_world(home, accounts=accounts, seed=seed, world=World(years=4))
        prepare(home / "exports", home / "work", PARAMS)
        crm = Crm.open(home / "work", threads=1)
        model = taught(crm, max_rows, trials)
        cases = [case for moment in MOMENTS for case in _cases(crm, model, moment, seed)]
    seconds = time.perf_counter() - began
    return [{"world": seed, **case, "seconds": round(seconds)} for case in cases]


def _cases(crm: Crm, model: TrainedPropensity, moment: datetime, seed: int) -> Any:
    rng = np.random.default_rng([seed, moment.month])
    won = _won(crm, moment)
    with baseline(crm, model, None, PARAMS, moment) as base:
        for _ in range(CHANGES):
            found = base.compare(random_changes(rng))
            tal = score_universe(crm, None, None, found.params, moment).tal
            listed = base.accounts.table.to_pandas().set_index("account_id").loc[tal["account_id"]]
            p = listed["propensity"].to_numpy()
            luck = expected_wins(p, p, p)
            wins, value = found.after["expected_wins"], found.after["expected_value"]
            true, money = int(tal["account_id"].isin(won.index).sum()), won.reindex(tal.account_id)
            yield {
                "as_of": f"{moment:%Y-%m-%d}",
                "listed": len(tal),
                "same_length": len(tal) == found.after["accounts"],
                "true": true,
                **{f"wins_{name}": number for name, number in wins.items()},
                "inside": wins["low"] <= true <= wins["high"],
                "inside_by_luck": luck.low <= true <= luck.high,
                "money": float(money.sum()),
                **{f"value_{name}": number for name, number in value.items()},
                "money_inside": value["low"] <= float(money.sum()) <= value["high"],
            }


def _won(crm: Crm, moment: datetime) -> pd.Series:
    """Money by account won within the horizon."""
    columns = ["account_id", "closed_at", "is_won", "amount"]
    deals = crm.to_arrow(crm.table("opportunities").select(*columns)).to_pandas()
    end = moment + timedelta(days=HORIZON)
    inside = deals["closed_at"].ge(moment) & deals["closed_at"].lt(end) & deals["is_won"].eq(True)
    return deals[inside].groupby("account_id")["amount"].sum()


def main() -> None:
    """Make what is missing, print the coverage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=25)
    parser.add_argument("--accounts", type=int, default=4_000)
    parser.add_argument("--max-rows", type=int, default=20_000)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--cache", type=Path, default=Path("whatif_runs"))
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    cases: list[dict[str, Any]] = []
    for seed in range(args.worlds):
        path = args.cache / f"{args.accounts}_{seed}.json"
        if not path.exists():
            path.write_text(json.dumps(one_world(seed, args.accounts, args.max_rows, args.trials)))
        cases += json.loads(path.read_text())
        table = pd.DataFrame(cases)
        print(f"world {seed}: {table['inside'].mean():.2f} of {len(table)} inside", flush=True)
    report(table)


def report(table: pd.DataFrame) -> None:
    """Coverage and width."""
    width = (table["wins_high"] - table["wins_low"]) / table["wins_value"]
    ratio = table["true"].sum() / table["wins_value"].sum()
    print(f"cases {len(table)}; accounts listed {table['listed'].median():.0f} (median)")
    print(f"wins expected {table['wins_value'].median():.1f}, true {table['true'].median():.1f}")
    print(f"true wins ÷ expected, all cases {ratio:.3f}")
    print(f"80 % interval of wins holds the true number in {table['inside'].mean():.0%}")
    for moment, rows in table.groupby("as_of"):
        below = (rows["true"] < rows["wins_low"]).mean()
        above = (rows["true"] > rows["wins_high"]).mean()
        print(
            f"  as of {moment}: {rows['inside'].mean():.0%}; below {below:.0%}, above {above:.0%}"
        )
    print(f"by luck alone {table['inside_by_luck'].mean():.0%}")
    print(f"width ÷ expected wins {width.median():.2f} (median)")
    print(f"80 % interval of money holds it in {table['money_inside'].mean():.0%}")
    print("pass" if 0.7 <= table["inside"].mean() <= 0.9 else "FAIL", "70-90 % of cases inside")


if __name__ == "__main__":
    main()
