"""Groups of companies: a parent, its subsidiaries and branches."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.data.column_kinds import as_levels

IntArray = npt.NDArray[np.int64]


def group_numbers(accounts: pd.DataFrame, groups: Mapping[str, str] | None = None) -> IntArray:
    """Number of each account's group, shape (n_accounts,).

    Parameters
    ----------
    accounts : DataFrame
        `account_id`, and `parent_account_id` where it is known.
    groups : mapping of str to str, optional
        Group of accounts by id, which goes before the parents; who is not in it is alone.
    """
    ids = pd.Index(accounts["account_id"].astype(str).to_numpy(dtype=object))
    if groups is not None:
        own = dict(groups)
    elif "parent_account_id" in accounts:
        own = root_parents(ids, accounts["parent_account_id"])
    else:
        own = {}
    numbers = np.arange(len(ids), dtype=np.int64)
    if own:
        rows = ids.get_indexer(pd.Index(list(own), dtype=object))
        named, _ = pd.factorize(np.array(list(own.values()), dtype=object))
        numbers[rows[rows >= 0]] = len(ids) + named[rows >= 0]
    return numbers


def root_parents(ids: pd.Index, parents: pd.Series) -> dict[str, str]:
    """The topmost known parent of accounts that have one, and of those parents.

    A circle of parents is one group.

    >>> root_parents(pd.Index(["a", "b", "c", "d"]), pd.Series([None, "a", "b", None]))
    {'b': 'a', 'a': 'a', 'c': 'a'}
    """
    # As levels: a gap in a column of numbers turns the parent 12 into 12.0.
    codes, names = as_levels(parents)
    known = np.flatnonzero(codes >= 0)
    below = ids[known].tolist()
    above = {one: names[code] for one, code in zip(below, codes[known].tolist(), strict=True)}
    roots: dict[str, str] = {}
    for one in above:
        path: list[str] = []
        at = one
        while at not in roots and at in above and at not in path:
            path.append(at)
            at = above[at]
        # In a circle, its first name by the alphabet stands for it.
        root = roots.get(at) or (min(path[path.index(at) :]) if at in path else at)
        roots.update(dict.fromkeys([*path, at], root))
    return roots


def first_of_each(groups: IntArray) -> IntArray:
    """Places of the first member of each group, in order.

    >>> first_of_each(np.array([3, 3, 1, 3, 2])).tolist()
    [0, 2, 4]
    """
    return np.sort(np.unique(groups, return_index=True)[1])
