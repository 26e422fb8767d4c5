"""One account with every number behind its place in the list (DESIGN 8, law 6).

Priority is arithmetic that a person can redo: two weights and two numbers, each of which is a
weighted sum of parts that are given too, down to single criteria and days of engagement.
"""

from __future__ import annotations

import difflib
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import DataError
from abm_ml.features.engagement import daily_events, micro_points
from abm_ml.propensity.words import Lang
from abm_ml.rules.icp import PartFit, Verdict, source_of
from abm_ml.rules.score import MICRO
from abm_ml.rules.tiers import NO_TIER, tier_reason
from abm_ml.scoring.evaluation import Evaluation, evaluate
from abm_ml.scoring.judgement import tier_floors
from abm_ml.scoring.propensity import Model, explain
from abm_ml.scoring.similarity import SimilarityIndex
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
    evaluation = evaluate(
        crm,
        model,
        params,
        as_of,
        motion=motion,
        previous=previous,
        model_version=model_version,
        index=index,
        index_version=index_version,
    )
    return account_facts(crm, evaluation, account_id)


def account_facts(crm: Crm, evaluation: Evaluation, account_id: str) -> dict[str, Any]:
    """The same from an evaluation that is there already; see `explain_account`."""
    row = _row_of(evaluation, account_id)
    return {
        **_identity(evaluation, row),
        "exclusion": _exclusion(evaluation, row),
        "icp": _icp(evaluation, row),
        "engagement": _engagement(crm, evaluation, row),
        "account_score": _account_score(evaluation, row),
        "tier": _tier(evaluation, row),
        "mqa": _mqa(evaluation, row),
        "propensity": _propensity(crm, evaluation, row),
        "priority": _priority(evaluation, row),
        "similarity": _similarity(evaluation, row),
        "recommended_contacts": _input(evaluation, row, "recommended_contacts") or [],
    }


def _similarity(evaluation: Evaluation, row: int) -> dict[str, Any] | None:
    """Closeness to the customers; null without an index, or where it does not know the account."""
    found = evaluation.likeness
    if found is None or np.isnan(found.similarity[row]):
        return None
    return {
        "value": float(found.similarity[row]),
        "nearest_seed": found.nearest_seed[row].as_py(),
        "seeds": found.seeds,
    }


def _row_of(evaluation: Evaluation, account_id: str) -> int:
    ids = evaluation.inputs.array("account_id").to_pylist()
    if account_id in ids:
        return ids.index(account_id)
    near = difflib.get_close_matches(account_id, ids, n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    raise DataError(
        f"no account '{account_id}' in the universe as of {evaluation.as_of:%Y-%m-%d}{hint}"
    )


def _input(evaluation: Evaluation, row: int, column: str) -> Any:
    return evaluation.inputs.table[column][row].as_py()


def _identity(evaluation: Evaluation, row: int) -> dict[str, Any]:
    judged = evaluation.judged
    return {
        "account_id": _input(evaluation, row, "account_id"),
        "name": _input(evaluation, row, "name"),
        "as_of": evaluation.as_of.isoformat(),
        "motion": evaluation.motion,
        "model_version": evaluation.model_version or None,
        "run_id": evaluation.run_id,
        "stage": judged.stage[row].as_py(),
        "holdout": bool(judged.holdout[row]),
    }


def _exclusion(evaluation: Evaluation, row: int) -> dict[str, Any] | None:
    reason = evaluation.judged.excluded[row].as_py()
    if reason is None:
        return None
    columns = {
        "suppressed": "suppressed_because",
        "account_type": "account_type",
        "hands_off": "owner_id",
    }
    detail = _input(evaluation, row, columns[reason]) if reason in columns else None
    return {"reason": reason, "detail": detail}


def _icp(evaluation: Evaluation, row: int) -> dict[str, Any]:
    judged = evaluation.judged
    return {
        "fit": None if judged.fit is None else float(judged.fit[row]),
        "grade": None if judged.grade is None else judged.grade[row],
        "knocked_out": bool(judged.knocked_out[row]),
        **{name: _part(evaluation, part, row) for name, part in judged.icp.items()},
    }


def _part(evaluation: Evaluation, part: PartFit, row: int) -> list[dict[str, Any]]:
    """Verdict of each criterion of one part; the points of those met are the part's score."""
    columns = evaluation.inputs.criteria_columns
    return [
        {
            "looks_at": source_of(verdict.criterion),
            "asks": asked(verdict.criterion),
            "asks_zh": asked(verdict.criterion, "zh"),
            "value": shown_value(columns[source_of(verdict.criterion)][row].as_py()),
            "verdict": _verdict_word(verdict, row),
            "must": verdict.criterion.must,
            "points": verdict.points * bool(verdict.met[row]),
            "points_if_met": verdict.points,
        }
        for verdict in part.verdicts
    ]


def _verdict_word(verdict: Verdict, row: int) -> str:
    if verdict.met[row]:
        return "met"
    return "not met" if verdict.known[row] else "unknown"


def _engagement(crm: Crm, evaluation: Evaluation, row: int) -> dict[str, Any]:
    """Points day by day; the days shown sum to the points of the account, to the millionth."""
    settings = evaluation.params.engagement
    days = _days(crm, evaluation, row)
    part = evaluation.judged.parts.get("engagement")
    return {
        "points": _input(evaluation, row, "points_micro") / MICRO,
        "full_points": settings.full_points,
        "score": None if part is None else float(part[row]),
        "half_life_days": settings.half_life_days,
        "daily_cap": settings.daily_cap,
        "days": days,
    }


def _days(crm: Crm, evaluation: Evaluation, row: int) -> list[dict[str, Any]]:
    """What each person did on each day within the window, newest first, with its points."""
    settings = evaluation.params.engagement
    daily = daily_events(
        crm,
        crm.register("explained_spine", evaluation.inputs.spine.slice(row, 1)),
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
            "day": (evaluation.as_of - timedelta(days=event["age_days"])).date().isoformat(),
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


def _account_score(evaluation: Evaluation, row: int) -> dict[str, Any]:
    judged = evaluation.judged
    return {
        "value": float(judged.account_score[row]),
        "parts": {
            name: {"weight": judged.weights[name], "score": float(part[row])}
            for name, part in judged.parts.items()
        },
    }


def _tier(evaluation: Evaluation, row: int) -> dict[str, Any]:
    """The tier, and why: the floors, the caps, and how many score better."""
    tier = int(evaluation.judged.tier[row])
    return {
        "tier": None if tier == NO_TIER else tier,
        "floors": list(tier_floors(evaluation.params)),
        "capacities": list(evaluation.params.tiers.capacities),
        "place": _place(evaluation, row),
        "why": _tier_words(evaluation, row, "en"),
        "why_zh": _tier_words(evaluation, row, "zh"),
    }


def _place(evaluation: Evaluation, row: int) -> int | None:
    """Place by account score among the accounts that may have a tier, ties by account_id."""
    eligible = evaluation.judged.kept & ~evaluation.judged.knocked_out
    if not eligible[row]:
        return None
    scores = evaluation.judged.account_score
    better = scores > scores[row]
    tied_before = (scores == scores[row]) & (np.arange(len(scores)) < row)
    return 1 + int(np.count_nonzero(eligible & (better | tied_before)))


def _tier_words(evaluation: Evaluation, row: int, lang: Lang) -> str:
    zh = lang == "zh"
    if not evaluation.judged.kept[row]:
        return "被排除的企业不分层" if zh else "excluded accounts have no tier"
    if evaluation.judged.knocked_out[row]:
        return "不满足理想客户的必要条件" if zh else "a must of the ICP is not met: no tier"
    score, tier = float(evaluation.judged.account_score[row]), int(evaluation.judged.tier[row])
    return tier_reason(score, tier, tier_floors(evaluation.params), lang)


def _mqa(evaluation: Evaluation, row: int) -> dict[str, Any]:
    """What was asked and what is there; points of outcome kinds do not count here."""
    verdict, settings = evaluation.judged.mqa, evaluation.params.mqa
    return {
        "qualified": bool(verdict.qualified[row]),
        "points": _input(evaluation, row, "mqa_points_micro") / MICRO,
        "points_asked": int(verdict.points_asked[row]) / MICRO,
        "contacts": _input(evaluation, row, "engaged_contacts"),
        "contacts_asked": int(verdict.contacts_asked[row]),
        "window_days": settings.window_days,
        "gap": verdict.gap[row].as_py(),
    }


def _propensity(crm: Crm, evaluation: Evaluation, row: int) -> dict[str, Any] | None:
    """Propensity with its reasons; null without a model, and for excluded accounts."""
    predictor, predictions = evaluation.predictor, evaluation.predictions
    if predictor is None or predictions is None or not evaluation.judged.kept[row]:
        return None
    value = float(predictions.propensity[row])
    amount = None if predictor.expected_amount is None else float(predictions.amount[row])
    inputs = evaluation.inputs
    reasons = explain(predictor, crm, inputs.spine.slice(row, 1), currency=inputs.currency)[row]
    return {
        "target": predictor.target,
        "value": value,
        "low": float(predictions.low[row]),
        "high": float(predictions.high[row]),
        "applicability": float(predictions.applicability[row]),
        "base_rate": predictor.base_rate,
        "verdict": predictor.verdict,
        "score": float(evaluation.fusion_parts["propensity"][row]),
        "expected_amount": amount,
        "expected_value": None if amount is None else value * amount,
        "reasons": reasons,
    }


def _priority(evaluation: Evaluation, row: int) -> dict[str, Any] | None:
    """The fused score: Σ weight · score ÷ Σ weight; null for excluded accounts."""
    if not evaluation.judged.kept[row]:
        return None
    return {
        "value": float(evaluation.priority[row]),
        "rank": int(np.flatnonzero(evaluation.order == row)[0]) + 1,
        "of": len(evaluation.order),
        "parts": {
            name: {"weight": evaluation.fusion_weights[name], "score": float(part[row])}
            for name, part in evaluation.fusion_parts.items()
        },
    }
