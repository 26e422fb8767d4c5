"""Challenger beside champion: which did better, by how much, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.data.crm import Crm
from abm_ml.propensity.metrics import resamples
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.scoring.outcomes import given_before, later_outcomes
from abm_ml.workflows.as_of import latest_instant

LEAST_WON = 30
"""Won rows without which later outcomes prove nothing."""

MOST_WORSE = 0.01
"""Log loss by which a challenger may be worse where half of all rows are won. Where wins are
rarer it is less, in proportion to the base rate's own log loss: at 2 % won, that is 0.1 in all,
and 0.01 would let a model pass that has lost all its skill."""

_RESAMPLES = 1_000
_MAX_ROWS = 200_000


@dataclass(frozen=True)
class Comparison:
    """Challenger against champion, in log loss.

    Parameters
    ----------
    gain : float
        By how much the challenger's is lower.
    allowed : float
        By how much it may be higher.
    grounds : str
        What was compared, with the figures.
    interval : tuple of float, optional
        90 % interval of the gain (paired bootstrap by account); None for back-tests, which have
        no rows in common.
    """

    gain: float
    allowed: float
    grounds: str
    interval: tuple[float, float] | None = None

    @property
    def paired(self) -> bool:
        """Whether both were judged on the same rows."""
        return self.interval is not None

    @property
    def not_worse(self) -> bool:
        """Not worse by more than is allowed."""
        return self.gain >= -self.allowed

    @property
    def better(self) -> bool:
        """Better with 95 % confidence (one-sided)."""
        return self.interval is not None and self.interval[0] > 0

    def to_dict(self) -> dict[str, Any]:
        """The figures, ready for JSON."""
        return {"gain": self.gain, "allowed": self.allowed, "interval": self.interval}


def on_later_outcomes(
    challenger: TrainedPropensity, champion: TrainedPropensity, crm: Crm, seed: int = 0
) -> Comparison | None:
    """Compare on outcomes that came after both trainings; None where too few were won.

    Parameters
    ----------
    challenger, champion : TrainedPropensity
        Models that answer the same question. One that does not say when its training data ends
        may have seen any row: nothing can be compared then.
    crm : Crm
        Canonical tables, newer than both.
    seed : int
        Of the bootstrap.
    """
    if challenger.as_of is None or champion.as_of is None:
        return None
    rows = later_outcomes(
        crm,
        challenger,
        max(challenger.as_of, champion.as_of),
        latest_instant(crm),
        after="known_at",
        max_rows=_MAX_ROWS,
    )
    y = rows["y"].to_numpy()
    if y.sum() < LEAST_WON:
        return None
    ours, theirs = (_losses(y, given_before(crm, one, rows)) for one in (challenger, champion))
    low, high = _interval(theirs - ours, rows["account_id"], seed)
    gain = float((theirs - ours).mean())
    return Comparison(
        gain,
        _allowed(_base_rate_loss(float(y.mean()))),
        f"on {len(y):,} later outcomes that neither could know ({int(y.sum()):,} won), log loss "
        f"{ours.mean():.4f} against the champion's {theirs.mean():.4f}, a gain of {gain:+.4f} "
        f"(90 % interval {low:+.4f} to {high:+.4f})",
        (low, high),
    )


def by_backtests(challenger: TrainedPropensity, champion: TrainedPropensity) -> Comparison:
    """Compare what the two recorded back-tests saved against the base rate.

    Their rows differ, and with them the rate of wins, so each model is measured by its gain over
    the base rate on its own rows.
    """
    (ours, base), (theirs, _) = (_saved(one) for one in (challenger, champion))
    return Comparison(
        ours - theirs,
        _allowed(base),
        f"by the back-tests at training, gain in log loss over the base rate {ours:.4f} "
        f"against the champion's {theirs:.4f}",
    )


def _losses(y: IntArray, propensity: FloatArray) -> FloatArray:
    return -np.log(np.where(y == 1, propensity, 1 - propensity))


def _interval(gain: FloatArray, accounts: pa.ChunkedArray, seed: int) -> tuple[float, float]:
    """90 % interval of the mean gain; rows of one account are drawn together."""
    _, member = np.unique(accounts.to_numpy(), return_inverse=True)
    rows, sums = np.bincount(member), np.bincount(member, weights=gain)
    drawn = resamples(np.arange(len(rows)), _RESAMPLES, seed)
    means = [float((weight @ sums) / (weight @ rows)) for weight in drawn]
    low, high = np.quantile(means, [0.05, 0.95])
    return float(low), float(high)


def _base_rate_loss(rate: float) -> float:
    """Log loss of predicting the rate for every row."""
    return -sum(p * math.log(p) for p in (rate, 1 - rate) if p > 0)


def _allowed(base_rate_loss: float) -> float:
    return MOST_WORSE * min(1.0, base_rate_loss / math.log(2))


def _saved(trained: TrainedPropensity) -> tuple[float, float]:
    """Log loss that the back-test saved against the base rate's, and the latter."""
    metrics = trained.report.get("metrics", {})
    if not metrics:
        return 0.0, _base_rate_loss(trained.base_rate)
    loss = {name: float(metrics[name]["log_loss"]["value"]) for name in ("base_rate", "model")}
    return loss["base_rate"] - loss["model"], loss["base_rate"]
