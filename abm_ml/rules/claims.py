"""Claims on the places of one tier: which are served, and what each place needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

NO_CLAIM, BY_SCORE, BY_STAY, BY_HAND = range(4)
"""What an account's claim on a tier rests on; the stronger goes first."""


@dataclass(frozen=True)
class Claims:
    """What each account's claim on one tier rests on, and what orders claims of a kind.

    Parameters
    ----------
    kind : array of int, shape (n_accounts,)
        NO_CLAIM, BY_SCORE, BY_STAY or BY_HAND.
    score, lifted : array of float, shape (n_accounts,)
        The account score, as it is and with the margin of those of the last list.
    place : array of int, shape (n_accounts,)
        Place of the account's id among all; breaks ties.
    """

    kind: Rows
    score: Numbers
    lifted: Numbers
    place: Rows

    def served(self, capacity: int | None) -> tuple[Rows, Rows]:
        """Positions that get a place, and those whose claim found the tier full."""
        rows = np.flatnonzero(self.kind != NO_CLAIM)
        if capacity is None or len(rows) <= capacity:
            return rows, rows[:0]
        order = np.lexsort((self.place[rows], -self.lifted[rows], -self.kind[rows]))
        return rows[order[:capacity]], rows[order[capacity:]]

    def grounds(self, placed: Rows, left: Rows, floor: float) -> NDArray[np.str_]:
        """threshold, kept_by_margin or kept_by_stay: the least that the place needed."""
        by_score = self._suffices(self.score, placed, left, floor)
        by_margin = self._suffices(self.lifted, placed, left, floor)
        return np.select(
            [by_score, by_margin], ["threshold", "kept_by_margin"], default="kept_by_stay"
        )

    def _suffices(self, score: Numbers, placed: Rows, left: Rows, floor: float) -> Flags:
        """Whether a score reaches the floor and beats everyone who was left out with such."""
        reaches = np.asarray(score[placed] >= floor)
        rivals = left[score[left] >= floor]
        if not len(rivals):
            return reaches
        best = score[rivals].max()
        first = self.place[rivals[score[rivals] == best]].min()
        ahead = (score[placed] > best) | ((score[placed] == best) & (self.place[placed] < first))
        return np.asarray(reaches & ahead)
