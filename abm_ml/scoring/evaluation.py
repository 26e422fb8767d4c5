"""One evaluation of the universe: rules, propensity and their fusion, before any output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.rules.exclusions import Motion
from abm_ml.rules.score import priority, propensity_score
from abm_ml.rules.tiers import NO_TIER, best_first
from abm_ml.scoring.arguments import checked_as_of, checked_motion, previous_tiers
from abm_ml.scoring.identity import run_id
from abm_ml.scoring.inputs import Inputs, read_inputs
from abm_ml.scoring.judgement import Judgement, judge
from abm_ml.scoring.propensity import NO_SIGNAL, Model, Predictions, Predictor, predict
from abm_ml.scoring.similarity import Likeness, SimilarityIndex, likeness

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """Every number of a run, for all accounts of the universe in the order of account_id.

    Parameters
    ----------
    params : Params
        The settings of the run.
    as_of : datetime
        The last instant that was seen.
    motion : {"acquire", "accelerate", "expand", "all"}
        What the list is for.
    model_version : str
        Name of the model in the registry, or "".
    inputs : Inputs
        What the rules looked at.
    judged : Judgement
        What they said.
    predictor : Predictor or None
        The model with what is known of it.
    predictions : Predictions or None
        Propensity and its interval; NaN for excluded accounts.
    fusion_parts : mapping of str to array of float
        The parts of priority, each 0-100: `account_score` and, with a model, `propensity`.
    fusion_weights : mapping of str to float
        Their weights in this run.
    priority : array of float
        The fused score; NaN for excluded accounts.
    order : array of int
        Positions of the scored accounts, from the best to the last.
    has_previous : bool
        Whether there is a previous list to compare with.
    previous : mapping of str to int
        Its tiers by account_id.
    run_id : str
        See `identity.run_id`.
    likeness : Likeness or None
        Closeness to the customers, where there is an index.
    index_version : str
        Name of the index, or "".
    """

    params: Params
    as_of: datetime
    motion: Motion
    model_version: str
    inputs: Inputs
    judged: Judgement
    predictor: Predictor | None
    predictions: Predictions | None
    fusion_parts: Mapping[str, Numbers]
    fusion_weights: Mapping[str, float]
    priority: Numbers
    order: NDArray[np.int64]
    has_previous: bool
    previous: Mapping[str, int]
    run_id: str
    likeness: Likeness | None = None
    index_version: str = ""

    @property
    def previous_tier(self) -> NDArray[np.int64]:
        """Tier of each account in the previous list, or NO_TIER."""
        ids = self.inputs.array("account_id").to_pylist()
        return np.array([self.previous.get(name, NO_TIER) for name in ids], dtype=np.int64)


def evaluate(
    crm: Crm,
    model: Model | None,
    params: Params,
    as_of: str | datetime,
    *,
    motion: str,
    previous: pd.DataFrame | None,
    model_version: str,
    index: SimilarityIndex | None = None,
    index_version: str = "",
    seeds: Sequence[str] | None = None,
) -> Evaluation:
    """Judge, predict and fuse; nothing is worded yet. Arguments as in `score_universe`."""
    purpose, moment, before = checked_motion(motion), checked_as_of(as_of), previous_tiers(previous)
    predictor = Predictor.of(model)
    inputs = read_inputs(crm, params, moment)
    judged = judge(inputs, params, purpose)
    rows = np.flatnonzero(judged.kept)
    predictions = _predictions(predictor, crm, inputs, rows, params)
    parts = _fusion_parts(judged, predictor, predictions)
    weights = fusion_weights(params, predictor)
    fused = np.where(judged.kept, priority(parts, weights), np.nan)
    kept_ids = inputs.array("account_id").take(pa.array(rows))
    likened = likeness(index, inputs, seeds)
    identity = run_id(
        crm,
        params,
        moment,
        motion=purpose,
        model_version=model_version,
        similarity=likened.similarity if likened else None,
        propensity=predictions.propensity if predictions else None,
        previous=before,
    )
    return Evaluation(
        params=params,
        as_of=moment,
        motion=purpose,
        model_version=model_version,
        inputs=inputs,
        judged=judged,
        predictor=predictor,
        predictions=predictions,
        fusion_parts=parts,
        fusion_weights=weights,
        priority=fused,
        order=rows[best_first(fused[rows], kept_ids)],
        has_previous=previous is not None,
        previous=before,
        run_id=identity,
        likeness=likened,
        index_version=index_version,
    )


def fusion_weights(params: Params, predictor: Predictor | None) -> dict[str, float]:
    """Weights of priority's parts in this run (DESIGN 6.8).

    A model in which no signal was found has no weight; its propensity is shown all the same.
    """
    weights = {"account_score": params.fusion.account_score}
    if predictor is not None:
        heard = predictor.verdict != NO_SIGNAL
        weights["propensity"] = params.fusion.propensity if heard else 0.0
    return weights


def _fusion_parts(
    judged: Judgement, predictor: Predictor | None, predictions: Predictions | None
) -> dict[str, Numbers]:
    parts = {"account_score": judged.account_score}
    if predictor is not None and predictions is not None:
        parts["propensity"] = propensity_score(predictions.propensity, predictor.base_rate)
    return parts


def _predictions(
    predictor: Predictor | None,
    crm: Crm,
    inputs: Inputs,
    rows: NDArray[np.int64],
    params: Params,
) -> Predictions | None:
    if predictor is None:
        return None
    spine = inputs.spine.take(pa.array(rows))
    return predict(predictor, crm, spine, len(inputs), params.scoring.batch_rows)
