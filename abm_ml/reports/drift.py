"""What has moved since the model was trained, for the page of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.propensity.drift import PROPENSITY
from abm_ml.reports.elements import Column, bullets, more, paragraph, section, table
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import moment, share
from abm_ml.reports.texts import say, say_note

_INTERVALS = ("low", "high", "slope", "slope_low", "slope_high")


def drift(found: Mapping[str, Any]) -> Html:
    """Universe and outcomes since the training.

    Parameters
    ----------
    found : mapping
        `DriftReport.to_dict()`.
    """
    return section(
        "drift",
        _universe(found),
        bullets(say_note(sentence) for sentence in found["alarms"]),
        _outcomes(found["outcomes"]),
        _columns(found) if found["columns"] else None,
    )


def _universe(found: Mapping[str, Any]) -> Html:
    if not found["columns"]:
        return paragraph("drift.no_profile")
    key = "drift.some" if found["alarms"] else "drift.none"
    return paragraph(key, rows=found["rows"], since=moment(found["since"]))


def _outcomes(found: Mapping[str, Any] | None) -> Html:
    if found is None:
        return paragraph("drift.no_outcomes")
    return paragraph(
        "drift.outcomes",
        rows=found["rows"],
        observed=found["observed"],
        expected=f"{found['expected']:,.1f}",
        **{name: f"{found[name]:.2f}" for name in _INTERVALS},
    )


def _columns(found: Mapping[str, Any]) -> Html:
    """All columns with their figures, for those who open them."""
    columns = [
        Column("drift.column"),
        Column("drift.psi", number=True),
        Column("drift.ks", number=True),
        Column("drift.importance", number=True),
        Column("drift.state"),
    ]
    bounds = found["bounds"]
    note = paragraph(
        "drift.columns.note",
        style="small soft",
        bound=f"{bounds['psi']:g}",
        importance=share(bounds["importance"]),
    )
    return more("drift.columns", note, table(columns, [_row(one) for one in found["columns"]]))


def _row(one: Mapping[str, Any]) -> tuple[object, ...]:
    itself = one["column"] == PROPENSITY
    return (
        say("drift.propensity") if itself else tag("code", one["column"]),
        f"{one['psi']:.3f}",
        "–" if one["ks"] is None else f"{one['ks']:.3f}",
        "–" if itself else share(one["importance"], 1),
        say(f"drift.state.{_state(one)}"),
    )


def _state(one: Mapping[str, Any]) -> str:
    if one["vanished"]:
        return "vanished"
    if one["alarm"]:
        return "alarm"
    return "noted" if one["out_of_bounds"] else "within"
