"""The whole job: prepare, train, promote, index, score."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.workflows.index import IndexBuild, index
from abm_ml.workflows.prepare import Prepared, prepare
from abm_ml.workflows.promote import PromoteResult, promote
from abm_ml.workflows.result import Progress, Result, silent
from abm_ml.workflows.score import ScoreRun, score
from abm_ml.workflows.train import TrainResult, train


@dataclass(frozen=True)
class FullRun:
    """What each step came to; no promotion where no model was trained."""

    prepared: Prepared
    trained: TrainResult
    promoted: PromoteResult | None
    indexed: IndexBuild
    scored: ScoreRun

    @property
    def exit_code(self) -> int:
        """That of the list: a run without a model still has one, by rules alone."""
        return self.scored.exit_code

    def to_dict(self) -> dict[str, Any]:
        """Every figure of every step, ready for JSON."""
        return {
            "prepare": self.prepared.to_dict(),
            "train": self.trained.to_dict(),
            "promote": self.promoted.to_dict() if self.promoted else None,
            "index": self.indexed.to_dict(),
            "score": self.scored.to_dict(),
        }

    def to_text(self) -> str:
        """The steps one after the other, the list last."""
        steps: list[Result | None] = [
            self.prepared, self.trained, self.promoted, self.indexed, self.scored,
        ]  # fmt: skip
        return "\n\n".join(step.to_text() for step in steps if step is not None)


def run_all(
    exports: Path,
    out: Path,
    params: Params,
    *,
    dialect: str | None = None,
    mapping: Path | None = None,
    as_of: str | None = None,
    motion: str = "acquire",
    lang: str = "en",
    progress: Progress = silent,
) -> FullRun:
    """Exports to a target account list in one call; `out` gets work/, models/ and tal/."""
    prepared = prepare(
        exports, out / "work", params, dialect=dialect, mapping=mapping, progress=progress
    )
    trained = train(out / "work", params, out / "models", as_of=as_of, progress=progress)
    promoted = promote(out / "models", why="run_all") if trained.version else None
    indexed = index(out / "work", params, out / "models", as_of=as_of, progress=progress)
    scored = score(
        out / "work",
        out / "tal",
        params,
        out / "models",
        as_of=as_of,
        motion=motion,
        lang=lang,
        progress=progress,
    )
    return FullRun(prepared, trained, promoted, indexed, scored)
