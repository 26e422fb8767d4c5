"""How the model does on parts of the market: where it ranks, and where its level is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types
from scipy.stats import norm

from abm_ml.data.column_kinds import (
    FloatArray,
    IntArray,
    as_levels,
    as_numbers,
    column_kind,
)
from abm_ml.propensity.metrics import Scores, auc_with_interval
from abm_ml.propensity.words import value_words

Flags: TypeAlias = npt.NDArray[np.bool_]

MOST_FIELDS: Mapping[str, int] = {"level": 4, "range": 2}
"""Columns that are looked at, by what their parts are: those between whose parts predictions
differ most."""

MOST_LEVELS = 12
"""A column of more levels is no way to cut a market into parts that people would name."""

LEAST_ROWS, LEAST_WON, LEAST_CLUSTERS = 100, 10, 10
"""Tested rows, wins (and losses) and accounts below which a part is not judged by itself."""

ERROR = 0.05
"""Chance that any part at all is said to differ where all probabilities are right."""

ACCOUNT = "(account)"
"""Field of the parts `seen` and `unseen`: whether the account had taught the model."""


@dataclass(frozen=True)
class Part:
    """Some of the tested rows.

    Parameters
    ----------
    field, value : str, and what it holds there
        None is missing; a range of numbers is text ("≤ 50", "50 – 200", "> 500").
    kind : str
        `level`, `range` or `account`.
    inside : array of bool, shape (n_tested,)
        Its rows.
    """

    field: str
    value: str | bool | None
    kind: Literal["level", "range", "account"]
    inside: Flags


def segment_table(
    frame: pd.DataFrame,
    scores: Scores,
    weight: FloatArray,
    clusters: IntArray,
    unseen: Flags | None,
    *,
    n: int,
    seed: int,
) -> list[dict[str, Any]]:
    """AUC, predicted and observed rate of natural parts of the tested rows.

    Columns are picked by what the model says of them, never by outcomes, so that a look at many
    parts is all that the test for a difference must allow for.

    Parameters
    ----------
    frame : DataFrame, shape (n_tested, n_columns)
        The tested rows.
    scores : Scores
        The model's probabilities for them.
    weight : array of float, shape (n_tested,)
        Weights.
    clusters : array of int, shape (n_tested,)
        Rows that rise and fall together.
    unseen : array of bool, shape (n_tested,), or None
        Rows whose account had not taught; None where accounts are not known.
    n, seed : int
        Bootstrap resamples behind the AUC's interval, and their seed.

    Returns
    -------
    list of dict
        `field`, `value` and `kind` as in `Part`; `rows`, `won`, `auc` with `low` and `high` (95 %),
        `predicted` and `observed` rate, and `differs`: whether these two do so beyond chance,
        all parts considered.
    """
    parts = list(_account_parts(unseen))
    ways = [way for name in frame.columns if (way := _parts_of(str(name), frame[name]))]
    for kind, most in MOST_FIELDS.items():
        own = [_judgeable(way, scores.y, clusters) for way in ways if way[0].kind == kind]
        split = [way for way in own if len(way) > 1]
        split.sort(key=lambda way: -_spread(way, scores.score))
        parts += [part for way in split[:most] for part in way]
    parts = _judgeable(parts, scores.y, clusters)
    lines = [_line(part, scores, weight, clusters, n, seed) for part in parts]
    far = [_surprise(scores, weight, clusters, part.inside) for part in parts]
    flags = beyond_chance(np.array(far))
    return [line | {"differs": bool(flag)} for line, flag in zip(lines, flags, strict=True)]


def beyond_chance(z: FloatArray) -> Flags:
    """Which of several differences are real, none wrongly so but in 5 % (Holm 1979).

    Parameters
    ----------
    z : array of float, shape (n,)
        Differences in standard deviations.
    """
    found = np.zeros(len(z), dtype=bool)
    for rank, i in enumerate(np.argsort(-np.abs(z), kind="stable")):
        if np.abs(z[i]) <= norm.isf(ERROR / 2 / (len(z) - rank)):
            break
        found[i] = True
    return found


def _account_parts(unseen: Flags | None) -> Iterator[Part]:
    if unseen is not None:
        yield Part(ACCOUNT, "seen", "account", ~unseen)
        yield Part(ACCOUNT, "unseen", "account", unseen)


def _parts_of(name: str, values: pd.Series) -> list[Part]:
    """Parts by the levels of a category or the quarters of a number; none for other columns."""
    kind = column_kind(values)
    if kind == "category" or (kind == "number" and types.is_bool_dtype(values.dtype)):
        codes, distinct = as_levels(values)
        if not 1 < len(distinct) <= MOST_LEVELS:
            return []
        truth = {"True": True, "False": False} if kind == "number" else {}
        named = [(truth.get(one, one), codes == i) for i, one in enumerate(distinct)]
        missing = codes == -1
        return [Part(name, value, "level", inside) for value, inside in [*named, (None, missing)]]
    if kind != "number":
        return []
    numbers = as_numbers(values)
    missing = np.isnan(numbers)
    # Ends that are values of the column read better than points between them.
    ends = np.unique(np.quantile(numbers[~missing], [0.25, 0.5, 0.75], method="inverted_cdf"))
    place = np.searchsorted(ends, numbers)
    quarters = [(_range(ends, i), ~missing & (place == i)) for i in range(len(ends) + 1)]
    return [Part(name, value, "range", inside) for value, inside in [*quarters, (None, missing)]]


def _range(ends: FloatArray, i: int) -> str:
    if i == 0:
        return f"≤ {_written(ends[0])}"
    if i == len(ends):
        return f"> {_written(ends[-1])}"
    return " – ".join(_written(end) for end in ends[i - 1 : i + 1])


def _written(value: float) -> str:
    """Without commas below ten thousand, for it may be a year."""
    year = float(value).is_integer() and abs(value) < 10_000
    return str(int(value)) if year else value_words(value)


def _judgeable(parts: list[Part], y: IntArray, clusters: IntArray) -> list[Part]:
    """Those with enough rows, wins, losses and accounts to be judged, and to name nobody."""
    kept = []
    for part in parts:
        rows, won = int(part.inside.sum()), int(y[part.inside].sum())
        alike = len(np.unique(clusters[part.inside]))
        if rows >= LEAST_ROWS and min(won, rows - won) >= LEAST_WON and alike >= LEAST_CLUSTERS:
            kept.append(part)
    return kept


def _spread(parts: list[Part], score: FloatArray) -> float:
    """Variance of the mean prediction between parts."""
    means = np.array([score[part.inside].mean() for part in parts])
    rows = np.array([part.inside.sum() for part in parts])
    return float(np.average((means - np.average(means, weights=rows)) ** 2, weights=rows))


def _line(
    part: Part, scores: Scores, weight: FloatArray, clusters: IntArray, n: int, seed: int
) -> dict[str, Any]:
    inside = part.inside
    own = Scores(scores.score[inside], scores.y[inside], scores.fold[inside])
    w = weight[inside]
    return {
        "field": part.field,
        "value": part.value,
        "kind": part.kind,
        "rows": len(w),
        "won": int(own.y.sum()),
        **auc_with_interval(own, w, clusters[inside], n=n, seed=seed),
        "predicted": float(np.average(own.score, weights=w)),
        "observed": float(np.average(own.y, weights=w)),
    }


def _surprise(scores: Scores, weight: FloatArray, clusters: IntArray, inside: Flags) -> float:
    """Wins above those predicted, in standard deviations if the probabilities were right.

    The variance is the larger of that of independent rows and that of clusters as they are.
    """
    p, w = scores.score[inside], weight[inside]
    beyond = w * (scores.y[inside] - p)
    alike = np.bincount(np.unique(clusters[inside], return_inverse=True)[1], weights=beyond)
    variance = max(float(w**2 @ (p * (1 - p))), float(alike @ alike))
    return float(beyond.sum() / np.sqrt(variance))
