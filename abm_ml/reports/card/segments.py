"""How the model does on parts of the market."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import Column, paragraph, section, table
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import count, share
from abm_ml.reports.texts import say_fact

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
        low, high (95 % interval), predicted and observed rate.
    """
    found = backtest.get("segments")
    if found is None:
        return None
    if not found:
        return section("segments", paragraph("segments.none"))
    rows = [
        (
            say_fact(one["field"], one["value"]),
            count(one["rows"]),
            count(one["won"]),
            _auc(one),
            share(one["predicted"], 1),
            share(one["observed"], 1),
        )
        for one in found
    ]
    return section("segments", paragraph("segments.note"), table(_COLUMNS, rows))


def _auc(one: Mapping[str, Any]) -> Html:
    if one["auc"] is None:
        return Html("–")
    if one["low"] is None or one["high"] is None:
        return Html(f"{one['auc']:.3f}")
    return join(
        f"{one['auc']:.3f}", tag("span", f"{one['low']:.3f} – {one['high']:.3f}", class_="range")
    )
