"""What an expansion searches: vectors, facts and numbers of every account, in one row order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from abm_ml.lookalike.direction import BACKGROUND
from abm_ml.lookalike.rerank import tree_rows
from abm_ml.lookalike.store import VectorStore

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Universe:
    """Every account as vector, facts and numbers.

    Parameters
    ----------
    store : VectorStore
        Vectors by id; its row order is that of all arrays here.
    facts : sparse matrix, shape (n_accounts, n_facts)
        1 where an account has a fact.
    numbers : array of float32, shape (n_accounts, n_number_columns)
        Numbers as recorded; nan is missing.
    variance : array, shape (d,)
        Variance along each axis of the embedding.
    shuffled : array of int, shape (n_accounts,)
        Rows in the order of a hash of their ids: a draw of random accounts is its beginning.
    groups : array of int, shape (n_accounts,)
        Which accounts belong to one group of companies.
    frequent : array of int
        Facts that the re-ranking reads: those that are not too rare to be learned from.
    """

    store: VectorStore
    facts: csr_matrix
    numbers: npt.NDArray[np.float32]
    variance: FloatArray
    shuffled: IntArray
    groups: IntArray
    frequent: IntArray

    def __len__(self) -> int:
        return len(self.store)

    def vectors(self, rows: IntArray) -> FloatArray:
        """Vectors of rows in double precision."""
        return self.store.vectors(rows).astype(np.float64)

    def tree_rows(self, rows: IntArray) -> csr_matrix:
        """Facts and numbers of rows, as the re-ranking reads them."""
        return tree_rows(self.facts[rows][:, self.frequent], self.numbers[rows])

    def background(self, never: BoolArray, *, skip: int = 0, most: int = BACKGROUND) -> IntArray:
        """Random accounts, always the same ones.

        Parameters
        ----------
        never : array of bool, shape (n_accounts,)
            Accounts that must not be among them (seeds, known customers).
        skip : int
            Rows of the draw to pass over: two draws with different ones share no account.
        most : int
            How many at most.
        """
        ahead = self.shuffled[: 4 * (skip + most) + int(never.sum())]
        free = ahead[~never[ahead]]
        # A small universe has no second draw: the reference is then the background itself.
        return free[skip : skip + most] if len(free) >= skip + most // 2 else free[:most]
