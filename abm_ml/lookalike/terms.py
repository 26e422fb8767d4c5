"""What an account's cells say, as terms: the words that two companies may share."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import IntArray, as_levels, as_tags
from abm_ml.data.tokens import tokens
from abm_ml.lookalike.columns import BlockPlan

CJK = "\u3400"
GRAMS = (3, 4)
"""Lengths of the pieces of alphabetic words: names such as Therapeutics share parts of words."""


def block_terms(plan: BlockPlan, accounts: pd.DataFrame) -> tuple[list[list[str]], IntArray]:
    """Distinct lists of terms of a block, and which of them each account has.

    Returns
    -------
    terms : list of list of str
        Each distinct cell's terms; the last is empty and stands for missing.
    codes : array of int, shape (n_accounts,)
        Position in `terms`.
    """
    if plan.kind == "place":
        return _places(plan.columns, accounts)
    values = accounts[plan.columns[0]]
    if plan.kind == "tags":
        codes, sets = as_tags(values)
        cells = [sorted({tag.lower() for tag in tags if tag}) for tags in sets]
        return [*cells, []], codes
    codes, levels = as_levels(values)
    read = _READERS[plan.kind]
    filled: IntArray = np.where(codes < 0, len(levels), codes)
    return [*(read(level) for level in levels), []], filled


def _places(columns: tuple[str, ...], accounts: pd.DataFrame) -> tuple[list[list[str]], IntArray]:
    """A place by all its parts; a narrow part counts within the country that it lies in.

    Two cities of one name in two countries are not one city; two spellings of a state do not
    tear a city apart.
    """
    parts = {}
    for column in columns:
        codes, levels = as_levels(accounts[column])
        lower = [*(level.casefold() for level in levels), ""]
        parts[column] = pd.Series(lower, dtype=object).to_numpy()[codes]
    distinct = pd.DataFrame(parts)
    code = distinct.groupby(list(columns), sort=True).ngroup()
    keys = distinct.assign(code=code).drop_duplicates("code").sort_values("code")
    cells = [
        _place_terms(dict(zip(columns, row, strict=True)))
        for row in keys[list(columns)].itertuples(index=False)
    ]
    return [*cells, []], np.asarray(code, dtype=np.int64)


def _place_terms(place: dict[str, str]) -> list[str]:
    country = place.get("country", "")
    terms = [f"country={country}"] if country else []
    narrow = [name for name in ("region", "state", "city") if place.get(name)]
    return terms + [f"{name}={country}/{place[name]}" for name in narrow]


@lru_cache(maxsize=200_000)
def _word_pieces(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    pieces = [padded[i : i + length] for length in GRAMS for i in range(len(padded) - length + 1)]
    return (word, *pieces)


def name_terms(text: str) -> list[str]:
    """Words of a name and pieces of them; Chinese as characters and pairs.

    >>> name_terms("Bio 银行")
    ['bio', ' bi', 'bio', 'io ', ' bio', 'bio ', '银', '行', '银行']
    """
    found: list[str] = []
    for word in tokens(unicodedata.normalize("NFKC", text)):
        found.extend((word,) if word[0] >= CJK else _word_pieces(word))
    return found


def domain_terms(domain: str) -> list[str]:
    """The ending of a domain: where a company is at home, or what it likes to be taken for.

    >>> domain_terms("www.acme.co.uk"), domain_terms("acme.ai")
    (['co.uk', 'uk'], ['ai'])
    """
    labels = domain.lower().strip(". ").split(".")
    second = len(labels) > 2 and labels[-2] in ("co", "com", "ac", "gov", "edu", "org", "net")
    return ([".".join(labels[-2:])] if second else []) + labels[-1:]


_READERS: dict[str, Callable[[str], list[str]]] = {
    "category": lambda level: [level.casefold()],
    "text": tokens,
    "name": name_terms,
    "domain": domain_terms,
}
