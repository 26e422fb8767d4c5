"""What the pages say of a training, from the trained model itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from abm_ml.propensity.persist import TrainedPropensity


def training_facts(trained: TrainedPropensity) -> dict[str, Any]:
    """Plain values about a training, over what the run itself kept (`TrainedPropensity.facts`).

    Returns
    -------
    dict
        `target`, `horizon_days`, `as_of`, `seed`, `base_rate`, `expected_amount`, `fusion`,
        `held_back`; `choice` and `calibration` of the model in use and its `settings`;
        `importance` by column, the largest first; and the kept facts.
    """
    model = trained.model
    return {
        **trained.facts,
        "target": trained.target,
        "horizon_days": trained.horizon_days,
        "as_of": trained.as_of.isoformat() if trained.as_of else None,
        "seed": trained.seed,
        "base_rate": trained.base_rate,
        "expected_amount": trained.expected_amount,
        "fusion": trained.fusion,
        "held_back": dict(trained.spec.held_back),
        "choice": model.choice_.words(),
        "calibration": model.scorer_.calibrator.method,
        "settings": {name: _plain(value) for name, value in model.get_params().items()},
        "importance": _importance(trained),
    }


def _importance(trained: TrainedPropensity) -> dict[str, float]:
    """Share of each column in what moves the propensity, the largest first."""
    if trained.profile is None:
        return {}
    names = set(trained.model.columns_)
    found = {
        name: column.importance for name, column in trained.profile.columns.items() if name in names
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
