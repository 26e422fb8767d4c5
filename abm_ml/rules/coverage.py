"""How much of the buying committee is known, and how much is engaged (DESIGN 2, coverage)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.data.titles import COMMITTEE_ROLES

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Coverage:
    """The committee of every account.

    Parameters
    ----------
    known, engaged : array of float, shape (n_accounts,)
        Share of the four roles with a known, an engaged contact; 0-1.
    missing_roles : pyarrow.Array of list of str, shape (n_accounts,)
        Roles in which nobody is engaged, in the order of `COMMITTEE_ROLES`.
    """

    known: Numbers
    engaged: Numbers
    missing_roles: pa.Array


def coverage(known: Mapping[str, Flags], engaged: Mapping[str, Flags]) -> Coverage:
    """Coverage of the committee's roles.

    Parameters
    ----------
    known, engaged : mapping of str to array of bool, each of shape (n_accounts,)
        Whether the account has a known, an engaged contact in each of `COMMITTEE_ROLES`; only
        people who may be used. Who is engaged is known.
    """
    there = np.stack([engaged[role] for role in COMMITTEE_ROLES])
    named = np.stack([known[role] for role in COMMITTEE_ROLES]) | there
    return Coverage(named.mean(axis=0), there.mean(axis=0), _missing(~there))


def _missing(missing: Flags) -> pa.Array:
    """Names of the roles by account, from flags of shape (n_roles, n_accounts)."""
    which = [
        [role for place, role in enumerate(COMMITTEE_ROLES) if code >> place & 1]
        for code in range(2 ** len(COMMITTEE_ROLES))
    ]
    code = (1 << np.arange(len(COMMITTEE_ROLES))) @ missing.astype(np.int64)
    return pa.array(which, pa.list_(pa.string())).take(pa.array(code))
