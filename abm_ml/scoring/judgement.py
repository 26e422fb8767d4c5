"""The rules that look at one account at a time: exclusions, fit, the account score (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.rules.exclusions import Motion, exclusions, own_company
from abm_ml.rules.holdout import holdout
from abm_ml.rules.icp import PartFit, fit, grades, knocked_out, part_fit
from abm_ml.rules.overrides import Decisions
from abm_ml.rules.score import account_score, engagement_score, spread_weights
from abm_ml.scoring.inputs import Inputs

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Judgement:
    """What the rules say of every account of a slice, in the order of account_id.

    Parameters
    ----------
    excluded : pyarrow.Array of str
        Reason for leaving the account out; null for those that are scored.
    icp : mapping of str to PartFit
        Verdicts of the present ICP parts, by `firmographic` and `technographic`.
    parts : mapping of str to array of float
        Present parts of the account score, each 0-100, a knocked-out account's fit being 0.
    weights : mapping of str to float
        Weights of the account score as spread over the present parts.
    knocked_out : array of bool
        Accounts that fail a `must`: no fit, no tier, no MQA.
    fit : array of float or None
        0-100; None where no criterion can be judged.
    grade : list of str, or None
        By fit.
    account_score : array of float
        0-100.
    holdout : array of bool
        Accounts left alone for measuring.
    """

    excluded: pa.Array
    icp: Mapping[str, PartFit]
    parts: Mapping[str, Numbers]
    weights: Mapping[str, float]
    knocked_out: Flags
    fit: Numbers | None
    grade: list[str] | None
    account_score: Numbers
    holdout: Flags

    @property
    def kept(self) -> Flags:
        """Accounts that are scored."""
        return np.asarray(pc.is_null(self.excluded), dtype=bool)


def judge(
    inputs: Inputs, params: Params, motion: Motion, decisions: Decisions | None = None
) -> Judgement:
    """Apply to each account the rules that need no other account.

    Parameters
    ----------
    inputs : Inputs
        What the rules look at.
    params : Params
        The rule book.
    motion : {"acquire", "accelerate", "expand", "all"}
        What the list is for.
    decisions : Decisions, optional
        What people decided about single accounts.
    """
    excluded = _exclusions(inputs, params, motion, decisions)
    icp = _icp(inputs, params)
    out = knocked_out(list(icp.values()), len(inputs))
    parts = {name: np.where(out, 0.0, part.score) for name, part in icp.items()}
    fit_score = fit(
        {name: parts.get(name) for name in ("firmographic", "technographic")},
        params.account_score.model_dump(),
    )
    parts |= _behaviour(inputs, params)
    weights = spread_weights(params.account_score.model_dump(), parts)
    score = account_score(parts, weights) if parts else np.zeros(len(inputs))
    return Judgement(
        excluded=excluded,
        icp=icp,
        parts=parts,
        weights=weights,
        knocked_out=out,
        fit=fit_score,
        grade=None if fit_score is None else grades(fit_score, params.icp.grades),
        account_score=score,
        holdout=holdout(inputs.array("account_id").to_pylist(), params.scoring.holdout_share),
    )


def _exclusions(
    inputs: Inputs, params: Params, motion: Motion, decisions: Decisions | None
) -> pa.Array:
    own = own_company(inputs.array("domain"), params.exclusions.own_domains)
    ids = inputs.array("account_id")
    return exclusions(
        suppressed=inputs.numbers("suppressed"),
        account_type=inputs.array("account_type"),
        owner_id=inputs.array("owner_id"),
        customer=inputs.numbers("past_won") > 0,
        open_opportunity=inputs.numbers("open_opportunities") > 0,
        motion=motion,
        account_types=params.exclusions.account_types,
        hands_off_owners=params.exclusions.hands_off_owners,
        own=own,
        left_alone=decisions.left_alone(ids) if decisions else None,
    )


def _icp(inputs: Inputs, params: Params) -> dict[str, PartFit]:
    """Fit of each ICP part that the export lets us judge."""
    declared = {"firmographic": params.icp.firmographic, "technographic": params.icp.technographic}
    judged = {
        name: part_fit(criteria, inputs.criteria_columns) for name, criteria in declared.items()
    }
    return {name: part for name, part in judged.items() if part is not None}


def _behaviour(inputs: Inputs, params: Params) -> dict[str, Numbers]:
    """Intent and engagement, where the export has such a table."""
    parts = {}
    if "intent" in inputs.scope.sources:
        parts["intent"] = inputs.numbers("intent")
    if "engagement" in inputs.scope.sources:
        points = inputs.numbers("points_micro")
        parts["engagement"] = engagement_score(points, params.engagement.full_points)
    return parts
