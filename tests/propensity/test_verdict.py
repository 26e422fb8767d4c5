"""The verdict claims a signal only where it must be there."""

import re

import numpy as np
import pytest

from abm_ml.propensity.metrics import Scores
from abm_ml.propensity.verdict import Judgement, judge


def judged(
    p: np.ndarray, y: np.ndarray, clusters: np.ndarray | None = None, rate: float = 0.3
) -> Judgement:
    """The verdict on probabilities beside the base rate, in one fold."""
    n = len(y)
    fold = np.zeros(n, dtype=int)
    base = Scores(np.full(n, rate), y, fold)
    own = np.arange(n) if clusters is None else clusters
    return judge(Scores(p, y, fold), base, np.ones(n), own, seed=0)


def labels(p: np.ndarray, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).random(len(p)) < p).astype(int)


def test_probabilities_that_tell_apart_are_good() -> None:
    p = np.tile([0.05, 0.55], 500)
    found = judged(p, labels(p))
    assert found.verdict == "good"
    assert found.auc_low > 0.7
    assert found.why.startswith("AUC 0.")


def test_a_small_but_sure_difference_is_weak() -> None:
    p = np.tile([0.2, 0.4], 1_500)
    assert judged(p, labels(p)).verdict == "weak"


def test_probabilities_without_relation_to_the_outcome_find_nothing() -> None:
    p = np.random.default_rng(1).uniform(0.2, 0.4, 1_000)
    y = labels(np.full(1_000, 0.3), seed=2)
    assert judged(p, y).verdict == "no signal found"


def test_a_ranking_whose_probabilities_are_worse_than_the_base_rate_finds_nothing() -> None:
    truth = np.tile([0.2, 0.4], 1_500)
    overconfident = np.where(truth > 0.3, 0.99, 0.01)
    found = judged(overconfident, labels(truth))
    assert found.auc_low > 0.5
    assert found.verdict == "no signal found"


def test_one_lucky_account_with_many_rows_is_no_signal() -> None:
    y = np.concatenate([np.ones(300), np.tile([1, 0, 0], 200)]).astype(int)
    p = np.concatenate([np.full(300, 0.9), np.full(600, 0.3)])
    account = np.concatenate([np.zeros(300), np.arange(1, 601)]).astype(int)
    assert judged(p, y).verdict == "good"
    assert judged(p, y, clusters=account).verdict == "no signal found"


@pytest.mark.parametrize("constant", [0.3, 0.5])
def test_the_same_probability_for_everybody_finds_nothing(constant: float) -> None:
    y = labels(np.full(500, 0.3))
    assert judged(np.full(500, constant), y).verdict == "no signal found"


def test_a_level_that_has_moved_is_told_but_hides_no_signal() -> None:
    truth = np.tile([0.2, 0.5], 1_500)
    moved = 1 / (1 + (1 / truth - 1) * np.exp(1.2))  # as if the rate had been lower
    found = judged(moved, labels(truth))
    assert found.gain_low < 0
    assert found.verdict == "weak"
    assert re.search(
        r"log loss 0\.\d+ worse than the base rate, but 0\.\d+ better where the mean rate of each "
        r"window is right$",
        found.why,
    )


def test_a_loss_that_no_level_explains_is_told_as_such() -> None:
    truth = np.tile([0.2, 0.4], 1_500)
    found = judged(np.where(truth > 0.3, 0.99, 0.01), labels(truth))
    assert re.search(r"log loss \d\.\d+ worse than the base rate$", found.why)


@pytest.mark.parametrize(("copies", "verdict"), [(1, "no signal found"), (10, "good")])
def test_three_wins_that_rank_well_may_be_luck_and_thirty_are_not(
    copies: int, verdict: str
) -> None:
    """The bootstrap alone would be sure of three: whatever it draws of them ranks well."""
    y = np.tile(np.isin(np.arange(300), [241, 246, 251]).astype(int), copies)
    p = np.tile(np.linspace(0.001, 0.02, 300), copies)
    found = judged(p, y, rate=0.01)
    assert found.auc_low > 0.75
    assert found.verdict == verdict
