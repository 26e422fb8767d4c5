"""Back-test: what the model would have been worth, window after window.

In each window the candidate is chosen and calibrated on earlier rows whose outcome was known by
then; every figure comes from rows that played no part in either.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from abm_ml.data.column_kinds import FloatArray, IntArray, as_frame, as_numbers
from abm_ml.data.determinism import one_blas_thread
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.findings import Findings, counts
from abm_ml.propensity.folds import Fold, codes_of, days_of
from abm_ml.propensity.leaks import Leak, suspected_leaks, without_leaks
from abm_ml.propensity.monotone import check_monotone
from abm_ml.propensity.replay import Replay, random_split_auc, replay_forward, replay_grouped
from abm_ml.propensity.report import BacktestReport
from abm_ml.propensity.rows import (
    TrainingRows,
    binary_labels,
    check_length,
    check_same_index,
    check_shape,
)
from abm_ml.propensity.search import Search, search

WARM_UP = 2
"""Windows beyond those wanted: the first ones have nothing before them to choose on."""


def backtest(
    X: Any,
    y: Any,
    time: Any = None,
    known_at: Any = None,
    groups: Any = None,
    rules: Any = None,
    *,
    accounts: Any = None,
    sample_weight: Any = None,
    testable: Any = None,
    allow_columns: Collection[str] = (),
    model: PropensityModel | None = None,
    n_folds: int = 4,
    resamples: int = 200,
    random_state: int = 0,
) -> BacktestReport:
    """Test a propensity model on rows later than those that it learns from.

    Parameters
    ----------
    X : DataFrame or array-like, shape (n_rows, n_columns)
        Columns to learn from; suspected leaks are left out and reported.
    y : array-like, shape (n_rows,)
        Labels of two classes; the probability of the second in order is tested.
    time : array-like, shape (n_rows,), optional
        When each row was seen: dates, or numbers that rise with time. Without it the test is
        by random groups, and the report says so. A history too short to test forward in time
        is tested so too, but never claims a signal.
    known_at : array-like, shape (n_rows,), optional
        When each label was known; `time` if not given.
    groups : array-like, shape (n_rows,), optional
        Rows of one group (repeats of one opportunity) never stand on both sides.
    rules : array-like, shape (n_rows,), or str, optional
        Another score to compare with; a string names a column of X, which is then not learned
        from.
    accounts : array-like, shape (n_rows,), optional
        Account of each row: intervals then allow for rows of one account being alike, and the
        AUC on accounts unseen in training is given.
    sample_weight : array-like, shape (n_rows,), optional
        Weights of rows.
    testable : array-like of bool, shape (n_rows,), optional
        Rows that may be tested; the others only teach.
    allow_columns : collection of str
        Suspected leaks that are honest after all.
    model : PropensityModel, optional
        Its arguments say what is tried; it is not fitted.
    n_folds : int
        Windows that are tested, about: those that have enough before them to choose on.
    resamples : int
        Bootstrap resamples behind the intervals.
    random_state : int
        Seed of the bootstrap.

    Raises
    ------
    ValueError
        If there are not two classes, or lengths or times don't fit.
    """
    trial = Trial.of(
        X,
        y,
        time,
        known_at,
        groups,
        rules,
        accounts=accounts,
        sample_weight=sample_weight,
        testable=testable,
        allow_columns=allow_columns,
        model=model,
        n_folds=n_folds,
    )
    return trial.report(resamples=resamples, random_state=random_state)


@dataclass(frozen=True)
class Trial:
    """Checked rows and one search over candidates, for the back-test and for the fit alike.

    `Trial.of(…).report()` is `backtest(…)`; `.fit()` then gives the model that the report speaks
    of, without searching again.

    Parameters
    ----------
    rows : TrainingRows
        The rows, without suspected leaks.
    leaks : tuple of Leak
        What was left out.
    folds : list of Fold
        Splits that candidates are compared on.
    split : str
        How they were made.
    model : PropensityModel
        Not fitted.
    n_folds : int
        Windows that are tested.
    rules : array of float, shape (n_rows,), or None
        Score to compare with.
    accounts : array of int, shape (n_rows,), or None
        Account of each row.
    """

    rows: TrainingRows
    leaks: tuple[Leak, ...]
    folds: list[Fold]
    split: str
    model: PropensityModel
    n_folds: int
    rules: FloatArray | None
    accounts: IntArray | None

    @classmethod
    def of(
        cls,
        X: Any,
        y: Any,
        time: Any = None,
        known_at: Any = None,
        groups: Any = None,
        rules: Any = None,
        *,
        accounts: Any = None,
        sample_weight: Any = None,
        testable: Any = None,
        allow_columns: Collection[str] = (),
        model: PropensityModel | None = None,
        n_folds: int = 4,
    ) -> Trial:
        """Check the rows and leave out suspected leaks; arguments as in `backtest`."""
        frame = as_frame(X)
        check_shape(frame)
        labels = binary_labels(y)[1]
        rules, frame = _own_rules(rules, frame)
        for name, values in (("y", labels), ("rules", rules), ("accounts", accounts)):
            if values is not None:
                check_length(name, values, len(frame))
        check_same_index(X=X, y=y, time=time, rules=rules, accounts=accounts)
        leaks = suspected_leaks(
            frame,
            labels,
            days=days_of(time),
            repeats=groups if accounts is None else accounts,
            allow_columns=allow_columns,
        )
        kept = without_leaks(frame, leaks)
        if isinstance(X, pd.DataFrame):
            kept.index = X.index
        rows = TrainingRows.of(
            kept, y, time, known_at, groups, sample_weight, testable, clusters=accounts
        )
        model = PropensityModel() if model is None else clone(model)
        check_monotone(frame, model.monotone or {})
        folds, split = rows.folds(n_folds + WARM_UP, model.random_state)
        account = None if accounts is None else codes_of(np.asarray(accounts))[rows.order]
        return cls(
            rows, tuple(leaks), folds, split, model, n_folds, _rule_scores(rules, rows), account
        )

    @cached_property
    def found(self) -> Search | None:
        """Margins of unseen rows under each candidate."""
        if not self.folds:
            return None
        rows = self.rows
        settings = self.model.settings()
        known = [rows.known_before(fold) for fold in self.folds]
        return search(
            rows.frame, rows.y, rows.weight, rows.time, self.folds, settings,
            alike=rows.alike, known=known, baselines=True,
        )  # fmt: skip

    def fit(self) -> PropensityModel:
        """The model, chosen and calibrated on all unseen rows and fitted on all rows."""
        names = np.asarray(self.rows.frame.columns, dtype=object)
        return clone(self.model).fit_found(self.rows, self.found, self.split, names)

    @one_blas_thread
    def report(self, *, resamples: int = 200, random_state: int = 0) -> BacktestReport:
        """The findings; see `backtest`."""
        if self.replay is None:
            return self._untested()
        found = Findings(self.rows, self.replay, self.rules, self.accounts, resamples, random_state)
        columns = tuple(self.rows.frame.columns)
        report = found.report(self.split, self._random_split(), leaks=self.leaks, columns=columns)
        return _unproven(report) if self._too_short() else report

    def _too_short(self) -> bool:
        """Whether there is a time that differs, but nothing was known before any window."""
        time = self.rows.time
        return self.split == "by group" and time is not None and bool(np.ptp(time) > 0)

    @cached_property
    def replay(self) -> Replay | None:
        """Predictions for the tested rows; None where too few rows could be held back."""
        settings = self.model.settings()
        if self.split == "forward in time":
            if self.found is None:
                return None
            return replay_forward(self.rows, self.found, settings, self.n_folds)
        outer, _ = self.rows.folds(self.n_folds, settings.seed)
        return replay_grouped(self.rows, outer, settings) if outer else None

    def _random_split(self) -> float | None:
        """The AUC that a random split would have claimed."""
        if self.found is None or self.split != "forward in time":
            return None
        unseen = np.flatnonzero(self.found.tested)
        choice = self.found.choose(self.rows.y, self.rows.weight, unseen)
        return random_split_auc(self.rows, choice, self.model.settings())

    def _untested(self) -> BacktestReport:
        """Nothing could be held back, so nothing is claimed."""
        few = "too few rows of both classes to hold any back for testing"
        why = few if self.rows.judged.any() else "no row may be tested: too few have closed"
        return BacktestReport(
            verdict="no signal found",
            why=why,
            split=self.split,
            metrics={},
            folds=[],
            stability=None,
            segments=[],
            reliability=[],
            lift={},
            random_split=None,
            unseen_accounts=None,
            leaks=self.leaks,
            columns=tuple(self.rows.frame.columns),
            rows=counts(self.rows, np.zeros(0, dtype=np.int64)),
        )


def _unproven(report: BacktestReport) -> BacktestReport:
    """Figures by group prove nothing about the future where time moves on."""
    return replace(
        report,
        verdict="no signal found",
        why="history too short to test forward in time",
        split="by group, history too short",
    )


def _own_rules(rules: Any, frame: pd.DataFrame) -> tuple[Any, pd.DataFrame]:
    """The other score, and the columns without it where it is one of them."""
    if not isinstance(rules, str):
        return rules, frame
    if rules not in frame.columns:
        raise ValueError(f"rules: X has no column {rules!r}; it has {', '.join(frame.columns)}")
    return frame[rules].to_numpy(), frame.drop(columns=rules)


def _rule_scores(rules: Any, rows: TrainingRows) -> FloatArray | None:
    """The other score in the rows' order; a missing one ranks last."""
    if rules is None:
        return None
    values = pd.Series(np.asarray(rules))
    scores = as_numbers(values)
    words = np.flatnonzero(np.isnan(scores) & values.notna().to_numpy())
    if len(words):
        raise ValueError(
            f"rules: row {words[0]} holds {str(values[words[0]])!r}, which is no finite number"
        )
    ordered = scores[rows.order]
    return np.where(np.isnan(ordered), -np.inf, ordered)
