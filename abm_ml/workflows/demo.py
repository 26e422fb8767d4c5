"""`abm demo`: a simulated CRM, then the whole job on it."""

from __future__ import annotations

from pathlib import Path

from abm_ml.config import Params
from abm_ml.data.simulate.world import World
from abm_ml.workflows.result import Progress, silent
from abm_ml.workflows.run_all import FullRun, run_all
from abm_ml.workflows.score import checked_language
from abm_ml.workflows.simulate import simulate


def demo(
    out: Path,
    params: Params,
    *,
    accounts: int = 5_000,
    lang: str = "en",
    progress: Progress = silent,
) -> FullRun:
    """Simulate a CRM into `out`/world and run everything on it; needs no data and no network."""
    checked_language(lang)
    world = simulate(out / "world", accounts=accounts, seed=params.seed, progress=progress)
    return run_all(
        world.out / "exports",
        out,
        params,
        as_of=f"{World().end:%Y-%m-%d}",
        lang=lang,
        progress=progress,
    )
