"""What a reader must know first: sizes, and what the model is worth, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from abm_ml.reports.elements import bullets, paragraph, tile
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import count, share
from abm_ml.reports.texts import code_words, listed, say, say_note, words

GOOD, WEAK, NO_SIGNAL = "good", "weak", "no signal found"
"""Verdicts of a back-test."""

_KEYS = {GOOD: "good", WEAK: "weak", NO_SIGNAL: "none"}
_TOP = 0.1
"""Share of the list about which the headline says how many wins it held."""


def headline(summary: Mapping[str, Any], backtest: Mapping[str, Any] | None) -> Html:
    """The run in short.

    Parameters
    ----------
    summary : mapping
        `ScoreResult.summary`.
    backtest : mapping or None
        `BacktestReport.to_dict()` of the model, if there is one.
    """
    return tag(
        "section",
        tag("h2", say("headline.title")),
        _tiles(summary),
        _verdict_of_run(summary, backtest),
        tag("div", *_sentences(summary), _warnings(summary), class_="after"),
        id="headline",
    )


def verdict_box(backtest: Mapping[str, Any]) -> Html:
    """The verdict on a trained model, whether or not it is in use.

    Parameters
    ----------
    backtest : mapping
        `BacktestReport.to_dict()`.
    """
    key = _verdict_key(backtest["verdict"])
    follows = _nothing_found(backtest, "training") if key == "none" else f"verdict.{key}.follows"
    return _box(key, say(follows), _capture_sentence(backtest))


def caught_at(lift: Mapping[str, Sequence[float]]) -> tuple[float, float]:
    """A size of the list, about a tenth, and the share of wins that the model had there."""
    at = min(range(len(lift["share"])), key=lambda i: abs(lift["share"][i] - _TOP))
    return lift["share"][at], lift["model"][at]


def _box(key: str, follows: Html, *more: Html | None) -> Html:
    """The verdict in words, what follows from it, and a figure that anybody can picture."""
    words = tag("strong", say(f"verdict.{key}")), tag("p", follows)
    return tag("div", *words, *more, class_=f"verdict {key}")


def _verdict_key(verdict: str | None) -> str:
    """Part of the catalogue's keys that speaks of a verdict."""
    return _KEYS.get(verdict or "", "untested")


def _capture_sentence(backtest: Mapping[str, Any] | None) -> Html | None:
    """How many wins the top of the tested lists held; nothing where no signal was found."""
    if not backtest or backtest["verdict"] == NO_SIGNAL or not backtest["lift"]:
        return None
    top, caught = caught_at(backtest["lift"])
    return paragraph(
        "verdict.capture", top=share(top), caught=share(caught), times=f"{caught / top:.1f}"
    )


def _tiles(summary: Mapping[str, Any]) -> Html:
    shown = [(summary["scored"], "tile.scored"), (summary["tal"], "tile.tal")]
    shown += [(n, f"tile.tier_{tier}") for tier, n in summary["tiers"].items()]
    shown += [(summary["mqa"], "tile.mqa")]
    return tag("div", *(tile(count(n), key) for n, key in shown), class_="tiles")


def _verdict_of_run(summary: Mapping[str, Any], backtest: Mapping[str, Any] | None) -> Html:
    propensity = summary["propensity"]
    if propensity is None:
        return _verdict_without_model(summary, backtest)
    key = _verdict_key(propensity["verdict"])
    weights = summary["priority_weights"]
    weight = None
    if weights["propensity"]:
        parts = {name: share(part / sum(weights.values())) for name, part in weights.items()}
        key_of = "verdict.weight.index" if weights.get("similarity") else "verdict.weight"
        weight = paragraph(key_of, share=parts["propensity"], similarity=parts.get("similarity"))
    follows = _nothing_found(backtest, "follows") if key == "none" else f"verdict.{key}.follows"
    outside = _outside(propensity.get("outside"))
    return _box(key, say(follows), _capture_sentence(backtest), weight, outside)


def _outside(accounts: float | None) -> Html | None:
    """How many accounts the training data hardly covers, and what cannot be mended."""
    return None if accounts is None else paragraph("verdict.outside", share=share(accounts))


def _verdict_without_model(summary: Mapping[str, Any], backtest: Mapping[str, Any] | None) -> Html:
    """Rules carry the list: nothing was trained, nothing was found, or a model waits."""
    if backtest is None:
        return _box("no_model", say("verdict.no_model.follows"), _history(summary.get("history")))
    key = _verdict_key(backtest["verdict"])
    if key == "none":
        return _box("none", say(_nothing_found(backtest, "unused")))
    return _box("waiting", say("verdict.waiting.follows", verdict=words(f"verdict.{key}")))


def _history(told: Mapping[str, Any] | None) -> Html | None:
    """How much was won and lost, beside what a model needs."""
    if told is None:
        return None
    enough = told["won"] >= told["min_won"] and told["lost"] >= told["min_lost"]
    return paragraph(f"verdict.history.{'enough' if enough else 'few'}", **told)


def _nothing_found(backtest: Mapping[str, Any] | None, otherwise: str) -> str:
    """Key of what follows from no signal; too few rows to test are no failed test."""
    untested = backtest is not None and not backtest["folds"]
    return f"verdict.none.{'untested' if untested else otherwise}"


def _sentences(summary: Mapping[str, Any]) -> list[Html]:
    counts = {name: summary[name] for name in ("universe", "scored", "excluded", "tal")}
    said = [paragraph("headline.universe", **counts)]
    if summary["holdout"]:
        said.append(paragraph("headline.holdout", n=summary["holdout"]))
    if summary["changes"]:
        changes = listed(
            words("headline.change", n=n, what=code_words("change", name))
            for name, n in summary["changes"].items()
        )
        said.append(paragraph("headline.changes", changes=changes))
    return said


def _warnings(summary: Mapping[str, Any]) -> Html | None:
    if not summary["warnings"]:
        return None
    notes = bullets(say_note(sentence) for sentence in summary["warnings"])
    return tag("div", tag("h3", say("headline.warnings")), notes)
