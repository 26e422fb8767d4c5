"""Why an account has its tier, since when it is an MQA, and what to do next with whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from abm_ml.propensity.words import Lang
from abm_ml.rules.handover import handover_words
from abm_ml.rules.mqa import MqaVerdict
from abm_ml.rules.mqa_history import events_behind
from abm_ml.rules.next_step import COLUMNS, next_step
from abm_ml.rules.overrides import decision_words
from abm_ml.rules.score import MICRO
from abm_ml.rules.tier_words import tier_reason
from abm_ml.rules.tiers import NO_TIER
from abm_ml.scoring.closeup import Closeup, iso
from abm_ml.scoring.decisions import decisions, handover_of, mqa_decay, mqa_events, verdict_of


def tier(account: Closeup) -> dict[str, Any]:
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


def mqa(account: Closeup) -> dict[str, Any]:
    """What was asked and what is there, in the units of the way that the rule book names.

    Points (of outcome kinds none count) and contacts, by `grade` the grade too; by `demandbase`
    minutes and pipeline score, and which of them qualified the account.
    """
    settings = account.run.params.mqa
    verdict = verdict_of(account.draft, np.array([account.tier]), account.run.params)
    compared = _minutes_and_score if settings.way == "demandbase" else _points_and_contacts
    return {
        "way": settings.way,
        "qualified": bool(verdict.qualified[0]),
        **compared(account, verdict),
        "window_days": settings.window_days,
        "gap": verdict.gap[0].as_py(),
        **_mqa_story(account, verdict),
    }


def _points_and_contacts(account: Closeup, verdict: MqaVerdict) -> dict[str, Any]:
    settings = account.run.params.mqa
    grade = {"grade": account.value("grade"), "grade_asked": settings.grade}
    return {
        "points": account.value("mqa_points_micro") / MICRO,
        "points_asked": int(verdict.points_asked[0]) / MICRO,
        "contacts": account.value("engaged_contacts"),
        "contacts_asked": int(verdict.contacts_asked[0]),
        **(grade if settings.way == "grade" else {}),
    }


def _minutes_and_score(account: Closeup, verdict: MqaVerdict) -> dict[str, Any]:
    """Either is enough: `qualified_by` names those that were."""
    settings, score = account.run.params.mqa, account.value("pipeline_score")
    enough = {
        "minutes": bool(verdict.by_engagement[0]),
        "pipeline_score": (score or 0.0) >= settings.pipeline_score,
    }
    return {
        "minutes": account.value("minutes_micro") / MICRO,
        "minutes_asked": int(verdict.points_asked[0]) / MICRO,
        "pipeline_score": score,
        "pipeline_score_asked": settings.pipeline_score,
        "qualified_by": [name for name in enough if verdict.qualified[0] and enough[name]],
    }


def _mqa_story(account: Closeup, verdict: MqaVerdict) -> dict[str, Any]:
    """Since when the account is an MQA, and the events that made it so (a score: none)."""
    run, tier = account.run, np.array([account.tier])
    at = decisions(account.crm, run, account.draft, tier)["mqa_at"]
    if not verdict.by_engagement[0]:
        return {"since": iso(at[0].as_py()), "made_by": []}
    events = mqa_events(account.crm, run, account.draft, [0])
    unit = "minutes" if run.params.mqa.way == "demandbase" else "points"
    behind = events_behind(events, at, mqa_decay(run.params))
    return {
        "since": iso(at[0].as_py()),
        "made_by": [
            {
                "ts": iso(event["ts"]),
                "kind": event["kind"],
                "person": event["person"],
                unit: event["points_micro"] / MICRO,
            }
            for event in behind.to_pylist()
        ],
    }


def sales(account: Closeup) -> dict[str, Any] | None:
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
