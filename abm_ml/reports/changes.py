"""What changed since the last list, with why."""

from __future__ import annotations

import pyarrow as pa

from abm_ml.reports.elements import Column, paragraph, section, table
from abm_ml.reports.markup import Html
from abm_ml.reports.texts import both, say_code

SHOWN = 30
"""Changes that the page lists."""

_COLUMNS = [
    Column("changes.account"),
    Column("changes.change"),
    Column("changes.from", number=True),
    Column("changes.to", number=True),
    Column("changes.why"),
]


def changes_since(changes: pa.Table) -> Html:
    """The first changes, the ones that matter most before the others.

    Parameters
    ----------
    changes : pyarrow.Table
        `rules.changes.CHANGES_SCHEMA`, without the accounts that stayed.
    """
    if not changes.num_rows:
        return section("changes", paragraph("changes.none"))
    rows = [
        (
            row["name"] or row["account_id"],
            say_code("change", row["change"]),
            row["previous_tier"] or "–",
            row["tier"] or "–",
            both(row["why"] or "", row["why_zh"] or ""),
        )
        for row in changes.slice(0, SHOWN).to_pylist()
    ]
    note = paragraph("changes.shown", shown=len(rows), n=changes.num_rows)
    return section("changes", note, table(_COLUMNS, rows))
