"""Clusters inside tier 2: groups of accounts that share facts, named by what they share.

Greedy: of all combinations of up to three facts (a line of business, a place, a size, a technology
or keyword) the one is taken next that stands for most of the accounts that are left, longer
combinations counting for more: min(accounts, fair share) · facts. Beyond its fair share of what
is left a group gains nothing by being larger, so that groups stay comparable and specific. What
no group takes in remains as the rest, and is called so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

REST = ("Other accounts", "其他客户")
"""Name of the accounts that share too little, in English and Chinese."""

_MOST_FACTS = 3
"""Facts in a name; more are hard to read."""

_MOST_TRAITS = 24
"""Traits of a dimension that are looked at: those that most accounts have."""

_SIZES = (50, 200, 1_000, 5_000)
"""Employees at which the next size begins."""

_SIZE_NAMES = (
    ("under 50 employees", "50 人以下"),
    ("50–199 employees", "50–199 人"),
    ("200–999 employees", "200–999 人"),
    ("1,000–4,999 employees", "1000–4999 人"),
    ("5,000 or more employees", "5000 人及以上"),
)

_DIMENSIONS: Sequence[Sequence[str]] = (
    ("sub_industry", "industry"),
    ("city", "state", "region", "country"),
    ("employees",),
    ("technologies", "keywords"),
)
"""Columns by what they tell, the most specific first; one fact of each stands in a name."""

_Members = NDArray[np.bool_]


@dataclass(frozen=True)
class Clusters:
    """Groups of similar accounts.

    Parameters
    ----------
    number : array of int, shape (n_accounts,)
        Each account's place in `names`; the rest, where there is one, comes last.
    names, names_zh : list of str
        What the accounts of each group share, in words.
    """

    number: NDArray[np.int64]
    names: list[str]
    names_zh: list[str]

    def name(self, lang: str = "en") -> pa.Array:
        """Name of each account's group."""
        names = self.names_zh if lang == "zh" else self.names
        return pa.array(names, pa.string()).take(pa.array(self.number))

    @property
    def sizes(self) -> list[int]:
        """Accounts in each group."""
        return np.bincount(self.number, minlength=len(self.names)).tolist()


@dataclass(frozen=True)
class _Trait:
    """One fact that accounts may share: how it reads, and who has it."""

    name: str
    name_zh: str
    members: _Members


def clusters(facts: pa.Table, least: int, most: int) -> Clusters:
    """Cut accounts into named groups that share facts; each account is in exactly one.

    Parameters
    ----------
    facts : pyarrow.Table, shape (n_accounts, n_columns)
        Some of sub_industry, industry, city, state, region, country (text), employees (number),
        technologies, keywords (lists of text); other columns are ignored. Row order does not
        matter.
    least : int
        Fewest accounts in a group, but for the rest; >= 1.
    most : int
        Most groups, the rest among them; >= 1.
    """
    dimensions = _dimensions(facts, least)
    number = np.full(len(facts), -1, dtype=np.int64)
    names: list[tuple[str, str]] = []
    while len(names) < most - 1 and np.any(number < 0):
        left = number < 0
        fair = -(-int(left.sum()) // (most - len(names)))
        chosen = _best(dimensions, left, least, fair)
        if not chosen:
            break
        members = left & np.logical_and.reduce([trait.members for trait in chosen])
        number[members] = len(names)
        names.append(_joined(chosen))
    if np.any(number < 0) or not names:
        number[number < 0] = len(names)
        names.append(REST)
    return Clusters(number, [en for en, _ in names], [zh for _, zh in names])


def _best(
    dimensions: Sequence[Sequence[_Trait]], left: _Members, least: int, fair: int
) -> list[_Trait]:
    """The combination of facts that tells most about the accounts that are left; or none.

    All combinations are counted at once: with "any" as one more trait of each dimension, the
    accounts of every pair of the first two dimensions, times those of every pair of the others.
    """
    columns = [_columns(traits, left) for traits in dimensions]
    counts = _pairs(columns[0], columns[1]).T @ _pairs(columns[2], columns[3])
    shape = [column.shape[1] for column in columns]
    counts = counts.reshape(shape)
    facts = np.sum(np.indices(shape) > 0, axis=0)
    allowed = (facts > 0) & (facts <= _MOST_FACTS) & (counts >= least)
    if not allowed.any():
        return []
    worth = np.where(allowed, np.minimum(counts, fair) * facts, -1.0)
    tied = np.where(worth == worth.max(), counts, -1.0)
    place = np.unravel_index(int(tied.argmax()), shape)
    return [traits[int(at) - 1] for traits, at in zip(dimensions, place, strict=True) if at > 0]


def _columns(traits: Sequence[_Trait], left: _Members) -> NDArray[np.float32]:
    """Who of those left has which trait; first comes "any", which all have. Counts stay exact."""
    members = [np.ones(int(left.sum()), bool), *(trait.members[left] for trait in traits)]
    return np.stack(members, axis=1).astype(np.float32)


def _pairs(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Who has both traits of each pair."""
    return (one[:, :, None] * other[:, None, :]).reshape(len(one), -1)


def _dimensions(facts: pa.Table, least: int) -> list[list[_Trait]]:
    """Traits of each dimension that enough accounts have, the most specific columns first."""
    taken: set[str] = set()
    dimensions = []
    for columns in _DIMENSIONS:
        found: dict[str, _Trait] = {}
        for column in columns:
            if column in facts.column_names:
                for key, trait in _traits(column, facts[column].to_pylist()).items():
                    if key not in taken and trait.members.sum() >= least:
                        found.setdefault(key, trait)
        taken |= set(found)
        frequent = sorted(found.items(), key=lambda item: (-item[1].members.sum(), item[0]))
        kept = dict(frequent[:_MOST_TRAITS])
        dimensions.append([trait for key, trait in found.items() if key in kept])
    return dimensions


def _traits(column: str, values: Sequence[object]) -> Mapping[str, _Trait]:
    """Traits of a column by how they are compared, in that order."""
    if column == "employees":
        return _sizes(values)
    spelt: dict[str, Counter[str]] = {}
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        for text in value if isinstance(value, list) else [value]:
            written = str(text or "").strip()
            if written:
                spelt.setdefault(written.casefold(), Counter())[written] += 1
                rows.setdefault(written.casefold(), []).append(row)
    return {key: _text_trait(column, spelt[key], rows[key], len(values)) for key in sorted(rows)}


def _text_trait(column: str, spelt: Counter[str], rows: list[int], accounts: int) -> _Trait:
    """A trait under its commonest spelling."""
    written = min(spelt, key=lambda text: (-spelt[text], text))
    uses = column == "technologies"
    members = np.zeros(accounts, dtype=bool)
    members[rows] = True
    return _Trait(
        f"uses {written}" if uses else written, f"使用 {written}" if uses else written, members
    )


def _sizes(values: Sequence[object]) -> Mapping[str, _Trait]:
    number = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    band = np.where(np.isnan(number), -1, np.searchsorted(_SIZES, number, side="right"))
    return {en: _Trait(en, zh, band == place) for place, (en, zh) in enumerate(_SIZE_NAMES)}


def _joined(traits: Sequence[_Trait]) -> tuple[str, str]:
    """For example "Software · Germany · 200–999 employees", in English and Chinese."""
    return " · ".join(one.name for one in traits), " · ".join(one.name_zh for one in traits)
