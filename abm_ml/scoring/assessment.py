"""One slice of accounts, looked at one by one: rules, propensity and their fusion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.data.crm import Crm
from abm_ml.rules.score import priority
from abm_ml.scoring.fusion import fusion_parts
from abm_ml.scoring.inputs import Inputs, read_inputs
from abm_ml.scoring.judgement import Judgement, judge
from abm_ml.scoring.people import People, people_of
from abm_ml.scoring.propensity import Predictions, predict
from abm_ml.scoring.run import Run

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Assessment:
    """Every number of a slice that needs no other account, in the order of account_id.

    Parameters
    ----------
    inputs : Inputs
        What the rules looked at.
    judged : Judgement
        What they said.
    predictions : Predictions or None
        Propensity and its interval; NaN for excluded accounts.
    similarity : array of float
        To the customers; NaN where there is no index or it does not know the account.
    nearest_seed : pyarrow.Array of str
        The customer that an account is most like.
    priority : array of float
        The fused score; NaN for excluded accounts.
    people : People
        Who is there.
    """

    inputs: Inputs
    judged: Judgement
    predictions: Predictions | None
    similarity: Numbers
    nearest_seed: pa.Array
    priority: Numbers
    people: People


def assess(crm: Crm, run: Run) -> Assessment:
    """Judge, predict and fuse the accounts of a slice; nothing is worded yet."""
    inputs = read_inputs(crm, run.params, run.as_of, run.scope, run.product)
    judged = judge(inputs, run.params, run.motion, run.decisions)
    predictions = _predictions(crm, run, inputs, judged)
    similarity, nearest = _likened(run, inputs)
    propensity = predictions.propensity if predictions else None
    parts = fusion_parts(
        judged.account_score,
        propensity,
        run.predictor.base_rate if run.predictor else None,
        similarity if run.likeness else None,
    )
    fused = np.where(judged.kept, priority(parts, run.fusion_weights), np.nan)
    there = people_of(crm, run, inputs)
    return Assessment(inputs, judged, predictions, similarity, nearest, fused, there)


def _predictions(crm: Crm, run: Run, inputs: Inputs, judged: Judgement) -> Predictions | None:
    if run.predictor is None:
        return None
    kept = inputs.spine.take(pa.array(np.flatnonzero(judged.kept)))
    return predict(run.predictor, crm, kept, len(inputs), run.params.scoring.batch_rows)


def _likened(run: Run, inputs: Inputs) -> tuple[Numbers, pa.Array]:
    if run.likeness is None:
        return np.full(len(inputs), np.nan), pa.nulls(len(inputs), pa.string())
    return run.likeness.of(inputs.array("account_id"))
