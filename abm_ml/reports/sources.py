"""The data that went in: every row accounted for, what is in quarantine and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from abm_ml.reports.elements import Column, bullets, facts, more, paragraph, section, table
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.numbers import count
from abm_ml.reports.texts import Words, say, say_code, say_note, words

TOP_REASONS = 10
"""Reasons for quarantine that the page names."""

_COUNTS = ("rows", "canonical", "quarantined")


def sources(prepare: Mapping[str, Any]) -> Html:
    """Rows in = rows in use + rows in quarantine + ignored files, by table and by file.

    Parameters
    ----------
    prepare : mapping
        `PrepareSummary.to_dict()`.
    """
    totals = {name: sum(file[name] for file in prepare["files"]) for name in _COUNTS}
    return section(
        "data",
        paragraph("data.note", **totals, ignored=_ignored_words(prepare)),
        facts([("data.dialect", prepare["dialect"])]),
        _tables(prepare, totals),
        *_reasons(prepare["tables"]),
        *_warnings(prepare),
        more("data.files", _files(prepare)),
    )


def _ignored_words(prepare: Mapping[str, Any]) -> Words:
    files = len(prepare["ignored"])
    return words("data.ignored", files=files) if files else words("data.nothing_ignored")


def _tables(prepare: Mapping[str, Any], totals: Mapping[str, int]) -> Html:
    tables = prepare["tables"]
    rows = [
        (say_code("table", name), *(count(one[c]) for c in (*_COUNTS, "duplicates")))
        for name, one in tables.items()
    ]
    duplicates = sum(one["duplicates"] for one in tables.values())
    columns = [Column("data.table"), *_count_columns(), Column("data.duplicates", number=True)]
    total = (say("shape.total"), *(count(totals[c]) for c in _COUNTS), count(duplicates))
    return table(columns, rows, caption="data.tables", total=total)


def _count_columns() -> list[Column]:
    return [Column(key, number=True) for key in ("data.in", "data.canonical", "data.quarantined")]


def _reasons(tables: Mapping[str, Any]) -> list[Html]:
    reasons: Counter[tuple[str, str]] = Counter()
    for name, one in tables.items():
        reasons.update({(name, sort): n for sort, n in one["reasons"].items()})
    if not reasons:
        return []
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))[:TOP_REASONS]
    rows = [(say_code("sort", s), say_code("table", t), count(n)) for (t, s), n in ordered]
    columns = [Column("shape.reason"), Column("data.table"), Column("data.rows", number=True)]
    return [
        table(columns, rows, caption="data.reasons"),
        paragraph("data.look", style="small soft"),
    ]


def _warnings(prepare: Mapping[str, Any]) -> list[Html | None]:
    if not prepare["warnings"]:
        return []
    return [tag("h3", say("data.warnings")), bullets(map(say_note, prepare["warnings"]))]


def _files(prepare: Mapping[str, Any]) -> Html:
    """Each file's rows; an ignored file has rows that went nowhere, or could not be read."""
    columns = [Column("data.file"), Column("data.table"), *_count_columns()]
    rows: list[tuple[object, ...]] = [
        (
            tag("code", one["file"]),
            say_code("table", one["table"]),
            *(count(one[c]) for c in _COUNTS),
        )
        for one in prepare["files"]
    ]
    for one in prepare["ignored"]:
        n = say("data.unreadable") if one["rows"] is None else count(one["rows"])
        rows.append((tag("code", one["file"]), say("data.ignored_column"), n, Html("–"), Html("–")))
    return table(columns, rows)
