"""Priority's weights: where they come from, and what the fused order was worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import Column, paragraph, section, table
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import share
from abm_ml.reports.texts import say, say_code

_SHARES = ("1%", "5%", "10%")
_HEADLINE = "5%"
_ORDERS = ("rules", "model", "similarity", "fused")
_WITHOUT = "without_"


def fused(training: Mapping[str, Any]) -> Html | None:
    """The weights, lift of each order side by side, and what each part adds.

    Parameters
    ----------
    training : mapping
        `training_facts` of the model; `fusion` as the training kept it.

    Returns
    -------
    Html or None
        None where the training learned nothing of fusion: the params' weights hold.
    """
    fusion = training.get("fusion")
    if not fusion:
        return None
    return section(
        "fused",
        paragraph("fused.note"),
        paragraph(f"fused.why.{fusion['why']}", rows=fusion["rows"], won=fusion["won"]),
        _weights(fusion),
        *_tested(fusion["evidence"], fusion["evidence_with_similarity"]),
    )


def _weights(fusion: Mapping[str, Any]) -> Html:
    """Of each part: its weight in params.yaml, in use, and in use with an index."""
    plain = _in_use(fusion, "")
    full = _in_use(fusion, "_with_similarity")
    given = fusion["params_with_similarity"] or fusion["params"]
    columns = [Column("fused.part"), Column("fused.weight.params", number=True)]
    shown = [given, plain]
    columns.append(Column("fused.weight", number=True))
    if full:
        shown.append(full)
        columns.append(Column("fused.weight.index", number=True))
    rows = [
        (say_code("part", part), *(share(weights.get(part, 0.0)) for weights in shown))
        for part in given
    ]
    return table(columns, rows)


def _in_use(fusion: Mapping[str, Any], which: str) -> Mapping[str, float]:
    """Learned weights, the params' where none were, the rules alone without a signal."""
    given = fusion[f"params{which}"] or {}
    if fusion["why"] == "no_signal":
        return {part: float(part == "account_score") for part in given}
    return fusion[f"weights{which}"] or given


def _tested(plain: Mapping[str, Any], full: Mapping[str, Any] | None) -> list[Html]:
    """Lift of each order, then what each part adds."""
    if not plain["lift"]:
        return [paragraph("fused.untested")]
    lifts = dict(plain["lift"])
    if full:
        similarity, together = full["lift"]["similarity"], full["lift"]["fused"]
        lifts |= {"similarity": similarity, "fused_with_similarity": together}
    orders = [
        *(name for name in _ORDERS if name in lifts),
        *(["fused_with_similarity"] * bool(full)),
    ]
    rows = [
        (say_code("order", name), *(_range(lifts[name][top], 1) for top in _SHARES))
        for name in orders
    ]
    columns = [Column(f"fused.lift.{top}", number=True) for top in _SHARES]
    counts = {name: plain[name] for name in ("rows", "won", "windows")}
    return [
        table([Column("fused.order"), *columns], rows, highlight=orders.index("fused")),
        paragraph("fused.tested", style="small soft", **counts),
        tag("h3", say("fused.adds")),
        _added(plain, full),
        paragraph("fused.adds.note", style="small soft"),
    ]


def _added(plain: Mapping[str, Any], full: Mapping[str, Any] | None) -> Html:
    """What the lift of the fullest fusion loses without each of its parts."""
    found = {**plain["gain"], **(full["gain"] if full else {})}
    names = [name for name in found if name.startswith(_WITHOUT)]
    rows = [
        (say_code("part", name.removeprefix(_WITHOUT)), _range(found[name][_HEADLINE], 2, "+"))
        for name in names
    ]
    return table([Column("fused.part"), Column("fused.adds.gain", number=True)], rows)


def _range(figure: Mapping[str, float], digits: int, sign: str = "") -> Html:
    value, *ends = (f"{figure[name]:{sign}.{digits}f}" for name in ("value", "low", "high"))
    return join(value, tag("span", " – ".join(ends), class_="range"))
