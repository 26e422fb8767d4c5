"""What seeds share, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from abm_ml.lookalike.columns import BlockPlan, plan_blocks
from abm_ml.lookalike.facts import Facts, shared
from abm_ml.lookalike.traits import (
    column_words,
    reasons,
    shared_traits,
    shared_with_one,
    trait_words,
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """200 companies: the first ten are seeds, nine of them have the tag that ten others have."""
    tags = [["rare", "common"]] * 9 + [["common"]] + [["rare", "common"]] * 10 + [["common"]] * 180
    cities = ["苏州"] * 5 + ["Lyon"] * 195
    return pd.DataFrame({"account_id": [f"A{i:03d}" for i in range(200)], "tags": tags,
        "city": cities, "employees": [500.0] * 10 + list(np.linspace(10, 90, 190))})  # fmt: skip


@pytest.fixture(scope="module")
def facts(table: pd.DataFrame) -> Facts:
    return Facts.fit(table, plan_blocks(table))


@pytest.fixture(scope="module")
def traits(table: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    return shared_traits(facts, facts.matrix(table.iloc[:10]), shared(facts.matrix(table)))


def test_shares_are_those_counted_by_hand(traits: pd.DataFrame):
    rare = traits[traits["value"] == "rare"].iloc[0]
    assert rare["column"] == "tags"
    assert (rare["seeds"], rare["universe"]) == (0.9, pytest.approx(0.095))
    assert rare["times"] == pytest.approx(0.9 / 0.095)
    city = traits[traits["value"] == "苏州"].iloc[0]
    assert (city["seeds"], city["universe"]) == (0.5, 0.025)


def test_what_everybody_has_is_no_trait(traits: pd.DataFrame):
    assert "common" not in set(traits["value"])
    assert "Lyon" not in set(traits["value"])
    assert (traits["times"] >= 1.5).all()


def test_the_most_telling_come_first(traits: pd.DataFrame):
    assert traits["column"].tolist() == ["tags", "employees", "city"]


def test_facts_that_the_same_seeds_have_are_told_once(table: pd.DataFrame):
    twice = table.assign(keywords=table["tags"])
    facts = Facts.fit(twice, plan_blocks(twice))
    found = shared_traits(facts, facts.matrix(twice.iloc[:10]), shared(facts.matrix(twice)))
    assert found["value"].tolist().count("rare") == 1


def test_a_fact_of_a_single_seed_is_no_trait(table: pd.DataFrame, facts: Facts):
    matrix = facts.matrix(table.iloc[[0, *range(20, 200, 20)]])
    assert shared_traits(facts, matrix, shared(facts.matrix(table))).empty


def test_random_companies_share_little(index, universe, accounts: pd.DataFrame):
    """Of hundreds of facts, some are shared by chance; a list of thirty has hardly any."""
    matrix = universe.facts
    draws = [
        shared_traits(
            index.facts,
            matrix[np.random.default_rng(seed).choice(len(accounts), 30, replace=False)],
            index.fact_shares,
        )
        for seed in range(10)
    ]
    assert np.mean([len(one) for one in draws]) <= 1


def test_a_segment_shares_what_was_planted(index, universe, members):
    rows = index._store.positions(members("工业", 25))
    found = shared_traits(index.facts, universe.facts[rows], index.fact_shares)
    assert {"智能制造", "CN"} <= set(found["value"])
    assert {"机器人", "数控机床", "工业互联网"} & set(found["value"])
    assert len(found) <= 12


def test_a_fact_that_the_statistics_lack_is_rare_and_not_impossible(facts: Facts):
    seeds = csr_matrix(np.ones((4, len(facts)), dtype=np.float32))
    found = shared_traits(facts, seeds, np.zeros(len(facts)))
    assert np.isfinite(found[["seeds", "universe", "times"]].to_numpy()).all()


@pytest.mark.parametrize(
    ("here", "there", "english", "chinese"),
    [
        (0.34, 0.002, "34 % of seeds, 0.2 % of", "种子客户中占 34%，全部企业中占 0.2%"),
        (1.0, 0.0, "100 % of seeds, 0 % of", "种子客户中占 100%，全部企业中占 0%"),
        (0.021, 0.00012, "2 % of seeds, 0.012 % of", "种子客户中占 2%，全部企业中占 0.012%"),
    ],
)
def test_traits_in_words(here: float, there: float, english: str, chinese: str):
    assert english in trait_words("tags", "AI", here, there, "en")
    assert chinese in trait_words("tags", "AI", here, there, "zh")


@pytest.mark.parametrize(
    ("column", "english", "chinese"),
    [("tags", "tag", "标签"), ("city", "city", "城市"), ("my_own", "my own", "my own")],
)
def test_columns_in_words(column: str, english: str, chinese: str):
    assert (column_words(column, "en"), column_words(column, "zh")) == (english, chinese)


def test_a_result_is_explained_by_the_traits_that_it_has(
    table: pd.DataFrame, facts: Facts, traits: pd.DataFrame
):
    results = facts.matrix(table.iloc[[10, 100]])
    english = reasons(traits, results, "en")
    assert english == ["tag rare: 90 % of seeds, 10 % of the universe", ""]
    assert reasons(traits, results, "zh")[0].startswith("标签 rare：种子客户中占 90%")


def test_at_most_three_traits_are_named(table: pd.DataFrame, facts: Facts, traits: pd.DataFrame):
    more = pd.concat([traits, traits], ignore_index=True)
    (found,) = reasons(more, facts.matrix(table.iloc[:1]), "en")
    assert [part.split(" ")[0] for part in found.split("; ")] == ["tag", "employees", "city"]


def test_without_traits_there_are_no_reasons(
    table: pd.DataFrame, facts: Facts, traits: pd.DataFrame
):
    assert reasons(traits.iloc[:0], facts.matrix(table.iloc[:2]), "en") == ["", ""]


def test_a_result_without_a_common_trait_is_told_by_what_it_shares_with_its_nearest_seed():
    facts = Facts((), ("city", "industry", "tags"), ("Oslo", "Software", "maps"), {})
    results = csr_matrix(np.array([[1, 1, 0], [0, 0, 1]], dtype=np.float32))
    seeds = csr_matrix(np.array([[1, 1, 1], [1, 0, 0]], dtype=np.float32))
    shares = np.array([0.004, 0.25, 0.5])
    assert shared_with_one(facts, shares, results, seeds, "en") == [
        "city Oslo: as the nearest seed, 0.4 % of the universe; "
        "industry Software: as the nearest seed, 25 % of the universe",
        "",
    ]
    assert shared_with_one(facts, shares, results, seeds, "zh")[0].startswith(
        "城市 Oslo：与最接近的种子客户相同，全部企业中占 0.4%；"
    )


def test_pieces_of_chinese_texts_are_no_traits_but_whole_values_are():
    plans = (BlockPlan("name", ("name",), "name"), BlockPlan("industry", ("industry",), "category"))
    facts = Facts(plans, ("name", "name", "industry"), ("件有", "bank", "银行"), {})
    held = np.ones((8, 3), dtype=np.float32)
    held[7, 1] = 0
    seeds = csr_matrix(held)
    found = shared_traits(facts, seeds, np.array([0.01, 0.01, 0.01]))
    assert found["value"].tolist() == ["银行", "bank"]
    told = shared_with_one(facts, np.full(3, 0.01), seeds[:1], seeds[:1], "zh")
    assert "件有" not in told[0]
    assert "银行" in told[0]
