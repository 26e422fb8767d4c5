"""How far each lead and contact has come: RAW, IQL, MQL, SQL, customer (DESIGN 2, lead stage)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.rules.score import MICRO

Flags = NDArray[np.bool_]

LEAD_STAGES = ("RAW", "IQL", "MQL", "SQL", "customer")
"""From the first to the last."""


def lead_stages(
    *,
    verified: Flags,
    points_micro: NDArray[np.int64],
    converted: Flags,
    sales_ready: Flags,
    customer: Flags,
    mql_points: float,
) -> pa.Array:
    """Lead stage of each person; the furthest that applies.

    customer: the account is one. SQL: sales can follow up, since the lead was converted, or the
    identity is verified and the account is ready for sales. MQL: verified and interested. IQL:
    verified. RAW: neither; points alone don't tell who somebody is.

    Parameters
    ----------
    verified : array of bool, shape (n_people,)
        A business e-mail address, or a name at a company that is a known account.
    points_micro : array of int, shape (n_people,)
        The person's own points, in millionths.
    converted : array of bool, shape (n_people,)
        A lead that became an account.
    sales_ready : array of bool, shape (n_people,)
        The account is an MQA, has an open opportunity, or sales accepted it.
    customer : array of bool, shape (n_people,)
        The account won before.
    mql_points : float
        Points from which a person counts as interested.
    """
    interested = points_micro >= round(mql_points * MICRO)
    rules = {
        "customer": customer,
        "SQL": converted | (verified & sales_ready),
        "MQL": verified & interested,
        "IQL": verified,
    }
    return pa.array(np.select(list(rules.values()), list(rules), default="RAW"), pa.string())
