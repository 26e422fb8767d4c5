"""Tables that a person opens in a spreadsheet: nothing in them runs as a formula."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import pandas as pd

from abm_ml.data.formulas import guarded

# Excel reads a CSV as UTF-8 only when it starts with a byte order mark.
_ENCODING = "utf-8-sig"


def without_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """The table with an apostrophe before each text that a spreadsheet would run.

    A cell of text that starts with ``= + - @``, in any width and behind any white space, or with
    a tab or line end is prefixed (OWASP, "CSV Injection"); numbers are left alone. `abm prepare`
    reads it back without the apostrophe.
    """
    safe = table.copy()
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column].dtype):
            safe[column] = _prefixed(safe[column])
    return safe


def _prefixed(texts: pd.Series) -> pd.Series:
    return texts.map(lambda value: guarded(value) if isinstance(value, str) else value)


def write_csv(table: pd.DataFrame, path: Path, more: Iterable[pd.DataFrame] = ()) -> None:
    """Write a table as a CSV that Excel opens with its accents and Chinese intact.

    Parameters
    ----------
    table : DataFrame
        What is written.
    path : Path
        The file.
    more : iterable of DataFrame
        Further rows of the same columns, written as they come.
    """
    with path.open("w", encoding=_ENCODING, newline="") as file:
        for number, rows in enumerate(chain([table], more)):
            safe = without_formulas(rows)
            safe.to_csv(file, index=False, header=number == 0, lineterminator="\r\n")
