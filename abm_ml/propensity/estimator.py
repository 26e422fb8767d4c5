"""PropensityModel: a scikit-learn classifier whose probabilities are calibrated and explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from abm_ml.data.column_kinds import FloatArray, as_frame
from abm_ml.propensity.explain import explain_rows
from abm_ml.propensity.monotone import check_monotone
from abm_ml.propensity.plans import Choice, Settings
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.scorer import Scorer, Scores, train_scorer
from abm_ml.propensity.search import Search, search


@dataclass(frozen=True)
class Assessment:
    """All that is said of rows' chances; each array has shape (n_rows,).

    Parameters
    ----------
    probability : array
        Of the second class.
    low, high : array
        80 % interval of the mean rate among rows with similar scores.
    applicability : array
        How well the training rows cover the row, in [0, 1].
    """

    probability: FloatArray
    low: FloatArray
    high: FloatArray
    applicability: FloatArray


class PropensityModel(ClassifierMixin, BaseEstimator):
    """Calibrated probability that the label is the second of two classes.

    Logistic regressions and kinds of LightGBM compete by log loss on rows later than those they
    learned from; the best of each share the margin, which is calibrated on such rows and drawn
    toward a group's rate where training hardly covers a row; then both are fitted on all rows.

    Parameters
    ----------
    trials : int
        Logistic regressions that are tried, and half as many kinds of trees; after each fold
        the worse half is dropped.
    regularisation : sequence of float
        Least and largest C of the logistic regressions; smaller is stronger. Empty: none is
        tried.
    num_leaves : sequence of int
        Sizes of trees that are tried (as far as there are 100 rows a leaf). Empty: none.
    half_lives : sequence of float or None
        Ages at which a row counts half, as shares of the history; None: all rows count alike.
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
    monotone : mapping of str to int, optional
        Columns of numbers or dates to +1 (a higher value never lowers the probability) or -1
        (never raises it), all else equal; a value that is missing is neither high nor low.
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
        What was fitted: encoder, models, calibration, coverage, shrinkage, bands.
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
        trials: int = 24,
        regularisation: Sequence[float] = (0.0003, 1.0),
        num_leaves: Sequence[int] = (4, 7, 15, 31, 63),
        half_lives: Sequence[float | None] = (None, 1.0, 0.5, 0.25, 0.125),
        max_trees: int = 400,
        learning_rate: float = 0.05,
        n_folds: int = 4,
        max_levels: int = 40,
        text_components: int = 8,
        monotone: Mapping[str, int] | None = None,
        n_jobs: int = 1,
        random_state: int = 0,
    ) -> None:
        self.trials = trials
        self.regularisation = regularisation
        self.num_leaves = num_leaves
        self.half_lives = half_lives
        self.max_trees = max_trees
        self.learning_rate = learning_rate
        self.n_folds = n_folds
        self.max_levels = max_levels
        self.text_components = text_components
        self.monotone = monotone
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
        accounts: Any = None,
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
        accounts : array-like, shape (n_rows,), optional
            Account of each row; `groups` if not given. Rows of one account share its fate, so
            intervals count them as fewer.

        Raises
        ------
        ValueError
            If there are not two classes, lengths, times or weights don't fit, or `monotone`
            cannot be kept.
        """
        rows = TrainingRows.of(
            X, y, time, known_at, groups, sample_weight, testable, clusters=accounts
        )
        check_monotone(rows.frame, self.monotone or {})
        folds, split = rows.folds(self.n_folds, self.random_state)
        settings = self.settings()
        found = None
        if folds:
            known = [rows.known_before(fold) for fold in folds]
            found = search(
                rows.frame, rows.y, rows.weight, rows.time, folds, settings,
                alike=rows.alike, known=known,
            )  # fmt: skip
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
            trials=self.trials,
            regularisation=tuple(self.regularisation),
            num_leaves=tuple(self.num_leaves),
            half_lives=tuple(self.half_lives),
            max_trees=self.max_trees,
            learning_rate=self.learning_rate,
            max_levels=self.max_levels,
            text_components=self.text_components,
            monotone=self.monotone or {},
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
        return self._scores(X).margin

    def predict_proba(self, X: Any) -> FloatArray:
        """Calibrated probabilities of both classes, shape (n_rows, 2).

        Those of rows unlike the training rows are shrunk (see `abm_ml.propensity.shrinkage`).
        """
        logits = self._logits(X)
        return np.column_stack([expit(-logits), expit(logits)])

    def decision_function(self, X: Any) -> FloatArray:
        """Calibrated log-odds, shape (n_rows,)."""
        return self._logits(X)

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The likelier class of each row."""
        logits = self._logits(X)
        return self.classes_[(logits > 0).astype(np.int64)]

    def predict_unshrunk(self, X: Any) -> FloatArray:
        """Calibrated probability of the second class before any shrinkage, shape (n_rows,)."""
        return np.asarray(expit(self._scores(X).calibrated))

    def applicability(self, X: Any) -> FloatArray:
        """How well the training rows cover each row, shape (n_rows,), in [0, 1].

        The share of training rows that are at least as unlike the others in what the model
        looks at: near 1 for a row like most of them, 0 for one like none.
        """
        return self._scores(X).applicability

    def assess(self, X: Any) -> Assessment:
        """Probability, interval and applicability at once, each row being encoded once."""
        scores = self._scores(X)
        low, high = self.scorer_.bands.interval(scores.logits)
        return Assessment(np.asarray(expit(scores.logits)), low, high, scores.applicability)

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
            contributions of a row, with the fields `(base)`, `(calibration)` and, where
            training hardly covers the row, `(shrinkage)`, sum to the log-odds of its probability.
        """
        frame = self._frame(X)
        return explain_rows(self.scorer_, frame, lang)

    def _logits(self, X: Any) -> FloatArray:
        return self._scores(X).logits

    def _scores(self, X: Any) -> Scores:
        frame = self._frame(X)
        return self.scorer_.score(frame)

    def _frame(self, X: Any) -> pd.DataFrame:
        """Rows under the names of the training table."""
        check_is_fitted(self, "scorer_")
        frame = as_frame(X)
        names = getattr(self, "feature_names_in_", None)
        if names is not None and isinstance(X, pd.DataFrame):
            absent = [name for name in names if name not in frame.columns]
            if absent:
                raise ValueError(
                    f"X lacks {len(absent)} of the columns that the model was trained on: "
                    f"{', '.join(absent[:5])}; where nothing is known of one, give it empty"
                )
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
