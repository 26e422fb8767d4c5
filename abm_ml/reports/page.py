"""The page around the sections: one file with its own style, two languages, no network."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from abm_ml.errors import ParamsError
from abm_ml.reports.markup import Html, tag
from abm_ml.reports.texts import LANGUAGES, alt_text, plain_text, say

_NAMES = {"en": "English", "zh": "中文"}


def page(
    title: str, lang: str, facts: Html, sections: Sequence[Html], contents: Sequence[str]
) -> str:
    """A whole HTML document.

    Parameters
    ----------
    title : str
        Key of the title's text.
    lang : {"en", "zh"}
        Language that shows when the page opens; both are in it.
    facts : Html
        What stands under the title.
    sections : sequence of Html
        Parts of the page.
    contents : sequence of str
        Names of the parts that the contents line leads to.

    Raises
    ------
    ParamsError
        If there is no such language.
    """
    if lang not in LANGUAGES:
        raise ParamsError(f"lang must be one of {', '.join(LANGUAGES)}. Supplied value {lang!r}")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", plain_text(title, lang)),
        tag("style", Html("\n" + _style())),
    )
    inside = tag(
        "div",
        tag("header", tag("div", tag("h1", say(title)), facts), _switch()),
        _contents(contents),
        tag("main", *sections),
        tag("footer", say("page.footer")),
        class_="page",
    )
    body = tag("body", *(_choice(name, name == lang) for name in LANGUAGES), inside)
    return f"<!doctype html>\n{tag('html', head, body, lang=LANGUAGES[lang])}\n"


def _style() -> str:
    return files("abm_ml.reports").joinpath("page.css").read_text(encoding="utf-8")


def _choice(name: str, chosen: bool) -> Html:
    """The radio button that the style sheet asks which language shows: no script is needed."""
    return tag(
        "input",
        type="radio",
        name="lang",
        id=f"lang-{name}",
        class_="choice",
        aria_label=_NAMES[name],
        checked="checked" if chosen else None,
    )


def _switch() -> Html:
    labels = [
        tag("label", _NAMES[name], for_=f"lang-{name}", lang=tag_)
        for name, tag_ in LANGUAGES.items()
    ]
    return tag("div", *labels, class_="switch", role="group", aria_label=alt_text("page.language"))


def _contents(names: Sequence[str]) -> Html:
    links = [tag("a", say(f"{name}.title"), href=f"#{name}") for name in names]
    return tag("nav", *links, aria_label=alt_text("page.sections"))
