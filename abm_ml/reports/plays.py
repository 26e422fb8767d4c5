"""What to do with the list: plays, handovers to sales, groups inside tier 2, people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from abm_ml.propensity.words import kind_words
from abm_ml.reports.elements import Column, more, pair, paragraph, section, table
from abm_ml.reports.markup import Html
from abm_ml.reports.numbers import count
from abm_ml.reports.texts import both
from abm_ml.rules.plays import play_words


def plays(summary: Mapping[str, Any]) -> Html:
    """Plays, handovers, groups and people of a run.

    Parameters
    ----------
    summary : mapping
        `ScoreResult.summary`.
    """
    handed, alone = summary["handovers"], summary["one_thread"]
    idle = sum(summary.get("left_out_events", {}).values())
    sales, nurture = (handed.get(name, 0) for name in ("sales", "nurture"))
    return section(
        "plays",
        paragraph("plays.handover", sales=sales, nurture=nurture),
        paragraph("plays.one_thread", n=alone) if alone else None,
        pair(_plays(summary), _leads(summary)),
        _clusters(summary),
        paragraph("plays.idle", n=idle) if idle else None,
        _unscored(summary),
    )


def _plays(summary: Mapping[str, Any]) -> Html:
    rows = [
        (both(play_words(name, "en"), play_words(name, "zh")), count(n))
        for name, n in _most_first(summary["plays"])
    ]
    columns = [Column("plays.play"), Column("plays.count", number=True)]
    return table(columns, rows, caption="plays.by_play")


def _leads(summary: Mapping[str, Any]) -> Html | None:
    found = summary["lead_stages"]
    if not found:
        return None
    columns = [Column("plays.stage"), Column("plays.people", number=True)]
    rows = [(name, count(n)) for name, n in _most_first(found)]
    return table(columns, rows, caption="plays.leads")


def _clusters(summary: Mapping[str, Any]) -> Html | None:
    found, names = summary["clusters"], summary["cluster_names_zh"]
    if not found:
        return None
    columns = [Column("plays.cluster"), Column("plays.count", number=True)]
    rows = [(both(name, names.get(name, name)), count(n)) for name, n in _most_first(found)]
    return table(columns, rows, caption="plays.clusters")


def _unscored(summary: Mapping[str, Any]) -> Html | None:
    found = summary.get("kinds_without_points")
    if not found:
        return None
    columns = [Column("plays.kind"), Column("plays.events", number=True)]
    rows = [
        (both(kind_words(kind, "en"), kind_words(kind, "zh")), count(n))
        for kind, n in _most_first(found)
    ]
    return more("plays.unscored", table(columns, rows))


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
