"""The training table: labels, and features as of the moment that each label looks from."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from abm_ml.data.column_kinds import IntArray
from abm_ml.data.crm import Crm
from abm_ml.errors import DataError, ParamsError
from abm_ml.features.account import account_features
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.labels import conversion_labels, last_instant, utc, win_labels
from abm_ml.propensity.leaks import Leak, leaking_columns
from abm_ml.propensity.training_leaks import training_leaks
from abm_ml.propensity.words import OPPORTUNITY

Target: TypeAlias = Literal["conversion", "win"]

AT_CREATION = ("product", "type", "source")
"""Known columns of an opportunity that are filled when it is created."""


@dataclass(frozen=True)
class TrainingTable:
    """What a propensity model is trained and tested on; all arrays have one entry a row.

    Parameters
    ----------
    X : DataFrame, shape (n_rows, n_columns)
        Features strictly before `time`; suspected leaks are left out.
    y : array of int
        1 won, 0 not.
    time, known_at : array of datetime64[us]
        When the row was seen, and when its label was known.
    groups : array of str
        Rows of one group belong on one side of a split.
    accounts : array of str
        account_id.
    testable : array of bool
        Rows that may be tested (cohorts that are closed enough).
    spec : FeatureSpec
        The account features in X.
    leaks : tuple of Leak
        Columns that were kept out, or would have to be.
    target : str
        `conversion` or `win`.
    horizon_days : int or None
        The label's window, for `conversion`.
    until : datetime
        Nothing at or after it was used.
    """

    X: pd.DataFrame
    y: IntArray
    time: npt.NDArray[np.datetime64]
    known_at: npt.NDArray[np.datetime64]
    groups: npt.NDArray[Any]
    accounts: npt.NDArray[Any]
    testable: npt.NDArray[np.bool_]
    spec: FeatureSpec
    leaks: tuple[Leak, ...]
    target: Target
    horizon_days: int | None
    until: datetime

    def __len__(self) -> int:
        return len(self.y)


def training_table(
    crm: Crm,
    target: Target = "conversion",
    *,
    until: datetime | None = None,
    horizon_days: int = 180,
    every_months: int = 3,
    max_rows: int = 200_000,
    seed: int = 0,
    min_matured_share: float = 0.9,
    opportunity_columns: bool = True,
    allow_columns: Collection[str] = (),
    exclude_columns: Collection[str] = (),
    spec: FeatureSpec | None = None,
    **discovery: Any,
) -> TrainingTable:
    """Labels of a target with the features of their accounts, strictly before each label's time.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    target : "conversion" or "win"
        See `conversion_labels` and `win_labels`.
    until : datetime, optional
        Nothing at or after it is used; None: just after the last event in the data.
    horizon_days, every_months, max_rows, seed
        For `conversion_labels`.
    min_matured_share
        For `win_labels`.
    opportunity_columns : bool
        For `win`: also columns that the opportunity had at its creation (product, type, source
        and columns the contract doesn't know), named `opportunity:…`. A model of accounts
        without an opportunity wants none.
    allow_columns : collection of str
        Suspected leaks that are honest after all.
    exclude_columns : collection of str
        Columns that are left out whatever they are.
    spec : FeatureSpec, optional
        The account features; None: `FeatureSpec.discover(crm, until, **discovery)`.
    **discovery
        Arguments of `FeatureSpec.discover`.

    Raises
    ------
    DataError
        If there is not a single row.
    ParamsError
        If the target is unknown.
    """
    if target not in ("conversion", "win"):
        raise ParamsError(f"target must be conversion or win. Supplied value {target!r}")
    end = until or last_instant(crm)
    if target == "win":
        labels = win_labels(crm, end, min_matured_share=min_matured_share)
    else:
        labels = conversion_labels(
            crm,
            horizon_days=horizon_days,
            every_months=every_months,
            until=end,
            max_rows=max_rows,
            seed=seed,
        )
    if not labels.num_rows:
        raise DataError(_no_rows(target, end, horizon_days))
    spec = spec or FeatureSpec.discover(crm, end, **discovery)
    X = _account_columns(crm, labels, spec)
    if target == "win" and opportunity_columns:
        X = pd.concat([X, _opportunity_columns(crm, labels)], axis=1)
    y = labels["y"].to_numpy()
    leaks = training_leaks(crm, X, labels, spec, utc(end), allow_columns)
    dropped = {*leaking_columns(leaks), *exclude_columns}
    X = X.drop(columns=[name for name in X.columns if name in dropped])
    kept = tuple(name for name in spec.columns if name not in dropped)
    return TrainingTable(
        X=X,
        y=y,
        time=labels["as_of"].to_numpy(),
        known_at=labels["known_at"].to_numpy(),
        groups=labels["group"].to_numpy(),
        accounts=labels["account_id"].to_numpy(),
        testable=labels["testable"].to_numpy(zero_copy_only=False),
        spec=dataclasses.replace(spec, columns=kept),
        leaks=leaks,
        target=target,
        horizon_days=horizon_days if target == "conversion" else None,
        until=end,
    )


def _no_rows(target: Target, end: datetime, horizon_days: int) -> str:
    if target == "win":
        return f"opportunities: none was won or lost before {end:%Y-%m-%d}; nothing to learn from"
    return (
        f"opportunities: none was created {horizon_days} days or more before {end:%Y-%m-%d}; "
        "nothing to learn from: shorten propensity.horizon_days, or bring more history"
    )


def _account_columns(crm: Crm, labels: pa.Table, spec: FeatureSpec) -> pd.DataFrame:
    """Account features, one row for each label in the order of row_id."""
    spine = crm.register("training_spine", labels.select(["row_id", "account_id", "as_of"]))
    features = account_features(crm, spine, spec).order_by("row_id")
    return crm.to_arrow(features).select(list(spec.columns)).to_pandas()


def _opportunity_columns(crm: Crm, labels: pa.Table) -> pd.DataFrame:
    """What the opportunity's own record says, one row for each label."""
    table = crm.table("opportunities")
    given = crm.given_columns("opportunities")
    names = [name for name in AT_CREATION if name in given]
    names += crm.extra_columns("opportunities")
    spine = crm.register("training_opportunities", labels.select(["row_id", "group"]))
    joined = spine.join(table, spine.group == table.opportunity_id).order_by("row_id")
    columns = {f"{OPPORTUNITY}{name}": joined[name] for name in names}
    if not columns:
        return pd.DataFrame(index=range(labels.num_rows))
    return crm.to_arrow(joined.select("row_id", **columns)).drop(["row_id"]).to_pandas()
