"""Chinese company names (Japanese and Korean ones too): place, brand, industry, legal form."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from abm_ml.data.names.dictionary import company_words, places

_ADMINISTRATIVE = re.compile("(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)")
_DISTRICT = re.compile("[\u4e00-\u9fff]{2,3}(?:区|县|镇)")
_LEAST_BRAND = 2
_NOT_A_BRAND = frozenset({"集团", "控股", "股份"})


class ChineseParts(NamedTuple):
    """Parts of one run of characters: see `NameParts`."""

    words: tuple[str, ...]
    legal: tuple[str, ...]
    places: frozenset[str]
    branch: str


def chinese_parts(run: str, alone: bool = True) -> ChineseParts:
    """Take a run of Chinese, Japanese or Korean characters apart.

    Parameters
    ----------
    run : str
        Simplified characters without spaces and punctuation.
    alone : bool
        Whether the brand must be in it; False where Latin words stand beside.

    Examples
    --------
    >>> chinese_parts("深圳市腾讯计算机系统有限公司")[:2]
    (('腾讯', '计算机', '系统'), ('有限公司',))
    >>> chinese_parts("中国银行上海分行").words, chinese_parts("中国银行上海分行").branch
    (('中国', '银行'), '上海分行')
    """
    run, branch = _cut_branch(run)
    run, legal = _cut_legal(run, 1 if alone else 0)
    least = _LEAST_BRAND if alone else 0
    run, found = _cut_places_in_front(run, least)
    brand, industry = _cut_industry(run, least)
    brand, behind = _cut_place_behind(brand)
    words = tuple(word for word in (brand, *industry) if word)
    return ChineseParts(words, legal, found | behind, branch)


def _cut_branch(run: str) -> tuple[str, str]:
    """A company and the branch named behind it."""
    found = _branch().match(run)
    if found is not None:
        return found.group(1), found.group(2)
    for ending in company_words().branch_cjk:
        if run.endswith(ending) and len(run) > len(ending):
            bare = run[: -len(ending)]
            parent, place = _cut_place_behind(bare)
            return (parent, run[len(parent) :]) if place else (bare, ending)
    return run, ""


@cache
def _branch() -> re.Pattern[str]:
    words = company_words()
    parents, branches = "|".join(words.branch_parent_cjk), "|".join(words.branch_cjk)
    return re.compile(f"^(.+(?:{parents}))(.{{0,12}}?(?:{branches}))$")


def _cut_legal(run: str, least: int) -> tuple[str, tuple[str, ...]]:
    """A name without the legal forms behind it, and a Japanese or Korean one in front."""
    forms: list[str] = []
    changed = True
    while changed:
        changed = False
        for form in company_words().legal_cjk:
            behind = run.endswith(form)
            in_front = form.endswith(("会社", "회사")) and run.startswith(form)
            if (behind or in_front) and len(run) - len(form) >= least:
                run = run[: -len(form)] if behind else run[len(form) :]
                forms.insert(0, form)
                changed = True
                break
    return run, tuple(forms)


def _cut_places_in_front(run: str, least: int) -> tuple[str, frozenset[str]]:
    """A name without the province, city and district in front, if a brand is left."""
    found: frozenset[str] = frozenset()
    while True:
        for size in (4, 3, 2):
            place = run[:size]
            if place not in places().within:
                continue
            named = _ADMINISTRATIVE.match(run, size)
            rest = run[named.end() :] if named else run[size:]
            district = _DISTRICT.match(rest) if named else None
            if district and _has_brand(rest[district.end() :], least):
                rest = rest[district.end() :]
            if _has_brand(rest, least):
                found |= places().within[place]
                run = rest
                break
        else:
            return run, found


def _has_brand(rest: str, least: int) -> bool:
    """Whether more than an industry stands in a rest of a name."""
    brand, _ = _cut_industry(rest, 0)
    return len(brand) >= max(least, 1) and brand not in _NOT_A_BRAND


def _cut_industry(run: str, least: int) -> tuple[str, tuple[str, ...]]:
    """Brand, and the industry words behind it, each as small as the dictionary has it."""
    words: list[str] = []
    while len(run) > least:
        for size in range(min(_longest(), len(run) - least), 1, -1):
            if run[-size:] in _weak():
                words[:0] = _atoms(run[-size:])
                run = run[:-size]
                break
        else:
            break
    return run, tuple(words)


def _cut_place_behind(brand: str) -> tuple[str, frozenset[str]]:
    """A brand without a place at its end: 字节跳动北京."""
    bare = brand[:-1] if brand.endswith(("省", "市")) else brand
    for size in (4, 3, 2):
        place = bare[-size:]
        if place in places().within and len(bare) - size >= _LEAST_BRAND:
            return bare[:-size], places().within[place]
    return brand, frozenset()


@cache
def _weak() -> frozenset[str]:
    words = company_words()
    return words.industry_cjk | frozenset(word for word in words.empty if not word.isascii())


@cache
def _longest() -> int:
    return max(map(len, _weak()))


@cache
def _atoms(word: str) -> tuple[str, ...]:
    """An industry word as the shortest known words that make it up."""
    for size in range(2, len(word) - 1):
        if word[:size] in _weak() and (rest := word[size:]) in _weak():
            return (word[:size], *_atoms(rest))
    return (word,)
