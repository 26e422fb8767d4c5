"""A file, streamed chunk by chunk into typed Parquet beside a list of the rows left out."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from abm_ml.data.cells import parse_each
from abm_ml.data.columns import kind_of
from abm_ml.data.convert import Converted, Rejected, Settings, convert_chunk
from abm_ml.data.csv_files import Chunk
from abm_ml.data.plan import ColumnPlan, FilePlan
from abm_ml.data.schemas import INTEGER, NUMBER, STRING, TIMESTAMP
from abm_ml.data.timestamps import DateOrder, OrderEvidence
from abm_ml.data.values import parse_measure

AS_NUMBER = "__number"
"""Ending of the column that holds an extra column's cells as numbers."""

_REJECTED = pa.schema(
    [("row", INTEGER), *((name, STRING) for name in ("column", "value", "reason", "sort"))]
)


@dataclass
class StagedFile:
    """What became of one file.

    Parameters
    ----------
    plan : FilePlan
        The file.
    kept, rejected : Path
        Parquet files of the typed rows (with `_row`) and of the rows left out.
    rows : int
        Records in the file.
    unreadable : int
        Rows left out because a value makes no sense.
    first_unreadable : Rejected or None
        The topmost of them.
    numeric, filled : set of str
        Extra columns whose every cell is a number; extra columns with any cell at all.
    evidence : mapping of str to OrderEvidence
        By timestamp column.
    """

    plan: FilePlan
    kept: Path
    rejected: Path
    rows: int = 0
    unreadable: int = 0
    first_unreadable: Rejected | None = None
    numeric: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    evidence: Mapping[str, OrderEvidence] = field(default_factory=dict)

    def date_orders(self) -> dict[str, DateOrder | None]:
        """The day-month order of each timestamp column.

        Raises
        ------
        DataError
            If a column is ambiguous or contradicts itself.
        """
        return {column: evidence.decide() for column, evidence in self.evidence.items()}


def stage_file(plan: FilePlan, kept: Path, rejected: Path, settings: Settings) -> StagedFile:
    """Convert a whole file, holding one chunk in memory at a time.

    Raises
    ------
    DataError
        If the file turns out not to be readable.
    """
    staged = StagedFile(plan, kept, rejected, numeric={extra.column for extra in plan.extras})
    staged.evidence = {
        column.column: OrderEvidence(f"{plan.source.path}, column {column.label}")
        for column in plan.columns
        if kind_of(plan.table, column.column) == TIMESTAMP
    }
    with ExitStack() as stack:
        complaints = stack.enter_context(pq.ParquetWriter(rejected, _REJECTED))
        writer = None
        for chunk in plan.rows.chunks():
            table = _take_in(staged, chunk, settings, complaints)
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(kept, table.schema))
            writer.write_table(table)
        if writer is None:
            nothing = Chunk(
                pa.array([], INTEGER), [pa.array([], STRING)] * len(plan.rows.header), []
            )
            pq.write_table(_take_in(staged, nothing, settings, complaints), kept)
    return staged


def _take_in(
    staged: StagedFile, chunk: Chunk, settings: Settings, complaints: pq.ParquetWriter
) -> pa.Table:
    """Convert one chunk, count it and write down what was left out."""
    converted = convert_chunk(staged.plan, chunk, settings, staged.evidence)
    staged.rows += converted.table.num_rows + len(converted.rejected)
    unreadable = [record for record in converted.rejected if record.sort == "unreadable"]
    staged.unreadable += len(unreadable)
    if unreadable and staged.first_unreadable is None:
        staged.first_unreadable = min(unreadable)
    if converted.rejected:
        columns = list(zip(*converted.rejected, strict=True))
        arrays = [pa.array(c, f.type) for c, f in zip(columns, _REJECTED, strict=True)]
        complaints.write_table(pa.Table.from_arrays(arrays, schema=_REJECTED))
    return _with_numbers(staged, converted)


def _with_numbers(staged: StagedFile, converted: Converted) -> pa.Table:
    """Add each extra column's cells as numbers, for as long as all of them are numbers."""
    table = converted.table
    for extra in staged.plan.extras:
        cells = table[extra.column].combine_chunks()
        if cells.null_count < len(cells):
            staged.filled.add(extra.column)
        table = table.append_column(extra.column + AS_NUMBER, _numbers(staged, extra, cells))
    return table


def _numbers(staged: StagedFile, extra: ColumnPlan, cells: pa.Array) -> pa.Array:
    nothing = pa.nulls(len(cells), NUMBER)
    if extra.column not in staged.numeric:
        return nothing
    numbers, problems = parse_each(cells, parse_measure, NUMBER)
    if problems is None:
        return numbers
    staged.numeric.discard(extra.column)
    return nothing
