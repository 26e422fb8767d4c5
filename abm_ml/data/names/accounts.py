"""Accounts, ready to be found by id, code, domain or name."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.data.domains import company_domain
from abm_ml.data.names.codes import CODE_COLUMNS, normalise_code
from abm_ml.data.names.keys import WORD, KeyIndex, Rows, blocking_keys, hashed
from abm_ml.data.names.parts import NameParts, parse_name
from abm_ml.data.names.weights import word_weight
from abm_ml.errors import DataError

_CHUNK = 1 << 15
_MOST_ROWS = 2_000
_MOST_COMPARED = 20
_PARSED = 1 << 16


class Found(NamedTuple):
    """A name that may be the one: the account's row, the name, and whether it is a former one."""

    row: int
    parts: NameParts
    former: bool


class AccountNames:
    """Names, domains and codes of accounts, behind keys that find the few worth comparing.

    Names are taken apart once to index them and again when they are compared, so that a million
    accounts need little memory beside their own table.

    Parameters
    ----------
    accounts : DataFrame
        account_id and name, and what is there of former_names, domain, codes, places and
        created_at; one row an account, in any order.

    Raises
    ------
    DataError
        If account_id or name is missing, or an id is empty or stands in two rows.
    """

    def __init__(self, accounts: pd.DataFrame) -> None:
        _refuse_bad_accounts(accounts)
        ids = accounts["account_id"].astype(str)
        self.table = accounts.loc[ids.sort_values(kind="stable").index].reset_index(drop=True)
        self.ids: list[str] = self.table["account_id"].astype(str).tolist()
        self.names = texts(self.table, "name")
        self._entries, self._rows, self._former = self._named()
        self._keys = self._index()
        self._columns = {
            column: texts(self.table, column)
            for column in (*CODE_COLUMNS, "domain", "country", "state", "city")
            if column in self.table
        }
        self._parse = lru_cache(_PARSED)(parse_name)
        self._weights: dict[str, float] = {}
        self._created: npt.NDArray[np.datetime64] | None = None
        self._end: np.datetime64 = np.datetime64("NaT")

    def __len__(self) -> int:
        return len(self.ids)

    def before(self, moment: np.datetime64) -> AccountNames:
        """Only the accounts created before a moment, or at no known time, by the same index."""
        view = copy.copy(self)
        view._created, view._end = self.table["created_at"].to_numpy("datetime64[us]"), moment
        return view

    def known(self, rows: Iterable[int]) -> list[int]:
        """Those of some rows whose accounts were created in time."""
        if self._created is None:
            return list(rows)
        return [row for row in rows if not self._created[row] >= self._end]

    def value(self, row: int, column: str) -> str:
        """What an account's record says in a column of codes or places; empty for nothing."""
        found = self._columns.get(column)
        return found[row] if found else ""

    def known_as(self, row: int) -> list[NameParts]:
        """An account's name, and its former ones."""
        told = self.table["former_names"].iloc[row] if "former_names" in self.table else None
        return [self._parse(name) for name in (self.names[row], *former_names(told))]

    def identified(self, kind: str, values: Sequence[str]) -> list[list[int]]:
        """Rows of the accounts that have an "id", a "code" or a "domain", for each value.

        The kind "bare" is an id of digits without the zeros in front.
        """
        starts, ends = self._keys.spans([f"{kind}:{value}" for value in values])
        return [
            sorted({int(self._rows[entry]) for entry in self._keys.rows(start, end)})
            for start, end in zip(starts, ends, strict=True)
        ]

    def nearest(self, parts: NameParts) -> list[Found]:
        """Names worth comparing: those that share the rarest keys, a few dozen at most."""
        keys = blocking_keys(parts)
        starts, ends = self._keys.spans(keys)
        by_size = sorted(range(len(keys)), key=lambda place: (ends[place] - starts[place], place))
        taken: list[Rows] = []
        weights: list[npt.NDArray[np.float64]] = []
        total = 0
        for place in by_size:
            size = int(ends[place] - starts[place])
            if size == 0 or (total + size > _MOST_ROWS and taken):
                continue
            taken.append(self._keys.rows(starts[place], ends[place])[:_MOST_ROWS])
            rarity = np.log(2 * len(self._entries) / size)
            weights.append(
                np.full(len(taken[-1]), 2 * rarity if keys[place][0] in "fc" else rarity)
            )
            total += size
        if not taken:
            return []
        entries, inverse = np.unique(np.concatenate(taken), return_inverse=True)
        shared = np.bincount(inverse, np.concatenate(weights))
        if self._created is not None:
            in_time = ~(self._created[self._rows[entries]] >= self._end)
            entries, shared = entries[in_time], shared[in_time]
        best = np.lexsort((entries, -np.round(shared, 6)))[:_MOST_COMPARED]
        return [
            Found(int(self._rows[e]), self._parse(self._entries[e]), bool(self._former[e]))
            for e in entries[best].tolist()
        ]

    def weight(self, word: str) -> float:
        """How much a word says among these accounts' names."""
        known = self._weights.get(word)
        if known is None:
            (start,), (end,) = self._keys.spans([WORD + word])
            known = self._weights[word] = word_weight(word, int(end - start), len(self._entries))
        return known

    def _named(self) -> tuple[list[str], Rows, npt.NDArray[np.bool_]]:
        """Every name, present and former, with its account's row."""
        names, rows = list(self.names), np.arange(len(self.names), dtype=np.int32)
        if "former_names" not in self.table:
            return names, rows, np.zeros(len(names), dtype=bool)
        former = [
            (row, name)
            for row, cell in enumerate(self.table["former_names"].tolist())
            for name in former_names(cell)
        ]
        names += [name for _, name in former]
        rows = np.concatenate([rows, np.array([row for row, _ in former], dtype=np.int32)])
        return names, rows, np.arange(len(names)) >= len(self.names)

    def _index(self) -> KeyIndex:
        hashes, entries = [], []
        for keys, owners in (*self._name_keys(), self._identity_keys()):
            hashes.append(hashed(keys))
            entries.append(np.array(owners, dtype=np.int32))
        return KeyIndex(np.concatenate(hashes), np.concatenate(entries))

    def _name_keys(self) -> Iterator[tuple[list[str], list[int]]]:
        for start in range(0, len(self._entries), _CHUNK):
            keys: list[str] = []
            owners: list[int] = []
            for entry, name in enumerate(self._entries[start : start + _CHUNK], start):
                found = blocking_keys(parse_name(name)) if name else []
                keys += found
                owners += [entry] * len(found)
            yield keys, owners

    def _identity_keys(self) -> tuple[list[str], list[int]]:
        keys = [f"id:{account_id}" for account_id in self.ids]
        owners = list(range(len(self.ids)))
        for row, account_id in enumerate(self.ids):
            if account_id.isdigit():
                keys.append(f"bare:{account_id.lstrip('0')}")
                owners.append(row)
        for column in ("domain", *CODE_COLUMNS):
            if column not in self.table:
                continue
            kind = "domain" if column == "domain" else "code"
            read = company_domain if column == "domain" else normalise_code
            for row, text in enumerate(texts(self.table, column)):
                if text and (value := read(text)):
                    keys.append(f"{kind}:{value}")
                    owners.append(row)
        return keys, owners


def texts(table: pd.DataFrame, column: str) -> list[str]:
    """A column as trimmed text; empty where it holds nothing, or is not there."""
    if column not in table:
        return [""] * len(table)
    cells = table[column]
    filled = cells.notna().tolist()
    return [
        _text(cell) if known else "" for cell, known in zip(cells.tolist(), filled, strict=True)
    ]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def former_names(cell: Any) -> list[str]:
    """Former names of one account: a list of them, or a text with semicolons between.

    >>> former_names("Old Ltd; Older Ltd"), former_names(None)
    (['Old Ltd', 'Older Ltd'], [])
    """
    if cell is None or isinstance(cell, float):
        return []
    parts = cell.replace("；", ";").split(";") if isinstance(cell, str) else [str(c) for c in cell]
    return [part.strip() for part in parts if part.strip()]


def _refuse_bad_accounts(accounts: pd.DataFrame) -> None:
    for column in ("account_id", "name"):
        if column not in accounts:
            given = ", ".join(map(str, accounts.columns)) or "none"
            raise DataError(
                f"accounts: required column {column!r} is missing; found {given}: rename one"
            )
    ids = accounts["account_id"]
    if ids.isna().any():
        row = int(np.flatnonzero(ids.isna())[0])
        raise DataError(f"accounts row {row}: account_id is empty; fill it or leave the row out")
    written = ids.astype(str)
    if written.duplicated().any():
        twice = written[written.duplicated()].iloc[0]
        raise DataError(
            f"accounts: account_id {twice!r} stands in several rows; keep one row an account"
        )
