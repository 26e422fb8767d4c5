"""Does the fused order win more than rules or model alone? On the simulator, on later rows.

nice python benchmarks/fusion.py [--accounts 20000] [--seeds 5] [--cache fusion_runs]

Three worlds: `usual` (the shipped rules), `wrong rules` (an ideal customer profile that asks for
what loses), `nothing to learn` (the opportunities before the split stand under random accounts, so
the history teaches nothing, while the rules are as good as ever). Each is simulated for four
years, a model is trained by `abm train` on what was known at the split, and `abm score` makes the
list of new customers at the split and half a year later; counted is what was won in the half year
after each. Figures are lifts with 95 % intervals (bootstrap over accounts, the same draws for all
orders). Each run is kept in --cache as JSON, so that the work can be stopped and taken up again.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.scoring.stacking import Ranked
from abm_ml.scoring.stacking_evidence import compared_lifts
from abm_ml.scoring.universe import score_universe
from abm_ml.tracking.registry import Registry
from abm_ml.workflows.prepare import prepare
from abm_ml.workflows.train import train

SPLIT = datetime(2025, 1, 1)
LATER = (SPLIT, datetime(2025, 7, 1))
HORIZON = timedelta(days=180)

USUAL, WRONG, NOTHING = "usual", "wrong rules", "nothing to learn"
WORLDS = (USUAL, WRONG, NOTHING)

WRONG_RULES: dict[str, Any] = {
    "icp": {
        "firmographic": [
            {
                "column": "industry",
                "any_of": ["Retail", "Energy", "Logistics", "Education",
                           "零售", "能源", "物流", "教育"],
                "weight": 2,
            },
            {"column": "employees", "max": 100, "weight": 2},
        ],
        "technographic": [{"column": "technologies", "contains": ["Oracle", "Shopify"]}],
    },
    "account_score": {"firmographic": 0.6, "technographic": 0.3, "intent": 0.05,
                      "engagement": 0.05},
}  # fmt: skip
"""Industries and sizes that lose, technologies that say nothing, hardly any behaviour."""


def settings(world: str, max_rows: int, trials: int) -> Params:
    """Params of a world; smaller searches than by default, for time."""
    return Params.model_validate(
        {
            "threads": 1,
            "propensity": {"max_rows": max_rows, "trials": trials},
            "scoring": {"explain_top": 0},
            **(WRONG_RULES if world == WRONG else {}),
        }
    )


def one_run(world: str, seed: int, accounts: int, params: Params) -> dict[str, Any]:
    """Train before the split, score after it, count."""
    began = time.perf_counter()
    with TemporaryDirectory() as folder:
        home = Path(folder)
        simulate_world(home, accounts=accounts, seed=seed, world=World(years=4))
        prepare(home / "exports", home / "work", params)
        taught = home / "work"
        if world == NOTHING:
            taught = home / "taught"
            prepare(_untrue_history(home / "exports", home / "untrue", seed), taught, params)
        train(taught, params, home / "models", as_of=SPLIT)
        model, _ = Registry(home / "models").load("challenger")
        crm = Crm.open(home / "work", threads=1)
        tested = pd.concat([_scored(crm, model, params, moment) for moment in LATER])
    fusion = model.fusion or {}
    return {
        "world": world,
        "seed": seed,
        "accounts": accounts,
        "verdict": model.verdict,
        "weights": fusion.get("weights"),
        "why": fusion.get("why"),
        "taught_by": fusion.get("won"),
        "rows": len(tested),
        "won": int(tested["y"].sum()),
        "same_as_rules": bool((tested["priority"] == tested["account_score"]).all()),
        **_lifts(tested),
        "seconds": round(time.perf_counter() - began),
    }


def _untrue_history(exports: Path, out: Path, seed: int) -> Path:
    """The same exports, the opportunities before the split under accounts drawn at random."""
    shutil.copytree(exports, out)
    path = out / "opportunities.parquet"
    deals = pd.read_parquet(path)
    ids = pd.read_parquet(out / "accounts.parquet")["account_id"].drop_duplicates().to_numpy()
    rng = np.random.default_rng(seed)
    early = pd.to_datetime(deals["created_at"]).to_numpy() < np.datetime64(SPLIT)
    # Two rows of one opportunity stay together.
    number, _ = pd.factorize(deals["opportunity_id"])
    drawn = rng.choice(np.sort(ids), size=number.max() + 1)[number]
    deals["account_id"] = np.where(early, drawn, deals["account_id"])
    deals.to_parquet(path)
    return out


def _scored(crm: Crm, model: Any, params: Params, moment: datetime) -> pd.DataFrame:
    """The list at a moment, and who of it was won in the half year after."""
    scored = score_universe(crm, model, None, params, moment, motion="acquire").scored
    deals = crm.to_arrow(
        crm.table("opportunities").select("account_id", "closed_at", "is_won")
    ).to_pandas()
    inside = deals["closed_at"].ge(moment) & deals["closed_at"].lt(moment + HORIZON)
    won = set(deals.loc[inside & deals["is_won"].eq(True), "account_id"])
    columns = ["account_id", "account_score", "propensity", "priority"]
    return scored[columns].assign(y=scored["account_id"].isin(won), moment=moment)


def _lifts(tested: pd.DataFrame) -> dict[str, Any]:
    orders = {"rules": "account_score", "model": "propensity", "fused": "priority"}
    scores = {name: tested[column].to_numpy(dtype=np.float64) for name, column in orders.items()}
    past = Ranked(
        scores,
        tested["y"].to_numpy(dtype=np.int64),
        pd.factorize(tested["moment"])[0],
        pd.factorize(tested["account_id"])[0],
    )
    return compared_lifts(scores, past, n=1_000)


# --- the table ---------------------------------------------------------------------------------


def line(run: dict[str, Any]) -> dict[str, Any]:
    """One run's lift at 5 %, and how far the fused order is from the better of the others."""
    lift = {name: figures["5%"]["value"] for name, figures in run["lift"].items()}
    better = max(("rules", "model"), key=lambda name: lift[name])
    apart = run["gain"][better]["5%"]
    weights = run["weights"] or {}
    return {
        "world": run["world"],
        "seed": run["seed"],
        **lift,
        "better": better,
        "gain": apart["value"],
        "low": apart["low"],
        "high": apart["high"],
        "w_model": weights.get("propensity", 0.0 if run["why"] == "no_signal" else None),
        "verdict": run["verdict"],
        "won": run["won"],
    }


def judged(table: pd.DataFrame, runs: list[dict[str, Any]]) -> dict[str, bool]:
    """What must show, and whether it does."""
    mean = table.groupby("world")[["rules", "model", "fused"]].mean()
    overall = table[["rules", "model", "fused"]].mean()
    told = {
        "fused >= rules only and model only, mean of all runs": bool(
            overall["fused"] >= max(overall["rules"], overall["model"])
        ),
        "fused never below the better one beyond the paired interval": bool(
            (table["high"] >= 0).all()
        ),
    }
    for world in mean.index:
        rules, model, fused = mean.loc[world, ["rules", "model", "fused"]]
        told[f"{world}: fused {fused:.2f} >= rules {rules:.2f} and model {model:.2f}, mean"] = bool(
            fused >= max(rules, model) - 1e-9
        )
    weight = table.set_index("world")["w_model"]
    if WRONG in weight.index:
        told["wrong rules: the model carries (weight >= 0.8 in every run)"] = bool(
            weight.loc[[WRONG]].fillna(0.5).ge(0.8).all()
        )
    if NOTHING in weight.index:
        told["nothing to learn: the order is that of the rules in every run"] = all(
            run["same_as_rules"] for run in runs if run["world"] == NOTHING
        )
    return told


def main() -> None:
    """Make what is missing, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--worlds", nargs="*", choices=WORLDS, default=list(WORLDS))
    parser.add_argument("--max-rows", type=int, default=40_000)
    parser.add_argument("--trials", type=int, default=6)
    parser.add_argument("--cache", type=Path, default=Path("fusion_runs"))
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    runs = []
    for seed in range(args.seeds):
        for world in args.worlds:
            path = args.cache / f"{world.replace(' ', '_')}_{args.accounts}_{seed}.json"
            if not path.exists():
                params = settings(world, args.max_rows, args.trials)
                run = one_run(world, seed, args.accounts, params)
                path.write_text(json.dumps(run, indent=1))
                print(f"{world}, seed {seed}: {run['seconds']} s", flush=True)
            runs.append(json.loads(path.read_text()))
    table = pd.DataFrame([line(run) for run in runs])
    print(table.sort_values(["world", "seed"]).round(2).to_string(index=False))
    print(table.groupby("world")[["rules", "model", "fused"]].mean().round(2))
    for what, holds in judged(table, runs).items():
        print(f"{'pass' if holds else 'FAIL'}  {what}")


if __name__ == "__main__":
    main()
