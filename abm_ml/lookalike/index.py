"""`LookalikeIndex`: a universe of accounts that can be searched from a list of seeds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.sparse import vstack

from abm_ml.data.determinism import one_blas_thread
from abm_ml.errors import DataError
from abm_ml.lookalike.accounts import alike, checked_accounts
from abm_ml.lookalike.curve import SeedEvaluation
from abm_ml.lookalike.embedding import Embedding, sample_of
from abm_ml.lookalike.expansion import Expansion, evaluate_seeds, expand, similarity_to_seeds
from abm_ml.lookalike.facts import Facts, shared
from abm_ml.lookalike.groups import group_numbers
from abm_ml.lookalike.request import Request, build_request
from abm_ml.lookalike.store import Kind, VectorStore
from abm_ml.lookalike.store_rows import FloatArray32
from abm_ml.lookalike.universe import IntArray, Universe

FACT_SAMPLE = 100_000
"""Accounts from which it is learned which facts there are."""

RARE = 4e-4
"""Share of the universe below which trees do not look at a fact: none could be learned."""

Progress = Callable[[str], None]


class LookalikeIndex:
    """Accounts that can be searched for look-alikes.

    Parameters
    ----------
    kind : {"auto", "exact", "approximate"}
        How vectors are searched; auto: exactly below 200,000 accounts.
    columns : collection of str, optional
        Columns that make accounts alike; None: all but ids and how an account stands to us.
        Leave out what is filled in or rewritten for customers: it would find customers.
    weights : mapping of str to float, optional
        Weight of a column in the embedding relative to its default of 1.
    seed, threads : int
        Of everything random; of FAISS and LightGBM.
    """

    def __init__(
        self,
        *,
        kind: Kind = "auto",
        columns: Collection[str] | None = None,
        weights: Mapping[str, float] | None = None,
        seed: int = 0,
        threads: int = 2,
    ) -> None:
        self.requested_kind: Kind = kind
        self.columns = columns
        self.weights = weights
        self.seed = seed
        self.threads = threads

    @one_blas_thread
    def fit(self, accounts: pd.DataFrame, *, progress: Progress | None = None) -> Self:
        """Learn the embedding and build the index.

        Parameters
        ----------
        accounts : DataFrame
            One row an account: `account_id` and any columns. `name`, `parent_account_id` and
            `in_crm` (whether it is in the CRM already) are known by name.
        progress : callable, optional
            Is told, in words, how far it is.

        Raises
        ------
        DataError
            If `account_id` is missing, empty or repeated, or no column says anything.
        """
        say = progress or (lambda _: None)
        accounts = checked_accounts(accounts)
        say("learning the embedding")
        self.embedding = Embedding.fit(
            accounts, columns=self.columns, weights=self.weights, seed=self.seed
        )
        plans = [block.plan for block in self.embedding.blocks]
        self.facts = Facts.fit(sample_of(accounts, FACT_SAMPLE, self.seed), plans)
        say(f"embedding {len(accounts):,} accounts")
        vectors = self.embedding.transform(accounts)
        store = VectorStore.build(
            accounts["account_id"].tolist(),
            vectors,
            kind=self.requested_kind,
            seed=self.seed,
            threads=self.threads,
            progress=progress,
        )
        say("reading facts")
        self._settle(accounts, store, self.facts.matrix(accounts), self.facts.numbers(accounts))
        self._variance = vectors.var(axis=0, dtype=np.float64)
        self.fact_shares = shared(self._matrix)
        return self

    @property
    def version(self) -> str:
        """What the embedding's vectors depend on, in twelve hex digits."""
        return self.embedding.version

    @property
    def kind(self) -> str:
        """Exact or approximate."""
        return self._store.kind

    @property
    def recall(self) -> float:
        """Share of the exact best 1,000 that a search finds, as measured at build."""
        return self._store.recall

    def __len__(self) -> int:
        return len(self._store)

    @property
    def ids(self) -> list[str]:
        """Ids in row order."""
        return self.accounts["account_id"].tolist()

    def sample(self, most: int) -> list[str]:
        """Ids of random accounts, always the same ones."""
        return self._store.ids_at(self._shuffled_and_groups()[0][:most])

    def vectors(self, ids: Sequence[str]) -> FloatArray32:
        """Vectors of accounts, shape (len(ids), dimension).

        Raises
        ------
        DataError
            If one is not here.
        """
        rows = self._store.positions(ids)
        if (rows < 0).any():
            raise DataError(f"account {ids[int(np.argmin(rows))]!r} is not in the index")
        return self._store.vectors(rows)

    @one_blas_thread
    def add(self, accounts: pd.DataFrame) -> None:
        """Bring in new accounts with the embedding as it is.

        Raises
        ------
        DataError
            If an account is here already, or a column of the embedding is missing.
        """
        accounts = checked_accounts(accounts)
        vectors = self.embedding.transform(accounts)
        self._store.add(accounts["account_id"].tolist(), vectors)
        self._settle(
            pd.concat([self.accounts, alike(accounts, self.accounts)]),
            self._store,
            vstack([self._matrix, self.facts.matrix(accounts)], format="csr"),
            np.vstack([self._numbers, self.facts.numbers(accounts)]),
        )

    def remove(self, ids: Iterable[str]) -> None:
        """Take accounts out.

        Raises
        ------
        DataError
            If one is not here.
        """
        gone = list(ids)
        kept = ~self.accounts["account_id"].isin(gone).to_numpy()
        self._store.remove(gone)
        rows = np.flatnonzero(kept)
        self._settle(self.accounts.iloc[rows], self._store, self._matrix[rows], self._numbers[rows])

    def update(self, accounts: pd.DataFrame) -> None:
        """Embed accounts anew whose attributes have changed.

        Raises
        ------
        DataError
            If one is not here, or a column of the embedding is missing.
        """
        accounts = checked_accounts(accounts)
        self.embedding.transform(accounts.iloc[:1])  # A missing column is told before any is gone.
        self.remove(accounts["account_id"])
        self.add(accounts)

    def expand(self, seeds: Sequence[str], k: int = 1000, **options: Any) -> pd.DataFrame:
        """The k accounts most like the seeds, best first: `expansion(...).accounts`.

        Parameters
        ----------
        seeds : sequence of str
            Account ids.
        k : int
            Length of the list.
        **options
            As for `expansion`; without evidence unless asked for.

        Returns
        -------
        DataFrame
            account_id, name, rank, similarity, nearest_seed, kind, in_crm, reasons, reasons_zh.
        """
        return self.expansion(seeds, k, **{"evidence": False, **options}).accounts

    @one_blas_thread
    def expansion(
        self,
        seeds: Sequence[str],
        k: int = 1000,
        *,
        where: Mapping[str, Any] | None = None,
        exclude: Collection[str] = (),
        negatives: Collection[str] = (),
        won: Collection[str] = (),
        lost: Collection[str] = (),
        known: Collection[str] = (),
        groups: Mapping[str, str] | None = None,
        evidence: bool = True,
        include_seeds: bool = False,
    ) -> Expansion:
        """The list with its evidence.

        Parameters
        ----------
        seeds : sequence of str
            Account ids of what is wanted; unknown ones are counted and said.
        k : int
            Length of the list.
        where : mapping, optional
            Filters on columns of accounts (`filters.allowed_rows`).
        exclude : collection of str
            Accounts that must not be in the list.
        negatives : collection of str
            "Not like these": learned from, and never in the list.
        won, lost : collections of str
            Accounts of won and lost opportunities: weak words for and against.
        known : collection of str
            Customers that are no seeds: never taken for random accounts.
        groups : mapping of str to str, optional
            Group of companies by account; None: by `parent_account_id`.
        evidence : bool
            Whether held-out seeds are evaluated: curve, seed quality, warnings.
        include_seeds : bool
            Whether seeds may be found again.

        Raises
        ------
        DataError
            If no seed is known, or a filter names an unknown column.
        ParamsError
            If k is below 1.
        """
        universe, request, unknown = self._request(
            seeds, k, where=where, exclude=exclude, negatives=negatives, won=won, lost=lost,
            known=known, groups=groups, include_seeds=include_seeds,
        )  # fmt: skip
        found = expand(
            universe, self.facts, self.fact_shares, self.accounts, request, evidence=evidence
        )
        told = ("unknown_seeds",) if unknown else ()
        summary = {
            "seeds_given": len(set(seeds)),
            "seeds_used": len(request.examples.seeds),
            "unknown_seeds": unknown[:20],
            "index_version": self.version,
            "index_recall": self.recall,
            **found.summary,
        }
        return Expansion(
            found.accounts, found.curve, found.traits, found.seed_quality, found.kinds,
            (*told, *found.warnings), summary,
        )  # fmt: skip

    @one_blas_thread
    def evaluate(self, seeds: Sequence[str], k: int = 1000, **options: Any) -> SeedEvaluation:
        """How good a list from these seeds will be, by held-out seeds.

        Parameters
        ----------
        seeds, k, **options
            As for `expansion`.
        """
        universe, request, _ = self._request(seeds, k, **options)
        return evaluate_seeds(universe, self.facts, request)

    @one_blas_thread
    def similarity(self, seeds: Sequence[str], **options: Any) -> pd.DataFrame:
        """How close every account is to the seeds, by their direction alone.

        Parameters
        ----------
        seeds, **options
            As for `expansion`.

        Returns
        -------
        DataFrame
            account_id, similarity (0 to 100), nearest_seed; in row order.
        """
        universe, request, _ = self._request(seeds, 1, **options)
        return similarity_to_seeds(universe, request)

    def save(self, folder: str | Path) -> None:
        """Write the index to a directory, with checksums; nothing in it can run code."""
        from abm_ml.lookalike.index_files import write_index

        write_index(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path, *, threads: int = 2, mmap: bool = True) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        ArtefactError
            If a file is missing or was changed, or another version of abm_ml wrote it.
        """
        from abm_ml.lookalike.index_files import read_index

        return read_index(cls, Path(folder), threads=threads, mmap=mmap)

    def _settle(
        self, accounts: pd.DataFrame, store: VectorStore, matrix: Any, numbers: Any
    ) -> None:
        """Take over rows of all kinds, in one order."""
        self.accounts = accounts.reset_index(drop=True)
        self._store = store
        self._matrix = matrix
        self._numbers = numbers
        self._order: tuple[IntArray, IntArray] | None = None

    def _shuffled_and_groups(self) -> tuple[IntArray, IntArray]:
        """Rows by a hash of their ids, and groups of companies; made when first asked for."""
        if self._order is None:
            ids = self.accounts["account_id"].to_numpy(dtype=object)
            hashed = pd.util.hash_array(ids, hash_key=f"{self.seed:016d}", categorize=False)
            # Rows were sorted by id when the index was built, so that ties are by id.
            self._order = np.argsort(hashed, kind="stable"), group_numbers(self.accounts)
        return self._order

    def _universe(self, groups: Mapping[str, str] | None) -> Universe:
        shuffled, own = self._shuffled_and_groups()
        if groups is not None:
            own = group_numbers(self.accounts, groups)
        return Universe(
            self._store, self._matrix, self._numbers, self._variance, shuffled, own,
            np.flatnonzero(self.fact_shares >= RARE),
        )  # fmt: skip

    def _request(
        self,
        seeds: Sequence[str],
        k: int,
        *,
        groups: Mapping[str, str] | None = None,
        **options: Any,
    ) -> tuple[Universe, Request, list[str]]:
        request, unknown = build_request(
            self._store, self.accounts, seeds, k, seed=self.seed, threads=self.threads, **options
        )
        return self._universe(groups), request, unknown
