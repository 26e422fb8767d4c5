"""A proposed ICP as YAML that params.yaml takes, with the evidence as comments."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import yaml

from abm_ml.config import Params
from abm_ml.criterion import Criterion
from abm_ml.propensity.words import Lang
from abm_ml.rules.icp_proposal import Proposal, Proposed
from abm_ml.workflows.icp_words import evidence_words, line

_LINE = 96
"""Characters of a comment's line."""


def proposal_yaml(proposal: Proposal, params: Params, as_of: datetime, lang: Lang) -> str:
    """The section `icp` with its comments; grades are those of params.

    With Chinese asked for, each comment stands in both languages.
    """
    spoken: tuple[Lang, ...] = ("en", "zh") if lang == "zh" else ("en",)
    lines: list[str] = []
    for one in spoken:
        lines += _comment(line("proposed", one, as_of=f"{as_of:%Y-%m-%d}", **proposal.sizes))
        lines += _comment(line("judged", one, **proposal.judged))
    lines.append("icp:")
    for part in ("firmographic", "technographic"):
        mine = [one for one in proposal.proposed if part_of(one.criterion) == part]
        lines.append(f"  {part}:" if mine else f"  {part}: []")
        for proposed in mine:
            lines += _criterion(proposed, spoken)
    lines.append(f"  grades: {_flow(params.icp.grades)}")
    return "\n".join(lines) + "\n"


def part_of(criterion: Criterion) -> str:
    """The part of fit that a criterion belongs to."""
    technographic = criterion.signal or criterion.column == "technologies"
    return "technographic" if technographic else "firmographic"


def criterion_settings(criterion: Criterion) -> dict[str, Any]:
    """What params.yaml says of a criterion: only what differs from the defaults."""
    settings = criterion.model_dump(mode="json", exclude_defaults=True)
    settings.pop("weight", None)
    return {**{key: _whole(value) for key, value in settings.items()},
            "weight": _whole(criterion.weight)}  # fmt: skip


def _criterion(proposed: Proposed, spoken: tuple[Lang, ...]) -> Iterator[str]:
    for lang in spoken:
        yield from _comment(evidence_words(proposed.evidence, lang), "    ")
    yield f"    - {_flow(criterion_settings(proposed.criterion))}"


def _comment(text: str, indent: str = "") -> list[str]:
    return [f"{indent}# {part}" for part in textwrap.wrap(text, _LINE) or [""]]


def _flow(value: Any) -> str:
    """A value on one line; quoted where YAML would read it as something else."""
    dumped = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    ).strip()
    # A text with line breaks would spread over several lines; JSON is YAML too.
    return json.dumps(value, ensure_ascii=False) if "\n" in dumped else str(dumped)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
