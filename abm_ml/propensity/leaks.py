"""Columns that probably tell the outcome: by what they do, by their dates, or by their name.

Behaviour is a column that by itself all but separates the classes, one that is filled for one
class only (however few of its rows), or a value that nearly only winners have. Dates are
suspected where they lie at or after the row's own time in a way that tells the outcome. Names are
generic words of CRM systems, English and Chinese, for what is known only when an opportunity
closes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import FloatArray, IntArray, as_frame
from abm_ml.features.names import ATTRIBUTE, parse_feature
from abm_ml.propensity.leak_behaviour import Tally, behaviour, behaviour_in_time
from abm_ml.propensity.leak_names import told_by_name
from abm_ml.propensity.words import OPPORTUNITY

BY_NAME = "its name says that it is known only after the fact"


@dataclass(frozen=True)
class Leak:
    """A column that is not believed.

    Parameters
    ----------
    column : str
        Its name.
    why : str
        What gave it away.
    evidence : str
        The figures, or the words of its name.
    """

    column: str
    why: str
    evidence: str


def suspected_leaks(
    X: Any,
    y: Any,
    *,
    days: FloatArray | None = None,
    repeats: Any = None,
    allow_columns: Collection[str] = (),
) -> list[Leak]:
    """Columns that should not be learned from.

    Parameters
    ----------
    X : DataFrame or array-like, shape (n_rows, n_columns)
        Columns as the model would see them.
    y : array of 0 and 1, shape (n_rows,)
        Labels.
    days : array of float, shape (n_rows,), optional
        When each row was seen, in days since 1970: dates are then judged by it.
    repeats : array-like, shape (n_rows,), optional
        Account or opportunity of each row: rows of one that agree count once, so that one
        account with many rows is no proof.
    allow_columns : collection of str
        Columns that the user knows to be honest.

    Returns
    -------
    list of Leak
        In the order of the columns; the first reason found for each.
    """
    frame, labels = as_frame(X), np.asarray(y, dtype=np.int64)
    same = None if repeats is None else pd.factorize(np.asarray(repeats))[0]
    checked = (name for name in frame.columns if name not in allow_columns)
    found = (suspected_leak(frame[name], labels, days=days, repeats=same) for name in checked)
    return [leak for leak in found if leak is not None]


def suspected_leak(
    values: pd.Series,
    y: IntArray,
    *,
    days: FloatArray | None = None,
    repeats: IntArray | None = None,
) -> Leak | None:
    """A leak that a column's behaviour, dates or name give away, if they do.

    Computed features are none, however well they tell the classes apart: they look strictly
    before their date (who renews has won before, and that is no leak).
    """
    name = str(values.name)
    if parse_feature(name.removeprefix(OPPORTUNITY)).family != ATTRIBUTE:
        return None
    # Figures first: they convince more than a name does.
    told = behaviour(Tally.of(values, y, repeats))
    if told is None and days is not None:
        told = behaviour_in_time(values, y, days, repeats)
    return leak_by_name(name) if told is None else Leak(name, *told)


def leak_by_name(name: str) -> Leak | None:
    """A leak that its name gives away, if it does.

    >>> leak_by_name("Days_In_Stage__c").evidence
    "'Days_In_Stage__c' reads as time spent in stages"
    """
    told = told_by_name(name.removeprefix(OPPORTUNITY))
    return Leak(name, BY_NAME, f"'{name}' reads as {told}") if told else None


def leaking_columns(leaks: Iterable[Leak]) -> list[str]:
    """Names of the columns, in order."""
    return [leak.column for leak in leaks]


def without_leaks(frame: pd.DataFrame, leaks: Iterable[Leak]) -> pd.DataFrame:
    """The columns that are believed.

    Raises
    ------
    ValueError
        If none is left.
    """
    names = leaking_columns(leaks)
    kept = frame.drop(columns=names)
    if not kept.shape[1]:
        raise ValueError(
            f"every column is a suspected leak ({', '.join(names)}), so there is nothing to learn "
            "from; name those that are honest in allow_columns"
        )
    return kept
