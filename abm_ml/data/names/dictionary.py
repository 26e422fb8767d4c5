"""The words of company names, read once from the YAML files in `dictionaries/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

_FOLDER = Path(__file__).parents[1] / "dictionaries"


class Words(NamedTuple):
    """Our own words about company names.

    Parameters
    ----------
    legal : mapping of tuple of str to str
        Words of a legal form, in order, and its canonical spelling.
    legal_front : frozenset of str
        Legal forms that also stand in front of a name.
    legal_cjk : tuple of str
        Chinese, Japanese and Korean legal forms, longest first.
    empty, common : frozenset of str
        Words that say next to nothing, or little, about who a company is; in one spelling.
    same, numerals : mapping of str to str
        Other ways to write a word or a number.
    listing, slash : frozenset of str
        What listings write behind a name; what they write behind a slash.
    branch, branch_cjk, branch_parent_cjk : tuple of str
        Words of branches, and the endings of the company in front of them.
    industry_cjk : frozenset of str
        What Chinese companies say they do.
    """

    legal: MappingProxyType[tuple[str, ...], str]
    legal_front: frozenset[str]
    legal_cjk: tuple[str, ...]
    legal_short_cjk: MappingProxyType[str, str]
    empty: frozenset[str]
    common: frozenset[str]
    same: MappingProxyType[str, str]
    numerals: MappingProxyType[str, str]
    listing: tuple[str, ...]
    slash: frozenset[str]
    branch: tuple[str, ...]
    branch_cjk: tuple[str, ...]
    branch_parent_cjk: tuple[str, ...]
    industry_cjk: frozenset[str]


class Places(NamedTuple):
    """Places that company names carry.

    Parameters
    ----------
    within : mapping of str to frozenset of str
        A place in Chinese, and itself with what it lies in.
    bracketed : frozenset of str
        Places that count in brackets only.
    latin : mapping of str to str
        Places in Latin letters, and what they are compared as.
    """

    within: MappingProxyType[str, frozenset[str]]
    bracketed: frozenset[str]
    latin: MappingProxyType[str, str]


def _read(name: str) -> Any:
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def company_words() -> Words:
    """The words about companies."""
    raw = _read("company_words")
    legal = {
        tuple(words.split()): form
        for form, others in raw["legal"].items()
        for words in (form, *others)
    }
    return Words(
        legal=MappingProxyType(legal),
        legal_front=frozenset(raw["legal_in_front"]),
        legal_cjk=_longest_first(raw["legal_cjk"]),
        legal_short_cjk=MappingProxyType(raw["legal_short_cjk"]),
        empty=frozenset(raw["empty"]),
        common=frozenset(raw["common"]),
        same=MappingProxyType(raw["same"]),
        numerals=MappingProxyType(raw["numerals"]),
        listing=_longest_first(raw["listing"]),
        slash=frozenset(raw["slash"]),
        branch=_longest_first(raw["branch"]),
        branch_cjk=_longest_first(raw["branch_cjk"]),
        branch_parent_cjk=_longest_first(raw["branch_parent_cjk"]),
        industry_cjk=frozenset(raw["industry_cjk"]),
    )


@cache
def places() -> Places:
    """The places."""
    raw = _read("places")
    within = {}
    for province, cities in raw["provinces"].items():
        within[province] = frozenset({province})
        within |= {city: frozenset({city, province}) for city in cities}
    return Places(
        within=MappingProxyType(within),
        bracketed=frozenset(raw["only_in_brackets"]),
        latin=MappingProxyType(raw["latin"]),
    )


@cache
def platforms() -> frozenset[str]:
    """Domains of sites on which anybody may have a page."""
    return frozenset(_read("free_mail")["platforms"])


@cache
def free_mail() -> frozenset[str]:
    """Domains that hand out mailboxes to anybody."""
    return frozenset(_read("free_mail")["free_mail"])
