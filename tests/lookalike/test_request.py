"""What somebody wants found, as rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.request import Request, build_request
from abm_ml.lookalike.store import VectorStore

IDS = ["D", "A", "C", "B", "E", "7"]
Ask = Callable[..., tuple[Request, list[str]]]


@pytest.fixture(scope="module")
def ask() -> Ask:
    store = VectorStore.build(IDS, np.eye(6, dtype=np.float32))
    accounts = pd.DataFrame({"account_id": IDS, "country": ["US", "CN"] * 3})

    def request(seeds: Any, k: int = 3, **options: Any) -> tuple[Request, list[str]]:
        return build_request(store, accounts, seeds, k, seed=0, threads=1, **options)

    return request


def ids(rows: np.ndarray) -> list[str]:
    return [IDS[row] for row in rows]


@pytest.mark.parametrize(
    "seeds",
    [["C", "A", "D"], ("D", "C", "A"), np.array(["A", "C", "D"]), pd.Series(["C", "D", "A", "A"])],
)
def test_seeds_come_by_id_whatever_holds_them(ask: Ask, seeds: Any):
    request, unknown = ask(seeds)
    assert ids(request.examples.seeds) == ["A", "C", "D"]
    assert unknown == []


def test_numbers_as_ids_are_text(ask: Ask):
    assert ids(ask([7])[0].examples.seeds) == ["7"]


def test_unknown_seeds_are_told(ask: Ask):
    request, unknown = ask(["Z", "A", "X", "X"])
    assert ids(request.examples.seeds) == ["A"]
    assert unknown == ["X", "Z"]


def test_who_is_named_twice_is_a_seed_first_then_won_then_lost(ask: Ask):
    request, _ = ask(["A"], negatives=["A", "B"], won=["A", "C"], lost=["A", "C", "D"])
    told = request.examples
    assert [ids(rows) for rows in (told.refused, told.won, told.lost)] == [["B"], ["C"], ["D"]]


def test_the_refused_and_excluded_may_not_be_found(ask: Ask):
    request, _ = ask(["A"], negatives=["B"], exclude=["C", "nobody"])
    assert ids(np.flatnonzero(request.excluded)) == ["C", "B"]


def test_filters_and_the_length_of_the_list(ask: Ask):
    request, _ = ask(["A"], k=100, where={"country": "US"})
    assert ids(np.flatnonzero(request.filtered)) == ["D", "C", "E"]
    assert request.k == 6


def test_known_customers_are_marked(ask: Ask):
    assert ids(np.flatnonzero(ask(["A"], known={"E", "x"})[0].examples.known)) == ["E"]


@pytest.mark.parametrize(
    ("seeds", "options", "error", "message"),
    [
        (["X", "Y"], {}, DataError, "none of the 2 seeds is in the index, such as 'X'; give ids"),
        ([], {}, DataError, "none of the 0 seeds is in the index; give ids of accounts"),
        (["A"], {"k": 5.5}, ParamsError, "k must be a whole number. Supplied value 5.5"),
        (["A"], {"k": 0}, ParamsError, "k must be at least 1. Supplied value 0"),
        ("A", {}, ParamsError, "seeds must be a list of ids. Supplied value 'A'"),
        (["A"], {"exclude": "B"}, ParamsError, "exclude must be a list of ids"),
        (["A"], {"where": {"contry": "US"}}, DataError, "did you mean 'country'"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    ask: Ask, seeds: Any, options: dict[str, Any], error: type[Exception], message: str
):
    with pytest.raises(error, match=message):
        ask(seeds, **options)
