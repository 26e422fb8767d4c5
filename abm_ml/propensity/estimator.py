"""PropensityModel: a scikit-learn classifier whose probabilities are calibrated and explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from abm_ml.propensity.candidates import Choice, Settings
from abm_ml.propensity.columns import FloatArray, as_frame
from abm_ml.propensity.explain import explain_rows
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.scorer import Scorer, train_scorer
from abm_ml.propensity.search import Search, search


class PropensityModel(ClassifierMixin, BaseEstimator):
    """Calibrated probability that the label is the second of two classes.

    Logistic regression, LightGBM and their blend compete by log loss on rows later than those
    they learned from; the winner is calibrated on such rows and then fitted on all rows.

    Parameters
    ----------
    regularisation : sequence of float
        Values of C that are tried; smaller is stronger.
    num_leaves : sequence of int
        Sizes of trees that are tried (as far as there are 100 rows a leaf).
    max_trees : int
        Trees, at most.
    learning_rate : float
        Step of the boosting.
    n_folds : int
        Test windows (or, without time, groups of rows) that candidates are compared on.
    max_levels : int
        Levels of a category, or tags, that are told apart.
    text_components : int
        Numbers that a free text becomes.
    n_jobs : int
        Threads of LightGBM; results do not depend on it.
    random_state : int
        Seed.

    Attributes
    ----------
    classes_ : array, shape (2,)
        The labels; `predict_proba` gives the probability of the second in its second column.
    columns_ : list of str
        Names of the training columns (of arrays: `x0`, `x1`, …); `feature_names_in_` beside it
        if they came from a DataFrame.
    scorer_ : Scorer
        What was fitted: encoder, models, calibration, bands.
    split_ : str
        How candidates were compared: `forward in time`, `by group` or `not compared`.
    search_ : Search or None
        Margins of unseen rows under each candidate (not saved with the model).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"employees": rng.integers(1, 1000, 300)})
    >>> y = (X["employees"] + rng.normal(0, 200, 300) > 500).astype(int)
    >>> model = PropensityModel().fit(X, y, time=np.arange(300))
    >>> small, large = model.predict_proba(pd.DataFrame({"employees": [50, 950]}))[:, 1]
    >>> bool(small < 0.1 and large > 0.9)
    True
    """

    def __init__(
        self,
        *,
        regularisation: Sequence[float] = (0.01, 0.05, 0.25, 1.0),
        num_leaves: Sequence[int] = (7, 15, 31),
        max_trees: int = 200,
        learning_rate: float = 0.1,
        n_folds: int = 6,
        max_levels: int = 40,
        text_components: int = 8,
        n_jobs: int = 1,
        random_state: int = 0,
    ) -> None:
        self.regularisation = regularisation
        self.num_leaves = num_leaves
        self.max_trees = max_trees
        self.learning_rate = learning_rate
        self.n_folds = n_folds
        self.max_levels = max_levels
        self.text_components = text_components
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        """Two classes only; any mixed-type table, missing values allowed."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags

    def fit(
        self,
        X: Any,
        y: Any,
        time: Any = None,
        known_at: Any = None,
        groups: Any = None,
        sample_weight: Any = None,
        testable: Any = None,
    ) -> Self:
        """Choose, calibrate and fit.

        Parameters
        ----------
        X : DataFrame or array-like, shape (n_rows, n_columns)
            Numbers, categories, text, lists of tags, booleans, dates; missing values allowed.
        y : array-like, shape (n_rows,)
            Labels of two classes.
        time : array-like, shape (n_rows,), optional
            When each row was seen: dates, or numbers that rise with time. Without it,
            candidates are compared on random groups.
        known_at : array-like, shape (n_rows,), optional
            When each row's label was known; `time` if not given.
        groups : array-like, shape (n_rows,), optional
            Rows of one group never teach each other's test.
        sample_weight : array-like, shape (n_rows,), optional
            Weights of rows; those of weight 0 are left out.
        testable : array-like of bool, shape (n_rows,), optional
            Rows that may be compared and calibrated on; the others only teach (cohorts of
            which too few have closed).

        Raises
        ------
        ValueError
            If there are not two classes, or lengths, times or weights don't fit.
        """
        rows = TrainingRows.of(X, y, time, known_at, groups, sample_weight, testable)
        folds, split = rows.folds(self.n_folds, self.random_state)
        settings = self.settings()
        found = search(rows.frame, rows.y, rows.weight, folds, settings) if folds else None
        return self.fit_found(rows, found, split, feature_names(X))

    def fit_found(
        self,
        rows: TrainingRows,
        found: Search | None,
        split: str,
        names: npt.NDArray[Any] | None,
    ) -> Self:
        """Fit on rows that were already searched, so that a back-test need not be repeated."""
        self.classes_ = rows.classes
        self.columns_ = list(rows.frame.columns)
        self.n_features_in_ = len(self.columns_)
        if names is not None:
            self.feature_names_in_ = names
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self.search_ = found
        self.split_ = split
        self.scorer_ = train_scorer(rows, found, self.settings())
        return self

    @classmethod
    def from_scorer(
        cls,
        scorer: Scorer,
        *,
        classes: Sequence[Any],
        columns: Sequence[str],
        named: bool,
        split: str,
        params: Mapping[str, Any],
    ) -> Self:
        """A fitted model from its saved parts."""
        model = cls(**params)
        model.classes_ = np.asarray(classes)
        model.columns_ = list(columns)
        model.n_features_in_ = len(model.columns_)
        if named:
            model.feature_names_in_ = np.asarray(model.columns_, dtype=object)
        model.scorer_ = scorer
        model.search_ = None
        model.split_ = split
        return model

    def settings(self) -> Settings:
        """What is tried, in one piece."""
        return Settings(
            regularisation=tuple(self.regularisation),
            num_leaves=tuple(self.num_leaves),
            max_trees=self.max_trees,
            learning_rate=self.learning_rate,
            max_levels=self.max_levels,
            text_components=self.text_components,
            n_jobs=self.n_jobs,
            seed=self.random_state,
        )

    @property
    def choice_(self) -> Choice:
        """The candidate that was chosen."""
        return self.scorer_.choice

    @property
    def base_rate_(self) -> float:
        """Share of the second class in the training rows."""
        return self.scorer_.base_rate

    def margin(self, X: Any) -> FloatArray:
        """Log-odds before calibration, shape (n_rows,)."""
        frame = self._frame(X)
        return self.scorer_.margin(frame)

    def predict_proba(self, X: Any) -> FloatArray:
        """Calibrated probabilities of both classes, shape (n_rows, 2)."""
        logits = self._logits(X)
        return np.column_stack([expit(-logits), expit(logits)])

    def decision_function(self, X: Any) -> FloatArray:
        """Calibrated log-odds, shape (n_rows,)."""
        return self._logits(X)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The likelier class of each row."""
        logits = self._logits(X)
        return self.classes_[(logits > 0).astype(np.int64)]

    def predict_interval(self, X: Any) -> tuple[FloatArray, FloatArray]:
        """80 % interval of the mean rate of the second class among rows with similar scores.

        Nothing is said about one row's own probability: nobody can know that.

        Returns
        -------
        low, high : arrays, shape (n_rows,)
            Ends of the interval; the probability lies between them.
        """
        logits = self._logits(X)
        return self.scorer_.bands.interval(logits)

    def explain(self, X: Any, lang: Literal["en", "zh"] = "en") -> pd.DataFrame:
        """Reasons at the level of the original columns, for each row.

        Parameters
        ----------
        X : DataFrame or array-like
            Rows to explain (tens to thousands: parts of trees are slow).
        lang : "en" or "zh"
            Language of `text`.

        Returns
        -------
        DataFrame
            `row` (position), `field`, `value`, `contribution` (log-odds) and `text`. The
            contributions of a row, with the fields `(base)` and `(calibration)`, sum to the
            log-odds of its probability.
        """
        frame = self._frame(X)
        return explain_rows(self.scorer_, frame, lang)

    def _logits(self, X: Any) -> FloatArray:
        margin = self.margin(X)
        return self.scorer_.calibrator.logit(margin)

    def _frame(self, X: Any) -> pd.DataFrame:
        """Rows under the names of the training table."""
        check_is_fitted(self, "scorer_")
        frame = as_frame(X)
        names = getattr(self, "feature_names_in_", None)
        if names is not None and isinstance(X, pd.DataFrame):
            return frame
        if frame.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {frame.shape[1]} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input"
            )
        return frame.set_axis(pd.Index(self.columns_, dtype=object), axis=1)


def feature_names(X: Any) -> npt.NDArray[Any] | None:
    """Column names of a DataFrame, if all are strings; arrays have none."""
    if not isinstance(X, pd.DataFrame):
        return None
    named = all(isinstance(column, str) for column in X.columns)
    return np.asarray(X.columns, dtype=object) if named else None
