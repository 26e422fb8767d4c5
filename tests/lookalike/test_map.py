"""The picture: what is like the seeds lies to the right, the same each time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.lookalike.map import map_points, plane


@pytest.fixture(scope="module")
def index() -> LookalikeIndex:
    """Two hundred accounts of four industries in four cities, a quarter each."""
    at = np.arange(200)
    accounts = pd.DataFrame(
        {
            "account_id": [f"a{n:03d}" for n in at],
            "industry": np.array(["Software", "Retail", "Mining", "Banking"])[at % 4],
            "city": np.array(["Paris", "Rome", "Oslo", "Bonn"])[at // 2 % 4],
        }
    )
    return LookalikeIndex(threads=1).fit(accounts)


def test_each_account_has_one_place_and_one_role(index):
    seeds = [f"a{n:03d}" for n in range(0, 40, 4)]
    found = index.expansion(seeds, 20, evidence=False)
    points = map_points(index, seeds, found, most=100)
    assert len(points) == 100
    assert points["account_id"].is_unique
    assert points["group"].value_counts().to_dict() == {"universe": 70, "result": 20, "seed": 10}
    right = points.groupby("group")["x"].mean()
    assert right["seed"] > right["universe"]
    assert right["result"] > right["universe"]
    again = map_points(index, seeds[::-1], found, most=100)
    pd.testing.assert_frame_equal(again, points)


def test_an_empty_list_still_shows_its_seeds(index):
    found = index.expansion(["a000"], 5, evidence=False, exclude=index.ids)
    assert map_points(index, ["a000"], found)["group"].value_counts()["seed"] == 1


def test_the_plane_tells_two_kinds_apart():
    rng = np.random.default_rng(0)
    cloud = rng.normal(size=(300, 8))
    cloud[:20, 0] += 6
    cloud[:10, 1] += 5
    cloud[10:20, 1] -= 5
    near = np.arange(300) < 20
    places = plane(cloud, near)
    assert places[near, 0].min() > np.quantile(places[~near, 0], 0.9)
    ups = places[:10, 1].mean() - places[10:20, 1].mean()
    assert abs(ups) > 7
