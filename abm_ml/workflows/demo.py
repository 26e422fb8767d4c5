"""`abm demo`: a simulated CRM, then the whole job on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.simulate.world import World
from abm_ml.workflows.as_of import parse_as_of
from abm_ml.workflows.expand import ExpandRun, expand
from abm_ml.workflows.left_out import account_states
from abm_ml.workflows.output import replaced_file
from abm_ml.workflows.result import Progress, silent
from abm_ml.workflows.run_all import FullRun, run_all
from abm_ml.workflows.score import checked_language
from abm_ml.workflows.simulate import simulate


@dataclass(frozen=True)
class Demo:
    """The whole job, and companies like the made-up customers."""

    run: FullRun
    expanded: ExpandRun

    @property
    def exit_code(self) -> int:
        """That of the whole job."""
        return self.run.exit_code

    def to_dict(self) -> dict[str, Any]:
        """Every figure of every step, ready for JSON."""
        return {**self.run.to_dict(), "expand": self.expanded.to_dict()}

    def to_text(self) -> str:
        """The steps one after the other."""
        return f"{self.run.to_text()}\n\n{self.expanded.to_text()}"


def demo(
    out: Path,
    params: Params,
    *,
    accounts: int = 5_000,
    lang: str = "en",
    progress: Progress = silent,
) -> Demo:
    """Simulate a CRM into `out`/world and run everything on it; needs no data and no network."""
    checked_language(lang)
    world = simulate(out / "world", accounts=accounts, seed=params.seed, progress=progress)
    as_of = f"{World().end:%Y-%m-%d}"
    run = run_all(world.out / "exports", out, params, as_of=as_of, lang=lang, progress=progress)
    expanded = expand(
        _customers(out, params, as_of),
        out / "lookalikes.csv",
        params,
        data=out / "work",
        models=out / "models",
        as_of=as_of,
        lang=lang,
        progress=progress,
    )
    return Demo(run, expanded)


def _customers(out: Path, params: Params, as_of: str) -> Path:
    """The customers at as_of, as the list that a person would bring."""
    crm = Crm.open(out / "work", threads=params.threads, memory_limit=params.memory_limit)
    states = account_states(crm, parse_as_of(as_of))
    customers = states.loc[states["past_won"] > 0, ["account_id"]]
    with replaced_file(out / "customers.csv") as staging:
        customers.to_csv(staging, index=False)
    return out / "customers.csv"
