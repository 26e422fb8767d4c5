"""Inline SVG charts: real text in the page's own fonts, colours from the page's style."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from abm_ml.reports.markup import Html, join, tag
from abm_ml.reports.numbers import compact, share

WIDTH = 440.0
LINE = 15.0
"""Height of a line of text, in the drawing's units."""


@dataclass(frozen=True)
class Axis:
    """One direction of a chart: what it shows, from where to where, and how ticks read."""

    label: Html
    low: float
    high: float
    form: str = "number"

    def ticks(self) -> list[float]:
        """Round values inside the axis, about five."""
        if self.form == "power":
            return [float(i) for i in range(math.ceil(self.low), math.floor(self.high) + 1)]
        span = self.high - self.low
        power = 10.0 ** math.floor(math.log10(span / 5))
        step = next(s * power for s in (1, 2, 2.5, 5, 10) if span / (s * power) <= 6)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(i * step, 10) for i in range(first, last + 1)]

    def text(self, value: float) -> str:
        """A tick's words; on an axis of powers of ten, the power."""
        if self.form == "power":
            return compact(10**value)
        return share(value) if self.form == "share" else compact(value)


@dataclass(frozen=True)
class Series:
    """Points of one name; `style` is a class of the page's style sheet.

    Each point may have a range: `whiskers` draws it as a line, `band` as an area.
    """

    style: str
    points: Sequence[tuple[float, float]]
    dots: bool = False
    whiskers: Sequence[tuple[float, float]] = ()
    band: Sequence[tuple[float, float]] = ()


@dataclass(frozen=True)
class Bar:
    """A named value of a bar chart."""

    label: Html
    value: float
    style: str = "ours"


@dataclass(frozen=True)
class Estimate:
    """A value with its interval, one row of an interval chart."""

    label: Html
    value: float
    low: float | None
    high: float | None
    style: str = "ours"


@dataclass(frozen=True)
class Frame:
    """The plotting area and the two scales that lead into it."""

    x: Axis
    y: Axis
    height: float = 310.0
    left: float = 60.0
    right: float = 24.0
    top: float = 10.0
    bottom: float = 46.0

    def across(self, value: float) -> float:
        """Horizontal place of a value."""
        room = WIDTH - self.left - self.right
        return round(self.left + (value - self.x.low) / (self.x.high - self.x.low) * room, 2)

    def down(self, value: float) -> float:
        """Vertical place of a value."""
        room = self.height - self.top - self.bottom
        return round(self.top + (self.y.high - value) / (self.y.high - self.y.low) * room, 2)

    @property
    def floor(self) -> float:
        """Vertical place of the plotting area's lower edge."""
        return self.height - self.bottom


def line_chart(series: Sequence[Series], x: Axis, y: Axis, alt: str) -> Html:
    """Lines and dots over two numeric axes.

    Parameters
    ----------
    series : sequence of Series
        Drawn in this order, the last on top.
    x, y : Axis
        What the two directions show.
    alt : str
        What the chart shows, for people who cannot see it.
    """
    frame = Frame(x, y)
    return _svg(
        frame.height, alt, _grid_x(frame), _grid_y(frame), *(_draw(s, frame) for s in series)
    )


def bar_chart(bars: Sequence[Bar], alt: str) -> Html:
    """Bars one under another, each with its name before and its value behind."""
    most = max((bar.value for bar in bars), default=0) or 1
    height = 30.0 * len(bars) + 8
    down = Axis(Html(), 0, max(len(bars), 1))
    frame = Frame(Axis(Html(), 0, most), down, height, left=100, right=56, top=4, bottom=4)
    marks = [_bar(frame, len(bars) - i - 0.5, bar) for i, bar in enumerate(bars)]
    return _svg(height, alt, *marks)


def histogram(counts: Sequence[int], x: Axis, y_label: Html, alt: str) -> Html:
    """Columns of equal width over the whole of `x`, the count above each."""
    most = max(counts, default=0) or 1
    frame = Frame(x, Axis(y_label, 0, most * 1.12))
    width = (x.high - x.low) / max(len(counts), 1)
    marks = [_column(frame, x.low + i * width, width, n) for i, n in enumerate(counts)]
    return _svg(frame.height, alt, _grid_y(frame), *marks, _grid_x(frame, lines=False))


def interval_chart(
    rows: Sequence[Estimate], axis: Axis, alt: str, mark: float | None = None
) -> Html:
    """Values with their intervals, one under another; `mark` draws a line to compare with."""
    height = 30.0 * len(rows) + 56
    frame = Frame(axis, Axis(Html(), 0, max(len(rows), 1)), height=height, left=186)
    line = None
    if mark is not None:
        at = frame.across(mark)
        line = tag("line", x1=at, x2=at, y1=frame.top, y2=frame.floor, class_="mark")
    marks = [_estimate(frame, len(rows) - i - 0.5, row) for i, row in enumerate(rows)]
    return _svg(height, alt, _grid_x(frame), line, *marks)


def dot_chart(groups: Sequence[Series], x_label: Html, y_label: Html, alt: str) -> Html:
    """Many dots without a scale: where things lie, and among what.

    Parameters
    ----------
    groups : sequence of Series
        Drawn in this order, the last on top.
    x_label, y_label : Html
        What the two directions mean.
    alt : str
        What the chart shows, for people who cannot see it.
    """
    points = [point for group in groups for point in group.points]
    x, y = (
        _around([point[at] for point in points], label)
        for at, label in enumerate((x_label, y_label))
    )
    frame = Frame(x, y, height=330, left=28, right=12)
    middle = (frame.top + frame.floor) / 2
    turn = f"rotate(-90 14 {middle:g})"
    labels = _x_label(frame), _text(14, middle, y_label, transform=turn, class_="label")
    return _svg(frame.height, alt, *(_cloud(group, frame) for group in groups), *labels)


def nice_top(value: float, most: float) -> float:
    """A round end for an axis that must hold `value`; at most `most`.

    Examples
    --------
    >>> nice_top(0.23, 1.0), nice_top(0.61, 1.0), nice_top(0.041, 1.0)
    (0.25, 0.8, 0.05)
    """
    power = 10.0 ** math.floor(math.log10(max(value, 1e-6)))
    steps = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return min(most, round(next(s for s in steps if s * power >= value) * power, 10))


def _svg(height: float, alt: str, *children: Html | None) -> Html:
    return tag(
        "svg", *children, viewBox=f"0 0 {WIDTH:g} {height:g}", role="img", aria_label=alt
    )  # fmt: skip


def _text(x: float, y: float, words: Html | str, anchor: str = "middle", **more: object) -> Html:
    return tag("text", words, x=x, y=y, text_anchor=anchor, **more)


def _grid_x(frame: Frame, *, lines: bool = True) -> Html:
    """Vertical grid lines, their ticks, and the axis' label."""
    marks: list[Html] = []
    for value in frame.x.ticks():
        at = frame.across(value)
        if lines:
            marks.append(tag("line", x1=at, x2=at, y1=frame.top, y2=frame.floor, class_="grid"))
        marks.append(_text(at, frame.floor + LINE, frame.x.text(value), class_="tick"))
    return join(*marks, _x_label(frame))


def _grid_y(frame: Frame) -> Html:
    """Horizontal grid lines, their ticks, and the axis' label."""
    marks: list[Html] = []
    for value in frame.y.ticks():
        at = frame.down(value)
        marks.append(
            tag("line", x1=frame.left, x2=WIDTH - frame.right, y1=at, y2=at, class_="grid")
        )
        marks.append(_text(frame.left - 6, at + 4, frame.y.text(value), "end", class_="tick"))
    middle = (frame.top + frame.floor) / 2
    turn = f"rotate(-90 12 {middle:g})"
    return join(*marks, _text(12, middle, frame.y.label, transform=turn, class_="label"))


def _x_label(frame: Frame) -> Html:
    middle = (frame.left + WIDTH - frame.right) / 2
    return _text(middle, frame.height - 8, frame.x.label, class_="label")


def _draw(series: Series, frame: Frame) -> Html:
    places = [(frame.across(x), frame.down(y)) for x, y in series.points]
    marks: list[Html] = []
    for (x, _), (low, high) in zip(places, series.whiskers, strict=False):
        marks.append(
            tag("line", x1=x, x2=x, y1=frame.down(low), y2=frame.down(high), class_="whisker")
        )
    if series.band:
        upper = [
            (x, frame.down(high)) for (x, _), (_, high) in zip(places, series.band, strict=True)
        ]
        lower = [(x, frame.down(low)) for (x, _), (low, _) in zip(places, series.band, strict=True)]
        area = " ".join(f"{x:g},{y:g}" for x, y in [*upper, *lower[::-1]])
        marks.append(tag("polygon", points=area, class_="band"))
    if len(places) > 1:
        path = " ".join(f"{x:g},{y:g}" for x, y in places)
        marks.append(tag("polyline", points=path, class_="line"))
    if series.dots:
        marks += [tag("circle", cx=x, cy=y, r=4, class_="dot") for x, y in places]
    return tag("g", *marks, class_=series.style)


def _bar(frame: Frame, place: float, bar: Bar) -> Html:
    y, end = frame.down(place), frame.across(bar.value)
    size = {"width": round(end - frame.left, 2), "height": 20}
    return tag(
        "g",
        tag("rect", x=frame.left, y=round(y - 10, 2), **size, class_="bar"),
        _text(frame.left - 10, y + 4, bar.label, "end", class_="tick"),
        _text(end + 7, y + 4, compact(bar.value), "start", class_="value"),
        class_=bar.style,
    )


def _column(frame: Frame, start: float, width: float, value: int) -> Html:
    left, right = frame.across(start) + 1, frame.across(start + width) - 1
    top = frame.down(value)
    size = {"width": round(right - left, 2), "height": round(frame.floor - top, 2)}
    words = _text(round((left + right) / 2, 2), top - 5, compact(value), class_="value")
    return tag(
        "g",
        tag("rect", x=left, y=top, **size, class_="bar"),
        words if value else None,
        class_="ours",
    )


def _estimate(frame: Frame, place: float, row: Estimate) -> Html:
    y = frame.down(place)
    whisker = None
    if row.low is not None and row.high is not None:
        ends = {"x1": frame.across(row.low), "x2": frame.across(row.high)}
        whisker = tag("line", **ends, y1=y, y2=y, class_="whisker")
    return tag(
        "g",
        whisker,
        tag("circle", cx=frame.across(row.value), cy=y, r=5, class_="dot"),
        _text(frame.left - 12, y + 4, row.label, "end", class_="tick"),
        class_=row.style,
    )


def _around(values: Sequence[float], label: Html) -> Axis:
    """An axis with a little room around what it holds."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.03 * (high - low) or 1.0
    return Axis(label, low - room, high + room)


def _cloud(group: Series, frame: Frame) -> Html:
    """The dots of one group as one path: strokes of no length with round ends."""
    path = "".join(f"M{frame.across(x):.1f} {frame.down(y):.1f}h0" for x, y in group.points)
    return tag("g", tag("path", d=path, class_="cloud"), class_=group.style)
