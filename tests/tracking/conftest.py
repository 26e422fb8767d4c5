"""A database migrated once (MLflow takes seconds for the first), and small real models."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.persist import TrainedPropensity, save_propensity
from abm_ml.tracking.store import open_store


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models directory with an empty database."""
    directory = tmp_path_factory.mktemp("migrated")
    open_store(directory)
    return directory


@pytest.fixture
def models(migrated: Path, tmp_path: Path) -> Path:
    """A models directory of one's own."""
    return Path(shutil.copytree(migrated, tmp_path / "models"))


def fitted(seed: int) -> TrainedPropensity:
    """A small real model: large companies are won more often."""
    draw = np.random.default_rng(seed)
    X = pd.DataFrame({"employees": draw.integers(1, 1_000, 300), "industry": ["IT", "医疗"] * 150})
    y = (X["employees"] + draw.normal(0, 200, 300) > 500).astype(int)
    model = PropensityModel(max_trees=10, n_folds=2, random_state=seed).fit(X, y, time=range(300))
    return TrainedPropensity(
        model=model,
        spec=FeatureSpec(columns=("employees", "industry")),
        target="win",
        verdict="good",
        base_rate=float(y.mean()),
    )


@pytest.fixture(scope="session")
def saved_models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three different models, saved."""
    folder = tmp_path_factory.mktemp("saved")
    directories = [folder / str(seed) for seed in range(3)]
    for seed, directory in enumerate(directories):
        save_propensity(fitted(seed), directory)
    return directories
