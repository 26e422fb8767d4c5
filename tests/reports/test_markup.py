"""Markup is balanced and escaped whatever is put in."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from abm_ml.reports.markup import Html, join, tag

# A parser may normalise line ends and drop NUL and surrogates; nothing else.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"))


class Reader(HTMLParser):
    """Keeps what a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(words=texts, title=texts)
def test_text_and_attributes_are_read_as_they_were_given(words: str, title: str) -> None:
    seen = Reader(tag("p", words, title=title))
    assert seen.tags == [("p", {"title": title})]
    assert seen.text == words


@given(words=texts)
def test_text_adds_no_element(words: str) -> None:
    assert Reader(join("<b>", words, Html("<i></i>"))).tags == [("i", {})]


def test_markup_inside_markup_is_escaped_once() -> None:
    assert tag("p", tag("b", "a & b")) == "<p><b>a &amp; b</b></p>"


def test_what_is_none_is_left_out() -> None:
    assert tag("p", None, "x", class_=None) == "<p>x</p>"


def test_void_elements_have_no_end() -> None:
    assert tag("input", type="radio") == '<input type="radio">'
