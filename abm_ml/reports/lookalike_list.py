"""The list of look-alikes itself, its picture, what was left out, and how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from abm_ml.lookalike.map import GROUPS
from abm_ml.reports.charts import Series, dot_chart
from abm_ml.reports.elements import (
    Column,
    legend,
    more,
    paragraph,
    section,
    table,
)
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import count, is_missing, share
from abm_ml.reports.texts import alt_text, both, say, say_code, svg_words, words

SHOWN = 50
"""Companies that the page names."""

_STYLES = {"universe": "untiered", "result": "ours", "seed": "rules"}
_ABOUT = ("industry", "city", "country")


def alike(listed: pd.DataFrame, companies: pd.DataFrame) -> Html | None:
    """The first companies of the list; None where it is empty."""
    if listed.empty:
        return None
    known = companies.set_index("account_id")
    columns = [
        Column("alike.rank", number=True),
        Column("alike.company"),
        Column("alike.similarity", number=True),
        Column("alike.nearest"),
        Column("alike.in_crm"),
        Column("alike.why"),
    ]
    top = listed.head(SHOWN).to_dict("records")
    rows = [
        (
            row["rank"],
            _company(row["account_id"], known),
            f"{row['similarity']:.0f}",
            _name(row["nearest_seed"], known),
            _in_crm(row["in_crm"]),
            _reasons(row),
        )
        for row in top
    ]
    note = paragraph("alike.note", shown=len(top), n=len(listed))
    return section("alike", note, table(columns, rows))


def _name(account_id: str, known: pd.DataFrame) -> str:
    name = known["name"].get(account_id)
    return account_id if is_missing(name) else str(name)


def _company(account_id: str, known: pd.DataFrame) -> Html:
    row = known.loc[account_id]
    about = [str(row[name]) for name in _ABOUT if name in row and not is_missing(row[name])]
    place = tag("div", " · ".join(about), class_="small soft") if about else None
    return join(tag("span", _name(account_id, known), class_="name"), place)


def _in_crm(value: object) -> Html:
    if is_missing(value):
        return say("alike.unclear")
    return say("alike.yes") if value else tag("span", say("alike.new"), class_="badge")


def _reasons(row: Mapping[Any, Any]) -> Html:
    if not row["reasons"]:
        return Html("–")
    english, chinese = row["reasons"].split("; "), row["reasons_zh"].split("；")
    lists = (
        tag("ul", *(tag("li", one) for one in some), class_="reasons")
        for some in (english, chinese)
    )
    return tag("div", both(*lists, element="div"), class_="list")


def flat_map(points: pd.DataFrame) -> Html | None:
    """Seeds and results among a sample of the others; None where there is nothing to draw."""
    if points.empty:
        return None
    groups = [
        Series(_STYLES[name], list(zip(own["x"], own["y"], strict=True)))
        for name in GROUPS
        if len(own := points[points["group"] == name])
    ]
    chart = dot_chart(
        groups, svg_words(words("map.right")), svg_words(words("map.up")), alt_text("map.title")
    )
    names = [(_STYLES[name], say(f"map.{name}")) for name in reversed(GROUPS)]
    return tag(
        "section",
        tag("h2", say("map.title")),
        paragraph("map.note", style="small soft"),
        chart,
        legend(names),
        id="map",
    )


def omitted(summary: Mapping[str, Any]) -> Html:
    """Who could not be found, and why."""
    reasons = summary["left_out"]
    if not reasons:
        return section("omitted", paragraph("omitted.none"))
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return section(
        "omitted",
        paragraph("omitted.note", universe=summary["universe"], allowed=summary["allowed"]),
        table(
            [Column("omitted.reason"), Column("omitted.count", number=True)],
            [(say_code("left_out", name), count(n)) for name, n in ordered],
            total=(say("omitted.total"), count(sum(reasons.values()))),
        ),
    )


def method(summary: Mapping[str, Any], curve: pd.DataFrame | None) -> Html:
    """Recall, lift and settings, for those who want to check."""
    figures = None if curve is None or curve.empty else _figures(curve)
    recipes = "; ".join(
        f"{name}: {share(part)}" for name, part in summary["recipes"].items() if part > 0
    )
    settings = [
        ("index_version", tag("code", summary["index_version"])),
        ("index_recall", f"{summary['index_recall']:.3f}"),
        ("data_hash", tag("code", summary["data_hash"])),
        ("seeds_used", count(summary["seeds_used"])),
        ("kinds", count(summary["kinds"])),
        ("recipes", recipes),
        ("rerank", f"{summary['rerank']:g}"),
        ("candidates", count(summary["candidates"])),
    ]
    made = table(
        [Column("method.setting"), Column("method.value")],
        [(say(f"method.{name}"), value) for name, value in settings],
    )
    return section(
        "method",
        more("method.figures", paragraph("method.note"), figures) if figures else None,
        more("method.recipe", made),
    )


def _figures(curve: pd.DataFrame) -> Html:
    names = ("k", "share", "recall", "low", "high", "lift", "firmographic")
    keys = {"k": "expected.k"} | {name: f"method.{name}" for name in names[1:]}
    columns = [Column(keys[name], number=True) for name in names]
    rows = [
        (
            count(row["k"]),
            share(row["share"], 2),
            *(f"{row[name]:.3f}" for name in ("recall", "low", "high")),
            f"{row['lift']:.2f}",
            f"{row['firmographic']:.3f}",
        )
        for row in curve.to_dict("records")
    ]
    return table(columns, rows)
