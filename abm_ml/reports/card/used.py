"""Which columns move the predictions, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import Column, paragraph, section, table
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import share
from abm_ml.reports.texts import say, say_field

SHOWN = 15
"""Columns that the card names one by one."""


def used(training: Mapping[str, Any]) -> Html | None:
    """The share of each column in what moves the predictions; None where nobody measured it.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model.
    """
    shares = [(name, part) for name, part in training["importance"].items() if part > 0]
    if not shares:
        return None
    most = shares[0][1]
    rows: list[tuple[object, ...]] = [
        (say_field(name), tag("code", name), _meter(part, most)) for name, part in shares[:SHOWN]
    ]
    rest = shares[SHOWN:]
    if rest:
        together = sum(part for _, part in rest)
        rows.append((say("used.others", n=len(rest)), "", share(together, 1)))
    columns = [Column("used.field"), Column("trust.column"), Column("used.share")]
    return section("used", paragraph("used.note"), table(columns, rows))


def _meter(part: float, most: float) -> Html:
    """A bar as long as the share, and the share."""
    bar = tag("span", class_="meter", style=f"width:{9 * part / most:.2f}em")
    return join(bar, share(part, 1))
