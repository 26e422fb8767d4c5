"""Who is never scored, and why: first of all the rules (DESIGN 6.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

Motion = Literal["acquire", "accelerate", "expand", "all"]
"""What the list is for."""

MOTIONS: tuple[Motion, ...] = get_args(Motion)


def exclusions(
    *,
    suppressed: Flags,
    account_type: pa.Array,
    owner_id: pa.Array,
    customer: Flags,
    open_opportunity: Flags,
    motion: Motion,
    account_types: Sequence[str],
    hands_off_owners: Sequence[str],
    own: Flags | None = None,
    left_alone: Flags | None = None,
) -> pa.Array:
    """Reason for leaving each account out; null for those that are scored (DESIGN 6.7).

    Always dropped, in this order, the first reason that applies being given:

    - `suppressed`: the account, or its domain, is on the suppression list;
    - `own_company`: it is the user's own company (`own`, see `own_company`);
    - `account_type`: its type holds one of `account_types` (any case), such as "partner" in
      "Channel Partner / Reseller";
    - `hands_off`: sales decided so (`left_alone`), or its owner keeps marketing away.

    Then by motion:

    - `acquire` drops customers (`customer`) and accounts with an open opportunity
      (`open_opportunity`): sales works on them already;
    - `accelerate` keeps only accounts with an open opportunity, customers or not, and drops
      the rest (`no_open_opportunity`);
    - `expand` keeps only customers, with or without an open opportunity, and drops the rest
      (`not_customer`);
    - `all` drops neither.

    Parameters
    ----------
    suppressed, customer, open_opportunity : array of bool, shape (n_accounts,)
        State of each account as of the run; of one product where the list is for one.
    account_type, owner_id : pyarrow.Array of str, shape (n_accounts,)
        As in accounts; null is no reason.
    motion : {"acquire", "accelerate", "expand", "all"}
        What the list is for.
    account_types, hands_off_owners : sequence of str
        Types and owners that are always dropped.
    own, left_alone : array of bool, shape (n_accounts,), optional
        The own company, and accounts that people said to keep hands off.
    """
    nobody = np.zeros(len(suppressed), dtype=bool)
    drops_customers = motion == "acquire"
    drops_open = motion == "acquire"
    rules = {
        "suppressed": suppressed,
        "own_company": nobody if own is None else own,
        "account_type": _holds_any(account_type, account_types),
        "hands_off": _is_any(owner_id, hands_off_owners)
        | (nobody if left_alone is None else left_alone),
        "customer": customer if drops_customers else nobody,
        "open_opportunity": open_opportunity if drops_open else nobody,
        "no_open_opportunity": ~open_opportunity if motion == "accelerate" else nobody,
        "not_customer": ~customer if motion == "expand" else nobody,
    }
    words = np.select(list(rules.values()), list(rules), default="")
    return pa.array(words, pa.string(), mask=words == "")


def own_company(domain: pa.Array, own_domains: Sequence[str]) -> Flags:
    """Accounts whose domain is one of the user's own, or lies below one.

    Parameters
    ----------
    domain : pyarrow.Array of str, shape (n_accounts,)
        As in accounts: bare domains; null is nobody's.
    own_domains : sequence of str
        In any case, with or without "www.".
    """
    bare = pc.replace_substring_regex(pc.utf8_lower(domain), r"^www\.", "")
    found = np.zeros(len(domain), dtype=bool)
    for own in own_domains:
        name = own.strip().lower().removeprefix("www.")
        hit = pc.or_(pc.equal(bare, name), pc.ends_with(bare, f".{name}"))
        found |= np.asarray(pc.fill_null(hit, False), dtype=bool)
    return found


def _holds_any(texts: pa.Array, parts: Sequence[str]) -> Flags:
    """Texts that hold one of the parts, whatever the case."""
    found = np.zeros(len(texts), dtype=bool)
    for part in parts:
        hit = pc.match_substring(texts, part, ignore_case=True)
        found |= np.asarray(pc.fill_null(hit, False), dtype=bool)
    return found


def _is_any(texts: pa.Array, values: Sequence[str]) -> Flags:
    return np.asarray(pc.is_in(texts, pa.array(values, pa.string())), dtype=bool)
