"""Tables that a person opens in a spreadsheet: nothing in them runs as a formula."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

_STARTS_FORMULA = r"^[=+\-@\t\r]"
# Excel reads a CSV as UTF-8 only when it starts with a byte order mark.
_ENCODING = "utf-8-sig"


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before each text that a spreadsheet would run.

    A cell of text that starts with ``= + - @``, tab or carriage return is prefixed
    (OWASP, "CSV Injection"); numbers are left alone.
    """
    safe = table.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column].dtype):
            safe[column] = _prefixed(safe[column])
    return safe


def _prefixed(texts: pd.Series) -> pd.Series:
    is_text = texts.map(lambda value: isinstance(value, str)).astype(bool)
    risky = is_text & texts.astype("string").str.match(_STARTS_FORMULA).fillna(False).astype(bool)
    return texts.where(~risky, "'" + texts.astype("string"))


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as a CSV that Excel opens with its accents and Chinese intact."""
    without_formulas(table).to_csv(path, index=False, encoding=_ENCODING, lineterminator="\r\n")
