"""Which accounts a search may return: conditions on columns, id sets, exclusions."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.data.column_kinds import (
    Kind,
    as_days,
    as_levels,
    as_numbers,
    as_tags,
    column_kind,
    is_list,
)
from abm_ml.data.values import parse_number
from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.columns import nearest

BoolArray: TypeAlias = npt.NDArray[np.bool_]
FloatArray: TypeAlias = npt.NDArray[np.float64]

_RANGE = re.compile(r"\s*(?P<low>.*?)\s*(?:\.\.+|…+|～)\s*(?P<high>.*?)\s*")
_CONDITION = re.compile(r"\s*(?P<column>[^=!<>]+?)\s*(?P<sign>!=|>=|<=|=|>|<)\s*(?P<value>.*\S)\s*")
_TWO_NUMBERS = re.compile(r"\d\D*(?:-|–|—|~|至|到|to)\s*\D*\d")
_YES_NO = {"true": 1.0, "yes": 1.0, "是": 1.0, "false": 0.0, "no": 0.0, "否": 0.0}
_PUNCTUATION = str.maketrans("＝！＞＜≥≤≠，；。", "=!><≥≤≠,;.")


def allowed_rows(
    accounts: pd.DataFrame,
    where: Mapping[str, Any] | None = None,
    *,
    ids_only: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> BoolArray:
    """Accounts that meet every condition.

    Parameters
    ----------
    accounts : DataFrame, shape (n, n_columns)
        With a column account_id where ids are given.
    where : mapping of column to condition, optional
        A value or a list of values: any of them, text in any case and width, a cell that is a
        list by any of its items. `(low, high)` or `{"min": …, "max": …}`: numbers or dates from
        low to high, both included, None: open. `{"not": value or values}`: anything else, a
        missing value too. Otherwise missing values never match.
    ids_only : collection of str, optional
        The only account ids that may be returned.
    exclude : collection of str
        Account ids that may not.

    Returns
    -------
    array of bool, shape (n,)

    Raises
    ------
    DataError
        If a column is unknown, or a value cannot be compared with what the column holds.

    Examples
    --------
    >>> accounts = pd.DataFrame({"country": ["US", "ca", None], "employees": [90, 300, 700]})
    >>> allowed_rows(accounts, {"country": ["US", "CA"], "employees": (100, None)}).tolist()
    [False, True, False]
    """
    allowed = np.ones(len(accounts), dtype=bool)
    for column, condition in (where or {}).items():
        allowed &= _meets(_column(accounts, column), condition)
    if ids_only is not None:
        allowed &= _among(accounts, ids_only)
    if len(exclude):
        allowed &= ~_among(accounts, exclude)
    return allowed


def parse_where(texts: Sequence[str]) -> dict[str, Any]:
    """Conditions as people type them.

    `column=value`, `column=one,another`, `column!=value`, `column=low..high` (either may be left
    out), `column>=low`, `column<=high`; Chinese punctuation counts as English.

    Parameters
    ----------
    texts : sequence of str
        One condition each, for one column each; `>=` and `<=` of a column go together.

    Returns
    -------
    dict
        What `allowed_rows` takes as `where`.

    Raises
    ------
    ParamsError
        If a text is no condition, or contradicts another on its column.

    Examples
    --------
    >>> parse_where(["country=US，CA", "employees=200..5000"])
    {'country': ['US', 'CA'], 'employees': {'min': '200', 'max': '5000'}}
    >>> parse_where(["status!=revoked"])
    {'status': {'not': ['revoked']}}
    """
    where: dict[str, Any] = {}
    for text in texts:
        column, condition = _parsed(text)
        before = where.get(column)
        if before is None:
            where[column] = condition
        elif _is_range(before) and _is_range(condition) and not set(before) & set(condition):
            where[column] = {**before, **condition}
        else:
            raise ParamsError(
                f"{text!r}: there is a condition on {column} already; "
                f"give its values in one, as in {column}=A,B"
            )
    return where


def _parsed(text: str) -> tuple[str, Any]:
    """Column and condition of one text."""
    written = text.translate(_PUNCTUATION).replace("≥", ">=").replace("≤", "<=").replace("≠", "!=")
    found = _CONDITION.fullmatch(written)
    if found is None:
        raise ParamsError(
            f"{text!r} is no condition: expected column=value, column=A,B, column!=value, "
            "column=low..high, column>=low or column<=high"
        )
    column, sign, value = found["column"], found["sign"], found["value"]
    if sign in (">", "<"):
        raise ParamsError(f"{text!r}: use >= or <=; both ends of a range count")
    if sign in (">=", "<="):
        return column, {"min" if sign == ">=" else "max": value}
    span = _RANGE.fullmatch(value)
    if span is not None and sign == "=":
        ends = {"min": span["low"], "max": span["high"]}
        given = {end: limit for end, limit in ends.items() if limit}
        if not given:
            raise ParamsError(f"{text!r}: a range needs at least one end, as in {column}=200..5000")
        return column, given
    values = [item.strip() for item in re.split("[,;、|]", value) if item.strip()]
    if not values:
        raise ParamsError(f"{text!r}: no value given")
    return column, values if sign == "=" else {"not": values}


def _is_range(condition: Any) -> bool:
    return isinstance(condition, Mapping) and set(condition) <= {"min", "max"}


def _column(accounts: pd.DataFrame, column: str) -> pd.Series:
    if column in accounts.columns:
        return accounts[column]
    raise DataError(f"filter {column!r}: no such column ({nearest(column, accounts.columns)})")


def _among(accounts: pd.DataFrame, ids: Collection[str]) -> BoolArray:
    return np.asarray(_column(accounts, "account_id").isin(list(ids)), dtype=bool)


def _meets(values: pd.Series, condition: Any) -> BoolArray:
    """Which cells of a column meet one condition."""
    kind = column_kind(values)
    if isinstance(condition, Mapping):
        if set(condition) == {"not"}:
            return ~_is_any_of(values, kind, _as_list(condition["not"]))
        if not condition or not set(condition) <= {"min", "max"}:
            raise DataError(
                f"filter {values.name!r}: {dict(condition)!r} is no condition; "
                'give {"min": …, "max": …} or {"not": [...]}'
            )
        return _is_between(values, kind, condition.get("min"), condition.get("max"))
    if isinstance(condition, tuple):
        if len(condition) != 2:
            raise DataError(
                f"filter {values.name!r}: {condition!r} is no range (low, high); "
                "give a list where several values are meant"
            )
        return _is_between(values, kind, *condition)
    return _is_any_of(values, kind, _as_list(condition))


def _as_list(condition: Any) -> list[Any]:
    if isinstance(condition, set | frozenset):
        return sorted(condition, key=repr)
    return list(condition) if is_list(condition) else [condition]


def _is_any_of(values: pd.Series, kind: Kind, wanted: list[Any]) -> BoolArray:
    if not wanted:
        raise DataError(f"filter {values.name!r}: no value given")
    if any(item is None or (isinstance(item, float) and math.isnan(item)) for item in wanted):
        raise DataError(f"filter {values.name!r}: a missing value cannot be asked for")
    if kind == "number":
        numbers = [_number(values.name, item) for item in wanted]
        return np.isin(as_numbers(values), numbers)
    if kind == "date":
        return _within(as_days(values), [_span(values.name, item) for item in wanted])
    folded = {_fold(item) for item in wanted}
    if kind == "tags":
        codes, sets = as_tags(values)
        hits = [not folded.isdisjoint(map(_fold, tags)) for tags in sets]
    else:
        codes, levels = as_levels(values)
        hits = [_fold(level) in folded for level in levels]
    # A missing cell has the code -1, which is the last of these.
    return np.array([*hits, False], dtype=bool)[codes]


def _is_between(values: pd.Series, kind: Kind, low: Any, high: Any) -> BoolArray:
    """Both ends included; a day, month or year as the upper end counts to its last moment."""
    if kind not in ("number", "date", "empty"):
        raise DataError(
            f"filter {values.name!r}: a range from {low!r} to {high!r} was given, "
            f"but the column holds {kind}, not numbers or dates"
        )
    if low is None and high is None:
        raise DataError(f"filter {values.name!r}: a range needs at least one end")
    if kind == "empty":
        return np.zeros(len(values), dtype=bool)
    read = _span if kind == "date" else _point
    least = -math.inf if low is None else read(values.name, low)[0]
    most = math.inf if high is None else read(values.name, high)[1]
    if least > most:
        raise DataError(f"filter {values.name!r}: the range from {low!r} to {high!r} is empty")
    return _within(as_days(values) if kind == "date" else as_numbers(values), [(least, most)])


def _within(known: FloatArray, spans: Sequence[tuple[float, float]]) -> BoolArray:
    """Which numbers lie in any of some ranges, ends included; nan lies in none."""
    inside = np.zeros(len(known), dtype=bool)
    for least, most in spans:
        inside |= (known >= least) & (known <= most)
    return inside


def _number(column: Any, value: Any) -> float:
    """A number, yes or no, or what people write for one ("5千万", "1.5m")."""
    if isinstance(value, str):
        if _fold(value) in _YES_NO:
            return _YES_NO[_fold(value)]
        if _TWO_NUMBERS.search(value):
            raise DataError(
                f"filter {column!r}: {value!r} is not one number (a range is low..high)"
            )
        try:
            return parse_number(value)
        except ValueError as error:
            raise DataError(f"filter {column!r}: {value!r} is not a number") from error
    if isinstance(value, int | float | np.integer | np.floating | np.bool_) and value == value:
        return float(value)
    raise DataError(f"filter {column!r}: {value!r} is not a number")


def _point(column: Any, value: Any) -> tuple[float, float]:
    number = _number(column, value)
    return number, number


def _span(column: Any, value: Any) -> tuple[float, float]:
    """First and last moment of a date, in days since 1970: a text may name a month or a year."""
    try:
        if not isinstance(value, str | date | np.datetime64):
            raise ValueError("neither text nor date")
        moment = pd.Timestamp(value)
        if pd.isna(moment):
            raise ValueError("missing")
        if moment.tzinfo is not None or isinstance(value, datetime | np.datetime64):
            return _days(moment), _days(moment)
        period = pd.Period(str(value))
    except ValueError as error:
        raise DataError(
            f"filter {column!r}: {value!r} is not a date (expected YYYY-MM-DD)"
        ) from error
    return _days(period.start_time), _days(period.end_time)


def _days(moment: pd.Timestamp) -> float:
    """Days since 1970, UTC unless the moment says otherwise."""
    utc = moment.tz_localize(UTC) if moment.tzinfo is None else moment.tz_convert(UTC)
    return float((utc - pd.Timestamp(0, tz=UTC)) / pd.Timedelta(days=1))


def _fold(value: Any) -> str:
    """Text without case and width: ＵＳ is us; 3.0 and 3 are one."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip().casefold()
