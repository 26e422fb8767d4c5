"""The card in short, in words that a sales team reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import bullets, tile
from abm_ml.reports.headline import NO_SIGNAL, caught_at, verdict_box
from abm_ml.reports.listing import target_words
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import count, share
from abm_ml.reports.texts import field_names, listed, say

_FIELDS_NAMED = 4


def summary(training: Mapping[str, Any], backtest: Mapping[str, Any]) -> Html:
    """The verdict, four numbers, and what the model is for.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model.
    backtest : mapping
        `BacktestReport.to_dict()` of the model.
    """
    return tag(
        "section",
        tag("h2", say("headline.title")),
        verdict_box(backtest),
        _tiles(backtest),
        bullets(_sentences(training, backtest)),
        id="headline",
    )


def _tiles(backtest: Mapping[str, Any]) -> Html | None:
    if not backtest["metrics"]:
        return None
    shown = [(count(backtest["rows"]["tested"]), "tile.tested")]
    shown.append((share(backtest["rows"]["base_rate"], 1), "tile.base_rate"))
    if backtest["verdict"] != NO_SIGNAL:
        _, caught = caught_at(backtest["lift"])
        right = backtest["metrics"]["model"]["auc"]["value"]
        shown += [(f"{100 * right:.0f}", "tile.pairs"), (share(caught), "tile.caught")]
    return tag("div", *(tile(value, key) for value, key in shown), class_="tiles")


def _sentences(training: Mapping[str, Any], backtest: Mapping[str, Any]) -> list[Html]:
    """What it predicts and learned from, what it looks at, and what it may be used for."""
    said = []
    target = target_words(training["target"], training["horizon_days"], short=True)
    if target:
        said.append(say("card.predicts", target=target))
    if "rows" in training and "won" in training:
        said.append(say("card.learned", rows=training["rows"], won=training["won"]))
    most = [name for name, part in training["importance"].items() if part > 0][:_FIELDS_NAMED]
    if most:
        said.append(say("card.uses_most", fields=listed(map(field_names, most))))
    if backtest["leaks"]:
        said.append(say("card.leaks_out", n=len(backtest["leaks"])))
    return [*said, say("card.use_for"), say("card.not_in_use_yet")]
