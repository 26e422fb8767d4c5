"""The card tells what priority is made of, where the weights come from, and what it was worth."""

from __future__ import annotations

from typing import Any

import pytest

from abm_ml.reports.card.fused import fused
from abm_ml.reports.card.page import render_model_card
from abm_ml.reports.run_report import render_run_report

Facts = dict[str, Any]


def figures(value: float) -> dict[str, dict[str, float]]:
    """One figure at each share of the list."""
    return {
        top: {"value": value, "low": value - 0.5, "high": value + 0.5}
        for top in ("1%", "5%", "10%")
    }


def evidence(*extra: str) -> Facts:
    """Lifts and gains of the usual orders."""
    lift = {"rules": 3.1, "model": 5.2, "fused": 6.3} | dict.fromkeys(extra, 2.4)
    parts = ["account_score", "propensity", *extra]
    return {
        "rows": 9_876,
        "won": 321,
        "windows": 3,
        "lift": {name: figures(value) for name, value in lift.items()},
        "gain": {f"without_{part}": figures(1.1) for part in parts},
    }


@pytest.fixture
def fusion() -> Facts:
    """What a training learned without an index."""
    plain = evidence()
    plain["gain"]["without_engagement"] = figures(-0.25)
    return {
        "why": "learned",
        "rows": 20_568,
        "won": 297,
        "weights": {"account_score": 0.25, "propensity": 0.75},
        "params": {"account_score": 0.5, "propensity": 0.5},
        "evidence": plain,
        "weights_with_similarity": None,
        "params_with_similarity": None,
        "evidence_with_similarity": None,
    }


@pytest.fixture
def with_index(fusion: Facts) -> Facts:
    """The same where an index took part."""
    return fusion | {
        "weights_with_similarity": {"account_score": 0.3, "propensity": 0.6, "similarity": 0.1},
        "params_with_similarity": {"account_score": 0.45, "propensity": 0.46, "similarity": 0.09},
        "evidence_with_similarity": evidence("similarity"),
    }


def told(fusion: Facts) -> str:
    """The section."""
    section = fused({"fusion": fusion})
    assert section is not None
    return section


def test_weights_stand_beside_those_of_the_params(fusion: Facts) -> None:
    page = told(fusion)
    for words in ("20,568", "297", "25%", "75%", "50%", "how near it is to params.yaml"):
        assert words in page


def test_lift_of_each_order_stands_side_by_side_with_its_interval(fusion: Facts) -> None:
    page = told(fusion)
    for words in ("rules only", "propensity only", "priority", "3.1", "5.2", "6.3", "5.8 – 6.8"):
        assert words in page
    assert "similarity only" not in page


def test_what_each_part_adds_is_signed(fusion: Facts) -> None:
    page = told(fusion)
    assert "+1.10" in page
    assert "-0.25" in page
    assert "意向度（互动分）" in page


def test_with_an_index_similarity_has_its_weight_its_lift_and_its_share(with_index: Facts) -> None:
    page = told(with_index)
    for words in ("similarity only", "仅相似度", "priority, with an index", "2.4", "60%", "9%"):
        assert words in page


@pytest.mark.parametrize(
    ("why", "words", "shares"),
    [
        ("few_won", ("too few to learn from", "不足以学习"), ("50%",)),
        ("no_signal", ("The rules alone make up priority", "未发现"), ("100%", "0%")),
    ],
)
def test_where_nothing_was_learned_the_reason_and_the_weights_in_use_are_told(
    fusion: Facts, why: str, words: tuple[str, ...], shares: tuple[str, ...]
) -> None:
    page = told(fusion | {"why": why, "weights": None})
    assert all(one in page for one in (*words, *shares))


def test_priority_is_never_called_a_probability(with_index: Facts) -> None:
    assert "not a probability" in told(with_index)
    assert "不是概率" in told(with_index)


def test_where_nothing_was_won_later_nothing_is_claimed(fusion: Facts) -> None:
    empty = fusion["evidence"] | {"lift": {}, "gain": {}}
    page = told(fusion | {"evidence": empty})
    assert "nothing can be told" in page
    assert "rules only" not in page


def test_the_card_has_the_section_where_the_training_kept_it(
    training: Facts, backtest: Facts, fusion: Facts
) -> None:
    assert 'id="fused"' in render_model_card(training | {"fusion": fusion}, backtest)
    assert 'id="fused"' not in render_model_card(training | {"fusion": None}, backtest)
    assert 'id="fused"' not in render_model_card(training, backtest)


def test_the_runs_report_says_how_much_similarity_makes_up(run: Facts) -> None:
    weights = {"account_score": 0.3, "propensity": 0.6, "similarity": 0.1}
    page = render_run_report(**run | {"summary": run["summary"] | {"priority_weights": weights}})
    assert "Propensity makes up 60% of the priority, similarity to your customers 10%" in page
    assert "与现有客户的相似度占 10%" in page
    assert "similarity to your customers" not in render_run_report(**run)


def test_the_runs_report_has_the_section_where_the_model_is_in_use(
    run: Facts, rules_run: Facts, fusion: Facts
) -> None:
    training = run["training"] | {"fusion": fusion}
    assert 'id="fused"' in render_run_report(**run | {"training": training})
    assert 'id="fused"' not in render_run_report(**rules_run | {"training": training})
