"""What `abm why` says of marketing qualification: asked and found, what is missing, since when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from abm_ml.propensity.words import Lang, kind_words
from abm_ml.rules.mqa import gap_words
from abm_ml.workflows.why_words import line


def mqa_lines(mqa: dict[str, Any], lang: Lang) -> Iterator[str]:
    """The lines on one account.

    Parameters
    ----------
    mqa : dict
        As `scoring.explain_sales.mqa` gives it.
    lang : {"en", "zh"}
        Language of the words.
    """
    said = _compared(mqa, lang)
    yield line("gap", lang, mqa=said, gap=gap_words(mqa["gap"], lang)) if mqa["gap"] else said
    if mqa["since"]:
        key = "mqa_since" if mqa["made_by"] else "mqa_since_score"
        yield line(key, lang, since=mqa["since"][:10])
    for event in mqa["made_by"]:
        yield _event(event, lang)


def _compared(mqa: dict[str, Any], lang: Lang) -> str:
    """What is there of what is asked, in the units of the way."""
    answer = line("yes" if mqa["qualified"] else "no", lang)
    days = mqa["window_days"]
    if mqa["way"] == "demandbase":
        by = line("mqa_by", lang, by=_by(mqa["qualified_by"], lang)) if mqa["qualified"] else ""
        figures = {name: mqa[name] for name in ("minutes", "minutes_asked")}
        score = mqa["pipeline_score"] or 0.0  # an unknown one counts as 0
        figures |= {"score": score, "score_asked": mqa["pipeline_score_asked"]}
        return line("mqa_minutes", lang, answer=answer, days=days, by=by, **figures)
    grade = ""
    if mqa.get("grade") is not None:  # without an ICP nobody is asked for a grade
        grade = line("mqa_grade", lang, grade=mqa["grade"], grade_asked=mqa["grade_asked"])
    figures = {name: mqa[name] for name in ("points", "points_asked", "contacts", "contacts_asked")}
    return line("mqa", lang, answer=answer, days=days, grade=grade, **figures)


def _by(names: list[str], lang: Lang) -> str:
    return line("and", lang).join(line(f"by.{name}", lang) for name in names)


def _event(event: dict[str, Any], lang: Lang) -> str:
    """A day's event with its points or minutes."""
    who = event["person"] or line("anonymous", lang)
    shown = {"day": event["ts"][:10], "kind": kind_words(event["kind"], lang), "who": who}
    if "minutes" in event:
        return line("made_by_minutes", lang, minutes=event["minutes"], **shown)
    return line("made_by", lang, points=event["points"], **shown)
