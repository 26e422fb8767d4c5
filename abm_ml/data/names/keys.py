"""Blocking keys: what two names must have in common before anybody compares them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.data.names.normalise import has_cjk
from abm_ml.data.names.parts import NameParts
from abm_ml.data.names.weights import EMPTY, most_weight

Hashes = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int32]

WORD = "w:"
_EDGE = 5
_SHORTEST_EDGED = 7


def blocking_keys(parts: NameParts) -> list[str]:
    """Keys of a name; two names that share none are never compared.

    The whole name, its words without gaps, with and without the empty ones, each word that says
    something, pairs of neighbours (for names made of common words), both ends of a long name
    and of a long word (for typing errors), and pairs of characters of a Chinese brand.

    >>> blocking_keys(NameParts("acme tools inc", ("acme", "tools"), ("inc",)))
    ['f:acmetoolsinc', 'c:acmetools', 'w:acme', 'w:tools', 'p:acmetools', 'l:acmet', 'r:tools']
    """
    words, core = parts.words, parts.core
    telling = [word for word in words if most_weight(word) > EMPTY]
    keys = [f"f:{parts.full.replace(' ', '')}", f"c:{core}"]
    strong = "".join(telling)
    if strong and strong != core:
        keys.append(f"c:{strong}")
    keys += [WORD + word for word in telling]
    keys += [f"p:{one}{two}" for one, two in pairwise(words)]
    keys += [f"p:{word}" for word in telling if len(word) >= _SHORTEST_EDGED]
    if len(core) >= _SHORTEST_EDGED:
        keys += [f"l:{core[:_EDGE]}", f"r:{core[-_EDGE:]}"]
    for word in telling:
        if has_cjk(word) and len(word) > 2:
            keys += [f"b:{word[place : place + 2]}" for place in range(len(word) - 1)]
    return list(dict.fromkeys(keys))


class KeyIndex:
    """Which rows have a key: hashes in order beside their rows, 12 bytes an entry.

    Parameters
    ----------
    hashes : array of uint64, shape (n_entries,)
        Hashed keys; sorted here.
    rows : array of int32, shape (n_entries,)
        Row of each.
    """

    def __init__(self, hashes: Hashes, rows: Rows) -> None:
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._rows = rows[order]

    def spans(self, keys: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Where the rows of each key begin and end."""
        wanted = hashed(keys)
        return (
            np.searchsorted(self._hashes, wanted, "left"),
            np.searchsorted(self._hashes, wanted, "right"),
        )

    def rows(self, start: int, end: int) -> Rows:
        """The rows between two places, ascending."""
        return self._rows[start:end]


def hashed(keys: Iterable[str]) -> Hashes:
    """Keys as 64-bit numbers, the same in every run."""
    array = np.array(list(keys), dtype=object)
    if not len(array):
        return np.empty(0, np.uint64)
    return pd.util.hash_array(array, categorize=False)
