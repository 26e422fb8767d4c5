"""Columns as coordinates: terms by TF-IDF and truncated SVD, numbers as ramps between quantiles.

Every block is centred on the universe, and what is unknown lies at its centre: it speaks neither
for nor against an account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD

from abm_ml.data.column_kinds import as_days, as_numbers, column_kind
from abm_ml.lookalike.columns import BlockPlan
from abm_ml.lookalike.terms import block_terms

FloatArray = npt.NDArray[np.float64]

RANK: Mapping[str, int] = {
    "tags": 160, "place": 48, "category": 32, "text": 64, "name": 64, "domain": 8,
}  # fmt: skip
"""Coordinates that a block of each kind gets at most."""

MOST_TERMS = 20_000
"""Terms of a block, the most frequent ones."""

IDF_POWER = (1.0, 0.5)

FEWEST = 3
"""A term that fewer accounts of the sample have makes no two of them alike."""

KNOTS = (0.02, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 0.98)
"""Quantiles between which a number's ramps run."""


@dataclass(frozen=True)
class TermBlock:
    """A column (or place) as a few coordinates that similar terms share.

    TF-IDF with sublinear counts and unit rows, then truncated SVD (Halko et al. 2011).

    Parameters
    ----------
    plan : BlockPlan
        What is read.
    vocabulary : tuple of str
        Terms, sorted.
    idf : array, shape (n_terms,)
        Inverse document frequencies, smoothed as scikit-learn does it.
    components : array, shape (n_coordinates, n_terms)
        Directions in the space of terms.
    centre : array, shape (n_coordinates,)
        Mean of the accounts whose value is known.
    scale : float
        What coordinates are divided by, so that the mean square over the universe is 1.
    """

    plan: BlockPlan
    vocabulary: tuple[str, ...]
    idf: FloatArray
    components: FloatArray
    centre: FloatArray
    scale: float

    @classmethod
    def fit(cls, plan: BlockPlan, accounts: pd.DataFrame, seed: int) -> Self | None:
        """Learn a block; None where the column says nothing that two accounts share."""
        cells, codes = block_terms(plan, accounts)
        counts = np.bincount(codes, minlength=len(cells))
        held = Counter[str]()
        for terms, count in zip(cells, counts, strict=True):
            held.update(dict.fromkeys(terms, int(count)))
        frequent = sorted(held, key=lambda term: (-held[term], term))[:MOST_TERMS]
        vocabulary = tuple(sorted(term for term in frequent if held[term] >= FEWEST))
        if not vocabulary:
            return None
        known = np.array([held[term] for term in vocabulary])
        idf = (np.log((1 + len(codes)) / (1 + known)) + 1) ** IDF_POWER[plan.kind == "tags"]
        unit = _rows(cells, vocabulary, idf, unit=plan.kind != "tags")
        matrix = unit[codes]
        rank = min(RANK[plan.kind], len(vocabulary) - 1, matrix.shape[0] - 1)
        if rank < 1:
            return None
        components = TruncatedSVD(rank, random_state=seed).fit(matrix).components_
        coordinates = np.asarray(unit @ components.T)
        known_rows = _filled(unit)
        weight = counts * known_rows
        if not weight.sum():
            return None
        centre = weight @ coordinates / weight.sum()
        square = ((coordinates - centre) ** 2).sum(axis=1)
        scale = float(np.sqrt(weight @ square / len(codes)))
        return cls(plan, vocabulary, idf, components, centre, scale) if scale > 1e-9 else None

    @property
    def width(self) -> int:
        """Number of coordinates."""
        return len(self.components)

    def transform(self, accounts: pd.DataFrame) -> FloatArray:
        """Coordinates, shape (n_accounts, width); 0 where nothing is known."""
        cells, codes = block_terms(self.plan, accounts)
        unit = _rows(cells, self.vocabulary, self.idf, unit=self.plan.kind != "tags")
        coordinates = (np.asarray(unit @ self.components.T) - self.centre) / self.scale
        coordinates[~_filled(unit)] = 0
        return coordinates[codes]

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        return {
            "vocabulary": list(self.vocabulary), "idf": self.idf, "components": self.components,
            "centre": self.centre, "scale": self.scale,
        }  # fmt: skip

    @classmethod
    def from_state(cls, plan: BlockPlan, state: Mapping[str, Any]) -> Self:
        """The block that `state` was taken from."""
        idf, components, centre = (state[name] for name in ("idf", "components", "centre"))
        words = tuple(state["vocabulary"])
        return cls(plan, words, idf, components, centre, float(state["scale"]))


@dataclass(frozen=True)
class NumberBlock:
    """A number (or date) as ramps: each rises from 0 to 1 between two quantiles.

    Two numbers are as far apart as the share of companies between them; amounts and counts are
    taken in log scale inside a ramp.

    Parameters
    ----------
    plan : BlockPlan
        What is read.
    log : bool
        Whether log(1 + number) is taken.
    knots : array, shape (n_ramps + 1,)
        Where ramps meet.
    centre : array, shape (n_ramps,)
        Mean of the accounts whose value is known.
    scale : float
        What coordinates are divided by, so that the mean square over the universe is 1.
    """

    plan: BlockPlan
    log: bool
    knots: FloatArray
    centre: FloatArray
    scale: float

    @classmethod
    def fit(cls, plan: BlockPlan, accounts: pd.DataFrame, seed: int) -> Self | None:
        """Learn a block; None where the number is the same for all."""
        del seed
        numbers = _numbers(accounts[plan.columns[0]])
        known = numbers[np.isfinite(numbers)]
        if not len(known):
            return None
        log = bool(known.min() >= 0 and np.quantile(known, 0.95) > 20 * np.median(known))
        knots = np.unique(np.quantile(_logged(known, log), KNOTS))
        if len(knots) < 2:
            return None
        ramps = _ramps(_logged(known, log), knots)
        centre = ramps.mean(axis=0)
        square = ((ramps - centre) ** 2).sum()
        scale = float(np.sqrt(square / len(numbers)))
        return cls(plan, log, knots, centre, scale) if scale > 1e-9 else None

    @property
    def width(self) -> int:
        """Number of coordinates."""
        return len(self.centre)

    def transform(self, accounts: pd.DataFrame) -> FloatArray:
        """Coordinates, shape (n_accounts, width); 0 where nothing is known."""
        numbers = _numbers(accounts[self.plan.columns[0]])
        coordinates = (_ramps(_logged(numbers, self.log), self.knots) - self.centre) / self.scale
        return np.where(np.isfinite(numbers)[:, None], coordinates, 0.0)

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        return {
            "log": self.log, "knots": self.knots, "centre": self.centre, "scale": self.scale,
        }  # fmt: skip

    @classmethod
    def from_state(cls, plan: BlockPlan, state: Mapping[str, Any]) -> Self:
        """The block that `state` was taken from."""
        return cls(plan, bool(state["log"]), state["knots"], state["centre"], float(state["scale"]))


Block = TermBlock | NumberBlock


def fit_block(plan: BlockPlan, accounts: pd.DataFrame, seed: int) -> Block | None:
    """The block of a plan, learned from a sample of the universe."""
    if plan.kind == "number":
        return NumberBlock.fit(plan, accounts, seed)
    return TermBlock.fit(plan, accounts, seed)


def _rows(
    cells: Iterable[list[str]], vocabulary: tuple[str, ...], idf: FloatArray, *, unit: bool
) -> csr_matrix:
    """TF-IDF rows, one for each distinct cell; empty where no term is known."""
    place = {term: i for i, term in enumerate(vocabulary)}
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for terms in cells:
        counts = Counter(place[term] for term in terms if term in place)
        weights = (1 + np.log(list(counts.values()))) * idf[list(counts)] if counts else np.zeros(0)
        columns.extend(counts)
        values.extend(weights / (np.sqrt(weights @ weights) or 1.0) if unit else weights)
        starts.append(len(columns))
    shape = (len(starts) - 1, len(vocabulary))
    return csr_matrix((np.array(values), np.array(columns, dtype=np.int64), starts), shape=shape)


def _filled(unit: csr_matrix) -> npt.NDArray[np.bool_]:
    return np.asarray(np.diff(unit.indptr) > 0)


def _numbers(values: pd.Series) -> FloatArray:
    return as_days(values) if column_kind(values) == "date" else as_numbers(values)


def _logged(numbers: FloatArray, log: bool) -> FloatArray:
    return np.log1p(np.maximum(numbers, 0)) if log else numbers


def _ramps(numbers: FloatArray, knots: FloatArray) -> FloatArray:
    with np.errstate(invalid="ignore"):
        return np.clip((numbers[:, None] - knots[:-1]) / np.diff(knots), 0, 1)
