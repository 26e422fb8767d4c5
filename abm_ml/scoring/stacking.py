"""Weights of priority's parts, learned from what came of past rankings (DESIGN 6.8)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm_ml.rules.score import priority

Numbers = NDArray[np.float64]
IntArray = NDArray[np.int64]

RULES = "account_score"
"""The part that people agreed on."""

MIN_WON = 40
"""Different accounts that must have been won before anything is learned."""

DOUBT = 1.96
"""Standard errors from chance beyond which a part ranks surely better or worse (97.5 %)."""

TINY = 1e-9
"""A standard error that is 0 but for rounding: all places are equal."""

SPREAD = 0.3
"""Standard deviation of each weight about the params', before anything was seen."""

STEPS = {1: 1, 2: 20, 3: 10}
"""By number of parts: into how many steps each weight between 0 and 1 is divided."""


@dataclass(frozen=True)
class Ranked:
    """Past accounts with the parts of their priority and what came of them.

    Parameters
    ----------
    parts : mapping of str to array of float, each of shape (n_rows,)
        Each 0-100, by what was known at the row's moment.
    y : array of int, shape (n_rows,)
        1 won within the horizon, 0 not.
    moment : array of int, shape (n_rows,)
        Rows of one moment compete: they would have stood in one list.
    account : array of int, shape (n_rows,)
        Account of each row.
    """

    parts: Mapping[str, Numbers]
    y: IntArray
    moment: IntArray
    account: IntArray

    def __len__(self) -> int:
        return len(self.y)

    @property
    def won(self) -> int:
        """How many different accounts were won."""
        return len(np.unique(self.account[self.y == 1]))

    def take(self, rows: IntArray) -> Ranked:
        """Some of the rows."""
        parts = {name: part[rows] for name, part in self.parts.items()}
        return Ranked(parts, self.y[rows], self.moment[rows], self.account[rows])

    def only(self, *names: str) -> Ranked:
        """The same rows with some of the parts."""
        return Ranked({name: self.parts[name] for name in names}, self.y, self.moment, self.account)


def learned_weights(past: Ranked, prior: Mapping[str, float]) -> dict[str, float]:
    """Non-negative weights, summing to 1, that would have ranked the past well.

    Every combination of weights on a grid is judged by `_evidence`, and their mean is taken, in
    which each counts by how likely it makes the past, times how near it is to the prior (a normal
    distribution about it, `SPREAD`). So few wins leave the weights near the prior, many move them
    to where the past has them, and no single best combination is trusted for its luck.

    A part that by itself ranks no better than chance gets no weight. The account score, which
    people agreed on, has the benefit of the doubt: it goes where it ranks worse than chance beyond
    doubt, and only if another part tells. Any other part must be better beyond doubt: the back-test
    may have found its signal among accounts that no list of new customers holds.

    Parameters
    ----------
    past : Ranked
        Rows to learn from; those of fewer than `MIN_WON` won accounts teach nothing.
    prior : mapping of str to float
        Non-negative weights of the same parts, those of the params.
    """
    given = normalised({name: prior[name] for name in past.parts})
    if past.won < MIN_WON:
        return given
    heard = _heard(past)
    told = past.only(*heard)
    given = normalised({name: prior[name] for name in heard})
    tried = list(_grid(heard))
    evidence = np.array([_evidence(told, weights) for weights in tried])
    points = np.array([[weights[name] for name in heard] for weights in tried])
    apart = points - np.array([given[name] for name in heard])
    likely = evidence - (apart**2).sum(axis=1) / (2 * SPREAD**2)
    share = np.exp(likely - likely.max())
    mean = share @ points / share.sum()
    return dict.fromkeys(past.parts, 0.0) | dict(zip(heard, _hundredths(mean), strict=True))


def top_value(score: Numbers, moment: IntArray) -> Numbers:
    """What it is worth to have each row where it stands: -log of its place as a share of the list.

    1 on average, 4.6 at 1 % from the top, 0.7 in the middle (Savage's scores, 1956): the top
    counts, for it is what is worked on, but no cut-off makes it jump. Equal scores share their
    place. Unchanged by any monotone transformation of the score.

    Parameters
    ----------
    score : array of float, shape (n_rows,)
        What rows are ranked by.
    moment : array of int, shape (n_rows,)
        Rows of one moment are ranked together.
    """
    value = np.empty(len(score))
    for one in np.unique(moment):
        inside = np.flatnonzero(moment == one)
        _, level, size = np.unique(-score[inside], return_inverse=True, return_counts=True)
        above = np.cumsum(size) - size
        value[inside] = -np.log((above + size / 2)[level] / len(inside))
    return value


def _worth(past: Ranked, score: Numbers) -> Numbers:
    """Value of the places that a score gives to those that were won."""
    return top_value(score, past.moment)[past.y == 1]


def _evidence(past: Ranked, weights: Mapping[str, float]) -> float:
    """Log-likelihood of the places of those that were won, less that under chance.

    Under chance a place, as a share of the list, is uniform; in an order that tells winners its
    density is θ · place^(θ - 1) with θ < 1 (Lehmann's alternatives, 1953). At the best θ, 1 by the
    mean of -log place, that is worth mean - 1 - log mean for each win. Rows of one account are one
    win. An order worse than chance is no evidence.
    """
    mean = max(1.0, float(_worth(past, priority(past.parts, weights)).mean()))
    return past.won * (mean - 1 - math.log(mean))


def _heard(past: Ranked) -> list[str]:
    """Parts that may have a weight; never none."""
    apart = {name: _from_chance(past, name) for name in past.parts}
    others = {name for name in past.parts if name != RULES and apart[name] > DOUBT}
    wrong = others and apart.get(RULES, 0.0) < -DOUBT
    return [name for name in past.parts if name in (others if wrong else {RULES, *others})]


def _from_chance(past: Ranked, name: str) -> float:
    """By how many standard errors a part ranks those that were won higher than chance would."""
    value = top_value(past.parts[name], past.moment)
    won = past.y == 1
    error = standard_errors(value[None, won], past.account[won])[0]
    # Chance is the list's own mean: where many scores are equal, it lies below 1.
    return float((value[won].mean() - value.mean()) / error) if error > TINY else 0.0


def standard_errors(values: Numbers, account: IntArray) -> Numbers:
    """Standard error of each row's mean, entries of one account rising and falling together.

    Parameters
    ----------
    values : array of float, shape (n_ways, n_entries)
        One line a way of ranking.
    account : array of int, shape (n_entries,)
        Account of each entry.
    """
    _, member = np.unique(account, return_inverse=True)
    apart = values - values.mean(axis=1, keepdims=True)
    sums = np.array([np.bincount(member, weights=line) for line in apart])
    return np.asarray(np.sqrt((sums**2).sum(axis=1)) / values.shape[1])


def normalised(weights: Mapping[str, float]) -> dict[str, float]:
    """The same weights summing to 1; where all are 0, the account score carries."""
    total = sum(weights.values())
    if total == 0:
        return {name: float(name == RULES) for name in weights}
    return {name: weight / total for name, weight in weights.items()}


def _hundredths(weights: Numbers) -> list[float]:
    """Rounded, summing to 1: float sums that differ in their last digit give the same weights."""
    counts = np.round(100 * weights).astype(np.int64)
    counts[counts.argmax()] += 100 - counts.sum()
    return [int(count) / 100 for count in counts]


def _grid(names: list[str]) -> Iterator[dict[str, float]]:
    """Weights that sum to 1 in equal steps."""
    steps = STEPS[len(names)]
    for counts in _compositions(steps, len(names)):
        yield {name: count / steps for name, count in zip(names, counts, strict=True)}


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to write a total as an ordered sum of so many whole numbers."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)
