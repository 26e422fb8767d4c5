"""One column as design columns: for the linear model and for the trees; numbers elsewhere."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import (
    FloatArray,
    IntArray,
    as_levels,
    as_tags,
)
from abm_ml.data.tokens import names_a_person


class Code(Protocol):
    """How one column becomes design columns; learned once, applied to any rows."""

    categorical: ClassVar[bool]
    """Whether its tree column holds level numbers."""

    @property
    def widths(self) -> tuple[int, int]:
        """Number of design columns for the linear model and for the trees."""

    def encode(self, values: pd.Series) -> tuple[FloatArray, FloatArray]:
        """Design columns for the linear model and for the trees, shapes (n_rows, width)."""

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """The code that `state` was taken from."""


@dataclass(frozen=True)
class CategoryCode:
    """A category: its frequent levels, the rest together, and missing.

    Parameters
    ----------
    levels : tuple of str
        Levels with a column of their own, the most frequent first.
    rest : bool
        Whether training rows had other levels.
    gaps : bool
        Whether training rows had missing values.
    """

    levels: tuple[str, ...]
    rest: bool
    gaps: bool
    categorical: ClassVar[bool] = True

    @classmethod
    def fit(cls, values: pd.Series, *, max_levels: int, min_rows: int) -> CategoryCode:
        """Keep the levels that at least `min_rows` rows have, at most `max_levels` of them."""
        codes, distinct = as_levels(values)
        counts = np.bincount(codes[codes >= 0], minlength=len(distinct))
        order = sorted(range(len(distinct)), key=lambda i: (-counts[i], distinct[i]))
        kept = tuple(
            distinct[i]
            for i in order[:max_levels]
            if counts[i] >= min_rows and not names_a_person(distinct[i])
        )
        return cls(kept, len(kept) < len(distinct), bool((codes < 0).any()))

    @property
    def widths(self) -> tuple[int, int]:
        """One column for each state (level, rest, missing) if there are several; one."""
        states = len(self.levels) + self.rest + self.gaps
        return (states, 1) if states > 1 else (0, 0)

    def encode(self, values: pd.Series) -> tuple[FloatArray, FloatArray]:
        """Whether the row is in each state; the number of its level, nan if missing."""
        positions = self._positions(values)
        if self.widths == (0, 0):
            return np.zeros((len(positions), 0)), np.zeros((len(positions), 0))
        rest = len(self.levels)
        states = [*range(rest), *([rest] if self.rest else []), *([rest + 1] if self.gaps else [])]
        numbers = np.where(positions > rest, np.nan, positions)
        return (positions[:, None] == np.array(states)).astype(np.float64), numbers[:, None]

    def rest_share(self, values: pd.Series) -> float:
        """Share of rows whose level has no column of its own; 0 where there are no rows."""
        rest = self._positions(values) == len(self.levels)
        return float(rest.mean()) if len(rest) else 0.0

    def _positions(self, values: pd.Series) -> IntArray:
        """Level number of each row; then one for the rest and one for missing."""
        codes, distinct = as_levels(values)
        known = {level: i for i, level in enumerate(self.levels)}
        rest, missing = len(self.levels), len(self.levels) + 1
        return np.array([*(known.get(level, rest) for level in distinct), missing])[codes]

    def state(self) -> dict[str, Any]:
        """Plain values, enough to rebuild it."""
        return {"levels": list(self.levels), "rest": self.rest, "gaps": self.gaps}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> CategoryCode:
        """The code that `state` was taken from."""
        return cls(tuple(state["levels"]), state["rest"], state["gaps"])


@dataclass(frozen=True)
class TagsCode:
    """Lists of tags: one column for each frequent tag, and how many tags there are.

    Parameters
    ----------
    tags : tuple of str
        Tags with a column of their own, the most frequent first.
    most : int
        The largest number of tags in a training row.
    """

    tags: tuple[str, ...]
    most: int
    categorical: ClassVar[bool] = False

    @classmethod
    def fit(cls, values: pd.Series, *, max_levels: int, min_rows: int) -> TagsCode:
        """Keep the tags that at least `min_rows` rows have, at most `max_levels` of them."""
        codes, distinct = as_tags(values)
        counts: Counter[str] = Counter()
        for tags, rows in zip(distinct, np.bincount(codes, minlength=len(distinct)), strict=True):
            counts.update(dict.fromkeys(tags, int(rows)))
        order = sorted(counts, key=lambda tag: (-counts[tag], tag))
        kept = tuple(
            tag
            for tag in order[:max_levels]
            if min_rows <= counts[tag] < len(values) and not names_a_person(tag)
        )
        return cls(kept, max(map(len, distinct), default=0))

    @property
    def widths(self) -> tuple[int, int]:
        """The tags and their number, the same for both."""
        width = len(self.tags) + 1 if self.most else 0
        return width, width

    def encode(self, values: pd.Series) -> tuple[FloatArray, FloatArray]:
        """Whether each tag is there, then the number of tags as a share of the most seen."""
        codes, distinct = as_tags(values)
        table = np.zeros((len(distinct), self.widths[0]))
        if self.most:
            position = {tag: i for i, tag in enumerate(self.tags)}
            for i, tags in enumerate(distinct):
                table[i, [position[tag] for tag in tags if tag in position]] = 1.0
                table[i, -1] = min(len(tags) / self.most, 1.0)
        return table[codes], table[codes]

    def state(self) -> dict[str, Any]:
        """Plain values, enough to rebuild it."""
        return {"tags": list(self.tags), "most": self.most}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> TagsCode:
        """The code that `state` was taken from."""
        return cls(tuple(state["tags"]), state["most"])
