"""Score the universe: rules and propensity, fused, ranked, tiered and explained (DESIGN 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.scoring.evaluation import evaluate
from abm_ml.scoring.propensity import Model
from abm_ml.scoring.schema import as_frame
from abm_ml.scoring.similarity import SimilarityIndex
from abm_ml.scoring.summary import summarise
from abm_ml.scoring.tables import excluded_table, scored_table


@dataclass(frozen=True)
class ScoreResult:
    """One run's outcome.

    Parameters
    ----------
    scored : DataFrame
        Every account that is not excluded, by rank; the columns of `SCORED_SCHEMA`.
    tal : DataFrame
        The part of `scored` that has a tier: the target account list.
    excluded : DataFrame
        The other accounts of the universe with the reason, by account_id; the columns of
        `EXCLUDED_SCHEMA`.
    summary : dict
        Counts, weights in force, what was absent, warnings; plain values.
    """

    scored: pd.DataFrame
    tal: pd.DataFrame
    excluded: pd.DataFrame
    summary: dict[str, Any]


def score_universe(
    crm: Crm,
    model: Model | None,
    index: SimilarityIndex | None,
    params: Params,
    as_of: str | datetime,
    *,
    motion: str = "acquire",
    previous: pd.DataFrame | None = None,
    model_version: str = "",
    index_version: str = "",
    seeds: Sequence[str] | None = None,
) -> ScoreResult:
    """Score every account that existed before as_of, and choose the target account list.

    Rules give the account score, on which tiers are cut; the model gives propensity; priority
    fuses both and ranks. Without a model the propensity columns are null. Where the back-test
    found no signal, propensity is shown but has no weight in priority, and gives no reasons.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    model : TrainedPropensity, PropensityModel or None
        A trained bundle, or a model by itself (then without target, verdict and value).
    index : LookalikeIndex or None
        Gives each account its similarity to the seeds, which changes no order.
    params : Params
        The rule book and its weights.
    as_of : str or datetime
        The last instant that may be seen, in UTC.
    motion : {"acquire", "accelerate", "expand", "all"}
        What the list is for; see `rules.exclusions.exclusions`.
    previous : DataFrame, optional
        The previous list (account_id, tier), from which `change` is told.
    model_version, index_version : str
        Names of the model in the registry, and of the index.
    seeds : sequence of str, optional
        Accounts that others are compared with; by default the customers at as_of.

    Raises
    ------
    ParamsError
        If motion or as_of is none, or a rule names a column that accounts do not have.
    DataError
        If the previous list cannot be read.
    """
    evaluation = evaluate(
        crm,
        model,
        params,
        as_of,
        motion=motion,
        previous=previous,
        model_version=model_version,
        index=index,
        index_version=index_version,
        seeds=seeds,
    )
    scored = scored_table(crm, evaluation)
    tal = scored.filter(pc.is_valid(scored["tier"]))
    excluded = excluded_table(evaluation)
    summary = summarise(evaluation, scored, excluded)
    return ScoreResult(as_frame(scored), as_frame(tal), as_frame(excluded), summary)
