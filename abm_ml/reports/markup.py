"""HTML and SVG built as balanced, escaped elements."""

from __future__ import annotations

import html

VOID = frozenset({"br", "hr", "input", "meta"})


class Html(str):
    """Markup that may stand in the page as it is; any other text is escaped on its way in."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """One element with its children inside.

    Parameters
    ----------
    name : str
        Element name.
    *children : object
        `Html` is put in as it is, None is left out, all else is escaped as text.
    **attributes : object
        None is left out. `class_` and `for_` stand for Python's reserved words, and an
        underscore inside a name for a hyphen (`stroke_width`).

    Examples
    --------
    >>> tag("p", "a < b", tag("b", "!"), class_="note")
    '<p class="note">a &lt; b<b>!</b></p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{join(*children)}</{name}>")


def join(*children: object) -> Html:
    """Children one after another, each escaped unless it is `Html`; None is left out."""
    return Html("".join(_safe(child) for child in children if child is not None))


def _safe(child: object) -> str:
    return child if isinstance(child, Html) else html.escape(str(child))
