"""What a scoring run came to, as plain values for people and for JSON."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.propensity.applicability import OUTSIDE
from abm_ml.scoring.evaluation import Evaluation
from abm_ml.scoring.propensity import NO_SIGNAL


def summarise(evaluation: Evaluation, scored: pa.Table, excluded: pa.Table) -> dict[str, Any]:
    """Counts, weights in force, what was absent, and what a person should look at.

    Returns
    -------
    dict
        `universe` = `scored` + `excluded`, `tal` = the sum of `tiers`; weights as they were
        applied; `warnings` in sentences.
    """
    tiers = {str(tier): _count(scored["tier"], tier) for tier in (1, 2, 3)}
    summary = {
        "as_of": evaluation.as_of.isoformat(),
        "motion": evaluation.motion,
        "run_id": evaluation.run_id,
        "model_version": evaluation.model_version or None,
        "index_version": evaluation.index_version or None,
        "similar_to": evaluation.likeness.seeds if evaluation.likeness else None,
        "universe": len(evaluation.inputs),
        "scored": scored.num_rows,
        "excluded": excluded.num_rows,
        "excluded_by_reason": _counts(excluded["reason"]),
        "tal": sum(tiers.values()),
        "tiers": tiers,
        "mqa": _count(scored["mqa"], True),
        "holdout": _count(scored["holdout"], True),
        "stages": _counts(scored["stage"]),
        "changes": _changes(evaluation, scored, excluded),
        "account_score_weights": dict(evaluation.judged.weights),
        "absent_parts": _absent(evaluation),
        "priority_weights": dict(evaluation.fusion_weights),
        "propensity": _propensity(evaluation),
    }
    return summary | {"warnings": _warnings(evaluation, summary)}


def _changes(evaluation: Evaluation, scored: pa.Table, excluded: pa.Table) -> dict[str, int]:
    """Changes since the previous list; accounts that left the universe are `gone`."""
    if not evaluation.has_previous:
        return {}
    changes = _counts(pa.chunked_array([*scored["change"].chunks, *excluded["change"].chunks]))
    present = set(evaluation.inputs.array("account_id").to_pylist())
    gone = sum(name not in present for name in evaluation.previous)
    return changes | ({"gone": gone} if gone else {})


def _absent(evaluation: Evaluation) -> list[str]:
    judged = evaluation.judged
    return [name for name in judged.weights if name not in judged.parts]


def _propensity(evaluation: Evaluation) -> dict[str, Any] | None:
    """The model's facts; `outside` is the share of scored accounts that training hardly covers."""
    predictor, predictions = evaluation.predictor, evaluation.predictions
    if predictor is None or predictions is None:
        return None
    outside = predictions.applicability[evaluation.order] < OUTSIDE
    return {
        "target": predictor.target,
        "verdict": predictor.verdict,
        "base_rate": predictor.base_rate,
        "expected_amount": predictor.expected_amount,
        "weight": evaluation.fusion_weights["propensity"],
        "outside": float(outside.mean()) if len(outside) else None,
    }


def _warnings(evaluation: Evaluation, summary: dict[str, Any]) -> list[str]:
    """What a person should look at before using the list."""
    told = {
        "the universe is empty: no account existed before as_of": not summary["universe"],
        f"every account is excluded: motion {evaluation.motion} leaves none": (
            summary["universe"] > 0 and not summary["scored"]
        ),
        "no account reached a tier": summary["scored"] > 0 and not summary["tal"],
        "no model: the list is ordered by rules alone": evaluation.predictor is None,
        "the back-test found no signal: propensity is shown, but has no weight": (
            evaluation.predictor is not None and evaluation.predictor.verdict == NO_SIGNAL
        ),
        "no won opportunity had an amount in training: expected value is empty": (
            evaluation.predictor is not None
            and evaluation.predictor.target is not None
            and evaluation.predictor.expected_amount is None
        ),
        "no ICP criterion can be judged: the export has none of their columns": (
            evaluation.judged.fit is None
        ),
        "no part of the account score that has a weight is there: every account scores 0": (
            not any(evaluation.judged.weights.values())
        ),
    }
    return [sentence for sentence, applies in told.items() if applies]


def _counts(values: pa.ChunkedArray) -> dict[str, int]:
    """How often each value occurs, by name; nulls are not counted."""
    counted = pc.value_counts(pc.drop_null(values)).to_pylist()
    return {item["values"]: item["counts"] for item in sorted(counted, key=lambda i: i["values"])}


def _count(values: pa.ChunkedArray, wanted: object) -> int:
    return pc.sum(pc.equal(values, wanted)).as_py() or 0
