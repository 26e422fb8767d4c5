"""How much each account is like the customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts
from abm_ml.features.account import existing_accounts

MOST_SEEDS = 2_000
"""Customers that are compared with: of more, every n-th by account_id."""


class SimilarityIndex(Protocol):
    """What scoring needs of a look-alike index."""

    @property
    def ids(self) -> list[str]:
        """Accounts that it knows."""
        ...

    def similarity(self, seeds: Sequence[str], **options: Any) -> pd.DataFrame:
        """account_id, similarity (0 to 100) and nearest_seed of every account."""
        ...


@dataclass(frozen=True)
class Likeness:
    """Closeness to the seeds of every account that the index knows.

    Parameters
    ----------
    found : DataFrame
        By account_id: `similarity` (0 to 100) and `nearest_seed`.
    seeds : int
        How many there are.
    """

    found: pd.DataFrame
    seeds: int

    def of(self, account_id: pa.Array) -> tuple[NDArray[np.float64], pa.Array]:
        """Similarity (NaN where unknown) and nearest seed of these accounts."""
        rows = self.found.reindex(account_id.to_pandas())
        nearest = pa.array(rows["nearest_seed"], pa.string(), from_pandas=True)
        return rows["similarity"].to_numpy(dtype=np.float64), nearest


def likeness(
    index: SimilarityIndex | None, crm: Crm, as_of: datetime, seeds: Sequence[str] | None = None
) -> Likeness | None:
    """Closeness of each account to the seeds; None without an index, or without a seed.

    Parameters
    ----------
    index : SimilarityIndex or None
        Which accounts lie where.
    crm : Crm
        Canonical tables.
    as_of : datetime
        The last instant that may be seen.
    seeds : sequence of str, optional
        Accounts to compare with; by default the customers at that date. Suppressed accounts are
        never seeds.
    """
    if index is None:
        return None
    known = set(index.ids) - _suppressed(crm, as_of)
    won, lost = (accounts & known for accounts in _with_outcomes(crm, as_of))
    chosen = sorted(won if seeds is None else known & {str(one) for one in seeds})
    if not chosen:
        return None
    compared = chosen[:: -(-len(chosen) // MOST_SEEDS)]
    found = index.similarity(compared, lost=sorted(lost - won), known=sorted(won - set(compared)))
    return Likeness(found.set_index("account_id")[["similarity", "nearest_seed"]], len(chosen))


def _suppressed(crm: Crm, as_of: datetime) -> set[str]:
    found = crm.to_arrow(suppressed_accounts(crm, as_of).select("account_id"))
    return set(found.column(0).to_pylist())


def _with_outcomes(crm: Crm, as_of: datetime) -> tuple[set[str], set[str]]:
    """Accounts of the universe with an opportunity won, and lost, before as_of."""
    table = crm.table("opportunities")
    closed = table.filter(
        (table.created_at < as_of) & (table.closed_at < as_of) & table.is_won.notnull()
    )
    ended = closed.semi_join(existing_accounts(crm, as_of), "account_id")
    rows = crm.to_arrow(ended.select("account_id", "is_won").distinct())
    ids, outcome = rows["account_id"].to_pylist(), rows["is_won"].to_pylist()
    won = {account for account, wins in zip(ids, outcome, strict=True) if wins}
    return won, {account for account, wins in zip(ids, outcome, strict=True) if not wins}
