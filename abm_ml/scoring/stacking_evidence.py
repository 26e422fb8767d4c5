"""What learned weights would have been worth: learned on earlier windows, judged on later ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from abm_ml.propensity.metrics import Scores, resamples
from abm_ml.rules.score import priority
from abm_ml.scoring.stacking import MIN_WON, IntArray, Numbers, Ranked, learned_weights, normalised

SHARES = (0.01, 0.05, 0.1)
"""Shares of the list at which lift is told."""

HEADLINE = "5%"
"""The share at which it is told what each part adds."""

RANKED_BY = {"rules": "account_score", "model": "propensity", "similarity": "similarity"}
"""Orders by one part alone, and the part."""

FUSED = "fused"
WITHOUT = "without_"
ENGAGEMENT = "engagement"


@dataclass(frozen=True)
class Window:
    """Rows that were known before a window, and those that it tests; positions in the past."""

    teach: IntArray
    test: IntArray


def fusion_evidence(
    past: Ranked,
    windows: Sequence[Window],
    prior: Mapping[str, float],
    *,
    learn: bool = True,
    without_engagement: Numbers | None = None,
    n: int = 200,
    seed: int = 0,
) -> dict[str, Any]:
    """Lift of each order on rows that played no part in its weights, with paired intervals.

    In each window the weights are learned anew from what was known before it. Windows with too
    little before them are left out, unless all are: then the prior is judged.

    Parameters
    ----------
    past : Ranked
        All tested rows.
    windows : sequence of Window
        In order of time.
    prior : mapping of str to float
        The params' weights of the parts.
    learn : bool
        Whether weights are learned; else the prior is judged in every window.
    without_engagement : array of float, shape (n_rows,), optional
        The account score without its engagement part, to show what that adds.
    n, seed : int
        Of the bootstrap over accounts.

    Returns
    -------
    dict
        `rows`, `won` (rows), `windows`; `lift` by order (`rules`, `model`, `similarity`, `fused`,
        and `without_` each part) and share of the list; `gain`: lift of the fused order less that
        of each other one. Each figure with `value`, `low`, `high` (95 % interval, bootstrap over
        accounts, the same draws for all orders); null where it is not defined.
    """
    ready = [window for window in windows if past.take(window.teach).won >= MIN_WON]
    judged = ready if learn and ready else list(windows)
    test = np.concatenate([np.zeros(0, dtype=np.int64), *(window.test for window in judged)])
    orders: dict[str, list[Numbers]] = {}
    for window in judged:
        weights = learned_weights(past.take(window.teach), prior) if learn else normalised(prior)
        now = past.take(window.test)
        other = None if without_engagement is None else without_engagement[window.test]
        for name, score in _orders(now, weights, other).items():
            orders.setdefault(name, []).append(score)
    scores = {name: np.concatenate(parts) for name, parts in orders.items()}
    tested = past.take(test)
    return {
        "rows": len(tested),
        "won": int(tested.y.sum()),
        "windows": len(judged),
        **compared_lifts(scores, tested, n=n, seed=seed),
    }


def compared_lifts(
    scores: Mapping[str, Numbers], tested: Ranked, *, n: int = 200, seed: int = 0
) -> dict[str, Any]:
    """`lift` of each order and `gain` of the fused one over each other; see `fusion_evidence`."""
    if not tested.y.any():
        return {"lift": {}, "gain": {}}
    shares = np.array(SHARES)
    ranked = {
        name: Scores(score, tested.y, tested.moment, probabilities=False)
        for name, score in scores.items()
    }

    def lifts(weight: Numbers) -> Numbers:
        return np.array([one.captured(weight, shares) / shares for one in ranked.values()])

    value = lifts(np.ones(len(tested)))
    drawn = np.array([lifts(weight) for weight in resamples(tested.account, n, seed)])
    own = list(ranked).index(FUSED)
    gain, drawn_gain = value[own] - value, drawn[:, own, None] - drawn
    return {
        "lift": {name: _figures(value[i], drawn[:, i]) for i, name in enumerate(ranked)},
        "gain": {
            name: _figures(gain[i], drawn_gain[:, i])
            for i, name in enumerate(ranked)
            if name != FUSED
        },
    }


def _orders(
    now: Ranked, weights: Mapping[str, float], without_engagement: Numbers | None
) -> dict[str, Numbers]:
    """Each part alone, all together, and all but one."""
    parts = dict(now.parts)
    found = {name: parts[part] for name, part in RANKED_BY.items() if part in parts}
    found[FUSED] = priority(parts, weights)
    for left_out in parts:
        rest = {name: part for name, part in parts.items() if name != left_out}
        total = sum(weights[name] for name in rest)
        # Parts without weight, left by themselves, count alike.
        found[WITHOUT + left_out] = priority(rest, weights if total else dict.fromkeys(rest, 1.0))
    if without_engagement is not None:
        instead = {**parts, "account_score": without_engagement}
        found[WITHOUT + ENGAGEMENT] = priority(instead, weights)
    return found


def _figures(value: Numbers, drawn: Numbers) -> dict[str, dict[str, float | None]]:
    """One figure for each share, with its 95 % interval."""
    table = {}
    for k, share in enumerate(SHARES):
        known = drawn[np.isfinite(drawn[:, k]), k]
        low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (None, None)
        ends = (None if end is None else float(end) for end in (low, high))
        table[f"{share:.0%}"] = dict(
            zip(("value", "low", "high"), (float(value[k]), *ends), strict=True)
        )
    return table
