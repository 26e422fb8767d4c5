"""How the model was chosen: candidates, split, windows, settings, constraints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import Column, facts, more, paragraph, section, table
from abm_ml.reports.figures import windows
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.texts import say, say_code, say_field, say_recipe


def chosen(training: Mapping[str, Any], backtest: Mapping[str, Any]) -> Html:
    """What was tried, what won, and the windows in which that was tested.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model.
    backtest : mapping
        `BacktestReport.to_dict()` of the model.
    """
    forward = backtest["split"] == "forward in time"
    return section(
        "chosen",
        paragraph("chosen.candidates" if forward else "chosen.candidates.group"),
        facts(_in_use(training)) if "choice" in training else None,
        paragraph("chosen.judged") if backtest["folds"] else None,
        windows(backtest["folds"]) if backtest["folds"] else None,
        *_monotone(training["settings"]),
        more("chosen.settings", _settings(training["settings"])) if training["settings"] else None,
    )


def _in_use(training: Mapping[str, Any]) -> list[tuple[str, object]]:
    return [
        ("chosen.in_use", say_recipe(training["choice"])),
        ("chosen.calibration", say_code("calibration", training["calibration"])),
    ]


def _settings(settings: Mapping[str, Any]) -> Html:
    rows = [(tag("code", name), tag("code", json.dumps(v))) for name, v in settings.items()]
    return table([Column("chosen.setting"), Column("learned.value")], rows)


def _monotone(settings: Mapping[str, Any]) -> list[Html]:
    """Columns that may only raise, or only lower, the propensity."""
    held = settings.get("monotone") or {}
    if not held:
        return [paragraph("chosen.monotone.none", style="small soft")]
    rows = [
        (
            join(say_field(name), " ", tag("code", name)),
            say("chosen.monotone.up" if sign > 0 else "chosen.monotone.down"),
        )
        for name, sign in sorted(held.items())
    ]
    columns = [Column("used.field"), Column("chosen.direction")]
    return [table(columns, rows, caption="chosen.monotone")]
