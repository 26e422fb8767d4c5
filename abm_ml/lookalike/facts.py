"""Facts about accounts: which value of which column each one has.

The embedding blurs values into coordinates; facts keep them as they are written, for the
re-ranking, for the traits that a list shares, and for the plain firmographic match.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix

from abm_ml.data.column_kinds import as_days, as_levels, as_numbers, as_tags, column_kind
from abm_ml.data.tokens import tokens
from abm_ml.lookalike.columns import BlockPlan
from abm_ml.lookalike.terms import CJK, domain_terms

FloatArray = npt.NDArray[np.float64]

MOST_FACTS = 5_000
"""Facts that are kept of one column, the most frequent ones."""

FEWEST = 3
"""A fact of fewer accounts of the sample is nobody's trait."""

BANDS = (0.2, 0.4, 0.6, 0.8)
"""Quantiles that cut a number into bands."""

MOST = float(np.finfo(np.float32).max)
"""Numbers beyond are taken for it."""

WORDS = ("name", "text", "domain")
"""Kinds of columns whose facts are words: no firmographics."""


@dataclass(frozen=True)
class Facts:
    """The facts of a universe.

    Parameters
    ----------
    plans : tuple of BlockPlan
        What is read.
    columns, values : tuples of str, one entry a fact
        Column and value of each fact, spelt as most accounts spell it.
    edges : mapping of str to list of float
        Where a number's bands end, by column.
    """

    plans: tuple[BlockPlan, ...]
    columns: tuple[str, ...]
    values: tuple[str, ...]
    edges: Mapping[str, list[float]]

    @classmethod
    def fit(cls, accounts: pd.DataFrame, plans: Sequence[BlockPlan]) -> Self:
        """Learn which facts there are from a sample of the universe."""
        numeric = [plan.name for plan in plans if plan.kind == "number"]
        edges = {column: band_edges(numbers_of(accounts[column])) for column in numeric}
        found = cls(tuple(plans), (), (), edges)
        columns: list[str] = []
        values: list[str] = []
        for column, cells, codes in found._cells(accounts):
            held = np.bincount(codes, minlength=len(cells))
            counts: dict[str, int] = {}
            for words, count in zip(cells, held, strict=True):
                for word in words:
                    counts[word] = counts.get(word, 0) + int(count)
            kept = sorted(
                (word for word, count in counts.items() if count >= FEWEST),
                key=lambda word: (-counts[word], word),
            )[:MOST_FACTS]
            columns.extend([column] * len(kept))
            values.extend(sorted(kept))
        return cls(tuple(plans), tuple(columns), tuple(values), edges)

    def __len__(self) -> int:
        return len(self.columns)

    def matrix(self, accounts: pd.DataFrame) -> csr_matrix:
        """1 where an account has a fact, shape (n_accounts, n_facts), float32."""
        accounts = accounts.reset_index(drop=True)
        places = self._places()
        parts = [
            _rows_of(cells, codes, places.get(column, {}))
            for column, cells, codes in self._cells(accounts)
        ]
        lengths = np.sum([np.diff(starts) for starts, _ in parts], axis=0)
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        indices = np.empty(indptr[-1], dtype=np.int32)
        offset = indptr[:-1].copy()
        for starts, columns in parts:
            count = np.diff(starts)
            target = np.repeat(offset, count) + _running(count)
            indices[target] = columns
            offset += count
        ones = np.ones(len(indices), dtype=np.float32)
        return csr_matrix((ones, indices, indptr), shape=(len(accounts), len(self)))

    def numbers(self, accounts: pd.DataFrame) -> npt.NDArray[np.float32]:
        """Numbers as they are, shape (n_accounts, n_number_columns); nan is missing."""
        columns = [numbers_of(accounts[name]) for name in self.edges]
        stacked = np.column_stack(columns) if columns else np.empty((len(accounts), 0))
        return np.clip(stacked, -MOST, MOST).astype(np.float32)

    @property
    def in_words(self) -> npt.NDArray[np.bool_]:
        """Which facts people can read: pieces of Chinese texts are no words."""
        pieces = [value[:1] >= CJK for value in self.values]
        return self.firmographic | ~np.array(pieces, dtype=bool)

    @property
    def firmographic(self) -> npt.NDArray[np.bool_]:
        """Which facts are no mere words of a text."""
        words = {name for plan in self.plans if plan.kind in WORDS for name in plan.columns}
        return np.array([column not in words for column in self.columns], dtype=bool)

    def state(self) -> dict[str, Any]:
        """Plain values, enough to rebuild it."""
        plans = [[plan.name, list(plan.columns), plan.kind] for plan in self.plans]
        return {
            "plans": plans, "columns": list(self.columns), "values": list(self.values),
            "edges": dict(self.edges),
        }  # fmt: skip

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The facts that `state` was taken from."""
        plans = tuple(BlockPlan(name, tuple(read), kind) for name, read, kind in state["plans"])
        return cls(plans, tuple(state["columns"]), tuple(state["values"]), dict(state["edges"]))

    def _places(self) -> dict[str, dict[str, int]]:
        places: dict[str, dict[str, int]] = {}
        for place, (column, value) in enumerate(zip(self.columns, self.values, strict=True)):
            places.setdefault(column, {})[value] = place
        return places

    def _cells(
        self, accounts: pd.DataFrame
    ) -> list[tuple[str, list[list[str]], npt.NDArray[np.int64]]]:
        """Column, facts of each distinct cell, and the cell of each account."""
        found = []
        for plan in self.plans:
            for column in plan.columns:
                cells, codes = self._column_cells(plan, accounts[column])
                found.append((column, cells, codes))
        return found

    def _column_cells(
        self, plan: BlockPlan, values: pd.Series
    ) -> tuple[list[list[str]], npt.NDArray[np.int64]]:
        if plan.kind == "number":
            bands = np.digitize(numbers_of(values), self.edges[plan.name])
            missing = ~np.isfinite(numbers_of(values))
            labels = band_labels(self.edges[plan.name])
            return [*([label] for label in labels), []], np.where(missing, len(labels), bands)
        if plan.kind == "tags":
            codes, sets = as_tags(values)
            return [sorted({tag.lower() for tag in tags if tag}) for tags in sets], codes
        codes, levels = as_levels(values)
        if plan.kind in ("name", "text"):
            cells = [sorted(set(tokens(level))) for level in levels]
        elif plan.kind == "domain":
            cells = [domain_terms(level) for level in levels]
        else:
            cells = [[level] for level in levels]
        return [*cells, []], np.where(codes < 0, len(levels), codes)


def numbers_of(values: pd.Series) -> FloatArray:
    """A number column, or dates as years; nan is missing."""
    if column_kind(values) == "date":
        return 1970 + as_days(values) / 365.2425
    return as_numbers(values)


def band_edges(numbers: FloatArray) -> list[float]:
    """Where the bands of a number end: round figures near its quintiles."""
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return []
    edges = sorted({float(f"{edge:.3g}") for edge in np.quantile(known, BANDS)})
    if known.min() > 1_000 and known.max() < 2_200:  # Years are no figures to be rounded.
        edges = sorted({float(round(edge)) for edge in np.quantile(known, BANDS)})
    return [edge for edge in edges if edge > known.min()]


def band_labels(edges: list[float]) -> list[str]:
    """Words for the bands between edges.

    >>> band_labels([50.0, 1000.0])
    ['< 50', '50 - 1,000', '>= 1,000']
    """
    if not edges:
        return ["any"]
    shown = [_figure(edge) for edge in edges]
    middle = [f"{low} - {high}" for low, high in pairwise(shown)]
    return [f"< {shown[0]}", *middle, f">= {shown[-1]}"]


def _figure(number: float) -> str:
    year = number.is_integer() and 1_000 < number < 2_200
    return (
        f"{number:.0f}" if year else f"{number:,.3g}" if abs(number) < 1_000 else f"{number:,.0f}"
    )


def _rows_of(
    cells: list[list[str]], codes: npt.NDArray[np.int64], places: Mapping[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Starts and columns of the rows of one column of accounts."""
    known = [sorted(places[word] for word in words if word in places) for words in cells]
    lengths = np.array([len(row) for row in known], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    flat = np.array([place for row in known for place in row], dtype=np.int32)
    count = lengths[codes]
    pick = np.repeat(starts[:-1][codes], count) + _running(count)
    return np.concatenate([[0], np.cumsum(count)]), flat[pick]


def _running(count: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """0, 1, … within each group of these sizes."""
    ends = np.cumsum(count)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)


def shared(matrix: csr_matrix) -> FloatArray:
    """Share of rows that have each fact."""
    rows = max(1, matrix.shape[0])
    return np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel() / rows
