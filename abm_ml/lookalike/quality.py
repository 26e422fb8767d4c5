"""Seeds that do not fit the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

MOST = 3
FEWEST_SEEDS = 8
"""With fewer seeds nobody can say which of them is the odd one."""

FAR = 0.1
"""A seed is odd only if at least this share of the universe is closer to the other seeds."""

APART = 2.0
"""… and its position's log-odds lie this many (robust) deviations beyond the seeds' median."""


def odd_seeds(positions: pd.DataFrame) -> pd.DataFrame:
    """Up to three seeds that don't fit the rest, the oddest first.

    Parameters
    ----------
    positions : DataFrame
        `account_id` and `position` of each seed while it was hidden (`SeedEvaluation`).

    Returns
    -------
    DataFrame
        `account_id`, `position`.
    """
    known = positions.dropna(subset=["position"])
    if len(known) < FEWEST_SEEDS:
        return known.iloc[:0].reset_index(drop=True)
    place = np.clip(known["position"].to_numpy(dtype=float), 1e-6, 1 - 1e-6)
    odds = np.log(place / (1 - place))
    middle = np.median(odds)
    spread = 1.4826 * np.median(np.abs(odds - middle)) + 1e-9
    odd = known[(place >= FAR) & (odds > middle + APART * spread)]
    order = np.lexsort((odd["account_id"].to_numpy(dtype=str), -odd["position"].to_numpy()))
    return odd.iloc[order[:MOST]].reset_index(drop=True)
