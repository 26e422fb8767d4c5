"""What a job title says: function, seniority, and the role in a buying committee.

English and Chinese titles are read by words (`dictionaries/titles.yaml`), not by a model: every
reading can be traced to a word, and the words can be edited. In short:

- function: the first that is named, of a compound the last word (an IT buyer buys); a department
  given by the CRM goes before the title;
- seniority: the highest level named. A deputy of the top is a vp, the head of a branch a
  director, an assistant or intern staff, whoever they assist;
- role: by function and seniority. Procurement is a purchaser whatever the seniority; top
  management decides; directors and managers influence; staff of the business functions use.
  Interns, students and assistants have no role ("other").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from abm_ml.data.phrases import BREAK, PhraseBook, Units, read_units, units

_WORDS: Mapping[str, Any] = yaml.safe_load(
    Path(__file__).with_name("dictionaries").joinpath("titles.yaml").read_text(encoding="utf-8")
)

FUNCTIONS: tuple[str, ...] = tuple(_WORDS["functions"])
"""What people do, as parsed."""

SENIORITIES: tuple[str, ...] = ("c_level", "vp", "director", "manager", "staff")
"""From the highest to the lowest."""

COMMITTEE_ROLES: tuple[str, ...] = ("user", "influencer", "decision_maker", "purchaser")
"""The roles that a deal needs."""

ROLES: tuple[str, ...] = (*COMMITTEE_ROLES, "other")

NAMES: Mapping[str, tuple[str, str]] = {
    "user": ("user", "使用者"), "influencer": ("influencer", "影响者"),
    "decision_maker": ("decision maker", "决策者"), "purchaser": ("purchaser", "采购者"),
    "c_level": ("C-level", "最高管理层"), "vp": ("vice president", "副总裁级"),
    "director": ("director", "总监级"), "manager": ("manager", "经理级"),
    "staff": ("staff", "员工"),
    "it": ("IT", "信息技术"), "engineering": ("engineering", "工程技术"), "data": ("data", "数据"),
    "product": ("product", "产品"), "marketing": ("marketing", "市场"), "sales": ("sales", "销售"),
    "service": ("customer service", "客户服务"), "finance": ("finance", "财务"),
    "procurement": ("procurement", "采购"), "operations": ("operations", "运营"),
    "hr": ("human resources", "人力资源"), "legal": ("legal", "法务"),
    "management": ("general management", "综合管理"), "research": ("research", "研发"),
    "production": ("production", "生产"), "administration": ("administration", "行政"),
    "other": ("other", "其他"),
}  # fmt: skip
"""Roles, seniorities and functions as people read them: English, Chinese."""

_ASSISTANT = "assistant"
_JOINING = frozenset({BREAK, "and", "of", "for", "与", "和", "兼", "及"})
"""Units that part what is said in a title; without them what comes first qualifies the last."""

_HOW = ("operations", "administration")
"""Functions that, behind another one, say how rather than what: marketing operations."""

_LONG, _TYPO = 6, 1
"""Letters of a word that may be a typo; how many of them may be left out, added or changed."""


@dataclass(frozen=True)
class Title:
    """What a job title says.

    Parameters
    ----------
    function : str
        One of `FUNCTIONS`.
    seniority : str
        One of `SENIORITIES`.
    role : str
        One of `ROLES`.
    """

    function: str
    seniority: str
    role: str


def parse_title(title: str | None, department: str | None = None) -> Title:
    """Function, seniority and committee role of one title.

    Parameters
    ----------
    title : str or None
        As written: English or Chinese, simplified or traditional, with abbreviations.
    department : str, optional
        As the CRM has it; where it names a function, it goes before the title.

    Examples
    --------
    >>> parse_title("VP Engineering")
    Title(function='engineering', seniority='vp', role='decision_maker')
    >>> parse_title("采购经理").role, parse_title("總經理助理").seniority
    ('purchaser', 'staff')
    >>> parse_title("Product Owner").seniority, parse_title("Founder & CEO").seniority
    ('staff', 'c_level')
    """
    return _parse(_said(title), _said(department), "", "")


def parse_titles(
    titles: Sequence[str | None] | pd.Series,
    departments: Sequence[str | None] | pd.Series | None = None,
    *,
    seniorities: Sequence[str | None] | pd.Series | None = None,
    roles: Sequence[str | None] | pd.Series | None = None,
) -> pd.DataFrame:
    """Function, seniority and role of many titles; each different row is parsed once.

    Parameters
    ----------
    titles, departments : sequence of str, shape (n,)
        As in `parse_title`.
    seniorities, roles : sequence of str, shape (n,), optional
        What the CRM itself says; where it can be understood, it goes before the title.

    Returns
    -------
    DataFrame
        function, seniority, role; as many rows, in the same order.
    """
    titles = pd.Series(titles, dtype="object").reset_index(drop=True)
    given = pd.DataFrame(
        {
            name: _column(values, len(titles))
            for name, values in enumerate((titles, departments, seniorities, roles))
        }
    )
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(given))
    first = pd.Series(codes).drop_duplicates().index
    parsed = [_parse(*row) for row in given.iloc[first].itertuples(index=False, name=None)]
    table = pd.DataFrame(
        [(one.function, one.seniority, one.role) for one in parsed],
        columns=["function", "seniority", "role"],
        dtype="object",
    )
    return table.iloc[codes].reset_index(drop=True)


def known_seniority(text: str) -> str | None:
    """One of `SENIORITIES` for what a CRM calls it; None if that cannot be understood.

    >>> known_seniority("C-Suite"), known_seniority("Director"), known_seniority("blue")
    ('c_level', 'director', None)
    """
    read = read_units(text)
    level = _exact("seniority_words").get(read) or _highest(_levels().found(read))
    return "staff" if level == _ASSISTANT else level


def known_role(text: str) -> str | None:
    """One of `ROLES` for what a CRM calls it; None if that cannot be understood.

    >>> known_role("Economic Buyer"), known_role("决策者"), known_role("blue")
    ('decision_maker', 'decision_maker', None)
    """
    return _exact("role_words").get(read_units(text))


def role_of(function: str, seniority: str) -> str:
    """The committee role of a function and a seniority, by the table of titles.yaml.

    >>> role_of("finance", "c_level"), role_of("hr", "staff")
    ('decision_maker', 'other')
    """
    rules = _WORDS["roles"]
    for exception in rules["exceptions"]:
        if (exception["function"], exception["seniority"]) == (function, seniority):
            return str(exception["role"])
    group = next(name for name, members in rules["groups"].items() if function in members)
    return str(rules["table"][group][seniority])


def _parse(title: str, department: str, seniority: str, role: str) -> Title:
    whole = tuple(map(_mended, read_units(title)))
    text = _own_part(whole)
    away = bool(_reader("outside").found(whole))
    named = "staff" if away else _highest(_levels().found(text)) or "staff"
    if named == "c_level" and _reader("units").found(whole):
        named = "director"
    told = known_seniority(seniority) if seniority else None
    assists = named == _ASSISTANT and told in (None, "staff")
    level = told or ("staff" if assists else named)
    function = _department(department) or _function(text) or _default_function(level, assists)
    given = known_role(role) if role else None
    return Title(function, level, given or _role(function, level, away, assists))


def _role(function: str, seniority: str, away: bool, assists: bool) -> str:
    if away or (assists and function != "procurement"):
        return "other"
    return role_of(function, seniority)


def _own_part(text: Units) -> Units:
    """The title without what follows "assistant to" and the like."""
    for _, _, end in _reader("cut_after").placed(text):
        return text[:end]
    return text


def _highest(levels: Sequence[str]) -> str | None:
    """The highest of some levels; "assistant" goes before them all."""
    return next((level for level in (_ASSISTANT, *SENIORITIES) if level in levels), None)


def _function(text: Units) -> str | None:
    for words in ("functions", "weak_functions"):
        if found := list(_reader(words).placed(text)):
            return _head(found, text)
    return None


def _head(found: Sequence[tuple[str, int, int]], text: Units) -> str:
    """The last function of the first thing said: an IT buyer buys, and is no IT department."""
    head, _, reached = found[0]
    for function, start, end in found[1:]:
        if _JOINING.intersection(text[reached:start]):
            break
        head, reached = (head if function in _HOW else function), end
    return head


def _default_function(seniority: str, assists: bool) -> str:
    """What somebody does whose title names no function: a bare "Director", "Secretary"."""
    if seniority != "staff":
        return "management"
    return "administration" if assists else "other"


def _department(department: str) -> str | None:
    """The function that a department names, if it does."""
    read = read_units(department)
    return _exact("departments").get(read) or _function(read)


@cache
def _reader(name: str) -> PhraseBook:
    words = _WORDS[name]
    return PhraseBook.of(words if isinstance(words, dict) else {name: words})


@cache
def _levels() -> PhraseBook:
    """Seniorities and the words for assistants in one: "assistant manager" is no assistant."""
    return PhraseBook.of({_ASSISTANT: _WORDS["assistants"], **_WORDS["seniorities"]})


@cache
def _exact(name: str) -> Mapping[Units, str]:
    return {units(word): meaning for meaning, words in _WORDS[name].items() for word in words}


@cache
def _long_words() -> frozenset[str]:
    """Longer English words of the dictionary: an unknown word may be a typo of one."""
    groups = [_WORDS[name] for name in ("functions", "weak_functions", "seniorities")]
    words = [word for group in groups for some in group.values() for word in some]
    words += [*_WORDS["assistants"], *_WORDS["units"]]
    return frozenset(unit for word in words for unit in units(word) if len(unit) >= _LONG)


@lru_cache(maxsize=100_000)
def _mended(word: str) -> str:
    """A word, or the known one that it is probably a typo of."""
    known = _long_words()
    if len(word) < _LONG or word in known:
        return word
    near = process.extractOne(word, sorted(known), scorer=OSA.distance, score_cutoff=_TYPO)
    return near[0] if near else word


def _said(text: str | None) -> str:
    return text if isinstance(text, str) else ""


def _column(values: Sequence[str | None] | pd.Series | None, rows: int) -> list[str]:
    return [""] * rows if values is None else [_said(value) for value in values]
