"""How far to trust the model: the back-test in words, curves and figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from abm_ml.reports.charts import Axis, Estimate, Series, interval_chart, line_chart, nice_top
from abm_ml.reports.elements import (
    Column,
    bullets,
    figure,
    legend,
    more,
    pair,
    paragraph,
    section,
    table,
)
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import count, share
from abm_ml.reports.texts import (
    alt_text,
    code_words,
    note_words,
    say,
    say_code,
    say_note,
    svg_words,
    words,
)

_STYLES = {
    "rules": "rules",
    "logistic_regression": "other",
    "lightgbm": "another",
    "base_rate": "chance",
    "model": "ours",
}
"""Predictors in the order of drawing, with the class that draws them."""

_ORDER = ("model", "rules", "logistic_regression", "lightgbm", "base_rate")
"""Predictors in the order of reading."""

_COIN_TOSS = 0.5

_FLATTERS = 0.01
"""Difference from which a random split's AUC is said to flatter."""

Figures = Mapping[str, Any]


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
        _how_tested(backtest),
        *(_tested(backtest) if backtest["metrics"] else ()),
        tag("h3", say("trust.leaks")),
        *_leaks(backtest["leaks"]),
        *_columns(backtest["columns"], (training or {}).get("held_back", {})),
    )


def _tested(backtest: Figures) -> list[Html | None]:
    """Curves for everybody, figures for those who open them."""
    return [
        _charts(backtest),
        more(
            "trust.figures",
            paragraph("trust.grounds", why=note_words(backtest["why"])),
            _beside(backtest),
            _figures(backtest["metrics"]),
            paragraph("trust.figures.note", style="small soft"),
        ),
        more("trust.windows", _windows(backtest["folds"])),
    ]


def _columns(used: Sequence[str], held_back: Mapping[str, str]) -> list[Html]:
    """The columns that were no features, and those that were."""
    known = more("trust.columns", tag("p", _codes(used)), n=len(used))
    return [more("trust.held_back", _held_back(held_back)), known] if held_back else [known]


def _held_back(columns: Mapping[str, str]) -> Html:
    """Columns that were no features, by reason."""
    reasons = dict.fromkeys(columns.values())
    rows = [
        (_codes(n for n, why in columns.items() if why == one), say_note(one)) for one in reasons
    ]
    return table([Column("trust.column"), Column("trust.why")], rows)


def _codes(names: Iterable[str]) -> Html:
    named = [tag("code", name) for name in names]
    return join(*(join(name, " ") for name in named))


def _how_tested(backtest: Figures) -> Html:
    rows = backtest["rows"]
    if not backtest["folds"]:
        return paragraph("trust.split.none")
    key = "trust.split.forward" if backtest["split"] == "forward in time" else "trust.split.group"
    return paragraph(
        key,
        n=len(backtest["folds"]),
        tested=rows["tested"],
        won=rows["won"],
        rate=share(rows["base_rate"], 1),
    )


def _charts(backtest: Figures) -> Html:
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
    for name in _known(metrics):
        auc = metrics[name]["auc"]
        label = svg_words(code_words("predictor", name))
        rows.append(Estimate(label, auc["value"], auc["low"], auc["high"], _STYLES[name]))
    return rows


def _over_time(folds: Sequence[Figures]) -> list[Estimate]:
    """Our AUC in each window in which it can be told."""
    told = [fold for fold in folds if fold["auc"] is not None]
    return [Estimate(Html(_window(fold)), fold["auc"], None, None) for fold in told]


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
    names = [(_STYLES[name], say_code("predictor", name)) for name in _ORDER if name in drawn]
    return figure("trust.lift", chart, legend(names), note=say("trust.lift.note"))


def _beside(backtest: Figures) -> Html | None:
    """Figures that stand beside the headline figure: random split, unseen accounts."""
    said = []
    random, unseen = backtest["random_split"], backtest["unseen_accounts"]
    if random and random["auc"] is not None:
        forward = backtest["metrics"]["model"]["auc"]["value"]
        key = "trust.random" if random["difference"] >= _FLATTERS else "trust.random.same"
        figures = {"random": _three(random["auc"]), "forward": _three(forward)}
        said.append(say(key, **figures, gap=f"{random['difference']:+.3f}"))
    if unseen and unseen["auc"] is not None:
        said.append(say("trust.unseen", rows=unseen["rows"], auc=_three(unseen["auc"])))
    return bullets(said)


def _figures(metrics: Mapping[str, Mapping[str, Figures]]) -> Html:
    """Every measure of every predictor with its interval; a measure that has none shows a dash."""
    names = _known(metrics)
    head = tag(
        "tr",
        tag("th", say("trust.method"), scope="col"),
        *(tag("th", say_code("predictor", n), class_="n", scope="col") for n in names),
    )
    body = []
    for measure in dict.fromkeys(m for n in names for m in metrics[n]):
        digits = 1 if measure.startswith("lift") else 3
        cells = [tag("td", _value(metrics[n].get(measure), digits), class_="n") for n in names]
        body.append(tag("tr", tag("td", say_code("measure", measure)), *cells))
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="wide")


def _value(figures: Figures | None, digits: int) -> Html:
    if figures is None or figures["value"] is None:
        return Html("–")
    value, *ends = (f"{figures[name]:.{digits}f}" for name in ("value", "low", "high"))
    return join(value, tag("span", " – ".join(ends), class_="range"))


def _windows(folds: Sequence[Figures]) -> Html:
    columns = [
        Column("trust.window"),
        Column("trust.taught", number=True),
        Column("trust.rows", number=True),
        Column("trust.wins", number=True),
        Column("trust.measure.auc", number=True),
        Column("trust.measure.log_loss", number=True),
        Column("trust.choice"),
        Column("trust.calibration"),
    ]
    rows = [
        (
            _window(fold),
            count(fold["train_rows"]),
            count(fold["test_rows"]),
            count(fold["won"]),
            _three(fold["auc"]),
            _three(fold["log_loss"]),
            fold["choice"],
            fold["calibration"],
        )
        for fold in folds
    ]
    return table(columns, rows)


def _leaks(leaks: Sequence[Mapping[str, str]]) -> list[Html]:
    if not leaks:
        return [paragraph("trust.leaks.none")]
    columns = [Column("trust.column"), Column("trust.why"), Column("trust.evidence")]
    rows = [
        (tag("code", leak["column"]), say_note(leak["why"]), say_note(leak["evidence"]))
        for leak in leaks
    ]
    return [paragraph("trust.leaks.note"), table(columns, rows)]


def _known(metrics: Mapping[str, Any]) -> list[str]:
    return [name for name in _ORDER if name in metrics]


def _window(fold: Figures) -> str:
    """From when to when, to the month or day; numbers where time was given as numbers."""
    ends = [fold["start"], fold["end"]]
    return " – ".join("…" if one is None else str(one)[:10] for one in ends)


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
