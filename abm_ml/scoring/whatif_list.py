"""The list that a rule book gives, and what it asks of people: tiers, MQAs, wins, work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.icp import fit, grades
from abm_ml.rules.mqa import MqaVerdict
from abm_ml.rules.mqa_arrivals import WEEKS
from abm_ml.rules.score import account_score, priority, spread_weights
from abm_ml.rules.tiers import NO_TIER
from abm_ml.scoring.decisions import handover_of, mqa_at, verdict_of
from abm_ml.scoring.drafts import pipeline_score
from abm_ml.scoring.fusion import fusion_parts
from abm_ml.scoring.run import Run
from abm_ml.scoring.standing import Standing, place
from abm_ml.scoring.whatif_accounts import PARTS, Accounts
from abm_ml.scoring.whatif_wins import Expected, expected_value, expected_wins

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

TIERS = (1, 2, 3)

_FIT = ("firmographic", "technographic")


@dataclass(frozen=True)
class Listing:
    """What a rule book says of every account; arrays of shape (n_accounts,).

    Parameters
    ----------
    run : Run
        With that rule book.
    accounts : Accounts
        What was judged.
    table : pyarrow.Table
        Theirs, with account score, fit, grade, priority and pipeline score.
    account_score : array of float
        0-100.
    tier : array of int
        1, 2, 3 or NO_TIER.
    rank : array of int
        Place by priority from 1; of excluded accounts 0.
    verdict : MqaVerdict
        Of all accounts, excluded ones too.
    qualified, new : array of bool
        MQAs, and those that became so lately; scored accounts only.
    to_sales : array of bool
        Accounts to hand over to sales now.
    """

    run: Run
    accounts: Accounts
    table: pa.Table
    account_score: Numbers
    tier: NDArray[np.int64]
    rank: NDArray[np.int64]
    verdict: MqaVerdict
    qualified: Flags
    new: Flags
    to_sales: Flags

    @property
    def held_out(self) -> Flags:
        """Accounts that are left alone for measuring."""
        return np.asarray(self.accounts.table["holdout"], dtype=bool)

    def figures(self, spread: float) -> dict[str, Any]:
        """What people ask of a list, as plain values.

        Hold-outs count in `accounts` and `mqa`, as in the list itself, but in nothing that
        people do or win with it; `holdout` tells them apart.

        Parameters
        ----------
        spread : float
            See `whatif_wins.expected_value`.
        """
        listed, worked = self.tier != NO_TIER, ~self.held_out
        told = self._told(listed & worked, spread)
        tiers = {str(t): self._of_tier(t, worked, spread) for t in TIERS}
        kept = self.accounts.kept
        return {
            "scored": int(kept.sum()),
            "excluded": int((~kept).sum()),
            "accounts": int(listed.sum()),
            **told,
            "mqa": int(self.qualified.sum()),
            "new_mqas_a_week": float((self.new & worked).sum() / WEEKS),
            "handovers": int((self.to_sales & worked).sum()),
            "hours_a_week": float(sum(tier["hours_a_week"] for tier in tiers.values())),
            "tiers": tiers,
            "first_100": self._told((self.rank > 0) & (self.rank <= 100) & worked, spread),
            "holdout": {
                "accounts": int((listed & ~worked).sum()),
                "mqa": int((self.qualified & ~worked).sum()),
                **self._told(listed & ~worked, spread),
            },
        }

    def _of_tier(self, tier: int, worked: Flags, spread: float) -> dict[str, Any]:
        inside = self.tier == tier
        hours = self.run.params.workload.hours[tier - 1]
        return {
            "accounts": int(inside.sum()),
            **self._told(inside & worked, spread),
            "mqa": int((self.qualified & inside).sum()),
            "hours_a_week": float(hours * (inside & worked).sum()),
        }

    def _told(self, rows: Flags, spread: float) -> dict[str, Any]:
        """Wins, value and people of some accounts; None where no model says."""
        known = self.accounts
        contacts = np.asarray(known.table["contacts"])[rows]
        found: dict[str, Any] = {"contacts": int(contacts.sum())}
        p, low, high, amount = (
            known.floats(name)[rows]
            for name in ("propensity", "propensity_low", "propensity_high", "expected_amount")
        )
        predictor = self.run.predictor
        counts = predictor is not None and predictor.target != "win"
        found["expected_wins"] = _plain(expected_wins(p, low, high)) if counts else None
        valued = counts and "expected_amount" in known.table.column_names
        value = expected_value(p, low, high, amount, spread) if valued else None
        found["expected_value"] = _plain(value)
        return found


def listing(accounts: Accounts, run: Run) -> Listing:
    """Scores, tiers, places and MQAs of all accounts under the run's rule book.

    The rules are those of `score_universe`, on the same numbers: its tiers, ranks and MQAs come
    out. There is no previous list that would damp changes; people's decisions hold.
    """
    columns = _scored(accounts, run)
    score, fused = columns["account_score"], columns["priority"]
    standing = Standing(
        account_id=accounts.table["account_id"].combine_chunks(),
        account_score=score,
        priority=np.where(accounts.kept, fused, np.nan),
        propensity=accounts.floats("propensity"),
        similarity=accounts.floats("similarity"),
        kept=accounts.kept,
        knocked_out=np.asarray(accounts.table["knocked_out"], dtype=bool),
    )
    placing = place(standing, run)
    table = accounts.table
    for name, values in columns.items():
        table = table.append_column(name, pa.array(values))
    verdict = verdict_of(table, placing.tier, run.params)
    decided = handover_of(table, verdict, _anew(accounts, table, verdict, run)).decision
    lately = accounts.lately.new(
        verdict.by_engagement, verdict.points_asked, verdict.contacts_asked
    )
    kept = accounts.kept
    return Listing(
        run=run,
        accounts=accounts,
        table=table,
        account_score=score,
        tier=placing.tier,
        rank=np.where(kept, placing.row + 1, 0),
        verdict=verdict,
        qualified=verdict.qualified & kept,
        new=lately & kept,
        to_sales=np.asarray(pc.equal(decided, "sales"), dtype=bool) & kept,
    )


def _anew(accounts: Accounts, table: pa.Table, verdict: MqaVerdict, run: Run) -> pa.Array | None:
    """When rejected accounts became MQAs, as a scoring tells; None where there are none."""
    events = accounts.of_rejected
    if events is None:
        return None
    by_engagement = pa.array(verdict.by_engagement).take(events["row_id"])
    return mqa_at(run, table, verdict, events.filter(by_engagement))


def _scored(accounts: Accounts, run: Run) -> dict[str, Any]:
    """Columns that follow from the parts: account score, fit, grade, priority, pipeline score."""
    parts = {name: accounts.floats(name) for name in PARTS if name in accounts.table.column_names}
    wanted = run.params.account_score.model_dump()
    score = account_score(parts, spread_weights(wanted, parts)) if parts else _zeros(accounts)
    columns: dict[str, Any] = {"account_score": score}
    fits = fit({name: parts.get(name) for name in _FIT}, wanted)
    if fits is not None:
        columns |= {"fit": fits, "grade": grades(fits, run.params.icp.grades)}
    propensity = accounts.floats("propensity") if run.predictor else None
    fused = fusion_parts(
        score,
        propensity,
        run.predictor.base_rate if run.predictor else None,
        accounts.floats("similarity") if run.likeness else None,
    )
    columns["priority"] = priority(fused, run.fusion_weights)
    columns["pipeline_score"] = pipeline_score(run, score, propensity)
    return columns


def _zeros(accounts: Accounts) -> Numbers:
    return np.zeros(len(accounts))


def _plain(expected: Expected | None) -> dict[str, float] | None:
    return None if expected is None else expected.to_dict()
