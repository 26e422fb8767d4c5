"""Columns that no ICP is proposed from: filled or rewritten for winners above all.

The tests are those of the model's training columns (propensity), on the won accounts against all
others, and one that is stricter: a profile is read as what companies were before they bought.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa

from abm_ml.data.column_kinds import IntArray
from abm_ml.data.crm import Crm
from abm_ml.features.discovery import MIN_DATED_SHARE
from abm_ml.features.names import ATTRIBUTE, parse_feature
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.leak_behaviour import BY_FILLING, LEAST_ROWS, Tally, surely_apart
from abm_ml.propensity.training_leaks import REWRITTEN_GAP, training_leaks
from abm_ml.rules.icp_evidence import WON
from abm_ml.workflows.icp_rows import IcpRows

FILLED_GAP = 0.15
"""Shares of won and other accounts with a value that surely differ by more are not believed."""


def told_by_winning(crm: Crm, rows: IcpRows, as_of: datetime) -> dict[str, str]:
    """Columns of accounts that winning may have filled or changed, with what gives them away.

    With few rows of either kind nothing is proved, and none is told.
    """
    names = [name for name in rows.columns if parse_feature(name).family == ATTRIBUTE]
    if not names:
        return {}
    labels, frame = _labelled(rows, names)
    y = labels["y"].to_numpy()
    if min(y.sum(), len(y) - y.sum()) < LEAST_ROWS:
        return {}
    spec = FeatureSpec.from_columns(names)
    leaks = training_leaks(crm, frame, labels, spec, as_of, allow_columns=())
    found = {leak.column: f"{leak.why}: {leak.evidence}" for leak in leaks}
    for name, figures in _rewritten(crm, labels, names).items():
        found.setdefault(name, figures)
    for name in names:
        if name not in found and (figures := _filled_oftener(frame[name], y)):
            found[name] = figures
    return found


def _labelled(rows: IcpRows, names: list[str]) -> tuple[pa.Table, pd.DataFrame]:
    """Won accounts (y = 1) and all that never won (y = 0), each once, with their columns."""
    spine = rows.spine.to_pandas()
    won = spine["group"] == WON
    kept = won | ~spine["account_id"].isin(spine.loc[won, "account_id"])
    kept &= ~spine.assign(kept=kept).duplicated(["account_id", "kept"])
    labels = spine[kept].assign(y=won[kept].astype("int64"), row_id=np.arange(kept.sum()))
    frame = pa.table({name: rows.columns[name] for name in names}).to_pandas()
    table = pa.Table.from_pandas(labels.drop(columns="group"), preserve_index=False)
    return table, frame[kept.to_numpy()].reset_index(drop=True)


def _rewritten(crm: Crm, labels: pa.Table, names: list[str]) -> dict[str, str]:
    """Columns that account_history shows changed after the row's time for winners above all.

    Where it follows nearly all accounts, their values are those of the time, and all is well;
    else those of the accounts that it does not follow are of today.
    """
    history = crm.table("account_history")
    rows = crm.register("icp_labels", labels.select(["row_id", "account_id", "as_of", "y"]))
    dated = rows.join(history.filter(history.column.isin(names)), "account_id")
    followed = dated.group_by("row_id", "y", "column").agg(
        before=(dated.valid_from < dated.as_of).any(), later=(dated.valid_from >= dated.as_of).any()
    )
    counts = followed.group_by("column", "y").agg(
        rows=followed.count(), changed=(followed.before & followed.later).sum()
    )
    found = {(row["column"], row["y"]): row for row in crm.to_arrow(counts).to_pylist()}
    figures = {}
    for name in names:
        won, other = (_counted(found.get((name, label))) for label in (1, 0))
        if won[0] + other[0] >= MIN_DATED_SHARE * labels.num_rows or not min(won[0], other[0]):
            continue
        shares = won[1] / won[0], other[1] / other[0]
        if surely_apart(shares[0], won[0], shares[1], other[0], gap=REWRITTEN_GAP):
            told = f"for {shares[0]:.0%} of won accounts, {shares[1]:.0%} of others"
            figures[name] = f"account_history shows it changed since: {told}"
    return figures


def _counted(row: dict[str, int] | None) -> tuple[int, int]:
    """Accounts of one class that history follows, and those that it shows changed."""
    return (0, 0) if row is None else (row["rows"], row["changed"])


def _filled_oftener(values: pd.Series, y: IntArray) -> str:
    """The figures where a column is filled for clearly more (or fewer) winners than others."""
    won, other = Tally.of(values, y).filled().shares()
    wins = int(y.sum())
    if not surely_apart(won, wins, other, len(y) - wins, gap=FILLED_GAP):
        return ""
    return f"{BY_FILLING}: filled in {won:.0%} of won, {other:.0%} of others"
