"""`LookalikeIndex`: a universe of accounts that can be searched from a list of seeds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import pandas as pd

from abm_ml.data.determinism import one_blas_thread
from abm_ml.lookalike.account_index import AccountIndex
from abm_ml.lookalike.accounts import checked_accounts
from abm_ml.lookalike.contents import Contents, Progress
from abm_ml.lookalike.curve import SeedEvaluation
from abm_ml.lookalike.expansion import Expansion, evaluate_seeds, expand, similarity_to_seeds
from abm_ml.lookalike.request import Request, build_request
from abm_ml.lookalike.store import Kind
from abm_ml.lookalike.universe import Universe


class LookalikeIndex(AccountIndex):
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

    Raises
    ------
    NotFittedError
        By everything but `fit` and `load`, before either of them.
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
        super().__init__()
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
            `in_crm` (whether it is in the CRM already) are known by name. Descriptions and other
            long texts are learned from and not kept.
        progress : callable, optional
            Is told, in words, how far it is.

        Raises
        ------
        DataError
            If `account_id` is missing, empty or repeated, or no column says anything.
        ParamsError
            If `columns` or `weights` names a column that is not there.
        """
        self._held = Contents.learn(
            checked_accounts(accounts), kind=self.requested_kind, columns=self.columns,
            weights=self.weights, seed=self.seed, threads=self.threads, progress=progress,
        )  # fmt: skip
        return self

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

    def _universe(self, groups: Mapping[str, str] | None) -> Universe:
        return self._contents.universe(groups)

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
