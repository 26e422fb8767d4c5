"""How alike two company names are, and what they differ in."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rapidfuzz.distance import OSA

from abm_ml.data.names.normalise import has_cjk
from abm_ml.data.names.parts import NameParts

Weight = Callable[[str], float]

_MISTYPED = 0.16
"""Two long words that differ by no larger a share of letters may be one with a typing error."""
_LONG_WORD = 7
_ASKED_MORE = 1.0
_ASKED_LESS = 0.5
"""People shorten names (Cisco for Cisco Systems); what they add is meant (Siemens Energy)."""
_BOTH_SIDED = 3.0


class Likeness(NamedTuple):
    """How alike two names are.

    Parameters
    ----------
    common : float
        What the words in common say, as a sum of weights.
    score : float
        0 to 100; 100 only for names that are equal when case, accents and punctuation are not.
    notes : tuple of str
        What differs: see `abm_ml.data.names.wording`.
    """

    common: float
    score: float
    notes: tuple[str, ...]


class _Account(NamedTuple):
    """Weights of two names' words: in common, of one name only, and mistyped."""

    common: float
    mine: float
    yours: float
    mistyped: float


def likeness(asked: NameParts, known: NameParts, weight: Weight) -> Likeness:
    """Compare a name that is asked for with a known one, word by word.

    ``100 * 2c / (2c + loss)`` with c what the words in common say (Dice's coefficient where a
    word's weight is its rarity). The loss is what the other words say: the asked name's in full,
    the known name's by half, and thrice the smaller of the two where each has a word that the
    other lacks, which tells two companies apart. Another number, place, legal form, branch or
    order takes its share off after that.

    Parameters
    ----------
    asked, known : NameParts
        The names.
    weight : callable
        How much a word says, 0 to 1.
    """
    if asked.full == known.full and asked.full:
        return Likeness(sum(map(weight, asked.words)), 100.0, ("equal",))
    words = _compare_words(asked.words, known.words, weight)
    if not words.common:
        return Likeness(0.0, 0.0, ())
    loss = _ASKED_MORE * words.mine + _ASKED_LESS * words.yours + words.mistyped
    loss += _BOTH_SIDED * min(words.mine, words.yours)
    score = min(100.0 * 2 * words.common / (2 * words.common + loss), 99.0)
    notes = ["similar" if loss else "same_words"]
    for name, cost in _differences(asked, known, max(map(weight, asked.words + known.words))):
        score *= 1.0 - cost
        notes.append(name)
    return Likeness(words.common, round(max(score, 0.0), 2), tuple(notes))


def _compare_words(one: tuple[str, ...], two: tuple[str, ...], weight: Weight) -> _Account:
    mine, yours, common, differing = list(one), list(two), 0.0, 0.0
    for word in one:
        if word in yours:
            yours.remove(word)
            mine.remove(word)
            common += weight(word)
    if mine and yours:
        common += _joined(mine, yours, weight)
        alike, differing = _mistyped(mine, yours, weight)
        common += alike
    left = (sum(map(weight, mine)), sum(map(weight, yours)))
    return _Account(common, left[0], left[1], differing)


def _joined(mine: list[str], yours: list[str], weight: Weight) -> float:
    """Words that one name writes together: "exxon mobil" and "exxonmobil"."""
    common = 0.0
    for whole, parts in ((mine, yours), (yours, mine)):
        for word in list(whole):
            pair = next((n for n in range(len(parts) - 1) if parts[n] + parts[n + 1] == word), None)
            if pair is not None:
                common += max(weight(word), weight(parts[pair]) + weight(parts[pair + 1]))
                whole.remove(word)
                del parts[pair : pair + 2]
    if mine and "".join(mine) == "".join(yours):
        common += max(sum(map(weight, mine)), sum(map(weight, yours)))
        mine.clear()
        yours.clear()
    return common


def _mistyped(mine: list[str], yours: list[str], weight: Weight) -> tuple[float, float]:
    """Long words that differ by a letter: what they have in common, and what they differ in."""
    pairs = [
        (1.0 - OSA.normalized_similarity(word, other), word, other)
        for word in mine
        for other in yours
        if min(len(word), len(other)) >= _LONG_WORD and _only_letters(word + other)
    ]
    common = differing = 0.0
    for unlike, word, other in sorted(pairs, key=lambda pair: (pair[0], sorted(pair[1:]))):
        if unlike <= _MISTYPED and word in mine and other in yours:
            says = min(weight(word), weight(other))
            common += (1.0 - unlike) * says
            differing += 2 * unlike * says
            mine.remove(word)
            yours.remove(other)
    return common, differing


def _only_letters(text: str) -> bool:
    """Whether a slip of the finger is likely: a digit or a Chinese character is meant."""
    return text.isalpha() and not has_cjk(text)


def _differences(one: NameParts, two: NameParts, most: float) -> list[tuple[str, float]]:
    """What differs beside the words, and the share of the score that it costs."""
    found: list[tuple[str, float]] = []
    numbers = [{word for word in parts.words if word.isdigit()} for parts in (one, two)]
    if numbers[0] != numbers[1]:
        found.append(("number", 0.1 if numbers[0] ^ numbers[1] == {"1"} else 0.4))
    if one.words != two.words and sorted(one.words) == sorted(two.words):
        found.append(("order", 0.01 + 0.25 * (1.0 - most)))  # "First Bank", "Bank First"
    if one.places != two.places:
        inside = one.places <= two.places or two.places <= one.places
        found.append(("one_place", 0.005) if inside else ("place", 0.3))
    if one.legal != two.legal:
        found.append(("legal", 0.01) if one.legal and two.legal else ("one_legal", 0.005))
    if one.branch != two.branch:
        both = one.branch and two.branch
        found.append(("other_branch", 0.3) if both else ("branch", 0.03))
    return found
