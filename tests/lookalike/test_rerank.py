"""Trees that see which facts come together, and ranks fused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from abm_ml.lookalike.rerank import MOST_FACTS, TreeRanker, fused_order, telling_columns, tree_rows


def rows_of(count: int, seed: int = 0) -> tuple[csr_matrix, np.ndarray]:
    """Twelve facts and one number; wanted is who has the first two facts and a large number."""
    draw = np.random.default_rng(seed)
    facts = (draw.random((count, 12)) < 0.4).astype(np.float32)
    numbers = draw.normal(size=(count, 1)).astype(np.float32)
    wanted = (facts[:, 0] > 0) & (facts[:, 1] > 0) & (numbers[:, 0] > 0)
    return tree_rows(csr_matrix(facts), numbers), wanted


def ranker(**options: int) -> TreeRanker:
    rows, wanted = rows_of(2_000)
    return TreeRanker(1, **options).fit(rows[wanted][:60], rows[~wanted])


def test_facts_that_only_come_together_among_seeds_are_learned():
    rows, wanted = rows_of(1_000, seed=1)
    margins = ranker(bags=2).score(rows)
    assert margins.shape == (1_000,)
    assert np.quantile(margins[wanted], 0.2) > np.quantile(margins[~wanted], 0.9)


def test_threads_change_nothing_and_seeds_do():
    rows, _ = rows_of(500, seed=2)
    one, two = (ranker(bags=2, threads=threads).score(rows) for threads in (1, 2))
    np.testing.assert_array_equal(one, two)
    assert (ranker(bags=2, seed=1).score(rows) != one).any()


def test_what_was_refused_goes_down():
    rows, wanted = rows_of(2_000)
    seeds = rows[wanted]
    disliked = seeds.toarray()[:, 5] > 0
    plain = TreeRanker(1, bags=2).fit(seeds, rows[~wanted]).score(seeds)
    told = TreeRanker(1, bags=2).fit(seeds, rows[~wanted], seeds[disliked][:20]).score(seeds)
    gap = told - plain
    assert gap[disliked].mean() < gap[~disliked].mean()


def test_a_missing_number_is_not_zero():
    rows = tree_rows(csr_matrix((4, 0)), np.array([[np.nan], [0.0], [5.0], [np.inf]], np.float32))
    missing, zero, five, infinite = rows.toarray()[:, 0]
    assert missing == infinite == 0
    assert zero != 0
    assert zero == pytest.approx(0, abs=1e-3)
    assert five == 5


def test_trees_look_at_the_facts_that_differ_most_and_at_all_numbers():
    draw = np.random.default_rng(0)
    seeds, others = ((draw.random((rows, 1_002)) < 0.3).astype(np.float32) for rows in (40, 900))
    seeds[:, [7, 500]] = 1
    chosen = telling_columns(csr_matrix(seeds), csr_matrix(others), 2).tolist()
    assert {7, 500, 1_000, 1_001} <= set(chosen)
    assert chosen == sorted(chosen)
    assert len(chosen) == MOST_FACTS + 2


SCORES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30)


@given(SCORES, st.sampled_from([0.0, 0.5, 0.75, 1.0]))
def test_fusing_orders_every_row_once_and_never_against_both(
    scores: list[tuple[int, int]], share: float
):
    first, second = np.array(scores, dtype=float).T
    order = fused_order(first, second, share)
    assert sorted(order.tolist()) == list(range(len(scores)))
    place = np.argsort(order)
    for i in range(len(scores)):
        beaten = (first < first[i]) & (second < second[i])
        assert (place[beaten] > place[i]).all()


@given(SCORES)
def test_a_weight_of_nought_or_one_is_the_order_of_one_way(scores: list[tuple[int, int]]):
    first, second = np.array(scores, dtype=float).T
    assert (np.diff(first[fused_order(first, second, 0)]) <= 0).all()
    assert (np.diff(second[fused_order(first, second, 1)]) <= 0).all()


def test_who_is_first_matters_more_than_who_is_last():
    first = -np.arange(100.0)
    second = -np.r_[40, np.arange(1, 40), 0, np.arange(41, 100)].astype(float)
    # The row at 1 and 41 goes before the one at 21 and 21.
    order = fused_order(first, second, 0.5).tolist()
    assert order.index(0) < order.index(20)
