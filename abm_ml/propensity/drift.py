"""Drift: whether accounts and their propensity are still as they were at training.

The reference is the universe at training time, kept as counts by bin: no rows, and no level that
only a few accounts share. Two snapshots are compared by the population stability index

    PSI = sum over bins of (p - q) * ln(p / q)

and by KS, the largest gap between two distribution functions (at the edges of the bins). Two
samples of n and m accounts from one population give n * m / (n + m) * PSI ~ chi-squared with
bins - 1 degrees of freedom (B. Yurdakul, "Statistical Properties of Population Stability Index",
2018): its mean is taken off, and a column is out of bounds only where chance is ruled out too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.stats import chi2

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.bins import Bins

PROPENSITY = "(propensity)"
"""Name under which the propensity itself is compared."""

CLOCKS = ("account_age_days",)
"""Columns that run on by themselves: the time since training is taken off before comparing."""

_CHANCE = 0.01
"""Chance that any column of an unchanged universe is called out of bounds."""

_SPEAKS = 20
"""Accounts that a column is expected to say something about before its silence is news."""


@dataclass(frozen=True)
class ColumnProfile:
    """How the values of one column lay at training.

    Parameters
    ----------
    bins : Bins
        How values are put into bins.
    counts : tuple of int
        Accounts in each bin; the last entry counts the missing.
    silent : int
        Accounts about which the column says nothing: it is missing or 0.
    importance : float
        Share of this column in what moves the propensity, 0-1.
    """

    bins: Bins
    counts: tuple[int, ...]
    silent: int
    importance: float


@dataclass(frozen=True)
class Profile:
    """The universe as it was when the model was trained.

    Parameters
    ----------
    rows : int
        Accounts that were looked at.
    columns : mapping of str to ColumnProfile
        Columns of the model, and `PROPENSITY`.
    """

    rows: int
    columns: Mapping[str, ColumnProfile]

    @classmethod
    def of(cls, X: pd.DataFrame, propensity: FloatArray, importance: Mapping[str, float]) -> Self:
        """The profile of accounts.

        Parameters
        ----------
        X : DataFrame, shape (n_accounts, n_columns)
            What the model is fed.
        propensity : array of float, shape (n_accounts,)
            What it makes of it.
        importance : mapping of str to float
            See `importances`.
        """
        shares = {**importance, PROPENSITY: 1.0}
        columns = {}
        for name, values in _columns(X, propensity).items():
            bins = Bins.of(values)
            counts, silent = bins.count(values)
            share = float(shares.get(name, 0.0))
            columns[name] = ColumnProfile(bins, tuple(counts.tolist()), silent, share)
        return cls(len(X), columns)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """The profile that `to_dict` wrote."""
        columns = {
            name: ColumnProfile(
                Bins.from_dict(column["bins"]),
                tuple(column["counts"]),
                column["silent"],
                column["importance"],
            )
            for name, column in saved["columns"].items()
        }
        return cls(saved["rows"], columns)


@dataclass(frozen=True)
class Shift:
    """How far one column has moved since training.

    Parameters
    ----------
    column : str
        Its name; `PROPENSITY` for the model's own output.
    psi : float
        PSI without what chance alone would give; 0 at least.
    ks : float or None
        KS; None where values have no order.
    importance : float
        Share of the column in what moves the propensity.
    vanished : bool
        It says nothing about any account now, and did at training.
    out_of_bounds : bool
        PSI is above its bound beyond chance, or the column vanished.
    alarm : bool
        Out of bounds, and the model really uses the column.
    """

    column: str
    psi: float
    ks: float | None
    importance: float
    vanished: bool
    out_of_bounds: bool
    alarm: bool


def importances(reasons: pd.DataFrame) -> dict[str, float]:
    """How much each column moves the propensity from account to account, as shares of 1.

    Parameters
    ----------
    reasons : DataFrame
        `field` and `contribution`, as `PropensityModel.explain` gives them.
    """
    columns = reasons[~reasons["field"].str.startswith("(")]
    moves = columns.groupby("field")["contribution"].std(ddof=0)
    total = float(moves.sum())
    return {str(name): float(move) / total if total else 0.0 for name, move in moves.items()}


def shifts(
    profile: Profile,
    X: pd.DataFrame,
    propensity: FloatArray,
    *,
    elapsed_days: float,
    psi_bound: float,
    importance_bound: float,
) -> tuple[Shift, ...]:
    """Every column of the model against its profile: propensity first, then by falling PSI.

    Parameters
    ----------
    profile : Profile
        The universe at training.
    X, propensity : DataFrame, array of float
        The universe now, as for `Profile.of`.
    elapsed_days : float
        Days since training.
    psi_bound : float
        PSI above which a column is out of bounds.
    importance_bound : float
        A column alarms from this importance on.
    """
    now = _columns(X, propensity)
    chance = _CHANCE / len(profile.columns)
    found = []
    for name, then in profile.columns.items():
        counts, silent = then.bins.count(now[name], elapsed_days if name in CLOCKS else 0.0)
        psi, critical = _psi(np.array(then.counts), counts, chance)
        gone = silent == len(X) and (1 - then.silent / profile.rows) * silent >= _SPEAKS
        beyond = gone or psi > max(psi_bound, critical)
        found.append(
            Shift(
                column=name,
                psi=psi,
                ks=_ks(np.array(then.counts), counts) if then.bins.ordered else None,
                importance=then.importance,
                vanished=gone,
                out_of_bounds=beyond,
                alarm=beyond and then.importance >= importance_bound,
            )
        )
    return tuple(sorted(found, key=lambda one: (one.column != PROPENSITY, -one.psi, one.column)))


def _columns(X: pd.DataFrame, propensity: FloatArray) -> dict[str, pd.Series]:
    return {**{str(name): X[name] for name in X}, PROPENSITY: pd.Series(propensity)}


def _psi(then: IntArray, now: IntArray, chance: float) -> tuple[float, float]:
    """PSI without its mean under no change, and what chance may make of that at most."""
    used = (then + now) > 0
    # Half an account more in each bin, or an empty one would be infinitely far from any other.
    p, q = ((counts[used] + 0.5) / (counts[used] + 0.5).sum() for counts in (then, now))
    noise, freedom = float(1 / then.sum() + 1 / now.sum()), int(used.sum()) - 1
    if not freedom:
        return 0.0, 0.0
    raw = float(((q - p) * np.log(q / p)).sum())
    critical = float(chi2.ppf(1 - chance, freedom)) - freedom
    return max(raw - freedom * noise, 0.0), critical * noise


def _ks(then: IntArray, now: IntArray) -> float:
    """Largest gap of the two distribution functions over the known values."""
    known = [counts[:-1] for counts in (then, now)]
    if not all(counts.sum() for counts in known):
        return 0.0
    first, second = (np.cumsum(counts) / counts.sum() for counts in known)
    return float(np.abs(first - second).max())
