"""Training rows as the rest of the package wants them: checked, and in canonical order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import column_or_1d

from abm_ml.data.column_kinds import FloatArray, IntArray, as_frame
from abm_ml.propensity.folds import (
    Fold,
    as_axis,
    codes_of,
    forward_folds,
    grouped_folds,
    joined,
    sorted_rows,
    teachable,
)

_TWO_CLASSES = "a model needs rows of two classes, such as won and lost"


@dataclass(frozen=True)
class TrainingRows:
    """Rows with labels 0 and 1, sorted by time and then by what they hold.

    Parameters
    ----------
    frame : DataFrame, shape (n_rows, n_columns)
        The columns to learn from.
    y : array of int, shape (n_rows,)
        1 where the label is the second class.
    weight : array of float, shape (n_rows,)
        Weights, mean 1.
    groups : array of int, shape (n_rows,)
        Rows of one group stay on one side of a split.
    judged : array of bool, shape (n_rows,)
        Rows that may be tested; the others only teach.
    classes : array, shape (2,)
        The labels, sorted.
    order : array of int, shape (n_rows,)
        Where each row stood in the caller's table.
    time, known_at : array of float, shape (n_rows,), or None
        When each row was seen, and when its label was known, on one axis.
    dates : bool
        Whether the axis is seconds since 1970.
    clusters : array of int, shape (n_rows,), or None
        Rows of one cluster are alike (snapshots of one account), whole groups of them; None: as
        the groups say.
    """

    frame: pd.DataFrame
    y: IntArray
    weight: FloatArray
    groups: IntArray
    judged: npt.NDArray[np.bool_]
    classes: npt.NDArray[Any]
    order: IntArray
    time: FloatArray | None = None
    known_at: FloatArray | None = None
    dates: bool = False
    clusters: IntArray | None = None

    @classmethod
    def of(
        cls,
        X: Any,
        y: Any,
        time: Any = None,
        known_at: Any = None,
        groups: Any = None,
        sample_weight: Any = None,
        testable: Any = None,
        clusters: Any = None,
    ) -> TrainingRows:
        """Check and sort; arguments as in `PropensityModel.fit`.

        Rows of one of `clusters` (by default: of `groups`) are alike: they count for less than
        as many independent ones where it is said how sure something is, and stand on one side of
        a split by group.

        Raises
        ------
        ValueError
            If labels are not of two classes, or lengths, indexes, times or weights don't fit.
        """
        frame = as_frame(X)
        check_shape(frame)
        check_same_index(
            X=X, y=y, time=time, known_at=known_at, groups=groups, sample_weight=sample_weight,
            testable=testable, clusters=clusters,
        )  # fmt: skip
        classes, labels = binary_labels(y)
        n_rows = len(frame)
        check_length("y", labels, n_rows)
        weight = _weights(sample_weight, n_rows)
        group = np.arange(n_rows) if groups is None else codes_of(_plain(groups))
        check_length("groups", group, n_rows)
        cluster = group if clusters is None else codes_of(_plain(clusters))
        check_length("clusters", cluster, n_rows)
        axis, known, dates = _times(time, known_at, n_rows)
        judged = np.ones(n_rows, dtype=bool) if testable is None else _mask(testable, n_rows)
        keys = [key for key in (axis, known) if key is not None]
        belongs = {"\0group": groups, "\0cluster": clusters}
        given = {name: _plain(values) for name, values in belongs.items() if values is not None}
        order = sorted_rows(frame.assign(**given), *keys, labels, weight, judged)
        order = order[weight[order] > 0]
        if len(np.unique(labels[order])) < 2:
            raise ValueError(
                f"all {len(order)} rows of a weight above 0 have one class "
                f"({classes[labels[order][0]]}); {_TWO_CLASSES}"
            )
        return cls(
            frame=frame.iloc[order].reset_index(drop=True),
            y=labels[order],
            weight=weight[order] / weight[order].mean(),
            groups=pd.factorize(group[order])[0],
            judged=judged[order],
            classes=classes,
            order=order,
            time=None if axis is None else axis[order],
            known_at=None if known is None else known[order],
            dates=dates,
            clusters=pd.factorize(joined(group, cluster)[order])[0],
        )

    def __len__(self) -> int:
        return len(self.y)

    @property
    def alike(self) -> IntArray:
        """Cluster of each row, shape (n_rows,)."""
        return self.groups if self.clusters is None else self.clusters

    def take(self, rows: IntArray) -> TrainingRows:
        """Some of the rows, in the order they are in."""
        return TrainingRows(
            frame=self.frame.iloc[rows].reset_index(drop=True),
            y=self.y[rows],
            weight=self.weight[rows],
            groups=self.groups[rows],
            judged=self.judged[rows],
            classes=self.classes,
            order=self.order[rows],
            time=None if self.time is None else self.time[rows],
            known_at=None if self.known_at is None else self.known_at[rows],
            dates=self.dates,
            clusters=None if self.clusters is None else self.clusters[rows],
        )

    def known_before(self, fold: Fold) -> npt.NDArray[np.bool_]:
        """Rows whose outcome was known when a fold's test window began, shape (n_rows,).

        Where the fold has no window: all rows but those of the clusters that are tested.
        """
        if self.time is None or self.known_at is None or fold.start is None:
            return ~np.isin(self.alike, self.alike[fold.test])
        apart = ~np.isin(self.groups, self.groups[fold.test])
        return apart & (self.time < fold.start) & (self.known_at < fold.start)

    def folds(self, n_folds: int, seed: int) -> tuple[list[Fold], str]:
        """Teachable folds, and in words how the rows were split.

        Forward in time where the history is long enough; else by group, all rows of a cluster
        on one side; none if there are too few rows of either class for any split.
        """
        if self.time is not None and self.known_at is not None:
            ahead = forward_folds(self.time, self.known_at, self.groups, n_folds=n_folds)
            usable = self._usable(ahead)
            if usable:
                return usable, "forward in time"
        usable = self._usable(grouped_folds(self.alike, n_folds=n_folds, seed=seed))
        return usable, "by group" if usable else "not compared"

    def _usable(self, folds: list[Fold]) -> list[Fold]:
        """Folds with both classes to learn from, without test rows that may not be judged."""
        judged = [
            Fold(fold.train, fold.test[self.judged[fold.test]], fold.start, fold.end)
            for fold in folds
        ]
        return [fold for fold in judged if teachable(fold, self.y)]


def binary_labels(y: Any) -> tuple[npt.NDArray[Any], IntArray]:
    """The two classes, and each row's label as 0 or 1.

    Raises
    ------
    ValueError
        If labels are missing, or there are not exactly two classes.
    """
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None")
    labels = column_or_1d(_plain(y), warn=True)
    if pd.isna(labels).any():
        row = int(np.flatnonzero(pd.isna(labels))[0])
        raise ValueError(f"Input y contains NaN (row {row}): drop rows without a label")
    kind = type_of_target(labels, input_name="y", raise_unknown=True)
    classes, codes = np.unique(labels, return_inverse=True)
    if kind != "binary":
        raise ValueError(
            f"Only binary classification is supported. The type of the target is {kind}."
        )
    if len(classes) < 2:
        raise ValueError(f"all {len(codes)} rows have one class ({classes[0]}); {_TWO_CLASSES}")
    return classes, codes.astype(np.int64)


def _plain(values: Any) -> npt.NDArray[Any]:
    """Labels or groups as a numpy array that can be sorted."""
    array = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    if array.dtype == object and array.ndim == 1:
        array = np.asarray(pd.Series(array).infer_objects())
        if all(isinstance(value, str) for value in array):
            array = array.astype(str)
    return array


def check_shape(frame: pd.DataFrame) -> None:
    """Refuse a table without rows or without columns."""
    if not len(frame):
        raise ValueError(f"Found array with 0 sample(s) (shape={frame.shape}): 1 is required")
    if not frame.shape[1]:
        raise ValueError(
            f"Found array with 0 feature(s) (shape={frame.shape}) while a minimum of 1 is required."
        )


def check_length(name: str, values: Any, n_rows: int) -> None:
    """Refuse values that are not one a row."""
    if len(values) != n_rows:
        raise ValueError(f"inconsistent lengths: X has {n_rows} rows, {name} has {len(values)}")


def check_same_index(**given: Any) -> None:
    """Refuse tables and Series whose indexes say that they hold different rows.

    Rows are taken by position. That two pandas objects of other indexes (one of them shuffled or
    filtered) stand in the same order cannot be known, and a guess would mix up the labels.
    """
    indexed = [(name, values.index) for name, values in given.items() if _is_pandas(values)]
    for name, index in indexed[1:]:
        first, index_of_first = indexed[0]
        if len(index) == len(index_of_first) and not index.equals(index_of_first):
            raise ValueError(
                f"{name} and {first} have different indexes, so their rows may not belong "
                f"together; align them, or pass {name}.to_numpy() if their order is the same"
            )


def _is_pandas(values: Any) -> bool:
    return isinstance(values, pd.DataFrame | pd.Series)


def _weights(sample_weight: Any, n_rows: int) -> FloatArray:
    if sample_weight is None:
        return np.ones(n_rows)
    weight = np.asarray(sample_weight, dtype=np.float64)
    if weight.ndim != 1:
        raise ValueError("Sample weights must be 1D array or scalar")
    check_length("sample_weight", weight, n_rows)
    if not np.isfinite(weight).all() or (weight < 0).any() or not weight.sum():
        raise ValueError("sample_weight must be finite, not negative, and not all zero")
    return weight


def _mask(testable: Any, n_rows: int) -> npt.NDArray[np.bool_]:
    mask = np.asarray(testable, dtype=bool)
    check_length("testable", mask, n_rows)
    return mask


def _times(
    time: Any, known_at: Any, n_rows: int
) -> tuple[FloatArray | None, FloatArray | None, bool]:
    """Time and known_at on one axis, and whether that is of dates."""
    if time is None:
        if known_at is not None:
            raise ValueError("known_at needs time: give both or neither")
        return None, None, False
    axis, dates = as_axis(time, "time")
    check_length("time", axis, n_rows)
    if known_at is None:
        return axis, axis, dates
    known, known_dates = as_axis(known_at, "known_at")
    check_length("known_at", known, n_rows)
    if known_dates != dates:
        raise ValueError("time and known_at must both be dates or both be numbers")
    return axis, known, dates
