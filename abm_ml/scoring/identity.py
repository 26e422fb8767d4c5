"""The run's identity: a hash of all that decides its result (DESIGN 3, run_id)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.scoring.arguments import Previous
from abm_ml.scoring.run import Run
from abm_ml.scoring.standing import Standing


def run_id(crm: Crm, run: Run, standing: Standing) -> str:
    """Sixteen hex digits that are equal where inputs, params, model and date are equal.

    Row order, slices, threads and memory do not count. A model is known by its version and by
    what it predicts, so that one without a version is told apart too.

    Parameters
    ----------
    crm : Crm
        The inputs; each table counts by the sum of its rows' hashes.
    run : Run
        What holds for everybody.
    standing : Standing
        Propensity and similarity count, in the order of account_id.
    """
    by_id = np.asarray(pc.sort_indices(standing.account_id))
    predicted, likened = run.predictor is not None, run.likeness is not None
    facts = {
        "inputs": data_hashes(crm),
        "params": _what_counts(run.params),
        "model": run.model_version,
        "propensity": _digest(standing.propensity[by_id].tobytes()) if predicted else "",
        "previous": _previous(run.previous),
        "as_of": run.as_of.isoformat(),
        "motion": run.motion,
        "product": run.product,
        "fusion": sorted(run.fusion_weights.items()),
        "similarity": _digest(standing.similarity[by_id].tobytes()) if likened else "",
    }
    return _digest(json.dumps(facts, sort_keys=True).encode())[:16]


def _previous(previous: Previous) -> list[tuple[str, int, str, str]]:
    """Where accounts stood in the last list, by account; its date goes with the empty name."""
    since, mqa_at = (
        days.cast(pa.string()).to_pylist() for days in (previous.since, previous.mqa_at)
    )
    ids, tiers = previous.account_id.to_pylist(), previous.tier.tolist()
    rows = zip(ids, tiers, map(str, since), map(str, mqa_at), strict=True)
    return sorted([*rows, ("", 0, "", str(previous.listed_at))])


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
