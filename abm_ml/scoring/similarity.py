"""How much each account is like the customers: a column of the scored list, not of its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.scoring.inputs import Inputs

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
    """Closeness to the seeds, for all accounts of the universe in the order of account_id.

    Parameters
    ----------
    similarity : array of float
        0 to 100; NaN for accounts that the index does not know.
    nearest_seed : pyarrow.Array of str
        The seed that an account is most like.
    seeds : int
        How many there are.
    """

    similarity: NDArray[np.float64]
    nearest_seed: pa.Array
    seeds: int


def likeness(
    index: SimilarityIndex | None, inputs: Inputs, seeds: Sequence[str] | None = None
) -> Likeness | None:
    """Closeness of each account to the seeds; None without an index, or without a seed.

    Parameters
    ----------
    index : SimilarityIndex or None
        Which accounts lie where.
    inputs : Inputs
        The universe as of a date.
    seeds : sequence of str, optional
        Accounts to compare with; by default the customers at that date. Suppressed accounts are
        never seeds.
    """
    if index is None:
        return None
    ids = inputs.array("account_id").to_pandas()
    usable = ids.isin(index.ids).to_numpy() & ~inputs.numbers("suppressed")
    won, lost = inputs.numbers("past_won") > 0, inputs.numbers("past_lost") > 0
    wanted = won if seeds is None else ids.isin([str(one) for one in seeds]).to_numpy()
    chosen = ids[wanted & usable].tolist()
    if not chosen:
        return None
    compared = chosen[:: -(-len(chosen) // MOST_SEEDS)]
    found = index.similarity(
        compared,
        lost=ids[lost & ~won & usable].tolist(),
        known=ids[won & usable & ~ids.isin(compared).to_numpy()].tolist(),
    )
    of_account = found.set_index("account_id").reindex(ids)
    return Likeness(
        similarity=of_account["similarity"].to_numpy(dtype=np.float64),
        nearest_seed=pa.array(of_account["nearest_seed"], pa.string(), from_pandas=True),
        seeds=len(chosen),
    )
