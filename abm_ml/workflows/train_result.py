"""What a training came to, for people and for JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from abm_ml.propensity.training import Target
from abm_ml.workflows.result import BAD_INPUT, DONE

_COLUMNS = {
    "auc": ("AUC (95 % interval)", "{value:.3f} ({low:.3f}–{high:.3f})"),
    "average_precision": ("avg. precision", "{value:.3f}"),
    "lift_10%": ("lift at 10 %", "{value:.2f}"),
    "log_loss": ("log loss", "{value:.4f}"),
    "brier": ("Brier", "{value:.4f}"),
    "ece": ("ECE", "{value:.4f}"),
}

_LEAKS_SHOWN = 10


@dataclass(frozen=True)
class History:
    """What there is to learn from, for one target.

    Parameters
    ----------
    target : str
        `conversion` or `win`.
    won, lost : int
        For `win`: opportunities. For `conversion`: accounts that were won within the horizon of
        some snapshot, and accounts that were not within that of some snapshot.
    """

    target: Target
    won: int
    lost: int


@dataclass(frozen=True)
class TrainResult:
    """What a training came to.

    Parameters
    ----------
    history : History
        What there was to learn from.
    as_of : datetime
        Nothing at or after it was used.
    horizon_days : int or None
        The label's window (`conversion`).
    rows : int
        Training rows.
    reason : str or None
        Why no model was fitted; None if there is one.
    version, run_id : str or None
        The challenger's version, and MLflow's run.
    report : str or None
        The model card of this training.
    verdict : str or None
        `good`, `weak` or `no signal found`.
    metrics : dict
        The model's back-test figures.
    backtest : dict or None
        Everything that the back-test found.
    notes : tuple of str
        What a person should know of this training.
    """

    history: History
    as_of: datetime
    horizon_days: int | None = None
    rows: int = 0
    reason: str | None = None
    version: str | None = None
    run_id: str | None = None
    report: str | None = None
    verdict: str | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    backtest: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """2 where there was too little to learn from."""
        return DONE if self.version else BAD_INPUT

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return {**dataclasses.asdict(self), "as_of": self.as_of.isoformat()}

    def to_text(self) -> str:
        """The back-test against its baselines, or why there is none."""
        notes = [f"note     {note}" for note in self.notes]
        if self.reason or self.backtest is None:
            return "\n".join([*notes, f"no model {self.reason}"])
        within = f": a won opportunity within {self.horizon_days} days" if self.horizon_days else ""
        lines = [
            f"target   {self.history.target}{within}",
            f"rows     {self.rows:,} up to {self.as_of:%Y-%m-%d}",
            *backtest_lines(self.backtest),
            *notes,
            f"card     {self.report}",
            f"version  {self.version}, the challenger; next: abm promote",
        ]
        return "\n".join(lines)


def backtest_lines(backtest: Mapping[str, Any]) -> Iterator[str]:
    """Verdict, the model beside its baselines, and what was kept out, one line each.

    Parameters
    ----------
    backtest : mapping
        `BacktestReport.to_dict()`.
    """
    rows = backtest["rows"]
    tested = f"{rows['tested']:,} later rows, {rows['won']:,} of them won"
    yield f"tested   {tested}; split {backtest['split']}"
    yield f"verdict  {backtest['verdict']}: {backtest['why']}"
    yield ""
    yield f"{'':<20}" + "".join(f"{heading:>21}" for heading, _ in _COLUMNS.values())
    for predictor, measured in backtest["metrics"].items():
        cells = [_cell(measured.get(name), shape) for name, (_, shape) in _COLUMNS.items()]
        yield f"{predictor.replace('_', ' '):<20}" + "".join(f"{cell:>21}" for cell in cells)
    yield ""
    if backtest["random_split"]:
        yield (
            f"a random split would have claimed an AUC of {backtest['random_split']['auc']:.3f} "
            f"({backtest['random_split']['difference']:+.3f})"
        )
    for leak in backtest["leaks"][:_LEAKS_SHOWN]:
        yield f"kept out {leak['column']}: {leak['why']} ({leak['evidence']})"
    if len(backtest["leaks"]) > _LEAKS_SHOWN:
        yield f"kept out {len(backtest['leaks']) - _LEAKS_SHOWN} more suspected leaks"


def _cell(figure: Mapping[str, float | None] | None, shape: str) -> str:
    """One figure, or a dash where it could not be measured."""
    if figure is None or any(value is None for value in figure.values()):
        return "–"
    return shape.format(**figure)
