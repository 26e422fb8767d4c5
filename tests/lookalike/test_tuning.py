"""What held-out seeds decide."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.lookalike.learn import Examples, default_plan
from abm_ml.lookalike.tuning import better_than_first, folds_of, plan_for, utility

NOBODY = np.zeros(0, dtype=np.int64)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(2, 5))
def test_members_of_a_group_stay_in_one_fold_and_folds_are_of_like_size(
    groups: list[int], folds: int
):
    found = folds_of(np.array(groups), folds)
    assert len(found) == len(groups)
    assert all(len({fold for fold, own in zip(found, groups, strict=True) if own == group}) == 1
        for group in groups)  # fmt: skip
    alone = folds_of(np.arange(len(groups)), folds)
    sizes = np.bincount(alone, minlength=folds)
    assert sizes.max() - sizes.min() <= 1


def test_the_higher_a_held_out_seed_stands_the_better():
    others = np.random.default_rng(0).normal(size=(1_000, 1))
    found = utility(np.array([[-1.0], [0.0], [2.0], [9.0]]), others)[:, 0]
    assert (np.diff(found) > 0).all()
    assert found[1] == pytest.approx(-np.log(0.5), abs=0.1)
    assert np.isfinite(found).all()


def test_ways_are_judged_each_by_itself():
    draw = np.random.default_rng(0)
    held, others = draw.normal(size=(5, 3)), draw.normal(size=(200, 3))
    together = utility(held, others)
    for way in range(3):
        np.testing.assert_array_equal(together[:, [way]], utility(held[:, [way]], others[:, [way]]))


def test_the_first_way_stays_unless_another_is_clearly_better():
    draw = np.random.default_rng(0)
    first = draw.normal(size=40)
    assert better_than_first(np.column_stack([first, first - 0.1, first])) == 0
    assert better_than_first(np.column_stack([first, first - 0.1, first + 0.5])) == 2
    noisy = first + 0.1 + np.resize([-1.0, 1.0], 40)
    assert better_than_first(np.column_stack([first, noisy])) == 0


def examples(index, ids: list[str]) -> Examples:
    rows = np.sort(index._store.positions(ids))
    return Examples(rows, NOBODY, NOBODY, NOBODY, np.zeros(len(index), dtype=bool))


def test_a_handful_of_seeds_decides_nothing(index, universe, members):
    for count in (1, 2, 4):
        plan = plan_for(universe, examples(index, members("legal", count)), seed=0, threads=1)
        default = default_plan(count)
        assert plan.shares.tolist() == default.shares.tolist()
        assert (plan.rerank, plan.kinds) == (default.rerank, default.kinds)


def test_seeds_of_one_group_decide_nothing(index, members):
    """There is no fold left to learn from."""
    ids = members("legal", 12)
    universe = index._universe(dict.fromkeys(ids, "one"))
    plan = plan_for(universe, examples(index, ids), seed=0, threads=1)
    assert (plan.rerank, plan.kinds) == (default_plan(12).rerank, 1)


def test_the_plan_is_the_same_again(index, universe, members):
    given_ = examples(index, members("工业", 24))
    one, two = (plan_for(universe, given_, seed=0, threads=threads) for threads in (1, 2))
    assert one.shares.tolist() == two.shares.tolist()
    assert (one.rerank, one.kinds) == (two.rerank, two.kinds)
    assert one.shares.sum() == pytest.approx(1)
