"""What a training learns about fusing rules, model and similarity (DESIGN 6.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.features.opportunities import opportunity_state
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.leaks import leaking_columns
from abm_ml.propensity.replay import Replay
from abm_ml.propensity.training import TrainingTable
from abm_ml.rulebook import AccountScore
from abm_ml.rules.score import propensity_score
from abm_ml.scoring.past_scores import past_account_scores
from abm_ml.scoring.past_similarity import past_similarity
from abm_ml.scoring.propensity import NO_SIGNAL
from abm_ml.scoring.stacking import MIN_WON, IntArray, Numbers, Ranked, learned_weights
from abm_ml.scoring.stacking_evidence import Window, fusion_evidence
from abm_ml.workflows.universe import read_universe


def fusion_facts(
    crm: Crm, table: TrainingTable, trial: Trial, verdict: str, params: Params
) -> dict[str, Any] | None:
    """Weights of priority's parts with their evidence, for `TrainedPropensity.fusion`.

    Learned from the back-test's predictions of unseen rows, beside the account score and the
    similarity of the same moments, among accounts that were neither customers nor had an open
    opportunity then: those that a list of new customers ranks.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    table : TrainingTable
        The training's rows.
    trial : Trial
        Their back-test, with the account score as `rules`.
    verdict : str
        What the back-test says of the model.
    params : Params
        `fusion`: the weights that few wins keep learned ones close to, and whether any are wanted.

    Returns
    -------
    dict or None
        `why`: `learned`, `few_won` or `no_signal`; `weights` and `weights_with_similarity` by
        part, None where the params' hold; `params`: those, summing to 1; `rows` and `won`
        (accounts) that were learned from; `evidence` and `evidence_with_similarity`: see
        `fusion_evidence`. None where `fusion.learn` is off, the target is not `conversion`, or
        nothing was tested.
    """
    replay = trial.replay
    if not params.fusion.learn or table.target != "conversion" or replay is None:
        return None
    seen = Seen.of(crm, table, trial, replay)
    parts = {"account_score": seen.rules, "propensity": seen.propensity}
    plain = _learned(seen, parts, verdict, params, _without_engagement(crm, seen, params))
    if params.fusion.similarity > 0:
        parts["similarity"] = past_similarity(crm, _index(crm, table, params), seen.spine)
    full = _learned(seen, parts, verdict, params, None) if "similarity" in parts else {}
    return {
        **plain,
        "weights_with_similarity": full.get("weights"),
        "params_with_similarity": full.get("params"),
        "evidence_with_similarity": full.get("evidence"),
    }


@dataclass(frozen=True)
class Seen:
    """Tested rows of accounts that a list of new customers would have ranked.

    Parameters
    ----------
    spine : pyarrow.Table
        row_id, account_id, as_of.
    rules, propensity : array of float, shape (n_rows,)
        The account score and the model's part of priority, by what was known at the time.
    y, moment, account : array of int, shape (n_rows,)
        As in `Ranked`.
    windows : list of Window
        The back-test's windows, with what was known before each.
    """

    spine: pa.Table
    rules: Numbers
    propensity: Numbers
    y: IntArray
    moment: IntArray
    account: IntArray
    windows: list[Window]

    @classmethod
    def of(cls, crm: Crm, table: TrainingTable, trial: Trial, replay: Replay) -> Seen:
        """The rows of a replay, in its order."""
        free = _free(crm, _spine(table, trial.rows.order[replay.rows]))
        rows, fold = replay.rows[free], replay.fold[free]
        where = trial.rows.order[rows]
        base_rate = replay.probabilities["base_rate"][free]
        rules = trial.rules if trial.rules is not None else np.zeros(len(trial.rows))
        windows = [
            Window(
                teach=np.flatnonzero((fold < k) & trial.rows.known_before(one)[rows]),
                test=np.flatnonzero(fold == k),
            )
            for k, one in enumerate(replay.folds)
        ]
        return cls(
            spine=_spine(table, where),
            rules=rules[rows],
            propensity=propensity_score(replay.probabilities["model"][free], base_rate),
            y=trial.rows.y[rows],
            moment=np.unique(table.time[where], return_inverse=True)[1],
            account=np.unique(table.accounts[where].astype(str), return_inverse=True)[1],
            windows=windows,
        )


def _learned(
    seen: Seen,
    parts: dict[str, Numbers],
    verdict: str,
    params: Params,
    without_engagement: Numbers | None,
) -> dict[str, Any]:
    """Weights of some parts, why they are what they are, and what they would have been worth."""
    past = Ranked(dict(parts), seen.y, seen.moment, seen.account)
    given = {name: getattr(params.fusion, name) for name in parts}
    signal = verdict != NO_SIGNAL
    prior = given if signal else {name: float(name == "account_score") for name in parts}
    why = "no_signal" if not signal else "few_won" if past.won < MIN_WON else "learned"
    return {
        "why": why,
        "weights": learned_weights(past, prior) if why == "learned" else None,
        "params": {name: weight / sum(given.values()) for name, weight in given.items()},
        "rows": len(past),
        "won": past.won,
        "evidence": fusion_evidence(
            past,
            seen.windows,
            prior,
            learn=signal,
            without_engagement=without_engagement,
            seed=params.seed,
        ),
    }


def _spine(table: TrainingTable, rows: IntArray) -> pa.Table:
    """Some rows of a training table, numbered from 0."""
    return pa.table(
        {
            "row_id": np.arange(len(rows)),
            "account_id": pa.array(table.accounts[rows], pa.string()),
            "as_of": table.time[rows].astype("datetime64[us]"),
        }
    )


def _free(crm: Crm, spine: pa.Table) -> IntArray:
    """Positions of rows whose account was no customer and had no open opportunity."""
    state = opportunity_state(crm, crm.register("fusion_spine", spine)).order_by("row_id")
    found = crm.to_arrow(state.select("past_won", "open_opportunities"))
    taken = found["past_won"].to_numpy() + found["open_opportunities"].to_numpy()
    return np.flatnonzero(taken == 0)


def _without_engagement(crm: Crm, seen: Seen, params: Params) -> Numbers | None:
    """The account score without its engagement part; None where there is nothing else in it."""
    weights = params.account_score.model_dump()
    rest = 1 - weights.pop("engagement")
    if rest <= 0 or rest == 1:
        return None
    others = {name: weight / rest for name, weight in weights.items()}
    changed = params.model_copy(update={"account_score": AccountScore(**others, engagement=0)})
    return past_account_scores(crm, seen.spine, changed)


def _index(crm: Crm, table: TrainingTable, params: Params) -> LookalikeIndex:
    """A plain index of the accounts that were trained on, which no outcome has told anything.

    Columns that seem to know the outcome are left out, and none is weighted by it: an index that
    has seen later outcomes would find those that were won later.
    """
    companies = read_universe(crm, params)
    leaks = leaking_columns(table.leaks)
    accounts = companies.accounts
    index = LookalikeIndex(
        kind="exact",
        columns=tuple(name for name in companies.traits if name not in leaks),
        seed=params.seed,
        threads=params.threads,
    )
    return index.fit(accounts[accounts["account_id"].isin(np.unique(table.accounts))])
