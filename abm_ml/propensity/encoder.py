"""A mixed-type table as two numeric designs, each design column owned by one table column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import FloatArray, IntArray, column_kind
from abm_ml.propensity.codes import CategoryCode, Code, TagsCode
from abm_ml.propensity.number_code import NumberCode
from abm_ml.propensity.rates import Rates
from abm_ml.propensity.text import TextCode

_KINDS: dict[str, type[Code]] = {
    "number": NumberCode,
    "category": CategoryCode,
    "tags": TagsCode,
    "text": TextCode,
}


LEAST_CROWDED = 0.05
"""Share of rows with a level that has no column, from which rates are worth a try."""


@dataclass(frozen=True)
class Design:
    """The same rows as the linear model and as the trees see them.

    Parameters
    ----------
    linear : array, shape (n_rows, n_linear)
        Finite numbers.
    trees : array, shape (n_rows, n_trees)
        Numbers and level numbers; nan where missing.
    """

    linear: FloatArray
    trees: FloatArray

    def __len__(self) -> int:
        return len(self.linear)

    def beside(self, more: Sequence[FloatArray]) -> Design:
        """With more columns in both, each of shape (n_rows,)."""
        if not more:
            return self
        added = np.column_stack(more)
        return Design(np.hstack([self.linear, added]), np.hstack([self.trees, added]))

    def take(self, rows: IntArray) -> Design:
        """Some of the rows."""
        return Design(self.linear[rows], self.trees[rows])


@dataclass(frozen=True)
class Encoder:
    """Codes of the columns that say something, by column name.

    Columns that are all missing or constant in the training rows have no code.
    """

    codes: dict[str, Code]
    rates: dict[str, Rates] = field(default_factory=dict)

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame,
        *,
        max_levels: int = 40,
        text_components: int = 8,
        max_tokens: int = 2_000,
        seed: int = 0,
        monotone: Mapping[str, int] | None = None,
    ) -> Encoder:
        """Learn how each column becomes numbers; labels play no part.

        Parameters
        ----------
        frame : DataFrame, shape (n_rows, n_columns)
            Training rows.
        max_levels : int
            Levels of a category (or tags) with a column of their own, at most.
        text_components : int
            Numbers that a text becomes, at most.
        max_tokens : int
            Vocabulary of a text column, at most.
        seed : int
            For the components of texts.
        monotone : mapping of str to int, optional
            Numbers and dates that are held to a direction: +1 or -1.
        """
        held = monotone or {}
        min_rows = least_rows(len(frame))
        codes: dict[str, Code] = {}
        for name in frame.columns:
            values = frame[name]
            code: Code
            match column_kind(values):
                case "number":
                    code = NumberCode.fit(values, sign=held.get(name, 0))
                case "date":
                    code = NumberCode.fit(values, dates=True, sign=held.get(name, 0))
                case "category":
                    code = CategoryCode.fit(values, max_levels=max_levels, min_rows=min_rows)
                case "tags":
                    code = TagsCode.fit(values, max_levels=max_levels, min_rows=min_rows)
                case "text":
                    code = TextCode.fit(
                        values, n_components=text_components, max_tokens=max_tokens, seed=seed
                    )
                case "empty":
                    continue
            if code.widths != (0, 0):
                codes[name] = code
        return cls(codes)

    def with_rates(
        self,
        frame: pd.DataFrame,
        names: Sequence[str],
        y: IntArray,
        weight: FloatArray,
        alike: IntArray,
        seed: int,
    ) -> tuple[Encoder, Design]:
        """Add winning rates of the levels of some columns, and encode the training rows.

        Parameters
        ----------
        frame : DataFrame, shape (n_rows, n_columns)
            The rows that it was fitted on.
        names : sequence of str
            Columns that get a design column of rates.
        y, weight : arrays, shape (n_rows,)
            1 won, 0 lost; weights of the rows.
        alike : array of int, shape (n_rows,)
            Rows of one group don't describe each other.
        seed : int
            For the parts of rows that describe each other.

        Returns
        -------
        encoder : Encoder
            For any rows but these.
        design : Design
            These rows; the rates are of others among them (see `abm_ml.propensity.rates`).
        """
        rates = {name: Rates.fit(frame[name], y, weight) for name in names}
        rates = {name: one for name, one in rates.items() if one.levels}
        crossed = [Rates.crossed(frame[name], y, weight, alike, seed) for name in rates]
        return replace(self, rates=rates), self.encode(frame).beside(crossed)

    @property
    def columns(self) -> tuple[str, ...]:
        """Table columns that have design columns."""
        return tuple(dict.fromkeys([*self.codes, *self.rates]))

    @property
    def linear_owners(self) -> IntArray:
        """Position in `columns` of the owner of each linear design column."""
        return self._owners(0)

    @property
    def tree_owners(self) -> IntArray:
        """Position in `columns` of the owner of each tree design column."""
        return self._owners(1)

    @property
    def tree_categories(self) -> list[int]:
        """Tree design columns that hold level numbers."""
        flags = [code.categorical for code in self.codes.values() for _ in range(code.widths[1])]
        return [i for i, categorical in enumerate(flags) if categorical]

    @property
    def linear_signs(self) -> IntArray:
        """Direction that each linear design column is held to: +1, -1 or 0 (free)."""
        return self._signs(0)

    @property
    def tree_signs(self) -> IntArray:
        """Direction that each tree design column is held to: +1, -1 or 0 (free)."""
        return self._signs(1)

    @property
    def free_columns(self) -> IntArray:
        """Positions of the tree design columns that applicability and shrinkage may look at.

        Not those held to a direction, which they could break, and no rates: those of training
        rows are not like those of others.
        """
        signs = self.tree_signs
        return np.flatnonzero(signs[: len(signs) - len(self.rates)] == 0)

    @property
    def free_categories(self) -> list[int]:
        """Which of `free_columns` hold level numbers."""
        return np.flatnonzero(np.isin(self.free_columns, self.tree_categories)).tolist()

    def without_rates(self, design: Design) -> Design:
        """A design in which all rates read 0: nothing can be learned from them."""
        n_rates = len(self.rates)
        if not n_rates:
            return design
        linear, trees = design.linear.copy(), design.trees.copy()
        linear[:, -n_rates:] = trees[:, -n_rates:] = 0.0
        return Design(linear, trees)

    def encode(self, frame: pd.DataFrame) -> Design:
        """Rows as both designs; a column that `frame` lacks counts as missing."""
        absent = pd.Series(np.full(len(frame), None, dtype=object))
        pairs = [
            code.encode(frame[name] if name in frame.columns else absent)
            for name, code in self.codes.items()
        ]
        none = np.zeros((len(frame), 0))
        design = Design(
            np.concatenate([none, *(linear for linear, _ in pairs)], axis=1),
            np.concatenate([none, *(trees for _, trees in pairs)], axis=1),
        )
        return design.beside(
            [rates.encode(frame.get(name, absent)) for name, rates in self.rates.items()]
        )

    def _owners(self, which: int) -> IntArray:
        widths = [code.widths[which] for code in self.codes.values()]
        rated = [self.columns.index(name) for name in self.rates]
        return np.array([*np.repeat(np.arange(len(widths)), widths), *rated], dtype=np.int64)

    def _signs(self, which: int) -> IntArray:
        signs = [
            code.signs[which] if isinstance(code, NumberCode) else [0] * code.widths[which]
            for code in self.codes.values()
        ]
        free = [0] * len(self.rates)
        return np.array([*(sign for own in signs for sign in own), *free], dtype=np.int64)

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        names = {code: kind for kind, code in _KINDS.items()}
        return {
            "codes": [
                {"column": column, "kind": names[type(code)], "state": code.state()}
                for column, code in self.codes.items()
            ],
            "rates": [
                {"column": column, "state": rates.state()} for column, rates in self.rates.items()
            ],
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Encoder:
        """The encoder that `state` was taken from."""
        return cls(
            {
                item["column"]: _KINDS[item["kind"]].from_state(item["state"])
                for item in state["codes"]
            },
            {item["column"]: Rates.from_state(item["state"]) for item in state["rates"]},
        )


def crowded_columns(frame: pd.DataFrame, max_levels: int) -> list[str]:
    """Categories of which many rows have a level without a column of its own."""
    found = []
    for name in frame.columns:
        if column_kind(frame[name]) == "category":
            code = CategoryCode.fit(
                frame[name], max_levels=max_levels, min_rows=least_rows(len(frame))
            )
            if code.rest_share(frame[name]) >= LEAST_CROWDED:
                found.append(name)
    return found


def least_rows(n_rows: int) -> int:
    """Rows that a level needs for a column: those of a handful teach nothing but themselves."""
    return int(np.clip(n_rows // 200, 2, 20))
