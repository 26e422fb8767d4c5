"""Columns that probably tell the outcome: by their name, or by what they do.

Names are generic words of CRM systems, English and Chinese, for what is known only when an
opportunity closes. Behaviour is a column that by itself all but separates the classes, one that
is filled for one class only, or a value that nearly only winners have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.features.names import ATTRIBUTE, parse_feature
from abm_ml.propensity.columns import (
    IntArray,
    as_days,
    as_frame,
    as_levels,
    as_numbers,
    as_tags,
    column_kind,
)
from abm_ml.propensity.leak_names import told_by_name
from abm_ml.propensity.words import OPPORTUNITY

BY_NAME = "its name says that it is known only after the fact"
BY_SEPARATION = "by itself it all but separates the classes"
BY_FILLING = "it is filled for one class and empty for the other"
BY_VALUE = "one of its values is found with one outcome only"

MOST_AUC = 0.95
"""A single column that ranks better than this is not believed."""

FILL_GAP = 0.6
"""Shares of filled rows in the two classes that differ by more are not believed."""

PURE = 0.95
"""A value whose rows are of the rarer class to this share …"""

PURE_SHARE = 0.1
"""… and that hold this share of that class are not believed."""

CODE_ROWS = 20
"""Rows that a value (or a bin of numbers) needs to count by itself."""

LEAST_ROWS = 30
"""Rows of each class without which behaviour proves nothing."""


@dataclass(frozen=True)
class Leak:
    """A column that is not believed.

    Parameters
    ----------
    column : str
        Its name.
    why : str
        What gave it away.
    evidence : str
        The figures, or the words of its name.
    """

    column: str
    why: str
    evidence: str


def suspected_leaks(X: Any, y: Any, *, allow_columns: Collection[str] = ()) -> list[Leak]:
    """Columns that should not be learned from.

    Parameters
    ----------
    X : DataFrame or array-like, shape (n_rows, n_columns)
        Columns as the model would see them.
    y : array of 0 and 1, shape (n_rows,)
        Labels.
    allow_columns : collection of str
        Columns that the user knows to be honest.

    Returns
    -------
    list of Leak
        In the order of the columns; the first reason found for each.
    """
    frame, labels = as_frame(X), np.asarray(y, dtype=np.int64)
    checked = (name for name in frame.columns if name not in allow_columns)
    found = (suspected_leak(frame[name], labels) for name in checked)
    return [leak for leak in found if leak is not None]


def suspected_leak(values: pd.Series, y: IntArray) -> Leak | None:
    """A leak that a column's name or behaviour gives away, if one does.

    Computed features are none, however well they tell the classes apart: they look strictly
    before their date (who renews has won before, and that is no leak).
    """
    name = str(values.name)
    if parse_feature(name.removeprefix(OPPORTUNITY)).family != ATTRIBUTE:
        return None
    return leak_by_name(name) or leak_by_behaviour(values, y)


def leak_by_name(name: str) -> Leak | None:
    """A leak that its name gives away, if it does.

    >>> leak_by_name("Days_In_Stage__c").evidence
    "'Days_In_Stage__c' reads as time spent in stages"
    """
    told = told_by_name(name.removeprefix(OPPORTUNITY))
    return Leak(name, BY_NAME, f"'{name}' reads as {told}") if told else None


def leak_by_behaviour(values: pd.Series, y: IntArray) -> Leak | None:
    """A leak that its values give away, if they do."""
    if min(y.sum(), len(y) - y.sum()) < LEAST_ROWS:
        return None
    kind = column_kind(values)
    if kind in ("empty", "text"):
        return None
    name = str(values.name)
    codes = _coded(values, kind)
    filled = codes >= 0
    shares = filled[y == 1].mean(), filled[y == 0].mean()
    if abs(shares[0] - shares[1]) > FILL_GAP:
        return Leak(name, BY_FILLING, f"filled in {shares[0]:.0%} of won, {shares[1]:.0%} of lost")
    pure = _pure_value(codes, y)
    if pure is not None:
        inside, rows = pure
        return Leak(name, BY_VALUE, f"{inside} of {rows} rows with one value have one outcome")
    auc = _single_auc(codes, y)
    if auc > MOST_AUC:
        return Leak(name, BY_SEPARATION, f"AUC {auc:.3f} by this column alone")
    return None


def _coded(values: pd.Series, kind: str) -> IntArray:
    """Rows as few codes: levels, tag sets, or up to 50 quantile bins; -1 is missing."""
    if kind == "category":
        return as_levels(values)[0]
    if kind == "tags":
        codes, distinct = as_tags(values)
        empty = [i for i, tags in enumerate(distinct) if not tags]
        return np.where(np.isin(codes, empty), -1, codes)
    numbers = as_days(values) if kind == "date" else as_numbers(values)
    missing = np.isnan(numbers)
    n_bins = int(np.clip(len(numbers) // CODE_ROWS, 2, 50))
    edges = np.unique(np.quantile(numbers[~missing], np.linspace(0, 1, n_bins + 1)[1:-1]))
    return np.where(missing, -1, np.searchsorted(edges, numbers, side="right"))


def _pure_value(codes: IntArray, y: IntArray) -> tuple[int, int] | None:
    """Rows of the rarer class and all rows of a value that is nearly only found there."""
    rare = y if y.mean() <= 0.5 else 1 - y
    rows = np.bincount(codes + 1)
    inside = np.bincount(codes + 1, weights=rare)
    suspect = (inside >= PURE * rows) & (inside >= max(PURE_SHARE * rare.sum(), LEAST_ROWS))
    if not suspect.any():
        return None
    most = int(np.argmax(np.where(suspect, inside, -1)))
    return int(inside[most]), int(rows[most])


def _single_auc(codes: IntArray, y: IntArray) -> float:
    """AUC of a column alone: rows ranked by the win rate of their code.

    Codes with few rows are taken together: their rates would only repeat the labels.
    """
    rows = np.bincount(codes + 1)
    codes = np.where(rows[codes + 1] < CODE_ROWS, 0, codes + 2)
    rows, won = np.bincount(codes), np.bincount(codes, weights=y)
    ranks = pd.Series((won / np.maximum(rows, 1))[codes]).rank().to_numpy()
    wins = int(y.sum())
    return float((ranks[y == 1].sum() - wins * (wins + 1) / 2) / (wins * (len(y) - wins)))


def leaking_columns(leaks: Iterable[Leak]) -> list[str]:
    """Names of the columns, in order."""
    return [leak.column for leak in leaks]
