"""The page of a training: what was learned from what, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from abm_ml.reports.closing import limits
from abm_ml.reports.elements import facts
from abm_ml.reports.headline import training_headline
from abm_ml.reports.listing import target_words
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import count, moment
from abm_ml.reports.page import page
from abm_ml.reports.texts import both
from abm_ml.reports.trust import trust

if TYPE_CHECKING:
    from abm_ml.propensity.persist import TrainedPropensity

_HASH_SHOWN = 12
_COUNTS = ("rows", "won", "lost")


def render_training_report(
    training: Mapping[str, Any], backtest: Mapping[str, Any], lang: str = "en"
) -> str:
    """One self-contained HTML page about a trained model, in English and Chinese.

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
    sections = [
        training_headline(backtest),
        trust(backtest, training),
        limits(with_model=True, steps=("train", "promote", "score")),
    ]
    return page("page.training", lang, _facts(training), sections, ["trust", "limits"])


def training_facts(trained: TrainedPropensity) -> dict[str, Any]:
    """What the pages say of a training, from the trained model itself."""
    return {
        **trained.facts,
        "target": trained.target,
        "horizon_days": trained.horizon_days,
        "as_of": trained.as_of.isoformat() if trained.as_of else None,
        "seed": trained.seed,
        "held_back": dict(trained.spec.held_back),
    }


def _facts(training: Mapping[str, Any]) -> Html:
    """Short facts; those that the run did not keep are left out."""
    target = target_words(training["target"], training["horizon_days"], short=True)
    told = {
        "fact.target": both(*target) if target else None,
        "fact.as_of": moment(training["as_of"]) if training["as_of"] else None,
        **{f"fact.{name}": count(training[name]) for name in _COUNTS if name in training},
        "fact.seed": training["seed"],
    }
    if "data_hash" in training:
        told["fact.data_hash"] = tag("code", training["data_hash"][:_HASH_SHOWN])
    return facts((name, value) for name, value in told.items() if value is not None)
