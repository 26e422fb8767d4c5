"""Whom the model can speak about, what its probabilities are worth, and when to worry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from abm_ml.reports.elements import Column, bullets, paragraph, section, table
from abm_ml.reports.markup import Html
from abm_ml.reports.numbers import count, share
from abm_ml.reports.texts import both, say

_BOUNDS = ("psi", "importance", "outcomes", "min_won")


def reach(training: Mapping[str, Any]) -> Html:
    """Applicability and its limit, and the bounds of drift.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model; `applicability` and `drift` where the run kept them.
    """
    measured = training.get("applicability") or {}
    return section(
        "reach",
        paragraph("reach.note"),
        bullets(_told(measured.get("sentences", ()))),
        paragraph("reach.limit"),
        *_drift(training.get("drift") or {}),
    )


def value(training: Mapping[str, Any]) -> Html | None:
    """Expected value and how far off it was; None where no amount is known.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model; `value` where the run kept it.
    """
    amount = training.get("expected_amount")
    measured = training.get("value") or {}
    if amount is None and not measured:
        return None
    mean = paragraph("value.mean", amount=count(amount)) if amount is not None else None
    told = bullets(_told(measured.get("sentences", ())))
    return section("value", paragraph("value.note"), mean, told)


def _told(sentences: Iterable[Mapping[str, str]]) -> list[Html]:
    """Sentences that another part wrote in both languages."""
    return [both(one["text"], one["text_zh"]) for one in sentences]


def _drift(bounds: Mapping[str, float]) -> list[Html]:
    if not bounds:
        return []
    shown = {"importance": share, "outcomes": share}
    rows = [
        (say(f"reach.drift.{name}"), shown.get(name, "{:g}".format)(bounds[name]))
        for name in _BOUNDS
        if name in bounds
    ]
    columns = [Column("reach.drift.bounds"), Column("reach.drift.bound", number=True)]
    return [table(columns, rows), paragraph("reach.drift.bounds.note", style="small soft")]
