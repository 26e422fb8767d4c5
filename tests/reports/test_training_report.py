"""The page of a training speaks of the model alone."""

from __future__ import annotations

from typing import Any

from abm_ml.reports.training_report import render_training_report


def test_it_says_what_was_learned_and_how_well(
    training: dict[str, Any], backtest: dict[str, Any]
) -> None:
    page = render_training_report(training, backtest)
    for words in (
        "Conversion within",
        "25,485",
        "1,032",
        "24,453",
        "2025-12-31",
        "0123456789ab<",
        "Signal found: the model is good.",
        "0.862",
        "customer_health",
        "abm promote",
    ):
        assert words in page


def test_it_says_when_no_signal_was_found(
    training: dict[str, Any], backtest: dict[str, Any]
) -> None:
    page = render_training_report(training, backtest | {"verdict": "no signal found"}, "zh")
    assert "No signal found." in page
    assert "未发现有效信号。" in page
    assert "times chance" not in page


def test_what_the_run_did_not_keep_is_left_out(backtest: dict[str, Any]) -> None:
    bare = {"target": "win", "horizon_days": None, "as_of": None, "seed": 3, "held_back": {}}
    page = render_training_report(bare, backtest)
    assert "Win, given an opportunity" in page
    assert "Training rows" not in page
