"""The back-test in figures: every measure with its interval, every window, what stands beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from abm_ml.reports.elements import Column, bullets, table
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import count
from abm_ml.reports.texts import say, say_code, say_recipe

Figures: TypeAlias = Mapping[str, Any]

ORDER = ("model", "rules", "logistic_regression", "lightgbm", "base_rate")
"""Predictors in the order of reading."""

_FLATTERS = 0.01
"""Difference from which a random split's AUC is said to flatter."""


def beside(backtest: Figures) -> Html | None:
    """What stands beside the headline figure: random split, unseen accounts, spread in time."""
    said = []
    random, unseen = backtest["random_split"], backtest["unseen_accounts"]
    if random and random["auc"] is not None:
        forward = backtest["metrics"]["model"]["auc"]["value"]
        key = "trust.random" if random["difference"] >= _FLATTERS else "trust.random.same"
        figures = {"random": _three(random["auc"]), "forward": _three(forward)}
        said.append(say(key, **figures, gap=f"{random['difference']:+.3f}"))
    if unseen and unseen["auc"] is not None:
        said.append(say("trust.unseen", rows=unseen["rows"], auc=_with_ends(unseen)))
    stability = backtest.get("stability")
    if stability:
        ends = {name: _three(stability[name]) for name in ("least", "most", "spread")}
        said.append(say("trust.moves" if stability["moves"] else "trust.steady", **ends))
    return bullets(said)


def figures(metrics: Mapping[str, Mapping[str, Figures]]) -> Html:
    """Every measure of every predictor with its interval; a measure that has none shows a dash."""
    names = known(metrics)
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


def windows(folds: Sequence[Figures]) -> Html:
    """Each tested window: what it learned from, what was chosen, and how well it did."""
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
            window(fold),
            count(fold["train_rows"]),
            count(fold["test_rows"]),
            count(fold["won"]),
            _three(fold["auc"]),
            _three(fold["log_loss"]),
            say_recipe(fold["choice"]),
            say_code("calibration", fold["calibration"]),
        )
        for fold in folds
    ]
    return table(columns, rows)


def known(metrics: Mapping[str, Any]) -> list[str]:
    """Predictors that were measured, in the order of reading."""
    return [name for name in ORDER if name in metrics]


def window(fold: Figures) -> str:
    """From when to when, to the month or day; numbers where time was given as numbers."""
    ends = [fold["start"], fold["end"]]
    return " – ".join("…" if one is None else str(one)[:10] for one in ends)


def _with_ends(figure: Figures) -> str:
    """AUC with its 95 % interval where that is known."""
    if figure.get("low") is None or figure.get("high") is None:
        return _three(figure["auc"])
    return f"{_three(figure['auc'])} ({_three(figure['low'])} – {_three(figure['high'])})"


def _three(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
