"""What an index holds: accounts as vectors, facts and numbers, in one row order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_matrix, vstack

from abm_ml.lookalike.accounts import alike, without_long_texts
from abm_ml.lookalike.embedding import Embedding, sample_of
from abm_ml.lookalike.facts import Facts, shared
from abm_ml.lookalike.groups import group_numbers
from abm_ml.lookalike.store import Kind, VectorStore
from abm_ml.lookalike.universe import FloatArray, IntArray, Universe

FACT_SAMPLE = 100_000
"""Accounts from which it is learned which facts there are."""

RARE = 4e-4
"""Share of the universe below which trees do not look at a fact: none could be learned."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Learned:
    """What is learned of a universe once, and stays as accounts come and go.

    Parameters
    ----------
    embedding : Embedding
        How an account becomes a vector.
    facts : Facts
        Which facts there are.
    fact_shares : array, shape (n_facts,)
        Share of accounts that have each.
    variance : array, shape (d,)
        Variance along each axis of the embedding.
    """

    embedding: Embedding
    facts: Facts
    fact_shares: FloatArray
    variance: FloatArray


class Contents:
    """Accounts with all that is known of them, searched and changed row by row.

    Parameters
    ----------
    learned : Learned
        What reads accounts.
    accounts : DataFrame, shape (n, n_columns)
        Attributes, for filters and for people; without long texts.
    store : VectorStore
        Vectors by id.
    matrix : sparse matrix, shape (n, n_facts)
        1 where an account has a fact.
    numbers : array of float32, shape (n, n_number_columns)
        Numbers as recorded.
    seed : int
        Shuffles rows.
    """

    def __init__(
        self,
        learned: Learned,
        accounts: pd.DataFrame,
        store: VectorStore,
        matrix: csr_matrix,
        numbers: npt.NDArray[np.float32],
        *,
        seed: int,
    ) -> None:
        self.learned = learned
        self.store = store
        self.seed = seed
        self._order: tuple[IntArray, IntArray] | None = None
        self._settle(accounts, matrix, numbers)

    @classmethod
    def learn(
        cls,
        accounts: pd.DataFrame,
        *,
        kind: Kind,
        columns: Collection[str] | None,
        weights: Mapping[str, float] | None,
        seed: int,
        threads: int,
        progress: Progress | None,
    ) -> Self:
        """Learn from checked accounts, and hold them; parameters are those of `LookalikeIndex`."""
        say = progress or (lambda _: None)
        say("learning the embedding")
        embedding = Embedding.fit(accounts, columns=columns, weights=weights, seed=seed)
        sample = sample_of(accounts, FACT_SAMPLE, seed)
        facts = Facts.fit(sample, [block.plan for block in embedding.blocks])
        say(f"embedding {len(accounts):,} accounts")
        vectors = embedding.transform(accounts)
        ids = accounts["account_id"].tolist()
        store = VectorStore.build(
            ids, vectors, kind=kind, seed=seed, threads=threads, progress=progress
        )
        say("reading facts")
        matrix = facts.matrix(accounts)
        variance = vectors.var(axis=0, dtype=np.float64)
        learned = Learned(embedding, facts, shared(matrix), variance)
        kept = without_long_texts(accounts, sample)
        return cls(learned, kept, store, matrix, facts.numbers(accounts), seed=seed)

    def add(self, accounts: pd.DataFrame) -> None:
        """Bring in new, checked accounts, which come last.

        Raises
        ------
        DataError
            If an account is here already, or a column of the embedding is missing.
        """
        learned = self.learned
        vectors = learned.embedding.transform(accounts)
        matrix, numbers = learned.facts.matrix(accounts), learned.facts.numbers(accounts)
        self.store.add(accounts["account_id"].tolist(), vectors)
        self._settle(
            pd.concat([self.accounts, alike(accounts, self.accounts)]),
            vstack([self.matrix, matrix], format="csr"),
            np.vstack([self.numbers, numbers]),
        )

    def remove(self, ids: Sequence[str]) -> None:
        """Take accounts out.

        Raises
        ------
        DataError
            If one is not here, or is given twice.
        """
        rows = np.flatnonzero(~self.accounts["account_id"].isin(ids).to_numpy())
        self.store.remove(ids)
        self._settle(self.accounts.iloc[rows], self.matrix[rows], self.numbers[rows])

    def shuffled_and_groups(self) -> tuple[IntArray, IntArray]:
        """Rows by a hash of their ids, and groups of companies; made when first asked for."""
        if self._order is None:
            ids = self.accounts["account_id"].to_numpy(dtype=object)
            hashed = pd.util.hash_array(ids, hash_key=f"{self.seed:016d}", categorize=False)
            # Rows were sorted by id when the index was built, so that ties are by id.
            self._order = np.argsort(hashed, kind="stable"), group_numbers(self.accounts)
        return self._order

    def universe(self, groups: Mapping[str, str] | None = None) -> Universe:
        """What an expansion searches.

        Parameters
        ----------
        groups : mapping of str to str, optional
            Group of companies by account; None: by `parent_account_id`.
        """
        shuffled, own = self.shuffled_and_groups()
        if groups is not None:
            own = group_numbers(self.accounts, groups)
        frequent = np.flatnonzero(self.learned.fact_shares >= RARE)
        variance = self.learned.variance
        return Universe(self.store, self.matrix, self.numbers, variance, shuffled, own, frequent)

    def _settle(
        self, accounts: pd.DataFrame, matrix: csr_matrix, numbers: npt.NDArray[np.float32]
    ) -> None:
        """Take over rows of all kinds, in the order of the store."""
        self.accounts = accounts.reset_index(drop=True)
        self.matrix = matrix
        self.numbers = numbers
        self._order = None
