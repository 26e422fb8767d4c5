"""The door that everybody uses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.index import LookalikeIndex

Members = Callable[..., list[str]]


def test_similarity_of_every_account(index: LookalikeIndex, members: Members):
    found = index.similarity(members("医疗", 10))
    assert found["account_id"].tolist() == index.ids
    own = found["account_id"].str.startswith("医疗-")
    assert found["similarity"].between(0, 100).all()
    assert found.loc[own, "similarity"].mean() > found.loc[~own, "similarity"].mean() + 40
    assert set(found["nearest_seed"]) <= set(members("医疗", 10))


def test_unknown_seeds_are_counted_and_said(index: LookalikeIndex, members: Members):
    found = index.expansion([*members("legal", 5), "nobody"], 10, evidence=False)
    assert "unknown_seeds" in found.warnings
    assert found.summary["unknown_seeds"] == ["nobody"]
    assert (found.summary["seeds_given"], found.summary["seeds_used"]) == (6, 5)


@pytest.mark.parametrize("rows", [2, 3, 5, 10])
def test_tiny_universes(rows: int):
    table = pd.DataFrame(
        {"account_id": np.arange(rows), "employees": np.arange(rows) ** 2.0, "flag": True}
    )
    index = LookalikeIndex(threads=1).fit(table)
    for seeds in (index.ids[:1], index.ids):
        found = index.expansion(seeds, 100)
        assert len(found.accounts) == rows - len(seeds)
        assert np.isfinite(found.accounts["similarity"].to_numpy(dtype=float)).all()


@pytest.mark.parametrize("count", [3, 12])
def test_everybody_known_or_refused_or_of_one_group(own_index: LookalikeIndex, count: int):
    index, seeds = own_index, own_index.ids[:count]
    for options in (
        {"known": index.ids},
        {"negatives": index.ids},
        {"won": index.ids},
        {"lost": index.ids},
        {"groups": dict.fromkeys(seeds, "one")},
        {"groups": dict.fromkeys(index.ids, "one")},
        {"where": {"account_id": index.ids[:3]}},
    ):
        found = index.expansion(seeds, 20, **options)
        assert len(found.accounts) <= 20


def test_a_sample_is_always_the_same(index: LookalikeIndex):
    assert index.sample(10) == index.sample(50)[:10]
    assert len(set(index.sample(5_000))) == len(index)


def test_progress_is_told_in_words(accounts: pd.DataFrame):
    told: list[str] = []
    LookalikeIndex(threads=1).fit(accounts.iloc[:60], progress=told.append)
    assert told[:2] == ["learning the embedding", "embedding 60 accounts"]


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda index: index.expand(["nobody"]), DataError, "none of the 1 seeds is in the index"),
        (lambda index: index.expand(index.ids[:2], 0), ParamsError, "k must be at least 1"),
        (lambda index: index.vectors(["nobody"]), DataError, "account 'nobody' is not in the"),
        (
            lambda index: index.expand(index.ids[:2], where={"citty": "Lyon"}),
            DataError,
            "did you mean 'city'",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(index: LookalikeIndex, ask, error, message: str):
    with pytest.raises(error, match=message):
        ask(index)


@pytest.mark.parametrize(
    "ask",
    [
        lambda index: index.expand(["A"]),
        lambda index: index.evaluate(["A"]),
        lambda index: index.similarity(["A"]),
        lambda index: index.add(pd.DataFrame({"account_id": ["A"]})),
        lambda index: index.update(pd.DataFrame({"account_id": ["A"]})),
        lambda index: index.remove(["A"]),
        lambda index: index.vectors(["A"]),
        lambda index: index.save("nowhere"),
        lambda index: index.accounts,
        lambda index: index.recall,
        len,
    ],
)
def test_an_index_without_accounts_says_so(ask):
    with pytest.raises(NotFittedError, match=r"holds no accounts yet; call fit\(accounts\), or"):
        ask(LookalikeIndex())


def test_what_failed_to_be_fitted_leaves_the_index_as_it_was(own_index: LookalikeIndex):
    own_index.columns = ["nothing"]
    with pytest.raises(ParamsError, match="no such column: 'nothing'"):
        own_index.fit(own_index.accounts)
    assert len(own_index) == 240


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": ["tags", "industri"]}, "columns: no such column: 'industri' .*'industry'"),
        ({"weights": {"tag": 2.0}}, r"weights: no such column: 'tag' \(did you mean 'tags'"),
        ({"weights": {"city": 2.0}}, "weights: 'city' is read as a part of 'place': weigh that"),
        ({"columns": "tags"}, "columns must be a list of columns. Supplied value 'tags'"),
    ],
)
def test_names_of_columns_that_are_not_there_are_refused(accounts: pd.DataFrame, options, message):
    with pytest.raises(ParamsError, match=message):
        LookalikeIndex(**options).fit(accounts.iloc[:60])


@pytest.mark.parametrize(
    ("ask", "name"),
    [
        (lambda index: index.remove("N2"), "ids"),
        (lambda index: index.vectors("N2"), "ids"),
        (lambda index: index.expand("N2"), "seeds"),
        (lambda index: index.expand(index.ids[:2], exclude="N2"), "exclude"),
        (lambda index: index.evaluate(index.ids[:2], known="N2"), "known"),
    ],
)
def test_a_single_text_is_no_list_of_ids(index: LookalikeIndex, ask, name: str):
    with pytest.raises(ParamsError, match=f"{name} must be a list of ids. Supplied value 'N2'"):
        ask(index)
    assert len(index) == 900


@pytest.mark.parametrize("change", [LookalikeIndex.add, LookalikeIndex.update])
def test_a_single_text_is_no_table_of_accounts(index: LookalikeIndex, change):
    with pytest.raises(DataError, match="accounts: expected a table"):
        change(index, "N2")


def test_no_such_kind_is_refused(accounts: pd.DataFrame):
    with pytest.raises(ParamsError, match="no such kind: 'fast'; choose auto, exact"):
        LookalikeIndex(kind="fast").fit(accounts.iloc[:60])
