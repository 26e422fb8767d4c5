"""How much a word says about who a company is, from 0 (nothing) to 1."""

from __future__ import annotations

import math
from functools import cache

from abm_ml.data.names.dictionary import company_words

EMPTY = 0.08
COMMON = 0.4
INDUSTRY = 0.15
_LEAST_NAMES = 1000


@cache
def most_weight(word: str) -> float:
    """The most that a word can say, whatever it looks like among the names at hand.

    >>> most_weight("acme"), most_weight("software"), most_weight("group"), most_weight("软件")
    (1.0, 0.4, 0.08, 0.15)
    """
    known = company_words()
    if word in known.empty:
        return EMPTY
    if word in known.industry_cjk:
        return INDUSTRY
    return COMMON if word in known.common else 1.0


def word_weight(word: str, count: int, names: int) -> float:
    """Inverse document frequency on a scale from 0 to 1, held down for words known to say little.

    ``log(names / count) / log(names)``, the information in seeing the word relative to a word
    that stands in one name only (Spärck Jones 1972).

    Parameters
    ----------
    word : str
        The word.
    count : int
        Names that hold it.
    names : int
        All names; fewer than a thousand count as a thousand, so that a short list of accounts
        doesn't make every word look rare or common by chance.
    """
    total = max(names, _LEAST_NAMES)
    rarity = math.log(total / max(count, 1)) / math.log(total)
    return min(most_weight(word), max(rarity, EMPTY))
