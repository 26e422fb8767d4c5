"""What the numbers cannot say, and the commands that make them anew."""

from __future__ import annotations

from abm_ml.reports.elements import bullets, paragraph, section
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.texts import say

_MODEL_LIMITS = ("interval", "selection", "cause", "weak_history", "time")

_COMMANDS = (
    ("abm prepare exports/ --out work/", "prepare"),
    ("abm train --data work/", "train"),
    ("abm promote", "promote"),
    ("abm score --data work/ --out tal/", "score"),
    ("abm why ACCOUNT_ID", "why"),
)


def limits(*, with_model: bool, steps: tuple[str, ...] = ()) -> Html:
    """Limits, where a model takes part, and how to run again.

    Parameters
    ----------
    with_model : bool
        Whether there is a model whose limits must be told.
    steps : tuple of str
        Steps to name; all of them by default.
    """
    shown = [(line, step) for line, step in _COMMANDS if not steps or step in steps]
    width = max(len(line) for line, _ in shown)
    lines = [
        join(f"{line:<{width}}  ", say(f"limits.comment.{step}"), "\n") for line, step in shown
    ]
    told = bullets(say(f"limits.{name}") for name in _MODEL_LIMITS) if with_model else None
    return section(
        "limits",
        told,
        tag("h3", say("limits.again")),
        paragraph("limits.again.note"),
        tag("pre", tag("code", *lines)),
    )
