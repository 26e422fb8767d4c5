"""A number or a date as design columns.

The linear model sees piecewise-linear steps between quantiles, so that it can bend and an
outlier cannot pull it, beside one smooth column on a log scale; trees see the numbers
themselves. Missing values are neutral (the mean of the training rows) beside a column that says
so. Amounts of money also say how exact and how common they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import FloatArray, as_days, as_numbers

SEGMENTS = 8
"""Pieces of the piecewise-linear form of a number, at most."""

ROWS_A_SEGMENT = 25
"""Filled rows that each piece needs."""

MOST_DIGITS = 12
"""Significant digits that are told apart."""

MOST_COMMON = 1_000
"""Amounts whose frequency is kept, at most."""

LEAST_MONEY = 10_000
"""Numbers that never reach this are no amounts of money."""


@dataclass(frozen=True)
class NumberCode:
    """A number or a date (as days).

    Parameters
    ----------
    dates : bool
        Whether values are dates.
    knots : array, shape (n_pieces + 1,)
        Distinct quantiles of the training values, rising.
    means : array, shape (n_pieces,)
        Mean of each piece over the filled training rows: what a missing value counts as.
    gaps : bool
        Whether training rows had missing values.
    center, spread : float
        Mean and twice the standard deviation of the values on a log scale.
    common, often : arrays, shape (n_common,)
        The commonest values of an amount of money, rising, and the logarithm of how many
        training rows had each; empty for other numbers.
    sign : int
        +1 or -1: all that is said of the column must rise with it, so that a model can be held
        to its direction; how exact and how common a value is does not. 0: not held.
    """

    dates: bool
    knots: FloatArray
    means: FloatArray
    gaps: bool
    center: float
    spread: float
    common: FloatArray
    often: FloatArray
    sign: int = 0
    categorical: ClassVar[bool] = False

    @classmethod
    def fit(cls, values: pd.Series, *, dates: bool = False, sign: int = 0) -> NumberCode:
        """Learn the quantiles of a column."""
        numbers = as_days(values) if dates else as_numbers(values)
        filled = numbers[~np.isnan(numbers)]
        pieces = int(np.clip(len(filled) // ROWS_A_SEGMENT, 1, SEGMENTS))
        # Nearest values, not mixtures of two: exact however large the numbers are.
        knots = np.unique(np.quantile(filled, np.linspace(0, 1, pieces + 1), method="nearest"))
        means = _pieces(filled, knots).mean(axis=0)
        smooth = filled if dates else _log(filled)
        center, spread = float(smooth.mean()), 2 * float(smooth.std())
        gaps = len(filled) < len(numbers)
        money = not dates and not sign and _is_money(filled)
        common, often = _common(filled if money else filled[:0])
        return cls(dates, knots, means, gaps, center, spread or 1.0, common, often, sign)

    @property
    def exact(self) -> bool:
        """Whether it matters how exact and how common a value is: money is guessed or quoted."""
        return len(self.common) > 0

    @property
    def widths(self) -> tuple[int, int]:
        """Pieces, one smooth column, two of exactness, missing; the number, two of exactness."""
        pieces = len(self.means)
        linear = pieces + (pieces > 1) + 2 * self.exact + self.gaps
        return linear, min(linear, 1) + 2 * self.exact

    @property
    def signs(self) -> tuple[list[int], list[int]]:
        """Direction of each design column for the linear model and for the trees; 0: free."""
        linear, trees = self.widths
        free = min(int(self.gaps), linear)  # whether the value is missing
        return [self.sign] * (linear - free) + [0] * free, [self.sign] * trees

    def encode(self, values: pd.Series) -> tuple[FloatArray, FloatArray]:
        """Pieces (0 below, 1 above, linear between), log scale, missing; the number itself."""
        numbers = as_days(values) if self.dates else as_numbers(values)
        missing = np.isnan(numbers)
        linear = [np.where(missing[:, None], self.means, _pieces(numbers, self.knots))]
        if len(self.means) > 1:
            smooth = numbers if self.dates else _log(numbers)
            scaled = np.clip((smooth - self.center) / self.spread, -2, 2)
            linear.append(np.where(missing, 0.0, scaled)[:, None])
        exactness = self._exactness(numbers)
        linear.append(np.nan_to_num(exactness) / MOST_DIGITS)
        if self.gaps:
            linear.append(missing[:, None])
        trees = np.column_stack([numbers[:, None][:, : min(self.widths[1], 1)], exactness])
        return np.column_stack(linear).astype(np.float64), trees

    def _exactness(self, numbers: FloatArray) -> FloatArray:
        """Digits of each amount and how common it is, nan where missing; no columns if no money."""
        if not self.exact:
            return np.zeros((len(numbers), 0))
        place = np.minimum(np.searchsorted(self.common, numbers), len(self.common) - 1)
        often = np.where(self.common[place] == numbers, self.often[place], 0.0)
        return np.column_stack([_digits(numbers), np.where(np.isnan(numbers), np.nan, often)])

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        return vars(self).copy()

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> NumberCode:
        """The code that `state` was taken from."""
        return cls(**state)


def _log(numbers: FloatArray) -> FloatArray:
    """A log scale that also takes zero and negative numbers."""
    return np.sign(numbers) * np.log1p(np.abs(numbers))


def _is_money(filled: FloatArray) -> bool:
    """Whether values look like amounts: whole, large and many."""
    whole = bool((np.abs(filled - np.rint(filled)) < 1e-9).all())
    return whole and float(np.abs(filled).max()) >= LEAST_MONEY and len(np.unique(filled)) > 50


def _common(filled: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The commonest values that occur more than once, rising, and log of how often."""
    values, counts = np.unique(filled, return_counts=True)
    kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_COMMON])
    kept = kept[counts[kept] > 1] if len(values) else kept
    return values[kept], np.log(counts[kept])


def _digits(numbers: FloatArray) -> FloatArray:
    """Significant digits of whole numbers, nan where missing: 50,000 has one, 48,250 four.

    A round amount is somebody's guess, an exact one comes from a quote.
    """
    rest = np.abs(np.nan_to_num(numbers, posinf=0, neginf=0))
    rest = np.where(rest < 10.0**MOST_DIGITS, rest, 0.0).astype(np.int64)
    for _ in range(MOST_DIGITS):
        rest = np.where((rest > 0) & (rest % 10 == 0), rest // 10, rest)
    length = np.where(rest > 0, np.floor(np.log10(np.maximum(rest, 1))) + 1, 0)
    return np.where(np.isnan(numbers), np.nan, length)


def _pieces(numbers: FloatArray, knots: FloatArray) -> FloatArray:
    """How far each number has come between each two knots, shape (n_rows, n_knots - 1)."""
    low, high = knots[:-1] / 2, knots[1:] / 2  # halved: a difference of huge numbers overflows
    return np.clip((numbers[:, None] / 2 - low) / (high - low), 0.0, 1.0)
