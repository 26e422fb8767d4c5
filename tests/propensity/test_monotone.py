"""A column held to one direction keeps it, in every model and after all that follows."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.encoder import Encoder
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.monotone import bounded_logistic, check_monotone
from abm_ml.propensity.number_code import NumberCode

QuickModel = Callable[..., PropensityModel]

HELD = {"amount": 1, "visits": -1, "founded": 1}
"""Right on the whole, and against what the rows say here and there."""

FAMILIES: dict[str, dict[str, object]] = {
    "logistic": {"num_leaves": ()},
    "lightgbm": {"regularisation": ()},
    "blend": {},
}


def contrary_rows(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Amounts, counts and dates that rise or fall on the whole, but neither always nor alone."""
    rng = np.random.default_rng(seed)
    amount, visits = np.exp(rng.normal(11, 1, n)).round(), rng.poisson(4, n).astype(float)
    industry, days = rng.choice(list("abcd"), n), rng.integers(2000, size=n)
    scale = np.log(amount) - 11
    margin = scale + 1.5 * np.sin(3 * scale) - (visits - 4) * np.where(industry == "a", -0.5, 0.5)
    margin = margin + (days - 1000) / 500 * np.sign(scale) + 2 * (industry == "b")
    frame = pd.DataFrame(
        {
            "amount": np.where(rng.random(n) < 0.1, np.nan, amount),
            "visits": visits,
            "founded": pd.Timestamp("2015-01-01") + pd.to_timedelta(days, "D"),
            "industry": industry,
        }
    )
    return frame, (rng.random(n) < expit(margin)).astype(int)


@pytest.fixture(scope="module")
def contrary() -> pd.DataFrame:
    return contrary_rows(300, seed=1)[0]


@pytest.fixture(scope="module")
def held_models(quick_model: QuickModel) -> dict[str, PropensityModel]:
    """One model of each family, trained forward in time."""
    X, y = contrary_rows(900)
    return {
        family: quick_model(monotone=HELD, **only).fit(X, y, time=np.arange(len(y)))
        for family, only in FAMILIES.items()
    }


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(
    name=st.sampled_from(sorted(HELD)),
    row=st.integers(0, 299),
    values=st.lists(st.floats(0, 1, allow_nan=False), min_size=2, max_size=12),
)
def test_a_higher_value_never_moves_the_probability_the_other_way(
    held_models: dict[str, PropensityModel],
    contrary: pd.DataFrame,
    family: str,
    name: str,
    row: int,
    values: list[float],
) -> None:
    column, places = contrary[name], np.sort(values)
    low, high = column.min(), column.max()
    rising = [low + (high - low) * 2 * (place - 0.25) for place in places]  # beyond both ends too
    same = contrary.loc[[row] * len(rising)].reset_index(drop=True)
    p = held_models[family].predict_proba(same.assign(**{name: rising}))[:, 1]
    assert (np.diff(p) * HELD[name] >= -1e-12).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_it_holds_between_the_rows_that_taught(
    held_models: dict[str, PropensityModel], family: str
) -> None:
    model, X = held_models[family], contrary_rows(900)[0]
    for name, sign in HELD.items():
        steps = np.sort(X[name].dropna().unique())[::3]
        for row in range(0, 60, 7):
            same = X.loc[[row] * len(steps)].reset_index(drop=True).assign(**{name: steps})
            assert (np.diff(model.predict_proba(same)[:, 1]) * sign >= -1e-12).all()


def test_all_three_say_something(held_models: dict[str, PropensityModel]) -> None:
    X = contrary_rows(300, seed=1)[0]
    for family, model in held_models.items():
        assert model.choice_.family == family
        assert model.predict_proba(X)[:, 1].std() > 0.1
        assert not np.allclose(model.predict_unshrunk(X), model.predict_proba(X)[:, 1])


def test_without_constraints_these_rows_go_both_ways(quick_model: QuickModel) -> None:
    X, y = contrary_rows(900)
    model = quick_model().fit(X, y, time=np.arange(len(y)))
    steps = np.sort(X["amount"].dropna().unique())[::3]
    same = X.loc[[0] * len(steps)].reset_index(drop=True).assign(amount=steps)
    moves = np.diff(model.predict_proba(same)[:, 1])
    assert moves.min() < -1e-3 < 1e-3 < moves.max()


def test_where_the_rows_agree_a_constraint_changes_nothing(quick_model: QuickModel) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"visits": rng.uniform(0, 1, 400), "other": rng.normal(size=400)})
    y = (rng.random(400) < expit(8 * X["visits"] - 4 + X["other"])).astype(int)
    free = quick_model(num_leaves=()).fit(X, y, time=np.arange(400))
    held = clone(free).set_params(monotone={"visits": 1}).fit(X, y, time=np.arange(400))
    np.testing.assert_allclose(held.predict_unshrunk(X), free.predict_unshrunk(X), atol=0.005)


def test_without_active_bounds_the_solution_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    columns, weight = rng.normal(size=(500, 4)), rng.uniform(0.5, 2, 500)
    truth = np.array([1.0, -0.7, 0.3, 0.0])
    y = (rng.random(500) < expit(columns @ truth - 1)).astype(int)
    coefficients, intercept = bounded_logistic(columns, y, weight, 0.1, np.array([1, -1, 0, 0]))
    theirs = LogisticRegression(C=0.1, tol=1e-8).fit(columns, y, sample_weight=weight)
    np.testing.assert_allclose(coefficients, theirs.coef_[0], atol=1e-5)
    assert intercept == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_a_coefficient_on_the_wrong_side_becomes_zero() -> None:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(500, 2))
    y = (rng.random(500) < expit(columns @ [1.0, 1.0])).astype(int)
    coefficients, intercept = bounded_logistic(columns, y, np.ones(500), 1.0, np.array([-1, 0]))
    alone = LogisticRegression(C=1.0, tol=1e-8).fit(columns[:, 1:], y)
    assert coefficients[0] == 0
    assert coefficients[1] == pytest.approx(alone.coef_[0, 0], abs=1e-5)
    assert intercept == pytest.approx(alone.intercept_[0], abs=1e-5)


def test_how_exact_an_amount_is_does_not_count_in_a_held_column() -> None:
    amounts = contrary_rows(500)[0]["amount"]
    assert NumberCode.fit(amounts).exact
    held = NumberCode.fit(amounts, sign=1)
    assert held.signs == ([1] * (held.widths[0] - 1) + [0], [1])  # the last says: missing
    assert held.widths[1] == 1


def test_what_shrinks_does_not_see_held_columns() -> None:
    X = contrary_rows(300)[0]
    encoder = Encoder.fit(X, monotone={"visits": -1})
    design = encoder.encode(X).trees
    other = encoder.encode(X.assign(visits=X["visits"] + 3)).trees
    assert (design != other).any()
    free = encoder.free_columns
    np.testing.assert_array_equal(design[:, free], other[:, free])
    assert len(free) == design.shape[1] - 1
    assert encoder.free_categories == [list(free).index(*encoder.tree_categories)]


@pytest.mark.parametrize(
    ("monotone", "message"),
    [
        ({"visit": 1}, r"there is no column 'visit' \(did you mean 'visits'\?\)"),
        ({"visits": 2}, r"'visits' must be \+1 or -1\. Supplied value 2"),
        ({"industry": 1}, r"column 'industry' holds category; only numbers and dates"),
    ],
)
def test_constraints_that_cannot_be_kept_are_refused_by_name(
    monotone: dict[str, int], message: str, quick_model: QuickModel
) -> None:
    X, y = contrary_rows(60)
    with pytest.raises(ValueError, match=message):
        quick_model(monotone=monotone).fit(X, y)


def test_a_rebuilt_encoder_knows_what_is_held() -> None:
    encoder = Encoder.fit(contrary_rows(200)[0], monotone=HELD)
    again = Encoder.from_state(encoder.state())
    assert again.tree_signs.tolist() == encoder.tree_signs.tolist() == [1, -1, 1, 0]
    np.testing.assert_array_equal(again.linear_signs, encoder.linear_signs)


def test_the_backtest_is_of_the_held_model(quick_model: QuickModel) -> None:
    X, y = contrary_rows(200)
    with pytest.raises(ValueError, match="no column 'visit'"):
        Trial.of(X, y, np.arange(200), model=quick_model(monotone={"visit": 1}))
    model = Trial.of(X, y, np.arange(200), model=quick_model(monotone=HELD)).fit()
    assert model.get_params()["monotone"] == HELD
    assert model.scorer_.encoder.tree_signs.tolist() == [1, -1, 1, 0]


def test_a_column_without_values_may_be_held() -> None:
    check_monotone(pd.DataFrame({"nothing": [None, None]}), {"nothing": -1})
