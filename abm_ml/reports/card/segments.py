"""How the model does on parts of the market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import Column, paragraph, section, table
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import count, share
from abm_ml.reports.texts import both, field_names, say, say_fact

_COLUMNS = (
    Column("segments.segment"),
    Column("trust.rows", number=True),
    Column("trust.wins", number=True),
    Column("trust.measure.auc", number=True),
    Column("segments.predicted", number=True),
    Column("segments.observed", number=True),
)


def segments(backtest: Mapping[str, Any]) -> Html | None:
    """The tested rows by part of the market; None where the test did not look.

    Parameters
    ----------
    backtest : mapping
        `BacktestReport.to_dict()`; its `segments` is a list of field, value, rows, won, auc,
        low, high (95 % interval), predicted and observed rate, and, where it is known, kind
        (`level`, `range` or `account`) and whether the rate differs beyond chance.
    """
    found = backtest.get("segments")
    if found is None:
        return None
    if not found:
        return section("segments", paragraph("segments.none"))
    rows = [
        (
            _name(one),
            count(one["rows"]),
            count(one["won"]),
            _auc(one),
            share(one["predicted"], 1),
            join(share(one["observed"], 1), _mark(one)),
        )
        for one in found
    ]
    return section("segments", paragraph("segments.note"), table(_COLUMNS, rows))


def _name(one: Mapping[str, Any]) -> Html:
    """A part in words: "industry Software", "employees ≤ 50", "accounts that had taught it"."""
    kind, value = one.get("kind"), one["value"]
    if kind == "account":
        return say(f"segments.account.{value}")
    if kind == "range" and value is not None:
        return both(*(f"{name} {value}" for name in field_names(one["field"])))
    return say_fact(one["field"], value)


def _mark(one: Mapping[str, Any]) -> Html:
    """Whether the rate differs from the predicted one by more than chance gives."""
    return say("segments.differs") if one.get("differs") else Html("")


def _auc(one: Mapping[str, Any]) -> Html:
    if one["auc"] is None:
        return Html("–")
    if one["low"] is None or one["high"] is None:
        return Html(f"{one['auc']:.3f}")
    return join(
        f"{one['auc']:.3f}", tag("span", f"{one['low']:.3f} – {one['high']:.3f}", class_="range")
    )
