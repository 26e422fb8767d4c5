"""`abm train`: won/lost history in, a back-tested challenger in the registry out."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.labels import conversion_labels, win_labels
from abm_ml.propensity.leaks import Leak
from abm_ml.propensity.persist import TrainedPropensity, save_propensity
from abm_ml.propensity.training import Target, TrainingTable, training_table
from abm_ml.reports.training_report import render_training_report, training_facts
from abm_ml.scoring.identity import data_hashes
from abm_ml.scoring.past_scores import past_account_scores
from abm_ml.tracking.registry import Registry
from abm_ml.tracking.runs import TrainingRun, log_training, page_path
from abm_ml.tracking.store import open_store
from abm_ml.workflows.as_of import resolve_as_of
from abm_ml.workflows.result import Progress, silent
from abm_ml.workflows.train_result import History, TrainResult

__all__ = ["TrainResult", "train"]

REPORT = "report.html"
"""Name of the page among a run's files."""

_LOGGED_SECTIONS = {"seed", "features", "propensity", "engagement", "intent"}
"""Settings that decide a training; others (owners' names among them) are not logged."""


def train(
    data: Path,
    params: Params,
    models: Path,
    *,
    as_of: str | datetime | None = None,
    progress: Progress = silent,
) -> TrainResult:
    """Learn propensity, back-test it, and register it as challenger.

    Parameters
    ----------
    data : Path
        What `abm prepare` wrote.
    params : Params
        Target, horizon, and how little is too little.
    models : Path
        The models directory; untouched if no model is fitted.
    as_of : str or datetime, optional
        Nothing at or after it is used; by default everything up to the last opportunity,
        engagement or intent signal in the data (not the clock).
    progress : callable
        Is told what happens next.

    Returns
    -------
    TrainResult
        Without a version where there is too little to learn from: rules carry the list then.

    Raises
    ------
    DataError, ParamsError, ArtefactError, OutputError
        With the remedy; earlier versions are untouched.
    """
    started = time.time()
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    instant = resolve_as_of(crm, as_of)
    progress(f"looking at what was won and lost before {instant:%Y-%m-%d}")
    history, notes = _choose_target(crm, params, instant)
    if _too_little(history, params):
        return TrainResult(history, instant, reason=_reason(history, params), notes=notes)
    open_store(models)  # What cannot be written is better known before an hour of training.
    progress(f"computing features for target {history.target}")
    table = _table(crm, history.target, params, instant)
    progress(f"back-testing on {len(table):,} rows, then fitting")
    trained = _fitted(crm, table, params)
    progress("registering the challenger")
    version, run_id = _register(trained, table, params, models, started)
    return TrainResult(
        history=history,
        as_of=instant,
        horizon_days=trained.horizon_days,
        rows=len(table),
        version=version,
        run_id=run_id,
        report=str(page_path(models, run_id, REPORT)),
        verdict=trained.verdict,
        metrics=_figures(trained, "model"),
        backtest=dict(trained.report),
        notes=notes,
    )


# --- what there is to learn from ---------------------------------------------------------------


def _choose_target(crm: Crm, params: Params, until: datetime) -> tuple[History, tuple[str, ...]]:
    """The target asked for, or `win` where there are too few conversions to learn from."""
    asked = _history(crm, params.propensity.target, params, until)
    if asked.target == "win" or not _too_little(asked, params):
        return asked, ()
    instead = _history(crm, "win", params, until)
    note = (
        f"too few conversions ({asked.won} accounts won within {params.propensity.horizon_days} "
        f"days of a snapshot, {asked.lost} not; {params.propensity.min_won} and "
        f"{params.propensity.min_lost} are needed): the target is win, P(won given an opportunity)"
    )
    return instead, (note,)


def _history(crm: Crm, target: Target, params: Params, until: datetime) -> History:
    settings = params.propensity
    if target == "win":
        labels = win_labels(crm, until, min_matured_share=settings.min_matured_share).to_pandas()
        won = int(labels["y"].sum())
        return History(target, won, len(labels) - won)
    labels = conversion_labels(
        crm,
        horizon_days=settings.horizon_days,
        every_months=settings.snapshot_every_months,
        until=until,
        max_rows=settings.max_rows,
        seed=params.seed,
    ).to_pandas()
    accounts = labels.groupby("y")["account_id"].nunique()
    return History(target, int(accounts.get(1, 0)), int(accounts.get(0, 0)))


def _too_little(history: History, params: Params) -> bool:
    settings = params.propensity
    return history.won < settings.min_won or history.lost < settings.min_lost


def _reason(history: History, params: Params) -> str:
    settings = params.propensity
    return (
        f"opportunities: {history.won} won and {history.lost} lost are too few; a model needs "
        f"{settings.min_won} won and {settings.min_lost} lost (propensity.min_won, min_lost). "
        "Nothing was fitted or registered: rules carry the list until there is more history"
    )


# --- the model ---------------------------------------------------------------------------------


def _table(crm: Crm, target: Target, params: Params, until: datetime) -> TrainingTable:
    settings, features, engagement = params.propensity, params.features, params.engagement
    return training_table(
        crm,
        target,
        until=until,
        horizon_days=settings.horizon_days,
        every_months=settings.snapshot_every_months,
        max_rows=settings.max_rows,
        seed=params.seed,
        min_matured_share=settings.min_matured_share,
        opportunity_columns=False,  # What is scored are accounts.
        allow_columns=settings.allow_columns,
        exclude_columns=settings.exclude_columns,
        **features.model_dump(),
        outcome_kinds=engagement.outcome_kinds,
        points_by_kind=engagement.points_by_kind,
        daily_cap=engagement.daily_cap,
        half_life_days=engagement.half_life_days,
        window_days=engagement.window_days,
        intent_window_days=params.intent.window_days,
    )


def _fitted(crm: Crm, table: TrainingTable, params: Params) -> TrainedPropensity:
    """Back-test, then fit on everything: one search over candidates serves both."""
    trial = Trial.of(
        table.X,
        table.y,
        table.time,
        table.known_at,
        table.groups,
        accounts=table.accounts,
        testable=table.testable,
        allow_columns=params.propensity.allow_columns,
        rules=_rules_alone(crm, table, params),
        model=PropensityModel(
            num_leaves=params.propensity.num_leaves,
            n_jobs=params.threads,
            random_state=params.seed,
        ),
        n_folds=params.propensity.folds,
    )
    report = trial.report(random_state=params.seed)
    leaks = _joined(table.leaks, trial.leaks)
    columns = tuple(name for name in table.spec.columns if name in report.columns)
    return TrainedPropensity(
        model=trial.fit(),
        spec=dataclasses.replace(table.spec, columns=columns),
        target=table.target,
        verdict=report.verdict,
        base_rate=float(table.y.mean()),
        horizon_days=table.horizon_days,
        expected_amount=_expected_amount(crm, table.until),
        report={**report.to_dict(), "leaks": [dataclasses.asdict(leak) for leak in leaks]},
        leaks=leaks,
        as_of=table.until,
        seed=params.seed,
        facts=_facts(crm, table),
    )


def _rules_alone(crm: Crm, table: TrainingTable, params: Params) -> npt.NDArray[np.float64]:
    """The account score of each training row at its time: the baseline without a model."""
    columns = {"account_id": table.accounts, "as_of": table.time.astype("datetime64[us]")}
    spine = pa.table({"row_id": np.arange(len(table)), **columns})
    return past_account_scores(crm, spine, params)


def _facts(crm: Crm, table: TrainingTable) -> dict[str, Any]:
    """What reports say of the training rows."""
    rows, won = len(table), int(table.y.sum())
    return {"rows": rows, "won": won, "lost": rows - won, "data_hash": _data_hash(crm)}


def _joined(*found: tuple[Leak, ...]) -> tuple[Leak, ...]:
    """Each suspected column once."""
    return tuple({leak.column: leak for leaks in reversed(found) for leak in leaks}.values())


def _expected_amount(crm: Crm, until: datetime) -> float | None:
    """Mean amount of what was won before `until`; None where no amount is given."""
    table = crm.table("opportunities")
    won = table.filter(table.is_won & (table.closed_at < until))
    mean = crm.to_arrow(
        won.aggregate(mean=won.amount.cast("decimal(38, 2)").sum() / won.amount.count())
    ).to_pylist()[0]["mean"]
    return None if mean is None else float(mean)


def _data_hash(crm: Crm) -> str:
    """One name for what the tables hold, whatever the order of their rows."""
    return hashlib.sha256(json.dumps(data_hashes(crm), sort_keys=True).encode()).hexdigest()


# --- tracking ----------------------------------------------------------------------------------


def _register(
    trained: TrainedPropensity, table: TrainingTable, params: Params, models: Path, started: float
) -> tuple[str, str]:
    """Log the run and register the model; returns its version and the run's id."""
    tags = {
        "target": trained.target,
        "horizon_days": str(trained.horizon_days),
        "verdict": trained.verdict,
        "as_of": table.until.isoformat(),
        "data_hash": trained.facts["data_hash"],
    }
    page = render_training_report(training_facts(trained), trained.report)
    figures = json.dumps(trained.report, ensure_ascii=False, indent=1)
    run = TrainingRun(
        params=params.model_dump(mode="json", include=_LOGGED_SECTIONS),
        metrics=_all_figures(trained),
        folds=[
            {name: fold[name] for name in ("auc", "log_loss") if fold[name] is not None}
            for fold in trained.report["folds"]
        ],
        tags=tags,
        schema={str(name): str(kind) for name, kind in table.X.dtypes.items()},
        pages={REPORT: page, "backtest.json": figures},
        started=started,
    )
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "model"
        save_propensity(trained, saved)
        run_id = log_training(models, run)
        version = Registry(models).register(saved, run_id=run_id, facts=tags)
    return version, run_id


def _figures(trained: TrainedPropensity, predictor: str) -> dict[str, float]:
    """Back-test figures of one predictor; what could not be measured is left out."""
    measured = trained.report["metrics"].get(predictor, {})
    found = {name: figure["value"] for name, figure in measured.items()}
    return {name: value for name, value in found.items() if value is not None}


def _all_figures(trained: TrainedPropensity) -> dict[str, float]:
    """Figures of the model under their own names, of the baselines under theirs."""
    figures = {}
    for predictor in trained.report["metrics"]:
        prefix = "" if predictor == "model" else f"{predictor}_"
        for name, value in _figures(trained, predictor).items():
            figures[f"{prefix}{name.replace('%', 'pct')}"] = value
    return figures
