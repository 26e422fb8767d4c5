"""Texts that a spreadsheet would run, made safe by an apostrophe, and read back without it."""

from __future__ import annotations

import unicodedata

_FORMULA = frozenset("=+-@")
_CONTROL = frozenset("\t\r\n")
_UNSEEN = "\ufeff\u200b\u200c\u200d\u2060"  # Marks that show nothing and are no white space.
_GUARD = "'"


def runs(text: str) -> bool:
    """Whether a spreadsheet may take a text for a formula; ＝ is = to some of them.

    >>> runs("=1+1"), runs(" ＋1"), runs("A=B")
    (True, True, False)
    """
    if text[:1] in _CONTROL:
        return True
    first = text.lstrip().lstrip(_UNSEEN).lstrip()[:1]
    return unicodedata.normalize("NFKC", first) in _FORMULA


def guarded(text: str) -> str:
    """The text with an apostrophe before it if it would run (OWASP, "CSV Injection").

    A text that has the apostrophe already gets another one, so that `unguarded` gives each back.

    >>> guarded("=1+1"), guarded("'=1+1"), guarded("'tis")
    ("'=1+1", "''=1+1", "'tis")
    """
    return _GUARD + text if runs(text.lstrip(_GUARD)) else text


def unguarded(text: str) -> str:
    """The text that was guarded.

    >>> unguarded("'=1+1"), unguarded("'tis")
    ('=1+1', "'tis")
    """
    is_guarded = text.startswith(_GUARD) and runs(text.lstrip(_GUARD))
    return text.removeprefix(_GUARD) if is_guarded else text
