"""Parts of the market: natural ones, big enough, and marked only where chance is no excuse."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.metrics import Scores
from abm_ml.propensity.segments import ACCOUNT, beyond_chance, segment_table

N = 4_000


def market(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Columns of several kinds, true probabilities and labels drawn from them."""
    rng = np.random.default_rng(seed)
    industry = rng.choice(["Software", "Retail", "制造业"], N, p=[0.5, 0.48, 0.02])
    employees = np.exp(rng.normal(4, 1, N)).round()
    frame = pd.DataFrame(
        {
            "industry": industry,
            "employees": np.where(rng.random(N) < 0.1, np.nan, employees),
            "public": rng.random(N) < 0.4,
            "city": [f"city {k}" for k in rng.integers(40, size=N)],
            "constant": "same",
        }
    )
    p = 1 / (1 + np.exp(1.5 - (industry == "Software") - 0.5 * (np.log(employees + 1) - 4)))
    return frame, p, (rng.random(N) < p).astype(int)


def parts(
    frame: pd.DataFrame,
    p: np.ndarray,
    y: np.ndarray,
    clusters: np.ndarray | None = None,
    unseen: np.ndarray | None = None,
    weight: np.ndarray | None = None,
) -> list[dict[str, Any]]:
    fold = np.repeat([0, 1], N // 2)
    own = np.arange(N) if clusters is None else clusters
    w = np.ones(N) if weight is None else weight
    return segment_table(frame, Scores(p, y, fold), w, own, unseen, n=20, seed=0)


def of(table: list[dict[str, Any]], field: str) -> dict[Any, dict[str, Any]]:
    return {one["value"]: one for one in table if one["field"] == field}


def test_levels_quarters_and_what_is_missing_are_parts() -> None:
    table = parts(*market())
    assert set(of(table, "industry")) == {"Software", "Retail"}
    assert set(of(table, "public")) == {True, False}
    sizes = of(table, "employees")
    assert [str(value)[:1] for value in sizes] == ["≤", "2", "5", ">", "N"]
    assert list(sizes)[1].startswith("28 – ")
    assert sizes[None]["rows"] == pytest.approx(0.1 * N, rel=0.2)


def test_columns_that_cut_no_market_are_left_out() -> None:
    assert {one["field"] for one in parts(*market())} == {"industry", "public", "employees"}


def test_a_part_has_its_own_figures() -> None:
    frame, p, y = market()
    weight = np.random.default_rng(1).uniform(0.5, 2, N)
    one = of(parts(frame, p, y, weight=weight), "industry")["Software"]
    inside = (frame["industry"] == "Software").to_numpy()
    assert (one["rows"], one["won"]) == (inside.sum(), y[inside].sum())
    assert one["predicted"] == pytest.approx(np.average(p[inside], weights=weight[inside]))
    assert one["observed"] == pytest.approx(np.average(y[inside], weights=weight[inside]))
    assert one["low"] < one["auc"] < one["high"]


def test_right_probabilities_are_marked_in_hardly_any_world() -> None:
    marked = [any(one["differs"] for one in parts(*market(seed))) for seed in range(12)]
    assert sum(marked) <= 2


def test_a_part_with_a_wrong_level_is_marked_and_no_other() -> None:
    frame, p, y = market(seed=1)
    retail = (frame["industry"] == "Retail").to_numpy()
    table = parts(frame.drop(columns=["employees", "public"]), np.where(retail, 1.6 * p, p), y)
    assert {value: one["differs"] for value, one in of(table, "industry").items()} == {
        "Software": False,
        "Retail": True,
    }


def test_wins_of_a_few_accounts_with_many_rows_are_no_wrong_level() -> None:
    rng = np.random.default_rng(0)
    account = np.repeat(np.arange(20), N // 20)
    rate = rng.choice([0.05, 0.55], 20)
    y = (rng.random(N) < rate[account]).astype(int)
    p = np.full(N, 0.3 + 1e-6) + rng.uniform(0, 1e-3, N)
    frame = pd.DataFrame({"public": account % 2 == 0})
    assert any(one["differs"] for one in parts(frame, p, y))
    assert not any(one["differs"] for one in parts(frame, p, y, clusters=account))


def test_a_level_that_few_accounts_have_is_not_named() -> None:
    frame, p, y = market()
    account = np.where(frame["industry"] == "Software", np.arange(N) % 9, np.arange(N))
    table = parts(frame, p, y, clusters=account)
    assert not of(table, "industry")


def test_accounts_that_taught_stand_beside_those_that_did_not() -> None:
    frame, p, y = market()
    table = of(parts(frame, p, y, unseen=np.arange(N) % 4 == 0), ACCOUNT)
    assert {value: one["rows"] for value, one in table.items()} == {"seen": 3_000, "unseen": 1_000}


def test_nothing_to_cut_gives_no_parts() -> None:
    _, p, y = market()
    assert parts(pd.DataFrame({"constant": ["same"] * N}), p, y) == []


def test_the_more_differences_are_looked_at_the_larger_one_must_be() -> None:
    assert beyond_chance(np.array([2.2])).tolist() == [True]
    assert beyond_chance(np.array([2.2, 0.0, 0.0])).tolist() == [False, False, False]
    # Holm: after the largest is taken as real, the next is held against one fewer.
    assert beyond_chance(np.array([-5.0, 2.3, 0.1])).tolist() == [True, True, False]
    assert beyond_chance(np.zeros(0)).tolist() == []
