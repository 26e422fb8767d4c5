"""What a scoring run came to, as plain values for people and for JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow.compute as pc

from abm_ml.rules.overrides import pilot_warning
from abm_ml.rules.tiers import NO_TIER
from abm_ml.scoring.evaluation import Evaluation
from abm_ml.scoring.propensity import NO_SIGNAL
from abm_ml.scoring.rule_book import is_outdated
from abm_ml.scoring.scope import criteria_of
from abm_ml.scoring.tally import Tally

EMPTY_ICP = (
    "the ICP is empty: fit says nothing; declare criteria under icp in params.yaml, or let  "
    "abm icp propose  do it"
)


OUTDATED_WEIGHTS = (
    "ICP, points, intent or score weights are no longer those that the model learned its weights "
    "in priority under: those of params.yaml hold; run  abm train  to learn them anew"
)


def summarise(evaluation: Evaluation, tally: Tally) -> dict[str, Any]:
    """Counts, weights in force, what was absent, and what a person should look at.

    Returns
    -------
    dict
        `universe` = `scored` + `excluded`, `tal` = the sum of `tiers`; weights as they were
        applied; `warnings` in sentences.
    """
    run = evaluation.run
    tiers = {str(tier): tally.counts["tier"][tier] for tier in (1, 2, 3)}
    summary = {
        "as_of": run.as_of.isoformat(),
        "motion": run.motion,
        "run_id": evaluation.run_id,
        "model_version": run.model_version or None,
        "index_version": run.index_version or None,
        "similar_to": run.likeness.seeds if run.likeness else None,
        "universe": tally.scored + tally.excluded,
        "scored": tally.scored,
        "excluded": tally.excluded,
        "excluded_by_reason": tally.by_name("reason"),
        "tal": sum(tiers.values()),
        "tiers": tiers,
        "mqa": tally.counts["mqa"][True],
        "holdout": tally.counts["holdout"][True],
        "stages": tally.by_name("stage"),
        "plays": tally.by_name("play"),
        "handovers": tally.by_name("handover"),
        "lead_stages": tally.by_name("lead_stage"),
        "one_thread": tally.counts["one_thread"][True],
        "clusters": tally.by_name("cluster"),
        "cluster_names_zh": dict(evaluation.cluster_names_zh),
        "product": run.product,
        "own_domains": sorted(run.params.exclusions.own_domains),
        "changes": _changes(evaluation, tally),
        "account_score_weights": dict(evaluation.weights),
        "tier_floors": list(run.params.tiers.floors),
        "absent_parts": [name for name in evaluation.weights if name not in evaluation.parts],
        "priority_weights": dict(run.fusion_weights),
        "propensity": _propensity(evaluation, tally),
    }
    return summary | {"warnings": _warnings(evaluation, summary)}


def _changes(evaluation: Evaluation, tally: Tally) -> dict[str, int]:
    """Changes since the previous list; accounts that left the universe are `gone`."""
    run = evaluation.run
    if not run.previous.given:
        return {}
    present = pc.is_in(run.previous.account_id, evaluation.standing.account_id)
    tiered = run.previous.tier != NO_TIER
    gone = int(np.count_nonzero(tiered & ~np.asarray(present, dtype=bool)))
    return tally.by_name("change") | ({"gone": gone} if gone else {})


def _propensity(evaluation: Evaluation, tally: Tally) -> dict[str, Any] | None:
    """The model's facts; `outside` is the share of scored accounts that training hardly covers."""
    predictor = evaluation.run.predictor
    if predictor is None:
        return None
    return {
        "target": predictor.target,
        "verdict": predictor.verdict,
        "base_rate": predictor.base_rate,
        "expected_amount": predictor.expected_amount,
        "weight": evaluation.run.fusion_weights["propensity"],
        "outside": tally.outside / tally.scored if tally.scored else None,
    }


def _warnings(evaluation: Evaluation, summary: dict[str, Any]) -> list[str]:
    """What a person should look at before using the list."""
    run = evaluation.run
    told = {
        "the universe is empty: no account existed before as_of": not summary["universe"],
        f"every account is excluded: motion {run.motion} leaves none": (
            summary["universe"] > 0 and not summary["scored"]
        ),
        "no account reached a tier": summary["scored"] > 0 and not summary["tal"],
        "no model: the list is ordered by rules alone": run.predictor is None,
        "the back-test found no signal: propensity is shown, but has no weight": (
            run.predictor is not None and run.predictor.verdict == NO_SIGNAL
        ),
        OUTDATED_WEIGHTS: is_outdated(run.predictor, run.params),
        "no won opportunity had an amount in training: expected value is empty": (
            run.predictor is not None
            and run.predictor.target is not None
            and run.predictor.expected_amount is None
        ),
        EMPTY_ICP: not criteria_of(run.params),
        "no ICP criterion can be judged: the export has none of their columns": (
            len(criteria_of(run.params)) > 0 and not run.scope.criteria
        ),
        "no part of the account score that has a weight is there: every account scores 0": (
            not any(evaluation.weights.values())
        ),
    }
    pilots = pilot_warning(evaluation.placing.pilots)
    said = [sentence for sentence, applies in told.items() if applies]
    return [*said, *run.scope.unheard] + ([pilots] if pilots else [])
