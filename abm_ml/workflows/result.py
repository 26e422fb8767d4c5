"""What a workflow hands to its door: figures, a few lines for people, an exit code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Progress = Callable[[str], None]
"""Told what happens next; called on a terminal only."""

DONE = 0
FAILED = 1
BAD_INPUT = 2
LOOK_AT_IT = 3
"""Exit codes (DESIGN 4)."""


class Result(Protocol):
    """The outcome of one workflow."""

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        ...

    def to_text(self) -> str:
        """What a person at the terminal wants to know."""
        ...

    @property
    def exit_code(self) -> int:
        """0 done; 3 done, but a job should look at it."""
        ...


def silent(_message: str) -> None:
    """Progress that nobody sees."""
