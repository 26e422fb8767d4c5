"""Words of a dictionary found in short texts, English and Chinese: titles, departments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

BREAK = ","
"""The unit that stands for a comma, slash, bracket and the like between two things said."""

_BREAKS = re.compile("[,;:/|()+\u3001\u2013\u2014]| - ")
_UNIT = re.compile(f"[a-z0-9\u00c0-\u024f]+|[\u3400-\u9fff]|{BREAK}")
_DOT_IN_ABBREVIATION = re.compile(r"(?<=\b[a-z])\.(?=[a-z]\b)")

_MOST_BETWEEN = 4
"""Units that the * of a dictionary word stands for, at most."""

Units = tuple[str, ...]
"""A text as English words and single Chinese characters."""


@dataclass(frozen=True)
class PhraseBook:
    """Finds the words of a dictionary in a text, the longest at each place.

    Parameters
    ----------
    meanings : mapping of units to str
        What each word means.
    open_ended : mapping of units to sequence of (units, str)
        Words with a * inside: by their start, their ends and what they mean.
    longest : int
        Units of the longest word.

    Examples
    --------
    >>> book = PhraseBook.of({"top": ["chief * officer"], "deputy": ["vice chief", "副总"]})
    >>> book.found(units("Chief Happy Officer")), book.found(units("销售副总"))
    (['top'], ['deputy'])
    """

    meanings: Mapping[Units, str]
    open_ended: Mapping[Units, Sequence[tuple[Units, str]]]
    longest: int

    @classmethod
    def of(cls, words: Mapping[str, Sequence[str]]) -> PhraseBook:
        """A book from meanings, each with the words that have it."""
        every = [(word, meaning) for meaning, some in words.items() for word in some]
        plain = {units(word): meaning for word, meaning in every if "*" not in word}
        ended: dict[Units, list[tuple[Units, str]]] = {}
        for word, meaning in every:
            start, star, end = word.partition("*")
            if star:
                ended.setdefault(units(start), []).append((units(end), meaning))
        return cls(plain, ended, max(map(len, [*plain, *ended])))

    def found(self, text: Units) -> list[str]:
        """Meanings of the words found, in order of place."""
        return [meaning for meaning, _, _ in self.placed(text)]

    def placed(self, text: Units) -> Iterator[tuple[str, int, int]]:
        """Meanings of the words found, and where each word starts and ends."""
        place = 0
        while place < len(text):
            meaning, end = self._at(text, place)
            if meaning is not None:
                yield meaning, place, end
            place = end

    def _at(self, text: Units, place: int) -> tuple[str | None, int]:
        for end in range(min(len(text), place + self.longest), place, -1):
            word = text[place:end]
            for closing, meaning in self.open_ended.get(word, ()):
                if closed := _closed(text, end, closing):
                    return meaning, closed
            if word in self.meanings:
                return self.meanings[word], end
        return None, place + 1


def _closed(text: Units, start: int, closing: Units) -> int | None:
    """Where `closing` ends that follows after one to four units, if it does."""
    for middle in range(start + 1, start + 1 + _MOST_BETWEEN):
        if text[middle : middle + len(closing)] == closing:
            return middle + len(closing)
    return None


def read_units(text: str) -> Units:
    """The units of a text as people write it: traditional characters become simplified ones."""
    return units(_to_simplified().convert(text)) if text else ()


def units(text: str) -> Units:
    """A text as lower-case words and single Chinese characters; of punctuation only breaks.

    >>> units("V.P., R&D 采购部")
    ('vp', ',', 'r', 'and', 'd', '采', '购', '部')
    """
    plain = unicodedata.normalize("NFKC", text).lower().replace("&", " and ")
    return tuple(_UNIT.findall(_BREAKS.sub(BREAK, _DOT_IN_ABBREVIATION.sub("", plain))))


@cache
def _to_simplified() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")
