"""Simulated Chinese companies as people write them: a test of name matching with known truth."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from abm_ml.data.simulate import vocabulary as words

_CITIES = tuple(place[3] for place in words.PLACES_ZH)
KINDS = (
    "full", "short", "traditional", "bracketed", "branch", "former", "full_width", "spaced",
    "absent_full", "absent_short",
)  # fmt: skip
"""Ways to write a name; the last two are names of companies that are not there."""


class _Name(NamedTuple):
    city: str
    brand: str
    work: str
    suffix: str

    @property
    def full(self) -> str:
        return "".join(self)


class AliasSet(NamedTuple):
    """A universe and what is asked of it.

    Parameters
    ----------
    accounts : DataFrame
        account_id, name, former_names; each place, brand and work together once.
    queries : DataFrame
        name, kind (one of KINDS) and truth: the account_id, or None where there is none.
    """

    accounts: pd.DataFrame
    queries: pd.DataFrame


def chinese_aliases(companies: int, seed: int) -> AliasSet:
    """Chinese companies under the simulator's kind of name, and each in every way to write it.

    A name is place, brand, work and legal form, such as 上海云帆软件有限公司. There are only 400
    brands, so the short form that people use is the shortest of brand, brand and work, place and
    brand and work that no other company (by its present or former name) shares: the truth of
    every query can be told. Absent names share at most two of place, brand and work with a
    company that is there, and an absent short name is a brand that nobody has.

    Parameters
    ----------
    companies : int
        Companies in the universe; fewer than 8,000, so that absent names are left.
    seed : int
        Of all draws.
    """
    rng = np.random.default_rng(seed)
    names = _draw(2 * companies + companies // 2, rng)
    present, former, absent = (
        names[:companies], names[companies : 2 * companies], names[2 * companies :]
    )  # fmt: skip
    ids = [f"Z{number:06d}" for number in range(companies)]
    accounts = pd.DataFrame(
        {
            "account_id": ids,
            "name": [name.full for name in present],
            "former_names": [[name.full] for name in former],
        }
    )
    known = [*present, *former]
    counts = Counter(short for name in known for short in _shorts(name))
    rows: list[tuple[str, str, str | None]] = [
        (text, kind, account)
        for account, name, old in zip(ids, present, former, strict=True)
        for kind, text in _written(name, old, counts, rng)
    ]
    rows += [(name.full, "absent_full", None) for name in absent]
    free = sorted({_brand(one, two) for one in range(20) for two in range(20)}
                  - {name.brand for name in known})  # fmt: skip
    rows += [(brand, "absent_short", None) for brand in free]
    queries = pd.DataFrame(rows, columns=["name", "kind", "truth"])
    return AliasSet(accounts, queries.drop_duplicates("name", keep=False, ignore_index=True))


def _shorts(name: _Name) -> tuple[str, str, str]:
    return (name.brand, name.brand + name.work, name.city + name.brand + name.work)


def _written(
    name: _Name, old: _Name, counts: Counter[str], rng: np.random.Generator
) -> list[tuple[str, str]]:
    elsewhere = _CITIES[(_CITIES.index(name.city) + int(rng.integers(1, 10))) % len(_CITIES)]
    return [
        ("full", name.full),
        ("short", next(short for short in _shorts(name) if counts[short] == 1)),
        ("traditional", _traditional().convert(name.full)),
        ("bracketed", f"{name.brand}{name.work}（{name.city}）{name.suffix}"),
        ("branch", f"{name.full}{elsewhere}分公司"),
        ("former", old.full),
        ("full_width", f"【{name.full}】"),
        ("spaced", f" {name.city}　{name.brand}{name.work} {name.suffix} "),
    ]


@cache
def _traditional() -> Any:
    from opencc import OpenCC

    return OpenCC("s2t")


def _draw(count: int, rng: np.random.Generator) -> list[_Name]:
    """Names that differ in place, brand or work."""
    shape = (len(_CITIES), 400, len(words.NAME_WORDS_ZH))
    chosen = rng.choice(int(np.prod(shape)), size=count, replace=False)
    suffixes = rng.integers(0, len(words.NAME_SUFFIXES_ZH), size=count)
    cities, brands, works = np.unravel_index(chosen, shape)
    return [
        _Name(_CITIES[c], _brand(b // 20, b % 20), words.NAME_WORDS_ZH[w],
              words.NAME_SUFFIXES_ZH[s])
        for c, b, w, s in zip(cities, brands, works, suffixes, strict=True)
    ]  # fmt: skip


def _brand(start: int, end: int) -> str:
    return words.NAME_STARTS_ZH[start] + words.NAME_ENDS_ZH[end]
