"""The back-test's findings as plain values, for the run report, the registry and people."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from abm_ml.data.column_kinds import FloatArray
from abm_ml.propensity.leaks import Leak
from abm_ml.propensity.metrics import Scores
from abm_ml.propensity.verdict import Verdict

CURVE = np.array([0, 0.01, 0.02, 0.05, *np.arange(2, 21) / 20])
"""Sizes of the list, as shares, at which the lift curve is drawn."""


@dataclass(frozen=True)
class BacktestReport:
    """What the back-test found; `to_dict` gives it as plain values.

    Parameters
    ----------
    verdict : str
        `good`, `weak` or `no signal found`.
    why : str
        The verdict's grounds.
    split : str
        `forward in time`, `by group` (no time was given, or one for all rows), `by group, history
        too short` (no outcome was known before any window) or `not compared` (too few rows).
    metrics : dict
        By predictor (`model`, `base_rate`, `logistic_regression`, `lightgbm`, `rules`) and
        measure: value, low, high (95 % bootstrap interval).
    folds : list of dict
        Of each tested window: start, end, rows, wins, choice, AUC (with low and high, 95 %), log
        loss.
    stability : dict or None
        Whether AUC moves from window to window: see `findings.stability`.
    segments : list of dict
        Parts of the market: see `segments.segment_table`.
    reliability : list of dict
        Predicted and observed rate by bin of the model's probabilities.
    lift : dict
        `share` of the list, and by predictor the share of wins captured there.
    random_split : dict or None
        `auc` on a random split, and `difference`: by how much that is above the figure forward
        in time. It flatters: part of the rows that teach are later than those that are tested.
    unseen_accounts : dict or None
        `auc` on accounts that training had not seen, its `low` and `high` (95 %), and their
        `rows` and `won`.
    leaks : tuple of Leak
        Columns that were kept out.
    columns : tuple of str
        Columns that were used.
    rows : dict
        `all`, `tested`, `won` (of the tested), `base_rate` (of the tested).
    """

    verdict: Verdict
    why: str
    split: str
    metrics: dict[str, dict[str, dict[str, float]]]
    folds: list[dict[str, Any]]
    stability: dict[str, Any] | None
    segments: list[dict[str, Any]]
    reliability: list[dict[str, float]]
    lift: dict[str, list[float]]
    random_split: dict[str, float] | None
    unseen_accounts: dict[str, float] | None
    leaks: tuple[Leak, ...]
    columns: tuple[str, ...]
    rows: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; what is not a finite number is null."""
        return {key: _plain(value) for key, value in asdict(self).items()}


def lift_curve(predictors: dict[str, Scores], weight: FloatArray) -> dict[str, list[float]]:
    """Share of wins in the top of the list, by size of the top and predictor."""
    ranked = {name: one for name, one in predictors.items() if name != "base_rate"}
    return {
        "share": CURVE.tolist(),
        **{name: one.captured(weight, CURVE).tolist() for name, one in ranked.items()},
    }


def moment(value: float | None, dates: bool) -> str | float | None:
    """An end of a window as a date or number; None where it is open."""
    if value is None or math.isinf(value):
        return None
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%S") if dates else value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
