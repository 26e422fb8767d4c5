"""The back-test on the card: curves, every figure with its interval, and what was kept out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.curves import curves
from abm_ml.reports.elements import paragraph, section
from abm_ml.reports.figures import Figures, beside, figures
from abm_ml.reports.kept_out import columns, leaks
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.texts import note_words, say
from abm_ml.reports.trust import how_tested


def tested(backtest: Figures) -> Html:
    """How well it did on later rows, beside base rate, simple ways and rules.

    Parameters
    ----------
    backtest : mapping
        `BacktestReport.to_dict()` of the model.
    """
    if not backtest["metrics"]:
        return section("trust", how_tested(backtest))
    return section(
        "trust",
        how_tested(backtest),
        paragraph("trust.grounds", why=note_words(backtest["why"])),
        beside(backtest),
        curves(backtest),
        tag("h3", say("trust.figures")),
        figures(backtest["metrics"]),
        paragraph("trust.figures.note", style="small soft"),
    )


def kept_out(backtest: Figures, training: Mapping[str, Any]) -> Html:
    """Suspected leaks with the evidence, columns that are no features, and those in use.

    Parameters
    ----------
    backtest : mapping
        `BacktestReport.to_dict()` of the model.
    training : mapping
        `training_facts` of the model.
    """
    return section(
        "kept_out",
        *leaks(backtest["leaks"]),
        *columns(backtest["columns"], training.get("held_back", {})),
    )
