"""How well the training rows cover a row, without keeping any of them.

Each design column is cut into a few bins. A value's surprise is -log of the share of training
rows with its level, or with a number as far out as its own (Fisher's way to join tails). A row is
unlike the training rows if

- the mean of its surprises, each column weighted by how much the model uses it, lies far from
  that of the training rows, *above or below*: an account of which nothing is known has the
  commonest value everywhere, and is yet like nobody that was ever opened (a typicality test,
  Nalisnick et al. 2019). So weighted, neither idle columns nor many that say the same outweigh
  the others;
- or a single value of it is one that hardly any training row had, whatever its column is used
  for: where all training rows are alike in a column, the model cannot have learned to use it.

What is told is the share of training rows that are at least as unlike the rest in either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.candidates import Linear, Trees
from abm_ml.propensity.encoder import Design, Encoder

OUTSIDE = 0.05
"""Applicability below which a row counts as outside the training data; about 5 % of rows that
are drawn like the training rows fall below it by chance."""

BINS = 20
"""Bins of a number, at most."""

FOLDS = 5
"""Parts of the training rows; each is judged by the others."""

SAMPLE = 20_000
"""Rows on which the columns' use is measured, about."""

STEPS = 1_000
"""Quantiles of the training rows' surprise that are kept."""


@dataclass(frozen=True)
class Coverage:
    """Surprise of rows, and how surprising the training rows are.

    Parameters
    ----------
    edges : tuple of array
        Upper ends (inclusive) of each design column's bins, rising; beyond the last one and
        missing have a bin each.
    surprise : tuple of array
        Surprise of each bin, longer than its edges by two.
    use : array, shape (n_columns,)
        Weights of the columns in the mean surprise; they sum to 1.
    mean, most : arrays, shape (STEPS + 1,)
        Quantiles of the mean and of the largest surprise of training rows, each judged by rows
        of other clusters.
    tail : array, shape (STEPS + 1,)
        Quantiles of the smaller of a training row's two tails.
    """

    edges: tuple[FloatArray, ...]
    surprise: tuple[FloatArray, ...]
    use: FloatArray
    mean: FloatArray
    most: FloatArray
    tail: FloatArray

    @classmethod
    def fit(
        cls, design: FloatArray, categorical: Sequence[int], use: FloatArray, clusters: IntArray
    ) -> tuple[Coverage, FloatArray]:
        """Learn from the training rows, and say how well they cover each other.

        Parameters
        ----------
        design : array, shape (n_rows, n_columns)
            The training rows as trees see them; nan is missing.
        categorical : sequence of int
            Columns that hold level numbers.
        use : array, shape (n_columns,)
            Weights of the columns; they sum to 1.
        clusters : array of int, shape (n_rows,)
            Rows of one cluster are alike: they don't vouch for each other.

        Returns
        -------
        coverage : Coverage
            For any rows.
        share : array, shape (n_rows,)
            Applicability of the training rows, judged by rows of other clusters.
        """
        edges, tables = [], []
        mean, most = np.zeros(len(design)), np.zeros(len(design))
        part = clusters % FOLDS
        for i, weight in enumerate(use):
            ordered = i not in categorical
            ends = _quantiles(design[:, i]) if ordered else _levels(design[:, i])
            place, n_bins = _place(design[:, i], ends), len(ends) + 2
            counts = np.bincount(part * n_bins + place, minlength=FOLDS * n_bins)
            counts = counts.reshape(FOLDS, n_bins)
            found = _surprise(counts.sum(axis=0) - counts, ordered)[part, place]
            mean += weight * found
            np.maximum(most, found, out=most)
            edges.append(ends)
            tables.append(_surprise(counts.sum(axis=0), ordered))
        steps = np.linspace(0, 1, STEPS + 1)
        references = np.quantile(mean, steps), np.quantile(most, steps)
        tail = np.quantile(_smaller_tail(mean, most, *references), steps)
        coverage = cls(tuple(edges), tuple(tables), use, *references, tail)
        return coverage, coverage._applicability(mean, most)

    def share(self, design: FloatArray) -> FloatArray:
        """Applicability, shape (n_rows,): share of training rows at least as unlike the rest.

        Parameters
        ----------
        design : array, shape (n_rows, n_columns)
            Rows as trees see them.
        """
        mean, most = np.zeros(len(design)), np.zeros(len(design))
        for i, weight in enumerate(self.use):
            found = self.surprise[i][_place(design[:, i], self.edges[i])]
            mean += weight * found
            np.maximum(most, found, out=most)
        return self._applicability(mean, most)

    def _applicability(self, mean: FloatArray, most: FloatArray) -> FloatArray:
        """Share of training rows whose smaller tail is no larger than the rows' own."""
        tail = _smaller_tail(mean, most, self.mean, self.most)
        return np.searchsorted(self.tail, tail, side="right") / len(self.tail)

    def state(self) -> dict[str, Any]:
        """Plain arrays, enough to rebuild it."""
        return {
            "edges": np.concatenate([np.zeros(0), *self.edges]),
            "counts": np.array([len(ends) for ends in self.edges], dtype=np.int64),
            "surprise": np.concatenate([np.zeros(0), *self.surprise]),
            "use": self.use,
            "mean": self.mean,
            "most": self.most,
            "tail": self.tail,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Coverage:
        """The coverage that `state` was taken from."""
        counts = [int(count) for count in state["counts"]]
        edges = _cut(state["edges"], counts)
        surprise = _cut(state["surprise"], [count + 2 for count in counts])
        kept = (state[name] for name in ("use", "mean", "most", "tail"))
        return cls(edges, surprise, *kept)


def column_use(
    encoder: Encoder, linear: Linear | None, trees: Trees | None, design: Design
) -> FloatArray:
    """How much the models use each free tree design column, shape (n_free,), summing to 1.

    The linear model's by the spread of each table column's part in the margin, spread evenly
    over its design columns; the trees' by the gain of their splits.
    """
    owners, n_columns = encoder.tree_owners, len(encoder.columns)
    use = np.zeros(len(owners))
    if linear is not None:
        sample = design.linear[:: max(1, len(design) // SAMPLE)]
        parts, owner = linear.contributions(sample), encoder.linear_owners
        spread = np.array([parts[:, owner == i].sum(axis=1).std() for i in range(n_columns)])
        width = np.bincount(owners, minlength=n_columns)
        use += _shares((spread / np.maximum(width, 1))[owners])
    if trees is not None:
        gain = trees.booster.feature_importance("gain", iteration=trees.n_trees)
        use += _shares(np.asarray(gain, dtype=np.float64))
    return _shares(use[encoder.free_columns])


def _shares(use: FloatArray) -> FloatArray:
    """The same as shares of their sum; equal ones where nothing is used."""
    total = use.sum()
    return use / total if total > 0 else np.full(len(use), 1 / max(len(use), 1))


def _smaller_tail(
    mean: FloatArray, most: FloatArray, means: FloatArray, mosts: FloatArray
) -> FloatArray:
    """The smaller of both tails of the mean surprise and the upper tail of the largest one."""
    below, upto = (np.searchsorted(means, mean, side=side) for side in ("left", "right"))
    both = 1 - np.abs((below + upto) / len(means) - 1)
    upper = 1 - np.searchsorted(mosts, most, side="left") / len(mosts)
    return np.minimum(both, upper)


def _levels(values: FloatArray) -> FloatArray:
    """Every level that occurs."""
    return np.unique(values[~np.isnan(values)])


def _quantiles(values: FloatArray) -> FloatArray:
    """Quantiles, and on both sides a bin's width of room before a value is unheard of.

    The least value has a bin of its own if it is frequent (most accounts did nothing).
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return known
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1), method="nearest"))
    if len(edges) == 1:
        return edges
    least = edges[:1] if np.mean(known == edges[0]) > 0.5 / BINS else edges[:0]
    with np.errstate(over="ignore"):
        low, high = 2 * edges[0] - edges[1], 2 * edges[-1] - edges[-2]
    return np.concatenate([[low], least, edges[1:-1], [high]])


def _place(values: FloatArray, edges: FloatArray) -> IntArray:
    """Bin of each value; the last but one is beyond all edges, the last is missing."""
    place = np.searchsorted(edges, values)
    return np.where(np.isnan(values), len(edges) + 1, place).astype(np.int64)


def _surprise(counts: IntArray, ordered: bool) -> FloatArray:
    """-log of the bins' shares (where ordered: of both their tails), along the last axis.

    Half a row is added to each bin; the last bin, of missing values, has no order.
    """
    share = (counts + 0.5) / (counts.sum(axis=-1, keepdims=True) + 0.5 * counts.shape[-1])
    if ordered:
        known = share[..., :-1]
        total = known.sum(axis=-1, keepdims=True)
        below = np.cumsum(known, axis=-1) - known / 2
        share[..., :-1] = 2 * np.minimum(below, total - below)
    return -np.log(share)


def _cut(values: FloatArray, lengths: Sequence[int]) -> tuple[FloatArray, ...]:
    """Consecutive pieces of the given lengths."""
    return tuple(values[low:high] for low, high in pairwise([0, *accumulate(lengths)]))
