"""Where each account stands (DESIGN 2, stage)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


def stages(
    *,
    customer: Flags,
    open_opportunity: Flags,
    qualified: Flags,
    engaged: Flags,
    aware: Flags,
    seen_before: Flags,
) -> pa.Array:
    """Stage of each account; the furthest that applies (DESIGN 2).

    customer, then opportunity, MQA, engaged, aware, dormant, unaware.

    Parameters
    ----------
    customer, open_opportunity, qualified : array of bool, shape (n_accounts,)
        Won before, has an open opportunity, is an MQA.
    engaged : array of bool, shape (n_accounts,)
        A known person engaged within the MQA window.
    aware : array of bool, shape (n_accounts,)
        Engaged anonymously within the window, or shows third-party intent.
    seen_before : array of bool, shape (n_accounts,)
        Engaged before the window, or lost an opportunity: dormant, now that nothing moves.
    """
    rules = {
        "customer": customer,
        "opportunity": open_opportunity,
        "MQA": qualified,
        "engaged": engaged,
        "aware": aware,
        "dormant": seen_before,
    }
    return pa.array(np.select(list(rules.values()), list(rules), default="unaware"), pa.string())
