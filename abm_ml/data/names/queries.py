"""What somebody asks for: ids, domains, e-mail addresses, codes and names, told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from abm_ml.data.dialects import DIALECTS
from abm_ml.data.domains import looks_like_domain
from abm_ml.data.labels import squash
from abm_ml.data.names.accounts import texts
from abm_ml.data.names.codes import CODE_COLUMNS, looks_like_code
from abm_ml.errors import DataError

QUERY_COLUMNS = (
    "account_id", "name", "domain", "email", *CODE_COLUMNS, "country", "state", "city",
)  # fmt: skip
_KNOWN_AS = {
    "account_id": ("id", "account", "company id", "编号"),
    "name": (
        "company", "companyname", "organization", "organisation", "account name", "customer",
        "firm", "公司", "企业", "客户", "名称", "单位名称", "公司全称", "企业全称",
    ),
    "domain": ("website", "url", "web", "homepage", "网站", "公司网址", "公司官网"),
    "email": ("e-mail", "mail", "email address", "邮箱", "电子邮箱", "邮件"),
    "tax_no": ("vat", "vat id", "tax id", "税务登记号"),
    "registration_no": ("registration number", "company number", "hrb"),
    "country": ("国别",),
    "state": ("province", "省"),
    "city": ("town", "市", "所在城市"),
}  # fmt: skip


@dataclass(frozen=True)
class Query:
    """One thing somebody asks for; empty texts are not given.

    Parameters
    ----------
    text : str
        As it was written: what a reader recognises it by.
    account_id, name : str
        Id and name.
    domains, codes : tuple of str
        Domains, URLs or e-mail addresses; codes, as written.
    places : mapping of str to str
        country, state, city.
    detected : bool
        Whether it was one text whose kind had to be told from its looks.
    """

    text: str
    account_id: str = ""
    name: str = ""
    domains: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    detected: bool = False


def read_queries(queries: Iterable[Any] | pd.DataFrame) -> tuple[list[Any], list[Query]]:
    """Ids and queries, in the order given.

    Parameters
    ----------
    queries : iterable of str, or DataFrame
        Texts of any kind; or columns for id, name, domain, e-mail, codes and place, under English
        or Chinese names, and perhaps query_id. One column alone is read as texts of any kind,
        unless its name says what it holds.

    Raises
    ------
    DataError
        If a table has no column to match by, or queries are no list.
    """
    if isinstance(queries, str):
        raise DataError(f"queries: {queries!r} is one text; give a list of texts, or a DataFrame")
    if not isinstance(queries, pd.DataFrame):
        written = texts(pd.DataFrame({"text": pd.Series(list(queries), dtype=object)}), "text")
        return list(range(len(written))), [detect(text) for text in written]
    ids = queries["query_id"].tolist() if "query_id" in queries else list(range(len(queries)))
    table = queries.drop(columns=["query_id"], errors="ignore")
    columns = name_columns(list(map(str, table.columns)))
    if not set(columns.values()) - {"country", "state", "city"}:
        if len(table.columns) == 1:
            return ids, [detect(text) for text in texts(table, table.columns[0])]
        given = ", ".join(map(str, table.columns)) or "none"
        raise DataError(
            f"queries: no column to match by; found {given}: call one of them name, domain, email, "
            "account_id or credit_code"
        )
    table = table.rename(columns={str(column): column for column in table.columns})
    found = {target: texts(table, column) for column, target in columns.items()}
    return ids, [_from_row(found, row) for row in range(len(table))]


def name_columns(header: Sequence[str]) -> dict[str, str]:
    """The columns of a list that say something to match by: their names, and what they are.

    >>> name_columns(["Company Name", "官网", "Notes"])
    {'Company Name': 'name', '官网': 'domain'}
    """
    found: dict[str, str] = {}
    for column in header:
        target = _TARGETS.get(squash(column))
        if target and target not in found.values():
            found[column] = target
    return found


def detect(text: str) -> Query:
    """One text by its looks; it may be an id too, which only the accounts can tell."""
    if looks_like_domain(text):
        name = "" if "@" in text or "/" in text else text
        return Query(text, account_id=text, name=name, domains=(text,), detected=True)
    if looks_like_code(text):
        return Query(text, account_id=text, codes=(("code", text),), detected=True)
    return Query(text, account_id=text, name=text, detected=True)


def _from_row(found: dict[str, list[str]], row: int) -> Query:
    cells = {column: values[row] for column, values in found.items()}
    shown = next((cells[column] for column in ("name", *QUERY_COLUMNS) if cells.get(column)), "")
    return Query(
        text=shown,
        account_id=cells.get("account_id", ""),
        name=cells.get("name", ""),
        domains=tuple(cells[c] for c in ("domain", "email") if cells.get(c)),
        codes=tuple((c, cells[c]) for c in CODE_COLUMNS if cells.get(c)),
        places=tuple((c, cells[c]) for c in ("country", "state", "city") if cells.get(c)),
    )


def _targets() -> dict[str, str]:
    """Squashed column names, and what they are: our own words, then every dialect's.

    Ids come last: some dialects take a credit code for one where there is nothing better.
    """
    targets: dict[str, str] = {}
    for column in sorted(QUERY_COLUMNS, key=lambda column: column == "account_id"):
        said = [source for dialect in DIALECTS.values()
                for source in dialect.columns["accounts"].get(column, ())]  # fmt: skip
        for name in (column, *_KNOWN_AS.get(column, ()), *said):
            targets.setdefault(squash(name), column)
    return targets


_TARGETS = _targets()
