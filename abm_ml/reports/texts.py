"""Every word of the pages, in English and Simplified Chinese.

Both languages stand in the page; its style sheet shows one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from abm_ml.propensity.words import fact_words, field_words
from abm_ml.reports.catalogue import TEXTS
from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.notes import MEANINGS, NOTES
from abm_ml.reports.vocabulary import CODES, RECIPE

LANGUAGES: Mapping[str, str] = {"en": "en", "zh": "zh-CN"}
"""Language by its name in arguments, with the tag that browsers know."""

_PLACE = re.compile(r"\{(\w+)\}")


class Words(NamedTuple):
    """The same thing in both languages."""

    en: object
    zh: object


def words(key: str, /, **values: object) -> Words:
    """A text of the catalogue with its `{places}` filled.

    Parameters
    ----------
    key : str
        The text's name in the catalogue.
    **values : object
        Whole numbers are written with separators, `Words` in each language, text is escaped.
    """
    english, chinese = TEXTS[key]
    return Words(_filled(english, values, 0), _filled(chinese, values, 1))


def code_words(group: str, code: str) -> Words:
    """A code that the data carries, in words; one that nobody named stays as it is."""
    plain = code.replace("_", " ")
    return Words(*CODES[group].get(code, (plain, plain)))


def note_words(sentence: str) -> Words:
    """A sentence that another part wrote in English, with its Chinese where it is known."""
    for pattern, chinese in NOTES:
        found = re.fullmatch(pattern, sentence)
        if found:
            parts = {name: MEANINGS.get(part, part) for name, part in found.groupdict().items()}
            return Words(sentence, chinese.format(**parts))
    return Words(sentence, sentence)


def listed(items: Iterable[Words]) -> Words:
    """Several things in one sentence."""
    english, chinese = zip(*items, strict=True)
    return Words(Html(", ".join(map(join, english))), Html("，".join(map(join, chinese))))


def both(english: object, chinese: object, *, element: str = "span") -> Html:
    """Both languages as elements, of which the style sheet shows one."""
    return join(
        tag(element, english, class_="en", lang=LANGUAGES["en"]),
        tag(element, chinese, class_="zh", lang=LANGUAGES["zh"]),
    )


def say(key: str, /, **values: object) -> Html:
    """A text of the catalogue; see `words`."""
    return both(*words(key, **values))


def say_code(group: str, code: str) -> Html:
    """A code in words; see `code_words`."""
    return both(*code_words(group, code))


def say_note(sentence: str) -> Html:
    """A sentence of another part; see `note_words`."""
    return both(*note_words(sentence))


def field_names(field: str) -> Words:
    """A column or feature in words."""
    return Words(field_words(field, "en"), field_words(field, "zh"))


def say_field(field: str) -> Html:
    """A column or feature in words; see `field_names`."""
    return both(*field_names(field))


def say_fact(field: str, value: object) -> Html:
    """A field and its value in words, for example "industry Software"."""
    return both(fact_words(field, value, "en"), fact_words(field, value, "zh"))


def say_recipe(choice: str) -> Html:
    """What was chosen, as `Choice.words` tells it, with its terms in Chinese."""
    chinese = choice
    for english, word in RECIPE.items():
        chinese = chinese.replace(english, word)
    return both(choice, chinese)


def svg_words(said: Words) -> Html:
    """Words to stand inside SVG text."""
    return both(*said, element="tspan")


def plain_text(key: str, lang: str) -> str:
    """A text in one language, without markup: for the page's title."""
    return TEXTS[key][lang == "zh"]


def alt_text(key: str) -> str:
    """A text in both languages for an attribute, which cannot switch."""
    return " / ".join(TEXTS[key])


def _filled(text: str, values: Mapping[str, object], language: int) -> Html:
    """The text escaped, and its places filled with escaped values."""
    pieces: list[object] = list(_PLACE.split(text))
    for i in range(1, len(pieces), 2):
        pieces[i] = _shown(values[str(pieces[i])], language)
    return join(*pieces)


def _shown(value: object, language: int) -> object:
    if isinstance(value, Words):
        return value[language]
    return f"{value:,}" if isinstance(value, int) else value
