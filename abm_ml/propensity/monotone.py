"""Columns of which a higher value may only raise, or only lower, the probability."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from abm_ml.data.column_kinds import FloatArray, IntArray, column_kind

HELD_KINDS = ("number", "date", "empty")
"""Kinds of columns that have an order (an empty one plays no part)."""


def check_monotone(frame: pd.DataFrame, monotone: Mapping[str, int]) -> None:
    """Refuse constraints that cannot be kept.

    Parameters
    ----------
    frame : DataFrame
        All rows and columns that are learned from.
    monotone : mapping of str to int
        Column to +1 (a higher value never lowers the probability) or -1 (never raises it).

    Raises
    ------
    ValueError
        If a column is unknown or is neither numbers nor dates, or a sign is another.
    """
    for name, sign in monotone.items():
        if sign not in (1, -1):
            raise ValueError(f"monotone: {name!r} must be +1 or -1. Supplied value {sign!r}")
        if name not in frame.columns:
            near = difflib.get_close_matches(name, [str(column) for column in frame.columns], n=1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise ValueError(f"monotone: there is no column {name!r}{hint}")
        kind = column_kind(frame[name])
        if kind not in HELD_KINDS:
            raise ValueError(
                f"monotone: column {name!r} holds {kind}; only numbers and dates have an order"
            )


def bounded_logistic(
    columns: FloatArray, y: IntArray, weight: FloatArray, c: float, signs: IntArray
) -> tuple[FloatArray, float]:
    """A logistic regression with a ridge penalty, some coefficients of which keep their sign.

    Minimises ``c * sum(weight * log loss) + |coefficients|^2 / 2``, as scikit-learn does, by
    L-BFGS-B (Byrd et al. 1995).

    Parameters
    ----------
    columns : array, shape (n_rows, n_columns)
        Finite numbers.
    y : array of int, shape (n_rows,)
        1 won, 0 lost.
    weight : array, shape (n_rows,)
        Weights of the rows.
    c : float
        Inverse strength of the penalty.
    signs : array of int, shape (n_columns,)
        +1: coefficient >= 0; -1: <= 0; 0: free.

    Returns
    -------
    coefficients : array, shape (n_columns,)
    intercept : float
    """
    share, penalty = weight / weight.sum(), 1 / (c * weight.sum())

    def loss(point: FloatArray) -> tuple[float, FloatArray]:
        margin = columns @ point[:-1] + point[-1]
        residual = share * (expit(margin) - y)
        value = share @ np.logaddexp(0.0, np.where(y == 1, -margin, margin))
        value += penalty * (point[:-1] @ point[:-1]) / 2
        slope = columns.T @ residual + penalty * point[:-1]
        return float(value), np.append(slope, residual.sum())

    bounds = [(0.0 if sign > 0 else None, 0.0 if sign < 0 else None) for sign in signs]
    start = np.zeros(columns.shape[1] + 1)
    options = {"maxiter": 300, "gtol": 1e-6, "ftol": 1e-14}
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)], options=options
    )
    return np.asarray(found.x[:-1]), float(found.x[-1])
