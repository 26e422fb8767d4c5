"""A mixed-type table as two numeric designs, each design column owned by one table column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.propensity.codes import CategoryCode, Code, TagsCode
from abm_ml.propensity.columns import FloatArray, IntArray, column_kind
from abm_ml.propensity.number_code import NumberCode
from abm_ml.propensity.text import TextCode

_KINDS: dict[str, type[Code]] = {
    "number": NumberCode,
    "category": CategoryCode,
    "tags": TagsCode,
    "text": TextCode,
}


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

    def take(self, rows: IntArray) -> Design:
        """Some of the rows."""
        return Design(self.linear[rows], self.trees[rows])


@dataclass(frozen=True)
class Encoder:
    """Codes of the columns that say something, by column name.

    Columns that are all missing or constant in the training rows have no code.
    """

    codes: dict[str, Code]

    @classmethod
    def fit(
        cls,
        frame: pd.DataFrame,
        *,
        max_levels: int = 40,
        text_components: int = 8,
        max_tokens: int = 2_000,
        seed: int = 0,
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
        """
        # A level that a handful of rows have teaches nothing but those rows.
        min_rows = int(np.clip(len(frame) // 200, 2, 20))
        codes: dict[str, Code] = {}
        for name in frame.columns:
            values = frame[name]
            code: Code
            match column_kind(values):
                case "number":
                    code = NumberCode.fit(values)
                case "date":
                    code = NumberCode.fit(values, dates=True)
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

    @property
    def columns(self) -> tuple[str, ...]:
        """Table columns that have design columns."""
        return tuple(self.codes)

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

    def encode(self, frame: pd.DataFrame) -> Design:
        """Rows as both designs; a column that `frame` lacks counts as missing."""
        absent = pd.Series(np.full(len(frame), None, dtype=object))
        pairs = [
            code.encode(frame[name] if name in frame.columns else absent)
            for name, code in self.codes.items()
        ]
        none = np.zeros((len(frame), 0))
        return Design(
            np.concatenate([none, *(linear for linear, _ in pairs)], axis=1),
            np.concatenate([none, *(trees for _, trees in pairs)], axis=1),
        )

    def _owners(self, which: int) -> IntArray:
        widths = [code.widths[which] for code in self.codes.values()]
        return np.repeat(np.arange(len(widths)), widths)

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        names = {code: kind for kind, code in _KINDS.items()}
        return {
            "codes": [
                {"column": column, "kind": names[type(code)], "state": code.state()}
                for column, code in self.codes.items()
            ]
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Encoder:
        """The encoder that `state` was taken from."""
        return cls(
            {
                item["column"]: _KINDS[item["kind"]].from_state(item["state"])
                for item in state["codes"]
            }
        )
