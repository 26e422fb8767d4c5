"""One account of an evaluation with all that was looked at."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.crm import Crm
from abm_ml.errors import DataError
from abm_ml.scoring.assessment import Assessment, assess
from abm_ml.scoring.evaluation import Evaluation
from abm_ml.scoring.run import Run
from abm_ml.scoring.standing import Standing


@dataclass(frozen=True)
class Closeup:
    """One account with all that was looked at; the tables have one row.

    Parameters
    ----------
    crm, everything : Crm
        What concerns the account, without and with what bots and own staff did.
    run : Run
        What holds for everybody.
    draft : pyarrow.Table
        Its numbers as they stand in the list.
    assessed : Assessment
        The verdicts behind them.
    why : str
        Code of the tier's reason.
    tier, rank, place : int
        Its tier, its rank (0 if excluded), and its place by account score among those that may
        have a tier (0 if it may not).
    ranked : int
        How many have a rank.
    run_id : str
        Of the list.
    """

    crm: Crm
    everything: Crm
    run: Run
    draft: pa.Table
    assessed: Assessment
    why: str
    tier: int
    rank: int
    place: int
    ranked: int
    run_id: str

    def value(self, column: str) -> Any:
        """A number or text of the draft; None where it is missing or NaN."""
        found = self.draft[column][0].as_py() if column in self.draft.column_names else None
        return None if isinstance(found, float) and math.isnan(found) else found


def closeup(evaluation: Evaluation, account_id: str) -> Closeup:
    """One account of an evaluation.

    Raises
    ------
    DataError
        If the account is not in the universe; names the nearest ids.
    """
    standing, run = evaluation.standing, evaluation.run
    at = _position(evaluation, account_id)
    crm, draft = _where(evaluation, at)
    own = crm.of_account(account_id)
    return Closeup(
        crm=own,
        everything=evaluation.crm.of_account(account_id),
        run=run,
        draft=draft,
        assessed=assess(own, run),
        why=evaluation.placing.why[at].as_py(),
        tier=int(evaluation.placing.tier[at]),
        rank=int(evaluation.placing.row[at]) + 1 if standing.kept[at] else 0,
        place=_place(standing, at),
        ranked=int(standing.kept.sum()),
        run_id=evaluation.run_id,
    )


def iso(moment: datetime | None) -> str | None:
    """A moment as text; None stays None."""
    return None if moment is None else moment.isoformat()


def _position(evaluation: Evaluation, account_id: str) -> int:
    ids = evaluation.standing.account_id
    at = int(pc.index(ids, pa.scalar(account_id, pa.string())).as_py())
    if at >= 0:
        return at
    near = difflib.get_close_matches(account_id, ids.to_pylist(), n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise DataError(
        f"no account '{account_id}' in the universe as of {evaluation.run.as_of:%Y-%m-%d}{hint}"
    )


def _where(evaluation: Evaluation, at: int) -> tuple[Crm, pa.Table]:
    """The slice of an account, and its row of the slice's draft."""
    for crm, number in zip(evaluation.slices, range(len(evaluation.drafts)), strict=True):
        draft = evaluation.drafts.accounts(number)
        if at < draft.num_rows:
            return crm, draft.slice(at, 1)
        at -= draft.num_rows
    raise IndexError(at)


def _place(standing: Standing, at: int) -> int:
    if not standing.eligible[at]:
        return 0
    scores, ids = standing.account_score, standing.account_id
    tied = standing.eligible & (scores == scores[at])
    before = pc.less(ids.filter(pa.array(tied)), ids[at])
    better = standing.eligible & (scores > scores[at])
    return 1 + int(np.count_nonzero(better)) + int(pc.sum(before).as_py() or 0)
