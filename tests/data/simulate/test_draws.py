"""Random numbers belong to names and keys, and are distributed as they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from abm_ml.data.simulate.draws import Draws, spread

MANY = np.arange(50_000)


@given(seed=st.integers(0, 2**40), keys=st.lists(st.integers(0, 2**40), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_a_draw_depends_on_its_own_key_only(seed: int, keys: list[int]) -> None:
    together = Draws(seed).uniform("stream", np.array(keys))
    alone = [Draws(seed).uniform("stream", key)[0] for key in keys]
    assert together.tolist() == alone


def test_another_seed_stream_or_key_gives_another_number() -> None:
    first = Draws(0).uniform("a", MANY)
    for other in (Draws(1).uniform("a", MANY), Draws(0).uniform("b", MANY),
                  Draws(0).uniform("a", MANY, 0)):  # fmt: skip
        assert abs(np.corrcoef(first, other)[0, 1]) < 0.02


def test_uniform_numbers_fill_the_open_unit_interval_evenly() -> None:
    numbers = Draws(3).uniform("u", MANY)
    assert numbers.min() > 0
    assert numbers.max() < 1
    assert stats.kstest(numbers, "uniform").pvalue > 0.001


def test_neighbouring_keys_are_independent() -> None:
    numbers = Draws(3).uniform("u", MANY[:, None], np.arange(2))
    assert abs(np.corrcoef(numbers[:-1, 0], numbers[1:, 0])[0, 1]) < 0.02
    assert abs(np.corrcoef(numbers[:, 0], numbers[:, 1])[0, 1]) < 0.02


def test_normal_numbers_are_standard_normal() -> None:
    assert stats.kstest(Draws(4).normal("n", MANY), "norm").pvalue > 0.001


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, 60.0])
def test_poisson_numbers_have_their_mean_and_variance(mean: float) -> None:
    numbers = Draws(5).poisson(mean, "p", MANY)
    tolerance = 5 * np.sqrt((mean + 3 * mean**2) / len(MANY)) + 1e-9
    assert abs(numbers.mean() - mean) <= tolerance
    assert abs(numbers.var() - mean) <= tolerance


def test_choices_follow_their_weights_and_never_take_what_weighs_nothing() -> None:
    counts = np.bincount(Draws(6).choice((3.0, 0.0, 1.0), "c", MANY), minlength=3) / len(MANY)
    assert counts[1] == 0
    assert abs(counts[0] - 0.75) < 0.01


def test_whole_numbers_stay_below_their_count_and_are_zero_where_there_is_none() -> None:
    counts = np.resize([0, 1, 7], len(MANY))
    numbers = Draws(7).below(counts, "b", MANY)
    assert (numbers[counts == 0] == 0).all()
    assert set(numbers[counts == 7]) == set(range(7))


def test_spreading_numbers_the_things_of_each_owner() -> None:
    owner, nth = spread(np.array([2, 0, 3]))
    assert owner.tolist() == [0, 0, 2, 2, 2]
    assert nth.tolist() == [0, 1, 0, 1, 2]
