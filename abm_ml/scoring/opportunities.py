"""Open opportunities by P(win): which of the deals on the table are likely to be won.

The model of target `win` learned what an opportunity came to from its account as it stood when
the opportunity was created. So each open one is judged as of its own creation: what has happened
since (the engagement that a deal brings about, that it is still open at all) is not what the
model has seen, and its probability would not hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts
from abm_ml.errors import ParamsError
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.rules.exclusions import exclusions, own_company
from abm_ml.rules.overrides import Decisions, decisions_at
from abm_ml.scoring.arguments import checked_as_of
from abm_ml.scoring.propensity import Predictor, explain, predict
from abm_ml.scoring.schema import as_frame, table_of
from abm_ml.scoring.words import to_json

OPPORTUNITIES_SCHEMA = pa.schema(
    {
        "rank": pa.int64(),
        "opportunity_id": pa.string(),
        "account_id": pa.string(),
        "name": pa.string(),
        "created_at": pa.timestamp("us"),
        "stage": pa.string(),
        "amount": pa.float64(),
        "propensity": pa.float64(),
        "propensity_low": pa.float64(),
        "propensity_high": pa.float64(),
        "applicability": pa.float64(),
        "expected_value": pa.float64(),
        "reasons": pa.string(),
        "model_version": pa.string(),
        "as_of": pa.timestamp("us"),
    }
)
"""Open opportunities that are scored, by rank."""

LEFT_OUT_SCHEMA = pa.schema(
    {
        "opportunity_id": pa.string(),
        "account_id": pa.string(),
        "reason": pa.string(),
        "as_of": pa.timestamp("us"),
    }
)
"""The other open opportunities, by opportunity_id."""

_STRONGEST = 5
"""Reasons that are told one by one."""


@dataclass(frozen=True)
class OpportunityScores:
    """Open opportunities as of a date.

    Parameters
    ----------
    scored : DataFrame
        By rank; the columns of `OPPORTUNITIES_SCHEMA`.
    excluded : DataFrame
        The others with the reason; together with `scored` every open opportunity once.
    """

    scored: pd.DataFrame
    excluded: pd.DataFrame

    def summary(self) -> dict[str, Any]:
        """Counts, ready for JSON: `open` = `scored` + `excluded`."""
        reasons = self.excluded["reason"].value_counts().sort_index()
        return {
            "open": len(self.scored) + len(self.excluded),
            "scored": len(self.scored),
            "excluded": len(self.excluded),
            "excluded_by_reason": {str(name): int(n) for name, n in reasons.items()},
        }


def score_opportunities(
    crm: Crm,
    model: TrainedPropensity | None,
    params: Params,
    as_of: str | datetime,
    *,
    model_version: str = "",
) -> OpportunityScores:
    """P(win) of each open opportunity, with its interval, expected value and reasons.

    Left out, with the reason: opportunities of accounts that are unknown as of then
    (`unknown_account`), and of those that are never scored whatever the motion (`suppressed`,
    `account_type`, `hands_off`).

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    model : TrainedPropensity or None
        Of target `win`.
    params : Params
        Exclusions and sizes.
    as_of : str or datetime
        Open means created before, and not closed before. Of those that closed later, stage and
        amount are not told: they may have been written on closing.
    model_version : str
        Name of the model in the registry.

    Returns
    -------
    OpportunityScores
        Ranked by propensity. Expected value is propensity × the opportunity's own amount, or
        the amount expected of its account where it has none.

    Raises
    ------
    ParamsError
        If there is no model, or it has another target.
    """
    predictor = win_predictor(model)
    instant = checked_as_of(as_of)
    table = _open(crm, instant)
    decisions = decisions_at(crm.to_arrow(crm.table("overrides")), instant)
    reason = _left_out(table, params, decisions)
    kept = table.filter(pc.is_null(reason))
    left = table.append_column("reason", reason).filter(pc.is_valid(reason))
    return OpportunityScores(
        as_frame(_scored(crm, predictor, kept, params, instant, model_version)),
        as_frame(table_of(_columns(left) | {"as_of": instant}, LEFT_OUT_SCHEMA, len(left))),
    )


def win_predictor(model: TrainedPropensity | None) -> Predictor:
    """The predictor of a model of target `win`; nothing else can judge opportunities.

    Raises
    ------
    ParamsError
        With the way to get one.
    """
    predictor = Predictor.of(model)
    if predictor is None or predictor.target != "win":
        found = "there is no model" if model is None else f"the target is {model.target}"
        raise ParamsError(
            f"open opportunities are scored by a model of target win, P(won given an "
            f"opportunity), but {found}: set propensity.target: win, train, and promote it or "
            "name it with --version"
        )
    return predictor


def _open(crm: Crm, instant: datetime) -> pa.Table:
    """Opportunities open at an instant, by opportunity_id, with what is known of their account."""
    deals = crm.table("opportunities")
    created = deals.filter(deals.created_at < instant)
    # Won or lost without a date: closed for all we know, as in the features.
    open_ones = created.filter(
        (created.closed_at >= instant) | (created.closed_at.isnull() & created.is_won.isnull())
    )
    later = open_ones.is_won.notnull()
    shown = open_ones.select(
        "opportunity_id",
        "account_id",
        "created_at",
        stage=later.ifelse(None, open_ones.stage),
        amount=later.ifelse(None, open_ones.amount),
    )
    accounts = crm.table("accounts")
    existing = accounts.filter(accounts.created_at.isnull() | (accounts.created_at < instant))
    columns = ("account_id", "name", "account_type", "owner_id", "domain")
    known = existing.select(*columns).mutate(known=True)
    suppressed = suppressed_accounts(crm, instant).select("account_id").mutate(suppressed=True)
    joined = shown.left_join(known, "account_id").drop("account_id_right")
    joined = joined.left_join(suppressed, "account_id").drop("account_id_right")
    filled = joined.mutate(
        known=joined.known.fill_null(False), suppressed=joined.suppressed.fill_null(False)
    )
    return crm.to_arrow(filled.order_by("opportunity_id")).combine_chunks()


def _left_out(table: pa.Table, params: Params, decisions: Decisions) -> pa.Array:
    """Why an opportunity is not scored; null where it is."""
    rules = params.exclusions
    nobody = np.zeros(len(table), dtype=bool)
    always = exclusions(
        suppressed=np.asarray(table["suppressed"], dtype=bool),
        account_type=_column(table, "account_type"),
        owner_id=_column(table, "owner_id"),
        customer=nobody,
        open_opportunity=nobody,
        motion="all",
        account_types=rules.account_types,
        hands_off_owners=rules.hands_off_owners,
        own=own_company(_column(table, "domain"), rules.own_domains),
        left_alone=decisions.left_alone(_column(table, "account_id")),
    )
    return pc.if_else(_column(table, "known"), always, pc.coalesce(always, "unknown_account"))


def _scored(
    crm: Crm, predictor: Predictor, table: pa.Table, params: Params, instant: datetime, version: str
) -> pa.Table:
    """The schema's table of the opportunities that are kept, by rank."""
    spine = pa.table(
        {
            "row_id": np.arange(len(table)),
            "account_id": table["account_id"],
            "as_of": table["created_at"].cast(pa.timestamp("us")),
        }
    )
    found = predict(predictor, crm, spine, len(table), params.scoring.batch_rows)
    amount = np.asarray(table["amount"].to_numpy(), dtype=np.float64)
    expected = found.propensity * np.where(np.isnan(amount), found.amount, amount)
    order = np.argsort(-found.propensity, kind="stable")  # the table is in the order of ids
    columns: dict[str, Any] = {
        **_columns(table),
        "propensity": found.propensity,
        "propensity_low": found.low,
        "propensity_high": found.high,
        "applicability": found.applicability,
        "expected_value": expected,
    }
    ranked = {name: pa.array(values).take(pa.array(order)) for name, values in columns.items()}
    told = {
        "rank": np.arange(1, len(order) + 1),
        "reasons": _reasons(crm, predictor, spine, order[: params.scoring.explain_top], len(order)),
        "model_version": version or None,
        "as_of": instant,
    }
    return table_of(ranked | told, OPPORTUNITIES_SCHEMA, len(order))


def _reasons(
    crm: Crm, predictor: Predictor, spine: pa.Table, top: np.ndarray[Any, Any], n_rows: int
) -> pa.Array:
    """JSON lists of the first rows' reasons; null for the rest."""
    told = explain(predictor, crm, spine.take(pa.array(np.sort(top))), strongest=_STRONGEST)
    texts = [to_json(told[row]) for row in top.tolist()]
    return pa.array([*texts, *([None] * (n_rows - len(texts)))], pa.string())


def _columns(table: pa.Table) -> dict[str, Any]:
    return {name: _column(table, name) for name in table.column_names}


def _column(table: pa.Table, name: str) -> pa.Array:
    return table[name].combine_chunks()
