"""The files of a scored list beside its tables, read and written a piece at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from abm_ml.exports.people import for_people
from abm_ml.exports.spreadsheet import write_csv
from abm_ml.scoring.schema import as_frame

_ROWS = 50_000
"""Rows that are turned into words at a time."""


def write_list(folder: Path, summary: dict[str, Any], lang: str) -> None:
    """Write the list of `tal.parquet` once more for people, and what the run came to."""
    listed, names = pq.ParquetFile(folder / "tal.parquet"), summary["cluster_names_zh"]
    pieces = (
        for_people(as_frame(pa.Table.from_batches([batch])), lang, names)
        for batch in listed.iter_batches(batch_size=_ROWS)
    )
    empty = for_people(as_frame(listed.schema_arrow.empty_table()), lang, names)
    write_csv(empty, folder / "tal.csv", pieces)
    text = json.dumps(summary, ensure_ascii=False, indent=2)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8")


def first_rows(file: Path, number: int) -> pd.DataFrame:
    """The first rows of a table."""
    opened = pq.ParquetFile(file)
    batch = next(opened.iter_batches(batch_size=number), None)
    table = opened.schema_arrow.empty_table() if batch is None else pa.Table.from_batches([batch])
    return as_frame(table.slice(0, number))


def columns_of(file: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Some columns of a whole table; texts that repeat are held once."""
    texts = [name for name in columns if pa.types.is_string(pq.read_schema(file).field(name).type)]
    return as_frame(pq.read_table(file, columns=list(columns), read_dictionary=texts))
