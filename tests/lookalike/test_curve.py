"""How good a list will be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from abm_ml.lookalike.curve import (
    SeedEvaluation,
    firmographic_places,
    held_out,
    recall_curve,
)
from abm_ml.lookalike.learn import Examples
from abm_ml.lookalike.universe import Universe

NOBODY = np.zeros(0, dtype=np.int64)
PLACES = st.lists(st.tuples(st.integers(1, 3_000), st.integers(1, 3_000)), min_size=3, max_size=60)


@settings(max_examples=40, deadline=None)
@given(PLACES)
def test_the_curve_rises_to_everything_and_lies_inside_its_interval(places: list):
    curve = recall_curve(np.array(places, dtype=float), 3_000)
    assert curve["k"].tolist() == [50, 100, 200, 500, 1_000, 2_000, 3_000]
    for column in ("recall", "low", "high", "firmographic"):
        assert curve[column].is_monotonic_increasing
        assert curve[column].between(0, 1).all()
    assert (curve["low"] <= curve["recall"]).all()
    assert (curve["recall"] <= curve["high"]).all()
    assert curve["recall"].iloc[-1] == 1
    assert curve["chance"].tolist() == [k / 3_000 for k in curve["k"]]
    np.testing.assert_allclose(curve["lift"], curve["recall"] / curve["chance"])


def test_recall_is_the_share_of_hidden_seeds_among_the_first_k():
    curve = recall_curve(np.array([[10, 900], [60, 50], [150, 51], [2_500, 1.0]]), 3_000)
    assert curve["recall"].tolist() == [0.25, 0.5, 0.75, 0.75, 0.75, 0.75, 1.0]
    assert curve["firmographic"].tolist() == [0.5, 0.75, 0.75, 0.75, 1.0, 1.0, 1.0]


def test_more_seeds_make_a_narrower_interval():
    widths = []
    for seeds in (6, 24, 96):
        places = np.column_stack([np.resize([10, 100, 1_000], seeds)] * 2)
        curve = recall_curve(places, 3_000)
        widths.append(curve["high"][2] - curve["low"][2])
    assert widths[0] > widths[1] > widths[2]


def test_intervals_hold_what_they_promise():
    """Half of the companies like the seeds are hidden: their share lies inside in 80 %."""
    draw = np.random.default_rng(0)
    inside = []
    for _ in range(120):
        share = draw.uniform(0.1, 0.9)
        seeds, hidden = draw.random((2, 30)) < share
        places = np.where(seeds, 10, 2_000).astype(float)
        first = recall_curve(np.column_stack([places, places]), 3_000).iloc[0]
        inside.append(first["low"] <= hidden.mean() <= first["high"])
    assert 0.72 <= np.mean(inside) <= 0.97


def test_a_plain_match_counts_the_values_of_the_seeds_and_shares_ties(universe, facts_by_hand):
    small = facts_by_hand([[1, 1, 1], [1, 0, 1], [0, 1, 0], [0, 0, 1], [1, 1, 0]])
    everybody, counted = np.ones(5, dtype=bool), np.array([True, True, False])
    # Seeds 0 and 1: the first value counts 1, the second a half: 1.5, 1, 0.5, 0 and 1.5.
    places = firmographic_places(small, everybody, np.array([0, 1]), np.arange(5), counted)
    assert places.tolist() == [1.5, 3.0, 4.0, 5.0, 1.5]


@pytest.fixture
def facts_by_hand(universe: Universe):
    """A universe of a few accounts with these facts."""

    def made(rows: list[list[int]]) -> Universe:
        matrix = csr_matrix(np.array(rows, dtype=np.float32))
        return replace(universe, facts=matrix, shuffled=np.arange(len(rows)))

    return made


def evaluated(index, universe, ids: list[str], **options) -> SeedEvaluation:
    rows = np.sort(index._store.positions(ids))
    given_ = Examples(rows, NOBODY, NOBODY, NOBODY, np.zeros(len(index), dtype=bool))
    allowed = options.pop("allowed", np.ones(len(index), dtype=bool))
    return held_out(universe, given_, allowed, index.facts.firmographic, k=100, seed=0, threads=1)


def test_every_seed_is_looked_for_once(index, universe, members):
    ids = members("legal", 11)
    found = evaluated(index, universe, ids)
    assert sorted(found.positions["account_id"]) == sorted(ids)
    assert found.positions["position"].between(0, 1).all()
    assert found.warnings == ()
    assert found.curve["recall"].iloc[-1] == 1


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_seeds_leave_nothing_to_learn_from(index, universe, members, count: int):
    found = evaluated(index, universe, members("legal", count))
    assert found.warnings == ("few_seeds",)
    assert found.curve.empty
    assert found.positions["position"].isna().all()


def test_three_or_four_are_evaluated_and_said_to_be_few(index, universe, members):
    found = evaluated(index, universe, members("legal", 4))
    assert "few_seeds" in found.warnings
    assert not found.curve.empty


def test_who_is_excluded_is_looked_for_all_the_same_when_held_out(index, universe, members):
    ids = members("legal", 10)
    allowed = np.ones(len(index), dtype=bool)
    allowed[index._store.positions(ids)] = False
    one, other = evaluated(index, universe, ids), evaluated(index, universe, ids, allowed=allowed)
    assert one.curve.equals(other.curve)
    assert one.positions.equals(other.positions)


def test_nothing_is_learned_from_what_is_held_out(own_index, accounts, members):
    """Copies of a stray seed lead to it, unless they are branches and hidden with it."""
    ids = [one for one in own_index.ids if one.startswith("legal-")][:10]
    stray = accounts[accounts["account_id"].isin(own_index.ids)
        & accounts["account_id"].str.startswith("工业-")].dropna().iloc[:1]  # fmt: skip
    copies = stray.loc[stray.index.repeat(3)].assign(account_id=["X1", "X2", "X3"])
    own_index.add(copies)
    seeds = [*ids, *copies["account_id"]]

    def positions(groups: dict[str, str]) -> np.ndarray:
        found = own_index.evaluate(seeds, 50, groups=groups).positions
        return found.set_index("account_id")["position"].loc[["X1", "X2", "X3"]].to_numpy()

    assert positions({}).max() < 0.2
    assert positions(dict.fromkeys(copies["account_id"], "branches")).min() > 0.2


def test_a_curve_that_never_leaves_chance_is_warned_of(index, universe, members):
    draw = np.random.default_rng(4)
    lists = [draw.choice(index.ids, 12, replace=False).tolist() for _ in range(3)]
    assert sum("near_chance" in evaluated(index, universe, one).warnings for one in lists) >= 2
    assert "near_chance" not in evaluated(index, universe, members("legal", 12)).warnings


def test_the_length_of_the_list_is_told_beside_the_usual_ones():
    curve = recall_curve(np.full((6, 2), 40.0), 900, 37).set_index("k")
    assert curve.index.tolist() == [37, 50, 100, 200, 500, 900]
    assert curve.loc[[37, 50], "recall"].tolist() == [0, 1]
