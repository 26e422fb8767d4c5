"""Numbers as people read them, the same in both languages."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pandas as pd


def count(value: float) -> str:
    """A whole number with separators.

    Examples
    --------
    >>> count(12345)
    '12,345'
    """
    return f"{value:,.0f}"


def share(value: float, digits: int = 0) -> str:
    """A share of one as a percentage.

    Examples
    --------
    >>> share(0.384), share(0.0123, 1)
    ('38%', '1.2%')
    """
    return f"{100 * value:.{digits}f}%"


def compact(value: float) -> str:
    """A number for a tick or a mark: short, without needless zeros.

    Examples
    --------
    >>> compact(1500), compact(0.25), compact(0)
    ('1,500', '0.25', '0')
    """
    if float(value).is_integer():
        return count(value)
    return f"{value:.3g}"


def moment(value: str) -> str:
    """An ISO instant (UTC) as people write it: the date alone where it is midnight.

    Examples
    --------
    >>> moment("2026-01-01T00:00:00"), moment("2026-01-01T12:30:00")
    ('2026-01-01', '2026-01-01 12:30 UTC')
    """
    when = datetime.fromisoformat(value)
    return f"{when:%Y-%m-%d}" if when.time() == time() else f"{when:%Y-%m-%d %H:%M} UTC"


def is_missing(value: Any) -> bool:
    """Whether a cell of a table holds nothing.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0)
    (True, True, False)
    """
    return bool(pd.isna(value))
