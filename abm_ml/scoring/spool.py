"""Output too long for memory: parts in their own order, merged into one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

_ROWS = 50_000
"""Rows that are merged at a time."""

_PLACE = "place_in_output"

_READ = 1_024
"""Rows of a part that are in memory at once while parts are merged."""

_SORTING = "256MB"
"""Memory of a sort, which comes on top of what the session of the tables holds."""


class Spool:
    """Parts of one output, each sorted by place, to be read as a whole in that order.

    Parameters
    ----------
    folder : Path
        Where parts lie until they are read.
    schema : pyarrow.Schema
        Of the output.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder = folder
        self._schema = schema
        self._parts: list[Path] = []
        folder.mkdir()

    def add(self, part: pa.Table, place: NDArray[np.int64]) -> None:
        """Keep one part; `place` is each row's place in the whole output, rising."""
        file = self._folder / f"part-{len(self._parts):05}.parquet"
        placed = part.append_column(_PLACE, pa.array(place, pa.int64()))
        # A reader holds a whole row group, and there is a reader for each part.
        pq.write_table(placed, file, compression="lz4", row_group_size=_READ)
        self._parts.append(file)

    def rows(self, most: int = _ROWS) -> Iterator[pa.Table]:
        """The output in order, at most so many rows at a time."""
        readers = [_Reader(file) for file in self._parts]
        total = sum(reader.length for reader in readers)
        for start in range(0, total, most):
            found = pa.concat_tables([reader.before(start + most) for reader in readers])
            order = np.argsort(np.asarray(found[_PLACE]))
            yield found.drop_columns([_PLACE]).take(pa.array(order)).cast(self._schema)

    def write(self, file: Path) -> None:
        """Write the whole output to a Parquet file."""
        write_rows(self.rows(), self._schema, file)


def write_rows(rows: Iterator[pa.Table], schema: pa.Schema, file: Path) -> None:
    """Write tables of one schema, one after the other, to a Parquet file."""
    with pq.ParquetWriter(file, schema) as writer:
        for table in rows:
            writer.write_table(table)


def write_sorted(parts: Sequence[Path], keys: Sequence[str], schema: pa.Schema, file: Path) -> None:
    """Write Parquet files of one schema as one, in the order of some columns, nulls last.

    What does not fit into memory is sorted on disk, beside the parts.
    """
    con = duckdb.connect(config={"memory_limit": _SORTING, "threads": 1})
    con.execute("SET temp_directory = ?", [str(parts[0].parent)])
    con.execute("SET TimeZone = 'UTC'")
    order = ", ".join(f"{key} NULLS LAST" for key in keys)
    columns = ", ".join(schema.names)
    query = f"SELECT {columns} FROM read_parquet(?) ORDER BY {order}"
    rows = con.sql(query, params=[[str(part) for part in parts]]).to_arrow_reader(_ROWS)
    tables = (pa.Table.from_batches([batch]) for batch in rows)
    write_rows((table.cast(schema) for table in tables), schema, file)
    con.close()


class _Reader:
    """One part, read on up to a place."""

    def __init__(self, file: Path) -> None:
        opened = pq.ParquetFile(file)
        self.length = opened.metadata.num_rows
        groups = range(opened.metadata.num_row_groups)
        self._groups = (opened.read_row_group(one, use_threads=False) for one in groups)
        self._held = pa.Table.from_batches([], opened.schema_arrow)
        self._last = -1

    def before(self, place: int) -> pa.Table:
        """Rows that have not been read yet and lie before a place."""
        tables = [self._held]
        while self._last < place - 1:
            group = next(self._groups, None)
            if group is None:
                break
            tables.append(group)
            if group.num_rows:
                self._last = group[_PLACE][-1].as_py()
        held = pa.concat_tables(tables)
        cut = int(np.searchsorted(np.asarray(held[_PLACE]), place))
        self._held = held.slice(cut)
        return held.slice(0, cut)
