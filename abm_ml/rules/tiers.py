"""Tiers by threshold, capacity, people's decisions and the last list (DESIGN 6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.claims import BY_HAND, BY_SCORE, BY_STAY, NO_CLAIM, Claims
from abm_ml.rules.score import DECIMALS
from abm_ml.rules.tier_words import tier_reason as tier_reason

Tiers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

NO_TIER = 0
"""Stands for "scored without a tier" in the arrays of this module."""

FREE = -1
"""Stands for "nobody decided" among tiers set by hand."""

ABM_TYPES = {1: "one_to_one", 2: "one_to_few", 3: "programmatic"}
"""Treatment by tier."""

BOLT_ON = "bolt_on"
"""Treatment of an account without a tier that came by itself."""


@dataclass(frozen=True)
class Before:
    """Where accounts stood in the last list.

    Parameters
    ----------
    tier : array of int, shape (n_accounts,)
        1, 2, 3 or NO_TIER.
    days : array of float, shape (n_accounts,)
        Whole days that they have been in it; NaN where unknown.
    """

    tier: Tiers
    days: Numbers


@dataclass(frozen=True)
class ByHand:
    """What people decided about tiers.

    Parameters
    ----------
    tier : array of int, shape (n_accounts,)
        Tier set by hand, NO_TIER for "off the list", FREE where nobody decided.
    pinned : array of bool, shape (n_accounts,)
        The tier (1, 2 or 3) is the least the account gets, not the very one.
    pilot : array of bool, shape (n_accounts,)
        The account stands on the pilot list.
    """

    tier: Tiers
    pinned: Flags
    pilot: Flags


@dataclass(frozen=True)
class TierVerdict:
    """Tiers, and why.

    Parameters
    ----------
    tier : array of int, shape (n_accounts,)
        1, 2, 3 or NO_TIER.
    why : pyarrow.Array of str, shape (n_accounts,)
        excluded, knocked_out, under_floor, capacity (a better tier was reached but full),
        threshold, kept_by_margin, kept_by_stay, pinned, manual or pilot.
    """

    tier: Tiers
    why: pa.Array


def assign_tiers(
    account_score: Numbers,
    account_id: pa.Array,
    floors: Sequence[float],
    capacities: Sequence[int | None],
    *,
    kept: Flags,
    knocked_out: Flags,
    before: Before | None = None,
    by_hand: ByHand | None = None,
    keep_margin: float = 0.0,
    min_stay_days: int = 0,
) -> TierVerdict:
    """Tier of each account: who may claim a tier, and who gets a place in it (DESIGN 6.2).

    From tier 1 down, accounts that have a claim on a tier get its places until it is full; what
    it cannot hold competes for the next. A claim rests on

    1. people: an account set to a tier (or put on the pilot list: tier 1) has a claim on it and
       none on a better one; a pinned account has one on its tier, and on better ones like
       any other. People overrule thresholds and `must`, never an exclusion or a capacity;
    2. the least stay: an account that came into a tier less than `min_stay_days` ago keeps its
       claim on it, whatever its score. A rise is never held up;
    3. the score: it reaches the floor, to which an account that was in the tier, or in a better
       one, adds `keep_margin` to its score.

    In this order claims are served, and within each by score (the margin added), ties by
    account_id. So all that harms a claim on a tier is a lower score or a stricter floor of that
    tier: law 4 holds, the last list and the decisions being the same.

    Parameters
    ----------
    account_score : array of float, shape (n_accounts,)
        The rules' score, 0-100.
    account_id : pyarrow.Array of str, shape (n_accounts,)
        Breaks ties.
    floors : 3 float
        Lowest scores of tiers 1, 2 and 3, falling.
    capacities : 3 int or None
        The most accounts that each tier may hold; None: no cap.
    kept, knocked_out : array of bool, shape (n_accounts,)
        Accounts that are not excluded; those that a `must` of the ICP knocked out.
    before, by_hand : Before, ByHand, optional
        The last list, and people's decisions.
    keep_margin : float
        Points of score; 0 gives those of the last list no advantage.
    min_stay_days : int
        0 lets an account fall at once.
    """
    hand = by_hand or _nobody(len(account_score))
    decided = hand.tier != FREE
    exact = decided & ~hand.pinned
    seeks = _Seekers(
        score=account_score,
        place=_places(account_id),
        free=kept & ~knocked_out & ~exact,
        told=np.where(kept & decided & (hand.tier != NO_TIER), hand.tier, len(floors) + 1),
        before=before or Before(np.zeros_like(hand.tier), np.full(len(hand.tier), np.nan)),
    )
    tier = np.full(len(account_score), NO_TIER, dtype=np.int64)
    best = np.full(len(account_score), NO_TIER, dtype=np.int64)
    ground = np.full(len(account_score), "", dtype="U14")
    for number, (floor, capacity) in enumerate(zip(floors, capacities, strict=True), start=1):
        claims = seeks.claims(number, floor, keep_margin, min_stay_days)
        claims.kind[tier != NO_TIER] = NO_CLAIM
        best[(best == NO_TIER) & (claims.kind != NO_CLAIM)] = number
        placed, left = claims.served(capacity)
        tier[placed] = number
        ground[placed] = claims.grounds(placed, left, floor)
    why = _why(tier, best, ground, kept, knocked_out, hand)
    return TierVerdict(tier, why)


def tiers(
    account_score: Numbers,
    account_id: pa.Array,
    floors: tuple[float, float, float],
    capacities: tuple[int | None, int | None, int | None],
    eligible: Flags,
) -> Tiers:
    """Tiers by threshold and capacity alone; see `assign_tiers`.

    `eligible` are the accounts that may have a tier.
    """
    nobody = np.zeros(len(eligible), dtype=bool)
    return assign_tiers(
        account_score, account_id, floors, capacities, kept=eligible, knocked_out=nobody
    ).tier


def best_first(score: NDArray[np.float64], account_id: pa.Array) -> NDArray[np.int64]:
    """Positions from the highest score to the lowest, ties by account_id."""
    table = pa.table({"score": score, "account_id": account_id})
    keys = [("score", "descending"), ("account_id", "ascending")]
    return np.asarray(pc.sort_indices(table, sort_keys=keys), dtype=np.int64)


def abm_types(tier: Tiers, has_leads: Flags | None = None) -> pa.Array:
    """Treatment of each account by its tier (DESIGN 6.2).

    Without a tier it is bolt_on where leads came in by themselves or own contacts engaged
    (`has_leads`), else null.
    """
    names = np.array(["", *ABM_TYPES.values()], dtype=object)[tier]
    if has_leads is not None:
        names = np.where((tier == NO_TIER) & has_leads, BOLT_ON, names)
    return pa.array(names, pa.string(), mask=names == "")


def tier_since(tier: Tiers, previous: Tiers, since: pa.Array, as_of: datetime) -> pa.Array:
    """When each account came into its tier; null without one.

    That of the last list where the tier is the same and it is known, else as_of.

    Parameters
    ----------
    tier, previous : array of int, shape (n_accounts,)
        Now, and in the last list.
    since : pyarrow.Array of timestamp, shape (n_accounts,)
        `tier_since` of the last list, or null.
    as_of : datetime
        Of this list.
    """
    now = pa.scalar(as_of, pa.timestamp("us"))
    known = pc.coalesce(since.cast(pa.timestamp("us")), now)
    started = pc.if_else(pa.array(tier == previous), known, now)
    return pc.if_else(pa.array(tier != NO_TIER), started, pa.scalar(None, pa.timestamp("us")))


def days_in_tier(since: pa.Array, as_of: datetime) -> Numbers:
    """Whole calendar days from `tier_since` to as_of; NaN where it is null."""
    days = np.datetime64(as_of, "D") - np.asarray(since).astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.float64))


def tier_changes(previous: Tiers, current: Tiers) -> pa.Array:
    """What happened to each account since the previous list: new, up, down, same, out.

    Null for accounts that had no tier then and have none now.
    """
    was, is_in = previous != NO_TIER, current != NO_TIER
    words = np.select(
        [~was & ~is_in, ~was, ~is_in, current < previous, current > previous],
        ["", "new", "out", "up", "down"],
        default="same",
    )
    return pa.array(words, pa.string(), mask=words == "")


@dataclass(frozen=True)
class _Seekers:
    """Accounts as they seek a tier: `told` is the best tier that people give them a claim on."""

    score: Numbers
    place: NDArray[np.int64]
    free: Flags
    told: Tiers
    before: Before

    def claims(self, tier: int, floor: float, margin: float, stay: int) -> Claims:
        """Claims on one tier."""
        was_in = (self.before.tier != NO_TIER) & (self.before.tier <= tier)
        lifted = np.round(self.score + margin * was_in, DECIMALS)
        rules = [self.told <= tier, self.free & was_in & (self.before.days < stay),
                 self.free & (lifted >= floor)]  # fmt: skip
        kind = np.select(rules, [BY_HAND, BY_STAY, BY_SCORE], default=NO_CLAIM)
        return Claims(kind, self.score, lifted, self.place)


def _why(
    tier: Tiers, best: Tiers, ground: NDArray[np.str_], kept: Flags, out: Flags, hand: ByHand
) -> pa.Array:
    """The first code that applies; `best` is the best tier on which there was a claim."""
    told = (hand.tier != FREE) & (hand.tier != NO_TIER) & (tier >= hand.tier)
    rules = {
        "excluded": ~kept,
        "manual": (hand.tier == NO_TIER),
        "capacity": best != tier,
        "pinned": told & hand.pinned,
        "pilot": told & hand.pilot,
        "by_hand": told,
        "knocked_out": out & (tier == NO_TIER),
        "under_floor": tier == NO_TIER,
    }
    codes = np.select(list(rules.values()), list(rules), default=ground)
    return pa.array(np.where(codes == "by_hand", "manual", codes), pa.string())


def _places(account_id: pa.Array) -> NDArray[np.int64]:
    """Place of each id among all ids."""
    places = np.empty(len(account_id), dtype=np.int64)
    places[np.asarray(pc.sort_indices(account_id))] = np.arange(len(account_id))
    return places


def _nobody(accounts: int) -> ByHand:
    """No decision about any account."""
    never = np.zeros(accounts, dtype=bool)
    return ByHand(np.full(accounts, FREE, dtype=np.int64), never, never)
