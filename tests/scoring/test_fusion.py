"""Which weights a run fuses its parts with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from abm_ml.config import Params
from abm_ml.scoring.fusion import fusion_parts, fusion_weights
from abm_ml.scoring.propensity import NO_SIGNAL, Predictor
from abm_ml.scoring.rule_book import is_outdated, marked

LEARNED = {
    "weights": {"account_score": 0.2, "propensity": 0.8},
    "weights_with_similarity": {"account_score": 0.1, "propensity": 0.6, "similarity": 0.3},
}
UNLEARNED = dict.fromkeys(LEARNED)


def params(**fusion: Any) -> Params:
    return Params.model_validate({"fusion": fusion})


def predictor(fusion: Any = None, verdict: str | None = "good") -> Predictor:
    return Predictor(None, None, "conversion", 0.1, None, verdict, fusion=fusion)  # type: ignore[arg-type]


def test_without_a_model_rules_and_similarity_carry_the_list() -> None:
    assert fusion_weights(params(), None) == {"account_score": 0.5}
    assert fusion_weights(params(), None, True) == {"account_score": 0.5, "similarity": 0.1}


@pytest.mark.parametrize("fusion", [None, UNLEARNED])
def test_where_nothing_was_learned_the_params_weights_hold(fusion: Any) -> None:
    given = params(account_score=1, propensity=3, similarity=0.5)
    expected = {"account_score": 1, "propensity": 3}
    assert fusion_weights(given, predictor(fusion)) == expected
    assert fusion_weights(given, predictor(fusion), True) == {**expected, "similarity": 0.5}


def test_learned_weights_are_used() -> None:
    assert fusion_weights(params(), predictor(LEARNED)) == LEARNED["weights"]
    with_index = fusion_weights(params(), predictor(LEARNED), True)
    assert with_index == LEARNED["weights_with_similarity"]


def test_params_can_refuse_learned_weights() -> None:
    given = params(learn=False, account_score=1, propensity=1)
    assert fusion_weights(given, predictor(LEARNED)) == {"account_score": 1, "propensity": 1}


def test_similarity_without_weight_in_the_params_stays_out_of_the_order() -> None:
    weights = fusion_weights(params(similarity=0), predictor(LEARNED), True)
    assert weights == {**LEARNED["weights"], "similarity": 0}


def test_where_none_was_learned_with_an_index_similarity_keeps_its_share_of_the_params() -> None:
    fusion = LEARNED | {"weights_with_similarity": None}
    given = params(account_score=1, propensity=1, similarity=0.5)
    weights = fusion_weights(given, predictor(fusion), True)
    assert weights == {**LEARNED["weights"], "similarity": 0.25}
    assert weights["similarity"] / sum(weights.values()) == 0.2


def test_without_a_signal_the_rules_alone_carry_whatever_was_learned() -> None:
    weights = fusion_weights(params(), predictor(LEARNED, "no signal found"), True)
    assert weights == {"account_score": 0.5, "propensity": 0, "similarity": 0}


def test_parts_are_0_to_100_and_only_those_that_are_there() -> None:
    score = np.array([10.0, 90.0])
    assert list(fusion_parts(score)) == ["account_score"]
    parts = fusion_parts(score, np.array([0.1, 0.3]), 0.1, np.array([np.nan, 70.0]))
    np.testing.assert_allclose(parts["propensity"], [50, 75])
    np.testing.assert_array_equal(parts["similarity"], [0, 70])


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"engagement": {"full_points": 50}}, False),
        ({"icp": {"technographic": [{"column": "technologies", "contains": ["SAP"]}]}}, False),
        ({"intent": {"topics": ["crm"]}}, False),
        ({"tiers": {"tier_1_at": 90}}, True),
        ({"icp": {"grades": {"A": 50, "D": 0}}}, True),
    ],
)
def test_weights_learned_under_another_rule_book_do_not_hold(
    change: dict[str, Any], same: bool
) -> None:
    learned = predictor(marked(LEARNED, params()))
    given = Params.model_validate({**change, "mqa": {"grade": "A"}})
    assert fusion_weights(given, learned) == (
        LEARNED["weights"] if same else {"account_score": 0.5, "propensity": 0.5}
    )
    assert is_outdated(learned, given) is not same
    assert not is_outdated(predictor(LEARNED), given), "a model from before there were marks"
    assert not is_outdated(None, given)
    silent = predictor(marked(LEARNED, params()), NO_SIGNAL)
    assert not is_outdated(silent, given), "where there is no signal no weight is learned"
