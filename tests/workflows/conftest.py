"""One small prepared world and one real training of it, for all workflow tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.drift import Profile
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.persist import TrainedPropensity, save_propensity
from abm_ml.propensity.training import TrainingTable, training_table
from abm_ml.tracking.registry import Registry
from abm_ml.tracking.store import open_store
from abm_ml.workflows.index import IndexBuild, index
from abm_ml.workflows.prepare import prepare
from abm_ml.workflows.train import TrainResult, train

QUICK = Params.model_validate(
    {
        "features": {
            "engagement_windows_days": [30],
            "signal_windows_days": [365],
            "max_kinds": 2,
            "max_topics": 2,
            "extra_columns": ["seats_provisioned", "customer_health"],
        },
        "propensity": {
            "min_won": 30,
            "min_lost": 30,
            "folds": 2,
            "num_leaves": [7],
            "allow_columns": ["seats_provisioned"],
        },
        "exclusions": {"hands_off_owners": ["ada.lovelace@example.com"]},
    }
)
"""Few features and few candidates; two leak columns brought in, one of them allowed."""


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with `exports`, `truth` and `work` (prepared)."""
    folder = tmp_path_factory.mktemp("world")
    simulate_world(folder, accounts=400, seed=5, world=World(events_per_account=8))
    prepare(folder / "exports", folder / "work", Params())
    return folder


@pytest.fixture(scope="session")
def params() -> Params:
    """The settings of the training."""
    return QUICK


@pytest.fixture(scope="session")
def new_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the training registers its model."""
    return tmp_path_factory.mktemp("trained") / "models"


@pytest.fixture(scope="session")
def trained(world: Path, params: Params, new_models: Path) -> TrainResult:
    """Target `win`, because the world has 36 wins but fewer conversions than the 30 asked for."""
    return train(world / "work", params, new_models)


@pytest.fixture(scope="session")
def trained_in(trained: TrainResult, new_models: Path) -> Path:
    """The models directory after the training; a test that changes it takes a copy."""
    assert trained.version == "1"
    return new_models


@pytest.fixture(scope="session")
def indexed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models directory for the world's look-alike index; a test that changes it takes a copy."""
    return tmp_path_factory.mktemp("indexed") / "models"


@pytest.fixture(scope="session")
def indexed(world: Path, params: Params, indexed_in: Path) -> IndexBuild:
    """The world's look-alike index."""
    return index(world / "work", params, indexed_in)


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[Path], Path]:
    """Makes a copy of a directory that may be changed."""

    def copy(directory: Path) -> Path:
        return Path(shutil.copytree(directory, tmp_path / "copy"))

    return copy


# --- small models for the gate -----------------------------------------------------------------

TRAINED_AT = datetime(2025, 1, 1)
SPEC = FeatureSpec(columns=("employees", "industry", "engagement_points", "intent_max"))


@pytest.fixture(scope="session")
def losses() -> Callable[..., dict[str, Any]]:
    """Makes the part of a back-test that the gate looks at: log loss of the model, base rate."""

    def report(model: float, base_rate: float = 0.60) -> dict[str, Any]:
        found = {"model": model, "base_rate": base_rate}
        return {"metrics": {name: {"log_loss": {"value": loss}} for name, loss in found.items()}}

    return report


@pytest.fixture(scope="session")
def table_at(busy_work: Path) -> Callable[[datetime], TrainingTable]:
    """Closed opportunities as they were known at a date."""

    def table(until: datetime) -> TrainingTable:
        crm = Crm.open(busy_work, threads=1)
        return training_table(crm, "win", until=until, spec=SPEC, opportunity_columns=False)

    return table


@pytest.fixture(scope="session")
def small_model(losses: Callable[..., dict[str, Any]]) -> Callable[..., TrainedPropensity]:
    """Makes a quick model of a table's outcomes, or of others; settings replace the quick ones."""
    quick = {"regularisation": (0.2,), "num_leaves": (7,), "max_trees": 10, "n_folds": 2}

    def fit(
        table: TrainingTable, y: np.ndarray | None = None, **settings: Any
    ) -> TrainedPropensity:
        outcomes = table.y if y is None else y
        model = PropensityModel(**{**quick, **settings})
        return TrainedPropensity(
            model=model.fit(table.X, outcomes, time=table.time, known_at=table.known_at),
            spec=table.spec,
            target="win",
            verdict="good",
            base_rate=float(outcomes.mean()),
            report=losses(0.55),
            as_of=table.until,
        )

    return fit


@pytest.fixture(scope="session")
def table(table_at: Callable[[datetime], TrainingTable]) -> TrainingTable:
    """What was known at the trainings."""
    return table_at(TRAINED_AT)


@pytest.fixture(scope="session")
def sensible(
    table: TrainingTable, small_model: Callable[..., TrainedPropensity]
) -> TrainedPropensity:
    """A model of who is won."""
    return small_model(table)


@pytest.fixture(scope="session")
def backward(
    table: TrainingTable, small_model: Callable[..., TrainedPropensity]
) -> TrainedPropensity:
    """A model of who is lost, which claims to be a model of who is won."""
    return small_model(table, 1 - table.y)


@pytest.fixture(scope="session")
def moved(table: TrainingTable) -> Profile:
    """A universe at training whose propensity lay far above that of today."""
    return Profile.of(table.X, np.linspace(0.9, 0.99, len(table)), {})


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database migrated once."""
    directory = tmp_path_factory.mktemp("empty") / "models"
    open_store(directory)
    return directory


@pytest.fixture
def models(tmp_path: Path, empty_store: Path) -> Path:
    """A models directory of one's own."""
    return Path(shutil.copytree(empty_store, tmp_path / "models"))


@pytest.fixture
def register(models: Path, tmp_path: Path) -> Callable[..., None]:
    """Registers models, each as the next version."""

    def add(*versions: TrainedPropensity) -> None:
        for trained in versions:
            number = len(Registry(models).versions()) + 1
            save_propensity(trained, tmp_path / f"saved{number}")
            Registry(models).register(tmp_path / f"saved{number}", run_id=f"run{number}", facts={})

    return add
