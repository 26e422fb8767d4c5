"""Similarity to the customers of the time, at many past moments: what an index would have said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.data.crm import Crm
from abm_ml.scoring.similarity import SimilarityIndex, likeness


def past_similarity(crm: Crm, index: SimilarityIndex, spine: pa.Table) -> NDArray[np.float64]:
    """Similarity of each row's account to those that were customers before the row's as_of.

    Honest only where the index itself learned nothing from outcomes: its columns and their
    weights must not have been chosen by who was won. Attributes are taken as they stand now, as
    the rules always take them.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    index : SimilarityIndex
        Which accounts lie where; without learned weights.
    spine : pyarrow.Table
        account_id, as_of.

    Returns
    -------
    array of float, shape (n_rows,)
        0-100; 0 where there was no customer yet, or the index does not know the account.
    """
    found = np.zeros(spine.num_rows)
    moments = spine["as_of"].to_pandas()
    for moment, rows in moments.groupby(moments).groups.items():
        known = likeness(index, crm, pd.Timestamp(moment).to_pydatetime())
        if known is not None:
            similarity, _ = known.of(spine["account_id"].combine_chunks().take(pa.array(rows)))
            found[rows] = np.nan_to_num(similarity, nan=0.0)
    return found
