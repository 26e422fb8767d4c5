"""Keys: duplicates, links to rows that are not there, ids that lost their leading zeros."""

from __future__ import annotations

from abm_ml.data.schemas import SCHEMAS
from abm_ml.data.tables import Workbench, quote, text
from abm_ml.errors import DataError

_SOFT = {("engagements", "contact_id"), ("engagements", "lead_id")}
"""Links that may dangle: the event still counts for its account."""


def quarantine_duplicates(bench: Workbench, table: str) -> None:
    """Keep one row of each key: the newest by updated_at, ties broken by all columns."""
    key = SCHEMAS[table].key
    if key is None:
        return
    columns = bench.columns[table]
    newest = ["updated_at DESC NULLS LAST"] if "updated_at" in columns else []
    order = ", ".join([*newest, *map(quote, columns), "_file", "_row"])
    name, key = quote(table), quote(key)
    repeated = f"SELECT {key} FROM {name} GROUP BY {key} HAVING count(*) > 1"
    if not bench.count(f"SELECT count(*) FROM ({repeated})"):
        return
    bench.con.execute(
        f"CREATE OR REPLACE TEMP TABLE doubles AS SELECT * FROM ("
        f"SELECT _file, _row, row_number() OVER w AS place, "
        f"first(_file || ' row ' || _row) OVER w AS kept FROM {name} "
        f"SEMI JOIN ({repeated}) USING ({key}) "
        f"WINDOW w AS (PARTITION BY {key} ORDER BY {order})) WHERE place > 1"
    )
    same = f"doubles._file = {name}._file AND doubles._row = {name}._row"
    bench.quarantine(
        table,
        f"EXISTS (SELECT 1 FROM doubles WHERE {same})",
        column=SCHEMAS[table].key or "",
        reason=f"(SELECT 'duplicate of ' || kept FROM doubles WHERE {same})",
        sort="duplicate",
    )


def quarantine_orphans(bench: Workbench, table: str) -> None:
    """Move out rows whose link leads to no row that was kept.

    Raises
    ------
    DataError
        If the ids lost their leading zeros on the way.
    """
    for column, target in SCHEMAS[table].links.items():
        if not bench.has(table, column):
            continue
        if bench.has(target):
            refuse_lost_zeros(bench, table, column, target)
        if (table, column) not in _SOFT:
            bench.quarantine(
                table,
                orphan(bench, table, column, target),
                column=column,
                reason=text(f"leads to no row of {target} that was kept"),
                sort="link",
            )


def orphan(bench: Workbench, table: str, column: str, target: str) -> str:
    """SQL condition: a link is given but leads nowhere."""
    link = f"{quote(table)}.{quote(column)}"
    if not bench.has(target):
        return f"{link} IS NOT NULL"
    key = f"{quote(target)}.{quote(SCHEMAS[target].key or '')}"
    found = f"SELECT 1 FROM {quote(target)} WHERE {key} = {link}"
    return f"({link} IS NOT NULL AND NOT EXISTS ({found}))"


def refuse_lost_zeros(bench: Workbench, table: str, column: str, target: str) -> None:
    """Stop where most dangling ids would match a key but for zeros in front.

    Raises
    ------
    DataError
        Names file, row and value, and the column to export again as text.
    """
    key, name, link = quote(SCHEMAS[target].key or ""), quote(table), quote(column)
    bench.con.execute(
        f"CREATE OR REPLACE TEMP TABLE strays AS "
        f"SELECT stray.id, keys.key FROM (SELECT DISTINCT {link} AS id FROM {name} "
        f"WHERE {orphan(bench, table, column, target)}) AS stray "
        f"LEFT JOIN (SELECT ltrim({key}, '0') AS bare, min({key}) AS key FROM {quote(target)} "
        f"GROUP BY 1) AS keys ON keys.bare = ltrim(stray.id, '0')"
    )
    strays = bench.count("SELECT count(*) FROM strays")
    matched = bench.count("SELECT count(key) FROM strays")
    if 2 * matched <= strays:
        return
    file, row, value, meant = bench.con.execute(
        f"SELECT _file, _row, id, key FROM {name} JOIN strays ON strays.id = {name}.{link} "
        "WHERE key IS NOT NULL ORDER BY ALL LIMIT 1"
    ).fetchone()
    label = bench.label(file, column)
    (home,) = bench.con.execute(
        f"SELECT min(_file) FROM {quote(target)} WHERE {key} = ?", [meant]
    ).fetchone()
    culprit = (
        (file, label) if len(value) < len(meant) else (home, bench.label(home, key.strip('"')))
    )
    raise DataError(
        f"{bench.path(file)} row {row}, {label}: {value!r} is no id of {target}, but {meant!r} is "
        f"({matched} of {strays} such ids): ids lost their leading zeros; export the column "
        f"{culprit[1]} of {culprit[0]} again as text"
    )
