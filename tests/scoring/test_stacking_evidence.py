"""What learned weights were worth is told by rows that had no part in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from abm_ml.scoring.stacking import Ranked
from abm_ml.scoring.stacking_evidence import Window, compared_lifts, fusion_evidence

PRIOR = {"account_score": 0.5, "propensity": 0.5}
ROWS = 1_500
"""Rows of each of the four windows."""


def history(rate: float = -2.5, **effects: float) -> Ranked:
    """Four windows, one moment each."""
    rng = np.random.default_rng(0)
    n = 4 * ROWS
    parts = {name: rng.uniform(0, 100, n) for name in PRIOR}
    pull = sum(effects.get(name, 0.0) * (part - 50) / 30 for name, part in parts.items())
    y = (rng.random(n) < expit(rate + pull)).astype(np.int64)
    return Ranked(parts, y, np.repeat(np.arange(4), ROWS), np.arange(n) % 2_000)


WINDOWS = [
    Window(np.arange(max(0, k - 1) * ROWS), np.arange(k * ROWS, (k + 1) * ROWS)) for k in range(4)
]
"""Each is taught by those that end two before it."""


def evidence(past: Ranked, **options: Any) -> dict[str, Any]:
    return fusion_evidence(past, WINDOWS, PRIOR, n=20, **options)


def test_only_windows_with_enough_before_them_are_judged() -> None:
    found = evidence(history(propensity=2))
    assert (found["windows"], found["rows"]) == (2, 2 * ROWS)


def test_with_too_little_before_any_the_params_weights_are_judged_in_all() -> None:
    past = history(rate=-6.0, propensity=0.5, account_score=0.5)
    found = evidence(past)
    assert (found["windows"], found["rows"]) == (4, 4 * ROWS)
    assert found["lift"] == evidence(past, learn=False)["lift"]


def test_every_order_stands_beside_the_fused_one_with_intervals() -> None:
    found = evidence(history(propensity=1, account_score=1))
    assert set(found["lift"]) == {
        "rules", "model", "fused", "without_account_score", "without_propensity",
    }  # fmt: skip
    assert set(found["gain"]) == set(found["lift"]) - {"fused"}
    for figures in (*found["lift"].values(), *found["gain"].values()):
        assert list(figures) == ["1%", "5%", "10%"]
        for one in figures.values():
            assert one["low"] <= one["value"] <= one["high"]


def test_a_gain_is_the_difference_of_two_lifts() -> None:
    found = evidence(history(propensity=1, account_score=1))
    lift = {name: figures["5%"]["value"] for name, figures in found["lift"].items()}
    assert found["gain"]["rules"]["5%"]["value"] == pytest.approx(lift["fused"] - lift["rules"])


def test_two_that_tell_different_things_are_better_together() -> None:
    gain = evidence(history(propensity=1, account_score=1))["gain"]
    assert gain["rules"]["5%"]["low"] > 0
    assert gain["model"]["5%"]["low"] > 0


def test_without_one_of_two_parts_the_other_ranks_alone() -> None:
    lift = evidence(history(propensity=1, account_score=1))["lift"]
    assert lift["without_account_score"] == lift["model"]
    assert lift["without_propensity"] == lift["rules"]


def test_engagement_in_the_rules_is_shown_by_rules_that_lack_it() -> None:
    past = history(propensity=1, account_score=1)
    blind = np.full(len(past), 50.0)
    found = evidence(past, without_engagement=blind)
    assert found["lift"]["without_engagement"] == found["lift"]["model"]


def test_weights_that_judge_a_window_have_not_seen_it_or_anything_later() -> None:
    past = history(propensity=2)
    changed = np.where(np.arange(len(past)) >= 3 * ROWS, 1 - past.y, past.y)
    first = WINDOWS[:3]
    before = fusion_evidence(past, first, PRIOR, n=5)
    after = fusion_evidence(replace(past, y=changed), first, PRIOR, n=5)
    assert before == after


def test_the_judged_windows_own_outcomes_do_not_choose_its_weights() -> None:
    past = history(propensity=2)
    own = np.arange(len(past)) >= 2 * ROWS
    # Afterwards the rules are right and the model wrong; nobody could know it.
    late = history(account_score=2, propensity=-2)
    turned = replace(past, y=np.where(own, late.y, past.y))
    found = fusion_evidence(turned, WINDOWS[2:3], PRIOR, n=5)["lift"]
    assert found["fused"]["5%"]["value"] < 0.5 < 2 < found["rules"]["5%"]["value"]


def test_a_past_without_a_win_has_no_lift() -> None:
    past = replace(history(), y=np.zeros(4 * ROWS, dtype=np.int64))
    found = evidence(past)
    assert (found["won"], found["lift"], found["gain"]) == (0, {}, {})


def test_equal_orders_differ_by_nothing_in_every_draw() -> None:
    past = history(propensity=1)
    same = {"rules": past.parts["propensity"], "fused": past.parts["propensity"] * 2}
    gain = compared_lifts(same, past, n=20)["gain"]["rules"]["10%"]
    assert (gain["value"], gain["low"], gain["high"]) == (0, 0, 0)
