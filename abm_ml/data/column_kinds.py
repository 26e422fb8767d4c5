"""What a column holds, and its values as plain arrays, whatever pandas type carries them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pandas.api import types

Kind: TypeAlias = Literal["number", "date", "category", "text", "tags", "empty"]
FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]

TEXT_WORDS = 4
"""Words (or pairs of Chinese characters) in a value on average that make strings text."""

TEXT_VALUES = 30
"""Text needs more distinct values than this; fewer are categories with long names."""

_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_DATED = (str, date, np.datetime64)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SCALAR_KINDS: dict[str, Kind] = {
    "boolean": "number",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "datetime64": "date",
    "datetime": "date",
    "date": "date",
}


def as_frame(X: Any) -> pd.DataFrame:
    """A table with named columns from a DataFrame or an array-like.

    Parameters
    ----------
    X : DataFrame or array-like, shape (n_rows, n_columns)
        Columns of arrays are named `x0`, `x1`, …; periods become the dates that they start on.

    Raises
    ------
    TypeError
        If X is sparse.
    ValueError
        If X is not two-dimensional, holds complex numbers, or names a column twice.
    """
    if isinstance(X, pd.DataFrame):
        frame = X.reset_index(drop=True)
        frame.columns = pd.Index([str(column) for column in X.columns], dtype=object)
        if not frame.columns.is_unique:
            twice = frame.columns[frame.columns.duplicated()][0]
            raise ValueError(f"column {twice!r} occurs twice: give each column its own name")
        periods = frame.columns[[isinstance(kind, pd.PeriodDtype) for kind in frame.dtypes]]
        return frame.assign(**{name: frame[name].dt.to_timestamp() for name in periods})
    if hasattr(X, "toarray"):
        raise TypeError("sparse data was passed, dense data is required: use X.toarray()")
    array = np.asarray(X)
    if np.iscomplexobj(array):
        raise ValueError(f"Complex data not supported\n{X}\n")
    if array.ndim != 2:
        raise ValueError(
            f"expected a 2D table, got {array.ndim} dimension(s). Reshape your data: "
            "array.reshape(-1, 1) for one column, array.reshape(1, -1) for one row"
        )
    columns = [f"x{i}" for i in range(array.shape[1])]
    frame = pd.DataFrame(array, columns=pd.Index(columns, dtype=object))
    return frame.infer_objects() if array.dtype == object else frame


def column_kind(values: pd.Series) -> Kind:
    """What a column holds, by its type and, for strings and objects, by its values."""
    if types.is_datetime64_any_dtype(values.dtype):
        return "date" if values.notna().any() else "empty"
    if types.is_numeric_dtype(values.dtype) or types.is_timedelta64_dtype(values.dtype):
        return "number" if np.isfinite(as_numbers(values)).any() else "empty"
    known = values.dropna()
    if known.empty:
        return "empty"
    if not isinstance(known.dtype, pd.StringDtype) and known.map(is_list).any():
        return "tags"
    inferred = types.infer_dtype(known, skipna=True)
    if inferred in _SCALAR_KINDS:
        kind = _SCALAR_KINDS[inferred]
        read = as_days(known) if kind == "date" else as_numbers(known)
        return kind if np.isfinite(read).any() else "empty"
    return _string_kind(as_levels(known)[1])


def is_list(value: object) -> bool:
    """Whether a cell holds several values."""
    return isinstance(value, list | tuple | set | frozenset | np.ndarray | pa.ListScalar)


def _string_kind(distinct: list[str]) -> Kind:
    """Dates are written as such; text has many words and seldom repeats; else categories."""
    if not distinct:
        return "empty"
    sample = distinct[:200]
    if all(_ISO_DATE.match(value) for value in sample):
        # "2025-13-45" only looks like one.
        return "date" if np.isfinite(as_days(pd.Series(sample))).any() else "category"
    words = [len(value.split()) + len(_CJK.findall(value)) / 2 for value in sample]
    wordy = float(np.mean(words)) >= TEXT_WORDS
    return "text" if wordy and len(distinct) > TEXT_VALUES else "category"


def as_numbers(values: pd.Series) -> FloatArray:
    """Numbers, shape (n_rows,); what is missing, infinite or no number is nan."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    numbers: FloatArray = pd.to_numeric(values, errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    return np.where(np.isfinite(numbers), numbers, np.nan)


def as_days(values: pd.Series) -> FloatArray:
    """Dates as days since 1970, shape (n_rows,); what is missing or no date is nan."""
    if isinstance(values.dtype, pd.ArrowDtype | pd.CategoricalDtype):
        values = values.astype(object)
    if types.is_numeric_dtype(values.dtype) or types.is_timedelta64_dtype(values.dtype):
        return np.full(len(values), np.nan)
    if values.dtype == object:
        values = values.map(lambda cell: cell if isinstance(cell, _DATED) else None)
    dates = pd.to_datetime(values, errors="coerce", utc=True, format="ISO8601")
    days = (dates - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
    return np.asarray(days, dtype=np.float64)


def as_levels(values: pd.Series) -> tuple[IntArray, list[str]]:
    """Strings as codes into their distinct values.

    Returns
    -------
    codes : array of int, shape (n_rows,)
        Position in `distinct`; -1 is missing (empty strings too).
    distinct : list of str
        Sorted, so that the order of rows does not matter.

    Raises
    ------
    ValueError
        If a cell holds a dictionary or the like.
    """
    if isinstance(values.dtype, pd.ArrowDtype | pd.CategoricalDtype):
        values = values.astype(object)
    try:
        raw_codes, raw = pd.factorize(_hashable(values))
    except TypeError as error:
        raise _nested(values) from error
    written = [_as_text(value) for value in raw]
    distinct = sorted(set(written) - {""})
    position = {value: i for i, value in enumerate(distinct)}
    lookup = np.array([position.get(value, -1) for value in written] + [-1], dtype=np.int64)
    return lookup[raw_codes], distinct


def _hashable(values: pd.Series) -> pd.Series:
    """Cells of a column of single values; a list among them counts by its items."""
    if values.dtype != object:
        return values
    return values.map(lambda cell: "; ".join(map(str, items_of(cell))) if is_list(cell) else cell)


def _as_text(value: object) -> str:
    """A level as text: 3.0 and 3 are one level, as a column with gaps turns one to the other."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def as_tags(values: pd.Series) -> tuple[IntArray, list[frozenset[str]]]:
    """Lists of tags as codes into their distinct sets.

    Returns
    -------
    codes : array of int, shape (n_rows,)
        Position in `distinct`.
    distinct : list of frozenset of str
        In a fixed order; a missing or empty list is the empty set.

    Raises
    ------
    ValueError
        If a list holds dictionaries or the like.
    """
    keys = [items_of(value) for value in values.astype(object)]
    try:
        distinct_keys = set(keys)
    except TypeError as error:
        raise _nested(values) from error
    sets = {
        key: frozenset(str(tag).strip() for tag in key if tag is not None) for key in distinct_keys
    }
    distinct = sorted(set(sets.values()), key=sorted)
    position = {tags: i for i, tags in enumerate(distinct)}
    code_of = {key: position[tags] for key, tags in sets.items()}
    return np.array([code_of[key] for key in keys], dtype=np.int64), distinct


def _nested(values: pd.Series) -> ValueError:
    return ValueError(
        f"column {values.name!r} holds cells that are neither single values nor lists of them "
        "(dictionaries, perhaps): give each part a column of its own, or leave the column out"
    )


def items_of(value: Any) -> tuple[Any, ...]:
    """The items of a cell, hashable; a single value is a list of one.

    Those of a set are sorted: its own order differs from process to process.
    """
    if isinstance(value, set | frozenset):
        return tuple(sorted(value, key=repr))
    if isinstance(value, np.ndarray):
        return tuple(value.tolist())
    if isinstance(value, pa.ListScalar):
        return tuple(value.as_py() or ())
    if is_list(value):
        return tuple(value)
    return () if value is None or pd.isna(value) else (value,)
