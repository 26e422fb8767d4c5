"""Where each account stands, and what content fits there (DESIGN 2, stage; 6.6)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.rulebook import Stages

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Numbers = NDArray[np.float64]

CUSTOMERS = ("customer", "adopted", "advocate")
"""Stages of customers, from the first to the last."""

BEFORE_MQA = ("unaware", "dormant", "aware", "engaged")
"""Stages that engagement can lift an account from."""

CONTENT_STAGES = {
    **dict.fromkeys(BEFORE_MQA, "lead"),
    "MQA": "MQA",
    "opportunity": "opportunity",
    **dict.fromkeys(CUSTOMERS, "customer"),
}
"""Which content fits each stage: lead, MQA, opportunity or customer."""


def stages(
    *,
    customer: Flags,
    open_opportunity: Flags,
    qualified: Flags,
    engaged: Flags,
    aware: Flags,
    seen_before: Flags,
    adopted: Flags | None = None,
    advocate: Flags | None = None,
) -> pa.Array:
    """Stage of each account; the furthest that applies (DESIGN 2).

    advocate, then adopted, customer, opportunity, MQA, engaged, aware, dormant, unaware.

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
    adopted, advocate : array of bool, shape (n_accounts,), optional
        As `customer_steps` gives them; by default nobody.
    """
    nobody = np.zeros(len(customer), dtype=bool)
    rules = {
        "advocate": nobody if advocate is None else advocate,
        "adopted": nobody if adopted is None else adopted,
        "customer": customer,
        "opportunity": open_opportunity,
        "MQA": qualified,
        "engaged": engaged,
        "aware": aware,
        "dormant": seen_before,
    }
    return pa.array(np.select(list(rules.values()), list(rules), default="unaware"), pa.string())


def customer_steps(
    *,
    customer: Flags,
    contract_days: Numbers,
    renewals: Counts,
    won_deals: Counts,
    usage_events: Counts,
    expansions: Counts,
    advocacy_events: Counts,
    settings: Stages,
) -> tuple[Flags, Flags]:
    """Customers that have adopted, and those that are advocates.

    Adopted: a contract runs long enough, was renewed, a second deal is won, or the product is
    used. Advocate: renewed often enough, expanded, or spoke for us (a reference, a review).

    Parameters
    ----------
    customer : array of bool, shape (n_accounts,)
        Won before; nobody else is either.
    contract_days : array of float, shape (n_accounts,)
        How long the oldest running contract runs; NaN: none is known.
    renewals, won_deals, usage_events, expansions, advocacy_events : array of int
        Each of shape (n_accounts,); 0 where the export tells nothing.
    settings : Stages
        How much is asked.

    Returns
    -------
    adopted, advocate : array of bool, shape (n_accounts,)
    """
    adopted = (
        (np.nan_to_num(contract_days, nan=-1.0) >= settings.adopted_after_days)
        | (renewals >= 1)
        | (won_deals >= 2)
        | (usage_events >= settings.usage_events)
    )
    advocate = (renewals >= settings.advocate_renewals) | (expansions >= 1) | (advocacy_events >= 1)
    return customer & adopted, customer & advocate
