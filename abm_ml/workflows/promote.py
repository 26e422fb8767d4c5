"""`abm promote` and `abm rollback`: who is champion, decided by a gate and written down."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.errors import ArtefactError, ParamsError
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.tracking.registry import CHALLENGER, CHAMPION, Move, Registry
from abm_ml.workflows.gate import Gate, gate
from abm_ml.workflows.result import DONE, LOOK_AT_IT


@dataclass(frozen=True)
class PromoteResult:
    """Whether the champion moved, and on what grounds.

    Parameters
    ----------
    passed : bool
        Whether `version` is the champion now.
    reason : str
        The gate's grounds, or the way back.
    version : str
        The version that was to become champion.
    previous : str or None
        The champion before.
    move : Move or None
        What was recorded: who, when, why, from, to; None where nothing moved.
    figures : mapping
        The figures behind the gate's decision.
    """

    passed: bool
    reason: str
    version: str
    previous: str | None
    move: Move | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """3 where the gate was not passed."""
        return DONE if self.passed else LOOK_AT_IT

    def to_dict(self) -> dict[str, Any]:
        """Every fact, ready for JSON."""
        return asdict(self)

    def to_text(self) -> str:
        """What came of it, on what grounds, and what was recorded."""
        if not self.passed:
            still = f"version {self.previous} stays" if self.previous else "there is still no"
            return f"version {self.version} was not promoted, {still} champion: {self.reason}"
        lines = [f"version {self.version} is champion: {self.reason}"]
        if self.move:
            before = f"version {self.previous}" if self.previous else "no champion"
            lines.append(
                f"recorded: {self.move.action} from {before} to version {self.version} "
                f"by {self.move.who}, {self.move.when[:19].replace('T', ' ')} UTC"
            )
        return "\n".join(lines)


def promote(
    models: Path,
    *,
    data: Path | None = None,
    version: str | None = None,
    force: bool = False,
    why: str = "",
    who: str | None = None,
    params: Params | None = None,
) -> PromoteResult:
    """Make a version the champion if the gate lets it pass.

    Parameters
    ----------
    models : Path
        The models directory.
    data : Path, optional
        What `abm prepare` wrote, newer than both trainings: both models are then compared on
        outcomes that neither could know, if there are enough.
    version : str, optional
        Which one; the challenger by default.
    force : bool
        Promote although the gate says no; needs a reason.
    why : str
        The reason, recorded.
    who : str, optional
        Recorded; the system's user by default.
    params : Params, optional
        Bounds of the champion's drift check; the defaults if not given.

    Raises
    ------
    ArtefactError
        If there is no such version, or its files were changed.
    ParamsError
        If it is forced without a reason.
    """
    if force and not why.strip():
        raise ParamsError("promote: --force needs a reason, which is recorded: add  --why '…'")
    registry = Registry(models)
    chosen, champion = registry.resolve(version or CHALLENGER), registry.alias(CHAMPION)
    challenger, _ = registry.load(chosen)
    if chosen == champion:
        return PromoteResult(True, "it was already", chosen, champion)
    found = _judged(registry, challenger, champion, data, params)
    if not (found.passed or force):
        return PromoteResult(False, found.reason, chosen, champion, figures=found.figures)
    reason = found.reason if found.passed else f"forced although {found.reason}"
    recorded = f"{why.strip()} ({reason})" if why.strip() else reason
    move = registry.move_champion(chosen, action="promote", who=who or _user(), why=recorded)
    return PromoteResult(True, reason, chosen, champion, move, found.figures)


def _judged(
    registry: Registry,
    challenger: TrainedPropensity,
    champion: str | None,
    data: Path | None,
    params: Params | None,
) -> Gate:
    """What the gate says; a champion whose files cannot be used can be compared with nothing."""
    if champion is None:
        return gate(challenger, None)
    try:
        current, _ = registry.load(champion)
    except ArtefactError as error:
        return Gate(
            False,
            f"the champion cannot be read, so nothing can be compared with it ({error}); "
            "to replace it all the same: --force --why '…'",
        )
    return gate(challenger, current, data, params)


def rollback(models: Path, *, why: str = "", who: str | None = None) -> PromoteResult:
    """Bring back the champion that the present one replaced.

    The version that is left is not promoted again unless it is named.

    Raises
    ------
    ArtefactError
        If there was none before, or its files were changed.
    """
    registry = Registry(models)
    current, previous = registry.alias(CHAMPION), registry.previous_champion()
    if current is None or previous is None:
        raise ArtefactError(f"{models}: there is no earlier champion to go back to")
    registry.load(previous)
    move = registry.move_champion(previous, action="rollback", who=who or _user(), why=why.strip())
    if registry.alias(CHALLENGER) == current:
        registry.withdraw_challenger()
    reason = f"brought back in place of version {current}"
    return PromoteResult(True, reason, previous, current, move)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
