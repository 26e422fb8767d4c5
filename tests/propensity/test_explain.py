"""Law 6: reasons, with calibration as a term of its own, sum to the log-odds they explain."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.fitting import Lesson
from abm_ml.propensity.plans import Choice, LinearPlan, TreePlan
from abm_ml.propensity.words import BASE, CALIBRATION, SHRINKAGE

Rows = tuple[pd.DataFrame, np.ndarray]


def refitted(model: PropensityModel, rows: Rows, choice: Choice) -> PropensityModel:
    """The same model with another candidate in it."""
    X, y = rows
    lesson = Lesson.of(X, y, np.ones(len(y)), None, np.arange(len(y)), model.settings())
    linear, trees = lesson.fit(choice)
    scorer = dataclasses.replace(
        model.scorer_, encoder=lesson.encoder, choice=choice, linear=linear, trees=trees
    )
    return PropensityModel.from_scorer(
        scorer,
        classes=[0, 1],
        columns=list(X.columns),
        named=True,
        split="test",
        params=model.get_params(),
    )


@pytest.mark.parametrize(
    "choice",
    [
        Choice(LinearPlan(1.0)),
        Choice(trees=TreePlan(leaves=7, trees=25)),
        Choice(LinearPlan(0.1, 0.5), TreePlan(7, 25, extra=True), share=0.25),
    ],
)
def test_reasons_sum_to_the_log_odds_of_the_probability(
    fitted: PropensityModel, rows: Rows, choice: Choice
) -> None:
    model = refitted(fitted, rows, choice)
    sums = model.explain(rows[0]).groupby("row")["contribution"].sum()
    p = model.predict_proba(rows[0])[:, 1]
    np.testing.assert_allclose(sums, logit(p), atol=1e-6)


def test_each_original_column_has_one_reason_the_strongest_first(
    fitted: PropensityModel, rows: Rows
) -> None:
    reasons = fitted.explain(rows[0].head(1))
    fields = reasons["field"].tolist()
    end = [field for field in fields if field in (CALIBRATION, SHRINKAGE)]
    assert fields == [BASE, *fields[1 : -len(end)], *end]
    assert len(fields) == len(set(fields))
    assert set(fields[1 : -len(end)]) <= set(rows[0].columns)
    sizes = reasons["contribution"].abs().to_numpy()[1 : -len(end)]
    assert (np.diff(sizes) <= 0).all()


def test_what_raises_the_outcome_has_a_positive_part(fitted: PropensityModel, rows: Rows) -> None:
    X = rows[0].head(2).assign(employees=[5.0, 5_000.0])
    reasons = fitted.explain(X)
    small, large = reasons.loc[reasons["field"] == "employees", "contribution"]
    assert small < 0 < large


def test_reasons_are_sentences_in_both_languages(fitted: PropensityModel, rows: Rows) -> None:
    X = rows[0].head(1).assign(employees=5_000.0)
    english, chinese = (
        fitted.explain(X, lang).set_index("field").loc["employees", "text"]  # type: ignore[arg-type]
        for lang in ("en", "zh")
    )
    assert english == "5,000 employees: raises it"
    assert chinese == "员工 5,000 人：加分"


def test_an_unknown_language_is_refused(fitted: PropensityModel, rows: Rows) -> None:
    with pytest.raises(ValueError, match=r"lang must be 'en' or 'zh'\. Supplied value 'fr'"):
        fitted.explain(rows[0].head(1), "fr")  # type: ignore[arg-type]
