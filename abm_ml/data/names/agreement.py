"""Whether a name can be that of the account whose domain stands beside it."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from abm_ml.data.names.normalise import has_cjk
from abm_ml.data.names.parts import NameParts
from abm_ml.data.names.similarity import Weight, likeness
from abm_ml.data.names.weights import COMMON, most_weight

LEAST_SAID = 0.3
"""What the words in common must say at least, as a sum of weights: less is said by any company."""

_MISTYPED = 0.75
_SHORT = 3


def may_be(
    name: NameParts, known: Iterable[NameParts], labels: Iterable[str], weight: Weight
) -> bool:
    """Whether a name has anything in common with an account, or with its domain.

    Words in common, a typing error, initials and a brand inside the other name or inside the
    domain count; a Chinese name and a Latin one cannot be compared, and don't contradict.

    Parameters
    ----------
    name : NameParts
        The name as somebody gives it.
    known : iterable of NameParts
        The account's names, present and former.
    labels : iterable of str
        Domains without their endings, such as "ibm".
    weight : callable
        How much a word says, 0 to 1.

    Examples
    --------
    >>> from abm_ml.data.names.parts import parse_name
    >>> names = [parse_name("International Business Machines Corp")]
    >>> may_be(parse_name("IBM"), names, ["ibm"], most_weight)
    True
    >>> may_be(parse_name("Acme Tools"), names, ["ibm"], most_weight)
    False
    """
    return any(_shares(name, other, weight) for other in known) or any(
        _echoes(name, label.replace("-", "")) for label in labels
    )


def _shares(name: NameParts, other: NameParts, weight: Weight) -> bool:
    """Whether two names can be compared and found to differ in everything."""
    if has_cjk(name.core) != has_cjk(other.core):
        return True
    alike = likeness(name, other, weight)
    if alike.notes[:1] in (("equal",), ("same_words",)) or alike.common >= LEAST_SAID:
        return True
    one, two = name.core, other.core
    return (
        OSA.normalized_similarity(one, two) >= _MISTYPED
        or _brand_inside(name, two)
        or _brand_inside(other, one)
        or one == _initials(other)
        or two == _initials(name)
    )


def _echoes(name: NameParts, label: str) -> bool:
    """Whether a domain is made of a name: its initials, its brand, or the name with an error."""
    if len(label) < 2 or not name.core:
        return False
    return (
        label == _initials(name)
        or (label in name.core if len(label) >= _SHORT else name.core.startswith(label))
        or (name.core in label if len(name.core) >= _SHORT else label.startswith(name.core))
        or _brand_inside(name, label)
        or OSA.normalized_similarity(name.core, label) >= _MISTYPED
    )


def _brand_inside(name: NameParts, text: str) -> bool:
    """Whether a word that says who a company is stands in a text without gaps."""
    return any(
        most_weight(word) > COMMON and len(word) >= (2 if has_cjk(word) else _SHORT)
        and word in text
        for word in name.words
    )  # fmt: skip


def _initials(name: NameParts) -> str:
    return "".join(word[0] for word in name.words) if len(name.words) > 1 else ""
