"""What a won deal is expected to bring, from the columns of its row.

The logarithm of the amount is regressed on the columns where that predicts later amounts better
than their mean does; else every row gets the mean. Either way the amounts are scaled so that
they add up to the money that was won (a smearing back-transform, after Duan 1983: the mean of a
logarithm is not the logarithm of the mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import FloatArray, column_kind
from abm_ml.data.determinism import one_blas_thread
from abm_ml.propensity.encoder import Encoder
from abm_ml.propensity.folds import Fold, forward_folds, grouped_folds
from abm_ml.propensity.rows import TrainingRows

STRENGTHS = (3.0, 10.0, 30.0, 100.0)
"""Ridge penalties that are tried, beside the mean alone."""

LEAST_WON = 30
"""Won rows with an amount below which everyone gets the mean."""

WIDEST = 4.0
"""Amounts count up to this many (robust) standard deviations of their logarithm above the median.

Of log-normal amounts one in 30,000 is larger; a single huge deal would otherwise set every total.
"""

_INNER_FOLDS = 3


@dataclass(frozen=True)
class AmountModel:
    """The expected amount of a row, if it is won.

    Parameters
    ----------
    mean : float
        Mean amount of the won rows, none above `cap`.
    cap : float
        The most that one amount counts.
    capped : int
        Amounts that were above it.
    encoder : Encoder or None
        How columns become numbers; None: every row gets the mean.
    coefficients, centre : array, shape (n_design_columns,)
        Of the log amount; means of the design columns.
    level : float
        Log amount of a row in the centre, scaled so that totals are right.
    """

    mean: float
    cap: float
    capped: int
    encoder: Encoder | None
    coefficients: FloatArray
    centre: FloatArray
    level: float

    def predict(self, frame: pd.DataFrame) -> FloatArray:
        """Expected amounts, shape (n_rows,), in the currency of the amounts learned from."""
        if self.encoder is None:
            return np.full(len(frame), self.mean)
        design = self.encoder.encode(frame.reset_index(drop=True)).linear
        log_amount = self.level + (design - self.centre) @ self.coefficients
        return np.minimum(np.exp(np.minimum(log_amount, np.log(self.cap))), self.cap)

    @property
    def method(self) -> str:
        """`columns` or `mean`."""
        return "mean" if self.encoder is None else "columns"

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        return {
            "mean": self.mean,
            "cap": self.cap,
            "capped": self.capped,
            "encoder": self.encoder and self.encoder.state(),
            "coefficients": self.coefficients,
            "centre": self.centre,
            "level": self.level,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> AmountModel:
        """The model that `state` was taken from."""
        encoder = state["encoder"] and Encoder.from_state(state["encoder"])
        return cls(**{**state, "encoder": encoder})


@one_blas_thread
def fit_amounts(rows: TrainingRows, amounts: FloatArray, *, seed: int = 0) -> AmountModel | None:
    """Learn the expected amount from the won rows whose amount is known.

    Parameters
    ----------
    rows : TrainingRows
        Rows of the propensity model; texts are not looked at.
    amounts : array of float, shape (n_rows,)
        Money that each row brought; nan where it is not known. Those of lost rows don't count.
    seed : int
        Of the folds, where rows have no time.

    Returns
    -------
    AmountModel or None
        None if no won row brought money.
    """
    won = np.flatnonzero((rows.y == 1) & np.isfinite(amounts))
    money = np.maximum(amounts[won], 0.0)
    if not money.any():
        return None
    cap = _most_believed(money[money > 0])
    counted = np.minimum(money, cap)
    paid = rows.take(won[counted > 0])
    logs = np.log(counted[counted > 0])
    columns = [name for name in paid.frame.columns if column_kind(paid.frame[name]) != "text"]
    strength = _best_strength(paid, logs, columns, seed)
    nobody = np.zeros(0)
    mean = float(np.sort(counted).mean())
    capped = int((money > cap).sum())
    if strength is None:
        return AmountModel(mean, cap, capped, None, nobody, nobody, float(np.log(mean)))
    encoder, coefficients, centre = _ridge(paid.frame[columns], logs, strength)
    plain = AmountModel(mean, cap, capped, encoder, coefficients, centre, float(logs.mean()))
    found = rows.take(won).frame
    return AmountModel(
        mean, cap, capped, encoder, coefficients, centre, _scaled(plain, found, counted)
    )


def _most_believed(money: FloatArray) -> float:
    """What an amount counts at most; see `WIDEST`."""
    low, middle, high = np.quantile(np.log(money), [0.25, 0.5, 0.75])
    spread = (high - low) / 1.349  # quartiles of a normal distribution lie 1.349 deviations apart
    # Where most amounts are one list price, the quartiles say nothing of the others.
    return float(np.exp(middle + WIDEST * max(spread, 0.5)))


def _best_strength(
    rows: TrainingRows, logs: FloatArray, columns: list[str], seed: int
) -> float | None:
    """The penalty that predicts later amounts surely better than their mean; None if none does."""
    if len(logs) < LEAST_WON:
        return None
    tested = [fold for fold in _folds(rows, seed) if len(fold.train) >= LEAST_WON // 2]
    losses: list[list[FloatArray]] = [[] for _ in range(len(STRENGTHS) + 1)]
    for fold in tested:
        known, later = logs[fold.train], logs[fold.test]
        losses[-1].append((later - known.mean()) ** 2)
        encoder, gram, moment, centre = _moments(rows.frame[columns].iloc[fold.train], known)
        design = encoder.encode(rows.frame[columns].iloc[fold.test].reset_index(drop=True)).linear
        for k, strength in enumerate(STRENGTHS):
            predicted = known.mean() + (design - centre) @ _solve(gram, moment, strength)
            losses[k].append((later - predicted) ** 2)
    if not tested:
        return None
    *tried, plain = (np.concatenate(loss) for loss in losses)
    best = int(np.argmin([loss.mean() for loss in tried]))
    gain = plain - tried[best]
    sure = gain.mean() > gain.std() / np.sqrt(len(gain))
    return STRENGTHS[best] if sure else None


def _folds(rows: TrainingRows, seed: int) -> list[Fold]:
    """Forward in time where there is one, else by group."""
    if rows.time is not None and rows.known_at is not None:
        folds = forward_folds(rows.time, rows.known_at, rows.groups, n_folds=_INNER_FOLDS)
        usable = [fold for fold in folds if len(fold.test) and len(fold.train)]
        if usable:
            return usable
    return grouped_folds(rows.alike, n_folds=_INNER_FOLDS, seed=seed)


def _ridge(
    frame: pd.DataFrame, logs: FloatArray, strength: float
) -> tuple[Encoder, FloatArray, FloatArray]:
    """Encoder, coefficients and centre of a ridge regression of the log amounts."""
    encoder, gram, moment, centre = _moments(frame, logs)
    return encoder, _solve(gram, moment, strength), centre


def _moments(
    frame: pd.DataFrame, logs: FloatArray
) -> tuple[Encoder, FloatArray, FloatArray, FloatArray]:
    """Encoder, cross products of the centred design with itself and with the logs, and centre."""
    table = frame.reset_index(drop=True)
    encoder = Encoder.fit(table)
    design = encoder.encode(table).linear
    centre: FloatArray = design.mean(axis=0)
    centred = design - centre
    return encoder, centred.T @ centred, centred.T @ (logs - logs.mean()), centre


def _solve(gram: FloatArray, moment: FloatArray, strength: float) -> FloatArray:
    return np.asarray(np.linalg.solve(gram + strength * np.eye(len(gram)), moment), np.float64)


def _scaled(model: AmountModel, frame: pd.DataFrame, money: FloatArray) -> float:
    """The level at which predictions for the won rows add up to their money."""
    return model.level + float(np.log(money.sum() / model.predict(frame).sum()))
