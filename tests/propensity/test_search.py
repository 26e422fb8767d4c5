"""The model is chosen on rows later than those it learned from, not assumed."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.candidates import Choice, Settings
from abm_ml.propensity.estimator import PropensityModel

QuickModel = Callable[..., PropensityModel]


def test_a_straight_line_is_left_to_logistic_regression(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(400, 5)))
    y = (X.sum(axis=1) + rng.logistic(size=400) > 0).astype(int)
    assert quick_model().fit(X, y, time=np.arange(400)).choice_.c is not None


def test_what_only_trees_can_see_is_left_to_trees(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(1500, 2)))
    y = (((X[0] > 0.3) & (X[1] > 0.3)) | ((X[0] < -0.5) & (X[1] < -0.5))).astype(int)
    model = quick_model(max_trees=100).fit(X, y, time=np.arange(1500))
    assert model.choice_.leaves is not None
    p = model.predict_proba(pd.DataFrame([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]))
    assert p[:, 1].round().tolist() == [1, 0, 0, 1]


def test_the_choice_has_the_least_log_loss_on_unseen_rows(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 3)))
    y = (X[0] + rng.logistic(size=300) > 0).astype(int).to_numpy()
    model = quick_model().fit(X, y, time=np.arange(300))
    found = model.search_
    assert found is not None
    losses = found.losses(y, np.ones(300), np.flatnonzero(found.tested))
    assert losses[model.choice_] == min(losses.values())
    assert {choice.family for choice in losses} == {"logistic", "lightgbm", "blend"}


def test_a_blend_is_the_mean_of_its_parts(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 3)))
    y = (X[0] + rng.logistic(size=300) > 0).astype(int).to_numpy()
    found = quick_model().fit(X, y, time=np.arange(300)).search_
    assert found is not None
    rows = np.flatnonzero(found.tested)
    blend = Choice(c=0.1, leaves=7, trees=10)
    parts = [found.margin(part, rows) for part in blend.parts]
    np.testing.assert_allclose(found.margin(blend, rows), np.mean(parts, axis=0))


@pytest.mark.parametrize(
    ("n_rows", "sizes"), [(100, (7,)), (1_500, (7, 15)), (50_000, (7, 15, 31))]
)
def test_small_data_tries_small_trees(n_rows: int, sizes: tuple[int, ...]) -> None:
    assert Settings().sizes(n_rows) == sizes


def test_choices_are_told_in_words() -> None:
    assert Choice(c=0.1).words() == "logistic regression (C = 0.1)"
    assert Choice(0.1, 7, 25).words() == (
        "logistic regression (C = 0.1) + LightGBM (7 leaves, 25 trees)"
    )
