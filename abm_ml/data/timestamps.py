"""Dates and times as people write them, in UTC; day-month order decided by the whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.errors import DataError

DateOrder = Literal["dmy", "mdy"]

_CLOCK = (
    r"(?:[T,\s]+(?P<half>上午|下午)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})"
    r"(?:\.(?P<fraction>\d{1,9}))?)?\s*(?P<meridiem>[ap]\.?m\.?)?"
    r"\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?" + _CLOCK,
    re.IGNORECASE,
)
_YEAR_LAST = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second_part>\d{1,2})(?P=mark)(?P<year>\d{4})" + _CLOCK,
    re.IGNORECASE,
)
_EXPECTED = "is not a date (expected YYYY-MM-DD)"


class Reading(NamedTuple):
    """What one cell can mean.

    Parameters
    ----------
    value : datetime
        The moment in UTC; where day and month can be swapped, read with the day first.
    month_first : datetime or None
        The other reading of an ambiguous cell.
    order : "dmy", "mdy" or None
        The order that this cell proves.
    """

    value: datetime
    month_first: datetime | None = None
    order: DateOrder | None = None


def read_timestamp(text: str, order: DateOrder | None = None) -> Reading:
    """A moment in UTC from one cell; times without a zone are taken as UTC.

    Parameters
    ----------
    text : str
        ISO 8601, `2024-01-05 14:33`, `2024/1/5`, `2024年1月5日`, `05/01/2024`, …
    order : "dmy" or "mdy", optional
        How to read 05/01/2024; None reads it both ways. Dots (05.01.2024) are always day first.

    Raises
    ------
    ValueError
        If the text is no date.

    Examples
    --------
    >>> read_timestamp("2024-01-23T02:46:47.000+0100").value.isoformat()
    '2024-01-23T01:46:47'
    >>> read_timestamp("05/01/2024").month_first.isoformat()
    '2024-05-01T00:00:00'
    >>> read_timestamp("13/01/2024").order
    'dmy'
    """
    written = text.strip()
    try:
        return Reading(_in_utc(datetime.fromisoformat(written)))
    except ValueError:
        pass
    match = _YEAR_FIRST.fullmatch(written)
    if match is not None:
        return Reading(_moment(match, int(match["month"]), int(match["day"])))
    match = _YEAR_LAST.fullmatch(written)
    if match is None:
        raise ValueError(_EXPECTED)
    return _swappable(match, "dmy" if match["mark"] == "." else order)


def through_day(ends: pa.Array) -> pa.Array:
    """Ends that are written as days, moved to the last instant of these days.

    "Until 31 March" holds on 31 March. A time of midnight sharp is a day, since a spreadsheet
    tells no difference.

    Parameters
    ----------
    ends : pyarrow.Array of timestamp[us]
        In UTC; null stays null.
    """
    bare = pc.equal(pc.floor_temporal(ends, unit="day"), ends)
    rest = pa.scalar(timedelta(days=1) - timedelta(microseconds=1), pa.duration("us"))
    return pc.if_else(bare, pc.add(ends, rest), ends)


@dataclass
class OrderEvidence:
    """What the cells of one column, seen in any number of batches, say about its date order.

    Parameters
    ----------
    where : str
        File and column, for messages.
    """

    where: str
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)

    def wants(self, reading: Reading) -> bool:
        """Whether a cell of this sort is news: proving dmy, proving mdy, proving neither."""
        sort = reading.order or (reading.month_first and "either")
        return sort is not None and sort not in self.seen

    def add(self, reading: Reading, row: int, text: str) -> None:
        """Remember the first cell of each sort."""
        if self.wants(reading):
            self.seen[reading.order or "either"] = (row, text)

    def decide(self) -> DateOrder | None:
        """The order of the whole column; None where no cell needs one.

        Raises
        ------
        DataError
            If cells contradict each other, or if none of the swappable ones settles the order.
        """
        dmy, mdy, either = (self.seen.get(sort) for sort in ("dmy", "mdy", "either"))
        if dmy and mdy:
            raise DataError(
                f"{self.where}: row {dmy[0]} holds {dmy[1]!r} (day first) but row {mdy[0]} holds "
                f"{mdy[1]!r} (month first): one column cannot be both; export the dates as "
                "YYYY-MM-DD, or set  date_order: dmy  (or mdy) in mapping.yaml to quarantine the "
                "others"
            )
        if either and not dmy and not mdy:
            raise DataError(
                f"{self.where} row {either[0]}: {either[1]!r} can be day/month or month/day, and "
                "no other row of the column settles it: set  date_order: dmy  or  date_order: mdy"
                "  in mapping.yaml or under prepare: in params.yaml"
            )
        return "dmy" if dmy else "mdy" if mdy else None


def decide_date_order(values: Iterable[str], where: str = "column") -> DateOrder | None:
    """The day-month order that a whole column shows; None if no value depends on it.

    Values that are no dates are passed over.

    Raises
    ------
    DataError
        If the column is ambiguous or contradicts itself.

    Examples
    --------
    >>> decide_date_order(["05/01/2024", "31/01/2024"])
    'dmy'
    """
    evidence = OrderEvidence(where)
    for place, text in enumerate(values, start=2):
        try:
            evidence.add(read_timestamp(text), place, text)
        except ValueError:
            continue
    return evidence.decide()


def _swappable(match: re.Match[str], order: DateOrder | None) -> Reading:
    """A cell with the year last, read day first, month first, or both ways."""
    first, second = int(match["first"]), int(match["second_part"])
    if order == "mdy":
        return Reading(_moment(match, first, second))
    if order == "dmy":
        return Reading(_moment(match, second, first))
    if first > 12:
        return Reading(_moment(match, second, first), order="dmy")
    if second > 12:
        return Reading(_moment(match, first, second), order="mdy")
    day_first = _moment(match, second, first)
    return Reading(day_first, None if first == second else _moment(match, first, second))


def _moment(match: re.Match[str], month: int, day: int) -> datetime:
    hour = int(match["hour"] or 0)
    meridiem = (match["meridiem"] or "").lower()[:1]
    if meridiem or match["half"]:
        afternoon = meridiem == "p" or match["half"] == "下午"
        hour = hour % 12 + 12 * afternoon
    micro = int((match["fraction"] or "0").ljust(6, "0")[:6])
    try:
        moment = datetime(
            int(match["year"]), month, day, hour, int(match["minute"] or 0),
            int(match["second"] or 0), micro, tzinfo=_zone(match["zone"]),
        )  # fmt: skip
    except ValueError:
        raise ValueError(_EXPECTED) from None
    return _in_utc(moment)


def _zone(text: str | None) -> timezone:
    if text is None or text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _in_utc(moment: datetime) -> datetime:
    if not 1800 <= moment.year <= 2200:
        raise ValueError(f"is not a plausible date (year {moment.year})")
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
