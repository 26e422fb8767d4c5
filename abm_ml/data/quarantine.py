"""The rows left out, each with its file, row, column, value, reason and the row as it stood."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from abm_ml.data.csv_files import Chunk
from abm_ml.data.plan import FilePlan
from abm_ml.data.schemas import INTEGER, STRING
from abm_ml.data.staging import StagedFile
from abm_ml.data.tables import Workbench, text

_RECORDS = pa.schema([("file", STRING), ("row", INTEGER), ("record", STRING)])


def write_quarantine(
    bench: Workbench, table: str, files: Sequence[StagedFile], folder: Path, out: Path
) -> None:
    """Write the quarantined rows of one table; their files are read once more for the records.

    Parameters
    ----------
    bench : Workbench
        Knows which rows were left out and why.
    table : str
        The canonical table.
    files : sequence of StagedFile
        Files that feed it.
    folder : Path
        Room for intermediate files.
    out : Path
        The Parquet file to write.
    """
    records = folder / f"{table}-records.parquet"
    with pq.ParquetWriter(records, _RECORDS) as writer:
        for staged in files:
            label = staged.plan.source.label
            wanted = bench.con.sql(
                "SELECT _row FROM quarantined WHERE tbl = ? AND _file = ?", params=[table, label]
            ).to_arrow_table()["_row"]
            if len(wanted):
                for found in _records(staged.plan, wanted.combine_chunks()):
                    writer.write_table(found)
    bench.con.execute(
        'COPY (SELECT q._file AS file, q._row AS row, q.col AS "column", q.val AS value, q.reason, '
        f"r.record FROM quarantined q LEFT JOIN read_parquet({text(records)}) r "
        f"ON r.file = q._file AND r.row = q._row WHERE q.tbl = {text(table)} ORDER BY 1, 2) "
        f"TO {text(out)} (FORMAT parquet, COMPRESSION zstd)"
    )


def _records(plan: FilePlan, wanted: pa.Array) -> Iterator[pa.Table]:
    """The wanted rows of a file as JSON, a chunk at a time."""
    for chunk in plan.rows.chunks():
        mask = pc.is_in(chunk.rows, wanted)
        rows = chunk.rows.filter(mask).to_pylist()
        records = _as_json(plan.rows.header, chunk, mask)
        for record in chunk.malformed:
            rows.append(record.row)
            records.append(json.dumps(record.text, ensure_ascii=False))
        label = [plan.source.label] * len(rows)
        yield pa.table([label, pa.array(rows, INTEGER), pa.array(records, STRING)], schema=_RECORDS)


def _as_json(header: tuple[str, ...], chunk: Chunk, mask: pa.Array) -> list[str]:
    if not pc.any(mask).as_py():
        return []
    columns = [cells.filter(mask).to_pylist() for cells in chunk.cells]
    return [
        json.dumps(dict(zip(header, cells, strict=True)), ensure_ascii=False, default=str)
        for cells in zip(*columns, strict=True)
    ]
