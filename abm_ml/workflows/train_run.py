"""A training on record: the run in MLflow with its model card, the model in the registry."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from abm_ml.config import Params
from abm_ml.propensity.persist import TrainedPropensity, save_propensity
from abm_ml.propensity.training import TrainingTable
from abm_ml.reports.card.facts import training_facts
from abm_ml.reports.card.page import render_model_card
from abm_ml.tracking.registry import Registry
from abm_ml.tracking.runs import TrainingRun, log_training

CARD = "model_card.html"
"""Name of the card among a run's files."""

_LOGGED_SECTIONS = {"seed", "features", "propensity", "engagement", "intent", "drift"}
"""Settings that decide a training; others (owners' names among them) are not logged."""

_FOLD_FIGURES = ("auc", "log_loss", "train_rows", "test_rows", "won")


def register(
    trained: TrainedPropensity, table: TrainingTable, params: Params, models: Path, started: float
) -> tuple[str, str]:
    """Log the run and register the model; returns its version and the run's id.

    Settings, figures, column names and the card are logged, never rows: no contact is in it.
    """
    tags = {
        "target": trained.target,
        "horizon_days": str(trained.horizon_days),
        "verdict": trained.verdict,
        "as_of": table.until.isoformat(),
        "data_hash": trained.facts["data_hash"],
        "choice": trained.model.choice_.words(),
    }
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "model"
        save_propensity(trained, saved)
        run_id = log_training(models, _run(trained, table, params, tags, started))
        version = Registry(models).register(saved, run_id=run_id, facts=tags)
    return version, run_id


def predictor_figures(trained: TrainedPropensity, predictor: str) -> dict[str, float]:
    """Back-test figures of one predictor; what could not be measured is left out."""
    measured = trained.report["metrics"].get(predictor, {})
    found = {name: figure["value"] for name, figure in measured.items()}
    return {name: value for name, value in found.items() if value is not None}


def _run(
    trained: TrainedPropensity,
    table: TrainingTable,
    params: Params,
    tags: dict[str, str],
    started: float,
) -> TrainingRun:
    facts = training_facts(trained)
    folds = [{name: fold[name] for name in _FOLD_FIGURES} for fold in trained.report["folds"]]
    tables = {
        "backtest.json": trained.report,
        "feature_importance.json": facts["importance"],
        "leaks.json": trained.report["leaks"],
    }
    return TrainingRun(
        params=params.model_dump(mode="json", include=_LOGGED_SECTIONS),
        metrics=_all_figures(trained),
        folds=[{n: value for n, value in fold.items() if value is not None} for fold in folds],
        tags=tags,
        schema=_schema(trained, table),
        pages={
            CARD: render_model_card(facts, trained.report),
            **{name: json.dumps(t, ensure_ascii=False, indent=1) for name, t in tables.items()},
        },
        started=started,
    )


def _schema(trained: TrainedPropensity, table: TrainingTable) -> dict[str, object]:
    """What the model is fed and what it gives, in the manner of an MLflow signature."""
    types = table.X.dtypes
    inputs = [
        {"name": name, "type": str(types[name]), "required": False}
        for name in trained.model.columns_
    ]
    outputs = [{"name": "propensity", "type": "float64", "required": True}]
    return {"inputs": inputs, "outputs": outputs}


def _all_figures(trained: TrainedPropensity) -> dict[str, float]:
    """Figures of the model under their own names, of the baselines under theirs."""
    figures = {}
    for predictor in trained.report["metrics"]:
        prefix = "" if predictor == "model" else f"{predictor}_"
        for name, value in predictor_figures(trained, predictor).items():
            figures[f"{prefix}{name.replace('%', 'pct')}"] = value
    return figures
