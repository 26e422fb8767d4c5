"""The rules that need a tier: MQA, stage, play, handover, next step (DESIGN 6.5, 6.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.titles import COMMITTEE_ROLES
from abm_ml.features.qualifying import qualifying_events
from abm_ml.rules.coverage import coverage
from abm_ml.rules.handover import Handover, handover, still_rejected
from abm_ml.rules.mqa import MqaFacts, MqaVerdict, qualify
from abm_ml.rules.mqa_history import Decay, became_mqa, first_listed
from abm_ml.rules.next_step import next_steps
from abm_ml.rules.plays import PlayFacts, plays
from abm_ml.rules.stages import CONTENT_STAGES, customer_steps, stages
from abm_ml.scoring.run import Run

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

QUALIFYING_SPINE = "qualifying_spine"


def decisions(crm: Crm, run: Run, draft: pa.Table, tier: Counts) -> dict[str, Any]:
    """Columns of the scored output that depend on the tier, by name.

    Parameters
    ----------
    crm : Crm
        The slice.
    run : Run
        What holds for everybody.
    draft : pyarrow.Table
        Accounts that are scored.
    tier : array of int
        Their tiers.
    """
    verdict = verdict_of(draft, tier, run.params)
    stage = stage_of(draft, verdict.qualified, run.params)
    covered = coverage(*(_by_role(draft, how) for how in ("known", "engaged")))
    columns: dict[str, Any] = {
        "mqa": verdict.qualified,
        "mqa_gap": verdict.gap,
        "mqa_at": mqa_at(run, draft, verdict, _behind(crm, run, draft, verdict)),
        "stage": stage,
        "content_stage": _content(stage),
        "known_coverage": covered.known,
        "engaged_coverage": covered.engaged,
        "missing_roles": covered.missing_roles,
    }
    rejected = still_rejected(draft["rejected_at"].combine_chunks(), columns["mqa_at"])
    facts = play_facts(draft, stage, covered.missing_roles, rejected)
    settings = run.params.plays
    columns["play"], columns["play_why"] = plays(
        facts, products_sold=run.products_sold, renewal_days=settings.renewal_days
    )
    handed = handover_of(draft, verdict, columns["mqa_at"])
    columns |= {"handover": handed.decision, "handover_contact": handed.contact}
    told = {name: draft[name] for name in ("recommended_contacts", "holdout")}
    return columns | {"next_step": next_steps(pa.table(columns | told), "en")}


def verdict_of(draft: pa.Table, tier: Counts, params: Params) -> MqaVerdict:
    """Who is marketing-qualified; without any ICP that can be judged, nobody misses it."""
    facts = MqaFacts(
        points_micro=numbers(draft, "mqa_points_micro"),
        contacts=numbers(draft, "engaged_contacts"),
        minutes_micro=_minutes(draft),
        tier=tier,
        meets_icp=_meets_icp(draft, params),
        meets_grade=_meets_grade(draft, params),
        knocked_out=numbers(draft, "knocked_out"),
        pipeline_score=numbers(draft, "pipeline_score"),
    )
    return qualify(facts, params.mqa)


def stage_of(draft: pa.Table, qualified: Flags, params: Params) -> pa.Array:
    """Where each account stands."""
    seen = np.asarray(pc.is_valid(draft["last_engaged_at"]), dtype=bool)
    customer = numbers(draft, "past_won") > 0
    adopted, advocate = customer_steps(
        customer=customer,
        contract_days=floats(draft, "contract_days"),
        renewals=numbers(draft, "renewals"),
        won_deals=numbers(draft, "past_won"),
        usage_events=numbers(draft, "usage_events"),
        expansions=numbers(draft, "expansions"),
        advocacy_events=numbers(draft, "advocacy_events"),
        settings=params.stages,
    )
    return stages(
        customer=customer,
        open_opportunity=numbers(draft, "open_opportunities") > 0,
        qualified=qualified,
        engaged=numbers(draft, "engaged_contacts") > 0,
        aware=_aware(draft),
        seen_before=seen | (numbers(draft, "past_lost") > 0),
        adopted=adopted,
        advocate=advocate,
    )


def _aware(draft: pa.Table) -> Flags:
    """Accounts that engaged, research the topic, or bought another product than the list's."""
    active = (numbers(draft, "mqa_points_micro") > 0) | numbers(draft, "shows_intent")
    known: Flags = active | (numbers(draft, "won_elsewhere") > 0)
    return known


def handover_of(draft: pa.Table, verdict: MqaVerdict, mqa_at: pa.Array | None = None) -> Handover:
    """Nurture on, or to sales now, and whom to call.

    Without `mqa_at` an account that sales rejected is taken as still rejected.
    """
    return handover(
        qualified=verdict.qualified,
        knocked_out=numbers(draft, "knocked_out"),
        customer=numbers(draft, "past_won") > 0,
        open_opportunity=numbers(draft, "open_opportunities") > 0,
        call_contact=draft["call_contact"].combine_chunks(),
        call_decides=numbers(draft, "call_decides"),
        off_list=numbers(draft, "off_list"),
        cross_sell=numbers(draft, "won_elsewhere") > 0,
        rejected=still_rejected(draft["rejected_at"].combine_chunks(), mqa_at),
    )


def mqa_decay(params: Params) -> Decay:
    """How what counts for MQA loses its worth."""
    way = params.mqa.way
    half_life = None if way == "demandbase" else params.engagement.half_life_days
    return Decay(params.mqa.window_days, half_life)


def mqa_events(crm: Crm, run: Run, draft: pa.Table, rows: Sequence[int]) -> pa.Table:
    """All events that count for MQA of some rows of a draft; row_id is the row."""
    spine = pa.table(
        {
            "row_id": pa.array(rows, pa.int64()),
            "account_id": draft["account_id"].take(pa.array(rows, pa.int64())),
            "as_of": pa.repeat(pa.scalar(run.as_of, pa.timestamp("us")), len(rows)),
        }
    )
    registered = crm.register(QUALIFYING_SPINE, spine)
    settings = run.params
    return crm.to_arrow(qualifying_events(crm, registered, settings.mqa, settings.engagement))


def mqa_at(run: Run, draft: pa.Table, verdict: MqaVerdict, events: pa.Table) -> pa.Array:
    """When each account became an MQA; null for the others.

    Parameters
    ----------
    run : Run
        Whose previous list tells where no event does.
    draft : pyarrow.Table
        The accounts.
    verdict : MqaVerdict
        On them.
    events : pyarrow.Table
        As `mqa_events` gives them, of those that engagement qualified.
    """
    began = became_mqa(events, verdict.points_asked, verdict.contacts_asked, mqa_decay(run.params))
    before = run.previous.of(draft["account_id"].combine_chunks())
    return first_listed(
        verdict.qualified,
        began,
        before.mqa_at,
        pa.scalar(run.as_of, began.type),
        rejected_at=draft["rejected_at"].combine_chunks(),
        listed_at=pa.scalar(before.listed_at, began.type),
    )


def numbers(table: pa.Table, column: str) -> NDArray[Any]:
    """A column without nulls as numbers or flags."""
    return np.asarray(table[column])


def floats(table: pa.Table, column: str) -> NDArray[np.float64]:
    """A column as floats; null is NaN."""
    return np.asarray(pc.fill_null(table[column].cast(pa.float64()), np.nan))


def _behind(crm: Crm, run: Run, draft: pa.Table, verdict: MqaVerdict) -> pa.Table:
    return mqa_events(crm, run, draft, np.flatnonzero(verdict.by_engagement).tolist())


def _content(stage: pa.Array) -> pa.Array:
    at = pc.index_in(stage, pa.array(list(CONTENT_STAGES), pa.string()))
    return pa.array(list(CONTENT_STAGES.values()), pa.string()).take(at)


def _meets_icp(draft: pa.Table, params: Params) -> Flags:
    if "fit" not in draft.column_names:
        return np.ones(draft.num_rows, dtype=bool)
    return numbers(draft, "fit") >= params.mqa.icp_fit


def _meets_grade(draft: pa.Table, params: Params) -> Flags:
    if "grade" not in draft.column_names:
        return np.ones(draft.num_rows, dtype=bool)
    grades = list(params.icp.grades)
    enough = grades[: grades.index(params.mqa.grade) + 1] if params.mqa.grade in grades else []
    return np.asarray(pc.is_in(draft["grade"], pa.array(enough, pa.string())), dtype=bool)


def _minutes(draft: pa.Table) -> Counts:
    if "minutes_micro" not in draft.column_names:
        return np.zeros(draft.num_rows, dtype=np.int64)
    return numbers(draft, "minutes_micro")


def _by_role(draft: pa.Table, how: str) -> dict[str, Flags]:
    return {role: numbers(draft, f"{how}_{role}") for role in COMMITTEE_ROLES}


def play_facts(draft: pa.Table, stage: pa.Array, missing: pa.Array, rejected: Flags) -> PlayFacts:
    """What the table of plays looks at."""
    return PlayFacts(
        stage=stage,
        open_opportunity=numbers(draft, "open_opportunities") > 0,
        leads=numbers(draft, "leads"),
        fresh_leads=numbers(draft, "fresh_leads"),
        met=np.asarray(pc.is_valid(draft["last_engaged_at"]), dtype=bool),
        renewal_in_days=floats(draft, "renewal_in_days"),
        subsidiaries=numbers(draft, "subsidiaries"),
        products=numbers(draft, "products"),
        uncovered_roles=np.asarray(pc.list_value_length(missing), dtype=np.int64),
        rejected=rejected,
        won_elsewhere=numbers(draft, "won_elsewhere"),
    )
