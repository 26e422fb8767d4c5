"""The back-test drawn: AUC with its interval, over time, reliability, and wins found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from abm_ml.reports.charts import Axis, Estimate, Series, interval_chart, line_chart, nice_top
from abm_ml.reports.elements import figure, legend, pair
from abm_ml.reports.figures import ORDER, Figures, known, window
from abm_ml.reports.markup import Html
from abm_ml.reports.texts import alt_text, code_words, say, say_code, svg_words, words

_STYLES = {
    "rules": "rules",
    "logistic_regression": "other",
    "lightgbm": "another",
    "base_rate": "chance",
    "model": "ours",
}
"""Predictors in the order of drawing, with the class that draws them."""

_COIN_TOSS = 0.5


def curves(backtest: Figures) -> Html:
    """Four charts of `BacktestReport.to_dict()`, two abreast where there is room."""
    ways, windows = _ways(backtest["metrics"]), _over_time(backtest["folds"])
    axis = _auc_axis([*ways, *windows])
    return pair(
        _auc_figure("trust.auc", ways, axis),
        _auc_figure("trust.folds", windows, axis),
        _reliability(backtest["reliability"]),
        _lift(backtest["lift"]),
    )


def _ways(metrics: Mapping[str, Mapping[str, Figures]]) -> list[Estimate]:
    """AUC of our model and of each simple way, with their intervals."""
    rows = []
    for name in known(metrics):
        auc = metrics[name]["auc"]
        label = svg_words(code_words("predictor", name))
        rows.append(Estimate(label, auc["value"], auc["low"], auc["high"], _STYLES[name]))
    return rows


def _over_time(folds: Sequence[Figures]) -> list[Estimate]:
    """Our AUC in each window in which it can be told."""
    told = [fold for fold in folds if fold["auc"] is not None]
    return [
        Estimate(Html(window(fold)), fold["auc"], fold.get("low"), fold.get("high"))
        for fold in told
    ]


def _auc_axis(rows: Sequence[Estimate]) -> Axis:
    """From a tenth below the lowest figure to a tenth above the highest, the coin toss inside."""
    ends = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    low = max(0.0, math.floor(min(_COIN_TOSS, *ends) * 10 - 0.5) / 10)
    high = min(1.0, math.ceil(max(_COIN_TOSS, *ends) * 10 + 0.5) / 10)
    return Axis(svg_words(words("trust.axis.auc")), low, high, "share")


def _auc_figure(key: str, rows: Sequence[Estimate], axis: Axis) -> Html | None:
    if not rows:
        return None
    chart = interval_chart(rows, axis, alt_text(key), mark=_COIN_TOSS)
    return figure(key, chart, note=say(f"{key}.note"))


def _reliability(bins: Sequence[Figures]) -> Html:
    most = nice_top(max(max(b["predicted"], b["high"]) for b in bins), 1.0)
    ours = Series(
        "ours",
        [(b["predicted"], b["observed"]) for b in bins],
        dots=True,
        whiskers=[(b["low"], b["high"]) for b in bins],
    )
    chart = line_chart(
        [Series("chance", [(0, 0), (most, most)]), ours],
        Axis(svg_words(words("trust.axis.predicted")), 0, most, "share"),
        Axis(svg_words(words("trust.axis.observed")), 0, most, "share"),
        alt_text("trust.reliability"),
    )
    return figure("trust.reliability", chart, note=say("trust.reliability.note"))


def _lift(lift: Mapping[str, Sequence[float]]) -> Html:
    drawn = [name for name in _STYLES if name in lift]
    series = [
        Series(_STYLES[name], list(zip(lift["share"], lift[name], strict=True))) for name in drawn
    ]
    chart = line_chart(
        [Series("chance", [(0, 0), (1, 1)]), *series],
        Axis(svg_words(words("trust.axis.top")), 0, 1, "share"),
        Axis(svg_words(words("trust.axis.caught")), 0, 1, "share"),
        alt_text("trust.lift"),
    )
    names = [(_STYLES[name], say_code("predictor", name)) for name in ORDER if name in drawn]
    return figure("trust.lift", chart, legend(names), note=say("trust.lift.note"))
