"""One spelling for company names: case, accents, width, traditional characters, punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Han, kana and hangul, as the inside of a character class."""

_CJK = re.compile(f"[{CJK}]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ə": "e"}
)
_JOINED = re.compile(r"[’'`´ʼ‘]+")
_NO_WORD = re.compile(r"[\W_]+")


def has_cjk(text: str) -> bool:
    """Whether a text holds Chinese, Japanese or Korean characters."""
    return _CJK.search(text) is not None


def fold(text: str) -> str:
    """A text without case, accents, full-width and traditional characters; punctuation stays.

    >>> fold("Ｂｏｍｂａｒｄｉｅｒ Société"), fold("騰訊（中國）")
    ('bombardier societe', '腾讯(中国)')
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    if has_cjk(text):
        text = _simplified().convert(text)
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).translate(_LETTERS)
    return unicodedata.normalize("NFKC", text)


def normalise_name(text: str) -> str:
    """A company name in one spelling: two that differ only in how they are typed become equal.

    Legal forms, places and the like stay: `parse_name` tells them apart.

    Parameters
    ----------
    text : str
        A name as somebody wrote it.

    Returns
    -------
    str
        Lower-case words joined by single spaces; "&" is left out, as "and" is by `parse_name`.

    Examples
    --------
    >>> normalise_name("L’Oréal S.A."), normalise_name("ＡＢＣ　（中國）有限公司")
    ('loreal s a', 'abc 中国 有限公司')
    """
    return _NO_WORD.sub(" ", _JOINED.sub("", fold(text))).strip()


@cache
def _simplified() -> Any:
    """The converter to simplified characters, loaded when the first Chinese name comes."""
    from opencc import OpenCC

    return OpenCC("t2s")
