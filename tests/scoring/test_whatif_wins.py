"""Expected wins: the mean is the sum, and the interval holds what luck and level allow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.scoring.whatif_wins import expected_value, expected_wins

chances = st.lists(st.floats(0.001, 0.999), min_size=1, max_size=60).map(np.array)


@given(chances, st.floats(0.3, 1.0), st.floats(1.0, 3.0))
def test_the_mean_is_the_sum_and_the_ends_are_numbers_that_can_be(p, down, up) -> None:
    told = expected_wins(p, p * down, np.minimum(p * up, 1))
    assert told.value == pytest.approx(p.sum())
    assert 0 <= told.low <= told.high <= len(p)
    assert (told.low, told.high) == (int(told.low), int(told.high))


def test_luck_alone_is_covered_as_promised() -> None:
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(150):
        p = rng.beta(1, rng.integers(5, 60), rng.integers(5, 2000))
        told = expected_wins(p, p, p)
        wins = (rng.random((200, len(p))) < p).sum(axis=1)
        inside.append(((wins >= told.low) & (wins <= told.high)).mean())
    # In a single case whole numbers cannot hit 80 %; few wins are certain to a degree.
    assert np.mean(inside) == pytest.approx(0.81, abs=0.02)
    assert min(inside) > 0.65


def test_a_level_in_doubt_is_covered_as_promised() -> None:
    rng = np.random.default_rng(0)
    p = rng.beta(1, 20, 400)
    told = expected_wins(p, p * 0.7, p / 0.7)
    level = np.exp(rng.normal(0, np.log(1 / 0.7) / 1.2816, 4000))
    wins = (rng.random((4000, 400)) < p * level[:, None]).sum(axis=1)
    assert 0.75 <= ((wins >= told.low) & (wins <= told.high)).mean() <= 0.85


def test_what_is_certain_is_certain() -> None:
    sure, none = np.ones(7), np.zeros(7)
    assert expected_wins(sure, sure, sure).to_dict() == {"value": 7, "low": 7, "high": 7}
    assert expected_wins(none, none, none).to_dict() == {"value": 0, "low": 0, "high": 0}
    unknown = np.full(3, np.nan)
    assert expected_wins(unknown, unknown, unknown).high == 0


def test_money_is_propensity_times_amount_and_its_interval_holds_it() -> None:
    rng = np.random.default_rng(0)
    p, amount, spread = rng.beta(1, 10, 500), rng.lognormal(3, 0.5, 500), 0.5
    told = expected_value(p, p, p, amount, spread)
    assert told.value == pytest.approx((p * amount).sum())
    noise = rng.gamma(1 / spread, spread, (4000, 500))
    money = ((rng.random((4000, 500)) < p) * amount * noise).sum(axis=1)
    assert ((money >= told.low) & (money <= told.high)).mean() == pytest.approx(0.8, abs=0.03)
    assert expected_value(p, p, p, np.full(500, np.nan), spread).high == 0
