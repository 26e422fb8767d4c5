"""`abm score`: prepared tables and the champion in, the target account list out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import DataError, ParamsError
from abm_ml.features.human import left_out_counts
from abm_ml.features.ledger import kinds_without_events, kinds_without_points
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.propensity.words import Lang
from abm_ml.reports.card.facts import training_facts
from abm_ml.reports.listing import SHOWN
from abm_ml.reports.run_report import render_run_report
from abm_ml.scoring.drift import drift_report
from abm_ml.scoring.opportunities import score_opportunities, win_predictor
from abm_ml.scoring.propensity import NO_SIGNAL
from abm_ml.scoring.run import Run, new_run
from abm_ml.scoring.universe import write_universe
from abm_ml.tracking.indexes import IndexStore
from abm_ml.tracking.registry import CHALLENGER, CHAMPION, Registry
from abm_ml.workflows.as_of import resolve_as_of
from abm_ml.workflows.changes import write_changes
from abm_ml.workflows.history import history_of
from abm_ml.workflows.list_files import columns_of, first_rows, write_list
from abm_ml.workflows.open_deals import opportunity_lines, write_opportunities
from abm_ml.workflows.output import replaced_directory
from abm_ml.workflows.result import DONE, LOOK_AT_IT, Progress, silent

LANGUAGES = ("en", "zh")

Summary = dict[str, Any]

PREVIOUS = ("account_id", "tier", "tier_since", "mqa_at", "as_of")
"""Columns of an earlier list that its successor looks at."""

TIERED = pc.is_valid(pc.field("tier"))
QUALIFIED = pc.is_valid(pc.field("mqa_at"))


@dataclass(frozen=True)
class ScoreRun:
    """Where the list lies and what is in it."""

    out: Path
    summary: dict[str, Any]

    @property
    def exit_code(self) -> int:
        """3 when the list is empty or the model has drifted."""
        drifted = self.summary["drift"] and self.summary["drift"]["alarms"]
        return LOOK_AT_IT if drifted or not self.summary["tal"] else DONE

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return {"out": str(self.out), **self.summary}

    def to_text(self) -> str:
        """Sizes, warnings, and where the files are."""
        tiers = ", ".join(f"tier {tier}: {n:,}" for tier, n in self.summary["tiers"].items())
        lines = [
            f"{self.summary['universe']:,} accounts as of {self.summary['as_of']}: "
            f"{self.summary['scored']:,} scored, {self.summary['excluded']:,} excluded",
            f"{self.summary['tal']:,} in the target account list ({tiers}); "
            f"{self.summary['mqa']:,} MQAs",
            f"model    {self.summary['model_version'] or 'none: rules alone'}",
            *_index_words(self.summary),
            *(f"note     {warning}" for warning in self.summary["warnings"]),
            *(f"note     {sentence}" for sentence in _no_model_words(self.summary)),
            f"list     {self.out / 'tal.csv'}",
            *_changes_words(self.summary, self.out),
            f"report   {self.out / 'report.html'}",
            *opportunity_lines(self.summary, self.out),
        ]
        return "\n".join(lines)


def score(
    data: Path,
    out: Path,
    params: Params,
    models: Path,
    *,
    as_of: str | None = None,
    motion: str = "acquire",
    version: str | None = None,
    previous: Path | None = None,
    product: str | None = None,
    opportunities: bool = False,
    lang: str = "en",
    progress: Progress = silent,
) -> ScoreRun:
    """Score the universe and write the list, the rest of the universe and the report.

    Where a model takes part, the universe and the outcomes since its training are compared with
    those of the training; what is out of bounds stands in the summary's warnings (exit code 3),
    and the files are written all the same.

    Parameters
    ----------
    data : Path
        What `abm prepare` wrote.
    out : Path
        Directory to write; replaced as a whole.
    params : Params
        The rule book.
    models : Path
        The model registry; without a champion, rules carry the list. With a look-alike index
        in it, the list says how much each account is like the customers.
    as_of : str, optional
        The last instant that may be seen; the data's last by default.
    motion : str
        acquire, accelerate, expand or all.
    version : str, optional
        Model version; the champion by default.
    previous : Path, optional
        An earlier output directory, from which changes are told.
    product : str, optional
        What the list is to sell; customers of other products stay in.
    opportunities : bool
        Also score open opportunities by P(win), which needs a model of target `win`.
    lang : {"en", "zh"}
        Language of the report when it opens, and of the reasons in tal.csv.

    Raises
    ------
    DataError, ParamsError, ArtefactError, OutputError
        With the remedy; the earlier output is untouched.
    """
    checked_language(lang)
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    instant = resolve_as_of(crm, as_of)
    champion, number = scoring_model(models, version)
    if opportunities:
        win_predictor(champion)  # What cannot be done is better known before an hour of scoring.
    index, index_name = current_index(models, params, instant)
    with replaced_directory(out) as staging:
        progress(f"scoring as of {instant:%Y-%m-%d}")
        run = new_run(
            crm,
            champion,
            index,
            params,
            instant,
            motion=motion,
            previous=previous_of(previous),
            model_version=number,
            index_version=index_name,
            product=product,
        )
        summary = write_universe(crm, run, staging)
        summary |= _points_words(crm, run, summary)
        crm = run.cleaned(crm)
        summary = _with_late_index(summary, models, instant)
        if opportunities:
            progress("scoring open opportunities")
            deals = score_opportunities(crm, champion, params, instant, model_version=number)
            write_opportunities(deals, staging, lang)
            summary |= {"opportunities": deals.summary()}
        progress("looking for drift since the training")
        summary = _with_drift(summary, crm, champion, params, instant)
        model = champion or _latest_challenger(models)
        if model is None:
            summary = _with_history(summary, crm, params, instant)
        progress("writing the list and its report")
        changes = None
        if previous is not None:
            changes = write_changes(staging, previous, summary, run.decisions, lang)
        write_list(staging, summary, lang)
        tal = staging / "tal.parquet"
        report = render_run_report(
            prepare=_summary_of(data),
            training=training_facts(model) if model else None,
            backtest=model.report if model else None,
            tal=first_rows(tal, SHOWN),
            spread=columns_of(tal, ["priority", "grade", "fit"]),
            changes=changes,
            summary=summary,
            lang=lang,
        )
        (staging / "report.html").write_text(report, encoding="utf-8")
    return ScoreRun(out, summary)


def scoring_model(models: Path, version: str | None) -> tuple[TrainedPropensity | None, str]:
    """The version asked for, else the champion, else none: then rules carry the list."""
    registry = Registry(models)
    if version is None and registry.alias(CHAMPION) is None:
        return None, ""
    return registry.load(version or CHAMPION)


def current_index(
    models: Path, params: Params, as_of: datetime
) -> tuple[LookalikeIndex | None, str]:
    """The look-alike index in use and its name; None where none was built up to as_of.

    Which columns count, and how much, an index learns from outcomes: one that has seen later
    ones would tell the future.
    """
    store = IndexStore(models)
    if store.current() is None or store.seen_until() > as_of:
        return None, ""
    return store.load(threads=params.threads)


def _with_late_index(summary: Summary, models: Path, as_of: datetime) -> Summary:
    """The summary, with a word where there is an index that has seen too much to be used."""
    store = IndexStore(models)
    if store.current() is None or store.seen_until() <= as_of:
        return summary
    said = (
        f"the look-alike index has seen outcomes until {store.seen_until():%Y-%m-%d}, after "
        "as_of: no similarity is told"
    )
    return summary | {"warnings": [*summary["warnings"], said]}


def _points_words(crm: Crm, run: Run, summary: Summary) -> Summary:
    """Events that gave no points and why, and points that no event got."""
    settings = run.params.engagement
    if run.not_people is None or not crm.has("engagements"):
        return {}
    unknown = kinds_without_events(crm, settings, run.as_of)
    said = [
        f"engagement.points: no event is of kind {kind}: mend its spelling, or leave it out"
        for kind in unknown
    ]
    return {
        "left_out_events": left_out_counts(crm, run.not_people, run.as_of),
        "kinds_without_points": kinds_without_points(run.cleaned(crm), settings, run.as_of),
        "warnings": [*summary["warnings"], *said],
    }


def _with_drift(
    summary: Summary, crm: Crm, model: TrainedPropensity | None, params: Params, as_of: datetime
) -> Summary:
    """The summary with what moved since the training; None where no model shapes the list."""
    if model is None or model.verdict == NO_SIGNAL:
        return summary | {"drift": None}
    found = drift_report(crm, model, as_of, params.drift)
    warnings = [*summary["warnings"], *found.alarms]
    return summary | {"drift": found.to_dict(), "warnings": warnings}


def _with_history(summary: Summary, crm: Crm, params: Params, as_of: datetime) -> Summary:
    """The summary with how much was won and lost, where no model was ever trained."""
    found, needed = history_of(crm, "win", params, as_of), params.propensity
    told = {"won": found.won, "lost": found.lost}
    asked = {"min_won": needed.min_won, "min_lost": needed.min_lost}
    return summary | {"history": told | asked}


def _changes_words(summary: Summary, out: Path) -> Iterator[str]:
    """How many moved since the earlier list, and where they are listed."""
    moved = {name: count for name, count in summary["changes"].items() if name != "same"}
    if summary["changes"]:
        told = ", ".join(f"{count:,} {name}" for name, count in moved.items()) or "none"
        yield f"changes  {out / 'changes.csv'}: {told}"


def _index_words(summary: dict[str, Any]) -> Iterator[str]:
    """Whom accounts were compared with, where there is an index."""
    if summary["index_version"]:
        seeds = summary["similar_to"] or 0
        yield f"index    {summary['index_version']}: similarity to {seeds:,} customers"


def _no_model_words(summary: dict[str, Any]) -> Iterator[str]:
    """Why there is no model, where none was ever trained."""
    told = summary.get("history")
    if not told:
        return
    counts = f"{told['won']:,} opportunities won and {told['lost']:,} lost so far"
    needed = f"a model needs {told['min_won']} and {told['min_lost']}"
    few = told["won"] < told["min_won"] or told["lost"] < told["min_lost"]
    yield f"{counts}; {needed}: " + ("rules carry the list till then" if few else "run abm train")


def checked_language(lang: str) -> Lang:
    """The language, unless reports and reasons are not written in it."""
    if lang not in LANGUAGES:
        raise ParamsError(f"lang must be one of {', '.join(LANGUAGES)}. Supplied value {lang!r}")
    return "zh" if lang == "zh" else "en"


def previous_of(previous: Path | None) -> pd.DataFrame | None:
    """What a list needs of its predecessor; None without one."""
    if previous is None:
        return None
    file = previous / "scored.parquet"
    if not file.is_file():
        raise DataError(f"{previous}: no earlier list here (scored.parquet is missing)")
    known = [name for name in PREVIOUS if name in pq.read_schema(file).names]
    kept = TIERED | QUALIFIED if "mqa_at" in known else TIERED
    return pq.read_table(file, columns=known, filters=kept).to_pandas()


def _latest_challenger(models: Path) -> TrainedPropensity | None:
    """What the report speaks of where no model was good enough to become champion."""
    registry = Registry(models)
    return None if registry.alias(CHALLENGER) is None else registry.load(CHALLENGER)[0]


def _summary_of(data: Path) -> dict[str, Any] | None:
    """What prepare said of the exports."""
    file = data / "summary.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found or None
