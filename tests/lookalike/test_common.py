"""Seeds with nothing in common are told from those that are alike."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.common import CHANCE, chance_of_likeness, likeness
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.lookalike.universe import Universe


def strangers(rows: int, twins: int) -> pd.DataFrame:
    """Companies without segments, the first of them once more under another id."""
    draw = np.random.default_rng(0)
    share = 1 / np.arange(2, 82)
    share /= share.sum()
    once = pd.DataFrame(
        {
            "account_id": [f"{number:03d}" for number in range(rows)],
            "tags": [[f"tag {k}" for k in draw.choice(80, 3, replace=False, p=share)]
                     for _ in range(rows)],
            "city": [f"city {k}" for k in draw.choice(80, rows, p=share)],
            "employees": np.round(draw.lognormal(4, 1.5, rows)),
        }
    )  # fmt: skip
    again = once.iloc[:twins].assign(account_id=once["account_id"].iloc[:twins] + " again")
    return pd.concat([once, again], ignore_index=True)


def rows_of(universe: Universe, ids: Sequence[str]) -> np.ndarray:
    return universe.store.positions(sorted(ids))


def random_rows(universe: Universe, size: int, seed: int) -> np.ndarray:
    return np.sort(np.random.default_rng(seed).permutation(len(universe))[:size])


def test_random_companies_are_called_alike_as_seldom_as_is_said(universe: Universe) -> None:
    lists = [random_rows(universe, 5 + seed // 2, seed) for seed in range(24)]
    chances = np.array([chance_of_likeness(universe, rows) for rows in lists])
    # Five of 24 fair draws lie below .04 once in 430 times, their mean this far off once in 150.
    assert (chances <= CHANCE).sum() <= 4
    assert chances.mean() == pytest.approx(0.5, abs=0.16)


@pytest.mark.parametrize("size", [5, 8, 20])
def test_companies_of_one_segment_are_alike(
    universe: Universe, members: Callable[..., list[str]], size: int
) -> None:
    for segment in ("legal", "工业"):
        assert chance_of_likeness(universe, rows_of(universe, members(segment, size))) <= CHANCE


def test_a_segment_is_seen_among_as_many_others(
    universe: Universe, members: Callable[..., list[str]]
) -> None:
    found = []
    for seed in range(4):
        others = np.random.default_rng(seed).choice(universe.store.ids, 10, replace=False)
        mixed = {*members("fintech", 10, seed=seed), *others}
        found.append(chance_of_likeness(universe, rows_of(universe, list(mixed))) <= CHANCE)
    assert sum(found) >= 3


def test_branches_of_one_company_are_no_evidence(universe: Universe) -> None:
    numbers = universe.groups.copy()
    rows = rows_of(universe, [one for one in universe.store.ids if one.startswith("legal")][:8])
    numbers[rows] = numbers[rows[0]]
    one_group = Universe(**{**vars(universe), "groups": numbers})
    assert chance_of_likeness(one_group, rows) == 1


def test_a_company_that_is_listed_twice_seldom_makes_a_list_alike() -> None:
    """Twins of which no group tells, among four strangers: without the limit 9 of 12 pass."""
    index = LookalikeIndex(threads=1).fit(strangers(600, twins=12))
    universe = index._universe(None)
    passed = []
    for number in range(12):
        others = np.random.default_rng(number).choice(np.arange(20, 600), 4, replace=False)
        ids = [f"{number:03d}", f"{number:03d} again", *(f"{other:03d}" for other in others)]
        passed.append(chance_of_likeness(universe, rows_of(universe, ids)) <= CHANCE)
    assert sum(passed) <= 5


def test_a_pair_counts_no_more_however_alike_it_is() -> None:
    rows = np.random.default_rng(0).normal(size=(60, 4))
    lists = np.arange(60).reshape(20, 3)
    rows[2] = 0  # Of the first list only one pair has anything in common.
    found = []
    for times in (1, 50, 5_000):
        rows[1] = rows[0] * times
        found.append(likeness(rows, lists)[0])
    assert found[0] < found[1] == found[2]


def test_the_order_of_seeds_does_not_matter(universe: Universe) -> None:
    for size in (12, 150):
        rows = random_rows(universe, size, 1)
        mixed = np.random.default_rng(2).permutation(rows)
        assert chance_of_likeness(universe, rows) == chance_of_likeness(universe, mixed)
