"""One account with every number behind its place in the list (DESIGN 8, law 6).

Priority is arithmetic that a person can redo: two weights and two numbers, each of which is a
weighted sum of parts that are given too, down to single criteria and days of engagement.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.rules.icp import PartFit, Verdict, source_of
from abm_ml.rules.score import propensity_score
from abm_ml.scoring.closeup import Closeup, closeup
from abm_ml.scoring.decisions import stage_of, verdict_of
from abm_ml.scoring.evaluation import Evaluation, evaluate
from abm_ml.scoring.explain_engagement import engagement
from abm_ml.scoring.explain_sales import mqa, sales, tier
from abm_ml.scoring.fusion import fusion_parts
from abm_ml.scoring.propensity import Model, explain
from abm_ml.scoring.run import new_run
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


def account_facts(evaluation: Evaluation, account_id: str) -> dict[str, Any]:
    """The same from an evaluation that is there already; see `explain_account`."""
    account = closeup(evaluation, account_id)
    return {
        **_identity(account),
        "exclusion": _exclusion(account),
        "icp": _icp(account),
        "engagement": engagement(account),
        "account_score": _account_score(account),
        "tier": tier(account),
        "mqa": mqa(account),
        "propensity": _propensity(account),
        "priority": _priority(account),
        "similarity": _similarity(account),
        "recommended_contacts": account.value("recommended_contacts") or [],
        "sales": sales(account),
    }


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


def _account_score(account: Closeup) -> dict[str, Any]:
    weights = account.assessed.judged.weights
    return {
        "value": account.value("account_score"),
        "parts": {
            name: {"weight": weights[name], "score": account.value(name)}
            for name in account.assessed.judged.parts
        },
    }


def _similarity(account: Closeup) -> dict[str, Any] | None:
    """Closeness to the customers; null without an index, or where it does not know the account."""
    likened, value = account.run.likeness, account.value("similarity")
    if likened is None or value is None:
        return None
    nearest = account.value("nearest_seed")
    return {"value": value, "nearest_seed": nearest, "seeds": likened.seeds}


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
