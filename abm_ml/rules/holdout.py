"""The hold-out: a share of accounts left alone, so that the list's effect can be measured."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SPACE = 2**64


def holdout(account_ids: Sequence[str], share: float) -> NDArray[np.bool_]:
    """Accounts held out, by a hash of account_id (DESIGN 6.9).

    The hash is a point in [0, 1), the same in every run and on every machine; an account is
    held out where it lies below `share`. A larger share therefore keeps those of a smaller.

    Parameters
    ----------
    account_ids : sequence of str, length n_accounts
        Ids.
    share : float
        Share of accounts held out, 0-1.
    """
    limit = int(share * _SPACE)
    if limit == 0:
        return np.zeros(len(account_ids), dtype=bool)
    return np.fromiter((_point(account_id) < limit for account_id in account_ids), dtype=bool)


def _point(account_id: str) -> int:
    digest = hashlib.blake2b(account_id.encode(), digest_size=8, person=b"abm-holdout")
    return int.from_bytes(digest.digest(), "big")
