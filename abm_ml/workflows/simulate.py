"""`abm simulate`: the exports of a made-up CRM, with its truth beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm_ml.data.dialects import DIALECTS
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.errors import DataError
from abm_ml.workflows.output import replaced_directory
from abm_ml.workflows.result import DONE, Progress, silent


@dataclass(frozen=True)
class SimulatedWorld:
    """Where the world lies and what it holds."""

    out: Path
    facts: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """Always 0: a world is made or an error raised."""
        return DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return {"out": str(self.out), **self.facts}

    def to_text(self) -> str:
        """Where the exports and the truth are."""
        return f"exports  {self.out / 'exports'}\ntruth    {self.out / 'truth'}"


def simulate(
    out: Path,
    *,
    accounts: int = 5_000,
    seed: int = 0,
    dialect: str = "canonical",
    progress: Progress = silent,
) -> SimulatedWorld:
    """Write a simulated CRM's exports and truth.

    Raises
    ------
    DataError
        If the dialect is unknown or there are no accounts to make.
    OutputError
        If `out` cannot be written.
    """
    if dialect not in DIALECTS:
        raise DataError(f"dialect {dialect!r} is unknown; choose {', '.join(DIALECTS)}")
    if accounts < 1:
        raise DataError(f"accounts must be at least 1. Supplied value {accounts}")
    progress(f"simulating {accounts:,} accounts")
    with replaced_directory(out) as staging:
        facts = simulate_world(
            staging,
            accounts=accounts,
            seed=seed,
            dialect=dialect,
            file_format="parquet" if dialect == "canonical" else "csv",
            progress=progress,
        )
    return SimulatedWorld(out, facts)
