"""Weights of priority's parts, learned from what came of past rankings (DESIGN 6.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from abm_ml.rules.score import priority

Numbers = NDArray[np.float64]
IntArray = NDArray[np.int64]

MIN_WON = 40
"""Different accounts that must have been won before anything is learned."""

DOUBT = 1.96
"""Standard errors by which a part must rank better than chance (97.5 %, one-sided)."""

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

    A part beside the account score that by itself ranks no better than chance gets none: the
    back-test may have found its signal among accounts that no list of new customers holds.
    Of the others every combination of weights on a grid is judged by `top_value`. Taken is not
    the best, but the one nearest to the prior among those that are not worse beyond one standard
    error of the difference (the rule of Breiman et al. 1984, 3.4.3), so little data leaves the
    prior as it is.

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
    heard = [name for name in past.parts if name == "account_score" or _tells(past, name)]
    silent = dict.fromkeys(past.parts, 0.0)
    given = silent | normalised({name: prior[name] for name in heard})
    tried = [given, *(silent | weights for weights in _grid(heard))]
    values = np.array([_worth(past, priority(past.parts, w)) for w in tried])
    behind = values[int(values.mean(axis=1).argmax())] - values
    close = behind.mean(axis=1) <= standard_errors(behind, past.account[past.y == 1])
    distance = [sum((w[name] - given[name]) ** 2 for name in given) for w in tried]
    # Rounded, so that equally far stays equally far; the better one is then taken.
    ranks = zip(np.round(distance, 9), behind.mean(axis=1), range(len(tried)), strict=True)
    return tried[min(rank for rank, near in zip(ranks, close, strict=True) if near)[-1]]


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


def _tells(past: Ranked, name: str) -> bool:
    """Whether a part ranks those that were won higher than chance would, beyond doubt."""
    worth = _worth(past, past.parts[name])
    error = standard_errors(worth[None, :], past.account[past.y == 1])[0]
    return bool(worth.mean() - 1 > DOUBT * error)


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
        return {name: float(name == "account_score") for name in weights}
    return {name: weight / total for name, weight in weights.items()}


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
