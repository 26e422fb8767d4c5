"""The few building blocks of a page: tables, tiles, figures, legends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from abm_ml.reports.markup import Html, tag
from abm_ml.reports.texts import say

_NARROW = 2
"""Columns up to which a table need not span the page."""


@dataclass(frozen=True)
class Column:
    """A table's column: the key of its heading, and whether it holds numbers."""

    text: str
    number: bool = False

    @property
    def style(self) -> str | None:
        """Class of its cells."""
        return "n" if self.number else None


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    caption: str | None = None,
    total: Sequence[object] | None = None,
    highlight: int | None = None,
) -> Html:
    """A table that scrolls sideways where the screen is narrow.

    Parameters
    ----------
    columns : sequence of Column
        Headings and alignment.
    rows : iterable of sequence of object
        Cells, in the order of `columns`; text is escaped.
    caption : str, optional
        Key of the caption's text.
    total : sequence of object, optional
        A last row that sums the others.
    highlight : int, optional
        Position of the row that is ours.
    """
    head = tag("tr", *(tag("th", say(c.text), class_=c.style, scope="col") for c in columns))
    body = [
        tag("tr", *_cells(columns, row), class_="ours" if i == highlight else None)
        for i, row in enumerate(rows)
    ]
    foot = tag("tfoot", tag("tr", *_cells(columns, total))) if total else None
    words = tag("caption", say(caption)) if caption else None
    inside = tag("table", words, tag("thead", head), tag("tbody", *body), foot)
    return tag("div", inside, class_="wide narrow" if len(columns) <= _NARROW else "wide")


def _cells(columns: Sequence[Column], row: Sequence[object]) -> list[Html]:
    return [tag("td", cell, class_=c.style) for c, cell in zip(columns, row, strict=True)]


def paragraph(key: str, *, style: str | None = None, **values: object) -> Html:
    """A sentence of the catalogue as a paragraph."""
    return tag("p", say(key, **values), class_=style)


def bullets(items: Iterable[Html]) -> Html | None:
    """A list; None where it would be empty."""
    entries = [tag("li", item) for item in items]
    return tag("ul", *entries) if entries else None


def section(name: str, *children: Html | None) -> Html:
    """A part of the page under its heading; `name` is its anchor and the key of its title."""
    return tag("section", tag("h2", say(f"{name}.title")), *children, id=name)


def more(key: str, *children: Html | None, **values: object) -> Html:
    """Detail that opens on a click (and in print)."""
    return tag("details", tag("summary", say(key, **values)), *children)


def figure(title: str, chart: Html, *under: Html | None, note: Html | None = None) -> Html:
    """A chart with its title and the sentence that says how to read it."""
    caption = tag("figcaption", tag("h3", say(title)), tag("p", note) if note else None)
    return tag("figure", caption, chart, *under)


def pair(*figures: Html | None) -> Html:
    """Figures side by side where there is room."""
    return tag("div", *figures, class_="pair")


def tile(value: str, key: str) -> Html:
    """One number with its name."""
    return tag("div", tag("b", value), tag("span", say(key)), class_="tile")


def legend(entries: Iterable[tuple[str, Html]]) -> Html:
    """Names of a chart's styles: (style, name)."""
    items = []
    for style, name in entries:
        line = tag("line", x1=1, x2=21, y1=5, y2=5, class_="line")
        swatch = tag("svg", tag("g", line, class_=style), viewBox="0 0 22 10", aria_hidden="true")
        items.append(tag("li", swatch, name))
    return tag("ul", *items, class_="legend")


def facts(items: Iterable[tuple[str, object]]) -> Html:
    """Short facts in a row: (key of the name, value)."""
    pairs = [tag("div", tag("dt", say(key)), tag("dd", value)) for key, value in items]
    return tag("dl", *pairs, class_="facts")
