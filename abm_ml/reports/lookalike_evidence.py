"""Why a list of look-alikes can be relied on: its curve, what the seeds share, who does not fit."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from abm_ml.lookalike.quality import FEWEST_SEEDS
from abm_ml.lookalike.traits import column_words
from abm_ml.reports.charts import Axis, Series, line_chart, nice_top
from abm_ml.reports.elements import Column, figure, legend, pair, paragraph, section, table
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import count, share
from abm_ml.reports.texts import alt_text, both, say, svg_words, words

_STYLES = {"chance": "chance", "firmographic": "rules", "ours": "ours"}
"""Lists in the order of drawing, with the class that draws them."""

_MOST_TIMES = 1_000
"""Beyond that, how many times more frequent a trait is depends on single companies."""


def expected(curve: pd.DataFrame | None) -> Html | None:
    """The curve by length of the list, drawn and as a table; None where there is none."""
    if curve is None or curve.empty:
        return None
    return section("expected", pair(_drawn(curve), _sizes(curve)))


def _drawn(curve: pd.DataFrame) -> Html:
    sizes = np.log10(curve["k"])
    low, high = float(sizes.iloc[0]), float(sizes.iloc[-1])
    chance = [(x, 10 ** (x - high)) for x in np.linspace(low, high, 40).tolist()]
    ours = Series(
        _STYLES["ours"],
        list(zip(sizes, curve["recall"], strict=True)),
        dots=True,
        band=list(zip(curve["low"], curve["high"], strict=True)),
    )
    match = Series(_STYLES["firmographic"], list(zip(sizes, curve["firmographic"], strict=True)))
    top = nice_top(float(curve[["high", "firmographic"]].to_numpy().max()), 1.0)
    chart = line_chart(
        [Series(_STYLES["chance"], chance), match, ours],
        Axis(svg_words(words("expected.axis.size")), low, max(high, low + 0.1), "power"),
        Axis(svg_words(words("expected.axis.share")), 0, top, "share"),
        alt_text("expected.curve"),
    )
    names = [(_STYLES[name], say(f"expected.{name}")) for name in reversed(_STYLES)]
    return figure("expected.curve", chart, legend(names), note=say("expected.curve.note"))


def _sizes(curve: pd.DataFrame) -> Html:
    columns = [
        Column("expected.k", number=True),
        Column("expected.recall", number=True),
        Column("expected.range", number=True),
        Column("expected.times", number=True),
        Column("expected.plain", number=True),
    ]
    rows = [
        (
            count(row["k"]),
            share(row["recall"]),
            f"{share(row['low'])} – {share(row['high'])}",
            f"{row['lift']:.1f}",
            share(row["firmographic"]),
        )
        for row in curve.to_dict("records")
    ]
    return table(columns, rows, caption="expected.table")


def traits(found: pd.DataFrame, kinds: pd.DataFrame) -> Html:
    """What the seeds share, kind by kind, with how rare it is elsewhere."""
    note = None if found.empty else paragraph("traits.note", style="small soft")
    if len(kinds) <= 1:
        return section("traits", note, _of_kind(found))
    parts = [paragraph("traits.kinds", n=len(kinds)), note]
    for kind in kinds.to_dict("records"):
        heading = say(
            "traits.kind",
            kind=int(kind["kind"]),
            seeds=int(kind["seeds"]),
            share=share(kind["share"]),
        )
        own = found[found["kind"] == kind["kind"]]
        parts.append(join(tag("h3", heading), _of_kind(own)))
    return section("traits", *parts)


def _of_kind(found: pd.DataFrame) -> Html:
    if found.empty:
        return paragraph("traits.none")
    columns = [
        Column("traits.trait"),
        Column("traits.seeds", number=True),
        Column("traits.universe", number=True),
        Column("traits.times", number=True),
    ]
    rows = [
        (
            _trait(row["column"], row["value"]),
            join(_meter(row["seeds"]), share(row["seeds"])),
            rare(row["universe"]),
            _times(row["times"]),
        )
        for row in found.to_dict("records")
    ]
    return table(columns, rows)


def _trait(column: str, value: str) -> Html:
    names = (tag("span", column_words(column, lang), class_="soft") for lang in ("en", "zh"))
    return join(both(*names), " ", tag("b", value))


def _meter(value: float) -> Html:
    return tag("span", class_="meter", style=f"width:{max(1, round(90 * value))}px")


def rare(value: float) -> str:
    """A share that may be very small, to two digits.

    Examples
    --------
    >>> rare(0.34), rare(0.0021), rare(0.00001), rare(0)
    ('34%', '0.21%', '0.001%', '0%')
    """
    if value >= 0.02 or value == 0:
        return share(value)
    digits = min(6, max(1, 1 - math.floor(math.log10(100 * value))))
    return f"{100 * value:.{digits}f}".rstrip("0").rstrip(".") + "%"


def _times(value: float) -> str:
    if value > _MOST_TIMES:
        return f"> {_MOST_TIMES:,}"
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def odd_seeds(found: pd.DataFrame, seeds: int) -> Html:
    """Seeds that do not fit the rest, named."""
    if found.empty:
        told = "odd.untold" if seeds < FEWEST_SEEDS else "odd.none"
        return section("odd", paragraph(told))
    rows = [
        (
            join(
                tag("b", row.get("name") or row["account_id"]), " ", tag("code", row["account_id"])
            ),
            share(row["position"]),
        )
        for row in found.to_dict("records")
    ]
    columns = [Column("odd.name"), Column("odd.position", number=True)]
    return section("odd", paragraph("odd.note"), table(columns, rows))
