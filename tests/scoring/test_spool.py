"""Parts of a long output, merged from disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from abm_ml.scoring.spool import Spool, write_sorted

SCHEMA = pa.schema({"name": pa.string()})


def test_parts_are_merged_in_the_order_of_their_places(tmp_path: Path) -> None:
    places = np.random.default_rng(0).permutation(30_000)
    spool = Spool(tmp_path / "parts", SCHEMA)
    for part in np.array_split(places, 3):
        rows = np.sort(part)
        spool.add(pa.table({"name": [f"row {row}" for row in rows]}), rows)
    spool.write(tmp_path / "whole.parquet")
    assert pq.read_table(tmp_path / "whole.parquet")["name"].to_pylist() == [
        f"row {row}" for row in range(30_000)
    ]


def test_a_part_is_read_a_little_at_a_time(tmp_path: Path) -> None:
    """What is in memory while parts are merged grows with their number, not with their length."""
    spool = Spool(tmp_path / "parts", SCHEMA)
    spool.add(pa.table({"name": ["x"] * 30_000}), np.arange(30_000))
    (file,) = (tmp_path / "parts").glob("*.parquet")
    groups = pq.ParquetFile(file).metadata
    assert max(groups.row_group(i).num_rows for i in range(groups.num_row_groups)) <= 10_000


def test_sorted_files_have_nulls_last(tmp_path: Path) -> None:
    parts = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    pq.write_table(pa.table({"name": ["c", None]}), parts[0])
    pq.write_table(pa.table({"name": ["b", "a"]}), parts[1])
    write_sorted(parts, ["name"], SCHEMA, tmp_path / "whole.parquet")
    found = pq.read_table(tmp_path / "whole.parquet")["name"].to_pylist()
    assert found == ["a", "b", "c", None]
