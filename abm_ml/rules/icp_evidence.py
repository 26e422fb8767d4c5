"""How much oftener winners have a trait than others: shares, lifts and their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from abm_ml.rules.icp import Flags

WON = "won"
LOST = "lost"
UNIVERSE = "universe"

CONFIDENCE = 0.90
"""Of every interval that is shown."""

LEAST_WON = 30
"""With fewer winners than this, traits can hardly be told from luck."""

LEAST_LOST = 30
"""Fewer lost accounts than this (in the rows looked at) are no measure of anything."""

Groups = Mapping[str, Flags]
"""Which rows are of won accounts, of lost ones and of the universe; a row is in one of them."""


@dataclass(frozen=True)
class Share:
    """How many of the rows whose value is known have a trait."""

    met: int
    known: int

    @property
    def value(self) -> float:
        """0-1; 0 where nothing is known."""
        return self.met / self.known if self.known else 0.0

    @classmethod
    def among(cls, met: Flags, known: Flags, rows: Flags) -> Share:
        """Count a group of rows."""
        return cls(int((met & rows).sum()), int((known & rows).sum()))


@dataclass(frozen=True)
class Lift:
    """A ratio of two shares with its interval."""

    value: float
    low: float
    high: float


def lift(one: Share, other: Share, confidence: float = CONFIDENCE) -> Lift:
    """Ratio of two shares, with the log interval of Katz, Baptista, Azen and Pike (1978).

    ln(p1/p0) ± z · √((1 − p1)/(n1·p1) + (1 − p0)/(n0·p0)). Where a share is 0, half a row is
    added to all four counts. Winners that are in the universe too make the true interval
    narrower than this one.

    Parameters
    ----------
    one, other : Share
        Numerator and denominator.
    confidence : float
        Probability that the interval holds the ratio.

    Examples
    --------
    >>> found = lift(Share(60, 100), Share(30, 100))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (2.0, 1.5, 2.66)
    """
    half = 0.0 if min(one.met, other.met) else 0.5
    first, second = ((share.met + half, share.known + 2 * half) for share in (one, other))
    if not (first[1] and second[1]):
        return Lift(1.0, 0.0, np.inf)
    ratio = (first[0] / first[1]) / (second[0] / second[1])
    variance = sum(1 / met - 1 / known for met, known in (first, second))
    spread = np.exp(NormalDist().inv_cdf((1 + confidence) / 2) * np.sqrt(max(variance, 0.0)))
    return Lift(float(ratio), float(ratio / spread), float(ratio * spread))


@dataclass(frozen=True)
class Evidence:
    """What speaks for one criterion.

    Parameters
    ----------
    shares : dict of str to Share
        Of won, universe and, where there are enough of them, lost rows.
    unknown : float
        Share of all won rows that have no value.
    """

    shares: dict[str, Share]
    unknown: float

    @classmethod
    def of(cls, met: Flags, known: Flags, groups: Groups) -> Evidence:
        """Evidence of a criterion's verdicts."""
        names = [WON, *references(groups)]
        shares = {name: Share.among(met, known, groups[name]) for name in names}
        won = max(int(groups[WON].sum()), 1)
        return cls(shares, 1 - shares[WON].known / won)

    def lifts(self, confidence: float = CONFIDENCE) -> dict[str, Lift]:
        """Winners against each of the others."""
        won = self.shares[WON]
        return {
            name: lift(won, share, confidence) for name, share in self.shares.items() if name != WON
        }

    @property
    def ratio(self) -> float:
        """How many times oftener those who meet it win than those who don't.

        The odds ratio of winners against others, with half a row added to each count (Haldane
        1956, Anscombe 1956); the geometric mean where there are lost ones too.
        """
        won = self.shares[WON]
        ratios = [_odds(won) / _odds(share) for name, share in self.shares.items() if name != WON]
        return float(np.exp(np.mean(np.log(ratios))))


def references(groups: Groups) -> tuple[str, ...]:
    """Whom winners are held against: the universe, and the lost where there are enough."""
    enough = groups[LOST].sum() >= LEAST_LOST
    return (UNIVERSE, LOST) if enough else (UNIVERSE,)


def _odds(share: Share) -> float:
    return (share.met + 0.5) / (share.known - share.met + 0.5)
