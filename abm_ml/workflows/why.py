"""`abm why`: one account, every number behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.scoring.explain import explain_account
from abm_ml.workflows.as_of import resolve_as_of
from abm_ml.workflows.result import DONE
from abm_ml.workflows.score import checked_language, scoring_model


@dataclass(frozen=True)
class Explanation:
    """One account with its numbers, as `scoring.explain.explain_account` gives them."""

    facts: dict[str, Any]
    lang: str

    @property
    def exit_code(self) -> int:
        """Always 0: an account that is not there is an error."""
        return DONE

    def to_dict(self) -> dict[str, Any]:
        """Every number, ready for JSON."""
        return self.facts

    def to_text(self) -> str:
        """The arithmetic from priority down to single days, one line a number."""
        facts = self.facts
        lines = [f"{facts['account_id']}  {facts['name']}  as of {facts['as_of']}"]
        if facts["exclusion"]:
            detail = facts["exclusion"]["detail"]
            said = f" ({detail})" if detail else ""
            lines.append(f"excluded: {facts['exclusion']['reason']}{said}")
        for section in (_priority, _account_score, _icp, _engagement, _decisions, _propensity):
            lines += section(facts, self.lang)
        return "\n".join(lines)


def why(
    data: Path,
    account: str,
    params: Params,
    models: Path,
    *,
    as_of: str | None = None,
    motion: str = "acquire",
    version: str | None = None,
    lang: str = "en",
) -> Explanation:
    """Every number behind one account, with the arguments of `score`.

    Raises
    ------
    DataError
        If the account is not in the universe; names the nearest ids.
    """
    checked_language(lang)
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    model, number = scoring_model(models, version)
    facts = explain_account(
        crm,
        model,
        None,
        params,
        resolve_as_of(crm, as_of),
        account,
        motion=motion,
        model_version=number,
    )
    return Explanation(facts, lang)


def _sum_line(name: str, whole: dict[str, Any]) -> str:
    """For example "account score 61.2 = 0.4 × 80 + 0.2 × 100 + …"."""
    terms = [f"{part['weight']:g} × {part['score']:g} ({p})" for p, part in whole["parts"].items()]
    weight = sum(part["weight"] for part in whole["parts"].values())
    shared = "" if abs(weight - 1) < 1e-9 or not weight else f" ÷ {weight:g}"
    bracketed = f"({' + '.join(terms)})" if shared else " + ".join(terms)
    return f"{name} {whole['value']:g} = {bracketed}{shared}"


def _priority(facts: dict[str, Any], _lang: str) -> Iterator[str]:
    priority = facts["priority"]
    if priority:
        yield f"rank {priority['rank']:,} of {priority['of']:,}"
        yield _sum_line("priority", priority)


def _account_score(facts: dict[str, Any], _lang: str) -> Iterator[str]:
    yield _sum_line("account score", facts["account_score"])


def _icp(facts: dict[str, Any], _lang: str) -> Iterator[str]:
    icp = facts["icp"]
    if icp["fit"] is None:
        return
    yield f"fit {icp['fit']:g}, grade {icp['grade']}"
    for part in ("firmographic", "technographic"):
        for verdict in icp.get(part, []):
            yield (
                f"  {part} {verdict['points']:g} of {verdict['points_if_met']:g}: "
                f"{verdict['looks_at']} is {verdict['value']}, asked {verdict['asks']}: "
                f"{verdict['verdict']}"
            )


def _engagement(facts: dict[str, Any], _lang: str) -> Iterator[str]:
    told = facts["engagement"]
    if told["score"] is None:
        return
    yield (
        f"engagement {told['score']:g} = 100 × min(1, {told['points']:g} points ÷ "
        f"{told['full_points']:g})"
    )
    for day in told["days"]:
        yield (
            f"  {day['day']}  {day['points']:g} = {day['counted']} of {day['events']} "
            f"{day['kind']} × {day['points_of_one']:g} × 0.5^({day['age_days']}/"
            f"{told['half_life_days']:g})  {day['person'] or 'anonymous'}"
        )


def _decisions(facts: dict[str, Any], _lang: str) -> Iterator[str]:
    tier, mqa = facts["tier"], facts["mqa"]
    yield f"tier {tier['tier'] or 'none'}: {tier['why']}"
    yield (
        f"MQA {'yes' if mqa['qualified'] else 'no'}: {mqa['points']:g} of "
        f"{mqa['points_asked']:g} points, {mqa['contacts']} of {mqa['contacts_asked']} contacts "
        f"in {mqa['window_days']} days" + (f"; {mqa['gap']}" if mqa["gap"] else "")
    )
    yield f"stage {facts['stage']}"


def _propensity(facts: dict[str, Any], lang: str) -> Iterator[str]:
    told = facts["propensity"]
    if not told:
        return
    score = f"100 × {told['value']:.6g} ÷ ({told['value']:.6g} + {told['base_rate']:.6g})"
    yield (
        f"propensity ({told['target']}) {told['value']:.6g}; companies with similar scores: "
        f"{told['low']:.3g} to {told['high']:.3g}; verdict: {told['verdict']}"
    )
    yield f"  as a part of priority: {told['score']:g} = {score}"
    yield "  log-odds, term by term:"
    for reason in told["reasons"]:
        yield f"  {reason['contribution']:+.4f}  {reason['text' if lang == 'en' else 'text_zh']}"
    total = sum(reason["contribution"] for reason in told["reasons"])
    yield f"  {total:+.4f}  = ln(p ÷ (1 − p))"
