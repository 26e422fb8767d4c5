"""Words with one meaning in every dialect: missing, yes, no, won, lost, currencies, kinds."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import yaml

from abm_ml.data.labels import normalise, squash

_WORDS = yaml.safe_load(
    Path(__file__).with_name("dictionaries").joinpath("words.yaml").read_text(encoding="utf-8")
)

MISSING = frozenset(_WORDS["missing"])
"""Lower-case cells that hold nothing, in any column."""

_MISSING_NUMBER = MISSING | frozenset(_WORDS["missing_number"])
_YES = frozenset(_WORDS["yes"])
_NO = frozenset(_WORDS["no"])
_WON = tuple(squash(word) for word in _WORDS["won"])
_LOST = tuple(squash(word) for word in _WORDS["lost"])
_CLOSED = {"closedwon": True, "closedlost": False}
_CURRENCY = {word: code for code, words in _WORDS["currency"].items() for word in words}
_VALUES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        column: {squash(word): value for value, words in values.items() for word in words}
        for column, values in _WORDS["values"].items()
    }
)


def holds_nothing(text: str) -> bool:
    """Whether a number or date cell says that there is no value.

    >>> holds_nothing("N/A"), holds_nothing("暂无"), holds_nothing("0")
    (True, True, False)
    """
    return text.strip().lower() in _MISSING_NUMBER


def parse_boolean(text: str) -> bool:
    """A yes or no in English, Chinese or Salesforce's 1 and 0.

    Raises
    ------
    ValueError
        If the text is neither.
    """
    word = unicodedata.normalize("NFKC", text).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("is neither yes nor no (expected true or false)")


def stage_outcome(stage: str) -> bool | None:
    """True for a won stage, False for a lost one, None for any other.

    >>> stage_outcome("Closed Won"), stage_outcome("6 - Closed Lost"), stage_outcome("赢单")
    (True, False, True)
    """
    word = squash(stage)
    for ending, outcome in _CLOSED.items():
        if ending in word:
            return outcome
    if word in _WON:
        return True
    return False if word in _LOST else None


def currency_code(text: str) -> str:
    """The ISO code of a currency, however it is written (unknown words come back upper-case)."""
    word = unicodedata.normalize("NFKC", text).strip().lower()
    return _CURRENCY.get(word, word.upper())


def has_known_words(table: str, column: str) -> bool:
    """Whether `known_value` may change values of this column."""
    return f"{table}.{column}" in _VALUES


def known_value(table: str, column: str, text: str) -> str:
    """The contract's word for a value of a column that rules compare.

    Kinds are always spelt as lower-case words joined by underscores.

    >>> known_value("engagements", "kind", "Website Visit"), known_value("signals", "kind", "专利")
    ('website_visit', 'patent')
    """
    word = _VALUES.get(f"{table}.{column}", {}).get(squash(text))
    if word is not None:
        return word
    return normalise(text) if column == "kind" else text
