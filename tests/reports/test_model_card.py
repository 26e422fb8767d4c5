"""The model card speaks of one model: to those who sign it off and to those who use it."""

from __future__ import annotations

from typing import Any

import pytest

from abm_ml.reports.card.page import render_model_card

Facts = dict[str, Any]

SEGMENTS = [
    {
        "field": "industry", "value": "Software", "rows": 3_100, "won": 210, "auc": 0.871,
        "low": 0.84, "high": 0.9, "predicted": 0.07, "observed": 0.068,
    },
    {
        "field": "employees", "value": None, "rows": 40, "won": 0, "auc": None,
        "low": None, "high": None, "predicted": 0.02, "observed": 0.0,
    },
]  # fmt: skip


def part(page: str, name: str) -> str:
    """One section of the page, found by its anchor."""
    found = [
        one for one in page.split("<section")[1:] if f'id="{name}"' in one.split("</section>")[0]
    ]
    return found[0].split("</section>")[0]


@pytest.fixture
def card(training: Facts, backtest: Facts) -> str:
    return render_model_card(training, backtest)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("headline", ("Signal found: the model is good.", "86", "58%", "25,485 rows of history")),
        ("headline", ("industry, engagements in the last 90 days, employees", "abm promote")),
        ("headline", ("最看重的字段：行业", "不可用于承诺成交")),
        ("learned", ("within 180 days", "2023-01-04", "2025-07-04", "2025-12-31")),
        ("learned", ("25,485", "1,032", "24,453", "2,903", "4.0%", "未来 180 天")),
        ("chosen", ("later than those it had learned from", "isotonic regression", "2,522")),
        ("chosen", ("逻辑回归 (C = 0.05) + LightGBM (7 个叶节点, 50 棵树)", "max_trees")),
        ("trust", ("0.862", "logistic regression", "default LightGBM", "rules only", "5.8")),
        ("trust", ("0.893", "+0.031", "0.765", "740", "99 % confidence")),
        ("kept_out", ("customer_health", "propensity.allow_columns", "employees")),
        ("used", ("60.0%", "engagements in the last 90 days", "近 90 天互动")),
        ("reach", ("reasons that nobody recorded", "没有记录", "0.25", "25%")),
        ("value", ("52,000",)),
        ("limits", ("abm train --data work/", "abm promote")),
        ("made", ("0123456789abcdef" * 4, "seats_provisioned", "lightgbm", "4.7.0")),
    ],
)
def test_each_part_says_what_is_signed_off(card: str, section: str, words: tuple[str, ...]) -> None:
    inside = part(card, section)
    for word in words:
        assert word in inside


def test_a_column_that_moves_nothing_is_not_among_those_used(card: str) -> None:
    assert "city" not in part(card, "used")


def test_parts_of_the_market_have_their_figures(training: Facts, backtest: Facts) -> None:
    inside = part(render_model_card(training, backtest | {"segments": SEGMENTS}), "segments")
    for words in ("industry Software", "行业 Software", "0.871", "0.840 – 0.900", "6.8%"):
        assert words in inside
    assert "员工未知" in inside
    assert 'id="segments"' not in render_model_card(training, backtest)


def test_ranges_and_new_accounts_are_parts_in_words(training: Facts, backtest: Facts) -> None:
    found = [
        SEGMENTS[0] | {"field": "employees", "value": "50 – 200", "kind": "range"},
        SEGMENTS[0] | {"field": "(account)", "value": "unseen", "kind": "account"},
    ]
    inside = part(render_model_card(training, backtest | {"segments": found}), "segments")
    for words in (
        "employees 50 – 200",
        "员工 50 – 200",
        "accounts new to it",
        "训练时未见过的企业",
    ):
        assert words in inside
    assert "beyond chance)" not in inside


def test_a_part_whose_level_is_off_beyond_chance_is_marked(
    training: Facts, backtest: Facts
) -> None:
    found = [one | {"differs": one["field"] == "industry"} for one in SEGMENTS]
    inside = part(render_model_card(training, backtest | {"segments": found}), "segments")
    assert inside.count("differs beyond chance") == inside.count("差异超出偶然）") == 1


@pytest.mark.parametrize(
    ("moves", "words"), [(True, "0.851 to 0.873: more than"), (False, "no more than chance")]
)
def test_the_card_says_whether_windows_differ_and_how_sure_unseen_accounts_are(
    training: Facts, backtest: Facts, moves: bool, words: str
) -> None:
    stability = {"least": 0.851, "most": 0.873, "spread": 0.01, "moves": moves}
    unseen = {"auc": 0.765, "low": 0.702, "high": 0.821, "rows": 740, "won": 30}
    told = backtest | {"stability": stability, "unseen_accounts": unseen}
    inside = part(render_model_card(training, told), "trust")
    assert words in inside
    assert "AUC is 0.765 (0.702 – 0.821)" in inside


def test_a_test_without_judgeable_parts_says_so(training: Facts, backtest: Facts) -> None:
    card = render_model_card(training, backtest | {"segments": []})
    assert "no part of the market" in part(card, "segments")


def test_columns_held_to_one_direction_are_named(training: Facts, backtest: Facts) -> None:
    held = training | {"settings": {"monotone": {"employees": 1, "city": -1}}}
    inside = part(render_model_card(held, backtest), "chosen")
    assert "more never lowers it" in inside
    assert "more never raises it" in inside
    assert "No column is held" not in inside


def test_what_other_parts_measured_is_told_in_both_languages(
    training: Facts, backtest: Facts
) -> None:
    told = {"sentences": [{"text": "12 % lie outside", "text_zh": "12% 在范围之外"}]}
    card = render_model_card(training | {"applicability": told, "value": told}, backtest)
    for section in ("reach", "value"):
        assert "12 % lie outside" in part(card, section)
        assert "12% 在范围之外" in part(card, section)


def test_it_says_when_no_signal_was_found(training: Facts, backtest: Facts) -> None:
    page = render_model_card(training, backtest | {"verdict": "no signal found"}, "zh")
    assert "No signal found." in page
    assert "未发现有效信号。" in page
    assert "times chance" not in page
    assert "tenth of the list" not in page


def test_a_model_that_could_not_be_tested_claims_nothing(training: Facts, backtest: Facts) -> None:
    nothing: Facts = {"metrics": {}, "folds": [], "lift": {}, "reliability": [], "leaks": []}
    rows = {"all": 100, "tested": 0, "won": 0, "base_rate": None}
    untested = {**backtest, **nothing, "verdict": "no signal found", "rows": rows}
    card = render_model_card(training, untested)
    assert "too few outcomes to hold any back" in part(card, "trust")
    assert "<svg" not in part(card, "trust")
    assert "No column seems to know the outcome." in part(card, "kept_out")


def test_what_the_run_did_not_keep_is_left_out(backtest: Facts) -> None:
    bare: Facts = {
        "target": "win", "horizon_days": None, "as_of": None, "seed": 3, "held_back": {},
        "importance": {}, "settings": {},
    }  # fmt: skip
    page = render_model_card(bare, backtest)
    assert "Win, given an opportunity" in page
    assert "First row seen at" not in page
    for section in ("used", "value"):
        assert f'id="{section}"' not in page


def test_it_loads_nothing_and_the_same_facts_give_the_same_page(
    card: str, training: Facts, backtest: Facts
) -> None:
    assert not [word for word in ("http:", "https:", "<script", "url(", "@import") if word in card]
    assert render_model_card(training, backtest) == card
