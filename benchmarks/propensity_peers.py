"""What others would fit to the same rows: each takes (X, y) that teach and X that is tested.

Peers get tags and texts as strings and do with them what is usual; our model gets the table as
it is.
"""

from __future__ import annotations

from collections.abc import Callable

import lightgbm
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

MANY_LEVELS = 60
"""Strings of more levels are read as texts by logistic regression, left out by boosting."""

Predictor = Callable[[pd.DataFrame, np.ndarray, pd.DataFrame], np.ndarray]


def plain(X: pd.DataFrame) -> pd.DataFrame:
    """Numbers as floats, everything else as strings, under names that any library can read."""
    return pd.DataFrame({f"x{i}": _plain(X[name]) for i, name in enumerate(X.columns)})


def _plain(values: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return values.astype("float64")
    found = [_text(value) for value in values.astype(object)]
    return pd.Series(found, index=values.index, dtype=object)


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, np.ndarray)):
        return ", ".join(map(str, value))
    return "" if value is None or value is pd.NaT or value != value else str(value)


def _kinds(X: pd.DataFrame) -> tuple[list[str], list[str], list[str]]:
    """Names of numbers, categories, and strings with many levels."""
    numbers = [name for name in X.columns if X[name].dtype != object]
    strings = [name for name in X.columns if X[name].dtype == object]
    few = [name for name in strings if X[name].nunique() <= MANY_LEVELS]
    return numbers, few, [name for name in strings if name not in few]


def logistic_regression(X: pd.DataFrame, y: np.ndarray, X_test: pd.DataFrame) -> np.ndarray:
    """Scaled numbers, one-hot categories, TF-IDF texts; C = 1."""
    numbers, few, many = _kinds(X)
    fill = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    parts = [
        ("numbers", make_pipeline(fill, StandardScaler()), numbers),
        ("few", OneHotEncoder(handle_unknown="ignore", min_frequency=5), few),
        *((name, TfidfVectorizer(max_features=300, min_df=5), name) for name in many),
    ]
    model = make_pipeline(ColumnTransformer(parts), LogisticRegression(max_iter=3_000))
    return model.fit(X, y).predict_proba(X_test)[:, 1]


def _as_categories(X: pd.DataFrame, X_test: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Strings of few levels as categories of the teaching rows."""
    numbers, few, _ = _kinds(X)
    X, X_test = X[numbers + few].copy(), X_test[numbers + few].copy()
    for name in few:
        levels = pd.CategoricalDtype(sorted(X[name].unique()))
        X[name], X_test[name] = (X[name].astype(levels), _known(X_test[name], levels))
    return X, X_test


def _known(values: pd.Series, levels: pd.CategoricalDtype) -> pd.Series:
    """Levels never seen are missing."""
    return values.where(values.isin(levels.categories), None).astype(levels)


def default_lightgbm(X: pd.DataFrame, y: np.ndarray, X_test: pd.DataFrame) -> np.ndarray:
    """LightGBM as it comes."""
    X, X_test = _as_categories(X, X_test)
    model = lightgbm.LGBMClassifier(n_jobs=2, verbose=-1, deterministic=True, force_row_wise=True)
    return model.fit(X, y).predict_proba(X_test)[:, 1]


def hist_gradient_boosting(X: pd.DataFrame, y: np.ndarray, X_test: pd.DataFrame) -> np.ndarray:
    """scikit-learn's own boosting as it comes, with categories."""
    X, X_test = _as_categories(X, X_test)
    model = HistGradientBoostingClassifier(categorical_features="from_dtype", random_state=0)
    return model.fit(X, y).predict_proba(X_test)[:, 1]


def catboost(X: pd.DataFrame, y: np.ndarray, X_test: pd.DataFrame) -> np.ndarray:
    """CatBoost as it comes; every string is a category."""
    from catboost import CatBoostClassifier

    strings = [name for name in X.columns if X[name].dtype == object]
    model = CatBoostClassifier(
        cat_features=strings,
        verbose=False,
        thread_count=2,
        random_seed=0,
        allow_writing_files=False,
    )  # fmt: skip
    return model.fit(X, y).predict_proba(X_test)[:, 1]


PEERS: dict[str, Predictor] = {
    "logistic regression": logistic_regression,
    "LightGBM": default_lightgbm,
    "HistGradientBoosting": hist_gradient_boosting,
    "CatBoost": catboost,
}
