"""The past is played forward: each window with what was known, and tried, before it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.folds import Fold
from abm_ml.propensity.replay import Replay
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.scorer import train_scorer

QuickModel = Callable[..., PropensityModel]


def numbers(n: int, rate: float = 0.35, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    score = X["a"] + rng.logistic(size=n)
    return X, (score > np.quantile(score, 1 - rate)).astype(int).to_numpy()


def replayed(trial: Trial) -> Replay:
    assert trial.replay is not None
    return trial.replay


@pytest.mark.parametrize("delay", [100, 200, 300])
def test_late_outcomes_leave_no_row_without_a_probability(
    quick_model: QuickModel, delay: int
) -> None:
    """What did best on the few outcomes known by then may have been dropped since."""
    X, y = numbers(900)
    model = quick_model(trials=24)
    replay = replayed(Trial.of(X, y, np.arange(900), np.arange(900) + delay, model=model))
    for p in replay.probabilities.values():
        assert ((p > 0) & (p < 1)).all()


@pytest.mark.parametrize(
    "params", [{}, {"regularisation": (), "num_leaves": (4, 7, 15), "trials": 2}]
)
def test_where_nothing_could_be_chosen_the_cautious_model_is_tested(
    quick_model: QuickModel, params: dict[str, object]
) -> None:
    X, y = numbers(1_600, rate=0.01)
    model = quick_model(**params)
    replay = replayed(Trial.of(X, y, np.arange(1_600), np.arange(1_600) + 400, model=model))
    assert set(replay.choices) == {model.settings().default}
    assert set(replay.calibrations) == {"none"}
    assert np.isfinite(replay.probabilities["model"]).all()


def test_what_is_judged_is_the_model_as_it_is_put_to_use(quick_model: QuickModel) -> None:
    """Shrinkage included: the last window's model, made by hand, says the same."""
    X, y = numbers(1_200)
    trial = Trial.of(X, y, np.arange(1_200), model=quick_model())
    replay, rows, found = replayed(trial), trial.rows, trial.found
    fold = replay.folds[-1]
    assert found is not None
    known = replace(
        found, fold_of=np.where(np.isin(np.arange(1_200), fold.train), found.fold_of, -1)
    )
    made = train_scorer(rows, known, trial.model.settings(), fold.train)
    said = made.score(rows.frame.iloc[fold.test].reset_index(drop=True))
    judged = replay.probabilities["model"][replay.fold == len(replay.folds) - 1]
    np.testing.assert_array_equal(judged, expit(said.logits))
    assert (np.abs(said.shift) > 0).any()


def test_known_before_a_window_is_what_had_an_outcome_and_shares_no_group_with_it() -> None:
    X = pd.DataFrame({"a": np.arange(8)})
    known_at = np.array([1, 9, 3, 4, 5, 6, 7, 8])
    groups = np.array([0, 1, 2, 3, 4, 5, 2, 7])
    rows = TrainingRows.of(X, [0, 1] * 4, np.arange(8), known_at, groups)
    fold = Fold(np.array([0]), np.array([5, 6, 7]), start=5.0)
    # 1: outcome later; 2: its opportunity is tested; 4: outcome at the very start.
    assert np.flatnonzero(rows.known_before(fold)).tolist() == [0, 3]
    timeless = TrainingRows.of(X, [0, 1] * 4, groups=groups)
    assert timeless.known_before(Fold(np.array([0]), np.array([0]))).sum() == 7


def test_a_random_split_of_few_rows_tests_each_of_them_once(quick_model: QuickModel) -> None:
    """Its figure is then no accident of one fifth: other seeds say about the same."""
    X, y = numbers(600)
    claimed = [
        report.random_split["auc"]
        for seed in range(3)
        if (
            report := Trial.of(X, y, np.arange(600), model=quick_model(random_state=seed)).report(
                resamples=2
            )
        ).random_split
    ]
    assert len(claimed) == 3
    assert np.ptp(claimed) < 0.03
