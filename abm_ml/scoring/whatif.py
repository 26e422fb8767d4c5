"""What if: another rule book on the same accounts, before anybody changes it (DESIGN 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.rules.tiers import NO_TIER, best_first, tier_changes
from abm_ml.scoring.evaluation import Evaluation, evaluate
from abm_ml.scoring.propensity import Model
from abm_ml.scoring.run import Run, new_run
from abm_ml.scoring.similarity import SimilarityIndex
from abm_ml.scoring.whatif_accounts import (
    Accounts,
    accounts_of,
    amount_spread,
    judged_anew,
    run_under,
)
from abm_ml.scoring.whatif_changes import Changes, changed_params
from abm_ml.scoring.whatif_list import Listing, listing
from abm_ml.scoring.whatif_thresholds import Answer, mqa_threshold, tier_1_threshold

MOVES = (
    "account_id", "name", "change", "tier_before", "tier_after", "mqa_before", "mqa_after",
    "account_score_before", "account_score_after", "rank_before", "rank_after", "holdout",
)  # fmt: skip
"""Columns of `WhatIf.moves`."""

_FIRST = ("new", "out", "up", "down", "same", "")


@dataclass(frozen=True)
class WhatIf:
    """A list and the one that another rule book would give.

    Parameters
    ----------
    as_of : datetime
        Of both.
    motion : str
        Of both.
    settings : dict of str to (before, after)
        What is changed, by dotted name.
    before, after : dict
        Figures of the two lists: see `whatif_list.Listing.figures`.
    moves : DataFrame
        Accounts whose tier or MQA changes, with the columns `MOVES`: those that enter the list
        first, then those that leave, rise and fall; each by priority.
    answers : tuple of Answer
        Thresholds that were asked for.
    untold : list of str
        Changed settings that only a new preparation, training or scoring can show.
    params : Params
        The other rule book.
    """

    as_of: datetime
    motion: str
    settings: dict[str, tuple[Any, Any]]
    before: dict[str, Any]
    after: dict[str, Any]
    moves: pd.DataFrame
    answers: tuple[Answer, ...]
    untold: list[str]
    params: Params

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON; the accounts are in `moves`."""
        return {
            "as_of": self.as_of.isoformat(),
            "motion": self.motion,
            "settings": {k: {"before": b, "after": a} for k, (b, a) in self.settings.items()},
            "before": self.before,
            "after": self.after,
            "moves": self.moves["change"].value_counts().sort_index().to_dict(),
            "answers": [answer.to_dict() for answer in self.answers],
            "untold": self.untold,
        }


class Baseline:
    """A universe that was scored once, on which any number of rule books can be tried.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    evaluation : Evaluation
        Of the universe, under the rule book that holds; its files must still be there.
    """

    def __init__(self, crm: Crm, evaluation: Evaluation) -> None:
        run = evaluation.run
        amounts = run.predictor.amounts if run.predictor else None
        self.run: Run = run
        self.accounts: Accounts = accounts_of(evaluation)
        self.listing: Listing = listing(self.accounts, run)
        self._crm, self._slices = crm, evaluation.slices
        self._spread = amount_spread(crm, run.as_of, amounts.cap if amounts else None)
        self._figures = self.listing.figures(self._spread)

    def compare(
        self,
        changes: Params | Mapping[str, Any] | None = None,
        *,
        accounts_a_week: float | None = None,
        tier_1_size: int | None = None,
    ) -> WhatIf:
        """What changes would do; arguments as in `what_if`."""
        params, answers = self.run.params, []
        changed = Changes.of(params, changes or {})
        run = run_under(self.run, changed.after, self._crm if changed.reread else None)
        accounts = self.accounts
        if changed.reread:
            accounts = judged_anew(self._slices, run, accounts)
        after = listing(accounts, run)
        if tier_1_size is not None:
            answers.append(tier_1_threshold(after, tier_1_size))
            run = run_under(run, changed_params(run.params, answers[-1].changes))
            after = listing(accounts, run)
        if accounts_a_week is not None:
            answers.append(mqa_threshold(after, accounts_a_week))
            run = run_under(run, changed_params(run.params, answers[-1].changes))
            after = listing(accounts, run)
        total = Changes.of(params, run.params)
        return WhatIf(
            as_of=run.as_of,
            motion=run.motion,
            settings=total.settings,
            before=self._figures,
            after=after.figures(self._spread),
            moves=_moves(self.listing, after),
            answers=tuple(answers),
            untold=total.untold,
            params=run.params,
        )


@contextmanager
def baseline(
    crm: Crm,
    model: Model | None,
    index: SimilarityIndex | None,
    params: Params,
    as_of: str | datetime,
    *,
    motion: str = "acquire",
    product: str | None = None,
    seeds: Sequence[str] | None = None,
) -> Iterator[Baseline]:
    """Score a universe once, to try rule books on it; arguments as in `what_if`."""
    run = new_run(crm, model, index, params, as_of, motion=motion, product=product, seeds=seeds)
    with TemporaryDirectory(prefix="abm-whatif-") as folder:
        evaluation = evaluate(crm, run, Path(folder))
        yield Baseline(crm, evaluation)


def what_if(
    crm: Crm,
    model: Model | None,
    index: SimilarityIndex | None,
    params: Params,
    changes: Params | Mapping[str, Any] | None,
    as_of: str | datetime,
    *,
    motion: str = "acquire",
    product: str | None = None,
    accounts_a_week: float | None = None,
    tier_1_size: int | None = None,
) -> WhatIf:
    """What a change of the rule book would do to the list, before it is made.

    Propensities do not depend on the rules: they are predicted once. There is no previous list,
    so that nothing damps the answer. To try many changes on one universe see `baseline`.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    model : TrainedPropensity, PropensityModel or None
        As for `score_universe`; without one no wins are expected.
    index : LookalikeIndex or None
        As for `score_universe`.
    params : Params
        The rule book that holds.
    changes : mapping, Params or None
        What is changed (`{"tiers.tier_1_at": 70}`, see `whatif_changes.changed_params`), or
        another rule book as a whole.
    as_of : str or datetime
        The last instant that may be seen, in UTC.
    motion : {"acquire", "accelerate", "expand", "all"}
        What the list is for.
    product : str, optional
        What it is to sell.
    accounts_a_week : float, optional
        The most newly qualified accounts a week that there is capacity for: the points that MQAs
        need are set to that, those of all tiers in proportion.
    tier_1_size : int, optional
        The most accounts that tier 1 shall hold: its threshold is set to that.

    Returns
    -------
    WhatIf
        Figures of both lists, and who moves.

    Raises
    ------
    ParamsError
        If a setting is unknown, a value refused, or settings contradict each other.
    """
    with baseline(crm, model, index, params, as_of, motion=motion, product=product) as scored:
        return scored.compare(changes, accounts_a_week=accounts_a_week, tier_1_size=tier_1_size)


def _moves(before: Listing, after: Listing) -> pd.DataFrame:
    """Accounts whose tier or MQA changes."""
    change = tier_changes(before.tier, after.tier).fill_null("")
    differ = (before.tier != after.tier) | (before.qualified != after.qualified)
    rows = np.flatnonzero(differ)
    table = after.accounts.table.take(pa.array(rows))
    found = pd.DataFrame(
        {
            "account_id": table["account_id"].to_pylist(),
            "name": table["name"].to_pylist(),
            "change": change.take(pa.array(rows)).to_pylist(),
            "tier_before": _tiers(before.tier[rows]),
            "tier_after": _tiers(after.tier[rows]),
            "mqa_before": before.qualified[rows],
            "mqa_after": after.qualified[rows],
            "account_score_before": before.account_score[rows],
            "account_score_after": after.account_score[rows],
            "rank_before": _ranks(before.rank[rows]),
            "rank_after": _ranks(after.rank[rows]),
            "holdout": after.held_out[rows],
        },
        columns=list(MOVES),
    )
    place = np.array([_FIRST.index(word) for word in found["change"]], dtype=np.int64)
    ids = pa.array(found["account_id"], pa.string())
    best = best_first(-np.where(after.rank[rows] > 0, after.rank[rows], before.rank[rows]), ids)
    return found.iloc[best[np.argsort(place[best], kind="stable")]].reset_index(drop=True)


def _tiers(tier: NDArray[np.int64]) -> pd.Series:
    return pd.Series(tier, dtype="Int64").mask(tier == NO_TIER)


def _ranks(rank: NDArray[np.int64]) -> pd.Series:
    return pd.Series(rank, dtype="Int64").mask(rank == 0)
