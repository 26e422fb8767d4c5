"""Seeds with nothing in common are told from those that are alike."""

import numpy as np

from abm_ml.lookalike.common import CHANCE, chance_of_likeness
from abm_ml.lookalike.universe import Universe


def rows_of(universe: Universe, ids: list[str]) -> np.ndarray:
    return universe.store.positions(sorted(ids))


def test_random_companies_are_called_alike_as_seldom_as_is_said(universe: Universe) -> None:
    for size in (6, 40):
        lists = [np.random.default_rng(i).permutation(len(universe))[:size] for i in range(40)]
        alike = [chance_of_likeness(universe, np.sort(rows)) <= CHANCE for rows in lists]
        assert sum(alike) <= 6


def test_companies_of_one_segment_are_alike(universe: Universe) -> None:
    legal = [one for one in universe.store.ids if one.startswith("legal")]
    for size in (8, 20):
        chosen = np.random.default_rng(size).choice(legal, size, replace=False)
        assert chance_of_likeness(universe, rows_of(universe, list(chosen))) <= CHANCE


def test_branches_of_one_company_are_no_evidence(universe: Universe) -> None:
    numbers = universe.groups.copy()
    rows = rows_of(universe, [one for one in universe.store.ids if one.startswith("legal")][:8])
    numbers[rows] = numbers[rows[0]]
    one_group = Universe(**{**vars(universe), "groups": numbers})
    assert chance_of_likeness(one_group, rows) > CHANCE


def test_the_same_lists_are_drawn_every_time(universe: Universe) -> None:
    rows = np.arange(12)
    assert chance_of_likeness(universe, rows) == chance_of_likeness(universe, rows)
