"""Seeds that do not fit the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.lookalike.quality import odd_seeds


def positions(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"account_id": [f"A{i:02d}" for i in range(len(values))],
        "position": values})  # fmt: skip


GOOD = tuple(np.linspace(0.001, 0.05, 20))


def test_a_seed_that_others_do_not_lead_to_is_named():
    found = odd_seeds(positions(*GOOD, 0.6))
    assert found["account_id"].tolist() == ["A20"]
    assert found["position"].tolist() == [0.6]


def test_at_most_three_are_named_the_oddest_first():
    found = odd_seeds(positions(*GOOD, 0.6, 0.9, 0.5, 0.8))
    assert found["account_id"].tolist() == ["A21", "A23", "A20"]


def test_a_list_without_outliers_names_nobody():
    assert odd_seeds(positions(*GOOD)).empty


def test_a_seed_that_is_merely_less_typical_is_not_odd():
    assert odd_seeds(positions(*([0.001] * 20), 0.05)).empty


def test_where_seeds_scatter_widely_none_of_the_scattered_is_odd():
    scattered = tuple(np.linspace(0.001, 0.9, 20))
    assert odd_seeds(positions(*scattered)).empty


@pytest.mark.parametrize("values", [(), (0.9,), (0.01,) * 6 + (0.9,), (np.nan,) * 20])
def test_with_a_handful_of_seeds_nobody_can_say(values: tuple[float, ...]):
    found = odd_seeds(positions(*values))
    assert found.empty
    assert list(found.columns) == ["account_id", "position"]


@given(st.lists(st.floats(0, 1), min_size=8, max_size=40), st.randoms())
def test_the_order_of_seeds_does_not_matter(values: list[float], random):
    given_ = positions(*values)
    order = list(range(len(values)))
    random.shuffle(order)
    found = odd_seeds(given_)
    assert len(found) <= 3
    pd.testing.assert_frame_equal(found, odd_seeds(given_.iloc[order]))
