"""Propensity of the universe's accounts, predicted in batches (DESIGN 5, 6.8)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.features.account import account_features
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.propensity.value import AmountModel
from abm_ml.propensity.words import BASE, OPPORTUNITY, TERMS, reason_words
from abm_ml.scoring.words import shown_value

Model: TypeAlias = TrainedPropensity | PropensityModel
"""What scoring takes: a trained bundle, or a model by itself."""

Numbers = NDArray[np.float64]

NO_SIGNAL = "no signal found"
"""Verdict of a back-test in which the model did no better than the base rate."""


OTHERS = "(others)"
"""Field of the reason that sums up the weaker ones."""

_TERM = ("field", "value", "contribution")


@dataclass(frozen=True)
class Predictor:
    """A model with what scoring must know of it.

    Parameters
    ----------
    model : PropensityModel
        Fitted.
    spec : FeatureSpec
        The features it was trained on.
    target : str or None
        `conversion` or `win`; None where nobody says.
    base_rate : float
        Rate of positives in its training data.
    expected_amount : float or None
        Mean amount of a won opportunity.
    verdict : str or None
        The back-test's; None where there was none.
    amounts : AmountModel or None
        What a won deal is expected to bring, row by row; None: the mean to all.
    fusion : mapping or None
        Weights of priority that its training learned; see `TrainedPropensity`.
    """

    model: PropensityModel
    spec: FeatureSpec
    target: str | None
    base_rate: float
    expected_amount: float | None
    verdict: str | None
    amounts: AmountModel | None = None
    fusion: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, model: Model | None) -> Predictor | None:
        """What is known of a trained bundle, or of a model by itself; None stays None.

        Raises
        ------
        ParamsError
            If a model by itself does not know the names of its columns.
        """
        if model is None:
            return None
        if isinstance(model, PropensityModel):
            return cls(model, _spec_of(model), None, model.base_rate_, None, None)
        return cls(
            model.model,
            model.spec,
            model.target,
            model.base_rate,
            model.expected_amount,
            model.verdict,
            model.amounts,
            model.fusion,
        )

    def expected_amounts(self, X: pd.DataFrame) -> Numbers:
        """Expected amount of each row if it is won; NaN where no amount was ever given."""
        if self.amounts is not None:
            return self.amounts.predict(X)
        return np.full(len(X), np.nan if self.expected_amount is None else self.expected_amount)


@dataclass(frozen=True)
class Predictions:
    """Propensity, its 80 % interval, applicability and amount, each of shape (n_accounts,).

    NaN where not asked.
    """

    propensity: Numbers
    low: Numbers
    high: Numbers
    applicability: Numbers
    amount: Numbers


def predict(
    predictor: Predictor, crm: Crm, spine: pa.Table, n_accounts: int, batch_rows: int
) -> Predictions:
    """Propensity of the spine's accounts, a batch of rows at a time.

    Parameters
    ----------
    predictor : Predictor
        The model.
    crm : Crm
        The inputs.
    spine : pyarrow.Table
        Accounts to predict; row_id is the position in the universe.
    n_accounts : int
        Size of the universe.
    batch_rows : int
        The most rows of features that are held at once.
    """
    said = np.full((5, n_accounts), np.nan)
    # Batches are cut from the spine, not from a running query: their rows are the same in every
    # run (the last bits of a prediction may depend on its batch), and memory stays bounded.
    for start in range(0, spine.num_rows, batch_rows):
        features = _features(predictor, crm, spine.slice(start, batch_rows))
        rows, X = np.asarray(features["row_id"]), _model_input(predictor, features)
        found = predictor.model.assess(X)
        said[:4, rows] = found.probability, found.low, found.high, found.applicability
        said[4, rows] = predictor.expected_amounts(X)
    return Predictions(*said)


def explain(
    predictor: Predictor,
    crm: Crm,
    spine: pa.Table,
    strongest: int | None = None,
    currency: str = "",
) -> dict[int, list[dict[str, Any]]]:
    """Reasons of each account's propensity, by position in the universe.

    They sum to the log-odds of the propensity.

    Parameters
    ----------
    predictor : Predictor
        The model.
    crm : Crm
        The inputs.
    spine : pyarrow.Table
        Accounts to explain; row_id is the position in the universe.
    strongest : int, optional
        Reasons that are told one by one, the rest being summed up in one; None: all. Where all
        accounts start, and calibration, are always told.
    currency : str
        That of money, where it is known.
    """
    if spine.num_rows == 0:
        return {}
    features = _features(predictor, crm, spine)
    terms = predictor.model.explain(_model_input(predictor, features))
    positions = features["row_id"].to_pylist()
    return {
        positions[int(str(row))]: _reasons(told.to_dict("list"), strongest, currency)
        for row, told in terms.groupby("row", sort=True)
    }


def _spec_of(model: PropensityModel) -> FeatureSpec:
    """The features that a model's column names stand for."""
    names = getattr(model, "feature_names_in_", None)
    if names is None:
        raise ParamsError(
            "the model was fitted on columns without names, so nobody knows what to feed it; "
            "fit it on the DataFrame of training_table()"
        )
    return FeatureSpec.from_columns([name for name in names if not name.startswith(OPPORTUNITY)])


def _features(predictor: Predictor, crm: Crm, spine: pa.Table) -> pa.Table:
    """Features of the spine's accounts, in the order of row_id."""
    registered = crm.register("prediction_spine", spine)
    return crm.to_arrow(account_features(crm, registered, predictor.spec).order_by("row_id"))


def _model_input(predictor: Predictor, features: pa.Table) -> pd.DataFrame:
    """Features in the model's order; an account by itself has no opportunity to look at."""
    names = list(predictor.model.feature_names_in_)
    missing = {name: None for name in names if name.startswith(OPPORTUNITY)}
    return features.to_pandas().assign(**missing)[names]


def _reasons(
    terms: dict[Any, list[Any]], strongest: int | None, currency: str
) -> list[dict[str, Any]]:
    """One account's reasons: its start, the strongest, all others together, calibration."""
    rows = list(zip(*(terms[name] for name in _TERM), strict=True))
    start = [row for row in rows if row[0] == BASE]
    end = [row for row in rows if row[0] in TERMS and row[0] != BASE]
    facts = [row for row in rows if row[0] not in TERMS]
    facts.sort(key=lambda row: -abs(row[2]))
    rest = [] if strongest is None else facts[strongest:]
    told = [_reason(*row, currency=currency) for row in start + facts[: len(facts) - len(rest)]]
    if rest:
        told.append(_together([row[2] for row in rest]))
    return told + [_reason(*row, currency=currency) for row in end]


def _reason(field: str, value: Any, contribution: float, *, currency: str) -> dict[str, Any]:
    return {
        "of": "propensity",
        "field": field,
        "value": shown_value(value),
        "contribution": contribution,
        "text": reason_words(field, value, contribution, "en", currency),
        "text_zh": reason_words(field, value, contribution, "zh", currency),
    }


def _together(contributions: list[float]) -> dict[str, Any]:
    """The weaker reasons as one."""
    total, count = math.fsum(contributions), len(contributions)
    reasons = "1 weaker reason" if count == 1 else f"{count} weaker reasons together"
    moves = ("raise", "lower")[total <= 0] + ("s" if count == 1 else "")
    return {
        "of": "propensity",
        "field": OTHERS,
        "value": None,
        "contribution": total,
        "text": f"{reasons}: {moves} it",
        "text_zh": f"其余 {count} 项合计：{'加分' if total > 0 else '减分'}",
    }
