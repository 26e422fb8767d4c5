"""Account scores at many past moments: the rules-only baseline of a back-test."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.features.engagement import engagement_points
from abm_ml.features.intent import intent_score
from abm_ml.features.signals import criterion_counts
from abm_ml.rules.icp import PartFit, filled, knocked_out, part_fit, plain, source_of
from abm_ml.rules.score import account_score, engagement_score, spread_weights

Numbers = NDArray[np.float64]

_SPINE = "past_scores_spine"


def past_account_scores(crm: Crm, spine: pa.Table, params: Params) -> Numbers:
    """The account score (DESIGN 6.1) of each row, from what lay before its as_of.

    Attributes are taken as they stand now, as the rules always take them.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : pyarrow.Table
        row_id (0, 1, … in this order), account_id, as_of.
    params : Params
        The rule book.

    Returns
    -------
    array of float, shape (n_rows,)
        0-100, equal to what scoring the universe as of each row's date would give.
    """
    rows = crm.register(_SPINE, spine)
    icp = _icp_parts(crm, rows, params)
    out = knocked_out(list(icp.values()), spine.num_rows)
    parts = {name: np.where(out, 0.0, part.score) for name, part in icp.items()}
    parts |= _behaviour(crm, rows, params)
    if not parts:
        return np.zeros(spine.num_rows)
    weights = spread_weights(params.account_score.model_dump(), parts)
    return account_score(parts, weights)


def _icp_parts(crm: Crm, rows: ibis.Table, params: Params) -> dict[str, PartFit]:
    """Firmographic and technographic fit, where the export lets us judge them."""
    declared = {"firmographic": params.icp.firmographic, "technographic": params.icp.technographic}
    columns = _criteria_columns(crm, rows, params)
    judged = {name: part_fit(criteria, columns) for name, criteria in declared.items()}
    return {name: part for name, part in judged.items() if part is not None}


def _criteria_columns(crm: Crm, rows: ibis.Table, params: Params) -> dict[str, pa.Array]:
    """Values that ICP criteria look at, in the order of row_id; sources absent are left out."""
    criteria = (*params.icp.firmographic, *params.icp.technographic)
    accounts = crm.table("accounts")
    names = dict.fromkeys(one.column for one in criteria if one.column in accounts.columns)
    attributes = accounts.select("account_id", **{name: accounts[name] for name in names})
    joined = rows.left_join(attributes, "account_id").order_by("row_id")
    table = crm.to_arrow(joined.select("row_id", *names))
    columns = {name: plain(table[name]) for name in names}
    columns = {name: values for name, values in columns.items() if filled(values).any()}
    for one in criteria:
        if one.signal and crm.has("signals"):
            counts = criterion_counts(crm, rows, one)
            columns[source_of(one)] = _in_order(crm, rows, counts, source_of(one))
    return columns


def _behaviour(crm: Crm, rows: ibis.Table, params: Params) -> dict[str, Numbers]:
    """Intent and engagement, where the export has such a table."""
    parts = {}
    if crm.has("intent"):
        intent = intent_score(crm, rows, **params.intent.model_dump())
        parts["intent"] = _in_order(crm, rows, intent, "intent").to_numpy()
    if crm.has("engagements"):
        settings = params.engagement
        points = engagement_points(
            crm,
            rows,
            points_by_kind=settings.points_by_kind,
            daily_cap=settings.daily_cap,
            half_life_days=settings.half_life_days,
            window_days=settings.window_days,
            excluded_kinds=(),
        )
        micro = _in_order(crm, rows, points, "points_micro").to_numpy()
        parts["engagement"] = engagement_score(micro, settings.full_points)
    return parts


def _in_order(crm: Crm, rows: ibis.Table, found: ibis.Table, column: str) -> pa.Array:
    """One number for each row in the order of row_id; nothing seen is 0."""
    joined = rows.select("row_id").left_join(found, "row_id").order_by("row_id")
    return pc.fill_null(plain(crm.to_arrow(joined.select("row_id", column))[column]), 0)
