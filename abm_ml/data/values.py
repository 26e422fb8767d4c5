"""Numbers and tags as people write them."""

from __future__ import annotations

import json
import math
import re
import unicodedata

_UNITS = {
    **dict.fromkeys(("k", "thousand", "千"), 1e3),
    **dict.fromkeys(("m", "mm", "mn", "mio", "million", "百万"), 1e6),
    **dict.fromkeys(("b", "bn", "billion", "十亿"), 1e9),
    **dict.fromkeys(("t", "tn", "trillion", "万亿"), 1e12),
    "百": 1e2, "万": 1e4, "十万": 1e5, "千万": 1e7, "亿": 1e8, "百亿": 1e10, "千亿": 1e11,
}  # fmt: skip
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
_MONEY = (
    r"(?:us\$|hk\$|[$€£¥]|usd|eur|gbp|cny|rmb|hkd|jpy"
    r"|人民币|元人民币|元|美元|欧元|英镑|港元|港币|日元)"
)
_NOUN = r"(?:人|名|家|个|项|员工|名员工|人员|employees?|people|staff|years?|年)"
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_FIGURE = r"\d(?:[\d.,' ]*\d)?"
_AMOUNT = re.compile(
    rf"(?P<bound><=?|>=?|≤|≥|~|≈|约|近|超过?|至少|不少于|大于|高于|少于|不足|小于|低于|不超过"
    rf"|under|less than|up to|over|more than|at least|about|approx\.?)?\s*"
    rf"(?P<sign>[+-])?\s*{_MONEY}?\s*(?P<low>{_FIGURE})\s*(?P<low_unit>{_UNIT})?\s*"
    rf"(?:{_MONEY}|{_NOUN})?\s*"
    rf"(?:(?:-|–|—|~|至|到|to)\s*{_MONEY}?\s*(?P<high>{_FIGURE})\s*(?P<high_unit>{_UNIT})?\s*)?"
    rf"{_MONEY}?\s*{_NOUN}?\s*(?P<share>%)?\s*"
    rf"(?P<tail>\+|以上|及以上|以下|及以下|以内|or more)?\s*{_NOUN}?"
)
_BELOW = frozenset(
    "<|<=|≤|少于|不足|小于|低于|不超过|以下|及以下|以内|under|less than|up to".split("|")  # noqa: SIM905
)
# Groups of three; behind commas the Indian groups of two as well (12,34,567).
_DOTTED_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.,])")
_THOUSANDS = re.compile(
    r"\d{1,3}(?:(?P<mark>[,.' ])\d{3})(?:(?P=mark)\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}"
)
_TAG_MARKS = re.compile(r"[;|、；\n]")


def parse_number(text: str) -> float:
    """A number as people write it; a range counts as its midpoint.

    "1,000+" is 1000, "<50" is the range from 0 to 50 and so 25, "45%" is 0.45.

    Raises
    ------
    ValueError
        If the text is no number; the message says so without repeating the text.

    Examples
    --------
    >>> parse_number("$50M"), parse_number("500-1000人"), parse_number("1.234,56")
    (50000000.0, 750.0, 1234.56)
    """
    written = unicodedata.normalize("NFKC", text).strip().lower().replace("\u202f", " ")
    if _PLAIN.fullmatch(written):
        return _finite(float(written))
    inner = written[1:-1] if written.startswith("(") and written.endswith(")") else written
    amount = _AMOUNT.fullmatch(inner)
    if amount is None:
        raise ValueError("is not a number")
    value = _midpoint(amount)
    if amount["share"]:
        value /= 100
    return _finite(-value if amount["sign"] == "-" or inner is not written else value)


NO_TIER = "is no tier (expected 1, 2 or 3; to set none, 0)"
"""What is said of a number that people set as a tier and that is none."""


def parse_count(text: str) -> int:
    """A whole number; midpoints of ranges are rounded.

    A count has no fraction, so that the dot of 3.582 parts thousands, as on the Continent.

    Raises
    ------
    ValueError
        If the text is no number, or one too large to count.

    Examples
    --------
    >>> parse_count("3.582"), parse_count("1.200人"), parse_count("500.0")
    (3582, 1200, 500)
    """
    value = parse_number(_DOTTED_THOUSANDS.sub(_without_dots, text))
    if abs(value) >= 2**53:
        raise ValueError("is too large to be a count")
    return round(value)


def parse_tier(text: str) -> int:
    """A tier's number as it stands: nothing is rounded, so that nobody gets another treatment.

    Raises
    ------
    ValueError
        If the text is no whole number.

    Examples
    --------
    >>> parse_tier("2"), parse_tier("2.0")
    (2, 2)
    """
    value = parse_number(text)
    if value != round(value):
        raise ValueError(NO_TIER)
    return round(value)


def _without_dots(found: re.Match[str]) -> str:
    return found[0].replace(".", "")


def parse_year(text: str) -> int:
    """The year of a date or the bare year: both stand in founding columns.

    Raises
    ------
    ValueError
        If there is no year between 1000 and 2200.

    Examples
    --------
    >>> parse_year("2015-03-02"), parse_year("2015年3月"), parse_year("1999.0")
    (2015, 2015, 1999)
    """
    year = re.match(r"\s*(\d{4})(?!\d)", text) or re.search(r"(?<!\d)(\d{4})\s*$", text)
    if year is None or not 1000 <= int(year[1]) <= 2200:
        raise ValueError("is not a year (expected YYYY)")
    return int(year[1])


def parse_tags(text: str) -> list[str]:
    """Tags from a JSON list, or split on ; | 、 and, where none of these occurs, on commas.

    Each tag comes once, in the order written.

    >>> parse_tags("AWS; Snowflake;AWS"), parse_tags('["云计算", "大数据"]'), parse_tags("a, b")
    (['AWS', 'Snowflake'], ['云计算', '大数据'], ['a', 'b'])
    """
    parts = _json_list(text)
    if parts is None:
        parts = _TAG_MARKS.split(text) if _TAG_MARKS.search(text) else re.split("[,，]", text)
    return list(dict.fromkeys(tag for tag in (part.strip() for part in parts) if tag))


def parse_measure(text: str) -> float:
    """A number in a column that the contract does not know.

    Raises
    ------
    ValueError
        If the text is no number, or if it is one that would lose digits: a code with a leading
        zero, or an id longer than a float can hold.
    """
    if re.match(r"\s*0\d", text) or re.search(r"\d{16}", text):
        raise ValueError("is a code, not a number")
    return parse_number(text)


def _midpoint(amount: re.Match[str]) -> float:
    low = _figure(amount["low"])
    if amount["high"] is None:
        low *= _UNITS.get(amount["low_unit"], 1)
        return low / 2 if {amount["bound"], amount["tail"]} & _BELOW else low
    if amount["sign"]:
        raise ValueError("is not a number")
    high = _figure(amount["high"]) * _UNITS.get(amount["high_unit"], 1)
    # "500-1000万": the unit behind the second figure is meant for both, if that makes a range.
    shared = low * _UNITS.get(amount["low_unit"] or amount["high_unit"], 1)
    low = shared if shared <= high else low * _UNITS.get(amount["low_unit"], 1)
    if low > high:
        raise ValueError("is a range that runs backwards")
    return (low + high) / 2


def _figure(digits: str) -> float:
    """Digits with marks for thousands and decimals, as in English or on the Continent."""
    last_comma, last_dot = digits.rfind(","), digits.rfind(".")
    decimal = "," if last_comma > last_dot else "."
    if last_comma < 0 or last_dot < 0:
        decimal = _lone_mark(digits, decimal)
    whole, _, fraction = digits.rpartition(decimal) if decimal in digits else (digits, "", "")
    if not whole.isdigit() and not _THOUSANDS.fullmatch(whole):
        raise ValueError("is not a number")
    if fraction and not fraction.isdigit():
        raise ValueError("is not a number")
    return float(re.sub(r"\D", "", whole) + "." + (fraction or "0"))


def _lone_mark(digits: str, mark: str) -> str:
    """The decimal mark where only one kind of mark occurs ("" if it parts thousands)."""
    if digits.count(mark) > 1:
        return "\0"
    head, _, tail = digits.partition(mark)
    thousands = mark == "," and len(tail) == 3 and len(head) <= 3 and not head.startswith("0")
    return "\0" if thousands else mark


def _json_list(text: str) -> list[str] | None:
    if not text.lstrip().startswith("["):
        return None
    try:
        loaded = json.loads(text)
    except ValueError:
        inner = text.strip().strip("[]")
        return [part.strip().strip("'\"") for part in inner.split(",")]
    return [str(item) for item in loaded if item is not None]


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("is too large")
    return value
