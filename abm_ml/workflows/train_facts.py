"""What a run keeps of its training rows and of how it was made, for the pages and the registry."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib import metadata
from typing import Any

import pandas as pd

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.propensity.training import TrainingTable
from abm_ml.scoring.identity import data_hashes

_MADE_WITH = ("abm_ml", "lightgbm", "scikit-learn", "numpy", "pandas", "pyarrow", "duckdb")


def row_facts(crm: Crm, table: TrainingTable, params: Params) -> dict[str, Any]:
    """Counts, window, data hash, bounds and versions, as plain values without any name."""
    rows, won = len(table), int(table.y.sum())
    seen = pd.DatetimeIndex(table.time)
    return {
        "rows": rows,
        "won": won,
        "lost": rows - won,
        "accounts": len(set(table.accounts.tolist())),
        "first_as_of": seen.min().isoformat(),
        "last_as_of": seen.max().isoformat(),
        "data_hash": data_hash(crm),
        "allowed_columns": list(params.propensity.allow_columns),
        "drift": params.drift.model_dump(),
        "versions": versions(),
    }


def data_hash(crm: Crm) -> str:
    """One name for what the tables hold, whatever the order of their rows."""
    return hashlib.sha256(json.dumps(data_hashes(crm), sort_keys=True).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide what a model becomes."""
    return {"Python": platform.python_version(), **{n: metadata.version(n) for n in _MADE_WITH}}
