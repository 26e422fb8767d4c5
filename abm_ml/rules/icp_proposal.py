"""A proposed ICP: the few traits that set won accounts apart, with what speaks for each.

Accounts are cut into two halves by a hash. One half shapes the criteria (`icp_shapes`), the other
judges them, so that no figure comes from rows that it was chosen on. A criterion stands where its
lift, against the universe or the lost, is above 1 even after allowing for how many were looked at,
and where there are lost accounts to compare with, winners have it oftener than they: what both
share is whom sales picks, not who buys. Those that stand are then taken one after the other, the
one first that tells winners apart best together with those already taken; one that adds nothing
to them (revenue, once the size is known) is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pyarrow as pa

from abm_ml.criterion import Criterion
from abm_ml.rules.icp import Flags, Numbers, verdict_of
from abm_ml.rules.icp_evidence import LEAST_WON, LOST, UNIVERSE, WON, Evidence, Groups, references
from abm_ml.rules.icp_shapes import LEAST_LIFT, shaped

MOST_CRITERIA = 6
"""A handful that a person can read and edit."""

ERROR = 0.05
"""Chance that any criterion at all is proposed where none sets winners apart."""

LEAST_GAIN = 0.005
"""What a criterion must add to the share of pairs in which the winner fits better."""

SURE = 0.975
"""Confidence that winners have a trait oftener than the lost, and that it adds to the others."""

LEAST_SUPPORT = 10
"""Winners, among those that judge it, that must meet a criterion."""

MOST_WEIGHT = 5


@dataclass(frozen=True)
class Proposed:
    """A criterion with what speaks for it, on rows that did not shape it."""

    criterion: Criterion
    evidence: Evidence


@dataclass(frozen=True)
class Passed:
    """A criterion that is not proposed, and why.

    Parameters
    ----------
    criterion : Criterion
        What was looked at.
    evidence : Evidence
        On rows that did not shape it.
    why : {"chance", "contradicted", "picked", "redundant"}
        It may be luck; one of the others has it oftener; the lost have it as often, so that
        sales picks by it, but it does not help to win; others of the proposal tell the same.
    """

    criterion: Criterion
    evidence: Evidence
    why: str


@dataclass(frozen=True)
class Proposal:
    """What `propose` found.

    Parameters
    ----------
    proposed : tuple of Proposed
        The criterion first that tells winners apart best.
    passed : tuple of Passed
        Criteria that were looked at and left out.
    sizes : dict of str to int
        Rows of each group.
    judged : dict of str to int
        Rows of each group in the judging half.
    """

    proposed: tuple[Proposed, ...]
    passed: tuple[Passed, ...]
    sizes: dict[str, int]
    judged: dict[str, int]

    @property
    def few(self) -> bool:
        """Whether there are too few winners to tell traits from luck."""
        return self.sizes[WON] < LEAST_WON


@dataclass(frozen=True)
class _Judged:
    """A candidate on the judging half; unknown values count as the average known one."""

    proposed: Proposed
    met: Numbers

    @property
    def points(self) -> Numbers:
        return self.proposed.criterion.weight * self.met


def propose(
    account_ids: Sequence[str], columns: Mapping[str, pa.Array], groups: Groups
) -> Proposal:
    """An ICP from the traits of won accounts.

    Parameters
    ----------
    account_ids : sequence of str, length n_rows
        Whose row it is; an account may stand once in each group.
    columns : mapping of str to pyarrow.Array, each of shape (n_rows,)
        Columns of accounts by name, counts of signals as `signals:<kind>:<days>d`.
    groups : mapping of str to array of bool, shape (n_rows,)
        `won`, `lost` and `universe`; a row is in one of them.
    """
    shaping = half_of(account_ids)
    shaping_columns, shaping_groups = _rows(columns, groups, shaping)
    judging_columns, judging_groups = _rows(columns, groups, ~shaping)
    halves = (shaping_groups, judging_groups)
    enough = all(half[name].any() for half in halves for name in (WON, UNIVERSE))
    candidates = [
        _judged(criterion, judging_columns[criterion.source], judging_groups)
        for criterion in (shaped(shaping_columns, shaping_groups) if enough else ())
    ]
    reasons = [_why_not(one.proposed.evidence, len(candidates)) for one in candidates]
    standing = [one for one, why in zip(candidates, reasons, strict=True) if not why]
    taken = _forward(standing, judging_groups)
    passed = [
        Passed(one.proposed.criterion, one.proposed.evidence, why or "redundant")
        for one, why in zip(candidates, reasons, strict=True)
        if one not in taken
    ]
    return Proposal(
        tuple(one.proposed for one in taken),
        tuple(passed),
        {name: int(rows.sum()) for name, rows in groups.items()},
        {name: int(rows.sum()) for name, rows in judging_groups.items()},
    )


def half_of(account_ids: Sequence[str]) -> Flags:
    """About half of the accounts, the same in every run and on every machine."""
    digests = (
        hashlib.blake2b(account_id.encode(), digest_size=1, person=b"abm-icp-half").digest()[0]
        for account_id in account_ids
    )
    return np.fromiter((digest < 128 for digest in digests), dtype=bool, count=len(account_ids))


def _rows(
    columns: Mapping[str, pa.Array], groups: Groups, rows: Flags
) -> tuple[dict[str, pa.Array], dict[str, Flags]]:
    kept = pa.array(rows)
    return (
        {name: values.filter(kept) for name, values in columns.items()},
        {name: flags[rows] for name, flags in groups.items()},
    )


def _judged(criterion: Criterion, values: pa.Array, groups: Groups) -> _Judged:
    verdict = verdict_of(criterion, values)
    evidence = Evidence.of(verdict.met, verdict.known, groups)
    weighed = criterion.model_copy(update={"weight": _weight(evidence)})
    usual = verdict.met[verdict.known].mean() if verdict.known.any() else 0.0
    met = np.where(verdict.known, verdict.met.astype(np.float64), usual)
    return _Judged(Proposed(weighed, evidence), met)


def _weight(evidence: Evidence) -> float:
    """Two for each doubling of the chance to be a winner, from 1 to 5."""
    return float(np.clip(np.round(2 * np.log2(evidence.ratio)), 1, MOST_WEIGHT))


def _why_not(evidence: Evidence, looked_at: int) -> str:
    """Why a criterion does not stand by itself; empty if it does."""
    # Bonferroni: each criterion is held against each reference, on one side.
    tests = looked_at * (len(evidence.shares) - 1)
    strict, single = (evidence.lifts(2 * sure - 1) for sure in (1 - ERROR / tests, SURE))
    if evidence.shares[WON].met < LEAST_SUPPORT:
        return "chance"
    if not any(one.low > 1 and one.value >= LEAST_LIFT for one in strict.values()):
        return "chance"
    if any(one.value < 1 for one in single.values()):
        return "contradicted"
    return "picked" if LOST in single and single[LOST].low <= 1 else ""


def _forward(standing: Sequence[_Judged], groups: Groups) -> list[_Judged]:
    """Candidates that each still tell winners apart given those taken before."""
    taken: list[_Judged] = []
    left = list(standing)
    if not left:
        return taken
    score = np.zeros(len(left[0].met))
    placed = _placements(score, groups)
    while left and len(taken) < MOST_CRITERIA:
        tried = [_placements(score + one.points, groups) for one in left]
        gains = [after.auc - placed.auc for after in tried]
        best = int(np.argmax(gains))
        error = tried[best].error_of_gain(placed)
        if gains[best] < LEAST_GAIN or gains[best] < NormalDist().inv_cdf(SURE) * error:
            break
        taken.append(left.pop(best))
        score, placed = score + taken[-1].points, tried[best]
    return taken


@dataclass(frozen=True)
class _Placements:
    """How often a winner scores above another, from either one's point of view.

    Parameters
    ----------
    winners : array of float, shape (n_won,)
        Share of others that each winner scores above, averaged over the kinds of others.
    others : tuple of array of float
        Share of winners that score above each of the others, by kind.
    """

    winners: Numbers
    others: tuple[Numbers, ...]

    @property
    def auc(self) -> float:
        """Share of pairs of a winner and another in which the winner scores higher."""
        return float(self.winners.mean())

    def error_of_gain(self, before: _Placements) -> float:
        """Standard error of the difference of two AUCs (DeLong, DeLong, Clarke-Pearson 1988)."""
        kinds = len(self.others)
        variance = _variance_of_mean(self.winners - before.winners)
        variance += sum(
            _variance_of_mean(after - then) / kinds**2
            for after, then in zip(self.others, before.others, strict=True)
        )
        return float(np.sqrt(variance))


def _placements(score: Numbers, groups: Groups) -> _Placements:
    winners = score[groups[WON]]
    kinds = [score[groups[name]] for name in references(groups)]
    return _Placements(
        np.mean([_share_below(winners, others) for others in kinds], axis=0),
        tuple(1 - _share_below(others, winners) for others in kinds),
    )


def _share_below(values: Numbers, others: Numbers) -> Numbers:
    """Share of others below each value; equal ones count half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    return below / (2 * len(ordered))


def _variance_of_mean(values: Numbers) -> float:
    return float(values.var(ddof=1) / len(values)) if len(values) > 1 else 0.0
