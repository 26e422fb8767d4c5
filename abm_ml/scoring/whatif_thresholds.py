"""The other way round: which threshold asks of people what they can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.errors import ParamsError
from abm_ml.rules.mqa_arrivals import ALWAYS, WEEKS
from abm_ml.rules.tiers import FREE, NO_TIER
from abm_ml.scoring.decisions import verdict_of
from abm_ml.scoring.whatif_changes import changed_params
from abm_ml.scoring.whatif_list import Listing

Numbers = NDArray[np.float64]

_STEPS = (10.0, 5.0, 1.0, 0.5, 0.1, 0.05, 0.01, 0.005, 0.001, 1e-4, 1e-5, 1e-6)
"""A threshold that people have to remember is a multiple of the first of these that will do."""


@dataclass(frozen=True)
class Answer:
    """A threshold that was asked for.

    Parameters
    ----------
    code : str
        Which words tell it: `mqa_points` or `tier_1_at`; `mqa_any`, `tier_1_any` where every
        threshold will do, so that nothing is changed; `tier_1_by_hand` and `tier_1_tied` where
        none will.
    asked : float
        The capacity.
    changes : dict
        Settings that answer it, by dotted name.
    facts : dict
        Numbers for the words: `threshold`, `found` (what it gives), `next` (what the next lower
        one would give) and `tied` (accounts that share the value at which that happens).
    """

    code: str
    asked: float
    changes: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"answer": self.code, "asked": self.asked, "changes": self.changes, **self.facts}


def mqa_threshold(listed: Listing, accounts_a_week: float) -> Answer:
    """The lowest points of MQAs from which on no more than so many accounts a week become MQAs.

    Points of all tiers are scaled together. Each account is a new MQA between two scales: at most
    that at which its points of today are just enough, and above that at which they would have
    been enough four weeks ago already. A lower threshold may therefore ask less of sales than
    a higher one, since accounts would have come earlier; such thresholds are not taken.

    Raises
    ------
    ParamsError
        If the capacity is not above 0, or MQAs are not told by points.
    """
    mqa = listed.run.params.mqa
    if not accounts_a_week > 0:
        raise ParamsError(
            f"accounts a week must be greater than 0. Supplied value {accounts_a_week:g}"
        )
    if mqa.way == "demandbase":
        raise ParamsError(
            "accounts a week: mqa.way demandbase asks for minutes or a pipeline score, not for "
            "points; try --set mqa.engagement_minutes=…, or another mqa.way"
        )
    opens, closes = _scales(listed)
    most = int(np.floor(accounts_a_week * WEEKS + 1e-9))
    answer = _lowest(opens, closes, most)
    if answer is None:
        most_ever = int(_open_at(opens, closes, _breaks(opens, closes)).max(initial=0))
        return Answer("mqa_any", accounts_a_week, {}, {"most": most_ever / WEEKS})
    low, high = answer
    now = mqa.tier_3.points
    points = _roundest(low * now, high * now)
    facts = {
        "threshold": points,
        "found": int(_open_at(opens, closes, points / now)) / WEEKS,
        "next": int(_open_at(opens, closes, low)) / WEEKS,
        "tied": int((opens == low).sum()),
    }
    changes = scaled_points(listed.run.params, points)
    return Answer("mqa_points", accounts_a_week, changes, facts)


def scaled_points(params: Params, tier_3: float) -> dict[str, float]:
    """Points that MQAs need with those of tier 3 as given, the other tiers' in proportion."""
    mqa = params.mqa
    scale = tier_3 / mqa.tier_3.points
    points = (round(mqa.tier_1.points * scale, 6), round(mqa.tier_2.points * scale, 6), tier_3)
    return {f"mqa.tier_{number}.points": told for number, told in enumerate(points, start=1)}


def tier_1_threshold(listed: Listing, size: int) -> Answer:
    """The lowest account score from which on tier 1 holds no more than so many accounts.

    Where the capacity of tier 1 is smaller, it is raised; where tier 2 would begin no lower, its
    threshold is lowered in proportion.

    Raises
    ------
    ParamsError
        If the size is below 1.
    """
    if size < 1:
        raise ParamsError(f"tier 1 must hold at least 1 account. Supplied value {size}")
    told, scores = _claims(listed)
    facts = {"by_hand": float(told)}
    room = size - told
    if room < 0:
        return Answer("tier_1_by_hand", size, {}, facts)
    params, ranked = listed.run.params, np.sort(scores)[::-1]
    if room >= len(ranked):
        return Answer("tier_1_any", size, {}, facts | {"most": told + len(ranked)})
    low = float(ranked[room])
    above = scores[scores > low]
    tied, found = int((scores == low).sum()), told + len(above)
    facts |= {"tied": tied, "found": found, "next": found + tied}
    if low >= 100:
        cut = {"tiers.capacity": [size, *params.tiers.capacities[1:]]}
        changes = with_tier_1(params, 100.0) | cut
        return Answer("tier_1_tied", size, changes, facts | {"threshold": 100.0, "found": size})
    threshold = _roundest(low, float(above.min()) if len(above) else 100.0)
    changes = with_tier_1(params, threshold) | _capacity(params, size)
    return Answer("tier_1_at", size, changes, facts | {"threshold": threshold})


def with_tier_1(params: Params, tier_1_at: float) -> dict[str, float]:
    """Another threshold of tier 1; tier 2's goes with it where it would not lie lower."""
    tiers = params.tiers
    changes = {"tiers.tier_1_at": tier_1_at}
    if 0 < tier_1_at <= tiers.tier_2_at:
        low = tiers.tier_3_at if tiers.tier_3_at < tier_1_at else 0.0
        share = (tiers.tier_2_at - tiers.tier_3_at) / (tiers.tier_1_at - tiers.tier_3_at)
        changes["tiers.tier_2_at"] = round(low + share * (tier_1_at - low), 6)
    return changes


def _scales(listed: Listing) -> tuple[Numbers, Numbers]:
    """Scales of MQA points up to which, and above which, accounts are new MQAs.

    Of accounts that can be new MQAs at all, in no order.
    """
    lately = listed.accounts.lately
    least = {f"mqa.tier_{number}.points": _STEPS[-1] for number in (1, 2, 3)}
    anyhow = verdict_of(listed.table, listed.tier, changed_params(listed.run.params, least))
    may = anyhow.qualified & listed.accounts.kept & ~listed.held_out & (lately.points != ALWAYS)
    verdict = listed.verdict
    asked = verdict.points_asked[may]
    opens = np.asarray(listed.table["mqa_points_micro"])[may] / asked
    alone = lately.contacts[may] < verdict.contacts_asked[may]
    closes = np.where(alone, 0.0, lately.points[may] / asked)
    real = closes < opens
    return opens[real], closes[real]


def _open_at(opens: Numbers, closes: Numbers, scale: float | Numbers) -> NDArray[np.int64]:
    """New MQAs at a scale, or at each of some."""
    came = len(opens) - np.searchsorted(np.sort(opens), scale, side="left")
    gone = len(closes) - np.searchsorted(np.sort(closes), scale, side="left")
    return np.asarray(came - gone, dtype=np.int64)


def _breaks(opens: Numbers, closes: Numbers) -> Numbers:
    """Scales at which the number of new MQAs changes, from the highest down."""
    return np.unique(np.concatenate([opens, closes[closes > 0]]))[::-1]


def _lowest(opens: Numbers, closes: Numbers, most: int) -> tuple[float, float] | None:
    """Scales between which the answer lies, the first left out; None where every scale will do."""
    at = _breaks(opens, closes)
    over = np.flatnonzero(_open_at(opens, closes, at) > most)
    if not len(over):
        return None
    first = int(over[0])
    return float(at[first]), float(at[first - 1]) if first else 2 * float(at[0])


def _claims(listed: Listing) -> tuple[int, Numbers]:
    """Accounts that people put into tier 1, and scores of those that may come in by score."""
    accounts = listed.accounts
    ids = accounts.table["account_id"].combine_chunks()
    hand = listed.run.decisions.by_hand(ids, np.full(len(accounts), NO_TIER, dtype=np.int64))
    told = accounts.kept & (hand.tier == 1)
    free = accounts.kept & ~np.asarray(accounts.table["knocked_out"], dtype=bool) & ~told
    free &= (hand.tier == FREE) | hand.pinned
    return int(told.sum()), listed.account_score[free]


def _capacity(params: Params, size: int) -> dict[str, Any]:
    first, *others = params.tiers.capacities
    small = first is not None and first < size
    return {"tiers.capacity": [size, *others]} if small else {}


def _roundest(low: float, high: float) -> float:
    """The roundest number above `low` and not above `high`."""
    for step in _STEPS:
        number = round((np.floor(round(low / step, 9)) + 1) * step, 6)
        if low < number <= high:
            return float(number)
    return high
