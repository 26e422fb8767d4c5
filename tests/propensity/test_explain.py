"""Law 6: reasons, with calibration as a term of its own, sum to the log-odds they explain."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from abm_ml.propensity.candidates import Choice
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.search import encode_train, fit_choice
from abm_ml.propensity.words import BASE, CALIBRATION, fact_words, reason_words

Rows = tuple[pd.DataFrame, np.ndarray]


def refitted(model: PropensityModel, rows: Rows, choice: Choice) -> PropensityModel:
    """The same model with another candidate in it."""
    X, y = rows
    encoder, design = encode_train(X, model.settings())
    linear, trees = fit_choice(design, y, np.ones(len(y)), encoder, choice, model.settings())
    scorer = dataclasses.replace(
        model.scorer_, encoder=encoder, choice=choice, linear=linear, trees=trees
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
    "choice", [Choice(c=1.0), Choice(leaves=7, trees=25), Choice(c=1.0, leaves=7, trees=25)]
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
    assert (fields[0], fields[-1]) == (BASE, CALIBRATION)
    assert len(fields) == len(set(fields))
    assert set(fields[1:-1]) <= set(rows[0].columns)
    sizes = reasons["contribution"].abs().to_numpy()[1:-1]
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
    assert chinese == "员工 5,000：加分"


def test_an_unknown_language_is_refused(fitted: PropensityModel, rows: Rows) -> None:
    with pytest.raises(ValueError, match=r"lang must be 'en' or 'zh'\. Supplied value 'fr'"):
        fitted.explain(rows[0].head(1), "fr")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value", "english", "chinese"),
    [
        ("employees", 1200, "1,200 employees", "员工 1,200"),
        ("industry", "Software", "industry Software", "行业 Software"),
        ("industry", None, "industry unknown", "行业 未知"),
        ("employees", None, "employees unknown", "员工 未知"),
        ("technologies", ["SAP", "AWS"], "technologies AWS, SAP", "使用技术 AWS、SAP"),
        ("technologies", np.array([]), "technologies unknown", "使用技术 未知"),
        ("public", np.True_, "public yes", "public 是"),
        ("founded", pd.Timestamp("2001-02-03"), "founded 2001-02-03", "founded 2001-02-03"),
        ("engagements:demo_request:90d", 2.0, "2 demo requests in the last 90 days",
         "近 90 天演示申请 2"),
        ("signals:job_posting:365d", 4, "4 job postings in the last 365 days",
         "近 365 天招聘岗位 4"),
        ("engaged_people:30d", 3, "3 engaged people in the last 30 days", "近 30 天互动人数 3"),
        ("intent:crm", 71.25, "intent for crm 71.2", "第三方意图信号（crm） 71.2"),
        ("opportunity:product", "Pro", "the opportunity's product Pro", "商机产品 Pro"),
        ("lead_score", 0.25, "lead score 0.25", "lead_score 0.25"),
    ],
)  # fmt: skip
def test_a_fact_reads_as_people_write_it(
    field: str, value: object, english: str, chinese: str
) -> None:
    assert fact_words(field, value, "en") == english
    assert fact_words(field, value, "zh") == chinese


def test_a_part_of_nothing_makes_no_difference() -> None:
    assert reason_words("industry", "Retail", 1e-5, "en").endswith(": makes no difference")
    assert reason_words("industry", "Retail", -1e-5, "zh").endswith("：无影响")
