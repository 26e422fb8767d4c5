"""Vectors in memory or on disk, and their exact inner products with a few directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray32: TypeAlias = npt.NDArray[np.float32]
FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

BLOCK = 8_192
"""Rows that are worked on at a time: at 128 dimensions 4 MB, which stay in the cache."""

SPARSE = 10
"""Where fewer than one row in this many is wanted, rows are picked, else blocks are read."""

SAMPLE_STEP = 64
"""Every so many scores are looked at to guess which are high enough for the best k."""


class VectorRows:
    """float32 vectors by slot: those given at first, which may be memory-mapped, and later ones.

    Parameters
    ----------
    base : array of float32, shape (n, d)
        Not copied.
    owned : bool
        Whether `base` may be written to; if not, the first `put` copies it.
    """

    def __init__(self, base: FloatArray32, *, owned: bool) -> None:
        self._base = np.asarray(base)
        self._owned = owned
        self._tail = np.empty((0, base.shape[1]), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._base) + len(self._tail)

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return int(self._base.shape[1])

    def append(self, vectors: FloatArray32) -> None:
        """Add rows at the end."""
        self._tail = np.concatenate([self._tail, vectors])
        if len(self._tail) > len(self._base):
            self._base, self._owned = np.concatenate([self._base, self._tail]), True
            self._tail = self._tail[:0].copy()

    def put(self, slots: IntArray, vectors: FloatArray32) -> None:
        """Overwrite rows."""
        if not self._owned:
            self._base, self._owned = np.array(self._base), True
        first = slots < len(self._base)
        self._base[slots[first]] = vectors[first]
        self._tail[slots[~first] - len(self._base)] = vectors[~first]

    def take(self, slots: IntArray) -> FloatArray32:
        """A copy of these rows, shape (len(slots), d)."""
        if not len(self._tail):
            return self._base[slots]
        taken = np.empty((len(slots), self.dimension), dtype=np.float32)
        first = slots < len(self._base)
        taken[first] = self._base[slots[first]]
        taken[~first] = self._tail[slots[~first] - len(self._base)]
        return taken

    def blocks(self, slots: IntArray) -> Iterator[tuple[slice, FloatArray32]]:
        """Rows of ascending slots, a block at a time, with their place among `slots`."""
        if SPARSE * len(slots) < len(self):
            for start in range(0, len(slots), BLOCK):
                some = slots[start : start + BLOCK]
                yield slice(start, start + len(some)), self.take(some)
            return
        for part, offset in ((self._base, 0), (self._tail, len(self._base))):
            for start in range(0, len(part), BLOCK):
                block = part[start : start + BLOCK]
                begin = offset + start
                low, high = np.searchsorted(slots, (begin, begin + len(block)))
                if high - low == len(block):
                    yield slice(low, high), block
                elif high > low:
                    yield slice(low, high), block[slots[low:high] - begin]

    def scores(self, directions: FloatArray32, slots: IntArray) -> FloatArray32:
        """Inner products of directions, shape (m, d), with the rows of ascending slots.

        Returns
        -------
        array of float32, shape (m, len(slots))
            One row's product is the same number, bit for bit, whichever rows stand beside it.
        """
        found = np.empty((len(directions), len(slots)), dtype=np.float32)
        for where, block in self.blocks(slots):
            for scores, direction in zip(found, directions, strict=True):
                scores[where] = inner_products(block, direction)
        return found


def inner_products(rows: FloatArray32, direction: FloatArray32) -> FloatArray32:
    """Inner product of each row with a direction, shape (n,).

    `einsum` adds up each row by itself and in one thread. Matrix products of BLAS round a row
    differently by its place in the matrix and by the number of threads; FAISS's own scan, as fast
    for one direction, takes another path from twenty directions on.
    """
    products: FloatArray32 = np.einsum("nd,d->n", rows, direction)
    return products


def strongest(scores: FloatArray32, k: int) -> IntArray:
    """Places of the k greatest scores and of all that equal the last of them, in no order."""
    if len(scores) <= k:
        return np.arange(len(scores))
    kept = np.flatnonzero(scores >= _floor(scores, k))
    if len(kept) < k:
        kept = np.arange(len(scores))
    high = scores[kept]
    last = np.partition(high, len(high) - k)[len(high) - k]
    return kept[high >= last]


def best_first(scores: FloatArray32, k: int, name: Callable[[int], str]) -> IntArray:
    """Places of the k greatest scores, best first, those of equal scores by name."""
    kept = strongest(scores, k)
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    high = scores[kept]
    equal = np.flatnonzero(high[1:] == high[:-1])
    if len(equal):
        # Names of the others are not looked up: reading a thousand takes longer than the search.
        tied = np.union1d(equal, equal + 1)
        names = np.full(len(kept), "", dtype=object)
        names[tied] = [name(int(place)) for place in kept[tied]]
        kept = kept[np.lexsort((names.astype(str), -high))]
    return kept[:k]


def _floor(scores: FloatArray32, k: int) -> np.float32:
    """A score that, by a sample, somewhat more than k scores reach."""
    sample = scores[::SAMPLE_STEP]
    rank = int(1.5 * k / SAMPLE_STEP) + 8
    if rank >= len(sample):
        return np.float32(-np.inf)
    return np.float32(np.partition(sample, len(sample) - rank)[len(sample) - rank])
