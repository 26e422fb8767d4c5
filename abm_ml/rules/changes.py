"""Changes since the last list, each with why: what moved, by how many points, or what else it was.

Every change of tier has one main reason. What people, exclusions and capacities did is asked
first; then what the account's own score did; what is left is a change of the rules themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.change_words import change_words
from abm_ml.rules.tiers import NO_TIER, Tiers, tier_changes

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

PARTS = ("firmographic", "technographic", "intent", "engagement")
"""Parts of the account score."""

CHANGES_SCHEMA = pa.schema(
    {
        "account_id": pa.string(),
        "name": pa.string(),
        "change": pa.string(),
        "previous_tier": pa.int64(),
        "tier": pa.int64(),
        "why_code": pa.string(),
        "why": pa.string(),
        "why_zh": pa.string(),
    }
)
"""Accounts that are, or were, on the list: what happened, and why. Null reasons: nothing did."""

_ORDER = ("new", "up", "down", "out", "same")
_BY_HAND = ("manual", "pilot", "pinned")


@dataclass(frozen=True)
class _Pair:
    """Both lists side by side, an account a row; `there` and `was_there` say who is in which."""

    was: pa.Table
    now: pa.Table
    was_there: Flags
    there: Flags
    previous: Tiers
    tier: Tiers

    @property
    def better(self) -> Flags:
        """Accounts whose tier is better than it was."""
        was, now = (np.where(tier == NO_TIER, 9, tier) for tier in (self.previous, self.tier))
        return now < was

    def text(self, column: str, *, before: bool = False) -> NDArray[np.object_]:
        """A text column; "" where there is none."""
        table = self.was if before else self.now
        if column not in table.column_names:
            return np.full(len(self.tier), "", dtype=object)
        return np.asarray(pc.fill_null(table[column].cast(pa.string()), ""), dtype=object)

    def number(self, column: str, *, before: bool = False) -> Numbers:
        """A column of numbers; NaN where there is none."""
        table = self.was if before else self.now
        if column not in table.column_names:
            return np.full(len(self.tier), np.nan)
        return np.asarray(table[column].cast(pa.float64()), dtype=np.float64)


def list_changes(
    previous: pa.Table,
    current: pa.Table,
    weights: Mapping[str, float],
    floors: Sequence[float],
    *,
    previous_weights: Mapping[str, float] | None = None,
    previous_floors: Sequence[float] | None = None,
) -> pa.Table:
    """What happened to each account that is, or was, on the list, and why.

    Codes, the first that applies: `gone` (no longer in the universe), `excluded`; `pinned`,
    `manual`, `pilot` (people set the tier) and `by_hand_ended` (they no longer do);
    `knocked_out`; `capacity` (a better tier is full) and `place_free` (it no longer is);
    `first_scored` (not in the last run) and `no_scores` (the last list tells none); `rules`
    (floors changed, and the last score would have had the same fate under the present ones);
    `kept_no_longer` (margin and least stay hold it no longer); else the part of the account score
    that moved it most in the direction of the change: `firmographic`, `technographic`, `intent`,
    `engagement`, unless new weights moved it more (`rules`); `score` where only the score is
    known; else, the score having moved the other way or not at all, `rules`.

    Parameters
    ----------
    previous, current : pyarrow.Table
        All accounts of the last run and of this one, or at least those with a tier: account_id,
        tier (null: none); what else is there is used: name, account_score, the four parts,
        tier_why, excluded (the reason), excluded_detail, excluded_detail_zh, decided_by and
        decided_by_zh (who set a tier by hand, and why).
    weights, previous_weights : mapping of str to float
        Of the account score's parts, as spread in each run; by default unchanged.
    floors, previous_floors : 3 float
        Lowest scores of the tiers in each run; by default unchanged.

    Returns
    -------
    pyarrow.Table
        `CHANGES_SCHEMA`: new, up, down, out, same, in this order, each by tier and account_id.
    """
    pair = _side_by_side(previous, current)
    change = np.asarray(tier_changes(pair.previous, pair.tier), dtype=object)
    moved = _moved(pair, weights)
    code = _codes(pair, moved, floors, previous_floors or floors)
    code = _by_weights(pair, code, moved, weights, previous_weights or weights)
    code = np.where(change == "same", "", code)
    words = {
        lang: change_words(lang, code, _told(pair, moved, code, lang)) for lang in ("en", "zh")
    }
    name = np.where(pair.there, pair.text("name"), pair.text("name", before=True))
    table = pa.table(
        {
            "account_id": pair.now["account_id"],
            "name": pa.array(name, pa.string(), mask=name == ""),
            "change": pa.array(change, pa.string()),
            "previous_tier": pa.array(pair.previous, mask=pair.previous == NO_TIER),
            "tier": pa.array(pair.tier, mask=pair.tier == NO_TIER),
            "why_code": pa.array(code, pa.string(), mask=code == ""),
            "why": words["en"],
            "why_zh": words["zh"],
        },
        schema=CHANGES_SCHEMA,
    )
    return _in_order(table, change, pair)


def _side_by_side(previous: pa.Table, current: pa.Table) -> _Pair:
    """Accounts with a tier in either list, by account_id."""
    ids = pa.concat_tables([_listed(previous), _listed(current)])["account_id"]
    ids = pc.unique(ids.combine_chunks())
    ids = ids.take(pc.sort_indices(ids))
    was_at, now_at = (pc.index_in(ids, table["account_id"].combine_chunks())
                      for table in (previous, current))  # fmt: skip
    was, now = previous.take(was_at), current.take(now_at)
    tiers = [
        np.asarray(pc.fill_null(table["tier"].cast(pa.int64()), NO_TIER)) for table in (was, now)
    ]
    now = now.set_column(now.column_names.index("account_id"), "account_id", ids)
    there = [np.asarray(pc.is_valid(places), dtype=bool) for places in (was_at, now_at)]
    return _Pair(was, now, there[0], there[1], tiers[0], tiers[1])


def _listed(table: pa.Table) -> pa.Table:
    """account_id of those that have a tier."""
    tiered = table.filter(pc.fill_null(pc.greater(table["tier"], NO_TIER), False))
    return tiered.select(["account_id"]).cast(pa.schema({"account_id": pa.string()}))


def _moved(pair: _Pair, weights: Mapping[str, float]) -> dict[str, Numbers]:
    """Points of the account score by which each part moved it, weighed as today."""
    return {
        part: np.nan_to_num(
            weights.get(part, 0.0) * (pair.number(part) - pair.number(part, before=True))
        )
        for part in PARTS
    }


def _codes(
    pair: _Pair, moved: Mapping[str, Numbers], floors: Sequence[float], before: Sequence[float]
) -> NDArray[np.object_]:
    """The first code that applies to each account; see `list_changes`."""
    why, why_before = pair.text("tier_why"), pair.text("tier_why", before=True)
    score, last = pair.number("account_score"), pair.number("account_score", before=True)
    better = pair.better
    followed = np.where(better, score > last, score < last)
    steps = np.stack([moved[part] for part in PARTS]) * np.where(better, 1.0, -1.0)
    most = np.array(PARTS, dtype=object)[np.argmax(steps, axis=0)]
    fate = _reached(last, floors)
    by_floors = (fate != _reached(last, before)) & (fate == _reached(score, floors))
    kept_before = np.isin(why_before, ("kept_by_margin", "kept_by_stay"))
    rules = [
        (~pair.there, "gone"),
        (pair.text("excluded") != "", "excluded"),
        *((why == by_hand, by_hand) for by_hand in _BY_HAND),
        (np.isin(why_before, _BY_HAND), "by_hand_ended"),
        (why == "knocked_out", "knocked_out"),
        ((why == "capacity") & ~better, "capacity"),
        ((why_before == "capacity") & better & (score <= last), "place_free"),
        (~pair.was_there, "first_scored"),
        (np.isnan(last), "no_scores"),
        (by_floors, "rules"),
        (kept_before & ~better & (score >= last), "kept_no_longer"),
        (followed & (steps.max(axis=0) > 0), most),
        (followed, "score"),
    ]
    chosen = np.select([flags for flags, _ in rules], [code for _, code in rules], default="rules")
    return np.asarray(chosen, dtype=object)


def _by_weights(
    pair: _Pair,
    code: NDArray[np.object_],
    moved: Mapping[str, Numbers],
    weights: Mapping[str, float],
    before: Mapping[str, float],
) -> NDArray[np.object_]:
    """`rules` where new weights moved the score more than any part of the account did."""
    reweighed = np.sum(
        [
            (weights.get(part, 0.0) - before.get(part, 0.0))
            * np.nan_to_num(pair.number(part, before=True))
            for part in PARTS
        ],
        axis=0,
    )
    direction = np.where(pair.better, 1.0, -1.0)
    most = np.max([values * direction for values in moved.values()], axis=0)
    return np.where(np.isin(code, PARTS) & (reweighed * direction > most), "rules", code)


def _reached(score: Numbers, floors: Sequence[float]) -> Tiers:
    """Best tier whose floor a score reaches."""
    return np.select([score >= floor for floor in floors], [1, 2, 3], default=NO_TIER)


def _told(
    pair: _Pair, moved: Mapping[str, Numbers], code: NDArray[np.object_], lang: str
) -> dict[str, NDArray[np.object_] | Numbers]:
    """What goes into the words."""
    ending = "_zh" if lang == "zh" else ""
    points = np.zeros(len(code))
    for part, values in moved.items():
        points = np.where(code == part, values, points)
    return {
        "excluded": pair.text("excluded"),
        "detail": pair.text(f"excluded_detail{ending}"),
        "said": pair.text(f"decided_by{ending}"),
        "points": points,
        "last": pair.number("account_score", before=True),
        "score": pair.number("account_score"),
    }


def _in_order(table: pa.Table, change: NDArray[np.object_], pair: _Pair) -> pa.Table:
    """By kind of change, then tier (the last one of those that are out), then account_id."""
    kind = np.select([change == word for word in _ORDER], list(range(len(_ORDER))))
    tier = np.where(pair.tier == NO_TIER, pair.previous, pair.tier)
    return table.take(pa.array(np.lexsort((np.arange(len(kind)), tier, kind))))
