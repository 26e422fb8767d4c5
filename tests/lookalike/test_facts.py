"""Which value of which column each account has."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.columns import plan_blocks
from abm_ml.lookalike.facts import Facts, band_edges, band_labels, numbers_of, shared


@pytest.fixture(scope="module")
def facts(accounts: pd.DataFrame) -> Facts:
    return Facts.fit(accounts, plan_blocks(accounts))


def facts_of(facts: Facts, accounts: pd.DataFrame) -> list[set[tuple[str, str]]]:
    """Column and value of every fact of each account."""
    matrix = facts.matrix(accounts)
    return [
        {(facts.columns[i], facts.values[i]) for i in matrix[row].indices}
        for row in range(len(accounts))
    ]


def test_an_account_has_the_facts_of_its_cells(facts: Facts, accounts: pd.DataFrame):
    row = accounts.dropna().iloc[:1].assign(
        country="DE", city="Hamburg", industry="Logistics", tags=[["freight", "cloud", "unheard"]],
        technologies=[["SAP"]], employees=1.0, founded_year=1_700.0, description="ships 机床",
        name="freight 12",
    )  # fmt: skip
    (found,) = facts_of(facts, row)
    expected = {
        ("country", "DE"), ("city", "Hamburg"), ("industry", "Logistics"), ("tags", "freight"),
        ("tags", "cloud"), ("technologies", "sap"), ("description", "机床"), ("name", "freight"),
    }  # fmt: skip
    assert expected < found
    assert ("tags", "unheard") not in found
    assert {column for column, _ in found} >= {"employees", "founded_year"}


def test_facts_are_counted_as_by_hand(facts: Facts, accounts: pd.DataFrame):
    shares = shared(facts.matrix(accounts))
    counts = Counter(tag for tags in accounts["tags"].dropna() for tag in tags)
    for tag, count in counts.items():
        at = next(
            i
            for i in range(len(facts))
            if (facts.columns[i], facts.values[i]) == ("tags", tag.lower())
        )
        assert shares[at] == pytest.approx(count / len(accounts))


def test_an_account_of_which_nothing_is_known_has_no_facts(facts: Facts, accounts: pd.DataFrame):
    nothing = accounts.iloc[:2].assign(**dict.fromkeys(accounts.columns))
    assert facts.matrix(nothing).nnz == 0
    assert np.isnan(facts.numbers(nothing)).all()


def test_each_known_number_lies_in_one_band(facts: Facts, accounts: pd.DataFrame):
    held = facts.matrix(accounts)
    for column in ("employees", "founded_year"):
        bands = held[:, [name == column for name in facts.columns]]
        known = accounts[column].notna().to_numpy()
        assert np.asarray(bands.sum(axis=1)).ravel().tolist() == known.astype(float).tolist()


def test_what_fewer_than_three_accounts_have_is_nobodys_trait():
    table = pd.DataFrame({"tags": [["a", "b"], ["a", "b"], ["a"], ["c"]] * 1})
    assert Facts.fit(table, plan_blocks(table)).values == ("a",)


def test_the_order_of_rows_does_not_matter(facts: Facts, accounts: pd.DataFrame):
    mixed = accounts.sample(frac=1, random_state=3)
    assert Facts.fit(mixed, plan_blocks(mixed)) == facts


def test_words_are_no_firmographics(facts: Facts):
    kinds = dict(zip(facts.columns, facts.firmographic.tolist(), strict=True))
    assert kinds == {
        "city": True, "country": True, "industry": True, "tags": True, "technologies": True,
        "employees": True, "founded_year": True, "name": False, "description": False,
    }  # fmt: skip


def test_numbers_are_as_recorded_and_dates_years(accounts: pd.DataFrame):
    dates = pd.Series(["2020-01-01", None, "1999-07-02"])
    np.testing.assert_allclose(numbers_of(dates), [2020, np.nan, 1999.5], atol=0.01)
    table = pd.DataFrame({"a": [1.5, np.inf, 1e300, -2.0]})
    found = Facts.fit(table, plan_blocks(table)).numbers(table)
    assert found.dtype == np.float32
    assert found[[0, 3], 0].tolist() == [1.5, -2.0]
    assert np.isnan(found[1, 0])


def test_bands_end_at_round_figures_near_the_quintiles():
    assert band_edges(np.arange(1.0, 10_001.0)) == [2_000.0, 4_000.0, 6_000.0, 8_000.0]
    assert band_edges(np.array([np.nan])) == []
    assert band_edges(np.linspace(1_990.2, 2_010.2, 101)) == [1_994.0, 1_998.0, 2_002.0, 2_006.0]


@pytest.mark.parametrize(
    ("edges", "labels"),
    [
        ([], ["any"]),
        ([2_001.0], ["< 2001", ">= 2001"]),
        ([0.5, 12_345.0], ["< 0.5", "0.5 - 12,345", ">= 12,345"]),
        ([-3.0, 0.0], ["< -3", "-3 - 0", ">= 0"]),
    ],
)
def test_bands_are_named(edges: list[float], labels: list[str]):
    assert band_labels(edges) == labels


def test_shares_of_no_rows_are_zero(facts: Facts, accounts: pd.DataFrame):
    assert not shared(facts.matrix(accounts.iloc[:0])).any()


def test_they_are_rebuilt_from_their_state(facts: Facts, accounts: pd.DataFrame):
    again = Facts.from_state(json.loads(json.dumps(facts.state())))
    assert again == facts
    assert (again.matrix(accounts) != facts.matrix(accounts)).nnz == 0
