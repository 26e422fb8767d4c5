"""Marketing-qualified accounts: engagement enough for tier and fit, in three ways (DESIGN 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.rulebook import Mqa, MqaThreshold
from abm_ml.rules.mqa_gap import (
    KNOCKED_OUT,
    gap_words,
    grade_gaps,
    minutes_gaps,
    parse_gap,
    points_gaps,
)
from abm_ml.rules.score import MICRO
from abm_ml.rules.tiers import NO_TIER

__all__ = [
    "KNOCKED_OUT", "MqaFacts", "MqaVerdict", "gap_words", "mqa", "mqa_by_grade", "mqa_demandbase",
    "parse_gap", "qualify",
]  # fmt: skip

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class MqaVerdict:
    """Who is marketing-qualified, and what was asked of each account.

    Parameters
    ----------
    qualified : array of bool, shape (n_accounts,)
        Whether the account is an MQA.
    points_asked : array of int, shape (n_accounts,)
        Points asked of it (minutes in the way `demandbase`), in millionths.
    contacts_asked : array of int, shape (n_accounts,)
        Distinct engaged contacts asked of it.
    gap : pyarrow.Array of str, shape (n_accounts,)
        What is missing, in words; null for an MQA. `parse_gap` reads it back.
    by_engagement : array of bool, shape (n_accounts,)
        MQAs that engagement made so: some event began it. The others have a pipeline score.
    """

    qualified: Flags
    points_asked: Counts
    contacts_asked: Counts
    gap: pa.Array
    by_engagement: Flags


@dataclass(frozen=True)
class MqaFacts:
    """What the ways of `qualify` look at, each of shape (n_accounts,).

    Parameters
    ----------
    points_micro, contacts : array of int
        Decayed points within the MQA window, outcome kinds left out, in millionths; distinct
        people engaged within it.
    minutes_micro : array of int
        Minutes of engagement within the window, in millionths; read by `demandbase` only.
    tier : array of int
        1, 2, 3 or `NO_TIER`.
    meets_icp, meets_grade, knocked_out : array of bool
        Whether fit reaches `icp_fit`, whether the grade is good enough, whether a `must` failed.
        Without any ICP that can be judged, nobody misses it.
    pipeline_score : array of float
        0-100: propensity as a part of priority (`score.propensity_score`); the account score
        where there is no model, or its back-test found no signal. NaN counts as 0. Read by
        `demandbase` only.
    """

    points_micro: Counts
    contacts: Counts
    minutes_micro: Counts
    tier: NDArray[np.int64]
    meets_icp: Flags
    meets_grade: Flags
    knocked_out: Flags
    pipeline_score: Numbers


def qualify(facts: MqaFacts, settings: Mqa) -> MqaVerdict:
    """Marketing-qualified accounts by the way that the rule book names (DESIGN 6.5)."""
    thresholds = (settings.tier_1, settings.tier_2, settings.tier_3)
    if settings.way == "demandbase":
        return mqa_demandbase(
            facts.minutes_micro,
            facts.pipeline_score,
            facts.knocked_out,
            minutes_asked=settings.engagement_minutes,
            score_asked=settings.pipeline_score,
        )
    if settings.way == "grade":
        return mqa_by_grade(
            facts.points_micro,
            facts.contacts,
            facts.tier,
            facts.meets_grade,
            facts.knocked_out,
            thresholds,
            settings.grade,
        )
    return mqa(
        facts.points_micro,
        facts.contacts,
        facts.tier,
        facts.meets_icp,
        facts.knocked_out,
        thresholds,
        settings.non_icp_factor,
    )


def mqa(
    points_micro: Counts,
    contacts: Counts,
    tier: NDArray[np.int64],
    meets_icp: Flags,
    knocked_out: Flags,
    thresholds: Sequence[MqaThreshold],
    non_icp_factor: float,
) -> MqaVerdict:
    """MQAs by points and contacts (DESIGN 6.5).

    An account qualifies when its points reach those asked of its tier, times
    `non_icp_factor` where it misses the ICP, and its engaged contacts reach those asked. An
    account without a tier is asked what tier 3 is asked; one that a `must` knocked out never
    qualifies.

    Parameters
    ----------
    points_micro : array of int, shape (n_accounts,)
        Decayed points within the MQA window, outcome kinds left out, in millionths.
    contacts : array of int, shape (n_accounts,)
        Distinct people engaged within the window.
    tier : array of int, shape (n_accounts,)
        1, 2, 3 or `NO_TIER`.
    meets_icp, knocked_out : array of bool, shape (n_accounts,)
        Whether fit is high enough, and whether a `must` failed.
    thresholds : sequence of 3 MqaThreshold
        What tiers 1, 2 and 3 ask, rising from tier 1.
    non_icp_factor : float
        >= 1.
    """
    factor = np.where(meets_icp, 1.0, non_icp_factor)
    points_asked, contacts_asked = _asked(tier, thresholds, factor)
    enough = (points_micro >= points_asked) & (contacts >= contacts_asked)
    gap = points_gaps(points_asked - points_micro, contacts_asked - contacts)
    return _verdict(enough & ~knocked_out, knocked_out, points_asked, contacts_asked, gap)


def mqa_by_grade(
    points_micro: Counts,
    contacts: Counts,
    tier: NDArray[np.int64],
    meets_grade: Flags,
    knocked_out: Flags,
    thresholds: Sequence[MqaThreshold],
    grade: str,
) -> MqaVerdict:
    """MQAs by grade: good enough a grade, with the engagement set for the tier (DESIGN 6.5).

    Parameters
    ----------
    points_micro, contacts, tier, knocked_out, thresholds
        As in `mqa`; there is no factor, since a poor grade is not made up for by engagement.
    meets_grade : array of bool, shape (n_accounts,)
        Whether the grade of fit is `grade` or better.
    grade : str
        The least grade, for the words of the gap.
    """
    points_asked, contacts_asked = _asked(tier, thresholds, np.ones(len(tier)))
    enough = (points_micro >= points_asked) & (contacts >= contacts_asked)
    missing = points_gaps(points_asked - points_micro, contacts_asked - contacts)
    gap = grade_gaps(missing, enough, meets_grade, grade)
    qualified = enough & meets_grade & ~knocked_out
    return _verdict(qualified, knocked_out, points_asked, contacts_asked, gap)


def mqa_demandbase(
    minutes_micro: Counts,
    pipeline_score: Numbers,
    knocked_out: Flags,
    *,
    minutes_asked: float,
    score_asked: float,
) -> MqaVerdict:
    """MQAs by pipeline score or minutes of engagement (DESIGN 6.5, preset `demandbase`).

    Parameters
    ----------
    minutes_micro : array of int, shape (n_accounts,)
        Minutes within the MQA window, in millionths.
    pipeline_score : array of float, shape (n_accounts,)
        0-100; NaN counts as 0.
    knocked_out : array of bool, shape (n_accounts,)
        Whether a `must` failed.
    minutes_asked, score_asked : float
        Either is enough.
    """
    score = np.nan_to_num(pipeline_score, nan=0.0)
    asked = np.full(len(score), round(minutes_asked * MICRO), dtype=np.int64)
    enough = minutes_micro >= asked
    qualified = (enough | (score >= score_asked)) & ~knocked_out
    gap = minutes_gaps(asked - minutes_micro, score_asked - score)
    nobody = np.zeros(len(score), dtype=np.int64)
    verdict = _verdict(qualified, knocked_out, asked, nobody, gap)
    return MqaVerdict(qualified, asked, nobody, verdict.gap, qualified & enough)


def _asked(
    tier: NDArray[np.int64], thresholds: Sequence[MqaThreshold], factor: Numbers
) -> tuple[Counts, Counts]:
    """Points in millionths and contacts that each account's tier asks."""
    row = np.where(tier == NO_TIER, len(thresholds), tier) - 1
    points = np.array([threshold.points for threshold in thresholds])[row] * factor
    contacts = np.array([threshold.contacts for threshold in thresholds], np.int64)[row]
    return np.round(points * MICRO).astype(np.int64), contacts


def _verdict(
    qualified: Flags,
    knocked_out: Flags,
    points_asked: Counts,
    contacts_asked: Counts,
    gap: NDArray[np.object_],
) -> MqaVerdict:
    said = np.where(knocked_out, KNOCKED_OUT, gap)
    words = pa.array(said, pa.string(), mask=qualified)
    return MqaVerdict(qualified, points_asked, contacts_asked, words, qualified)
