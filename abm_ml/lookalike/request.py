"""What somebody wants found: lists of ids as rows of the universe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.filters import allowed_rows
from abm_ml.lookalike.learn import Examples
from abm_ml.lookalike.store import VectorStore
from abm_ml.lookalike.universe import BoolArray, IntArray


@dataclass(frozen=True)
class Request:
    """What is wanted, as rows of the universe.

    Parameters
    ----------
    examples : Examples
        Seeds and what else is known.
    filtered : array of bool, shape (n_accounts,)
        Accounts that meet the filters.
    excluded : array of bool, shape (n_accounts,)
        Accounts that must not be in the list.
    k : int
        Length of the list.
    include_seeds : bool
        Whether seeds may be found again.
    seed, threads : int
        Of random draws; of LightGBM.
    """

    examples: Examples
    filtered: BoolArray
    excluded: BoolArray
    k: int
    include_seeds: bool
    seed: int
    threads: int


def build_request(
    store: VectorStore,
    accounts: pd.DataFrame,
    seeds: Sequence[str],
    k: int,
    *,
    where: Mapping[str, Any] | None = None,
    exclude: Collection[str] = (),
    negatives: Collection[str] = (),
    won: Collection[str] = (),
    lost: Collection[str] = (),
    known: Collection[str] = (),
    include_seeds: bool = False,
    seed: int,
    threads: int,
) -> tuple[Request, list[str]]:
    """The request, and the seeds that are not in the index.

    Who is named twice counts as a seed first, then as won, then as lost; ids that are not here
    are passed over.

    Parameters
    ----------
    store : VectorStore
        Knows the row of each id.
    accounts : DataFrame
        Attributes in row order, for the filters.
    seeds, k, where, exclude, negatives, won, lost, known, include_seeds
        As for `LookalikeIndex.expansion`.
    seed, threads : int
        Of random draws; of LightGBM.

    Raises
    ------
    DataError
        If no seed is known, or a filter names an unknown column.
    ParamsError
        If k is below 1, or a text is given where a list of ids is meant.
    """
    if not isinstance(k, int | np.integer):
        raise ParamsError(f"k must be a whole number. Supplied value {k!r}")
    if k < 1:
        raise ParamsError(f"k must be at least 1. Supplied value {k}")
    given = {"seeds": seeds, "exclude": exclude, "negatives": negatives, "won": won, "lost": lost,
        "known": known}  # fmt: skip
    rows = {name: _rows(store, list_of_ids(name, ids)) for name, ids in given.items()}
    wanted = rows["seeds"]
    unknown = sorted({str(one) for one in seeds if str(one) not in store})
    if not len(wanted):
        raise DataError(
            f"none of the {len(unknown)} seeds is in the index"
            + (f", such as {unknown[0]!r}" if unknown else "")
            + "; give ids of accounts that it was built from"
        )
    refused = np.setdiff1d(rows["negatives"], wanted)
    examples = Examples(
        wanted,
        refused,
        np.setdiff1d(rows["won"], wanted),
        np.setdiff1d(rows["lost"], np.concatenate([wanted, rows["won"]])),
        _mask(store, rows["known"]),
    )
    excluded = _mask(store, np.concatenate([rows["exclude"], refused]))
    filtered = allowed_rows(accounts, where)
    request = Request(
        examples, filtered, excluded, min(k, len(store)), include_seeds, seed, threads
    )
    return request, unknown


def list_of_ids(name: str, ids: Iterable[object]) -> list[str]:
    """Ids as a list of text.

    Raises
    ------
    ParamsError
        If it is a single text: its letters are nobody's ids.
    """
    if isinstance(ids, str | bytes):
        raise ParamsError(f"{name} must be a list of ids. Supplied value {ids!r}")
    return [str(one) for one in ids]


def _rows(store: VectorStore, ids: list[str]) -> IntArray:
    """Rows of those ids that are here, by id."""
    rows = store.positions(sorted(set(ids)))
    return rows[rows >= 0]


def _mask(store: VectorStore, rows: IntArray) -> BoolArray:
    mask = np.zeros(len(store), dtype=bool)
    mask[rows] = True
    return mask
