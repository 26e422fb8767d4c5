"""How good scores are on rows that were never learned from, with bootstrap intervals.

Ranking is judged inside each fold (accounts compete with those of the same time), so that a
rate that drifts from fold to fold is no merit; probabilities are judged over all rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import expit, logit
from scipy.stats import beta

from abm_ml.data.column_kinds import FloatArray, IntArray

LIFT_SHARES = (0.01, 0.05, 0.1, 0.2)
"""Shares of the list at which lift is reported."""

RANKING = ("auc", "average_precision", *(f"lift_{share:.0%}" for share in LIFT_SHARES))
"""Measures that need only an order."""

PROBABILITY = ("brier", "log_loss", "ece")
"""Measures that need probabilities."""

_BINS = 10
_STEPS, _TINY, _MOST_LOGIT = 30, 1e-9, 15.0


@dataclass(frozen=True)
class _Blocks:
    """Rows of one fold by falling score; equal scores form one block."""

    rows: IntArray
    starts: IntArray

    @classmethod
    def of(cls, rows: IntArray, score: FloatArray) -> _Blocks:
        ordered = rows[np.argsort(-score[rows], kind="stable")]
        # Compared, not subtracted: rows without a score share -inf.
        falls = np.flatnonzero(score[ordered[1:]] != score[ordered[:-1]]) + 1
        return cls(ordered, np.concatenate([[0], falls]).astype(np.int64))

    def totals(self, y: IntArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Weight and won weight of each block."""
        w = weight[self.rows]
        return np.add.reduceat(w, self.starts), np.add.reduceat(w * y[self.rows], self.starts)


@dataclass(frozen=True)
class Scores:
    """Scores of tested rows, ready to be measured under many weightings.

    Parameters
    ----------
    score : array of float, shape (n_rows,)
        What rows are ranked by; probabilities if `probabilities`.
    y : array of int, shape (n_rows,)
        1 won, 0 lost.
    fold : array of int, shape (n_rows,)
        Fold that tested the row.
    probabilities : bool
        Whether scores are probabilities inside (0, 1).
    """

    score: FloatArray
    y: IntArray
    fold: IntArray
    probabilities: bool = True

    @cached_property
    def _blocks(self) -> list[_Blocks]:
        found = np.unique(self.fold)
        return [_Blocks.of(np.flatnonzero(self.fold == k), self.score) for k in found]

    @cached_property
    def bins(self) -> IntArray:
        """Bin of equal count that each probability falls into, shape (n_rows,)."""
        edges = np.unique(np.quantile(self.score, np.linspace(0, 1, _BINS + 1)[1:-1]))
        return np.searchsorted(edges, self.score, side="right")

    @cached_property
    def losses(self) -> FloatArray:
        """Log loss of each row."""
        return -np.log(np.where(self.y == 1, self.score, 1 - self.score))

    def auc(self, weight: FloatArray) -> float:
        """Chance that a won row outranks a lost row of its fold (ties count half)."""
        above = pairs = 0.0
        for blocks in self._blocks:
            all_, won = blocks.totals(self.y, weight)
            lost = all_ - won
            above += float(lost @ (np.cumsum(won) - won / 2))
            pairs += float(won.sum() * lost.sum())
        return above / pairs if pairs else np.nan

    def rank_sum(self, weight: FloatArray) -> float:
        """By how many standard deviations won rows rank above what shuffled labels would give.

        The rank-sum test (Mann and Whitney 1947) over folds (van Elteren 1960), with the exact
        mean and variance under permutation of each fold's labels, so ties and weights count.
        0 where all scores are alike.
        """
        total = variance = 0.0
        for blocks in self._blocks:
            y, w = self.y[blocks.rows], weight[blocks.rows]
            won = int(y.sum())
            pairs = won * (len(y) - won)
            if not pairs:
                continue
            all_, _ = blocks.totals(self.y, weight)
            middle = all_.sum() / 2 - (np.cumsum(all_) - all_ / 2)
            sizes = np.diff(np.append(blocks.starts, len(y)))
            rank = w * np.repeat(middle, sizes) / w.sum()
            rank -= rank.mean()
            total += float(rank @ y)
            variance += float(rank @ rank) * pairs / (len(y) * (len(y) - 1))
        return total / np.sqrt(variance) if variance > 0 else 0.0

    def levelled(self, weight: FloatArray) -> Scores:
        """The same differences in log-odds, moved in each fold so that the mean rate is right.

        What is left is how well rows are told apart: a rate that has moved since is no fault of
        the ranking. It takes the outcomes themselves, so it is for comparing, never for use.
        """
        moved = logit(self.score)
        for blocks in self._blocks:
            y, w, margin = self.y[blocks.rows], weight[blocks.rows], moved[blocks.rows]
            for _ in range(_STEPS):
                p = expit(margin)
                step = w @ (y - p) / max(float(w @ (p * (1 - p))), _TINY)
                margin = np.clip(margin + np.clip(step, -1, 1), -_MOST_LOGIT, _MOST_LOGIT)
            moved[blocks.rows] = margin
        return replace(self, score=np.asarray(expit(moved)))

    def measure(self, weight: FloatArray) -> dict[str, float]:
        """Every measure that these scores allow, by name.

        Parameters
        ----------
        weight : array of float, shape (n_rows,)
            Weights of the rows; a bootstrap counts rows by whole numbers.
        """
        found = {"auc": self.auc(weight), "average_precision": self._average_precision(weight)}
        shares = np.array(LIFT_SHARES)
        lifts = self.captured(weight, shares) / shares
        found |= {f"lift_{k:.0%}": float(v) for k, v in zip(LIFT_SHARES, lifts, strict=True)}
        if self.probabilities:
            error = self.score - self.y
            found["brier"] = float(np.average(error**2, weights=weight))
            found["log_loss"] = float(np.average(self.losses, weights=weight))
            gaps = np.bincount(self.bins, weights=weight * error)
            found["ece"] = float(np.abs(gaps).sum() / weight.sum())
        return found

    def captured(self, weight: FloatArray, shares: FloatArray) -> FloatArray:
        """Share of all wins that lie in the top of each fold, for each size of the top."""
        caught, wins = np.zeros(len(shares)), 0.0
        for blocks in self._blocks:
            all_, won = blocks.totals(self.y, weight)
            reached = np.concatenate([[0.0], np.cumsum(all_)])
            caught += np.interp(shares * reached[-1], reached, [0.0, *np.cumsum(won)])
            wins += float(won.sum())
        return caught / wins if wins else np.full(len(shares), np.nan)

    def _average_precision(self, weight: FloatArray) -> float:
        total = wins = 0.0
        for blocks in self._blocks:
            all_, won = blocks.totals(self.y, weight)
            reached = np.cumsum(all_)
            precision = np.divide(
                np.cumsum(won), reached, where=reached > 0, out=np.zeros_like(won)
            )
            total += float(won @ precision)
            wins += float(won.sum())
        return total / wins if wins else np.nan

    def reliability(self) -> list[dict[str, float]]:
        """Predicted against observed rate by bin, with the observed rate's 95 % interval."""
        table = []
        for b in np.unique(self.bins):
            inside = self.bins == b
            rows, won = int(inside.sum()), int(self.y[inside].sum())
            low, high = beta.ppf([0.025, 0.975], won + 0.5, rows - won + 0.5)
            table.append(
                {
                    "predicted": float(self.score[inside].mean()),
                    "observed": won / rows,
                    "low": float(low),
                    "high": float(high),
                    "rows": rows,
                }
            )
        return table


def resamples(clusters: IntArray, n: int, seed: int) -> Iterator[FloatArray]:
    """Bootstrap weights of rows, drawn by whole clusters, the same for the same seed.

    Parameters
    ----------
    clusters : array of int, shape (n_rows,)
        Rows of one account (or opportunity) rise and fall together.
    n : int
        Number of resamples.
    seed : int
        Seed.
    """
    rng = np.random.default_rng(seed)
    _, member = np.unique(clusters, return_inverse=True)
    n_clusters = int(member.max()) + 1
    for _ in range(n):
        drawn = np.bincount(rng.integers(n_clusters, size=n_clusters), minlength=n_clusters)
        yield drawn[member].astype(np.float64)


def with_intervals(
    scores: Scores, weight: FloatArray, clusters: IntArray, *, n: int, seed: int
) -> dict[str, dict[str, float]]:
    """Each measure with its 95 % bootstrap interval: value, low, high."""
    values = scores.measure(weight)
    drawn = [scores.measure(weight * extra) for extra in resamples(clusters, n, seed)]
    table = {}
    for name, value in values.items():
        found = np.array([one[name] for one in drawn])
        if name == "ece":
            # Resampling adds its own noise to an absolute value: keep the spread, not the shift.
            found = np.maximum(found - found.mean() + value, 0.0)
        # Where all rows have one outcome some measures are none, however the rows are drawn.
        known = found[np.isfinite(found)]
        low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
        table[name] = {"value": value, "low": float(low), "high": float(high)}
    return table


def auc_with_interval(
    scores: Scores, weight: FloatArray, clusters: IntArray, *, n: int, seed: int
) -> dict[str, float]:
    """AUC with its 95 % bootstrap interval: auc, low, high; nan where there is one outcome."""
    if not len(scores.y):
        return {"auc": np.nan, "low": np.nan, "high": np.nan}
    drawn = np.array([scores.auc(weight * extra) for extra in resamples(clusters, n, seed)])
    known = drawn[np.isfinite(drawn)]
    low, high = np.quantile(known, [0.025, 0.975]) if len(known) else (np.nan, np.nan)
    return {"auc": scores.auc(weight), "low": float(low), "high": float(high)}
