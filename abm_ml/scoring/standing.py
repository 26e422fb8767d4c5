"""Where accounts stand among all others: tiers by capacity, and ranks.

All that is held of the universe at once is a few numbers and the id of each account; everything
else is done slice by slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.tiers import Before, assign_tiers, best_first, days_in_tier, tier_since
from abm_ml.scoring.assessment import Assessment
from abm_ml.scoring.run import Run

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

_NAME = pa.dictionary(pa.int32(), pa.string())

_NUMBERS = ("account_score", "priority", "propensity", "similarity")


@dataclass(frozen=True)
class Standing:
    """Accounts as far as they compete with each other.

    Parameters
    ----------
    account_id : pyarrow.Array of str
        Slice after slice; breaks ties.
    account_score, priority, propensity, similarity : array of float
        NaN where an account has none.
    kept : array of bool
        Accounts that are scored.
    knocked_out : array of bool
        Accounts that a `must` of the ICP knocked out.
    """

    account_id: pa.Array
    account_score: Numbers
    priority: Numbers
    propensity: Numbers
    similarity: Numbers
    kept: Flags
    knocked_out: Flags

    @classmethod
    def of(cls, assessed: Assessment) -> Standing:
        """The standing of one slice."""
        judged, predicted = assessed.judged, assessed.predictions
        nothing = np.full(len(assessed.priority), np.nan)
        return cls(
            account_id=assessed.inputs.array("account_id"),
            account_score=judged.account_score,
            priority=assessed.priority,
            propensity=predicted.propensity if predicted else nothing,
            similarity=assessed.similarity,
            kept=judged.kept,
            knocked_out=judged.knocked_out,
        )

    @classmethod
    def together(cls, slices: Sequence[Standing]) -> Standing:
        """The standing of all slices, in their order."""
        ids = [one.account_id for one in slices]
        numbers = {
            name: np.concatenate([getattr(one, name) for one in slices])
            for name in (*_NUMBERS, "kept", "knocked_out")
        }
        return cls(account_id=pa.concat_arrays(ids), **numbers)

    def __len__(self) -> int:
        return len(self.account_id)

    @property
    def eligible(self) -> Flags:
        """Accounts that may have a tier by their score."""
        return self.kept & ~self.knocked_out


@dataclass(frozen=True)
class Placing:
    """Tier and place of each account, in the order of its standing.

    Parameters
    ----------
    tier : array of int
        1, 2, 3 or NO_TIER; excluded accounts take no place.
    row : array of int
        Place of a scored account by priority (rank - 1), of an excluded one by account_id.
    why : pyarrow.Array of str
        Code of the tier's reason.
    previous : array of int
        Tier in the last list, or NO_TIER.
    since : pyarrow.Array of timestamp
        When the account came into its tier.
    cluster : pyarrow.Array of str
        Group of accounts inside tier 2; null elsewhere.
    pilots : int
        Scored accounts on the pilot list.
    """

    tier: Counts
    row: Counts
    why: pa.Array
    previous: Counts
    since: pa.Array
    cluster: pa.Array
    pilots: int = 0

    def slice(self, start: int, length: int) -> Placing:
        """That of some accounts in a row."""
        end = start + length
        return Placing(
            tier=self.tier[start:end],
            row=self.row[start:end],
            why=self.why.slice(start, length),
            previous=self.previous[start:end],
            since=self.since.slice(start, length),
            cluster=self.cluster.slice(start, length),
        )

    def only(self, rows: Flags) -> Placing:
        """That of some accounts."""
        return self.take(np.flatnonzero(rows))

    def take(self, rows: Counts) -> Placing:
        """That of these accounts, in this order."""
        at = pa.array(rows)
        return Placing(
            tier=self.tier[rows],
            row=self.row[rows],
            why=self.why.take(at),
            previous=self.previous[rows],
            since=self.since.take(at),
            cluster=self.cluster.take(at),
        )


def place(standing: Standing, run: Run) -> Placing:
    """Tiers by score, capacity, people and the last list; ranks by priority; ties by account_id."""
    settings, ids = run.params.tiers, standing.account_id
    before = run.previous.of(ids)
    hand = run.decisions.by_hand(ids, before.tier)
    verdict = assign_tiers(
        standing.account_score,
        ids,
        settings.floors,
        settings.capacities,
        kept=standing.kept,
        knocked_out=standing.knocked_out,
        before=Before(before.tier, days_in_tier(before.since, run.as_of)),
        by_hand=hand,
        keep_margin=settings.keep_margin,
        min_stay_days=settings.min_stay_days,
    )
    return Placing(
        tier=verdict.tier,
        row=_places(standing),
        why=pc.dictionary_encode(verdict.why),
        previous=before.tier,
        since=tier_since(verdict.tier, before.tier, before.since, run.as_of),
        cluster=pa.nulls(len(standing), _NAME),
        pilots=int((hand.pilot & standing.kept).sum()),
    )


def _places(standing: Standing) -> Counts:
    """Places of the scored by priority, of the others by account_id."""
    row = np.empty(len(standing), dtype=np.int64)
    scored, left_out = np.flatnonzero(standing.kept), np.flatnonzero(~standing.kept)
    best = best_first(standing.priority[scored], standing.account_id.take(pa.array(scored)))
    row[scored[best]] = np.arange(len(scored))
    by_id = np.asarray(pc.sort_indices(standing.account_id.take(pa.array(left_out))))
    row[left_out[by_id]] = np.arange(len(left_out))
    return row
