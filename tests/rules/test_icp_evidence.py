from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.rules.icp_evidence import LEAST_LOST, Evidence, Share, lift, references


def groups_of(won: int, lost: int, universe: int) -> dict[str, np.ndarray]:
    names = np.array(["won"] * won + ["lost"] * lost + ["universe"] * universe)
    return {name: names == name for name in ("won", "lost", "universe")}


shares = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda n: Share(n[0], n[0] + n[1]))


def test_the_interval_of_a_lift_is_that_of_the_paper() -> None:
    # √(1/60 − 1/100 + 1/30 − 1/100) = √0.03; z = 1.645: 2 · exp(± 0.2849)
    found = lift(Share(60, 100), Share(30, 100))
    assert found.value == pytest.approx(2)
    assert found.low == pytest.approx(2 * math.exp(-1.64485 * math.sqrt(0.03)), rel=1e-5)
    assert found.high == pytest.approx(2 * math.exp(1.64485 * math.sqrt(0.03)), rel=1e-5)


@given(shares, shares)
def test_a_lift_lies_in_its_interval_and_a_surer_one_is_wider(one: Share, other: Share) -> None:
    found, surer = lift(one, other), lift(one, other, 0.99)
    assert 0 <= surer.low <= found.low <= found.value <= found.high <= surer.high


@given(shares, shares)
def test_turned_round_a_lift_is_one_divided_by_it(one: Share, other: Share) -> None:
    forth, back = lift(one, other), lift(other, one)
    assert forth.value * back.value == pytest.approx(1)


def test_a_trait_that_no_other_has_keeps_a_finite_lift() -> None:
    assert math.isfinite(lift(Share(5, 10), Share(0, 100)).high)


def test_unknown_values_are_in_no_share() -> None:
    groups = groups_of(4, 0, 4)
    met = np.array([1, 1, 0, 0, 1, 0, 0, 0], dtype=bool)
    known = np.array([1, 1, 1, 0, 1, 1, 1, 1], dtype=bool)
    evidence = Evidence.of(met, known, groups)
    assert evidence.shares == {"won": Share(2, 3), "universe": Share(1, 4)}
    assert evidence.unknown == 0.25


def test_a_few_lost_accounts_are_no_reference() -> None:
    assert references(groups_of(9, LEAST_LOST - 1, 9)) == ("universe",)
    assert references(groups_of(9, LEAST_LOST, 9)) == ("universe", "lost")


def test_the_ratio_compares_the_odds_of_those_who_meet_it_with_the_rest() -> None:
    evidence = Evidence({"won": Share(60, 100), "universe": Share(20, 100)}, 0.0)
    assert evidence.ratio == pytest.approx((60.5 / 40.5) / (20.5 / 80.5))
