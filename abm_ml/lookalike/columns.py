"""Which columns of an accounts table say what a company is, and how each is to be read."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import as_levels, column_kind
from abm_ml.errors import ParamsError

BlockKind = Literal["place", "tags", "category", "text", "name", "domain", "number"]

PLACES = ("country", "region", "state", "city")
"""Columns of a place, from wide to narrow; they are read as one."""

TAG_COLUMNS = ("tags", "keywords", "technologies")

NO_TRAITS = frozenset(
    [
        "account_id", "account_type", "owner_id", "parent_account_id", "credit_code",
        "registration_no", "tax_no", "organisation_code", "ticker", "linkedin_url", "postal_code",
        "currency", "created_at", "updated_at", "former_names", "lifecycle_stage", "in_crm",
    ]
)  # fmt: skip
"""Columns that name a company, or say how it stands to us: neither makes two companies alike."""

ALL_DISTINCT = 0.8
"""Short texts of which more than this share differ are names or codes of their own."""


@dataclass(frozen=True)
class BlockPlan:
    """Columns that are embedded together.

    Parameters
    ----------
    name : str
        The column, or `place`.
    columns : tuple of str
        What is read.
    kind : str
        How it is read.
    """

    name: str
    columns: tuple[str, ...]
    kind: BlockKind


def plan_blocks(
    accounts: pd.DataFrame, columns: Collection[str] | None = None
) -> tuple[BlockPlan, ...]:
    """The blocks that a table of accounts falls into, in a fixed order.

    Parameters
    ----------
    accounts : DataFrame
        One row an account.
    columns : collection of str, optional
        Columns that may be used; None: all but those that name a company, or say how it stands
        to us (`NO_TRAITS`).
    """
    names = [str(name) for name in accounts.columns]
    usable = [name for name in names if name in columns] if columns is not None else names
    usable = sorted(name for name in usable if name not in NO_TRAITS)
    place = tuple(name for name in PLACES if name in usable and accounts[name].notna().any())
    plans = [BlockPlan("place", place, "place")] if place else []
    for name in usable:
        kind = None if name in PLACES else block_kind(accounts[name])
        if kind is not None:
            plans.append(BlockPlan(name, (name,), kind))
    return tuple(plans)


def block_kind(values: pd.Series) -> BlockKind | None:
    """How a column is read; None where it can make no two companies alike."""
    if values.name in ("name", "domain"):
        return "name" if values.name == "name" else "domain"
    kind = column_kind(values)
    if kind == "tags":
        return "tags"
    if kind in ("number", "date"):
        return "number"
    if kind == "empty":
        return None
    if kind == "text":
        return "text"
    codes, distinct = as_levels(values)
    known = int(np.sum(codes >= 0))
    if len(distinct) < 2 or len(distinct) > max(20.0, ALL_DISTINCT * known):
        return None
    return "category"


def check_names(option: str, names: Iterable[object], known: Iterable[object]) -> None:
    """Refuse columns that are not there: `columns=["industri"]` is a slip, and no wish for none.

    Parameters
    ----------
    option : str
        What they were given as: `columns` or `weights`.
    names : iterable of str
        Those named.
    known : iterable of str
        Those that can be.

    Raises
    ------
    ParamsError
        If one is unknown, with the nearest, or a single text was given.
    """
    if isinstance(names, str):
        raise ParamsError(f"{option} must be a list of columns. Supplied value {names!r}")
    there = sorted(map(str, known))
    for name in sorted(map(str, names)):
        if name in there:
            continue
        if option == "weights" and name in PLACES:
            raise ParamsError(f"weights: {name!r} is read as a part of 'place': weigh that")
        raise ParamsError(f"{option}: no such column: {name!r} ({nearest(name, there)})")


def nearest(name: str, known: Iterable[object]) -> str:
    """The names that somebody may have meant, in words; all if none is near.

    >>> nearest("industri", ["city", "industry", "sub_industry"])
    "did you mean 'industry' or 'sub_industry'?"
    """
    there = [str(one) for one in known]
    near = difflib.get_close_matches(name, there, n=3, cutoff=0.6)
    if not near:
        return f"known: {', '.join(there)}"
    return f"did you mean {' or '.join(map(repr, near))}?"
