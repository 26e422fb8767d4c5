"""One small prepared world and one real training of it, for all workflow tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from abm_ml.config import Params
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
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
