"""The shape of the list: tiers, priorities, grades, stages, weights, and who was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.reports.charts import Axis, Bar, bar_chart, histogram
from abm_ml.reports.elements import Column, figure, more, pair, paragraph, section, table
from abm_ml.reports.markup import Html, join
from abm_ml.reports.numbers import count, share
from abm_ml.reports.texts import alt_text, code_words, say, say_code, svg_words, words

_STAGES = ("unaware", "aware", "engaged", "MQA", "opportunity", "customer", "dormant")
_BINS = 10


def shape(tal: pd.DataFrame, summary: Mapping[str, Any]) -> Html:
    """Charts of the list and the accounts that were left out.

    Parameters
    ----------
    tal : DataFrame
        `priority`, `grade` and `fit` of the whole list.
    summary : mapping
        `ScoreResult.summary`.
    """
    charts = [_tiers(summary), _priorities(tal), _grades(tal), _stages(summary)]
    return section(
        "shape",
        pair(*(chart for chart in charts if chart)),
        _excluded(summary),
        more("shape.weights", _weights(summary)),
    )


def _bars(name: str, bars: Sequence[Bar]) -> Html:
    """A bar chart of accounts; `name` leads to its texts."""
    chart = bar_chart(bars, alt_text(f"shape.{name}"))
    return figure(f"shape.{name}", chart, note=say(f"shape.{name}.note"))


def _tiers(summary: Mapping[str, Any]) -> Html:
    bars = [
        Bar(svg_words(words(f"shape.tier_{t}")), n, f"tier{t}") for t, n in summary["tiers"].items()
    ]
    without = summary["scored"] - summary["tal"]
    return _bars("tiers", [*bars, Bar(svg_words(words("shape.no_tier")), without, "untiered")])


def _priorities(tal: pd.DataFrame) -> Html | None:
    if tal.empty:
        return None
    counts, _ = np.histogram(tal["priority"], bins=_BINS, range=(0, 100))
    axis = Axis(svg_words(words("shape.priority.axis")), 0, 100)
    alt = alt_text("shape.priority")
    chart = histogram(counts.tolist(), axis, svg_words(words("shape.count")), alt)
    return figure("shape.priority", chart, note=say("shape.priority.note"))


def _grades(tal: pd.DataFrame) -> Html | None:
    """Grades from best to worst, as the list's own fits order them."""
    graded = tal.dropna(subset=["grade", "fit"])
    if graded.empty:
        return None
    by_grade = graded.groupby("grade", observed=True)["fit"].agg(["max", "size"])
    best_first = by_grade.sort_values("max", ascending=False)["size"]
    return _bars("grades", [Bar(join(name), n) for name, n in best_first.to_dict().items()])


def _stages(summary: Mapping[str, Any]) -> Html | None:
    counts = summary["stages"]
    if not counts:
        return None
    known = [name for name in _STAGES if name in counts]
    names = known + [name for name in counts if name not in known]
    return _bars(
        "stages", [Bar(svg_words(code_words("stage", name)), counts[name]) for name in names]
    )


def _excluded(summary: Mapping[str, Any]) -> Html:
    reasons = summary["excluded_by_reason"]
    if not reasons:
        return paragraph("shape.excluded.none")
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return table(
        [Column("shape.reason"), Column("shape.count", number=True)],
        [(say_code("excluded", name), count(n)) for name, n in ordered],
        caption="shape.excluded",
        total=(say("shape.total"), count(summary["excluded"])),
    )


def _weights(summary: Mapping[str, Any]) -> Html:
    absent = say("shape.absent")
    parts = [
        (say_code("part", name), absent if name in summary["absent_parts"] else share(weight))
        for name, weight in summary["account_score_weights"].items()
    ]
    fused = summary["priority_weights"]
    total = sum(fused.values())
    priority = [
        (say_code("part", name), share(weight / total if total else 0))
        for name, weight in fused.items()
    ]
    return join(
        table([Column("shape.part"), Column("shape.weight_account", number=True)], parts),
        table([Column("shape.part"), Column("shape.weight_priority", number=True)], priority),
    )
