"""Categories with too many levels for a column each are told by how often their levels won."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from abm_ml.propensity.encoder import Encoder, crowded_columns
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.fitting import Lesson
from abm_ml.propensity.plans import LinearPlan, Settings, TreePlan, draw_linear, draw_trees
from abm_ml.propensity.rates import LEAST_ROWS, PRIOR_ROWS, Rates
from abm_ml.propensity.scorer import Scorer
from abm_ml.propensity.search import log_loss

QuickModel = Callable[..., PropensityModel]
MixedRows = Callable[..., tuple[pd.DataFrame, np.ndarray]]


def many_partners(n: int, effect: float = 1.0) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows of 300 partners, some far better than others, beside a number that matters."""
    rng = np.random.default_rng(0)
    partner, size = (300 * rng.random(n) ** 2).astype(int), rng.normal(size=n)
    margin = rng.normal(0, effect, 300)[partner] + 0.7 * size - 1
    frame = pd.DataFrame({"partner": [f"partner {k}" for k in partner], "size": size})
    return frame, (rng.random(n) < expit(margin)).astype(int)


@pytest.fixture(scope="module")
def crowd() -> tuple[pd.DataFrame, np.ndarray]:
    return many_partners(6_000)


@pytest.fixture(scope="module")
def lesson(crowd: tuple[pd.DataFrame, np.ndarray]) -> Lesson:
    """The first half of the rows, ready to be learned from."""
    X, y = crowd
    train = np.arange(3_000)
    return Lesson.of(X, y, np.ones(len(y)), None, train, Settings(), np.arange(len(y)))


@pytest.fixture(scope="module")
def model(crowd: tuple[pd.DataFrame, np.ndarray], quick_model: QuickModel) -> PropensityModel:
    X, y = crowd
    return quick_model(trials=12).fit(X[:3_000], y[:3_000], time=np.arange(3_000))


# --- rates -------------------------------------------------------------------------------------


def test_a_rate_is_drawn_to_that_of_all_rows_the_more_the_fewer_rows_it_has() -> None:
    values = pd.Series(["often"] * 60 + ["seldom"] * 4 + ["others"] * 36)
    y = np.array([1] * 64 + [0] * 36)
    said = Rates.fit(values, y, np.ones(100)).encode(pd.Series(["often", "seldom"]))
    for level, rows in zip(said, (60, 4), strict=True):
        assert expit(level + logit(0.64)) == pytest.approx(
            (rows + PRIOR_ROWS * 0.64) / (rows + PRIOR_ROWS)
        )


def test_rows_count_by_their_weight() -> None:
    values, y = pd.Series(["a", "b"] * 30), np.array([1, 0] * 30)
    twice = Rates.fit(pd.concat([values, values]), np.tile(y, 2), np.ones(120))
    heavy = Rates.fit(values, y, np.full(60, 2.0))
    np.testing.assert_allclose(twice.log_odds, heavy.log_odds)


def test_unknown_and_missing_levels_say_nothing() -> None:
    rates = Rates.fit(pd.Series(["a", "b", None] * 20), np.array([1, 0, 1] * 20), np.ones(60))
    assert rates.encode(pd.Series(["new", None])).tolist() == [0, 0]


def test_names_that_hardly_occur_are_not_kept() -> None:
    values = pd.Series(["a"] * LEAST_ROWS + ["b"] * (LEAST_ROWS - 1))
    assert Rates.fit(values, np.array([1, 0, 1, 0, 1]), np.ones(5)).levels == ("a",)


def test_a_rows_own_outcome_is_not_in_what_describes_it() -> None:
    X, y = many_partners(500)
    alike = np.arange(500) // 2
    before = Rates.crossed(X["partner"], y, np.ones(500), alike, seed=0)
    assert before.std() > 0
    for row in range(0, 500, 50):
        other = y.copy()
        other[row] = 1 - y[row]
        after = Rates.crossed(X["partner"], other, np.ones(500), alike, seed=0)
        np.testing.assert_array_equal(after[alike == alike[row]], before[alike == alike[row]])
        assert (after != before).any()


# --- which columns have them -------------------------------------------------------------------


def test_only_categories_with_rows_left_over_are_crowded(
    crowd: tuple[pd.DataFrame, np.ndarray],
) -> None:
    X = crowd[0].assign(region=np.where(np.arange(6_000) % 3, "north", "south"))
    assert crowded_columns(X, 40) == ["partner"]
    assert crowded_columns(X[["region", "size"]], 40) == []


def test_where_nothing_is_crowded_the_same_plans_are_tried_as_ever() -> None:
    lives = (None, 0.5)
    assert not any(plan.rates for plan in draw_linear(Settings(), lives, 1_000))
    assert not any(trial.rates for trial in draw_trees(Settings(), lives, (7, 15), 5_000))


def test_else_half_of_the_plans_use_them() -> None:
    lives = (None, 0.5)
    linear = [plan.rates for plan in draw_linear(Settings(trials=64), lives, 1_000, rates=True)]
    trees = [trial.rates for trial in draw_trees(Settings(trials=64), lives, (7, 15), 500, True)]
    assert 0.4 < np.mean(linear) < 0.6
    assert 0.3 < np.mean(trees) < 0.7


def test_a_model_without_crowded_columns_tries_none(
    mixed_rows: MixedRows, quick_model: QuickModel
) -> None:
    X, y = mixed_rows(300)
    found = quick_model().fit(X.drop(columns="city"), y, time=np.arange(300)).search_
    assert found is not None
    assert not any(plan.rates for plan in found.margins)


# --- what they bring ---------------------------------------------------------------------------


@pytest.mark.parametrize("plan", ["linear", "trees"])
def test_with_rates_a_model_beats_itself_without_them(
    crowd: tuple[pd.DataFrame, np.ndarray], lesson: Lesson, plan: str
) -> None:
    X, y = crowd[0][3_000:], crowd[1][3_000:]
    test = lesson.encoder.encode(X.reset_index(drop=True))

    def loss(rates: bool) -> float:
        if plan == "linear":
            margin = lesson.linear(LinearPlan(0.1, rates=rates)).margin(test.linear)
        else:
            margin = lesson.trees(TreePlan(4, 100, rates=rates)).margin(test.trees)
        return log_loss(margin, y, np.ones(len(y)))

    assert loss(True) < loss(False) - 0.01


def test_the_search_finds_that_out(model: PropensityModel) -> None:
    assert model.choice_.rates
    assert "rates of levels" in model.choice_.words()


def test_a_plan_without_rates_cannot_see_them(lesson: Lesson) -> None:
    linear, trees = lesson.linear(LinearPlan(0.1)), lesson.trees(TreePlan(4, 50))
    assert linear.coefficients[-1] == 0
    assert trees.booster.feature_importance()[-1] == 0


# --- and what they leave as it is --------------------------------------------------------------


def test_their_part_belongs_to_their_column(
    crowd: tuple[pd.DataFrame, np.ndarray], model: PropensityModel
) -> None:
    X = crowd[0][3_000:3_200]
    reasons = model.explain(X)
    assert set(reasons["field"]) <= {"partner", "size", "(base)", "(calibration)", "(shrinkage)"}
    total = reasons.groupby("row")["contribution"].sum()
    np.testing.assert_allclose(total, logit(model.predict_proba(X)[:, 1]), atol=1e-6)
    assert reasons[reasons["field"] == "partner"]["contribution"].std() > 0.1


def test_a_column_may_have_rates_and_nothing_else() -> None:
    X = pd.DataFrame({"partner": [f"partner {k % 300}" for k in range(2_400)]})  # 8 rows each
    y = (np.arange(2_400) % 300 < 100).astype(int)
    encoder = Encoder.fit(X)
    assert encoder.columns == ()
    ones, rows = np.ones(2_400), np.arange(2_400)
    encoder, design = encoder.with_rates(X, ["partner"], y, ones, rows, 0)
    assert encoder.columns == ("partner",)
    assert encoder.linear_owners.tolist() == encoder.tree_owners.tolist() == [0]
    assert design.linear.shape == (2_400, 1)
    assert encoder.free_columns.tolist() == []


def test_a_rebuilt_scorer_says_the_same(
    crowd: tuple[pd.DataFrame, np.ndarray], model: PropensityModel
) -> None:
    X = crowd[0][3_000:3_200]
    again = Scorer.from_state(model.scorer_.state())
    np.testing.assert_array_equal(again.score(X).logits, model.scorer_.score(X).logits)


def test_the_order_of_rows_changes_nothing(quick_model: QuickModel) -> None:
    X, y = many_partners(600)
    order = np.random.default_rng(1).permutation(600)
    one = quick_model().fit(X, y, time=np.arange(600), groups=np.arange(600) // 2)
    other = quick_model().fit(X.iloc[order], y[order], time=order, groups=order // 2)
    assert one.search_ is not None
    assert any(plan.rates for plan in one.search_.margins)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
