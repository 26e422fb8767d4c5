import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.rules.score import (
    MICRO,
    account_score,
    decayed_points,
    engagement_score,
    priority,
    propensity_score,
    spread_weights,
)

WEIGHTS = {"firmographic": 0.40, "technographic": 0.20, "intent": 0.25, "engagement": 0.15}
score_0_100 = st.floats(0, 100)


def test_points_halve_with_each_half_life():
    decayed = decayed_points(np.array([8.0, 8, 8]), np.array([0.0, 30, 60]), 30)
    assert decayed.tolist() == [8, 4, 2]


def test_engagement_reaches_100_at_full_points_and_stays_there():
    points = np.array([0, 25 * MICRO, 100 * MICRO, 900 * MICRO])
    assert engagement_score(points, full_points=100).tolist() == [0, 25, 100, 100]


def test_the_default_weights_stand_where_every_source_is_there():
    assert spread_weights(WEIGHTS, WEIGHTS) == pytest.approx(WEIGHTS)


def test_weight_of_an_absent_source_goes_to_the_rest_in_proportion():
    spread = spread_weights(WEIGHTS, {"firmographic", "technographic"})
    assert spread == pytest.approx(
        {"firmographic": 2 / 3, "technographic": 1 / 3, "intent": 0, "engagement": 0}
    )


def test_without_any_weighted_source_every_score_is_zero():
    weights = spread_weights({"firmographic": 0.0, "intent": 1.0}, {"firmographic"})
    assert weights == {"firmographic": 0, "intent": 0}
    assert account_score({"firmographic": np.array([100.0])}, weights).tolist() == [0]


def test_the_account_score_by_hand():
    parts = {
        "firmographic": np.array([100.0, 60]),
        "technographic": np.array([100.0, 0]),
        "intent": np.array([80.0, 40]),
        "engagement": np.array([0.0, 50]),
    }
    assert account_score(parts, WEIGHTS).tolist() == [80, 41.5]


def test_an_account_at_the_base_rate_scores_50():
    assert propensity_score(np.array([0.0, 0.02, 0.06, 1.0]), 0.02).tolist() == pytest.approx(
        [0, 50, 75, 98.0392156863]
    )


def test_priority_is_the_weighted_mean_of_its_parts():
    parts = {"account_score": np.array([80.0]), "propensity": np.array([50.0])}
    assert priority(parts, {"account_score": 0.5, "propensity": 0.5}).tolist() == [65]
    assert priority(parts, {"account_score": 3, "propensity": 1}).tolist() == [72.5]


def test_priority_is_the_account_score_where_nothing_else_has_weight():
    parts = {"account_score": np.array([80.0]), "propensity": np.array([50.0])}
    assert priority(parts, {"account_score": 0.5, "propensity": 0}).tolist() == [80]
    assert priority(parts, {"account_score": 0, "propensity": 0}).tolist() == [80]


@given(st.lists(score_0_100, min_size=5, max_size=5), st.integers(0, 3), st.floats(0, 100))
def test_law_4_a_higher_part_never_lowers_the_account_score(values, which, more):
    lower = {name: np.array([value]) for name, value in zip(WEIGHTS, values, strict=False)}
    name = list(WEIGHTS)[which]
    higher = lower | {name: np.maximum(lower[name], more)}
    assert account_score(higher, WEIGHTS)[0] >= account_score(lower, WEIGHTS)[0]


@given(st.floats(0, 1), st.floats(0, 1), score_0_100, score_0_100, st.floats(1e-6, 1))
def test_law_4_a_higher_part_never_lowers_priority(p, q, a, b, base_rate):
    weights = {"account_score": 0.3, "propensity": 0.7}

    def fused(account: float, propensity: float) -> float:
        parts = {
            "account_score": np.array([account]),
            "propensity": propensity_score(np.array([propensity]), base_rate),
        }
        return float(priority(parts, weights)[0])

    assert fused(max(a, b), max(p, q)) >= fused(min(a, b), min(p, q))


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_law_4_more_points_never_lower_engagement(points, more):
    low, high = engagement_score(np.array([points, points + more]), full_points=100)
    assert high >= low
