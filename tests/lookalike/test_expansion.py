"""Lists of look-alikes with their evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.expansion import Expansion


def share_of(ids: pd.Series, segment: str) -> float:
    return float(ids.str.startswith(f"{segment}-").mean())


@pytest.fixture(scope="module")
def alike(index, members) -> Expansion:
    """80 companies like 24 of a segment, with all evidence."""
    return index.expansion(members("biotech", 24), 80)


def test_the_list_holds_what_was_planted(alike: Expansion):
    assert share_of(alike.accounts["account_id"], "biotech") > 0.95
    assert alike.warnings == ()


def test_the_lists_columns(alike: Expansion):
    assert alike.accounts.columns.tolist() == [
        "account_id", "name", "rank", "similarity", "nearest_seed", "kind", "reasons", "reasons_zh",
    ]  # fmt: skip
    assert alike.accounts["rank"].tolist() == list(range(1, 81))
    assert alike.accounts["kind"].isin(alike.kinds["kind"]).all()


def test_similarity_falls_with_rank_between_a_typical_company_and_a_typical_seed(
    alike: Expansion,
):
    similarity = alike.accounts["similarity"]
    assert similarity.is_monotonic_decreasing
    assert similarity.between(0, 100).all()
    assert similarity.iloc[0] > 80


def test_the_nearest_seed_is_the_one_at_the_smallest_angle(alike: Expansion, index, members):
    seeds = sorted(members("biotech", 24))
    known, found = (
        vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        for vectors in (index.vectors(seeds), index.vectors(alike.accounts["account_id"].tolist()))
    )
    best = (found @ known.T).max(axis=1)
    chosen = [seeds.index(one) for one in alike.accounts["nearest_seed"]]
    np.testing.assert_allclose((found @ known.T)[np.arange(80), chosen], best, atol=1e-6)


def test_reasons_are_in_both_languages_and_speak_of_what_the_account_has(
    alike: Expansion, companies: pd.DataFrame
):
    industry = companies.set_index("account_id")["industry"]
    for row in alike.accounts.itertuples():
        told = "industry Biotechnology: " in row.reasons
        assert told <= (industry[row.account_id] == "Biotechnology")
        assert row.reasons.count(";") == row.reasons_zh.count("；")
    assert alike.accounts["reasons"].str.contains("industry Biotechnology: ").mean() > 0.5
    assert alike.accounts["reasons_zh"].str.contains("种子客户中占").mean() > 0.9


def test_the_curve_promises_what_is_found(index, members):
    """150 companies a segment, 20 of them seeds: how many of the other 130 do 100 results hold?"""
    promised, found = [], []
    for segment in ("biotech", "legal", "工业"):
        alike = index.expansion(members(segment, 20, seed=2), 100)
        promised.append(alike.curve.set_index("k").loc[100])
        found.append(share_of(alike.accounts["account_id"], segment) * 100 / 130)
    told = pd.DataFrame(promised)
    assert told["recall"].mean() == pytest.approx(np.mean(found), abs=0.1)
    assert ((told["low"] <= found) & (found <= told["high"])).sum() >= 2
    assert (told["recall"] > 3 * told["chance"]).all()


def test_the_summary_counts(alike: Expansion, index):
    counts = {"seeds_given": 24, "seeds_used": 24, "universe": 900, "allowed": 876, "found": 80,
        "kinds": len(alike.kinds), "index_version": index.version, "index_recall": 1.0}  # fmt: skip
    assert counts.items() <= alike.summary.items()
    assert alike.kinds["seeds"].sum() == 24
    assert alike.kinds["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("segment", ["logistics", "工业"])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_flagship_customer_or_a_few_find_their_segment_and_are_said_to_be_few(
    index, members, segment: str, count: int
):
    found = index.expansion(members(segment, count, seed=5), 50)
    assert share_of(found.accounts["account_id"], segment) > 0.9
    assert "few_seeds" in found.warnings


def test_random_companies_as_seeds_are_warned_of(index):
    draws = [
        np.random.default_rng(seed).choice(index.ids, 15, replace=False).tolist()
        for seed in range(3)
    ]
    warned = ["nothing_in_common" in index.evaluate(one, 50).warnings for one in draws]
    assert sum(warned) >= 2


def test_a_planted_outlier_is_mostly_among_the_three_named_at_most(index, members):
    named = []
    for segment, other in (("biotech", "工业"), ("legal", "logistics"), ("工业", "legal")):
        (stray,) = members(other, 1, seed=9)
        found = index.expansion([*members(segment, 20, seed=1), stray], 20).seed_quality
        assert len(found) <= 3
        assert found.columns.tolist() == ["account_id", "name", "position"]
        named.append(stray in found["account_id"].tolist())
    assert sum(named) >= 2


def test_two_kinds_of_seeds_are_recognised_and_each_gets_its_share(index, members):
    seeds = [*members("biotech", 12), *members("工业", 24)]
    found = index.expansion(seeds, 90, evidence=False)
    assert found.kinds["seeds"].tolist() == [24, 12]
    assert found.kinds["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert share_of(found.accounts["account_id"], "biotech") == pytest.approx(1 / 3, abs=0.12)
    assert share_of(found.accounts["account_id"], "工业") == pytest.approx(2 / 3, abs=0.12)
    traits = found.traits.groupby("kind")["value"].agg(set)
    assert "智能制造" in traits[1]
    assert "Biotechnology" in traits[2]


def test_without_evidence_nothing_is_evaluated(index, members):
    found = index.expansion(members("legal", 12), 10, evidence=False)
    assert found.curve is None
    assert found.seed_quality.empty
    assert not found.traits.empty


def test_who_is_in_the_crm_is_marked(own_index, accounts):
    rows = accounts.iloc[:240].assign(in_crm=[True, False] * 120)
    index = type(own_index)(threads=1).fit(rows)
    found = index.expand(rows["account_id"].iloc[:6].tolist(), 30)
    expected = rows.set_index("account_id")["in_crm"].loc[found["account_id"]]
    assert found["in_crm"].tolist() == expected.tolist()
    assert found["in_crm"].nunique() == 2


def test_results_are_one_of_each_group(index, companies: pd.DataFrame, members):
    """Each five companies are branches of one."""
    groups = {one: f"g{place // 5}" for place, one in enumerate(sorted(companies["account_id"]))}
    seeds = members("fintech", 4)
    found = index.expand(seeds, 40, groups=groups)["account_id"].map(groups)
    assert len(found) == found.nunique() == 40
    assert not set(found) & {groups[one] for one in seeds}


def test_a_list_that_cannot_be_filled_is_said_to_be_short(index, members):
    found = index.expansion(members("legal", 5), 300, where={"country": "NL"}, evidence=False)
    assert "short_list" in found.warnings
    assert len(found.accounts) == found.summary["allowed"] < 300
