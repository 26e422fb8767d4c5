"""Missing values completed from a matched record, each written down with its source."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from abm_ml.data.names.parts import parse_name
from abm_ml.data.schemas import SCHEMAS
from abm_ml.data.tables import Workbench, quote, text

_SHARED_FIELDS = (
    "domain", "country", "region", "state", "city", "postal_code", "industry", "sub_industry",
    "employees", "revenue", "founded_year", "ownership", "registered_capital", "credit_code",
    "ticker", "linkedin_url", "description", "registration_no", "tax_no", "organisation_code",
    "insured_count",
)  # fmt: skip
"""What two records of one company agree on; how sales deals with a record is its own."""


def start_completions(bench: Workbench) -> None:
    """Make the empty list of completed values."""
    bench.con.execute(
        "CREATE TABLE completions (tbl VARCHAR, key VARCHAR, _file VARCHAR, _row BIGINT, "
        "col VARCHAR, value VARCHAR, source VARCHAR)"
    )


def record(bench: Workbench, table: str, column: str, found: str) -> None:
    """Complete a column of some rows, and write down where each value comes from.

    Parameters
    ----------
    bench : Workbench
        Tables.
    table, column : str
        What is completed; only rows where the column is null change.
    found : str
        SQL query of _file, _row, value and source; a row at most once.
    """
    name, key = quote(table), SCHEMAS[table].key
    bench.con.execute(f"CREATE OR REPLACE TEMP TABLE completing AS {found}")
    same = f"completing._file = {name}._file AND completing._row = {name}._row"
    empty = f"{name}.{quote(column)} IS NULL AND completing.value IS NOT NULL"
    shown = f"{name}.{quote(key)}" if key else "NULL"
    bench.con.execute(
        f"INSERT INTO completions SELECT {text(table)}, {shown}, {name}._file, {name}._row, "
        f"{text(column)}, completing.value::VARCHAR, completing.source "
        f"FROM {name} JOIN completing ON {same} WHERE {empty}"
    )
    bench.con.execute(
        f"UPDATE {name} SET {quote(column)} = completing.value FROM completing "
        f"WHERE {same} AND {empty}"
    )


def complete_from(
    bench: Workbench, table: str, column: str, on: str, source: str, value: str = ""
) -> None:
    """Complete a column from the account that a condition leads to.

    Parameters
    ----------
    bench : Workbench
        Tables.
    table, column : str
        What is completed.
    on : str
        SQL condition between the table and accounts.
    source : str
        SQL of where the value comes from.
    value : str, optional
        SQL of the value; the account's id if empty.
    """
    name = quote(table)
    record(
        bench,
        table,
        column,
        f"SELECT {name}._file, {name}._row, {value or 'accounts.account_id'} AS value, "
        f"{source} AS source FROM {name} JOIN accounts ON {on} "
        f"WHERE {name}.{quote(column)} IS NULL",
    )


def complete_duplicates(bench: Workbench) -> list[str]:
    """Complete accounts from other records of the same company; the records stay apart.

    Records are of one company if they have one credit code, or one domain and the same words in
    their names. A value is taken where the other records that have one agree on it.

    Returns
    -------
    list of str
        What somebody should know about.
    """
    groups = [*_by_credit_code(bench), *_by_domain_and_name(bench)]
    if not groups:
        return []
    rows = [(account, number, why) for number, (why, ids) in enumerate(groups) for account in ids]
    columns = [pa.array([row[place] for row in rows]) for place in range(3)]
    bench.con.register("same_company", pa.table(columns, names=["account_id", "company", "why"]))
    for column in _SHARED_FIELDS:
        if bench.has("accounts", column):
            record(bench, "accounts", column, _agreed(column))
    bench.con.unregister("same_company")
    told = len({account for account, _, _ in rows})
    return [
        f"accounts: {told} records share their company with another record: kept apart, "
        "empty fields completed where the others agree"
    ]


def _agreed(column: str) -> str:
    """SQL of the values that the other records of a company agree on."""
    name = quote(column)
    return (
        "WITH known AS (SELECT company, min(why) AS why, "
        f"min(accounts.{name}) AS value, min(accounts.account_id) AS owner "
        "FROM accounts JOIN same_company USING (account_id) "
        f"WHERE accounts.{name} IS NOT NULL GROUP BY company "
        f"HAVING count(DISTINCT accounts.{name}) = 1) "
        "SELECT accounts._file, accounts._row, arg_min(known.value, company) AS value, "
        "arg_min('account ' || owner || ', ' || known.why, company) AS source "
        "FROM accounts JOIN same_company USING (account_id) JOIN known USING (company) "
        f"WHERE accounts.{name} IS NULL GROUP BY ALL"
    )


def _by_credit_code(bench: Workbench) -> list[tuple[str, list[str]]]:
    if not bench.has("accounts", "credit_code"):
        return []
    found = bench.con.execute(
        "SELECT list(account_id ORDER BY account_id) FROM accounts "
        "WHERE credit_code IS NOT NULL GROUP BY upper(credit_code) "
        "HAVING count(*) > 1 ORDER BY 1"
    ).fetchall()
    return [("same credit code", ids) for (ids,) in found]


def _by_domain_and_name(bench: Workbench) -> list[tuple[str, list[str]]]:
    if not bench.has("accounts", "domain"):
        return []
    shared = bench.con.execute(
        "SELECT domain, name, account_id FROM accounts WHERE domain IN (SELECT domain "
        "FROM accounts GROUP BY domain HAVING count(*) > 1) ORDER BY ALL"
    ).fetchall()
    groups: dict[tuple[str, ...], list[str]] = {}
    for domain, name, account in shared:
        groups.setdefault((domain, *parse_name(name).words), []).append(account)
    return [("same domain and name", ids) for ids in groups.values() if len(ids) > 1]


def write_completions(bench: Workbench, path: Path) -> dict[str, int]:
    """Write the completed values, if there are any, and count them by table and column.

    Columns: table, key (null for event tables), file, row, column, value, source.
    """
    counts = bench.con.execute(
        "SELECT tbl || '.' || col, count(*) FROM completions GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if counts:
        bench.con.execute(
            'COPY (SELECT tbl AS "table", key, _file AS file, _row AS row, col AS "column", '
            f"value, source FROM completions ORDER BY ALL) TO {text(path)} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
    return dict(counts)
