"""Tables of accounts as people bring them, checked before anything is learned from them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api import types

from abm_ml.data.column_kinds import as_frame, as_levels, as_numbers, column_kind, items_of
from abm_ml.errors import DataError
from abm_ml.lookalike.columns import ALL_DISTINCT, NO_TRAITS, PLACES

_KEPT = NO_TRAITS | {"name", "domain", *PLACES}
_PLAIN = ("string", "empty", "boolean", "integer", "floating", "decimal", "date", "datetime")


def checked_accounts(accounts: pd.DataFrame) -> pd.DataFrame:
    """Accounts by id, with ids and the names of columns as text.

    Raises
    ------
    DataError
        If there are none, a column's name occurs twice, or `account_id` is missing, empty in a
        row, or names two rows.
    """
    if np.ndim(accounts) == 0:
        raise DataError(f"accounts: expected a table, one row an account. Supplied {accounts!r}")
    try:
        accounts = as_frame(accounts)
        accounts = accounts.assign(**{str(name): plain_cells(accounts[name]) for name in accounts})
    except ValueError as error:
        raise DataError(f"accounts: {error}") from error
    if "account_id" not in accounts.columns:
        raise DataError(
            "accounts: required column 'account_id' is missing; found "
            f"{', '.join(accounts.columns)}"
        )
    if not len(accounts):
        raise DataError("accounts: there are no rows; an index needs at least two accounts")
    given = accounts["account_id"]
    ids = given.astype(object).map(str)
    empty = given.isna().to_numpy() | (ids.str.strip() == "").to_numpy()
    if empty.any():
        row = int(np.argmax(empty))
        raise DataError(f"accounts: row {row} has no account_id; give each account one")
    if ids.duplicated().any():
        raise DataError(
            f"accounts: account_id {ids[ids.duplicated()].iloc[0]!r} names more than one row; "
            "keep one of them"
        )
    return accounts.assign(account_id=ids).sort_values("account_id", ignore_index=True)


def without_long_texts(accounts: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """Accounts without descriptions and the like, which hardly two of them share.

    What they say is in vectors and facts already; nobody filters by a whole paragraph, and names,
    codes and places are kept whatever they look like.

    Parameters
    ----------
    accounts : DataFrame
        One row an account.
    sample : DataFrame
        Some of them, by which it is decided.
    """
    kept = [name for name in accounts if name in _KEPT or not _says_much(sample[name])]
    return accounts[kept]


def _says_much(values: pd.Series) -> bool:
    """Whether a column is a description: by its name, or as texts that hardly repeat."""
    if column_kind(values) != "text":
        return False
    codes, distinct = as_levels(values)
    alone = len(distinct) > ALL_DISTINCT * int(np.sum(codes >= 0))
    return values.name == "description" or alone


def plain_cells(values: pd.Series) -> pd.Series:
    """A column as files can hold it: any lists as lists of text, mixtures as numbers or text.

    Raises
    ------
    ValueError
        If a cell is neither a single value nor a list of them.
    """
    if isinstance(values.dtype, pd.SparseDtype):
        return values.astype(values.dtype.subtype)
    if isinstance(values.dtype, pd.ArrowDtype) and pa.types.is_nested(values.dtype.pyarrow_dtype):
        values = values.astype(object)
    if isinstance(values.dtype, pd.CategoricalDtype):
        if not isinstance(values.dtype.categories.dtype, pd.IntervalDtype):
            return values
        values = values.astype(object)
    if values.dtype != object or types.infer_dtype(values, skipna=True) in _PLAIN:
        return values
    kind = column_kind(values)
    if kind == "number":
        return pd.Series(as_numbers(values), values.index, name=values.name)
    if kind == "tags":
        lists = [[str(item) for item in items_of(cell) if item is not None] for cell in values]
        return pd.Series(lists, values.index, dtype=object, name=values.name)
    return _as_text(values)


def alike(accounts: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """New rows with the columns of a table, each of its type: the number 5 among texts is "5"."""
    rows = accounts.reindex(columns=table.columns)
    for name in table.columns:
        wanted, given = table[name].dtype, rows[name].dtype
        if types.is_numeric_dtype(wanted) and not types.is_numeric_dtype(given):
            rows[name] = as_numbers(rows[name])
        elif isinstance(wanted, pd.StringDtype) and not isinstance(given, pd.StringDtype):
            rows[name] = _as_text(rows[name])
    return rows


def _as_text(values: pd.Series) -> pd.Series:
    codes, levels = as_levels(values)
    text = np.array([*levels, None], dtype=object)[codes]
    return pd.Series(text, values.index, dtype="str", name=values.name)
