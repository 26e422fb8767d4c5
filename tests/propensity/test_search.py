"""The model is chosen on rows later than those it learned from, not assumed."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.plans import Choice, LinearPlan, Settings, TreePlan, draw_linear, draw_trees

QuickModel = Callable[..., PropensityModel]


def test_a_straight_line_is_left_to_logistic_regression(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(400, 5)))
    y = (X.sum(axis=1) + rng.logistic(size=400) > 0).astype(int)
    assert quick_model().fit(X, y, time=np.arange(400)).choice_.linear is not None


def test_what_only_trees_can_see_is_left_to_trees(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(1500, 2)))
    y = (((X[0] > 0.3) & (X[1] > 0.3)) | ((X[0] < -0.5) & (X[1] < -0.5))).astype(int)
    model = quick_model(max_trees=100).fit(X, y, time=np.arange(1500))
    assert model.choice_.family == "lightgbm"
    p = model.predict_proba(pd.DataFrame([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]))
    assert p[:, 1].round().tolist() == [1, 0, 0, 1]


def test_where_few_rows_cannot_tell_both_kinds_share_the_margin(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 3)))
    y = (X[0] + 2 * rng.logistic(size=300) > 0).astype(int)
    choice = quick_model().fit(X, y, time=np.arange(300)).choice_
    assert choice.weights == (0.5, 0.5)


def test_each_family_sends_its_plan_of_least_log_loss(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 3)))
    y = (X[0] + 2 * rng.logistic(size=300) > 0).astype(int).to_numpy()
    model = quick_model().fit(X, y, time=np.arange(300))
    found = model.search_
    assert found is not None
    losses = found.losses(y, np.ones(300), np.flatnonzero(found.tested))
    for family, own in (
        ("logistic", Choice(model.choice_.linear)),
        ("lightgbm", Choice(trees=model.choice_.trees)),
    ):
        assert losses[own] == min(v for one, v in losses.items() if one.family == family)


def test_a_blend_is_the_weighted_mean_of_its_parts(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 3)))
    y = (X[0] + rng.logistic(size=300) > 0).astype(int).to_numpy()
    model = quick_model().fit(X, y, time=np.arange(300))
    found, rows = model.search_, np.arange(200, 300)
    assert found is not None
    linear, trees = model.choice_.linear, model.choice_.trees
    parts = [found.margin(Choice(linear), rows), found.margin(Choice(trees=trees), rows)]
    blend = found.margin(Choice(linear, trees, share=0.25), rows)
    np.testing.assert_allclose(blend, 0.75 * parts[0] + 0.25 * parts[1])


def test_later_folds_try_what_did_well_in_earlier_ones(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 3)))
    y = (X[0] + rng.logistic(size=300) > 0).astype(int).to_numpy()
    found = quick_model(trials=16).fit(X, y, time=np.arange(300)).search_
    assert found is not None
    linear = [margin for plan, margin in found.margins.items() if isinstance(plan, LinearPlan)]
    tried = [sum(np.isfinite(m[fold.test]).all() for m in linear) for fold in found.folds]
    assert tried == [16, 8, 4]
    rows = found.folds[0].test
    first = {
        plan: np.logaddexp(0, np.where(y == 1, -margin, margin)[rows]).mean()
        for plan, margin in found.margins.items()
        if isinstance(plan, LinearPlan)
    }
    went_on = [p for p in first if np.isfinite(found.margins[p][found.folds[1].test]).all()]
    assert max(first[p] for p in went_on) <= min(first[p] for p in first if p not in went_on)


def test_where_the_world_turned_recent_rows_count_more(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    n = 6_000
    X = pd.DataFrame(rng.normal(size=(n, 2)))
    turn = np.where(np.arange(n) < n / 2, -1, 1)
    y = (turn * 2 * X[0] + rng.logistic(size=n) > 0).astype(int)
    model = quick_model(trials=16, num_leaves=()).fit(X, y, time=np.arange(n))
    assert model.choice_.linear is not None
    assert model.choice_.linear.half_life is not None
    late = pd.DataFrame([[2.0, 0.0], [-2.0, 0.0]])
    high, low = model.predict_proba(late)[:, 1]
    assert high > 0.7
    assert low < 0.3


def test_without_time_no_row_is_older_than_another(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(3_000, 2)))
    y = (X[0] + rng.logistic(size=3_000) > 0).astype(int)
    found = quick_model().fit(X, y).search_
    assert found is not None
    assert {plan.half_life for plan in found.margins} == {None}


@pytest.mark.parametrize(
    ("n_rows", "sizes"), [(100, (4,)), (1_500, (4, 7, 15)), (50_000, (4, 7, 15, 31, 63))]
)
def test_small_data_tries_small_trees(n_rows: int, sizes: tuple[int, ...]) -> None:
    assert Settings().sizes(n_rows) == sizes


@pytest.mark.parametrize(("n_rows", "least"), [(200, None), (600, 0.5), (50_000, 0.125)])
def test_small_data_forgets_nothing(n_rows: int, least: float | None) -> None:
    remembered = Settings().remembered(n_rows)
    assert None in remembered
    assert min((life for life in remembered if life), default=None) == least


def test_plans_are_drawn_before_any_row_is_looked_at() -> None:
    settings, lives = Settings(trials=16, seed=3), (None, 0.5)
    plans = draw_linear(settings, lives, 1_000)
    assert plans == draw_linear(settings, lives, 1_000)
    assert plans != draw_linear(Settings(trials=16, seed=4), lives, 1_000)
    assert plans[0] == Settings().default.linear
    assert len(plans) == len(set(plans)) == 16
    assert all(0.0003 <= plan.c <= 1.0 for plan in plans)
    assert {plan.half_life for plan in plans} == {None, 0.5}
    assert {plan.power for plan in plans} == {0.5, 1.0}
    kinds = draw_trees(settings, lives, (4, 7), 1_000)
    assert {kind.leaves for kind in kinds} == {4, 7}
    assert {kind.extra for kind in kinds} == {True, False}


@pytest.mark.parametrize(("n_rows", "kinds"), [(1_000, 12), (40_000, 7), (1_000_000, 6)])
def test_many_rows_try_fewer_plans(n_rows: int, kinds: int) -> None:
    sizes, lives = tuple(range(2, 60)), (None, 1.0, 0.5)
    assert len(draw_trees(Settings(), lives, sizes, n_rows)) == kinds
    assert len(draw_linear(Settings(), lives, n_rows)) == {12: 24, 7: 12, 6: 8}[kinds]


def test_an_empty_family_is_not_tried(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(300, 3)))
    y = (X[0] + rng.logistic(size=300) > 0).astype(int)
    only = quick_model(num_leaves=()).fit(X, y, time=np.arange(300))
    assert only.choice_.family == "logistic"
    only = quick_model(regularisation=()).fit(X, y, time=np.arange(300))
    assert only.choice_.family == "lightgbm"


def test_choices_are_told_in_words() -> None:
    linear, trees = LinearPlan(0.1, half_life=0.5), TreePlan(7, 25, extra=True)
    assert Choice(linear).words() == "logistic regression (C = 0.1, half-life 0.5 of the history)"
    assert Choice(linear, trees, 0.25).words() == (
        "75% logistic regression (C = 0.1, half-life 0.5 of the history)"
        " + 25% LightGBM, random splits (7 leaves, 25 trees)"
    )
