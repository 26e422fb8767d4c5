"""The run's identity: a hash of all that decides its result (DESIGN 3, run_id)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS


def run_id(
    crm: Crm,
    params: Params,
    as_of: datetime,
    *,
    motion: str,
    model_version: str,
    propensity: NDArray[np.float64] | None,
    previous: Mapping[str, int],
    similarity: NDArray[np.float64] | None = None,
) -> str:
    """Sixteen hex digits that are equal where inputs, params, model and date are equal.

    Row order, threads and memory do not count. A model is known by its version and by what it
    predicts, so that one without a version is told apart too.

    Parameters
    ----------
    crm : Crm
        The inputs; each table counts by the sum of its rows' hashes.
    propensity : array of float or None
        Predictions, in the order of account_id.
    previous : mapping of str to int
        Tiers of the previous TAL by account_id.
    similarity : array of float, optional
        Closeness to the customers, in the order of account_id.
    """
    facts = {
        "inputs": data_hashes(crm),
        "params": _what_counts(params),
        "model": model_version,
        "propensity": "" if propensity is None else _digest(propensity.tobytes()),
        "previous": sorted(previous.items()),
        "as_of": as_of.isoformat(),
        "motion": motion,
        "similarity": "" if similarity is None else _digest(similarity.tobytes()),
    }
    return _digest(json.dumps(facts, sort_keys=True).encode())[:16]


def _what_counts(params: Params) -> dict[str, Any]:
    """The settings, but for those that change how a run is computed and not what comes out."""
    settings = params.model_dump(mode="json")
    del settings["threads"], settings["memory_limit"], settings["scoring"]["batch_rows"]
    return settings


def data_hashes(crm: Crm, tables: Iterable[str] = tuple(SCHEMAS)) -> dict[str, str]:
    """Rows and the sum of their hashes for each table that has rows, whatever their order."""
    hashes = {}
    for name in sorted(tables):
        if crm.has(name):
            rows, total = _row_hashes(crm, crm.table(name))
            if rows:
                hashes[name] = f"{rows}:{total}"
    return hashes


def _row_hashes(crm: Crm, table: ibis.Table) -> tuple[int, str]:
    """Count and exact sum of the rows' 64-bit hashes (as decimals, which cannot overflow)."""
    row = ibis.struct({column: table[column] for column in sorted(table.columns)})
    hashed = table.select(hash=row.hash().cast("decimal(38, 0)"))
    summed = crm.to_arrow(hashed.aggregate(rows=hashed.count(), total=hashed["hash"].sum()))
    return summed["rows"][0].as_py(), str(summed["total"][0].as_py())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
