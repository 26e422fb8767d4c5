"""The accounts of an index: who is in it, and how that changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from sklearn.exceptions import NotFittedError

from abm_ml.data.determinism import one_blas_thread
from abm_ml.errors import DataError
from abm_ml.lookalike.accounts import checked_accounts
from abm_ml.lookalike.contents import Contents
from abm_ml.lookalike.embedding import Embedding
from abm_ml.lookalike.facts import Facts
from abm_ml.lookalike.request import list_of_ids
from abm_ml.lookalike.store import VectorStore
from abm_ml.lookalike.store_rows import FloatArray32
from abm_ml.lookalike.universe import FloatArray


class AccountIndex:
    """Accounts by id, with their vectors and facts; empty until it is fitted or loaded."""

    def __init__(self) -> None:
        self._held: Contents | None = None

    @property
    def accounts(self) -> pd.DataFrame:
        """Attributes of accounts in row order, without long texts."""
        return self._contents.accounts

    @property
    def embedding(self) -> Embedding:
        """How an account becomes a vector."""
        return self._contents.learned.embedding

    @property
    def facts(self) -> Facts:
        """Which facts there are."""
        return self._contents.learned.facts

    @property
    def fact_shares(self) -> FloatArray:
        """Share of the universe that has each fact, as it was fitted."""
        return self._contents.learned.fact_shares

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
        return self._store.ids_at(self._contents.shuffled_and_groups()[0][:most])

    def vectors(self, ids: Sequence[str]) -> FloatArray32:
        """Vectors of accounts, shape (len(ids), dimension).

        Raises
        ------
        DataError
            If one is not here.
        ParamsError
            If a single text is given.
        """
        ids = list_of_ids("ids", ids)
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
        contents = self._contents  # An empty index says so before anything is checked.
        contents.add(checked_accounts(accounts))

    def remove(self, ids: Iterable[str]) -> None:
        """Take accounts out.

        Raises
        ------
        DataError
            If one is not here.
        ParamsError
            If a single text is given.
        """
        self._contents.remove(list_of_ids("ids", ids))

    @one_blas_thread
    def update(self, accounts: pd.DataFrame) -> None:
        """Embed accounts anew whose attributes have changed.

        Raises
        ------
        DataError
            If one is not here, or a column of the embedding is missing.
        """
        contents = self._contents
        accounts = checked_accounts(accounts)
        self.embedding.transform(accounts.iloc[:1])  # A missing column is told before any is gone.
        contents.remove(accounts["account_id"].tolist())
        contents.add(accounts)

    @property
    def _contents(self) -> Contents:
        """What was fitted or loaded."""
        if self._held is None:
            raise NotFittedError(
                "this LookalikeIndex holds no accounts yet; "
                "call fit(accounts), or LookalikeIndex.load(folder)"
            )
        return self._held

    @property
    def _store(self) -> VectorStore:
        return self._contents.store
