"""The model card as one self-contained page, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.card.chosen import chosen
from abm_ml.reports.card.fused import fused
from abm_ml.reports.card.learned import learned
from abm_ml.reports.card.made import made
from abm_ml.reports.card.reach import reach, value
from abm_ml.reports.card.segments import segments
from abm_ml.reports.card.summary import summary
from abm_ml.reports.card.tested import kept_out, tested
from abm_ml.reports.card.used import used
from abm_ml.reports.closing import limits
from abm_ml.reports.elements import facts
from abm_ml.reports.listing import target_words
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import moment
from abm_ml.reports.page import page
from abm_ml.reports.texts import both

_HASH_SHOWN = 12
_STEPS = ("prepare", "train", "promote", "score")


def render_model_card(
    training: Mapping[str, Any], backtest: Mapping[str, Any], lang: str = "en"
) -> str:
    """One self-contained HTML page about a trained model, in English and Chinese.

    In short for everybody, then what a data scientist signs off by: window and target, how the
    model was chosen, figures with intervals beside simple ways, parts of the market, what it
    looks at, leaks, whom it can speak about, limits, and how to make it anew.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model.
    backtest : mapping
        `BacktestReport.to_dict()` of the model.
    lang : {"en", "zh"}
        Language that shows when the page opens.

    Raises
    ------
    ParamsError
        If there is no such language.
    """
    sections = {
        "headline": summary(training, backtest),
        "learned": learned(training, backtest),
        "chosen": chosen(training, backtest),
        "trust": tested(backtest),
        "fused": fused(training),
        "segments": segments(backtest),
        "used": used(training),
        "kept_out": kept_out(backtest, training),
        "reach": reach(training),
        "value": value(training),
        "limits": limits(with_model=True, steps=_STEPS),
        "made": made(training),
    }
    shown = {name: part for name, part in sections.items() if part is not None}
    named = [name for name in shown if name != "headline"]
    return page("page.card", lang, _facts(training), list(shown.values()), named)


def _facts(training: Mapping[str, Any]) -> Html:
    """Short facts; those that the run did not keep are left out."""
    target = target_words(training["target"], training["horizon_days"], short=True)
    told: dict[str, object] = {
        "fact.target": both(*target) if target else None,
        "fact.as_of": moment(training["as_of"]) if training["as_of"] else None,
        "fact.seed": training["seed"],
    }
    if "data_hash" in training:
        told["fact.data_hash"] = tag("code", training["data_hash"][:_HASH_SHOWN])
    return facts((name, told[name]) for name in told if told[name] is not None)
