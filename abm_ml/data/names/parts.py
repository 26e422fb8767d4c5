"""A company name taken apart: words, legal form, places, branch."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from abm_ml.data.names.cjk import chinese_parts
from abm_ml.data.names.dictionary import company_words, places
from abm_ml.data.names.normalise import CJK, fold, has_cjk, normalise_name

_BRACKET = re.compile(r"[(\[{【《「]([^()\[\]{}【】《》「」]*)[)\]}】》」]")
_SLASH = re.compile(r"[\s,]*[/\\]\s*([a-z. ]{1,20}?)\s*[/\\]?\s*$")
_CJK_GAP = re.compile(f"(?<=[{CJK}])[\\s·・.]+(?=[{CJK}])")
_CJK_RUN = re.compile(f"[{CJK}]+")
_PIECES = re.compile(r"\s+[-–—]\s+|[,–—]\s*")
_UMLAUT = re.compile("(?<=[b-df-hj-np-tv-z])[aou]e(?=[b-df-hj-np-tv-z])")  # Mueller is Müller
_LONGEST_FORM = 5
_DROPPED = frozenset({"the", "and", "und", "et", "y"})


class NameParts(NamedTuple):
    """What a company name says.

    Parameters
    ----------
    full : str
        The whole name in one spelling, without what listings add to it.
    words : tuple of str
        Its words in order, each in one spelling; for Chinese the brand, then what the company does.
    legal : tuple of str
        Legal forms, in canonical spelling.
    places : frozenset of str
        Places that the name gives in front, in brackets, or behind its brand.
    branch : str
        Which branch of the company it is; empty for the company itself.
    """

    full: str
    words: tuple[str, ...]
    legal: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()
    branch: str = ""

    @property
    def core(self) -> str:
        """The words without a gap: what stays of a name however it is spaced."""
        return "".join(self.words)


def parse_name(text: str) -> NameParts:
    """Take a company name apart.

    Parameters
    ----------
    text : str
        A name as somebody wrote it, in any of the languages that `dictionaries/` knows.

    Examples
    --------
    >>> parse_name("The Goodyear Tire & Rubber Co. /OH/").words
    ('goodyear', 'tire', 'rubber')
    >>> parts = parse_name("北京字节跳动科技有限公司上海分公司")
    >>> parts.words, parts.legal, sorted(parts.places), parts.branch
    (('字节跳动', '科技'), ('有限公司',), ['北京'], '上海分公司')
    """
    told = _without_noise(fold(text))
    full = normalise_name(told)
    body, branch = _cut_branch(told)
    body, found, legal = _settle_brackets(body)
    if not has_cjk(body):
        words, forms = _latin_words(normalise_name(body).split())
        return NameParts(full, words, forms + legal, frozenset(found), branch)
    return _parse_mixed(full, body, branch, found, legal)


def _parse_mixed(
    full: str, body: str, branch: str, found: set[str], legal: tuple[str, ...]
) -> NameParts:
    """A name with Chinese, Japanese or Korean in it, and perhaps Latin words beside."""
    body = _CJK_GAP.sub("", body)
    latin, latin_legal = _latin_words(normalise_name(_CJK_RUN.sub(" ", body)).split(), least=0)
    words: list[str] = [*latin]
    for run in _CJK_RUN.findall(body):
        part = chinese_parts(run, alone=not words and not branch)
        words += part.words
        legal += part.legal
        found |= part.places
        branch = branch or part.branch
    return NameParts(full, tuple(words), latin_legal + legal, frozenset(found), branch)


def _without_noise(text: str) -> str:
    """A folded name without share classes and the marks of registers behind it."""
    for short, form in company_words().legal_short_cjk.items():
        if short in text:
            text = text.replace(short, form)
    if _listing().search(text):
        text = _listing().sub("", text, count=1)
    slash = company_words().slash
    while "/" in text or "\\" in text:
        behind = _SLASH.search(text)
        if behind is None or not text[: behind.start()].strip():
            break
        mark = behind.group(1).strip()
        if mark and mark not in slash and mark.replace(".", "") not in slash:
            break
        text = text[: behind.start()]
    return text


@cache
def _listing() -> re.Pattern[str]:
    """What listings write behind a name: one word after a dash or in brackets, several anywhere."""
    words = company_words().listing
    several = "|".join(re.escape(word) for word in words if " " in word)
    every = "|".join(re.escape(word) for word in words)
    return re.compile(
        rf"(?<=\w)[\s.,)]*(?:\s[-–—]\s|\s\()[^()]{{0,80}}?\b(?:{every})s?\b.*$"
        rf"|(?<=\w)[.,)]*\s+(?:{several})s?\b.*$",
        re.DOTALL,
    )


def _cut_branch(text: str) -> tuple[str, str]:
    """A Latin name and the branch named behind it: "Acme Inc., Berlin Branch"."""
    found = _branch().search(text)
    if found is None:
        return text, ""
    pieces = _PIECES.split(text)
    if len(pieces) > 1 and _branch().search(pieces[-1]) and pieces[0].strip():
        behind = text.rindex(pieces[-1])
        return text[:behind].rstrip(" ,-–—"), normalise_name(pieces[-1])
    words = normalise_name(text).split()
    last = max(place for place, word in enumerate(words) if _branch().search(word))
    for place in range(last - 1, 0, -1):
        if (words[place],) in company_words().legal:
            return " ".join(words[: place + 1]), " ".join(words[place + 1 :])
    return text, ""


@cache
def _branch() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, company_words().branch))})\b")


def _settle_brackets(text: str) -> tuple[str, set[str], tuple[str, ...]]:
    """A text without brackets; places and legal forms in them apart, other words stay."""
    found: set[str] = set()
    legal: list[str] = []

    def settle(match: re.Match[str]) -> str:
        inside = match.group(1).strip()
        known = place_named(inside)
        if known:
            found.update(known)
            return ""
        bare = normalise_name(inside)
        if inside in company_words().legal_cjk or (bare,) in company_words().legal:
            legal.append(inside)
            return ""
        if bare in company_words().slash:
            return ""
        return f" {inside} "

    if any(bracket in text for bracket in "([{【《「"):
        text = _BRACKET.sub(settle, text)
    return text, found, tuple(legal)


def place_named(text: str) -> frozenset[str]:
    """The place that a text names, and what it lies in; empty where it names none.

    >>> sorted(place_named("杭州市")), sorted(place_named("Shanghai")), sorted(place_named("云"))
    (['杭州', '浙江'], ['上海'], [])
    """
    known = places()
    bare = normalise_name(text)
    bare = known.latin.get(bare, bare)
    for name in (bare, re.sub("(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|省|市)$", "", bare)):
        if name in known.within:
            return known.within[name]
        if name in known.bracketed or name in known.latin.values():
            return frozenset({name})
    return frozenset()


def _latin_words(words: list[str], least: int = 1) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words of a Latin name, each in one spelling, and its legal forms."""
    words, behind = _cut_legal(words, least)
    known = company_words()
    front: tuple[str, ...] = ()
    if len(words) > 1 and words[0] in known.legal_front:
        front, words = (words[0],), words[1:]
    kept = [word for word in words if word not in _DROPPED] or words
    joined = _join_letters(kept)
    spelt = [_one_spelling(word) for word in joined]
    if len(spelt) > 1:  # a number counts companies of one name: "Acquisition Corp III"
        spelt[-1] = company_words().numerals.get(spelt[-1], spelt[-1])
    return tuple(spelt), front + behind


def _cut_legal(words: list[str], least: int) -> tuple[list[str], tuple[str, ...]]:
    """Words without the legal forms behind them; at least so many words stay."""
    known = company_words()
    forms: list[str] = []
    while len(words) > least:
        size = next(
            (n for n in range(_LONGEST_FORM, 0, -1)
             if n <= len(words) - least and tuple(words[-n:]) in known.legal), 0
        )  # fmt: skip
        if size:
            forms.insert(0, known.legal[tuple(words[-size:])])
            words = words[:-size]
        elif len(words) > 2 and words[-1] in known.slash and (words[-2],) in known.legal:
            words = words[:-1]  # a state behind the legal form: "Corp DE"
        else:
            break
    return words, tuple(forms)


def _join_letters(words: list[str]) -> list[str]:
    """Single letters in a row as one word: "a o smith" is "ao smith"."""
    joined: list[str] = []
    open_run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and open_run:
            joined[-1] += word
        else:
            joined.append(word)
        open_run = single
    return joined


def _one_spelling(word: str) -> str:
    """A word in the singular where we know it, abbreviations written out."""
    known = company_words()
    word = known.same.get(word, word)
    word = known.legal.get((word,), word)
    if word in known.common:
        return word
    for singular in _singulars(word):
        if singular in known.common or singular in known.empty:
            return known.same.get(singular, singular)
    return _UMLAUT.sub(lambda found: found.group()[0], word)


def _singulars(word: str) -> tuple[str, ...]:
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return ()
    return (word[:-3] + "y", word[:-1]) if word.endswith("ies") else (word[:-1],)
