"""Conditions on companies as people type them: columns by any export's names, values that exist."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import as_levels, as_tags, column_kind
from abm_ml.data.dialects import DIALECTS
from abm_ml.data.words import has_known_words, known_value
from abm_ml.errors import DataError
from abm_ml.lookalike.filters import allowed_rows, parse_where

_SHOWN = 3
_ALIKE = 0.5


def conditions_of(texts: Sequence[str], companies: pd.DataFrame) -> dict[str, Any]:
    """Conditions as `allowed_rows` takes them.

    A column that the companies don't have may go by the name that an export gives it (国家,
    NumberOfEmployees), and a value that prepare translates by the export's word (经营状态=存续).

    Parameters
    ----------
    texts : sequence of str
        Conditions as typed; see `parse_where`.
    companies : DataFrame
        What is searched.

    Raises
    ------
    ParamsError
        If a text is no condition, or contradicts another on its column.

    Examples
    --------
    >>> companies = pd.DataFrame(columns=["country", "employees"])
    >>> conditions_of(["国家=中国", "人员规模>=100"], companies)
    {'country': ['中国'], 'employees': {'min': '100'}}
    """
    where = parse_where([_with_our_column(text, companies) for text in texts])
    return {column: _with_our_words(column, condition) for column, condition in where.items()}


def unknown_values(where: Mapping[str, Any], companies: pd.DataFrame) -> list[str]:
    """What is to be said of values that no company has.

    Raises
    ------
    DataError
        If a column is unknown, or none of the values that it may have is anybody's; the nearest
        that exist are named.
    """
    notes = []
    for column, condition in where.items():
        allowed_rows(companies.iloc[:0], {column: condition})  # An unknown column is told here.
        values = condition.get("not", []) if isinstance(condition, Mapping) else condition
        levels = _levels(companies[column]) if values else None
        if levels is None:
            continue
        unknown = [value for value in values if not _is_level(value, column, levels)]
        told = [f"filter {column!r}: no company has {one!r}; {_near(one, levels)}"
                for one in unknown]  # fmt: skip
        if unknown and unknown == condition:
            raise DataError("; ".join(told))
        notes += told
    return notes


def _with_our_column(text: str, companies: pd.DataFrame) -> str:
    """A condition on the column that its text means."""
    (column,) = parse_where([text])
    if column in companies:
        return text
    meant = (dialect.canonical_column("accounts", column) for dialect in DIALECTS.values())
    ours = next((name for name in meant if name in companies), None)
    return text if ours is None else text.replace(column, ours, 1)


def _with_our_words(column: str, condition: Any) -> Any:
    """A condition by the words that prepare puts for those of exports."""
    if not has_known_words("accounts", column):
        return condition
    if isinstance(condition, list):
        return [known_value("accounts", column, value) for value in condition]
    return {sign: _with_our_words(column, value) for sign, value in condition.items()}


def _levels(values: pd.Series) -> Counter[str] | None:
    """How often each word or tag of a column occurs; None for numbers and dates."""
    kind = column_kind(values)
    if kind == "tags":
        codes, sets = as_tags(values)
        counts = np.bincount(codes, minlength=len(sets)).tolist()
        found: Counter[str] = Counter()
        for tags, count in zip(sets, counts, strict=True):
            found.update(dict.fromkeys(sorted(tags), count))
        return found
    if kind not in ("category", "text"):
        return None
    codes, levels = as_levels(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(levels)).tolist()
    return Counter(dict(zip(levels, counts, strict=True)))


def _is_level(value: str, column: str, levels: Counter[str]) -> bool:
    """Whether a filter by a value would find anybody."""
    known = pd.DataFrame({column: pd.Series([[level] for level in levels], dtype=object)})
    return bool(allowed_rows(known, {column: [value]}).any())


def _near(value: str, levels: Counter[str]) -> str:
    """Values that exist: those that look alike, else the most frequent."""
    folded = {level.casefold(): level for level in levels}
    close = difflib.get_close_matches(value.casefold(), folded, n=_SHOWN, cutoff=_ALIKE)
    if close:
        return f"did you mean {' or '.join(repr(folded[one]) for one in close)}?"
    frequent = [level for level, _ in levels.most_common(_SHOWN)]
    return f"the most frequent are {', '.join(map(repr, frequent))}"
