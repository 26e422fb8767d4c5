"""Accounts as vectors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.embedding import Embedding, sample_of


@pytest.fixture(scope="module")
def embedding(accounts: pd.DataFrame) -> Embedding:
    return Embedding.fit(accounts)


def nothing_known(accounts: pd.DataFrame) -> pd.DataFrame:
    return accounts.iloc[:1].assign(**dict.fromkeys(accounts.columns))


def test_vectors_are_float32_of_unit_mean_square(embedding: Embedding, accounts: pd.DataFrame):
    vectors = embedding.transform(accounts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(accounts), embedding.dimension)
    assert (vectors**2).sum(axis=1).mean() == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-5)


def test_companies_of_a_segment_point_the_same_way(
    embedding: Embedding, accounts: pd.DataFrame, companies: pd.DataFrame
):
    vectors = embedding.transform(accounts)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    same = companies["segment"].to_numpy()[:, None] == companies["segment"].to_numpy()
    cosine = unit @ unit.T
    off = ~np.eye(len(unit), dtype=bool)
    assert cosine[same & off].mean() > 0.2
    assert cosine[~same].mean() < 0


def test_a_company_of_which_nothing_is_known_lies_at_the_centre(
    embedding: Embedding, accounts: pd.DataFrame
):
    assert not embedding.transform(nothing_known(accounts)).any()


def test_a_value_that_becomes_known_moves_only_its_own_block(
    embedding: Embedding, accounts: pd.DataFrame
):
    """What a column adds is the same whatever else is known."""
    full = accounts.dropna().iloc[:5]
    for column in ("industry", "tags", "employees"):
        alone = pd.concat([nothing_known(accounts)] * 5).assign(**{column: full[column].to_numpy()})
        with_it = embedding.transform(full)
        without = embedding.transform(full.assign(**{column: None}))
        np.testing.assert_allclose(with_it - without, embedding.transform(alone), atol=1e-5)


def test_the_order_of_rows_and_columns_does_not_matter(
    embedding: Embedding, accounts: pd.DataFrame
):
    mixed = accounts.sample(frac=1, random_state=1)[accounts.columns[::-1]]
    again = Embedding.fit(mixed)
    assert again.version == embedding.version
    assert again.transform(accounts).tobytes() == embedding.transform(accounts).tobytes()


def test_a_row_is_embedded_alone_as_among_others(embedding: Embedding, accounts: pd.DataFrame):
    every = embedding.transform(accounts)
    np.testing.assert_allclose(embedding.transform(accounts.iloc[7:8])[0], every[7], atol=1e-6)


def test_pandas_types_and_kinds_of_lists_do_not_matter(
    embedding: Embedding, accounts: pd.DataFrame
):
    other = accounts.assign(
        industry=accounts["industry"].astype("category"),
        city=accounts["city"].astype("string[pyarrow]"),
        description=accounts["description"].astype(object),
        employees=accounts["employees"].astype("Int64"),
        founded_year=accounts["founded_year"].astype("float32"),
        tags=accounts["tags"].map(lambda cell: tuple(cell) if isinstance(cell, list) else None),
        technologies=accounts["technologies"].map(np.array),
    )
    assert Embedding.fit(other).version == embedding.version
    np.testing.assert_array_equal(embedding.transform(other), embedding.transform(accounts))


def test_a_weight_of_a_column_brings_its_sharers_closer(
    embedding: Embedding, accounts: pd.DataFrame
):
    heavy = Embedding.fit(accounts, weights={"tags": 5.0})

    def closeness(one: Embedding) -> float:
        rows = accounts.iloc[:2].assign(tags=[["freight"], ["freight"]])
        a, b = one.transform(rows)
        return float(a @ b / np.sqrt((a @ a) * (b @ b)))

    assert closeness(heavy) > closeness(embedding)


def test_the_version_tells_embeddings_apart(embedding: Embedding, accounts: pd.DataFrame):
    others = [
        Embedding.fit(accounts, columns=["tags", "country"]),
        Embedding.fit(accounts, weights={"tags": 2.0}),
        Embedding.fit(accounts.iloc[:-1]),
    ]
    assert len({one.version for one in [embedding, *others]}) == 4


def test_it_is_rebuilt_from_its_state(embedding: Embedding, accounts: pd.DataFrame):
    again = Embedding.from_state(embedding.state())
    assert again.version == embedding.version
    np.testing.assert_array_equal(again.transform(accounts), embedding.transform(accounts))


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(np.arange(40.0)),
        pd.Series(["a", "b"] * 20),
        pd.Series([["x"], ["y"]] * 20),
        pd.Series(pd.date_range("2020-01-01", periods=40, tz="UTC")),
        pd.Series([True, False] * 20),
    ],
)
def test_a_table_of_a_single_column(column: pd.Series):
    table = pd.DataFrame({"account_id": [f"A{i}" for i in range(40)], "column": column})
    vectors = Embedding.fit(table).transform(table)
    assert np.isfinite(vectors).all()
    assert vectors.any()


@pytest.mark.parametrize("name", ["place", "array", "fact", "kind", "rank", "行业", "a.b", ""])
def test_columns_may_be_called_anything(name: str):
    table = pd.DataFrame(
        {
            "account_id": [f"A{i}" for i in range(40)],
            name: ["a", "b", "c", "d"] * 10,
            "country": ["US", "CN"] * 20,
            "employees": range(40),
        }
    )
    one = Embedding.fit(table, weights={name: 0.0})
    other = Embedding.fit(table, weights={name: 0.0}).transform(table.assign(**{name: "a"}))
    np.testing.assert_allclose(one.transform(table), other, atol=1e-6)
    assert one.transform(table).any()


@pytest.mark.parametrize("rows", [2, 3, 6])
def test_tiny_universes(rows: int):
    table = pd.DataFrame(
        {"account_id": [f"A{i}" for i in range(rows)], "employees": np.arange(float(rows))}
    )
    assert np.isfinite(Embedding.fit(table).transform(table)).all()


def test_a_table_that_says_nothing_is_refused():
    table = pd.DataFrame({"account_id": ["A1", "A2"], "note": [None, None]})
    with pytest.raises(DataError, match="no column says anything that two of them share; found"):
        Embedding.fit(table)


def test_a_missing_column_is_named(embedding: Embedding, accounts: pd.DataFrame):
    with pytest.raises(DataError, match="column 'employees' is missing, which the index was built"):
        embedding.transform(accounts.drop(columns="employees"))


def test_a_sample_is_chosen_by_ids_whatever_the_order_of_rows(accounts: pd.DataFrame):
    chosen = sample_of(accounts, 100, seed=0)
    assert len(chosen) == 100
    again = sample_of(accounts.sample(frac=1, random_state=2), 100, seed=0)
    assert again["account_id"].tolist() == chosen["account_id"].tolist()
    other = sample_of(accounts, 100, seed=1)
    assert set(other["account_id"]) != set(chosen["account_id"])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"tags": -1.0}, "weights: tags must be at least 0. Supplied value -1.0"),
        ({"tags": float("nan")}, "weights: tags must be at least 0. Supplied value nan"),
        ({"tags": 0.0}, "weights: tags all weigh 0; let one of them count"),
    ],
)
def test_weights_that_make_no_sense_are_refused(
    accounts: pd.DataFrame, weights: dict[str, float], message: str
):
    with pytest.raises(ParamsError, match=message):
        Embedding.fit(accounts, columns=["tags"], weights=weights)


def test_numbers_of_any_size(accounts: pd.DataFrame):
    table = accounts.assign(employees=np.r_[1e308, -1e308, np.inf, np.geomspace(1, 1e300, 897)])
    embedding = Embedding.fit(table)
    assert len(embedding.version) == 12
    assert np.isfinite(embedding.transform(table)).all()
