"""Charts show every value in its place, inside their own area, and say what they show."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.reports.charts import (
    WIDTH,
    Axis,
    Bar,
    Estimate,
    Frame,
    Series,
    bar_chart,
    dot_chart,
    histogram,
    interval_chart,
    line_chart,
    nice_top,
)
from abm_ml.reports.markup import Html

UNIT = Axis(Html("predicted"), 0, 1, "share")
DIAGONAL = Series("chance", [(0, 0), (1, 1)])


def numbers(chart: str, pattern: str) -> list[float]:
    return [float(found) for found in re.findall(pattern, chart)]


@given(low=st.floats(-1e4, 1e4), span=st.floats(1e-3, 1e6))
def test_an_axis_has_a_few_round_ticks_inside_it(low: float, span: float) -> None:
    axis = Axis(Html(), low, low + span)
    ticks = axis.ticks()
    assert 1 <= len(ticks) <= 8
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)


@given(value=st.floats(1e-5, 1))
def test_the_end_of_an_axis_holds_its_values_without_much_room_to_spare(value: float) -> None:
    assert value <= nice_top(value, 1.0) * (1 + 1e-9)
    assert nice_top(value, 1.0) <= 2 * value


def test_an_axis_ends_at_its_most() -> None:
    assert nice_top(0.99, 0.9) == 0.9


@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_larger_values_lie_further_right_and_higher(a: float, b: float) -> None:
    frame = Frame(UNIT, UNIT)
    small, large = sorted((a, b))
    assert frame.left <= frame.across(small) <= frame.across(large) <= WIDTH - frame.right
    assert frame.top <= frame.down(large) <= frame.down(small) <= frame.floor


def test_a_line_chart_draws_each_point_and_its_whisker() -> None:
    points = [(0.1, 0.2), (0.5, 0.4), (0.9, 1.0)]
    ours = Series("ours", points, dots=True, whiskers=[(0.1, 0.3), (0.3, 0.5), (0.9, 1.0)])
    chart = line_chart([DIAGONAL, ours], UNIT, UNIT, "alt")
    frame = Frame(UNIT, UNIT)
    assert numbers(chart, r'cx="([\d.]+)"') == [frame.across(x) for x, _ in points]
    assert numbers(chart, r'cy="([\d.]+)"') == [frame.down(y) for _, y in points]
    assert chart.count("<polyline") == 2
    assert chart.count('class="whisker"') == 3


def test_bars_are_as_long_as_their_values() -> None:
    chart = bar_chart([Bar(Html("a"), 50), Bar(Html("b"), 100), Bar(Html("c"), 0)], "alt")
    a, b, c = numbers(chart, r'<rect[^>]* width="([\d.]+)"')
    assert (a, c) == (pytest.approx(b / 2), 0)
    assert re.findall(r'class="value">([^<]*)<', chart) == ["50", "100", "0"]


def test_a_histogram_names_every_count_but_the_empty() -> None:
    chart = histogram([3, 0, 12], Axis(Html(), 0, 30), Html(), "alt")
    assert re.findall(r'class="value">([^<]*)<', chart) == ["3", "12"]


@pytest.mark.parametrize(
    "chart",
    [
        bar_chart([], "what it shows"),
        histogram([], UNIT, Html(), "what it shows"),
        line_chart([], UNIT, UNIT, "what it shows"),
        interval_chart([], UNIT, "what it shows"),
    ],
)
def test_a_chart_of_nothing_is_still_a_chart_with_words(chart: str) -> None:
    assert 'role="img"' in chart
    assert 'aria-label="what it shows"' in chart


def test_an_estimate_lies_within_its_interval() -> None:
    row = Estimate(Html("ours"), 0.8, 0.7, 0.9)
    chart = interval_chart([row], UNIT, "alt", mark=0.5)
    whisker = re.search(r'x1="([\d.]+)" x2="([\d.]+)"[^>]*class="whisker"', chart)
    assert whisker is not None
    low, high = float(whisker[1]), float(whisker[2])
    assert low < numbers(chart, r'cx="([\d.]+)"')[0] < high
    assert 'class="mark"' in chart


def test_an_estimate_without_interval_has_no_whisker() -> None:
    assert "whisker" not in interval_chart([Estimate(Html("x"), 0.8, None, None)], UNIT, "alt")


def test_both_axes_have_labels_and_ticks() -> None:
    chart = line_chart([DIAGONAL], UNIT, Axis(Html("observed"), 0, 50), "alt")
    assert ">predicted<" in chart
    assert ">observed<" in chart
    assert re.findall(r'class="tick">([^<]*)<', chart) == [
        *("0%", "20%", "40%", "60%", "80%", "100%"),
        *("0", "10", "20", "30", "40", "50"),
    ]


def test_an_axis_of_powers_has_a_tick_at_each() -> None:
    axis = Axis(Html("size"), 1.7, 5.2, "power")
    assert [axis.text(tick) for tick in axis.ticks()] == ["100", "1,000", "10,000", "100,000"]


def test_a_band_runs_along_the_upper_ends_and_back_along_the_lower_ones() -> None:
    series = Series("ours", [(0, 0.5), (1, 0.6)], band=[(0.4, 0.7), (0.5, 0.9)])
    chart = line_chart([series], UNIT, UNIT, "alt")
    frame = Frame(UNIT, UNIT)
    corners = [(0, 0.7), (1, 0.9), (1, 0.5), (0, 0.4)]
    expected = " ".join(f"{frame.across(x):g},{frame.down(y):g}" for x, y in corners)
    assert f'<polygon points="{expected}" class="band">' in chart


def test_dots_lie_inside_the_drawing_and_none_is_lost() -> None:
    groups = [Series("untiered", [(0.0, 0.0), (5.0, -3.0)]), Series("ours", [(9.0, 2.0)])]
    chart = dot_chart(groups, Html("x"), Html("y"), "alt")
    places = re.findall(r"M([\d.]+) ([\d.]+)h0", chart)
    assert len(places) == 3
    assert all(0 < float(x) < WIDTH and 0 < float(y) < 330 for x, y in places)
    assert dot_chart([Series("ours", [(1.0, 1.0)])], Html("x"), Html("y"), "alt").count("h0") == 1
