"""Companies that belong together, by their parents and by relations of other kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

TIES = frozenset({"parent", "subsidiary", "branch", "母公司", "子公司", "分公司"})
"""Kinds of relation that make two companies one group; an investor owns too many for that."""


def groups_of(accounts: pd.DataFrame, relations: pd.DataFrame | None = None) -> dict[str, str]:
    """The group of each company that belongs to one.

    Parameters
    ----------
    accounts : DataFrame
        account_id, parent_account_id; a parent need not be among the accounts.
    relations : DataFrame, optional
        account_id, related_account_id, kind; kinds that are none of `TIES` don't count.

    Returns
    -------
    dict of str to str
        account_id to the smallest id of its group; companies that stand alone are left out.

    Examples
    --------
    >>> accounts = pd.DataFrame({"account_id": list("abc"), "parent_account_id": ["b", None, None]})
    >>> groups_of(accounts)
    {'a': 'a', 'b': 'a'}
    """
    ends = [_ends(accounts, "parent_account_id")]
    if relations is not None:
        kind = relations["kind"].astype("string").str.strip().str.lower()
        ends.append(_ends(relations[kind.isin(TIES)], "related_account_id"))
    pairs = np.concatenate(ends)
    if not len(pairs):
        return {}
    names, codes = np.unique(pairs.ravel(), return_inverse=True)
    left, right = codes.reshape(-1, 2).T
    links = coo_array((np.ones(len(left)), (left, right)), shape=(len(names), len(names)))
    _, member = connected_components(links, directed=False)
    # Names are sorted, so the first of a group is its smallest.
    _, first = np.unique(member, return_index=True)
    return dict(zip(names.tolist(), names[first[member]].tolist(), strict=True))


def _ends(table: pd.DataFrame, other: str) -> np.ndarray:
    """Both ends of each link where both are known, shape (n_links, 2)."""
    return table[["account_id", other]].dropna().to_numpy(dtype=str).reshape(-1, 2)
