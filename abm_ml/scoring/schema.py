"""The scored output as a declared schema: every column of the contract, typed (DESIGN 3).

A column that nothing fills yet is there and null, so that readers never ask twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_TEXT = pa.string()
_COUNT = pa.int64()
_NUMBER = pa.float64()
_TIME = pa.timestamp("us")
_TEXTS = pa.list_(pa.string())

SCORED_SCHEMA = pa.schema(
    {
        "account_id": _TEXT,
        "name": _TEXT,
        "credit_code": _TEXT,
        "industry": _TEXT,
        "region": _TEXT,
        "city": _TEXT,
        "employees": _COUNT,
        "owner_id": _TEXT,
        "rank": _COUNT,
        "tier": _COUNT,
        "tier_since": _TIME,
        "tier_why": _TEXT,
        "previous_tier": _COUNT,
        "change": _TEXT,
        "cluster": _TEXT,
        "abm_type": _TEXT,
        "priority": _NUMBER,
        "account_score": _NUMBER,
        "propensity": _NUMBER,
        "propensity_target": _TEXT,
        "propensity_low": _NUMBER,
        "propensity_high": _NUMBER,
        "applicability": _NUMBER,
        "expected_value": _NUMBER,
        "fit": _NUMBER,
        "grade": _TEXT,
        "firmographic": _NUMBER,
        "technographic": _NUMBER,
        "intent": _NUMBER,
        "engagement": _NUMBER,
        "engagement_points": _NUMBER,
        "engaged_contacts": _COUNT,
        "similarity": _NUMBER,
        "nearest_seed": _TEXT,
        "mqa": pa.bool_(),
        "mqa_gap": _TEXT,
        "mqa_at": _TIME,
        "stage": _TEXT,
        "content_stage": _TEXT,
        "play": _TEXT,
        "play_why": _TEXT,
        "handover": _TEXT,
        "handover_contact": _TEXT,
        "known_coverage": _NUMBER,
        "engaged_coverage": _NUMBER,
        "missing_roles": _TEXTS,
        "one_thread": pa.bool_(),
        "recommended_contacts": _TEXTS,
        "last_engaged_at": _TIME,
        "next_step": _TEXT,
        "holdout": pa.bool_(),
        "reasons": _TEXT,
        "model_version": _TEXT,
        "index_version": _TEXT,
        "as_of": _TIME,
        "run_id": _TEXT,
    }
)
"""Columns of scored.parquet and tal.parquet."""

EXCLUDED_SCHEMA = pa.schema(
    {
        "account_id": _TEXT,
        "name": _TEXT,
        "owner_id": _TEXT,
        "reason": _TEXT,
        "detail": _TEXT,
        "previous_tier": _COUNT,
        "change": _TEXT,
        "as_of": _TIME,
        "run_id": _TEXT,
    }
)
"""Columns of excluded.parquet."""

PEOPLE_SCHEMA = pa.schema(
    {
        "account_id": _TEXT,
        "contact_id": _TEXT,
        "lead_id": _TEXT,
        "role": _TEXT,
        "points": _NUMBER,
        "engaged": pa.bool_(),
        "last_engaged_at": _TIME,
        "lead_stage": _TEXT,
        "as_of": _TIME,
        "run_id": _TEXT,
    }
)
"""Columns of people.parquet: who may be used at the scored accounts, without any personal data."""

_PANDAS_TYPES = {_COUNT: pd.Int64Dtype(), _TEXTS: pd.ArrowDtype(_TEXTS)}


def table_of(columns: Mapping[str, object], schema: pa.Schema, n_rows: int) -> pa.Table:
    """A table with exactly the schema's columns; those not given are null.

    Parameters
    ----------
    columns : mapping of str to array or scalar
        Values of shape (n_rows,), or one value for all rows.
    schema : pyarrow.Schema
        What the table must be.
    n_rows : int
        Its length.
    """
    arrays = [_array(columns.get(field.name), field.type, n_rows) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def as_frame(table: pa.Table) -> pd.DataFrame:
    """A pandas view: whole numbers stay whole where some are missing, lists stay lists."""
    return table.to_pandas(types_mapper=_PANDAS_TYPES.get)


def as_table(frame: pd.DataFrame, schema: pa.Schema = SCORED_SCHEMA) -> pa.Table:
    """The Arrow table of such a frame, ready to be written.

    Without the notes that pandas would leave in it: of lists it could not read its own back.
    """
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    return table.replace_schema_metadata(None)


def _array(values: Any, kind: pa.DataType, n_rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(n_rows, kind)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.Array):
        if pa.types.is_floating(values.type):
            values = pc.if_else(pc.is_nan(values), None, values)
        return values.cast(kind)
    if isinstance(values, str) or not hasattr(values, "__len__"):
        return pa.repeat(pa.scalar(values, kind), n_rows)
    return pa.array(values, kind, from_pandas=True)
