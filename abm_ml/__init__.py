"""abm_ml: account propensity, look-alikes and scored target account lists.

Names are loaded on first use, so that `import abm_ml` and `abm --help` stay fast.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from abm_ml.config import Params, load_params
    from abm_ml.data.crm import Crm
    from abm_ml.data.names.match import match_accounts
    from abm_ml.data.names.seeds import read_seed_list
    from abm_ml.data.prepare import read_crm
    from abm_ml.lookalike.contacts.expand import expand_contacts
    from abm_ml.lookalike.index import LookalikeIndex
    from abm_ml.propensity.backtest import backtest
    from abm_ml.propensity.estimator import PropensityModel
    from abm_ml.propensity.training import training_table
    from abm_ml.scoring.universe import score_universe
    from abm_ml.scoring.whatif import what_if

# OpenMP's threads spin while they wait. On a machine that others use too, that makes LightGBM many
# times slower than one thread alone; asleep they cost nothing. Read once, when OpenMP is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_HOMES = {
    "Crm": "abm_ml.data.crm",
    "LookalikeIndex": "abm_ml.lookalike.index",
    "Params": "abm_ml.config",
    "PropensityModel": "abm_ml.propensity.estimator",
    "backtest": "abm_ml.propensity.backtest",
    "expand_contacts": "abm_ml.lookalike.contacts.expand",
    "load_params": "abm_ml.config",
    "match_accounts": "abm_ml.data.names.match",
    "read_crm": "abm_ml.data.prepare",
    "read_seed_list": "abm_ml.data.names.seeds",
    "score_universe": "abm_ml.scoring.universe",
    "training_table": "abm_ml.propensity.training",
    "what_if": "abm_ml.scoring.whatif",
}

__all__ = [
    "Crm",
    "LookalikeIndex",
    "Params",
    "PropensityModel",
    "backtest",
    "expand_contacts",
    "load_params",
    "match_accounts",
    "read_crm",
    "read_seed_list",
    "score_universe",
    "training_table",
    "what_if",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'abm_ml' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
