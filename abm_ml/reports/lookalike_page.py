"""The page of a list of look-alikes: what to expect of it first, then why these companies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from abm_ml.lookalike.expansion import Expansion
from abm_ml.reports.elements import facts, paragraph, tile
from abm_ml.reports.lookalike_evidence import expected, odd_seeds, traits
from abm_ml.reports.lookalike_list import alike, flat_map, method, omitted
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import count, moment, share
from abm_ml.reports.page import page
from abm_ml.reports.texts import code_words, listed, say, say_code, words

APART, CHANCE, NEW_ONLY = "nothing_in_common", "near_chance", "new_only"


def render_lookalike_page(
    expansion: Expansion,
    summary: Mapping[str, Any],
    *,
    points: pd.DataFrame,
    companies: pd.DataFrame,
    lang: str = "en",
) -> str:
    """One self-contained HTML page about a list of look-alikes, in English and Chinese.

    It names companies and no contact, and loads nothing. The same arguments give the same page.

    Parameters
    ----------
    expansion : Expansion
        The list with its evidence.
    summary : mapping
        `expansion.summary` with as_of, k, where, listed, listed_in_crm, listed_new, seed_lines
        (lines of the seed list by outcome), left_out (companies by reason), expected (the
        curve's row for this list, or None), index_version and data_hash.
    points : DataFrame
        As `map_points` gives them.
    companies : DataFrame
        account_id and name of all that was searched.
    lang : {"en", "zh"}
        Language that shows when the page opens.

    Raises
    ------
    ParamsError
        If there is no such language.
    """
    parts = {
        "headline": _headline(summary),
        "expected": expected(expansion.curve),
        "traits": traits(expansion.traits, expansion.kinds),
        "odd": odd_seeds(expansion.seed_quality, summary["seeds_used"]),
        "alike": alike(expansion.accounts, companies),
        "map": flat_map(points),
        "omitted": omitted(summary),
        "method": method(summary, expansion.curve),
    }
    shown = {name: part for name, part in parts.items() if part is not None}
    named = [name for name in shown if name != "headline"]
    return page("page.lookalike", lang, _facts(summary), list(shown.values()), named)


def _facts(summary: Mapping[str, Any]) -> Html:
    told: list[tuple[str, object]] = [
        ("fact.as_of", moment(summary["as_of"])),
        ("fact.seeds", count(summary["seeds_used"])),
        ("fact.index_version", tag("code", summary["index_version"])),
    ]
    if summary["where"]:
        told.append(("fact.where", "; ".join(summary["where"])))
    return facts(told)


def _headline(summary: Mapping[str, Any]) -> Html:
    shown = [
        ("listed", "tile.listed"),
        ("listed_new", "tile.listed_new"),
        ("listed_in_crm", "tile.listed_in_crm"),
        ("seeds_used", "tile.seeds"),
        ("allowed", "tile.searched"),
    ]
    tiles = tag("div", *(tile(count(summary[name]), key) for name, key in shown), class_="tiles")
    return tag(
        "section",
        tag("h2", say("headline.title")),
        tiles,
        _promise(summary),
        tag("div", _seed_lines(summary), _warnings(summary), class_="after"),
        id="headline",
    )


def _promise(summary: Mapping[str, Any]) -> Html:
    """What the list is worth, in one sentence, and how that is known."""
    expected_here = summary["expected"]
    if not summary["listed"]:
        return _box("none", say("headline.empty"), say("headline.empty.how"))
    if APART in summary["warnings"]:
        return _box("none", say("headline.apart"), say("headline.apart.how"))
    if CHANCE in summary["warnings"]:
        return _box("none", say("headline.chance"), say("headline.chance.how"))
    if NEW_ONLY in summary["warnings"]:
        return _box("weak", say("headline.new_only"), say("headline.new_only.how"))
    if expected_here is None:
        return _box("weak", say("headline.few"), say("headline.few.how"))
    if expected_here["share"] >= 1:
        said = say("headline.expected.all")
    else:
        said = say(
            "headline.expected",
            k=int(expected_here["k"]),
            found=share(expected_here["recall"]),
            low=share(expected_here["low"]),
            high=share(expected_here["high"]),
            times=times(expected_here["lift"]),
        )
    style = "weak" if "few_seeds" in summary["warnings"] else "good"
    return _box(style, said, say("headline.expected.how"))


def times(lift: float) -> str:
    """How many times chance, as people say it.

    Examples
    --------
    >>> times(25.3), times(2.46)
    ('25', '2.5')
    """
    return f"{lift:.0f}" if lift >= 10 else f"{lift:.1f}"


def _box(style: str, said: Html, how: Html) -> Html:
    return tag("div", tag("strong", said), tag("p", how), class_=f"verdict {style}")


def _seed_lines(summary: Mapping[str, Any]) -> Html:
    lines = listed(
        words("headline.seed_line", n=n, what=code_words("seed_line", name))
        for name, n in summary["seed_lines"].items()
    )
    return paragraph("headline.seed_lines", lines=lines)


def _warnings(summary: Mapping[str, Any]) -> Html | None:
    told = [code for code in summary["warnings"] if code not in (APART, CHANCE, NEW_ONLY)]
    if not told:
        return None
    entries = [tag("li", say_code("lookalike_warning", code)) for code in told]
    return join(tag("h3", say("headline.warnings")), tag("ul", *entries))
