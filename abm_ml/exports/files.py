"""Files to be written: tables for people, tables for machines, lines, workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.exports.spreadsheet import write_csv


@dataclass(frozen=True)
class ExportFile:
    """One file.

    Parameters
    ----------
    name : str
        What it is called.
    rows : int
        Companies or people in it.
    write : callable
        Writes it to a path.
    """

    name: str
    rows: int
    write: Callable[[Path], None]


@dataclass(frozen=True)
class Export:
    """What one format makes of an audience.

    Parameters
    ----------
    files : tuple of ExportFile
        What is to be written.
    rows : int
        Companies or people in the list that the platform gets.
    left_out : mapping of str to int
        Companies or people that the format cannot carry, by reason.
    warnings, notes : tuple of (str, str)
        In English and Chinese: what a job should look at; what is good to know.
    """

    files: tuple[ExportFile, ...]
    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def for_people(name: str, table: pd.DataFrame) -> ExportFile:
    """A CSV that opens in a spreadsheet: UTF-8 with its mark, nothing in it runs."""
    return ExportFile(name, len(table), lambda path: write_csv(table, path))


def for_machines(name: str, table: pd.DataFrame) -> ExportFile:
    """A CSV just as a platform reads it: UTF-8, nothing altered."""

    def write(path: Path) -> None:
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")

    return ExportFile(name, len(table), write)


def lines(name: str, values: Iterable[str], header: str = "") -> ExportFile:
    """One value a line."""
    wanted = list(values)
    first = [header] if header else []

    def write(path: Path) -> None:
        text = "".join(f"{line}\n" for line in (*first, *wanted))
        path.write_text(text, encoding="utf-8", newline="")

    return ExportFile(name, len(wanted), write)


def in_pieces(stem: str, ending: str, table: pd.DataFrame, per_file: int) -> list[ExportFile]:
    """A table for machines in files of so many rows; numbered where there are several."""
    if len(table) <= per_file:
        return [for_machines(f"{stem}.{ending}", table)]
    starts = range(0, len(table), per_file)
    return [
        for_machines(f"{stem}-{number}.{ending}", table.iloc[start : start + per_file])
        for number, start in enumerate(starts, start=1)
    ]


def lists_in_one_cell(table: pd.DataFrame) -> pd.DataFrame:
    """The table with each list as one text, such as "user; purchaser"."""
    flat = table.copy()
    for column in flat.columns:
        cells = [_joined(cell) for cell in flat[column]] if _may_hold_lists(flat[column]) else None
        if cells is not None:
            flat[column] = pd.Series(cells, index=flat.index, dtype="object")
    return flat


def _may_hold_lists(column: pd.Series) -> bool:
    return column.dtype == object or isinstance(column.dtype, pd.ArrowDtype)


def _joined(cell: Any) -> Any:
    is_list = isinstance(cell, list | tuple | np.ndarray)
    return "; ".join(map(str, cell)) if is_list else cell
