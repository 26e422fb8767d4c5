"""One account with every number behind its place in the list (DESIGN 8, law 6).

Priority is arithmetic that a person can redo: two weights and two numbers, each of which is a
weighted sum of parts that are given too, down to single criteria and days of engagement.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import DataError
from abm_ml.features.engagement import daily_events, micro_points
from abm_ml.features.ledger import event_ledger
from abm_ml.propensity.words import Lang
from abm_ml.rules.handover import handover_words
from abm_ml.rules.icp import PartFit, Verdict, source_of
from abm_ml.rules.mqa import MqaVerdict
from abm_ml.rules.mqa_history import events_behind
from abm_ml.rules.next_step import COLUMNS, next_step
from abm_ml.rules.overrides import decision_words
from abm_ml.rules.score import MICRO, propensity_score
from abm_ml.rules.tier_words import tier_reason
from abm_ml.rules.tiers import NO_TIER
from abm_ml.scoring.assessment import Assessment, assess
from abm_ml.scoring.decisions import (
    decisions,
    handover_of,
    mqa_decay,
    mqa_events,
    stage_of,
    verdict_of,
)
from abm_ml.scoring.evaluation import Evaluation, evaluate
from abm_ml.scoring.fusion import fusion_parts
from abm_ml.scoring.propensity import Model, explain
from abm_ml.scoring.run import Run, new_run
from abm_ml.scoring.similarity import SimilarityIndex
from abm_ml.scoring.standing import Standing
from abm_ml.scoring.words import asked, shown_value


def explain_account(
    crm: Crm,
    model: Model | None,
    index: SimilarityIndex | None,
    params: Params,
    as_of: str | datetime,
    account_id: str,
    *,
    motion: str = "acquire",
    previous: pd.DataFrame | None = None,
    model_version: str = "",
    index_version: str = "",
    product: str | None = None,
) -> dict[str, Any]:
    """Every number behind one account, as plain values.

    The whole universe is evaluated (a tier depends on who else is there), with the same
    arguments as `score_universe`, so that the numbers are those of the list.

    Parameters
    ----------
    account_id : str
        The account.

    Returns
    -------
    dict
        `exclusion` (null if scored), `icp`, `engagement` with the days that gave points,
        `account_score`, `tier`, `mqa`, `propensity` with its reasons, `priority`, and the
        contacts. Parts carry their weights: Σ weight · score is the number they make up.

    Raises
    ------
    DataError
        If the account is not in the universe; names the nearest ids.
    """
    run = new_run(
        crm,
        model,
        index,
        params,
        as_of,
        motion=motion,
        previous=previous,
        model_version=model_version,
        index_version=index_version,
        product=product,
    )
    with TemporaryDirectory(prefix="abm-scoring-") as folder:
        return account_facts(evaluate(crm, run, Path(folder)), account_id)


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


def account_facts(evaluation: Evaluation, account_id: str) -> dict[str, Any]:
    """The same from an evaluation that is there already; see `explain_account`."""
    account = closeup(evaluation, account_id)
    return {
        **_identity(account),
        "exclusion": _exclusion(account),
        "icp": _icp(account),
        "engagement": _engagement(account),
        "account_score": _account_score(account),
        "tier": _tier(account),
        "mqa": _mqa(account),
        "propensity": _propensity(account),
        "priority": _priority(account),
        "similarity": _similarity(account),
        "recommended_contacts": account.value("recommended_contacts") or [],
        "sales": _sales(account),
    }


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


def _similarity(account: Closeup) -> dict[str, Any] | None:
    """Closeness to the customers; null without an index, or where it does not know the account."""
    likened, value = account.run.likeness, account.value("similarity")
    if likened is None or value is None:
        return None
    nearest = account.value("nearest_seed")
    return {"value": value, "nearest_seed": nearest, "seeds": likened.seeds}


def _identity(account: Closeup) -> dict[str, Any]:
    run = account.run
    tier = np.array([account.tier])
    verdict = verdict_of(account.draft, tier, run.params)
    stage = stage_of(account.draft, verdict.qualified, run.params)
    return {
        "account_id": account.value("account_id"),
        "name": account.value("name"),
        "as_of": run.as_of.isoformat(),
        "motion": run.motion,
        "model_version": run.model_version or None,
        "run_id": account.run_id,
        "stage": stage[0].as_py(),
        "holdout": account.value("holdout"),
    }


def _exclusion(account: Closeup) -> dict[str, Any] | None:
    reason = account.value("reason")
    return None if reason is None else {"reason": reason, "detail": account.value("detail")}


def _icp(account: Closeup) -> dict[str, Any]:
    judged = account.assessed.judged
    return {
        "fit": account.value("fit"),
        "grade": account.value("grade"),
        "knocked_out": account.value("knocked_out"),
        **{name: _part(account, part) for name, part in judged.icp.items()},
    }


def _part(account: Closeup, part: PartFit) -> list[dict[str, Any]]:
    """Verdict of each criterion of one part; the points of those met are the part's score."""
    columns = account.assessed.inputs.criteria_columns
    return [
        {
            "looks_at": source_of(verdict.criterion),
            "asks": asked(verdict.criterion),
            "asks_zh": asked(verdict.criterion, "zh"),
            "value": shown_value(columns[source_of(verdict.criterion)][0].as_py()),
            "verdict": _verdict_word(verdict),
            "must": verdict.criterion.must,
            "points": verdict.points * bool(verdict.met[0]),
            "points_if_met": verdict.points,
        }
        for verdict in part.verdicts
    ]


def _verdict_word(verdict: Verdict) -> str:
    if verdict.met[0]:
        return "met"
    return "not met" if verdict.known[0] else "unknown"


def _engagement(account: Closeup) -> dict[str, Any]:
    """Points day by day; the days shown sum to the points of the account, to the millionth."""
    settings = account.run.params.engagement
    return {
        "points": account.value("engagement_points"),
        "full_points": settings.full_points,
        "score": account.value("engagement"),
        "half_life_days": settings.half_life_days,
        "daily_cap": settings.daily_cap,
        "days": _days(account),
        "events": _events(account),
    }


def _days(account: Closeup) -> list[dict[str, Any]]:
    """What each person did on each day within the window, newest first, with its points."""
    settings, crm = account.run.params.engagement, account.crm
    daily = daily_events(
        crm,
        crm.register("explained_spine", account.assessed.inputs.spine),
        window_days=settings.window_days,
    )
    points = micro_points(
        daily,
        points_by_kind=settings.points_by_kind,
        daily_cap=settings.daily_cap,
        half_life_days=settings.half_life_days,
    )
    table = crm.to_arrow(daily.mutate(points_micro=points.cast("int64")))
    keys = [("age_days", "ascending"), ("kind", "ascending"), ("person", "ascending")]
    return [
        {
            "day": (account.run.as_of - timedelta(days=event["age_days"])).date().isoformat(),
            "age_days": event["age_days"],
            "kind": event["kind"],
            "person": event["person"],
            "events": event["events"],
            "counted": min(event["events"], settings.daily_cap),
            "points_of_one": settings.points_by_kind.get(event["kind"], 0.0),
            "points": event["points_micro"] / MICRO,
        }
        for event in table.sort_by(keys).to_pylist()
    ]


def _events(account: Closeup) -> list[dict[str, Any]]:
    """Every event of the log, newest first; points of those counted sum to the account's."""
    run, crm = account.run, account.everything
    if run.not_people is None or not crm.has("engagements"):
        return []
    spine = crm.register("explained_spine", account.assessed.inputs.spine)
    ledger = crm.to_arrow(event_ledger(crm, spine, run.not_people, run.params.engagement))
    keys = [("ts", "descending"), ("kind", "ascending"), ("person", "ascending")]
    return [
        {
            "ts": event["ts"].isoformat(),
            "kind": event["kind"],
            "person": event["person"],
            "points": event["points_micro"] / MICRO,
            "counted": event["counted"],
            "reason": event["reason"],
        }
        for event in ledger.sort_by(keys).to_pylist()
    ]


def _account_score(account: Closeup) -> dict[str, Any]:
    weights = account.assessed.judged.weights
    return {
        "value": account.value("account_score"),
        "parts": {
            name: {"weight": weights[name], "score": account.value(name)}
            for name in account.assessed.judged.parts
        },
    }


def _tier(account: Closeup) -> dict[str, Any]:
    """The tier, and why: the floors, the caps, and how many score better."""
    params = account.run.params
    return {
        "tier": None if account.tier == NO_TIER else account.tier,
        "floors": list(params.tiers.floors),
        "capacities": list(params.tiers.capacities),
        "place": account.place or None,
        "why": _tier_words(account, "en"),
        "why_zh": _tier_words(account, "zh"),
    }


def _tier_words(account: Closeup, lang: Lang) -> str:
    run = account.run
    decision = run.decisions.tiers.get(account.value("account_id"))
    return tier_reason(
        account.value("account_score"),
        account.tier,
        run.params.tiers.floors,
        lang,
        why=account.why,
        said=decision_words(decision, lang) if decision else "",
        knocked_out=account.value("knocked_out"),
    )


def _mqa(account: Closeup) -> dict[str, Any]:
    """What was asked and what is there; points of outcome kinds do not count here."""
    verdict = verdict_of(account.draft, np.array([account.tier]), account.run.params)
    return {
        "qualified": bool(verdict.qualified[0]),
        "points": account.value("mqa_points_micro") / MICRO,
        "points_asked": int(verdict.points_asked[0]) / MICRO,
        "contacts": account.value("engaged_contacts"),
        "contacts_asked": int(verdict.contacts_asked[0]),
        "window_days": account.run.params.mqa.window_days,
        "gap": verdict.gap[0].as_py(),
        **_mqa_story(account, verdict),
    }


def _mqa_story(account: Closeup, verdict: MqaVerdict) -> dict[str, Any]:
    """Since when the account is an MQA, and the events that made it so."""
    run, tier = account.run, np.array([account.tier])
    at = decisions(account.crm, run, account.draft, tier)["mqa_at"]
    if not verdict.by_engagement[0]:
        return {"since": iso(at[0].as_py()), "made_by": []}
    events = mqa_events(account.crm, run, account.draft, [0])
    behind = events_behind(events, at, mqa_decay(run.params))
    return {
        "since": iso(at[0].as_py()),
        "made_by": [
            {
                "ts": iso(event["ts"]),
                "kind": event["kind"],
                "person": event["person"],
                "points": event["points_micro"] / MICRO,
            }
            for event in behind.to_pylist()
        ],
    }


def _sales(account: Closeup) -> dict[str, Any] | None:
    """What to do next, with whom, and why; null for excluded accounts."""
    if not account.rank:
        return None
    run, tier = account.run, np.array([account.tier])
    told = decisions(account.crm, run, account.draft, tier)
    verdict = verdict_of(account.draft, tier, run.params)
    handed = handover_of(account.draft, verdict, told["mqa_at"])
    row = {name: pa.array(told[name])[0].as_py() for name in COLUMNS.names if name in told} | {
        name: account.value(name) for name in ("recommended_contacts", "holdout")
    }
    decision = [one[0].as_py() for one in (handed.decision, handed.why, handed.contact)]
    said = (decision[0], decision[1], decision[2], row["mqa_gap"])
    return {
        **{name: row[name] for name in ("play", "play_why", "missing_roles", "known_coverage")},
        "engaged_coverage": float(told["engaged_coverage"][0]),
        "one_thread": account.value("one_thread"),
        "handover": decision[0],
        "handover_words": handover_words(*said, "en"),
        "handover_words_zh": handover_words(*said, "zh"),
        "next_step": next_step(row, "en"),
        "next_step_zh": next_step(row, "zh"),
    }


def iso(moment: datetime | None) -> str | None:
    """A moment as text; None stays None."""
    return None if moment is None else moment.isoformat()


def _propensity(account: Closeup) -> dict[str, Any] | None:
    """Propensity with its reasons; null without a model, and for excluded accounts."""
    predictor = account.run.predictor
    if predictor is None or not account.rank:
        return None
    value = account.value("propensity")
    spine, currency = account.assessed.inputs.spine, account.run.scope.currency
    return {
        "target": predictor.target,
        "value": value,
        "low": account.value("propensity_low"),
        "high": account.value("propensity_high"),
        "applicability": account.value("applicability"),
        "base_rate": predictor.base_rate,
        "verdict": predictor.verdict,
        "score": float(propensity_score(np.array([value]), predictor.base_rate)[0]),
        "expected_amount": account.value("expected_amount"),
        "expected_value": account.value("expected_value"),
        "reasons": explain(predictor, account.crm, spine, currency=currency)[0],
    }


def _priority(account: Closeup) -> dict[str, Any] | None:
    """The fused score: Σ weight · score ÷ Σ weight; null for excluded accounts."""
    if not account.rank:
        return None
    run, propensity = account.run, account.value("propensity")
    similarity = np.array([account.value("similarity")], dtype=np.float64)
    parts = fusion_parts(
        np.array([account.value("account_score")]),
        None if propensity is None else np.array([propensity]),
        run.predictor.base_rate if run.predictor else None,
        similarity if run.likeness else None,
    )
    return {
        "value": account.value("priority"),
        "rank": account.rank,
        "of": account.ranked,
        "parts": {
            name: {"weight": account.run.fusion_weights[name], "score": float(part[0])}
            for name, part in parts.items()
        },
    }
