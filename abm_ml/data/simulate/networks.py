"""Office, shared and mobile networks, on addresses that are reserved and belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from abm_ml.data.simulate.accounts import Accounts
from abm_ml.data.simulate.draws import Bools, Draws, Ints

OFFICES = 240 << 24
"""240.0.0.0/4, reserved: a /30 for each of up to 67 million accounts."""
SHARED = (198 << 24) + (18 << 16)
"""198.18.0.0/15, reserved for benchmarks: co-working spaces and VPN exits."""
MOBILE = (100 << 24) + (64 << 16)
"""100.64.0.0/10, carrier-grade NAT: phones of many companies behind one address."""

SHARED_POOL, MOBILE_POOL = 500, 200


@dataclass(frozen=True)
class Networks:
    """Networks of a chunk's accounts, one entry an account.

    Parameters
    ----------
    office : ints
        First address of the account's own block of four.
    has_office : bools
        Whether that block is known to be the account's.
    as_cidr : bools
        Whether it is recorded as a block rather than as one address.
    shared, mobile : ints
        Number of the shared or mobile address it was seen on; -1: none.
    """

    office: Ints
    has_office: Bools
    as_cidr: Bools
    shared: Ints
    mobile: Ints


def make_networks(accounts: Accounts, draws: Draws) -> Networks:
    """Six in ten accounts have a known office network, some were seen on others."""
    index = accounts.index
    on_shared = draws.happens(0.1, "on shared", index)
    on_mobile = draws.happens(0.15, "on mobile", index)
    return Networks(
        office=OFFICES + 4 * index,
        has_office=draws.happens(0.6, "office", index),
        as_cidr=draws.happens(0.2, "as cidr", index),
        shared=np.where(on_shared, draws.below(SHARED_POOL, "shared", index), -1),
        mobile=np.where(on_mobile, draws.below(MOBILE_POOL, "mobile", index), -1),
    )


def address_text(address: Ints) -> pa.Array:
    """Addresses in dotted form; negative ones are null.

    >>> address_text(np.array([240 << 24, -1])).to_pylist()
    ['240.0.0.0', None]
    """
    import pyarrow.compute as pc

    parts = [pa.array((address >> shift) & 255).cast(pa.string()) for shift in (24, 16, 8, 0)]
    text = pc.binary_join_element_wise(*parts, ".")
    return pc.if_else(pa.array(address >= 0), text, pa.scalar(None, pa.string()))
