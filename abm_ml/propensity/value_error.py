"""How far expected value was off: what earlier rows promised for later ones, against the money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from abm_ml.data.column_kinds import FloatArray
from abm_ml.propensity.metrics import resamples
from abm_ml.propensity.replay import Replay
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.value import AmountModel, fit_amounts

RESAMPLES = 200
"""Bootstrap resamples behind the interval of the ratio."""

_METHODS = {
    "columns": (
        "The amount expected of each account follows from its columns (ridge regression).",
        "每家企业的预期金额由其各字段推算（岭回归）。",
    ),
    "mean": (
        "Every account is given the mean amount of a won deal: its columns did not predict "
        "later amounts better.",
        "所有企业都采用赢单金额的平均值：各字段未能更好地预测后续金额。",
    ),
    "none": (
        "No won opportunity has an amount, so there is no expected value.",
        "没有任何赢单商机填写金额，因此无法给出期望价值。",
    ),
}


def value_facts(
    rows: TrainingRows,
    amounts: FloatArray,
    replay: Replay | None,
    model: AmountModel | None,
    *,
    seed: int = 0,
) -> dict[str, Any]:
    """What reports say of expected value, as plain values.

    Parameters
    ----------
    rows : TrainingRows
        Rows of the back-test.
    amounts : array of float, shape (n_rows,)
        Money that each row brought; nan where it is not known.
    replay : Replay or None
        Propensities of tested rows, each learned from earlier ones; None: nothing was tested.
    model : AmountModel or None
        The one in use.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        `method` (columns, mean, none), `expected_amount` (mean of a won deal), `cap` and
        `capped`; from tested rows: `ratio` (expected value ÷ money won, each amount at most
        `cap`) with `low` and `high` (95 %), `median_error` (|expected − true| ÷ true amount of
        won deals), `rows` (won ones with an amount) and `without_amount`; what could not be
        measured is None. `sentences`: text and text_zh.
    """
    facts: dict[str, Any] = {
        "method": "none" if model is None else model.method,
        "expected_amount": model and model.mean,
        "cap": model and model.cap,
        "capped": model and model.capped,
        **dict.fromkeys(("ratio", "low", "high", "median_error")),
        "rows": 0,
        "without_amount": 0,
    }
    if model is not None and replay is not None:
        facts |= _measured(rows, amounts, replay, seed)
    sentences = [{"text": text, "text_zh": chinese} for text, chinese in _sentences(facts)]
    return facts | {"sentences": sentences}


def _measured(rows: TrainingRows, amounts: FloatArray, replay: Replay, seed: int) -> dict[str, Any]:
    """Totals and single amounts of tested rows, from models of the rows before them."""
    expected, cap = _as_expected_then(rows, amounts, replay, seed)
    usable = np.flatnonzero(np.isfinite(expected))
    if not len(usable):
        return {}
    tested, expected, cap = replay.rows[usable], expected[usable], cap[usable]
    won, money = rows.y[tested] == 1, amounts[tested]
    # A won deal without an amount counts on both sides alike.
    true = np.where(won, np.where(np.isnan(money), expected, np.clip(money, 0, cap)), 0.0)
    promised = replay.probabilities["model"][usable] * expected
    paid = won & (money > 0)
    clusters = rows.groups if rows.clusters is None else rows.clusters
    drawn = [
        float((extra * promised).sum() / total)
        for extra in resamples(clusters[tested], RESAMPLES, seed)
        if (total := float((extra * true).sum())) > 0
    ]
    if not true.any() or not drawn:
        return {}
    low, high = np.quantile(drawn, [0.025, 0.975])
    errors = np.abs(expected[paid] / money[paid] - 1)
    return {
        "ratio": float(promised.sum() / true.sum()),
        "low": float(low),
        "high": float(high),
        "median_error": float(np.median(errors)) if len(errors) else None,
        "rows": int(paid.sum()),
        "without_amount": int((won & np.isnan(money)).sum()),
    }


def _as_expected_then(
    rows: TrainingRows, amounts: FloatArray, replay: Replay, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Amount expected of each tested row before its window, and the most one counted then."""
    expected, cap = (np.full(len(replay.rows), np.nan) for _ in range(2))
    for k, fold in enumerate(replay.folds):
        model = fit_amounts(rows.take(fold.train), amounts[fold.train], seed=seed)
        if model is not None:
            inside = np.flatnonzero(replay.fold == k)
            expected[inside] = model.predict(rows.frame.iloc[replay.rows[inside]])
            cap[inside] = model.cap
    return expected, cap


def _sentences(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The facts in words, English and Chinese."""
    yield _METHODS[facts["method"]]
    if facts["ratio"] is not None:
        ratio, low, high = (f"{facts[name]:.2f}" for name in ("ratio", "low", "high"))
        yield (
            f"In later windows expected values added up to {ratio} times the money that was won "
            f"(95 % interval {low} to {high}; 1 is right).",
            f"在之后的时间窗口中，期望价值合计为实际赢单金额的 {ratio} 倍"
            f"（95% 区间 {low} 至 {high}；1 表示准确）。",
        )
    if facts["median_error"] is not None:
        error = f"{facts['median_error']:.0%}"
        yield (
            f"Half of the {facts['rows']:,} won deals brought an amount that had been expected "
            f"to within {error}; single amounts are far less certain than totals.",
            f"在 {facts['rows']:,} 个赢单商机中，半数的金额与预期相差不超过 {error}；"
            "单笔金额远不如合计可靠。",
        )
    if facts["capped"]:
        yield (
            f"Amounts above {facts['cap']:,.0f} count as that much ({facts['capped']:,} did), so "
            "that a single huge deal does not set the rest.",
            f"超过 {facts['cap']:,.0f} 的金额按该值计算（共 {facts['capped']:,} 笔），"
            "以免个别特大单影响整体。",
        )
