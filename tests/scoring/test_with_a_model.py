"""Scoring with a real, small propensity model."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.applicability import OUTSIDE
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.propensity.shrinkage import INSIDE
from abm_ml.propensity.words import TERMS
from abm_ml.scoring.explain import explain_account
from abm_ml.scoring.inputs import read_inputs
from abm_ml.scoring.propensity import OTHERS, Predictor, explain, predict


@pytest.fixture(scope="module")
def trained() -> TrainedPropensity:
    """Software companies with many employees and engagement win more often."""
    rng = np.random.default_rng(0)
    columns = [
        "industry",
        "employees",
        "engagement_points",
        *(f"engagements:all:{d}d" for d in range(1, 15)),
    ]
    X = pd.DataFrame({name: rng.integers(0, 5, 400).astype(float) for name in columns})
    X["industry"] = rng.choice(["Software", "Retail"], 400)
    X["employees"] = rng.integers(10, 1000, 400).astype(float)
    logit = 2.0 * (X["industry"] == "Software") + X["employees"] / 500 - 2.5
    y = (rng.random(400) < 1 / (1 + np.exp(-logit))).astype(int)
    model = PropensityModel(max_trees=20, n_folds=2, num_leaves=(7,)).fit(X, y)
    spec = FeatureSpec.from_columns(columns)
    return TrainedPropensity(model, spec, "conversion", "good", 0.25, 180, expected_amount=1000.0)


@pytest.fixture(scope="module")
def result(score, trained):
    return score(_tables(), model=trained, motion="all", model_version="7")


def _tables() -> dict:
    """Four accounts and nothing else."""
    accounts = pd.DataFrame({
        "account_id": ["a", "b", "c", "d"], "name": "x",
        "industry": ["Software", "Retail", "Software", None],
        "employees": [900.0, 20.0, None, 500.0],
    })  # fmt: skip
    events = pd.DataFrame({
        "account_id": ["a"], "kind": "demo_request", "ts": pd.to_datetime(["2025-12-31"]),
    })  # fmt: skip
    return {"accounts": accounts, "engagements": events}


def test_propensity_is_what_the_model_says_of_the_accounts_features(result, trained, score):
    bare = score(_tables(), model=trained.model, motion="all").scored.set_index("account_id")
    scored = result.scored.set_index("account_id")
    assert scored["propensity"].between(0, 1, inclusive="neither").all()
    assert (scored["propensity_low"] <= scored["propensity"]).all()
    assert (scored["propensity_high"] >= scored["propensity"]).all()
    assert scored["applicability"].between(0, 1).all()
    assert scored.loc["a", "propensity"] > scored.loc["b", "propensity"]
    pd.testing.assert_series_equal(
        bare["propensity"].sort_index(), scored["propensity"].sort_index()
    )


def test_priority_fuses_account_score_and_propensity(result):
    for row in result.scored.itertuples():
        part = 100 * row.propensity / (row.propensity + 0.25)
        assert row.priority == pytest.approx((row.account_score + part) / 2, abs=1e-9)


def test_the_params_say_with_what_weights_and_how_many_are_explained(score, trained):
    params = Params.model_validate({
        "fusion": {"account_score": 1, "propensity": 3}, "scoring": {"explain_top": 1},
    })  # fmt: skip
    scored = score(_tables(), params, model=trained, motion="all").scored
    for row in scored.itertuples():
        part = 100 * row.propensity / (row.propensity + 0.25)
        assert row.priority == pytest.approx((row.account_score + 3 * part) / 4, abs=1e-9)
    explained = ["propensity" in reasons for reasons in scored["reasons"]]
    assert explained == [True, False, False, False]


def test_the_target_version_and_expected_value_are_told(result):
    scored = result.scored
    assert set(scored["propensity_target"]) == {"conversion"}
    assert set(scored["model_version"]) == {"7"}
    assert scored["expected_value"].tolist() == (scored["propensity"] * 1000).tolist()
    assert result.summary["propensity"]["weight"] == 0.5


def test_the_share_of_accounts_unlike_those_learned_from_is_reported(result):
    # The model learned from accounts that were busy all the time; these four are hardly ever.
    assert (result.scored["applicability"] < OUTSIDE).all()
    assert result.summary["propensity"]["outside"] == 1


def test_law_6_propensity_reasons_sum_to_its_log_odds(result):
    for row in result.scored.itertuples():
        terms = [r for r in json.loads(row.reasons) if r["of"] == "propensity"]
        logit = math.log(row.propensity / (1 - row.propensity))
        assert sum(term["contribution"] for term in terms) == pytest.approx(logit, abs=1e-9)
        assert terms[0]["field"] == "(base)"
        ends = [term["field"] for term in terms if term["field"] in TERMS]
        outside = "(shrinkage)" in ends
        assert ends == ["(base)", "(calibration)", *["(shrinkage)"][:outside]]
        assert not outside or row.applicability < INSIDE


def test_the_weaker_reasons_are_summed_up_in_the_list_and_told_by_abm_why(result, trained):
    row = result.scored.iloc[0]
    listed = [r for r in json.loads(row.reasons) if r["of"] == "propensity"]
    assert OTHERS in [reason["field"] for reason in listed]
    crm = Crm.from_tables(_tables(), threads=1)
    told = explain_account(
        crm, trained, None, Params(), "2026-01-01", row.account_id, motion="all", model_version="7"
    )
    reasons = told["propensity"]["reasons"]
    columns = [r for r in reasons if r["field"] not in TERMS]
    assert len(columns) == len(trained.model.feature_names_in_)
    assert sum(r["contribution"] for r in reasons) == pytest.approx(
        sum(r["contribution"] for r in listed), abs=1e-9
    )
    assert told["priority"]["value"] == row.priority
    assert told["propensity"]["value"] == row.propensity


def test_where_no_signal_was_found_propensity_is_shown_without_weight_or_reasons(score, trained):
    silent = dataclasses.replace(trained, verdict="no signal found")
    result = score(_tables(), model=silent, motion="all")
    assert result.scored["propensity"].notna().all()
    assert result.scored["priority"].tolist() == result.scored["account_score"].tolist()
    assert not result.scored["reasons"].str.contains('"propensity"').any()
    assert any("found no signal" in warning for warning in result.summary["warnings"])


def test_predictions_do_not_depend_on_the_size_of_batches(trained):
    crm = Crm.from_tables(_tables(), threads=1)
    inputs = read_inputs(crm, Params(), pd.Timestamp("2026-01-01").to_pydatetime())
    predictor = Predictor.of(trained)
    whole = predict(predictor, crm, inputs.spine, 4, batch_rows=100)
    batched = predict(predictor, crm, inputs.spine, 4, batch_rows=3)
    np.testing.assert_allclose(whole.propensity, batched.propensity, rtol=1e-12)
    assert set(explain(predictor, crm, inputs.spine.slice(1, 2))) == {1, 2}
    assert explain(predictor, crm, inputs.spine.slice(0, 0)) == {}


def test_a_model_of_nameless_columns_is_refused():
    model = PropensityModel(max_trees=5, n_folds=2).fit(np.arange(40.0)[:, None], [0, 1] * 20)
    with pytest.raises(ParamsError, match="fitted on columns without names"):
        Predictor.of(model)


def test_a_model_that_knows_opportunities_is_given_none_for_an_account_by_itself(score):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"employees": rng.integers(10, 1000, 200) * 1.0})
    X["opportunity:product"] = rng.choice(["A", "B"], 200)
    y = (rng.random(200) < X["employees"] / 1000).astype(int)
    model = PropensityModel(max_trees=5, n_folds=2, num_leaves=(7,)).fit(X, y)
    scored = score(_tables(), model=model, motion="all").scored.set_index("account_id")
    assert scored.loc["a", "propensity"] > scored.loc["b", "propensity"]
