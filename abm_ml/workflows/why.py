"""`abm why`: one account, every number behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.titles import NAMES
from abm_ml.propensity.words import Lang, fact_words, kind_words
from abm_ml.reports.texts import code_words
from abm_ml.rules.plays import play_reason, play_words
from abm_ml.scoring.explain import explain_account
from abm_ml.workflows.as_of import resolve_as_of
from abm_ml.workflows.result import DONE
from abm_ml.workflows.score import checked_language, current_index, previous_of, scoring_model
from abm_ml.workflows.why_mqa import mqa_lines
from abm_ml.workflows.why_words import line


@dataclass(frozen=True)
class Explanation:
    """One account with its numbers, as `scoring.explain.explain_account` gives them."""

    facts: dict[str, Any]
    lang: Lang

    @property
    def exit_code(self) -> int:
        """Always 0: an account that is not there is an error."""
        return DONE

    def to_dict(self) -> dict[str, Any]:
        """Every number, ready for JSON."""
        return self.facts

    def to_text(self) -> str:
        """The arithmetic from priority down to single days, one line a number."""
        facts, lang = self.facts, self.lang
        head = {"id": facts["account_id"], "name": facts["name"], "as_of": facts["as_of"]}
        lines = [line("account", lang, **head)]
        if facts["exclusion"]:
            lines.append(line("excluded", lang, reason=_exclusion(facts["exclusion"], lang)))
        sections = (
            _priority, _account_score, _icp, _engagement, _decisions, _sales, _similarity,
            _propensity,
        )  # fmt: skip
        for section in sections:
            lines += section(facts, lang)
        return "\n".join(lines)


def why(
    data: Path,
    account: str,
    params: Params,
    models: Path,
    *,
    as_of: str | None = None,
    motion: str = "acquire",
    product: str | None = None,
    previous: Path | None = None,
    version: str | None = None,
    lang: str = "en",
) -> Explanation:
    """Every number behind one account, with the arguments of `score`.

    Raises
    ------
    DataError
        If the account is not in the universe; names the nearest ids.
    """
    spoken = checked_language(lang)
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    model, number = scoring_model(models, version)
    instant = resolve_as_of(crm, as_of)
    index, index_name = current_index(models, params, instant)
    facts = explain_account(
        crm,
        model,
        index,
        params,
        instant,
        account,
        motion=motion,
        model_version=number,
        index_version=index_name,
        product=product,
        previous=previous_of(previous),
    )
    return Explanation(facts, spoken)


def _exclusion(exclusion: dict[str, Any], lang: Lang) -> str:
    """Why the account is left out, and what the reason rests on."""
    said = _code("excluded", exclusion["reason"], lang) if lang == "zh" else exclusion["reason"]
    return f"{said} ({exclusion['detail']})" if exclusion["detail"] else said


def _part(name: str, lang: Lang) -> str:
    """A part of a score: in English under the name that params.yaml gives it."""
    return _code("part", name, lang) if lang == "zh" else name


def _code(group: str, code: str, lang: Lang) -> str:
    return str(code_words(group, code)[lang == "zh"])


def _sum_line(key: str, whole: dict[str, Any], lang: Lang) -> str:
    """For example "account score 61.2 = 0.4 × 80 + 0.2 × 100 + …"."""
    terms = [
        f"{part['weight']:g} × {part['score']:g} ({_part(name, lang)})"
        for name, part in whole["parts"].items()
    ]
    weight = sum(part["weight"] for part in whole["parts"].values())
    shared = "" if abs(weight - 1) < 1e-9 or not weight else f" ÷ {weight:g}"
    bracketed = f"({' + '.join(terms)})" if shared else " + ".join(terms)
    name = line(key, lang)
    return line("sum", lang, name=name, value=whole["value"], terms=f"{bracketed}{shared}")


def _priority(facts: dict[str, Any], lang: Lang) -> Iterator[str]:
    priority = facts["priority"]
    if priority:
        yield line("rank", lang, rank=priority["rank"], of=priority["of"])
        yield _sum_line("priority", priority, lang)


def _account_score(facts: dict[str, Any], lang: Lang) -> Iterator[str]:
    yield _sum_line("account_score", facts["account_score"], lang)


def _icp(facts: dict[str, Any], lang: Lang) -> Iterator[str]:
    icp = facts["icp"]
    if icp["fit"] is None:
        return
    yield line("fit", lang, fit=icp["fit"], grade=icp["grade"])
    for part in ("firmographic", "technographic"):
        for verdict in icp.get(part, []):
            yield line(
                "criterion",
                lang,
                part=_part(part, lang),
                points=verdict["points"],
                most=verdict["points_if_met"],
                fact=fact_words(verdict["looks_at"], verdict["value"], lang),
                asks=verdict["asks_zh" if lang == "zh" else "asks"],
                verdict=line(verdict["verdict"], lang),
            )


def _engagement(facts: dict[str, Any], lang: Lang) -> Iterator[str]:
    told = facts["engagement"]
    if told["score"] is None:
        return
    points = {"points": told["points"], "full": told["full_points"]}
    yield line("engagement", lang, score=told["score"], **points)
    for day in told["days"]:
        yield line(
            "day",
            lang,
            day=day["day"],
            points=day["points"],
            counted=day["counted"],
            events=day["events"],
            kind=kind_words(day["kind"], lang),
            one=day["points_of_one"],
            age=day["age_days"],
            half=told["half_life_days"],
            who=day["person"] or line("anonymous", lang),
        )
    idle = Counter(event["reason"] for event in told["events"] if not event["counted"])
    for reason, events in sorted(idle.items()):
        yield line("idle", lang, events=events, reason=line(f"idle.{reason}", lang))


def _decisions(facts: dict[str, Any], lang: Lang) -> Iterator[str]:
    tier = facts["tier"]
    why = tier["why_zh" if lang == "zh" else "why"]
    yield line("tier", lang, tier=tier["tier"] or line("no_tier", lang), why=why)
    yield from mqa_lines(facts["mqa"], lang)
    yield line("stage", lang, stage=_code("stage", facts["stage"], lang))


def _sales(facts: dict[str, Any], lang: Lang) -> Iterator[str]:
    """Who is known, what to do, and why."""
    told = facts["sales"]
    if not told:
        return
    zh = lang == "zh"
    missing = [NAMES[role][zh] for role in told["missing_roles"]]
    yield line(
        "coverage",
        lang,
        known=told["known_coverage"],
        engaged=told["engaged_coverage"],
        missing=("、" if zh else ", ").join(missing) or line("nobody_missing", lang),
    )
    if told["one_thread"]:
        yield line("one_thread", lang)
    play, why = play_words(told["play"], lang), play_reason(told["play_why"], lang)
    yield line("play", lang, play=play, why=why)
    yield told["handover_words_zh" if zh else "handover_words"]
    yield line("next", lang, step=told["next_step_zh" if zh else "next_step"])


def _similarity(facts: dict[str, Any], lang: Lang) -> Iterator[str]:
    told = facts["similarity"]
    if told:
        figures = {"value": told["value"], "seeds": told["seeds"]}
        yield line("similarity", lang, nearest=told["nearest_seed"], **figures)


def _propensity(facts: dict[str, Any], lang: Lang) -> Iterator[str]:
    told = facts["propensity"]
    if not told:
        return
    yield line(
        "propensity",
        lang,
        target=line(f"target.{told['target']}", lang),
        value=told["value"],
        low=told["low"],
        high=told["high"],
        verdict=line(f"verdict.{told['verdict']}", lang),
    )
    parts = {"score": told["score"], "value": told["value"], "base": told["base_rate"]}
    yield line("part_of_priority", lang, **parts)
    yield line("terms", lang)
    for reason in told["reasons"]:
        yield f"  {reason['contribution']:+.4f}  {reason['text_zh' if lang == 'zh' else 'text']}"
    total = sum(reason["contribution"] for reason in told["reasons"])
    yield f"  {total:+.4f}  = ln(p ÷ (1 − p))"
