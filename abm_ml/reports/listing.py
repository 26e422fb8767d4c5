"""The top of the target account list, each account with its numbers and reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from abm_ml.reports.elements import paragraph, section
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import is_missing, share
from abm_ml.reports.texts import Words, both, say, words
from abm_ml.rules.next_step import COLUMNS, next_step
from abm_ml.scoring.reasons import weightiest

SHOWN = 25
"""Accounts that the page names."""

Row = Mapping[Any, Any]


def listing(
    tal: pd.DataFrame, summary: Mapping[str, Any], training: Mapping[str, Any] | None
) -> Html:
    """The first accounts of the list.

    Parameters
    ----------
    tal : DataFrame
        `ScoreResult.tal`, or its first rows.
    summary : mapping
        `ScoreResult.summary`.
    training : mapping or None
        `training_facts` of the model; its `horizon_days` goes into the words.
    """
    if tal.empty:
        return section("list", paragraph("list.empty"))
    top = tal.sort_values("rank").head(SHOWN)
    columns = _columns(top, summary)
    head = tag("tr", *(tag("th", say(key), class_=style, scope="col") for key, style in columns))
    body = [_rows(row, columns) for row in top.to_dict("records")]
    table = tag("table", tag("thead", head), *body, class_="list")
    return section(
        "list",
        paragraph("list.note", shown=len(top), n=summary["tal"]),
        _target_note(summary, training),
        tag("div", table, class_="wide"),
    )


def target_words(
    target: str | None, horizon_days: int | None, *, short: bool = False
) -> Words | None:
    """What the model predicts; None where nobody said."""
    if target is None:
        return None
    days = words("target.days", n=horizon_days) if horizon_days else words("target.horizon")
    return words(f"target.{target}.short" if short else f"target.{target}", days=days)


def _columns(top: pd.DataFrame, summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Keys of the headings with the cells' classes; what is empty in every row is left out."""
    columns = [
        ("list.rank", "n rank"),
        ("list.account", "full account"),
        ("list.tier", ""),
        ("list.priority", "n"),
        ("list.account_score", "n"),
    ]
    if top["propensity"].notna().any():
        win = summary["propensity"] and summary["propensity"]["target"] == "win"
        columns.append(("list.win_column" if win else "list.propensity_column", "n"))
    if top["engagement"].notna().any():
        columns.append(("list.engagement", "n"))
    columns.append(("list.reasons", "full"))
    if top["reasons"].map(lambda told: bool(weightiest(told, "propensity"))).any():
        columns.append(("list.propensity_reasons", "full"))
    return columns


def _target_note(summary: Mapping[str, Any], training: Mapping[str, Any] | None) -> Html | None:
    propensity = summary["propensity"]
    horizon = training.get("horizon_days") if training else None
    target = target_words(propensity["target"], horizon) if propensity else None
    return paragraph("list.propensity", style="small soft", target=target) if target else None


def _rows(row: Row, columns: list[tuple[str, str]]) -> Html:
    """An account's numbers; and in a row below them, since it is a sentence, what to do next."""
    cells = [
        tag("td", tag("span", say(key), class_="what"), _CELLS[key](row), class_=style or None)
        for key, style in columns
    ]
    if is_missing(row["next_step"]):
        return tag("tbody", tag("tr", *cells))
    named = tag("span", say("list.next_step"), class_="what")
    step = tag("td", named, _next_step(row), class_="full step", colspan=len(columns))
    return tag("tbody", tag("tr", *cells, class_="above"), tag("tr", step))


def _account(row: Row) -> Html:
    badge = join(" ", tag("span", say("list.mqa"), class_="badge")) if row["mqa"] else None
    about = [row[name] for name in ("industry", "city") if not is_missing(row[name])]
    place = tag("div", " · ".join(about), class_="small soft") if about else None
    return join(tag("span", row["name"], class_="name"), badge, place)


def _tier(row: Row) -> Html:
    return tag("span", int(row["tier"]), class_=f"tier t{int(row['tier'])}")


def _score(row: Row, name: str) -> str:
    return "–" if is_missing(row[name]) else f"{row[name]:.1f}"


def _propensity(row: Row) -> Html:
    if is_missing(row["propensity"]):
        return Html("–")
    low, high = row["propensity_low"], row["propensity_high"]
    interval = tag("span", f"{share(low, 1)} – {share(high, 1)}", class_="range")
    return join(share(row["propensity"], 1), interval)


def _engagement(row: Row) -> Html:
    if is_missing(row["engagement"]):
        return Html("–")
    contacts = 0 if is_missing(row["engaged_contacts"]) else int(row["engaged_contacts"])
    people = tag("span", say("list.contacts", n=contacts), class_="range")
    return join(_score(row, "engagement"), people)


def _plain(value: Any) -> Any:
    """A cell as the rules take it: a list, or None where it is missing."""
    if hasattr(value, "__len__") and not isinstance(value, str):
        return list(value)
    return None if is_missing(value) else value


def _next_step(row: Row) -> Html:
    if is_missing(row.get("play_why")):  # A list of an earlier version tells no more.
        return join(row["next_step"])
    told = {name: _plain(row[name]) for name in COLUMNS.names}
    return both(next_step(told, "en"), next_step(told, "zh"))


def _reason_list(row: Row, of: str) -> Html:
    reasons = weightiest(row["reasons"], of)
    return tag("ul", *map(_reason, reasons), class_="reasons") if reasons else Html("–")


def _reason(reason: dict[str, Any]) -> Html:
    plus = reason["contribution"] >= 0
    sign = tag("span", "+" if plus else "−", class_="sign" if plus else "sign minus")
    return tag("li", sign, both(reason["text"], reason["text_zh"]))


_CELLS: Mapping[str, Callable[[Row], object]] = {
    "list.rank": lambda row: int(row["rank"]),
    "list.account": _account,
    "list.tier": _tier,
    "list.priority": lambda row: _score(row, "priority"),
    "list.account_score": lambda row: _score(row, "account_score"),
    "list.propensity_column": _propensity,
    "list.win_column": _propensity,
    "list.engagement": _engagement,
    "list.reasons": lambda row: _reason_list(row, "account_score"),
    "list.propensity_reasons": lambda row: _reason_list(row, "propensity"),
}
