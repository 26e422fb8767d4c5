"""How far to trust the model: the back-test in words, curves and figures."""

from __future__ import annotations

from abm_ml.reports.curves import curves
from abm_ml.reports.elements import more, paragraph, section
from abm_ml.reports.figures import Figures, beside, figures, windows
from abm_ml.reports.kept_out import columns, leaks
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import share
from abm_ml.reports.texts import note_words, say

_SPLITS = {
    "forward in time": "trust.split.forward",
    "by group": "trust.split.group",
    "by group, history too short": "trust.split.short",
}


def trust(backtest: Figures, training: Figures | None, *, in_use: bool = True) -> Html:
    """The back-test's findings, and what was kept from the model.

    Parameters
    ----------
    backtest : mapping
        `BacktestReport.to_dict()`.
    training : mapping or None
        `training_facts` of the model.
    in_use : bool
        Whether the run's list was made with this model.
    """
    return section(
        "trust",
        None if in_use else paragraph("trust.not_in_use"),
        how_tested(backtest),
        *(_tested(backtest) if backtest["metrics"] else ()),
        tag("h3", say("trust.leaks")),
        *leaks(backtest["leaks"]),
        *columns(backtest["columns"], (training or {}).get("held_back", {})),
    )


def _tested(backtest: Figures) -> list[Html | None]:
    """Curves for everybody, figures for those who open them."""
    return [
        curves(backtest),
        more(
            "trust.figures",
            paragraph("trust.grounds", why=note_words(backtest["why"])),
            beside(backtest),
            figures(backtest["metrics"]),
            paragraph("trust.figures.note", style="small soft"),
        ),
        more("trust.windows", windows(backtest["folds"])),
    ]


def how_tested(backtest: Figures) -> Html:
    """How the model was tested, in a sentence."""
    rows = backtest["rows"]
    if not backtest["folds"]:
        return paragraph("trust.split.none")
    return paragraph(
        _SPLITS[backtest["split"]],
        n=len(backtest["folds"]),
        tested=rows["tested"],
        won=rows["won"],
        rate=share(rows["base_rate"], 1),
    )
