"""Marketing-qualified accounts: enough points by enough contacts, for tier and fit (DESIGN 6.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.rulebook import MqaThreshold
from abm_ml.rules.score import MICRO
from abm_ml.rules.tiers import NO_TIER

Counts = NDArray[np.int64]

KNOCKED_OUT = "knocked out by the ICP"
"""The gap of an account that no engagement can qualify."""

_GAP = re.compile(
    r"missing(?: (?P<points>\d+(?:\.\d+)?) points?)?(?: and)?(?: (?P<contacts>\d+) contacts?)?"
)


@dataclass(frozen=True)
class MqaVerdict:
    """Who is marketing-qualified, and what was asked of each account.

    Parameters
    ----------
    qualified : array of bool, shape (n_accounts,)
        Whether the account is an MQA.
    points_asked : array of int, shape (n_accounts,)
        Points asked of it, in millionths.
    contacts_asked : array of int, shape (n_accounts,)
        Distinct engaged contacts asked of it.
    gap : pyarrow.Array of str, shape (n_accounts,)
        What is missing, in words; null for an MQA. `parse_gap` reads it back.
    """

    qualified: NDArray[np.bool_]
    points_asked: Counts
    contacts_asked: Counts
    gap: pa.Array


def mqa(
    points_micro: Counts,
    contacts: Counts,
    tier: NDArray[np.int64],
    meets_icp: NDArray[np.bool_],
    knocked_out: NDArray[np.bool_],
    thresholds: Sequence[MqaThreshold],
    non_icp_factor: float,
) -> MqaVerdict:
    """Marketing-qualified accounts (DESIGN 6.5).

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
    row = np.where(tier == NO_TIER, len(thresholds), tier) - 1
    factor = np.where(meets_icp, 1.0, non_icp_factor)
    points = np.array([threshold.points for threshold in thresholds])[row] * factor
    points_asked = np.round(points * MICRO).astype(np.int64)
    contacts_asked = np.array([threshold.contacts for threshold in thresholds], np.int64)[row]
    enough = (points_micro >= points_asked) & (contacts >= contacts_asked)
    qualified = enough & ~knocked_out
    gap = _gap_words(points_asked - points_micro, contacts_asked - contacts)
    gap = np.where(knocked_out, KNOCKED_OUT, gap)
    return MqaVerdict(
        qualified, points_asked, contacts_asked, pa.array(gap, pa.string(), mask=qualified)
    )


def parse_gap(gap: str | None) -> tuple[float, int] | None:
    """Points and contacts that an `mqa_gap` says are missing; None where it names none.

    >>> parse_gap("missing 7.50 points and 1 contact"), parse_gap("missing 2 contacts")
    ((7.5, 1), (0.0, 2))
    """
    found = _GAP.fullmatch(gap or "")
    return (float(found["points"] or 0), int(found["contacts"] or 0)) if found else None


def gap_words(gap: str | None, lang: str) -> str:
    """An `mqa_gap` in a language; empty for an MQA.

    >>> gap_words("missing 7.50 points and 1 contact", "zh")
    '还差 7.5 分和 1 位互动联系人'
    """
    parsed = parse_gap(gap)
    if lang == "en" or gap is None:
        return gap or ""
    if parsed is None:
        return "不满足理想客户的必要条件"
    points, contacts = parsed
    missing = [f"{points:g} 分"] * (points > 0) + [f"{contacts} 位互动联系人"] * (contacts > 0)
    return f"还差 {'和 '.join(missing)}"


def _gap_words(points_micro: Counts, contacts: Counts) -> NDArray[np.object_]:
    """For example "missing 12.35 points and 1 contact"; points rounded up to a hundredth."""
    hundredths = -(-np.maximum(points_micro, 0) // (MICRO // 100))
    short = np.maximum(contacts, 0)
    pairs, row = np.unique(np.stack([hundredths, short]), axis=1, return_inverse=True)
    words = [_one_gap(int(points), int(people)) for points, people in pairs.T]
    return np.array(words, dtype=object)[row.ravel()]


def _one_gap(hundredths: int, contacts: int) -> str:
    points = f"{hundredths / 100:.2f}".removesuffix("00").removesuffix(".")
    missing = []
    if hundredths:
        missing.append(f"{points} {'point' if points == '1' else 'points'}")
    if contacts:
        missing.append(f"{contacts} {'contact' if contacts == 1 else 'contacts'}")
    return f"missing {' and '.join(missing)}"
