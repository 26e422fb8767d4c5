"""Weights of priority's parts follow what the past shows, and stay where it shows nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit

from abm_ml.rules.score import priority
from abm_ml.scoring.stacking import MIN_WON, Ranked, learned_weights, standard_errors, top_value

PRIOR = {"account_score": 0.5, "propensity": 0.5}
WITH_SIMILARITY = {**PRIOR, "similarity": 0.1}


def market(seed: int = 0, rows: int = 6_000, rate: float = -3.0, **effects: float) -> Ranked:
    """Accounts at three moments; each named part moves the log-odds of a win by its effect."""
    rng = np.random.default_rng(seed)
    parts = {name: rng.uniform(0, 100, rows) for name in WITH_SIMILARITY}
    pull = sum(effects.get(name, 0.0) * (part - 50) / 30 for name, part in parts.items())
    y = (rng.random(rows) < expit(rate + pull)).astype(np.int64)
    return Ranked(parts, y, rng.integers(3, size=rows), np.arange(rows))


def two(past: Ranked) -> Ranked:
    """Without an index."""
    return past.only("account_score", "propensity")


# --- what is learned ---------------------------------------------------------------------------


def test_where_only_the_rules_tell_winners_they_carry() -> None:
    assert learned_weights(two(market(account_score=2)), PRIOR)["account_score"] >= 0.85


def test_where_only_the_model_tells_winners_it_carries() -> None:
    assert learned_weights(two(market(propensity=2)), PRIOR)["propensity"] >= 0.85


def test_rules_that_are_wrong_lose_their_weight_altogether() -> None:
    weights = learned_weights(two(market(propensity=2, account_score=-1)), PRIOR)
    assert weights == {"account_score": 0.0, "propensity": 1.0}


def test_where_both_tell_winners_both_count() -> None:
    weights = learned_weights(two(market(propensity=1, account_score=1)), PRIOR)
    assert weights["account_score"] == pytest.approx(0.5, abs=0.15)


def test_a_part_that_tells_nothing_by_itself_gets_no_weight_however_few_were_won() -> None:
    past = market(rows=2_000, account_score=1.5)
    assert MIN_WON < past.won < 200
    weights = learned_weights(past, {"account_score": 0.1, "propensity": 0.8, "similarity": 0.1})
    assert weights == {"account_score": 1.0, "propensity": 0.0, "similarity": 0.0}


def test_similarity_gets_the_weight_that_it_earns() -> None:
    useful = learned_weights(market(propensity=1, similarity=1.5), WITH_SIMILARITY)
    useless = learned_weights(market(propensity=2), WITH_SIMILARITY)
    assert useful["similarity"] >= 0.4
    assert useless["similarity"] <= 0.1


# --- what stays as the params have it ----------------------------------------------------------


def test_few_won_accounts_teach_nothing() -> None:
    past = two(market(propensity=3))
    won = np.flatnonzero(past.y == 1)
    few = replace(past, y=np.zeros_like(past.y))
    few.y[won[: MIN_WON - 1]] = 1
    assert learned_weights(few, {"account_score": 3, "propensity": 1}) == {
        "account_score": 0.75,
        "propensity": 0.25,
    }


def test_an_account_that_is_won_in_many_snapshots_counts_once() -> None:
    past = two(market(propensity=3))
    few = replace(past, account=np.where(past.y == 1, past.account % 10, past.account + 10))
    assert past.won > MIN_WON
    assert few.won == 10
    assert learned_weights(few, PRIOR) == PRIOR


def test_where_nothing_tells_winners_the_rules_carry() -> None:
    learned = [learned_weights(two(market(seed, rows=2_000)), PRIOR) for seed in range(20)]
    alone = [weights == {"account_score": 1.0, "propensity": 0.0} for weights in learned]
    assert sum(alone) >= 18


def test_chance_moves_the_weights_little_where_both_parts_tell_as_much() -> None:
    even = {"account_score": 0.8, "propensity": 0.8}
    learned = [learned_weights(two(market(s, rows=2_000, **even)), PRIOR) for s in range(12)]
    assert [weights["propensity"] for weights in learned] == pytest.approx([0.5] * 12, abs=0.15)


def test_weights_of_the_params_that_the_past_supports_are_about_kept() -> None:
    prior = {"account_score": 1 / 3, "propensity": 1 / 3, "similarity": 1 / 3}
    past = market(rows=1_500, account_score=1, propensity=1, similarity=1)
    assert learned_weights(past, prior) == pytest.approx(prior, abs=0.1)


# --- the hold of the params fades --------------------------------------------------------------


def mean_weight(rows: int, prior: dict[str, float]) -> float:
    """Of a model that tells far more than the rules, over eight histories of so many rows."""
    pasts = [two(market(s, rows=rows, account_score=0.2, propensity=0.8)) for s in range(8)]
    return float(np.mean([learned_weights(past, prior)["propensity"] for past in pasts]))


def test_the_more_was_won_the_further_the_weights_leave_the_params() -> None:
    given = {"account_score": 0.9, "propensity": 0.1}
    few, some, many = (mean_weight(rows, given) for rows in (800, 2_500, 8_000))
    assert 0.1 < few < some < many


def test_with_much_won_it_hardly_matters_what_the_params_said() -> None:
    trusting, doubting = ({"account_score": 1 - w, "propensity": w} for w in (0.9, 0.2))
    assert mean_weight(800, trusting) - mean_weight(800, doubting) > 0.2
    assert mean_weight(8_000, trusting) - mean_weight(8_000, doubting) < 0.1


# --- parts that tell nothing -------------------------------------------------------------------


def test_wrong_rules_lose_their_weight_with_few_wins_too() -> None:
    past = two(market(rows=1_000, propensity=1, account_score=-1))
    assert MIN_WON < past.won < 100
    assert learned_weights(past, PRIOR) == {"account_score": 0.0, "propensity": 1.0}


def test_rules_have_the_benefit_of_the_doubt_that_other_parts_have_not() -> None:
    faint, clear = 0.1, 1.0
    rules = learned_weights(two(market(rows=2_000, account_score=faint, propensity=clear)), PRIOR)
    model = learned_weights(two(market(rows=2_000, account_score=clear, propensity=faint)), PRIOR)
    assert 0 < rules["account_score"] < 0.3
    assert model["propensity"] == 0


def test_rules_that_give_all_the_same_score_are_not_taken_for_wrong() -> None:
    past = two(market(rows=2_000, propensity=1))
    same = replace(past, parts={**past.parts, "account_score": np.full(len(past), 50.0)})
    few = replace(past, parts={**past.parts, "account_score": (past.account % 10 == 0) * 1.0})
    assert learned_weights(same, PRIOR)["account_score"] > 0
    assert learned_weights(few, PRIOR)["account_score"] > 0


def test_wrong_rules_carry_where_nothing_else_tells() -> None:
    assert learned_weights(two(market(rows=2_000, account_score=-1)), PRIOR) == {
        "account_score": 1.0,
        "propensity": 0.0,
    }


# --- laws --------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    effects=st.fixed_dictionaries({name: st.floats(-2, 2) for name in WITH_SIMILARITY}),
    prior=st.fixed_dictionaries({name: st.floats(0, 5) for name in WITH_SIMILARITY}),
)
def test_weights_are_never_negative_and_sum_to_1(
    seed: int, effects: dict[str, float], prior: dict[str, float]
) -> None:
    weights = learned_weights(market(seed, rows=200, rate=-1.0, **effects), prior)
    assert list(weights) == list(WITH_SIMILARITY)
    assert min(weights.values()) >= 0
    assert sum(weights.values()) == pytest.approx(1)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), part=st.sampled_from(list(WITH_SIMILARITY)))
def test_law_4_a_higher_part_never_lowers_priority(seed: int, part: str) -> None:
    past = market(seed, rows=200, rate=-0.5, propensity=1, account_score=-1)
    weights = learned_weights(past, WITH_SIMILARITY)
    raised = {**past.parts, part: np.minimum(100, past.parts[part] + 7)}
    assert (priority(raised, weights) >= priority(past.parts, weights)).all()


def test_law_3_the_order_of_rows_changes_nothing() -> None:
    past = market(propensity=1, account_score=0.5)
    shuffled = past.take(np.random.default_rng(1).permutation(len(past)))
    assert learned_weights(past, WITH_SIMILARITY) == learned_weights(shuffled, WITH_SIMILARITY)


# --- how an order is judged --------------------------------------------------------------------


def test_the_top_is_worth_more_than_the_middle_and_the_mean_is_about_1() -> None:
    value = top_value(np.arange(1_000.0), np.zeros(1_000, dtype=np.int64))
    assert value.mean() == pytest.approx(1, abs=0.01)
    assert value[989] == pytest.approx(4.6, abs=0.1)
    assert value[499] == pytest.approx(0.7, abs=0.01)
    assert (np.diff(value) > 0).all()


def test_equal_scores_share_their_place() -> None:
    value = top_value(np.array([1.0, 1.0, 0.0, 0.0]), np.zeros(4, dtype=np.int64))
    np.testing.assert_allclose(value, -np.log([0.25, 0.25, 0.75, 0.75]))


def test_accounts_compete_with_those_of_their_own_moment() -> None:
    value = top_value(np.array([1.0, 2.0, 101.0, 102.0]), np.array([0, 0, 1, 1]))
    np.testing.assert_array_equal(value[:2], value[2:])


@given(arrays(np.int64, 30, elements=st.integers(0, 50)))
def test_only_the_order_counts(score: np.ndarray) -> None:
    moment = np.arange(30) % 2
    stretched = np.exp(score / 10) - 7
    np.testing.assert_array_equal(top_value(score / 1.0, moment), top_value(stretched, moment))


def test_rows_of_one_account_are_one_piece_of_evidence() -> None:
    values = np.random.default_rng(0).normal(size=(1, 100))
    alone = standard_errors(values, np.arange(100))
    doubled = standard_errors(np.repeat(values, 2, axis=1), np.repeat(np.arange(100), 2))
    np.testing.assert_allclose(alone, doubled)
    assert alone[0] == pytest.approx(values.std() / 10)
