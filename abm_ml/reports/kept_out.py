"""Columns that were kept from the model, why, and those that it uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from abm_ml.reports.elements import Column, more, paragraph, table
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.texts import say_note


def leaks(leaks: Sequence[Mapping[str, str]]) -> list[Html]:
    """Suspected leaks with the evidence, and how to overrule."""
    if not leaks:
        return [paragraph("trust.leaks.none")]
    columns = [Column("trust.column"), Column("trust.why"), Column("trust.evidence")]
    rows = [
        (tag("code", leak["column"]), say_note(leak["why"]), say_note(leak["evidence"]))
        for leak in leaks
    ]
    return [paragraph("trust.leaks.note"), table(columns, rows)]


def columns(used: Sequence[str], held_back: Mapping[str, str]) -> list[Html]:
    """The columns that were no features, and those that were."""
    known = more("trust.columns", tag("p", _codes(used)), n=len(used))
    return [more("trust.held_back", _held_back(held_back)), known] if held_back else [known]


def _held_back(columns: Mapping[str, str]) -> Html:
    """Columns that were no features, by reason."""
    reasons = dict.fromkeys(columns.values())
    rows = [
        (_codes(n for n, why in columns.items() if why == one), say_note(one)) for one in reasons
    ]
    return table([Column("trust.column"), Column("trust.why")], rows)


def _codes(names: Iterable[str]) -> Html:
    named = [tag("code", name) for name in names]
    return join(*(join(name, " ") for name in named))
