"""What a column does with the outcome: whether it tells it better than anything honest could.

Every figure is judged by its lower 99 % bound, so that a level that is pure by luck, or a handful
of rows, proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

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

BY_SEPARATION = "by itself it all but separates the classes"
BY_FILLING = "it is filled for one class and empty for the other"
BY_VALUE = "one of its values is found with one outcome only"
BY_TIME = "its own dates lie at or after the row's time, and tell the outcome"

MOST_AUC = 0.92
"""A single column that surely ranks better than this is not believed."""

MOST_LATER_AUC = 0.7
"""Nor is one whose dates, by how far they lie after the row's time, surely rank better."""

FILL_GAP = 0.5
"""Shares of filled rows in the two classes that surely differ by more are not believed."""

PURE = 0.93
"""A value whose rows are surely of the rarer class to more than this share …"""

PURE_SHARE = 0.1
"""… and that hold this share of that class, is not believed."""

CODE_ROWS = 20
"""Rows that a value (or a bin of numbers) needs to count by itself."""

LEAST_ROWS = 30
"""Rows of each class without which behaviour proves nothing."""

Z = 2.326
"""Standard errors below a figure at its one-sided 99 % bound."""

_BINS = 50


@dataclass(frozen=True)
class Tally:
    """Rows of a column as few codes, with their labels.

    Parameters
    ----------
    codes : array of int, shape (n_rows,)
        Levels, sets of tags or quantile bins; -1 is missing.
    y : array of int, shape (n_rows,)
        Labels.
    tags : tuple of frozenset of str
        What the codes stand for, where they are sets of tags.
    repeats : array of int, shape (n_rows,), optional
        Account or opportunity of each row.
    """

    codes: IntArray
    y: IntArray
    tags: tuple[frozenset[str], ...] = ()
    repeats: IntArray | None = None

    @classmethod
    def of(cls, values: pd.Series, y: IntArray, repeats: IntArray | None = None) -> Tally:
        """Code a column; rows with equal repeat, code and label count once."""
        codes, tags = _coded(values, column_kind(values))
        return cls(codes, y, tags, repeats).once()

    def once(self) -> Tally:
        """The same with rows of equal repeat, code and label counted once."""
        if self.repeats is None:
            return self
        table = pd.DataFrame({"repeat": self.repeats, "code": self.codes, "y": self.y})
        kept = np.flatnonzero(~table.duplicated())
        return Tally(self.codes[kept], self.y[kept], self.tags, self.repeats[kept])

    def filled(self) -> Tally:
        """All that is not missing as one value: many sparse values hide that it is pure."""
        return Tally(np.minimum(self.codes, 0), self.y, repeats=self.repeats).once()

    def shares(self) -> tuple[float, float]:
        """Shares of rows that are not missing, of won and of lost."""
        won, lost = ((self.codes[self.y == label] >= 0).mean() for label in (1, 0))
        return float(won), float(lost)

    def enough(self) -> bool:
        """Whether there are enough rows of each class to prove anything."""
        return bool(min(self.y.sum(), len(self.y) - self.y.sum()) >= LEAST_ROWS)


def behaviour(tally: Tally) -> tuple[str, str] | None:
    """What gives a column away, and the figures; None if nothing does."""
    if not tally.enough():
        return None
    filled = tally.filled()
    if _tells_by_filling(filled):
        won, lost = filled.shares()
        return BY_FILLING, f"filled in {won:.0%} of won, {lost:.0%} of lost"
    auc = single_auc(tally.codes, tally.y)
    if auc_bound(auc, tally.y) > MOST_AUC:
        return BY_SEPARATION, f"AUC {auc:.3f} by this column alone"
    pure = _pure_value(tally)
    if pure is None:
        return None
    return BY_VALUE, f"{pure[0]} of {pure[1]} rows with one value have one outcome"


def behaviour_in_time(
    values: pd.Series, y: IntArray, days: FloatArray, repeats: IntArray | None = None
) -> tuple[str, str] | None:
    """Whether a column of dates tells the outcome by lying, or how far, after the rows' times.

    Parameters
    ----------
    values : Series, shape (n_rows,)
        The column.
    y : array of int, shape (n_rows,)
        Labels.
    days : array of float, shape (n_rows,)
        When each row was seen, in days since 1970.
    repeats : array of int, shape (n_rows,), optional
        Account or opportunity of each row.
    """
    if column_kind(values) != "date":
        return None
    lag = as_days(values) - days
    codes = _binned(np.where(lag >= 0, lag, np.nan))
    tally = Tally(codes, y, repeats=repeats)
    if not tally.enough():
        return None
    auc, later = single_auc(codes, y), tally.filled()
    if auc_bound(auc, y) <= MOST_LATER_AUC and not (later.enough() and _pure_value(later)):
        return None
    won, lost = tally.shares()
    told = f"at or after the row's time in {won:.0%} of won, {lost:.0%} of lost"
    return BY_TIME, f"{told}; AUC {auc:.3f} by how far"


def surely_apart(
    one: float, n_one: int, other: float, n_other: int, *, gap: float = FILL_GAP
) -> bool:
    """Whether two shares differ by more than a gap, with 99 % confidence.

    The standard error is that of shares with one success and one failure added to each
    (Agresti & Caffo 2000), so that a share of 0 or 1 of a few rows is not certain.
    """
    shares = [(p * n + 1) / (n + 2) for p, n in ((one, n_one), (other, n_other))]
    sizes = (n_one + 2, n_other + 2)
    variance = sum(p * (1 - p) / n for p, n in zip(shares, sizes, strict=True))
    return bool(abs(shares[0] - shares[1]) - Z * np.sqrt(variance) > gap)


def single_auc(codes: IntArray, y: IntArray) -> float:
    """AUC of codes alone: the rates of one half of the rows rank the other half.

    Rates that rank the rows they come from would repeat the labels of rare codes. The halves
    are drawn from the counts of each code, so the order of rows plays no part. Codes with few
    rows are taken together.
    """
    rows = np.bincount(codes + 1)
    merged = np.where(rows[codes + 1] < CODE_ROWS, 0, codes + 2)
    counts, won = np.bincount(merged), np.bincount(merged, weights=y).astype(np.int64)
    half = np.random.default_rng(0).hypergeometric(won, counts - won, counts // 2)
    first = np.column_stack([half, counts // 2 - half])
    second = np.column_stack([won, counts - won]) - first
    return (_auc_of_counts(first, second) + _auc_of_counts(second, first)) / 2


def auc_bound(auc: float, y: IntArray) -> float:
    """Lower 99 % bound of an AUC (standard error of Hanley & McNeil 1982)."""
    wins, losses = int(y.sum()), int(len(y) - y.sum())
    spread = auc * (1 - auc)
    spread += (wins - 1) * (auc / (2 - auc) - auc**2)
    spread += (losses - 1) * (2 * auc**2 / (1 + auc) - auc**2)
    return float(auc - Z * np.sqrt(max(spread, 0.0) / (wins * losses)))


def _auc_of_counts(teach: IntArray, test: IntArray) -> float:
    """AUC of test rows ranked by the win rates of the rows that teach; columns: won, lost."""
    base = teach[:, 0].sum() / max(teach.sum(), 1)
    rate = (teach[:, 0] + base) / (teach.sum(axis=1) + 1)
    ranked = np.unique(rate, return_inverse=True)[1]
    won = np.bincount(ranked, weights=test[:, 0])
    lost = np.bincount(ranked, weights=test[:, 1])
    pairs = won.sum() * lost.sum()
    return float((won * (np.cumsum(lost) - lost / 2)).sum() / pairs) if pairs else 0.5


def _tells_by_filling(filled: Tally) -> bool:
    """Whether being filled at all (one value) is far more usual in a class, or only found there."""
    if not filled.enough():
        return False
    wins = int(filled.y.sum())
    won, lost = filled.shares()
    return surely_apart(won, wins, lost, len(filled.y) - wins) or _pure_value(filled) is not None


def _pure_value(tally: Tally) -> tuple[int, int] | None:
    """Rows of the rarer class and all rows of a value that is nearly only found there."""
    rare = tally.y if tally.y.mean() <= 0.5 else 1 - tally.y
    rows: FloatArray = np.bincount(tally.codes + 1).astype(np.float64)
    inside = np.bincount(tally.codes + 1, weights=rare).astype(np.float64)
    if tally.tags:
        rows, inside = _by_tag(rows[1:], tally.tags), _by_tag(inside[1:], tally.tags)
    surely = _share_bound(inside, rows) > PURE
    suspect = surely & (inside >= PURE_SHARE * rare.sum())
    if not suspect.any():
        return None
    most = int(np.argmax(np.where(suspect, inside, -1)))
    return int(inside[most]), int(rows[most])


def _by_tag(counts: FloatArray, sets: tuple[frozenset[str], ...]) -> FloatArray:
    """Counts of sets as counts of each of their tags."""
    position = {tag: i for i, tag in enumerate(sorted(frozenset().union(*sets)))}
    total = np.zeros(len(position))
    for count, tags in zip(counts, sets, strict=False):
        total[[position[tag] for tag in tags]] += count
    return total


def _share_bound(inside: FloatArray, rows: FloatArray) -> FloatArray:
    """Lower 99 % bound of shares (Wilson 1927); 0 where there are no rows."""
    n = np.maximum(rows, 1)
    p = inside / n
    middle = p + Z**2 / (2 * n)
    spread = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    bound: FloatArray = (middle - spread) / (1 + Z**2 / n)
    return bound


def _coded(values: pd.Series, kind: Kind) -> tuple[IntArray, tuple[frozenset[str], ...]]:
    """Rows as few codes, -1 where missing, and the sets of tags that they stand for."""
    if kind in ("category", "text", "empty"):
        codes = as_levels(values)[0]
        # Whose text a row has says nothing by itself; that it has one may.
        return (codes if kind == "category" else np.minimum(codes, 0)), ()
    if kind == "tags":
        codes, distinct = as_tags(values)
        empty = [i for i, tags in enumerate(distinct) if not tags]
        return np.where(np.isin(codes, empty), -1, codes), tuple(distinct)
    return _binned(as_days(values) if kind == "date" else as_numbers(values)), ()


def _binned(numbers: FloatArray) -> IntArray:
    """Up to 50 quantile bins; -1 is missing."""
    missing = np.isnan(numbers)
    if missing.all():
        return np.full(len(numbers), -1, dtype=np.int64)
    n_bins = int(np.clip(len(numbers) // CODE_ROWS, 2, _BINS))
    edges = np.unique(np.quantile(numbers[~missing], np.linspace(0, 1, n_bins + 1)[1:-1]))
    return np.where(missing, -1, np.searchsorted(edges, numbers, side="right"))
