"""`abm train`: won/lost history in, a back-tested challenger in the registry out."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.labels import won_amounts
from abm_ml.propensity.leaks import Leak
from abm_ml.propensity.monotone import check_monotone
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.propensity.training import Target, TrainingTable, training_table
from abm_ml.propensity.value import fit_amounts
from abm_ml.propensity.value_error import value_facts
from abm_ml.scoring.drift import universe_facts
from abm_ml.scoring.past_scores import past_account_scores
from abm_ml.scoring.rule_book import marked
from abm_ml.tracking.runs import page_path
from abm_ml.tracking.store import open_store
from abm_ml.workflows.as_of import resolve_as_of
from abm_ml.workflows.history import choose_target, too_little, too_little_words
from abm_ml.workflows.human import open_human
from abm_ml.workflows.result import Progress, silent
from abm_ml.workflows.train_facts import row_facts
from abm_ml.workflows.train_fusion import fusion_facts
from abm_ml.workflows.train_result import TrainResult
from abm_ml.workflows.train_run import CARD, predictor_figures, register

__all__ = ["TrainResult", "train"]


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
    crm = open_human(data, params)
    instant = resolve_as_of(crm, as_of)
    progress(f"looking at what was won and lost before {instant:%Y-%m-%d}")
    history, notes = choose_target(crm, params, instant)
    if too_little(history, params):
        return TrainResult(history, instant, reason=too_little_words(history, params), notes=notes)
    open_store(models)  # What cannot be written is better known before an hour of training.
    progress(f"computing features for target {history.target}")
    table = _table(crm, history.target, params, instant)
    progress(f"back-testing on {len(table):,} rows, then fitting")
    trained = _fitted(crm, table, params)
    profile, reach = universe_facts(crm, trained, table.until, params.drift.sample)
    facts = {**trained.facts, "applicability": reach}
    trained = dataclasses.replace(trained, profile=profile, facts=facts)
    progress("registering the challenger")
    version, run_id = register(trained, table, params, models, started)
    return TrainResult(
        history=history,
        as_of=instant,
        horizon_days=trained.horizon_days,
        rows=len(table),
        version=version,
        run_id=run_id,
        report=str(page_path(models, run_id, CARD)),
        verdict=trained.verdict,
        metrics=predictor_figures(trained, "model"),
        backtest=dict(trained.report),
        notes=notes,
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
            trials=params.propensity.trials,
            num_leaves=params.propensity.num_leaves,
            monotone=_held(table, params.propensity.monotone),
            n_jobs=params.threads,
            random_state=params.seed,
        ),
        n_folds=params.propensity.folds,
    )
    report = trial.report(random_state=params.seed)
    money = _money(crm, table)[trial.rows.order]
    learned = fit_amounts(trial.rows, money, seed=params.seed)
    value = value_facts(trial.rows, money, trial.replay, learned, seed=params.seed)
    leaks = _joined(table.leaks, trial.leaks)
    columns = tuple(name for name in table.spec.columns if name in report.columns)
    return TrainedPropensity(
        model=trial.fit(),
        spec=dataclasses.replace(table.spec, columns=columns),
        target=table.target,
        verdict=report.verdict,
        base_rate=float(table.y.mean()),
        horizon_days=table.horizon_days,
        expected_amount=None if learned is None else learned.mean,
        report={**report.to_dict(), "leaks": [dataclasses.asdict(leak) for leak in leaks]},
        leaks=leaks,
        as_of=table.until,
        seed=params.seed,
        facts={**row_facts(crm, table, params), "value": value},
        amounts=learned,
        fusion=marked(fusion_facts(crm, table, trial, report.verdict, params), params),
    )


def _held(table: TrainingTable, monotone: Mapping[str, int]) -> dict[str, int]:
    """Constraints on columns that are there; one that was left out as a leak needs none."""
    gone = {leak.column for leak in table.leaks} - set(table.X.columns)
    held = {name: sign for name, sign in monotone.items() if name not in gone}
    try:
        check_monotone(table.X, held)
    except ValueError as error:
        raise ParamsError(f"propensity.{error}") from error
    return held


def _rules_alone(crm: Crm, table: TrainingTable, params: Params) -> npt.NDArray[np.float64]:
    """The account score of each training row at its time: the baseline without a model."""
    columns = {"account_id": table.accounts, "as_of": table.time.astype("datetime64[us]")}
    spine = pa.table({"row_id": np.arange(len(table)), **columns})
    return past_account_scores(crm, spine, params)


def _money(crm: Crm, table: TrainingTable) -> npt.NDArray[np.float64]:
    """What each training row brought; nan where that is not known."""
    columns = {
        "row_id": np.arange(len(table)),
        "account_id": table.accounts,
        "as_of": table.time.astype("datetime64[us]"),
        "known_at": table.known_at.astype("datetime64[us]"),
        "group": table.groups,
    }
    found = won_amounts(crm, pa.table(columns), table.target, table.until)
    return found.to_numpy(zero_copy_only=False)


def _joined(*found: tuple[Leak, ...]) -> tuple[Leak, ...]:
    """Each suspected column once."""
    return tuple({leak.column: leak for leaks in reversed(found) for leak in leaks}.values())
