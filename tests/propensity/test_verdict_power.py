"""A signal that is there is found, and none is claimed where there is none.

`benchmarks/verdict.py` does this with the default model on 100 worlds; here a plain logistic
regression stands for it on a few.
"""

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.findings import Findings
from abm_ml.propensity.verdict import judge

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "verdict.py"
WORLDS = range(8)
NONE = "no signal found"


@pytest.fixture(scope="module")
def benchmark() -> dict[str, Any]:
    return runpy.run_path(str(BENCHMARK), run_name="verdict")


def test_the_oracle_ranks_as_well_as_planted(benchmark: dict[str, Any]) -> None:
    intercept, slope = benchmark["planted"](0.65)
    z = benchmark["_columns"](40_000, np.random.default_rng(7))[1]
    p = expit(intercept + slope * z)
    assert benchmark["oracle_auc"](p) == pytest.approx(0.65, abs=0.003)
    drawn = np.random.default_rng(8).random(len(p)) < p
    assert roc_auc_score(drawn, p) == pytest.approx(0.65, abs=0.01)
    assert drawn.mean() == pytest.approx(benchmark["RATE"], abs=0.01)


def claims(benchmark: dict[str, Any], world: Any) -> bool:
    """Whether a plain logistic regression is said to have found a signal."""
    plain = PropensityModel(trials=2, num_leaves=(), half_lives=(None,))
    X = world.X.drop(columns=["description", "city"])
    trial = Trial.of(X, world.y, world.seen, world.known, model=plain)
    assert trial.replay is not None
    found = Findings(trial.rows, trial.replay, None, None, resamples=1, seed=0)
    base = found.predictors["base_rate"]
    return judge(found.model, base, found.weight, found.clusters, seed=0).verdict != NONE


def test_a_planted_signal_is_found_and_shuffled_labels_hold_none(benchmark: dict[str, Any]) -> None:
    worlds = [benchmark["planted_world"](1_000, 0.7, seed) for seed in WORLDS]
    assert all(claims(benchmark, world) for world in worlds)
    assert not any(claims(benchmark, world.shuffled(seed)) for seed, world in enumerate(worlds))


def test_a_level_that_moves_is_no_absence_of_signal(benchmark: dict[str, Any]) -> None:
    worlds = [benchmark["planted_world"](1_000, 0.7, seed, move=1.5) for seed in range(3)]
    assert all(claims(benchmark, world) for world in worlds)
