"""`abm icp propose` and `abm icp check`: an ICP from the winners, and whom one lets through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.propensity.words import Lang, field_words
from abm_ml.rules.icp_check import IcpCheck, Passages, check_icp
from abm_ml.rules.icp_evidence import LEAST_LOST, LEAST_WON, LOST, UNIVERSE, WON, Evidence
from abm_ml.rules.icp_proposal import Proposal, propose
from abm_ml.scoring.scope import criteria_of, read_scope
from abm_ml.workflows.as_of import resolve_as_of
from abm_ml.workflows.icp_leaks import told_by_winning
from abm_ml.workflows.icp_rows import rows_to_check, rows_to_propose_from
from abm_ml.workflows.icp_words import evidence_words, in_columns, line, rule_words
from abm_ml.workflows.icp_yaml import criterion_settings, part_of, proposal_yaml
from abm_ml.workflows.output import replaced_file
from abm_ml.workflows.result import DONE, LOOK_AT_IT, Progress, silent
from abm_ml.workflows.score import checked_language

GROUPS = (UNIVERSE, WON, LOST)


@dataclass(frozen=True)
class ProposedIcp:
    """A proposed ICP, what speaks for it, and what was left out."""

    proposal: Proposal
    told: dict[str, str]
    text: str
    as_of: datetime
    out: Path | None
    lang: Lang

    @property
    def exit_code(self) -> int:
        """3 where nothing is proposed, or little stands behind it."""
        return LOOK_AT_IT if self.proposal.few or not self.proposal.proposed else DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        proposal = self.proposal
        return {
            "as_of": self.as_of.isoformat(),
            "out": str(self.out) if self.out and proposal.proposed else None,
            "accounts": proposal.sizes,
            "judged_on": proposal.judged,
            "proposed": [
                {"part": part_of(one.criterion), "criterion": criterion_settings(one.criterion)}
                | _figures(one.evidence)
                for one in proposal.proposed
            ],
            "left_out": [
                {"why": one.why, "criterion": criterion_settings(one.criterion)}
                | _figures(one.evidence)
                for one in proposal.passed
            ],
            "told_by_winning": self.told,
            "notes": list(self._notes()),
        }

    def to_text(self) -> str:
        """The YAML itself; what was written where, if it went to a file."""
        notes = list(self._notes())
        if not self.proposal.proposed:
            if self.out:
                notes.append(line("not_written", self.lang, out=self.out))
            return "\n".join(notes)
        if self.out is None:
            return "".join(f"# {' '.join(note.split())}\n" for note in notes) + self.text.rstrip()
        rules = [
            f"{rule_words(one.criterion, self.lang)}\n  {evidence_words(one.evidence, self.lang)}"
            for one in self.proposal.proposed
        ]
        return "\n".join([*rules, *notes, line("written", self.lang, out=self.out)])

    def _notes(self) -> Iterator[str]:
        """What a person should know beside the rules."""
        lang, sizes = self.lang, self.proposal.sizes
        if self.proposal.few:
            yield line("few", lang, won=sizes[WON], least=LEAST_WON)
        if sizes[UNIVERSE] and sizes[WON] >= sizes[UNIVERSE]:
            yield line("all_won", lang, won=sizes[WON])
        elif not self.proposal.proposed:
            yield line("nothing", lang, won=sizes[WON])
        elif self.proposal.judged[LOST] < LEAST_LOST:
            yield line("few_lost", lang, lost=sizes[LOST])
        for name, figures in self.told.items():
            yield line("told", lang, field=field_words(name, lang), figures=figures)
        for one in self.proposal.passed:
            if one.why in ("picked", "redundant"):
                yield line(one.why, lang, rule=rule_words(one.criterion, lang))


def propose_icp(
    data: Path,
    params: Params,
    *,
    as_of: str | None = None,
    out: Path | None = None,
    lang: str = "en",
    progress: Progress = silent,
) -> ProposedIcp:
    """Propose an ICP from the won accounts, and write it as YAML if told where.

    Where nothing can be proposed, nothing is written.

    Raises
    ------
    OutputError
        If `out` cannot be written; what was there is untouched.
    """
    spoken = checked_language(lang)
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    instant = resolve_as_of(crm, as_of)
    progress("reading won accounts, lost ones and the universe")
    rows = rows_to_propose_from(crm, params, instant)
    told = told_by_winning(crm, rows, instant)
    progress("looking for what winners share")
    columns = {name: values for name, values in rows.columns.items() if name not in told}
    proposal = propose(rows.account_ids, columns, rows.groups)
    text = proposal_yaml(proposal, params, instant, spoken)
    if out is not None and proposal.proposed:
        with replaced_file(out) as staging:
            staging.write_text(text, encoding="utf-8")
    return ProposedIcp(proposal, told, text, instant, out, spoken)


def _figures(evidence: Evidence) -> dict[str, Any]:
    return {
        "shares": {name: asdict(share) for name, share in evidence.shares.items()},
        "lifts": {name: asdict(one) for name, one in evidence.lifts().items()},
        "unknown": evidence.unknown,
    }


@dataclass(frozen=True)
class CheckedIcp:
    """Whom an ICP lets through."""

    check: IcpCheck
    as_of: datetime
    inside_at: float
    lang: Lang

    @property
    def exit_code(self) -> int:
        """3 where a rule decides nothing."""
        return LOOK_AT_IT if list(self._warnings()) else DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return {
            "as_of": self.as_of.isoformat(),
            "criteria": [
                {
                    "part": one.part,
                    "criterion": criterion_settings(one.criterion),
                    "warning": one.warning or None,
                    **_counts(one.passages),
                }
                for one in self.check.criteria
            ],
            "grades": {
                grade: {name: passages[name].through for name in GROUPS}
                for grade, passages in self.check.grades.items()
            },
            "inside": {"fit": self.inside_at, **_counts(self.check.inside)},
            "warnings": list(self._warnings()),
        }

    def to_text(self) -> str:
        """A table: one row a rule, a grade, and the whole."""
        lang = self.lang
        keys = ("universe", "won", "lost", "unknown", "out")
        rows = [[*(line(f"head.{key}", lang) for key in keys), ""]]
        for one in self.check.criteria:
            rows.append([*_cells(one.passages), self._label(one.part, one.criterion)])
        for grade, passages in self.check.grades.items():
            rows.append([*_cells(passages)[:3], "", "", line("grade", lang, grade=grade)])
        inside = _cells(self.check.inside)
        inside[3] = ""
        rows.append([*inside, line("inside", lang, at=self.inside_at)])
        head = line("checked", lang, as_of=f"{self.as_of:%Y-%m-%d}")
        return "\n".join([head, *in_columns(rows), *self._warnings()])

    def _label(self, part: str, criterion: Any) -> str:
        lang = self.lang
        marks = [line(part, lang), line("weight", lang, weight=criterion.weight)]
        marks += [line("must", lang)] if criterion.must else []
        opening, closing = "（）" if lang == "zh" else ("(", ")")
        comma = "，" if lang == "zh" else ", "
        space = "" if lang == "zh" else " "
        return f"{rule_words(criterion, lang)}{space}{opening}{comma.join(marks)}{closing}"

    def _warnings(self) -> Iterator[str]:
        lang = self.lang
        for one in self.check.criteria:
            if one.warning:
                said = line(one.warning, lang)
                yield line("warning", lang, rule=rule_words(one.criterion, lang), said=said)
        inside = self.check.inside[UNIVERSE]
        if not self.check.criteria:
            yield line("nothing_declared", lang)
        elif not self.check.grades:
            yield line("nothing_judged", lang)
        elif inside.of and inside.knocked_out == inside.of:
            yield line("empty", lang)


def check(
    data: Path,
    params: Params,
    *,
    as_of: str | None = None,
    lang: str = "en",
    progress: Progress = silent,
) -> CheckedIcp:
    """Count whom each rule of an ICP lets through, of all accounts and of past wins and losses.

    Raises
    ------
    ParamsError
        If a criterion names a column that accounts do not have, or cannot test it.
    """
    spoken = checked_language(lang)
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    instant = resolve_as_of(crm, as_of)
    scope = read_scope(crm, params, instant)
    progress("reading accounts, past wins and past losses")
    rows = rows_to_check(crm, criteria_of(params), scope.criteria, instant)
    found = check_icp(
        {"firmographic": params.icp.firmographic, "technographic": params.icp.technographic},
        rows.columns,
        rows.groups,
        weights=params.account_score.model_dump(),
        floors=params.icp.grades,
        inside_at=params.mqa.icp_fit,
    )
    return CheckedIcp(found, instant, params.mqa.icp_fit, spoken)


def _counts(passages: Passages) -> dict[str, Any]:
    return {name: asdict(passages[name]) for name in GROUPS}


def _cells(passages: Passages) -> list[str]:
    """Let through of the universe, of past wins and losses; unknown and knocked out of all."""
    universe = passages[UNIVERSE]
    through = [_share(passages[name].through, passages[name].of) for name in GROUPS]
    unknown = f"{universe.unknown / universe.of:.0%}" if universe.of else "–"
    return [*through, unknown, _share(universe.knocked_out, universe.of)]


def _share(count: int, of: int) -> str:
    return f"{count:,} ({count / of:.0%})" if of else "–"
