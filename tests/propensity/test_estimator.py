"""PropensityModel is a scikit-learn classifier for any table, and the same whatever the order."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from abm_ml.propensity.estimator import PropensityModel

Rows = tuple[pd.DataFrame, np.ndarray]
MixedRows = Callable[..., tuple[pd.DataFrame, np.ndarray]]
QuickModel = Callable[..., PropensityModel]

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "a row of weight 2 stands in one fold, a row that comes twice may stand in two"
    ),
}


@parametrize_with_checks(
    [PropensityModel(regularisation=(0.1,), num_leaves=(7,), max_trees=10, n_folds=2)],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_it_keeps_the_conventions_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)


def test_it_learns_from_columns_of_every_kind(
    fitted: PropensityModel, mixed_rows: MixedRows
) -> None:
    X, y = mixed_rows(2000, seed=1)
    assert roc_auc_score(y, fitted.predict_proba(X)[:, 1]) > 0.75
    assert fitted.split_ == "forward in time"


def test_probabilities_add_up_and_lie_inside_their_interval(
    fitted: PropensityModel, rows: Rows
) -> None:
    p = fitted.predict_proba(rows[0])
    low, high = fitted.predict_interval(rows[0])
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert ((low > 0) & (low <= p[:, 1]) & (p[:, 1] <= high) & (high < 1)).all()
    np.testing.assert_array_equal(fitted.predict(rows[0]), (p[:, 1] > 0.5).astype(int))


@pytest.mark.parametrize("timed", [True, False])
def test_the_order_of_rows_and_the_number_of_threads_change_nothing(
    rows: Rows, timed: bool, quick_model: QuickModel
) -> None:
    X, y = rows
    order = np.random.default_rng(0).permutation(len(y))
    time = np.arange(len(y)) // 7 if timed else None
    straight = quick_model(n_jobs=1).fit(X, y, time=time)
    shuffled = quick_model(n_jobs=2).fit(
        X.iloc[order], y[order], time=None if time is None else time[order]
    )
    np.testing.assert_array_equal(straight.predict_proba(X), shuffled.predict_proba(X))
    np.testing.assert_array_equal(
        straight.predict_proba(X)[order], straight.predict_proba(X.iloc[order])
    )


def test_of_no_rows_nothing_is_said(fitted: PropensityModel, rows: Rows) -> None:
    none = rows[0].iloc[:0]
    assert fitted.predict_proba(none).shape == (0, 2)
    said = fitted.assess(none)
    arrays = (said.probability, said.low, said.high, said.applicability, fitted.predict(none))
    assert [len(array) for array in arrays] == [0] * 5
    reasons = fitted.explain(none)
    assert list(reasons.columns) == list(fitted.explain(rows[0].iloc[:1]).columns)
    assert reasons.empty


def test_columns_that_are_absent_are_named_and_new_ones_are_ignored(
    fitted: PropensityModel, rows: Rows
) -> None:
    X = rows[0].head(20)
    with pytest.raises(ValueError, match=r"lacks 1 of the columns .* on: technologies; .* empty"):
        fitted.predict_proba(X.drop(columns="technologies"))
    assert np.isfinite(fitted.predict_proba(X.assign(technologies=None))).all()
    np.testing.assert_array_equal(
        fitted.predict_proba(X), fitted.predict_proba(X.assign(unheard_of=1))
    )


def test_columns_named_by_numbers_are_read_by_position(quick_model: QuickModel) -> None:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(200, 2)))
    model = quick_model().fit(X, X[1] > 0)
    assert not hasattr(model, "feature_names_in_")
    assert model.score(X, X[1] > 0) > 0.9
    np.testing.assert_array_equal(model.predict_proba(X), model.predict_proba(X.to_numpy()))


def test_arrow_backed_columns_are_read_like_any_other(fitted: PropensityModel, rows: Rows) -> None:
    plain = rows[0].head(50)
    arrow = plain.drop(columns="nothing").convert_dtypes(dtype_backend="pyarrow")
    arrow = arrow.assign(nothing=None)
    np.testing.assert_array_equal(fitted.predict_proba(plain), fitted.predict_proba(arrow))


def test_labels_may_be_words(mixed_rows: MixedRows, quick_model: QuickModel) -> None:
    X, y = mixed_rows(200)
    model = quick_model().fit(X, np.where(y == 1, "won", "lost"))
    assert model.classes_.tolist() == ["lost", "won"]
    assert set(model.predict(X)) == {"lost", "won"}


def test_what_is_learned_later_than_an_outcome_was_known_is_not_used(
    mixed_rows: MixedRows, quick_model: QuickModel
) -> None:
    X, y = mixed_rows(300)
    late = np.full(300, 10_000)
    model = quick_model().fit(X, y, time=np.arange(300), known_at=late)
    # No window starts after any outcome was known: candidates are compared by group instead.
    assert model.split_ == "by group"


def test_rows_that_are_not_testable_still_teach(rows: Rows, quick_model: QuickModel) -> None:
    X, y = rows
    time = np.arange(len(y))
    half = quick_model().fit(X, y, time=time, testable=time < 400)
    assert half.search_ is not None
    assert half.search_.tested.sum() == 400 - 180
    assert half.base_rate_ == pytest.approx(y.mean())


@pytest.mark.parametrize("n", [2, 3, 8])
def test_a_handful_of_rows_gives_a_model_that_claims_little(
    n: int, mixed_rows: MixedRows, quick_model: QuickModel
) -> None:
    X, y = mixed_rows(n)[0], np.arange(n) % 2
    p = quick_model().fit(X, y, time=np.arange(n)).predict_proba(X)[:, 1]
    assert ((p > 0.02) & (p < 0.98)).all()


def test_columns_without_values_give_the_base_rate(quick_model: QuickModel) -> None:
    X = pd.DataFrame({"a": [None] * 100, "b": [np.nan] * 100, "c": [[]] * 100})
    y = np.arange(100) % 4 == 0
    p = quick_model().fit(X, y).predict_proba(X)[:, 1]
    assert p == pytest.approx(np.full(100, 0.25), abs=0.02)


@pytest.mark.parametrize(("label", "shown"), [(1, "1"), ("won", "won"), (np.int64(0), "0")])
def test_one_class_is_refused_in_a_sentence(
    label: object, shown: str, quick_model: QuickModel
) -> None:
    with pytest.raises(ValueError, match=rf"all 3 rows have one class \({shown}\); a model needs"):
        quick_model().fit(pd.DataFrame({"a": [1, 2, 3]}), [label] * 3)


def test_one_instant_for_all_rows_compares_by_group(rows: Rows, quick_model: QuickModel) -> None:
    X, y = rows
    model = quick_model().fit(X, y, time=np.zeros(len(y)))
    assert model.split_ == "by group"


def test_constant_columns_give_the_base_rate(quick_model: QuickModel) -> None:
    X, y = pd.DataFrame({"a": [7] * 80, "b": ["x"] * 80}), np.arange(80) % 4 == 0
    p = quick_model().fit(X, y, time=np.arange(80)).predict_proba(X)[:, 1]
    assert p == pytest.approx(np.full(80, 0.25), abs=0.02)


def test_a_table_without_rows_or_columns_is_refused(quick_model: QuickModel) -> None:
    with pytest.raises(ValueError, match=r"0 sample\(s\)"):
        quick_model().fit(pd.DataFrame({"a": []}), [])
    with pytest.raises(ValueError, match=r"0 feature\(s\)"):
        quick_model().fit(pd.DataFrame(index=range(4)), [0, 1, 0, 1])


def test_a_column_named_twice_is_refused(fitted: PropensityModel, rows: Rows) -> None:
    X = rows[0].head(5)
    with pytest.raises(ValueError, match="column 'city' occurs twice"):
        fitted.predict_proba(pd.concat([X, X[["city"]]], axis=1))


def test_labels_or_times_of_another_index_are_refused(quick_model: QuickModel) -> None:
    X, y = pd.DataFrame({"a": np.arange(40.0)}), pd.Series(np.arange(40) % 2)
    shuffled = y.sample(frac=1, random_state=0)
    with pytest.raises(ValueError, match=r"y and X have different indexes.*y\.to_numpy\(\)"):
        quick_model().fit(X, shuffled)
    with pytest.raises(ValueError, match="time and X have different indexes"):
        quick_model().fit(X, y, time=shuffled)
    together = quick_model().fit(X.loc[shuffled.index], shuffled)
    np.testing.assert_array_equal(
        together.predict_proba(X), quick_model().fit(X, y.to_numpy()).predict_proba(X)
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"time": [1, 2]}, "time has 2"),
        ({"time": [1, 2, None, 4]}, "time: row 2 holds 'nan'"),
        ({"known_at": [1, 2, 3, 4]}, "known_at needs time"),
        (
            {"time": [1, 2, 3, 4], "known_at": ["2024-01-01"] * 4},
            "both be dates or both be numbers",
        ),
        ({"groups": [1]}, "groups has 1"),
        ({"sample_weight": [1, 1, -1, 1]}, "not negative"),
        ({"sample_weight": [0, 0, 0, 0]}, "not all zero"),
        ({"sample_weight": [0, 1, 0, 1]}, r"all 2 rows of a weight above 0 have one class \(1\)"),
        ({"testable": [True]}, "testable has 1"),
        (
            {"time": pd.Series(["2024-01-01", "2024-01-02", None, "2024-01-04"])},
            "time: row 2 holds 'nan'",
        ),
    ],
)
def test_arguments_that_do_not_fit_are_named(
    arguments: dict[str, Any], message: str, quick_model: QuickModel
) -> None:
    with pytest.raises(ValueError, match=message):
        quick_model().fit(pd.DataFrame({"a": [1, 2, 3, 4]}), [0, 1, 0, 1], **arguments)


def test_nothing_to_try_is_refused(mixed_rows: MixedRows, quick_model: QuickModel) -> None:
    with pytest.raises(ValueError, match="nothing to try"):
        quick_model(regularisation=(), num_leaves=()).fit(*mixed_rows(50))


def test_a_clone_has_the_same_arguments_and_no_memory(fitted: PropensityModel) -> None:
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not hasattr(copy, "scorer_")
