"""Outcomes that came after a training, with what a model gave them beforehand."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.column_kinds import FloatArray
from abm_ml.data.crm import Crm
from abm_ml.features.account import account_features
from abm_ml.propensity.labels import conversion_labels, win_labels
from abm_ml.propensity.persist import TrainedPropensity


def later_outcomes(
    crm: Crm,
    asked: TrainedPropensity,
    since: datetime,
    until: datetime,
    *,
    after: Literal["as_of", "known_at"],
    max_rows: int,
) -> pa.Table:
    """Labels that no model could know that was trained on what lay before `since`.

    Parameters
    ----------
    crm : Crm
        Canonical tables, newer than the training.
    asked : TrainedPropensity
        Whose question the labels answer (target and horizon).
    since : datetime
        End of the training data.
    until : datetime
        Nothing at or after it is known.
    after : "as_of" or "known_at"
        What must not lie before `since`. With `known_at`, opportunities that were open at the
        training count too; those are the slow ones, which win less often: fair for comparing
        two models, not for counting wins. Conversions are always taken by `as_of`: an earlier
        snapshot shares part of its window with rows that were trained on.
    max_rows : int
        Beyond this, whole accounts are drawn (conversion).

    Returns
    -------
    pyarrow.Table
        Rows of `LABEL_SCHEMA`, of cohorts that are closed enough to be judged.
    """
    if asked.horizon_days is None:
        labels = win_labels(crm, until)
    else:
        after = "as_of"
        labels = conversion_labels(
            crm, horizon_days=asked.horizon_days, until=until, max_rows=max_rows
        )
    unseen = pc.greater_equal(labels[after], pa.scalar(since, pa.timestamp("us")))
    return labels.filter(pc.and_(unseen, labels["testable"]))


def model_rows(crm: Crm, trained: TrainedPropensity, spine: pa.Table) -> pd.DataFrame:
    """What a model is fed about the accounts of a spine, in the order of row_id."""
    registered = crm.register("model_rows_spine", spine)
    features = crm.to_arrow(account_features(crm, registered, trained.spec).order_by("row_id"))
    return features.select(list(trained.model.feature_names_in_)).to_pandas()


def given_before(crm: Crm, trained: TrainedPropensity, labels: pa.Table) -> FloatArray:
    """Propensity of each label's account at the label's as_of, shape (n_rows,)."""
    X = model_rows(crm, trained, labels.select(["row_id", "account_id", "as_of"]))
    return np.asarray(trained.model.predict_proba(X)[:, 1], dtype=np.float64)
