import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.values import parse_count, parse_measure, parse_number, parse_tags, parse_year


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$50M", 50e6),
        ("€1.2bn", 1.2e9),
        ("US$ 3.5 billion", 3.5e9),
        ("250k", 250e3),
        ("1.2亿", 1.2e8),
        ("5千万", 5e7),
        ("5000万元人民币", 5e7),
        ("1.5万人", 15000),
        ("￥１００万", 1e6),
        ("50000 USD", 50000),
        ("1,234", 1234),
        ("1.234,56", 1234.56),
        ("1,234.56", 1234.56),
        ("1.234.567", 1234567),
        ("1 234 567", 1234567),
        ("1\u202f234\u00a0567", 1234567),
        ("1'234", 1234),
        ("12,34,567", 1234567),
        ("1,5", 1.5),
        ("0,125", 0.125),
        ("1e6", 1e6),
        ("-5", -5),
        ("(1,234)", -1234),
        ("($1.2M)", -1.2e6),
        ("45%", 0.45),
        (" 7 ", 7),
    ],
)
def test_numbers_are_read_as_people_write_them(written, meant):
    assert parse_number(written) == pytest.approx(meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("500-1000人", 750),
        ("1,000 - 5,000", 3000),
        ("10,001+ employees", 10001),
        ("1,000+", 1000),
        ("1000人以上", 1000),
        (">1000", 1000),
        ("<50", 25),
        ("50人以下", 25),
        ("少于50人", 25),
        ("10-50万", 300_000),
        ("10万-50万元", 300_000),
        ("900k-1m", 950_000),
        ("500-1m", 500_250),
    ],
)
def test_a_range_counts_as_its_midpoint_and_an_open_one_as_its_bound(written, meant):
    assert parse_number(written) == pytest.approx(meant)


@pytest.mark.parametrize(
    "written",
    ["abc", "", "-", "2024-01-05", "555-0100", "1.2.3", "1_000", "12 34", "1,23,4", "nan", "12a"],
)
def test_what_is_no_number_is_refused(written):
    with pytest.raises(ValueError, match=r"is not a number|is a range that runs backwards"):
        parse_number(written)


@pytest.mark.parametrize("written", ["1e999", "9" * 400])
def test_a_number_beyond_floats_is_refused(written):
    with pytest.raises(ValueError, match="is too large"):
        parse_number(written)


@given(st.integers(-(10**12), 10**12))
def test_thousands_separators_never_change_a_whole_number(number):
    english = f"{number:,}"
    assert parse_number(english) == number
    assert parse_number(english.replace(",", " ")) == number
    assert parse_number(english.replace(",", "'")) == number


@given(st.integers(1_000, 10**9), st.integers(0, 99))
def test_continental_and_english_marks_give_the_same_amount(whole, cents):
    english = f"{whole:,}.{cents:02d}"
    continental = english.translate(str.maketrans(",.", ".,"))
    assert parse_number(english) == parse_number(continental) == pytest.approx(whole + cents / 100)


def test_counts_are_whole():
    assert parse_count("500-999") == 750
    with pytest.raises(ValueError, match="too large to be a count"):
        parse_count("1e300")


@pytest.mark.parametrize("written", ["2015", "2015-03-02", "2015年3月2日", "03/02/2015", "2015.0"])
def test_a_founding_year_may_stand_as_a_date(written):
    assert parse_year(written) == 2015


@pytest.mark.parametrize("written", ["15", "abc", "20150", "9999"])
def test_what_holds_no_year_is_refused(written):
    with pytest.raises(ValueError, match="is not a year"):
        parse_year(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AWS; Azure ;AWS", ["AWS", "Azure"]),
        ("AWS|Azure", ["AWS", "Azure"]),
        ("云计算、大数据", ["云计算", "大数据"]),
        ("云计算，大数据", ["云计算", "大数据"]),
        ("AWS, Azure", ["AWS", "Azure"]),
        ("Foo, Inc.; Bar, Ltd.", ["Foo, Inc.", "Bar, Ltd."]),
        ('["AWS", "Azure"]', ["AWS", "Azure"]),
        ("['AWS', 'Azure']", ["AWS", "Azure"]),
        ("AWS", ["AWS"]),
        (";;", []),
    ],
)
def test_tags_are_split_on_whatever_parts_them(written, meant):
    assert parse_tags(written) == meant


@pytest.mark.parametrize("written", ["00123", "12345678901234567890"])
def test_a_code_in_an_unknown_column_is_no_measure(written):
    with pytest.raises(ValueError, match="is a code"):
        parse_measure(written)
    assert parse_measure("0.5") == 0.5
