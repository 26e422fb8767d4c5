"""The vector store: which rows lie farthest along a direction, exactly or approximately."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.store_cells import Cells
from abm_ml.lookalike.store_checks import checked, checked_directions, once, refuse
from abm_ml.lookalike.store_files import Saved, read_store, write_store
from abm_ml.lookalike.store_recall import measured_tolerance
from abm_ml.lookalike.store_rows import (
    BoolArray,
    FloatArray32,
    IntArray,
    VectorRows,
    best_first,
)

Kind = Literal["auto", "exact", "approximate"]

APPROXIMATE_FROM = 200_000
"""Rows from which `auto` is approximate: below, the exact kind answers within 10 ms anyway."""

RECALL_AT = 1_000
"""Length of the lists on which recall is measured."""

FIRST, PART = 5, 0.02
"""Rows that the approximate kind looks at before it doubles them: so many for each row wanted, and
at least this share of all. From fewer, the best may seem to be found long before they are."""

SHORTLIST = 1.4
"""Candidates scored exactly for each row wanted: the cells' short copies misjudge the last ones."""


class VectorStore:
    """Vectors with string ids, searched by inner product; use `build` or `load`.

    Rows keep the order in which they were given; rows added come last, and removing some closes
    the gap, as in a table. The exact kind looks at every row. The approximate kind has a FAISS
    index beside the vectors that proposes rows, which are then scored exactly; where few rows may
    be found or very many are wanted, they are all looked at instead. Either way, scores are exact,
    every row returned is allowed, and k rows are returned where there are as many. The order of
    rows and the number of threads change nothing.

    A store is for one thread at a time, and for no forked process after its first use (OpenMP):
    let each spawned worker load it.

    Attributes
    ----------
    kind : {"exact", "approximate"}
    recall : float
        Share of the exact best 1,000 (or of all rows, if fewer) that the approximate kind finds,
        as measured when it was built: its mean over directions like those of expansions, other
        ones than those that set its tolerance. 1.0 if exact.
    """

    def __init__(self, saved: Saved, *, threads: int = 2) -> None:
        self.kind: Literal["exact", "approximate"] = (
            "exact" if saved.cells is None else "approximate"
        )
        self.recall = saved.recall
        self._tolerance = saved.tolerance
        self._vectors = saved.vectors
        self._cells = saved.cells
        self._threads = threads
        # A row's slot is its place in the vectors for good; a removed slot stays unused.
        self._ids = saved.ids
        self._slot_of = {name: slot for slot, name in enumerate(saved.ids)}
        self._rows: IntArray = np.arange(len(saved.ids))

    @classmethod
    def build(
        cls,
        ids: Sequence[str],
        vectors: FloatArray32,
        *,
        kind: Kind = "auto",
        seed: int = 0,
        threads: int = 2,
        progress: Callable[[str], None] | None = None,
    ) -> Self:
        """A store of new vectors.

        Parameters
        ----------
        ids : sequence of str, length n
            Each once.
        vectors : array of float32, shape (n, d)
            Kept as they are, not normalised; not copied unless they are updated.
        kind : {"auto", "exact", "approximate"}
            `auto`: exact below 200,000 rows.
        seed : int
            Draws what the approximate kind learns from.
        threads : int
            Threads of FAISS while it builds and adds; searching takes one.
        progress : callable, optional
            Is told, in words, how far it is.

        Raises
        ------
        DataError
            If there are no vectors, ids and vectors don't match, an id occurs twice, or a number
            is missing or infinite.
        ParamsError
            If there is no such kind.
        """
        if kind not in ("auto", "exact", "approximate"):
            raise ParamsError(f"no such kind: {kind!r}; choose auto, exact or approximate")
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if vectors.ndim != 2 or 0 in vectors.shape:
            raise DataError(
                f"vectors have shape {vectors.shape}: at least one row and column needed"
            )
        names = checked(ids, vectors, vectors.shape[1])
        rows = VectorRows(vectors, owned=False)
        if kind == "exact" or (kind == "auto" and len(names) < APPROXIMATE_FROM):
            return cls(Saved(names, rows), threads=threads)
        tell = progress or (lambda _: None)
        tell(f"grouping {len(names):,} vectors into cells")
        order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
        cells = Cells.build(rows, order, seed=seed, threads=threads)
        store = cls(Saved(names, rows, cells), threads=threads)
        tell("measuring recall against exact search")
        store._measure(order, seed)
        return store

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return self._vectors.dimension

    @property
    def ids(self) -> npt.NDArray[np.object_]:
        """Ids (str) in row order, shape (n,): made anew at each call, so for a few use `ids_at`."""
        return np.array(self._ids, dtype=object)[self._rows]

    def ids_at(self, positions: IntArray) -> list[str]:
        """Ids of rows."""
        return [self._ids[slot] for slot in self._rows[positions]]

    def __contains__(self, name: object) -> bool:
        return name in self._slot_of

    def positions(self, ids: Iterable[str]) -> IntArray:
        """Row of each id; -1: not here."""
        slots = np.array([self._slot_of.get(name, -1) for name in ids], dtype=np.int64)
        return np.where(slots < 0, -1, self._rows_of(slots))

    def vectors(self, positions: IntArray) -> FloatArray32:
        """Vectors of rows, as given, shape (len(positions), d)."""
        return self._vectors.take(self._rows[positions])

    def scores(self, directions: FloatArray32) -> FloatArray32:
        """Exact inner products of directions with every row, shape (m, n), 4 m n bytes."""
        return self._vectors.scores(checked_directions(directions, self.dimension), self._rows)

    def search(
        self, directions: FloatArray32, k: int, allowed: BoolArray | None = None
    ) -> tuple[IntArray, FloatArray32]:
        """The rows with the greatest inner products.

        Parameters
        ----------
        directions : array of float32, shape (m, d)
            Of any length; a constant added to a direction's products changes no order, so that
            it needs no place here.
        k : int
            Rows wanted for each direction.
        allowed : array of bool, shape (n,), optional
            Rows that may be returned; by default all.

        Returns
        -------
        positions : array of int, shape (m, k)
            Best first, ties by id; -1 where fewer than k rows are allowed.
        products : array of float32, shape (m, k)
            -inf where there is no row.

        Raises
        ------
        DataError
            If a shape is wrong or a direction holds no finite number.
        ParamsError
            If k is below 1.
        """
        directions = checked_directions(directions, self.dimension)
        if k < 1:
            raise ParamsError(f"k must be at least 1. Supplied value {k}")
        if allowed is not None and allowed.shape != (len(self),):
            raise DataError(f"allowed has shape {allowed.shape}, expected ({len(self)},)")
        slots = self._rows if allowed is None else self._rows[allowed]
        positions = np.full((len(directions), k), -1, dtype=np.int64)
        products = np.full((len(directions), k), -np.inf, dtype=np.float32)
        for i, direction in enumerate(directions):
            best, scores = self._best(direction, k, slots)
            positions[i, : len(best)] = self._rows_of(best)
            products[i, : len(best)] = scores
        return positions, products

    def add(self, ids: Sequence[str], vectors: FloatArray32) -> None:
        """Append new rows.

        Raises
        ------
        DataError
            If an id is here already or occurs twice, or the vectors don't fit.
        """
        names, vectors = self._fitting(ids, vectors)
        refuse([name for name in names if name in self._slot_of], "here already; use update")
        slots = len(self._ids) + np.arange(len(names))
        self._vectors.append(vectors)
        if self._cells is not None and names:
            self._cells.add(slots, vectors, threads=self._threads)
        self._ids = self._ids + names
        self._slot_of.update(zip(names, slots.tolist(), strict=True))
        self._rows = np.concatenate([self._rows, slots])

    def update(self, ids: Sequence[str], vectors: FloatArray32) -> None:
        """Give rows new vectors.

        Raises
        ------
        DataError
            If an id is unknown or occurs twice, or the vectors don't fit.
        """
        names, vectors = self._fitting(ids, vectors)
        slots = self._known(names)
        self._vectors.put(slots, vectors)
        if self._cells is not None and names:
            self._cells.replace(slots, vectors, threads=self._threads)

    def remove(self, ids: Sequence[str]) -> None:
        """Take rows out; those after them move up.

        Raises
        ------
        DataError
            If an id is unknown or occurs twice.
        """
        names = once(ids)
        slots = self._known(names)
        if self._cells is not None and names:
            self._cells.remove(slots)
        for name in names:
            del self._slot_of[name]
        self._rows = np.setdiff1d(self._rows, slots, assume_unique=True)

    def save(self, folder: Path) -> None:
        """Write the store, with checksums, into a folder that is made if need be.

        For an output that appears as a whole or not at all, give a staging folder.
        """
        cells = self._cells
        if cells is not None and len(self._rows) < len(self._ids):
            cells = cells.renumbered(self._rows)
        names = [self._ids[slot] for slot in self._rows]
        saved = Saved(names, self._vectors, cells, tolerance=self._tolerance, recall=self.recall)
        write_store(folder, saved, self._rows)

    @classmethod
    def load(cls, folder: Path, *, mmap: bool = True, threads: int = 2) -> Self:
        """A store that was saved.

        Parameters
        ----------
        folder : Path
            Where it was saved.
        mmap : bool
            Leave the vectors on disk and read what is needed; updates stay in memory.
        threads : int
            Threads of FAISS while it adds.

        Raises
        ------
        ArtefactError
            If a file is missing or changed, or was written by another version.
        """
        return cls(read_store(folder, mmap=mmap), threads=threads)

    def _best(
        self, direction: FloatArray32, k: int, slots: IntArray
    ) -> tuple[IntArray, FloatArray32]:
        """The best k among slots that may be found, and their scores; ties by id."""
        first = max(FIRST * max(k, RECALL_AT), int(PART * len(self)))
        if self._cells is not None and 2 * first < len(slots):
            among = None if len(slots) == len(self._rows) else slots
            found = self._cells.shortlist(
                direction, int(SHORTLIST * k) + 8, first=first, tolerance=self._tolerance,
                slots=among,
            )  # fmt: skip
            slots = np.sort(found)
        scores = self._vectors.scores(direction[None], slots)[0]
        best = best_first(scores, k, lambda place: self._ids[slots[place]])
        return slots[best], scores[best]

    def _rows_of(self, slots: IntArray) -> IntArray:
        """Positions of slots that are in use."""
        if len(self._rows) == len(self._ids):
            return slots
        return np.searchsorted(self._rows, slots)

    def _measure(self, order: IntArray, seed: int) -> None:
        """Set the tolerance and state the recall."""
        k = min(RECALL_AT, len(self))

        def exact(directions: FloatArray32) -> IntArray:
            scores = (self.scores(direction[None])[0] for direction in directions)
            return np.stack([best_first(row, k, self._ids.__getitem__) for row in scores])

        def found(directions: FloatArray32, tolerance: float) -> IntArray:
            self._tolerance = tolerance
            return self.search(directions, k)[0]

        self._tolerance, self.recall = measured_tolerance(self._vectors, order, exact, found, seed)

    def _fitting(self, ids: Sequence[str], vectors: FloatArray32) -> tuple[list[str], FloatArray32]:
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        return checked(ids, vectors, self.dimension), vectors

    def _known(self, names: list[str]) -> IntArray:
        refuse([name for name in names if name not in self._slot_of], "not in the store")
        return np.array([self._slot_of[name] for name in names], dtype=np.int64)
