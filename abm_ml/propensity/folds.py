"""Which rows may teach and which are tested: forward in time, or by group where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from abm_ml.data.column_kinds import FloatArray, IntArray, is_list, items_of

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Fold:
    """One split; positions of rows.

    Parameters
    ----------
    train : array of int
        Rows that teach: their outcome was known before the test window.
    test : array of int
        Rows that are predicted.
    start, end : float or None
        The test window [start, end) on the time axis of `as_axis`; None without time.
    """

    train: IntArray
    test: IntArray
    start: float | None = None
    end: float | None = None


def as_axis(values: Any, name: str) -> tuple[FloatArray, bool]:
    """Times as numbers on one axis.

    Returns
    -------
    axis : array of float, shape (n_rows,)
        Seconds since 1970 (UTC) for dates; numbers as they are.
    dates : bool
        Whether the values were dates.

    Raises
    ------
    ValueError
        If a value is missing, or is neither number nor date.
    """
    series = pd.Series(values).reset_index(drop=True)
    dates = not types.is_numeric_dtype(series.dtype)
    if dates:
        stamps = _stamps(series)
        axis = np.asarray((stamps - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1))
    else:
        axis = series.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.flatnonzero(~np.isfinite(axis.astype(np.float64)))
    if len(bad):
        raise ValueError(
            f"{name}: row {bad[0]} holds {str(series.iloc[bad[0]])!r}, no date or number; "
            "every row needs one"
        )
    return axis.astype(np.float64), dates


def _stamps(series: pd.Series) -> pd.Series:
    """Dates in UTC; texts all in one format, or by ISO 8601 with a time of day or without.

    Periods are the dates that they start on.
    """
    if isinstance(series.dtype, pd.PeriodDtype):
        series = series.dt.to_timestamp()
    cells = series.astype(object)
    stamps = pd.to_datetime(cells, errors="coerce", utc=True)
    if stamps.isna().any() and types.infer_dtype(cells, skipna=True) == "string":
        return pd.to_datetime(cells, errors="coerce", utc=True, format="ISO8601")
    return stamps


def days_of(time: Any) -> FloatArray | None:
    """Times as days since 1970, shape (n_rows,); None where there are none, or no dates."""
    if time is None:
        return None
    axis, dates = as_axis(time, "time")
    return axis / _SECONDS_A_DAY if dates else None


def forward_folds(
    time: FloatArray,
    known_at: FloatArray,
    groups: npt.NDArray[Any],
    *,
    n_folds: int,
    first_share: float = 0.3,
) -> list[Fold]:
    """Test windows one after the other, each taught by what was known before it.

    Rows of one instant stay in one window, so there may be fewer folds than asked for, and
    none if all rows have the same time.

    Parameters
    ----------
    time : array of float, shape (n_rows,)
        When each row's features were seen.
    known_at : array of float, shape (n_rows,)
        When its outcome was known; a row teaches only windows that start later.
    groups : array, shape (n_rows,)
        Rows of one group never stand on both sides.
    n_folds : int
        Windows wanted.
    first_share : float
        Share of the rows that only teach.
    """
    ranked = np.sort(time)
    shares = first_share + (1 - first_share) * np.arange(n_folds) / n_folds
    places = np.rint(shares * len(ranked)).astype(np.int64)
    cuts = np.unique(ranked[np.minimum(places, len(ranked) - 1)])
    cuts = cuts[cuts > ranked[0]]
    bounds = [*cuts, np.inf]
    folds = []
    for start, end in pairwise(bounds):
        test = np.flatnonzero((time >= start) & (time < end))
        # An outcome may be dated before its row was seen; such a row teaches nothing earlier.
        train = np.flatnonzero((known_at < start) & (time < start))
        train = train[~np.isin(groups[train], groups[test])]
        folds.append(Fold(train, test, float(start), float(end)))
    return folds


def grouped_folds(groups: npt.NDArray[Any], *, n_folds: int, seed: int) -> list[Fold]:
    """Whole groups dealt to folds at random; each fold is tested by a model of the others."""
    distinct, member = np.unique(groups, return_inverse=True)
    n_folds = min(n_folds, len(distinct))
    if n_folds < 2:
        return []
    order = np.random.default_rng(seed).permutation(len(distinct))
    fold_of = np.empty(len(distinct), dtype=np.int64)
    fold_of[order] = np.arange(len(distinct)) % n_folds
    return [
        Fold(np.flatnonzero(fold_of[member] != k), np.flatnonzero(fold_of[member] == k))
        for k in range(n_folds)
    ]


def codes_of(values: npt.NDArray[Any]) -> IntArray:
    """A number for each distinct value; a row without a value is one of its own."""
    codes = np.asarray(pd.factorize(values)[0], dtype=np.int64)
    missing = codes < 0
    codes[missing] = len(codes) + np.arange(missing.sum())
    return codes


def joined(groups: IntArray, others: IntArray) -> IntArray:
    """The finest grouping that splits neither of two, shape (n_rows,)."""
    left, right = (np.unique(codes, return_inverse=True)[1] for codes in (groups, others))
    first = int(left.max(initial=-1)) + 1
    size = first + int(right.max(initial=-1)) + 1
    links = coo_array((np.ones(len(left)), (left, first + right)), shape=(size, size))
    parts = connected_components(links, directed=False)[1]
    return np.asarray(parts[left], dtype=np.int64)


def teachable(fold: Fold, y: IntArray, *, min_each: int = 2) -> bool:
    """Whether a fold has rows to test and at least `min_each` of both classes to learn from."""
    won = int(y[fold.train].sum())
    return bool(len(fold.test)) and min(won, len(fold.train) - won) >= min_each


def sorted_rows(frame: pd.DataFrame, *keys: Sequence[Any] | npt.NDArray[Any]) -> IntArray:
    """An order of rows that depends on what they hold, not on where they stood.

    Parameters
    ----------
    frame : DataFrame
        Cells of any kind; lists count by their items.
    keys : sequences, each of length n_rows
        Sorted by first; ties are broken by the cells.
    """
    hashes = np.zeros(len(frame), dtype=np.uint64)
    for i, name in enumerate(frame.columns):
        column = pd.util.hash_array(_hashable(frame[name]))
        hashes = hashes * np.uint64(31) + column * np.uint64(2 * i + 1)
    return np.lexsort((hashes, *[np.asarray(key) for key in reversed(keys)]))


def _hashable(values: pd.Series) -> npt.NDArray[Any]:
    """Numbers as they are, everything else as text."""
    if types.is_numeric_dtype(values.dtype):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    cells = [list(items_of(cell)) if is_list(cell) else cell for cell in values.astype(object)]
    return np.array([str(cell) for cell in cells], dtype=object)
