"""An evaluation as the tables that go out: scored and excluded (DESIGN 3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.data.crm import Crm
from abm_ml.rules.score import MICRO
from abm_ml.rules.tiers import NO_TIER, abm_types, tier_changes
from abm_ml.scoring.evaluation import Evaluation
from abm_ml.scoring.propensity import explain
from abm_ml.scoring.reasons import account_score_reasons, json_lists
from abm_ml.scoring.schema import EXCLUDED_SCHEMA, SCORED_SCHEMA, table_of
from abm_ml.scoring.words import to_json

_STRONGEST = 12
"""Reasons of a propensity that are written one by one; `explain_account` tells all."""

_COPIED = (
    "account_id", "name", "credit_code", "industry", "region", "city", "employees", "owner_id",
    "engaged_contacts", "last_engaged_at", "recommended_contacts",
)  # fmt: skip


def scored_table(crm: Crm, evaluation: Evaluation) -> pa.Table:
    """The scored accounts, by rank; shape and order of `SCORED_SCHEMA`."""
    order = pa.array(evaluation.order)
    everyone = _known(evaluation) | _judged(evaluation) | _predicted(evaluation)
    everyone |= _likened(evaluation)
    columns: dict[str, Any] = {name: values.take(order) for name, values in everyone.items()}
    columns |= {
        "rank": np.arange(1, len(order) + 1),
        "reasons": _reasons(crm, evaluation),
        "model_version": evaluation.model_version or None,
        "as_of": evaluation.as_of,
        "run_id": evaluation.run_id,
    }
    if evaluation.likeness:
        columns["index_version"] = evaluation.index_version or None
    if evaluation.predictor:
        columns["propensity_target"] = evaluation.predictor.target
    return table_of(columns, SCORED_SCHEMA, len(order))


def excluded_table(evaluation: Evaluation) -> pa.Table:
    """The accounts left out, by account_id; shape and order of `EXCLUDED_SCHEMA`."""
    inputs, reason = evaluation.inputs, evaluation.judged.excluded
    details = {
        "suppressed": inputs.array("suppressed_because"),
        "account_type": inputs.array("account_type"),
        "hands_off": inputs.array("owner_id"),
    }
    detail = pa.nulls(len(inputs), pa.string())
    for name, values in details.items():
        detail = pc.if_else(pc.fill_null(pc.equal(reason, name), False), values, detail)
    columns = {
        **{name: inputs.array(name) for name in ("account_id", "name", "owner_id")},
        "reason": reason,
        "detail": detail,
        "previous_tier": _tier_array(evaluation.previous_tier),
        "change": _changes(evaluation),
    }
    rows = pa.array(np.flatnonzero(~evaluation.judged.kept))
    taken = {name: values.take(rows) for name, values in columns.items()}
    told = {"as_of": evaluation.as_of, "run_id": evaluation.run_id}
    return table_of(taken | told, EXCLUDED_SCHEMA, len(rows))


def _known(evaluation: Evaluation) -> dict[str, pa.Array]:
    """What the inputs say of each account of the universe."""
    inputs = evaluation.inputs
    points = inputs.numbers("points_micro") / MICRO
    return {name: inputs.array(name) for name in _COPIED} | {"engagement_points": pa.array(points)}


def _judged(evaluation: Evaluation) -> dict[str, pa.Array]:
    """What the rules say of each account of the universe."""
    judged = evaluation.judged
    columns: dict[str, Any] = {
        **judged.parts,
        "account_score": judged.account_score,
        "priority": evaluation.priority,
        "tier": _tier_array(judged.tier),
        "previous_tier": _tier_array(evaluation.previous_tier),
        "change": _changes(evaluation),
        "abm_type": abm_types(judged.tier),
        "mqa": judged.mqa.qualified,
        "mqa_gap": judged.mqa.gap,
        "stage": judged.stage,
        "holdout": judged.holdout,
    }
    if judged.fit is not None:
        columns |= {"fit": judged.fit, "grade": judged.grade}
    return {name: pa.array(values) for name, values in columns.items()}


def _predicted(evaluation: Evaluation) -> dict[str, pa.Array]:
    """What the model says of each account of the universe; nothing without a model."""
    predictions, predictor = evaluation.predictions, evaluation.predictor
    if predictions is None or predictor is None:
        return {}
    columns = {
        "propensity": predictions.propensity,
        "propensity_low": predictions.low,
        "propensity_high": predictions.high,
        "applicability": predictions.applicability,
    }
    if predictor.expected_amount is not None:
        columns["expected_value"] = predictions.propensity * predictions.amount
    return {name: pa.array(values) for name, values in columns.items()}


def _likened(evaluation: Evaluation) -> dict[str, pa.Array]:
    """Closeness to the customers; nothing without an index."""
    found = evaluation.likeness
    if found is None:
        return {}
    return {"similarity": pa.array(found.similarity), "nearest_seed": found.nearest_seed}


def _tier_array(tier: NDArray[np.int64]) -> pa.Array:
    return pa.array(tier, mask=tier == NO_TIER)


def _changes(evaluation: Evaluation) -> pa.Array:
    """Against the previous list; null where there is none."""
    if not evaluation.has_previous:
        return pa.nulls(len(evaluation.inputs), pa.string())
    return tier_changes(evaluation.previous_tier, evaluation.judged.tier)


def _reasons(crm: Crm, evaluation: Evaluation) -> pa.Array:
    """JSON lists of reasons by rank: the account score's for all, propensity's for the top."""
    of_rules = account_score_reasons(evaluation.inputs, evaluation.judged)
    of_model = _propensity_reasons(crm, evaluation)
    of_model += [""] * (len(evaluation.order) - len(of_model))
    return json_lists(of_rules.take(pa.array(evaluation.order)), pa.array(of_model, pa.string()))


def _propensity_reasons(crm: Crm, evaluation: Evaluation) -> list[str]:
    """For the first accounts by rank; none where propensity has no weight in priority."""
    if evaluation.predictor is None or not evaluation.fusion_weights["propensity"]:
        return []
    top = evaluation.order[: evaluation.params.scoring.explain_top]
    spine = evaluation.inputs.spine.take(pa.array(top))
    currency = evaluation.inputs.currency
    reasons = explain(evaluation.predictor, crm, spine, strongest=_STRONGEST, currency=currency)
    return [to_json(reasons[row])[1:-1] for row in top.tolist()]
