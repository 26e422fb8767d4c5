"""`abm whatif`: what a change of the rule book would do, before it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.exports.spreadsheet import write_csv
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.propensity.words import Lang
from abm_ml.scoring.propensity import NO_SIGNAL
from abm_ml.scoring.whatif import WhatIf, what_if
from abm_ml.scoring.whatif_changes import changed_params
from abm_ml.scoring.whatif_thresholds import scaled_points, with_tier_1
from abm_ml.workflows.as_of import resolve_as_of
from abm_ml.workflows.output import replaced_file
from abm_ml.workflows.result import DONE, LOOK_AT_IT, Progress, silent
from abm_ml.workflows.score import checked_language, current_index, scoring_model
from abm_ml.workflows.whatif_words import HEADINGS, answer_words, line, moved, setting_words, table


@dataclass(frozen=True)
class Asked:
    """What somebody thinks about changing.

    Parameters
    ----------
    settings : mapping of str to object
        New values by dotted name.
    mqa_points : float, optional
        Points that an MQA of tier 3 needs; the other tiers' in proportion.
    tier_1_at, tier_2_at : float, optional
        Account scores; tier 2's goes with tier 1's where it would not lie lower.
    capacity : sequence of int, optional
        The most accounts of tiers 1, 2 and, if given, 3.
    accounts_a_week : float, optional
        Capacity from which the points of MQAs follow.
    tier_1_size : int, optional
        Capacity from which the threshold of tier 1 follows.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    mqa_points: float | None = None
    tier_1_at: float | None = None
    tier_2_at: float | None = None
    capacity: Sequence[int] | None = None
    accounts_a_week: float | None = None
    tier_1_size: int | None = None

    def changes(self, params: Params) -> dict[str, Any]:
        """All of it by dotted name.

        Raises
        ------
        ParamsError
            If two of them contradict each other, or a value cannot be.
        """
        self._check()
        changes = dict(self.settings)
        if self.mqa_points is not None:
            changes |= scaled_points(changed_params(params, changes), self.mqa_points)
        if self.tier_2_at is not None:
            changes["tiers.tier_2_at"] = self.tier_2_at
        if self.tier_1_at is not None:
            free = "tiers.tier_2_at" not in changes
            changes |= with_tier_1(params, self.tier_1_at) if free else {}
            changes["tiers.tier_1_at"] = self.tier_1_at
        if self.capacity is not None:
            changes["tiers.capacity"] = [*self.capacity, None, None][:3]
        return changes

    def _check(self) -> None:
        if self.accounts_a_week is not None and self.mqa_points is not None:
            raise ParamsError("give MQA points, or the accounts a week that they follow from")
        if self.tier_1_size is not None and self.tier_1_at is not None:
            raise ParamsError("give the threshold of tier 1, or the size that it follows from")
        if self.capacity is not None and len(self.capacity) not in (2, 3):
            raise ParamsError(
                "capacity: give the most accounts of tiers 1 and 2, or of all three: 20,200 or "
                f"20,200,1000. Supplied value {','.join(map(str, self.capacity))}"
            )


def parse_setting(text: str) -> tuple[str, Any]:
    """A setting as `name=value`; the value is read as params.yaml would be.

    Raises
    ------
    ParamsError
        If there is no name or no value.

    Examples
    --------
    >>> parse_setting("tiers.capacity=[20, 200, null]")
    ('tiers.capacity', [20, 200, None])
    """
    name, equals, value = text.partition("=")
    if not (name.strip() and equals and value.strip()):
        raise ParamsError(f"set: {text!r} is no setting (expected e.g. mqa.tier_3.points=60)")
    try:
        return name.strip(), yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise ParamsError(f"set: {text!r}: the value cannot be read as YAML") from error


def parse_capacity(text: str) -> list[int]:
    """Numbers of accounts, separated by commas.

    Raises
    ------
    ParamsError
        If one is no whole number.
    """
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise ParamsError(
            f"capacity: {text!r} is no list of whole numbers (expected e.g. 20,200)"
        ) from error


@dataclass(frozen=True)
class WhatIfRun:
    """Two lists compared, and where the accounts that move were written."""

    found: WhatIf
    model: TrainedPropensity | None
    out: Path | None
    lang: Lang

    @property
    def exit_code(self) -> int:
        """3 where the new list is empty, or asks for more than is there."""
        late = any(over > 0 for _, _, _, over in self._workload())
        return LOOK_AT_IT if late or not self.found.after["accounts"] else DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        told = {"out": str(self.out) if self.out else None}
        horizon = self.model.horizon_days if self.model else None
        workload = [
            {"of": what, "asked": asked, "there": there} for what, asked, there, _ in
            self._workload()
        ]  # fmt: skip
        first = self.found.moves.head(20).astype(object)
        shown = first.where(first.notna(), None).to_dict("records")
        return {
            **self.found.to_dict(),
            "horizon_days": horizon,
            "workload": workload,
            "first": shown,
            **told,
        }

    def to_text(self) -> str:
        """What changes, both lists side by side, who moves, what to think of."""
        found, lang = self.found, self.lang
        head = line("head", lang, as_of=f"{found.as_of:%Y-%m-%d}", motion=found.motion)
        changes = [setting_words(k, b, a, lang) for k, (b, a) in found.settings.items()]
        answers = [told for one in found.answers for told in answer_words(one.to_dict(), lang)]
        days = self.model.horizon_days if self.model else None
        lines = [
            head,
            *(changes or [line("unchanged", lang)]),
            *answers,
            *table(found.before, found.after, days, lang),
            *(moved(found.moves, lang) if len(found.moves) else ()),
            *self._notes(),
        ]
        if self.out:
            lines.append(line("out_file", lang, out=self.out))
        return "\n".join(lines)

    def _workload(self) -> Iterator[tuple[str, float, float, float]]:
        """What is asked a week, what is there, and by how much it is too little."""
        there, after = self.found.params.workload, self.found.after
        for what, capacity, asked in (
            ("of_hours", there.hours_a_week, after["hours_a_week"]),
            ("of_mqas", there.accounts_a_week, after["new_mqas_a_week"]),
        ):
            if capacity is not None:
                yield what, asked, capacity, asked - capacity

    def _notes(self) -> Iterator[str]:
        lang, model = self.lang, self.model
        for what, asked, there, over in self._workload():
            told = {"what": line(what, lang), "asked": asked, "there": there, "over": over}
            yield line("too_much" if over > 0 else "fits", lang, **told)
        if self.found.untold:
            yield line("untold", lang, names=", ".join(self.found.untold))
        if model is None:
            yield line("no_model", lang)
        elif model.target == "win":
            yield line("win_target", lang)
        elif model.verdict == NO_SIGNAL:
            yield line("no_signal", lang)


def whatif(
    data: Path,
    asked: Asked,
    params: Params,
    models: Path,
    *,
    as_of: str | None = None,
    motion: str = "acquire",
    product: str | None = None,
    version: str | None = None,
    out: Path | None = None,
    lang: str = "en",
    progress: Progress = silent,
) -> WhatIfRun:
    """Score once, then compare the list with the one that other settings would give.

    Parameters
    ----------
    data : Path
        What `abm prepare` wrote.
    asked : Asked
        What is to be changed, or capacities from which thresholds follow.
    params : Params
        The rule book that holds.
    models : Path
        The model registry; without a champion no wins are expected.
    as_of, motion, product, version
        As for `score`.
    out : Path, optional
        CSV of the accounts that move.
    lang : {"en", "zh"}
        Language of the text and of the CSV's headings.

    Raises
    ------
    ParamsError
        If a setting is unknown, a value refused, or settings contradict each other.
    DataError, ArtefactError, OutputError
        With the remedy; what lay at `out` is untouched.
    """
    spoken = checked_language(lang)
    changes = asked.changes(params)
    changed_params(params, changes)  # What is refused is better known before the scoring.
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    instant = resolve_as_of(crm, as_of)
    model, _ = scoring_model(models, version)
    index, _ = current_index(models, params, instant)
    progress(f"scoring as of {instant:%Y-%m-%d}, then trying the other settings")
    found = what_if(
        crm,
        model,
        index,
        params,
        changes,
        instant,
        motion=motion,
        product=product,
        accounts_a_week=asked.accounts_a_week,
        tier_1_size=asked.tier_1_size,
    )
    if out is not None:
        with replaced_file(out) as staging:
            write_csv(_headed(found.moves, spoken), staging)
    return WhatIfRun(found, model, out, spoken)


def _headed(moves: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """The accounts that move, for people."""
    words = {word: line(word, lang) for word in moves["change"].unique()}
    shown = moves.assign(change=moves["change"].map(words))
    return shown.rename(columns={name: told[lang == "zh"] for name, told in HEADINGS.items()})
