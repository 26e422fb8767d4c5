"""The part of a run's page that says what has moved since the training."""

from __future__ import annotations

import re
from typing import Any

import pytest

from abm_ml.propensity.drift import PROPENSITY
from abm_ml.reports import drift as page
from abm_ml.reports.run_report import render_run_report
from abm_ml.reports.texts import say_note

ALARMS = (
    "drift: the propensity of the universe is no longer as it was at training "
    "(PSI 0.31, bound 0.25): retrain",
    "drift: industry is no longer as it was at training (PSI 1.20, bound 0.25; 18% of what moves "
    "the propensity): mend its source, or retrain",
    "drift: intent_max says nothing any more (7% of what moves the propensity): mend its source",
    "drift: 52 won since training where 30.1 were expected (1.20 to 2.21 times as many): retrain",
    "drift: of the differences in propensity only 0.11 was found among outcomes since training "
    "(-0.20 to 0.42, least 0.5): retrain",
)


def column(name: str, psi: float, **states: object) -> dict[str, Any]:
    within = {"vanished": False, "out_of_bounds": False, "alarm": False}
    return {"column": name, "psi": psi, "ks": 0.123, "importance": 0.18, **within, **states}


@pytest.fixture
def found() -> dict[str, Any]:
    """`DriftReport.to_dict()` of a universe that has moved."""
    return {
        "since": "2025-07-01T00:00:00",
        "rows": 4_900,
        "bounds": {"psi": 0.25, "importance": 0.05, "outcomes": 0.25},
        "alarms": list(ALARMS),
        "columns": [
            column(PROPENSITY, 0.314),
            column("industry", 1.2, ks=None, out_of_bounds=True, alarm=True),
            column("intent_max", 0.9, vanished=True, out_of_bounds=True, alarm=True),
            column("city", 0.4, importance=0.004, out_of_bounds=True),
            column("<employees>", 0.011),
        ],
        "outcomes": {
            "rows": 1_900, "expected": 30.1, "observed": 52, "low": 1.204, "high": 2.214,
            "off": True, "slope": 0.61, "slope_low": 0.304, "slope_high": 0.918, "flat": False,
        },
    }  # fmt: skip


def test_every_figure_is_shown_and_text_is_escaped(found: dict[str, Any]) -> None:
    shown = page.drift(found)
    for figure in ("2025-07-01", "4,900", "0.314", "1.200", "0.4%", "0.123", "1,900", "30.1"):
        assert figure in shown
    assert "1.20 to 2.21 times" in shown
    assert "0.61 was found (0.30 to 0.92;" in shown
    assert "<code>&lt;employees&gt;</code>" in shown
    for state in ("an alarm", "hardly used", "says nothing any more", "within bounds"):
        assert state in shown


@pytest.mark.parametrize("sentence", ALARMS)
def test_each_alarm_has_its_chinese_with_its_figures(sentence: str) -> None:
    chinese = say_note(sentence).split('class="zh"')[1]
    assert "漂移" in chinese
    assert not re.search("[a-z] [a-z]", chinese)
    for figure in re.findall(r"\d+(?:\.\d+)?%?", sentence):
        assert figure in chinese


def test_an_unmoved_universe_is_said_to_be_so(found: dict[str, Any]) -> None:
    shown = page.drift(found | {"alarms": [], "outcomes": None})
    assert "nothing that matters to it has moved" in shown
    assert "Too few outcomes have followed" in shown


def test_a_model_without_a_profile_is_said_to_have_none(found: dict[str, Any]) -> None:
    shown = page.drift(found | {"alarms": [], "columns": []})
    assert "keeps no picture" in shown
    assert "<table" not in shown


def test_the_page_of_a_run_has_the_part_only_where_drift_was_looked_for(
    run: dict[str, Any], found: dict[str, Any]
) -> None:
    assert 'id="drift"' not in render_run_report(**run)
    run["summary"] = run["summary"] | {"drift": found}
    assert 'id="drift"' in render_run_report(**run)
    run["summary"]["drift"] = None
    assert 'id="drift"' not in render_run_report(**run)
