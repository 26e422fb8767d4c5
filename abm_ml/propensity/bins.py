"""A column's values in a few bins that can be kept without keeping anybody's data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import (
    FloatArray,
    IntArray,
    Kind,
    as_days,
    as_levels,
    as_numbers,
    as_tags,
    column_kind,
)

_QUANTILES = 10
_MOST_LEVELS = 20

_LEAST_ACCOUNTS = 10
"""Accounts that must share a level before it is named: a rarer one could tell who it is."""

_LEVELS: tuple[Kind, ...] = ("category", "tags")


@dataclass(frozen=True)
class Bins:
    """How the values of one column are counted; what is missing has a bin of its own.

    Parameters
    ----------
    kind : str
        What the column holds (see `columns.column_kind`). Numbers, dates and the lengths of
        texts go into quantiles; categories into their commonest levels; an account with several
        tags counts under the rarest of the common ones.
    edges : tuple of float
        Upper ends (inclusive) of all bins but the last, where values have an order.
    levels : tuple of str
        Levels with a bin of their own, commonest first; all others share the last bin.
    """

    kind: Kind
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: pd.Series) -> Self:
        """Bins that suit a column, shape (n_accounts,)."""
        kind = column_kind(values)
        if kind in _LEVELS:
            return cls(kind, levels=_common(_held(values, kind)))
        numbers = _numbers(values, kind)
        known = numbers[~np.isnan(numbers)]
        if not len(known):
            return cls(kind)
        inner = np.linspace(0, 1, _QUANTILES + 1)[1:-1]
        edges = np.unique(np.quantile(known, inner, method="lower"))
        return cls(kind, edges=tuple(edges[edges < known.max()].tolist()))

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """The bins whose fields were saved."""
        return cls(saved["kind"], tuple(saved["edges"]), tuple(saved["levels"]))

    @property
    def ordered(self) -> bool:
        """Whether the bins have an order."""
        return self.kind not in _LEVELS

    def count(self, values: pd.Series, run_on: float = 0.0) -> tuple[IntArray, int]:
        """Accounts in each bin (the missing last), and those about whom the column is silent.

        Parameters
        ----------
        values : Series, shape (n_accounts,)
            The column.
        run_on : float
            Taken off numbers first (days that a clock has run on).
        """
        if self.ordered:
            numbers = _numbers(values, self.kind)
            missing = np.isnan(numbers)
            place = np.searchsorted(self.edges, numbers - run_on)
            silent, n_bins = int((missing | (numbers == 0)).sum()), len(self.edges) + 1
        else:
            place = _places(_held(values, self.kind), self.levels)
            missing = place < 0
            silent, n_bins = int(missing.sum()), len(self.levels) + 1
        place = np.where(missing, n_bins, place)
        return np.bincount(place, minlength=n_bins + 1).astype(np.int64), silent


def _numbers(values: pd.Series, kind: Kind) -> FloatArray:
    """What quantiles are taken of; nan is missing."""
    if kind == "date":
        return as_days(values)
    if kind == "text":
        codes, distinct = as_levels(values)
        lengths = np.array([*(float(len(text)) for text in distinct), np.nan])
        return lengths[codes]
    return as_numbers(values)


def _held(values: pd.Series, kind: Kind) -> list[frozenset[str]]:
    """The levels of each account."""
    if kind == "tags":
        codes, sets = as_tags(values)
        return [sets[code] for code in codes]
    codes, distinct = as_levels(values)
    alone = [frozenset([level]) for level in distinct] + [frozenset()]
    return [alone[code] for code in codes]


def _common(held: Sequence[frozenset[str]]) -> tuple[str, ...]:
    """Levels that enough accounts share, commonest first."""
    counted = Counter(level for levels in held for level in levels)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return tuple(level for level, n in ranked[:_MOST_LEVELS] if n >= _LEAST_ACCOUNTS)


def _places(held: Sequence[frozenset[str]], levels: Sequence[str]) -> IntArray:
    """Position of the rarest known level; after the last for unknown ones; -1 for none."""
    position = {level: i for i, level in enumerate(levels)}
    found = {
        one: max((position[level] for level in one if level in position), default=len(levels))
        if one
        else -1
        for one in set(held)
    }
    return np.array([found[one] for one in held], dtype=np.int64)
