"""From drafts and places to the tables that go out: scored and excluded (DESIGN 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.data.crm import Crm
from abm_ml.rules.tiers import NO_TIER, abm_types, tier_changes
from abm_ml.scoring.decisions import decisions, numbers
from abm_ml.scoring.drafts import OF_RULES, Draft
from abm_ml.scoring.leads import people_table
from abm_ml.scoring.propensity import explain
from abm_ml.scoring.reasons import json_lists
from abm_ml.scoring.run import Run
from abm_ml.scoring.schema import EXCLUDED_SCHEMA, SCORED_SCHEMA, table_of
from abm_ml.scoring.standing import Placing
from abm_ml.scoring.words import to_json

_STRONGEST = 12
"""Reasons of a propensity that are written one by one; `explain_account` tells all."""


@dataclass(frozen=True)
class Settled:
    """One slice of the output.

    Parameters
    ----------
    scored : pyarrow.Table
        Of `SCORED_SCHEMA`, by rank.
    excluded : pyarrow.Table
        Of `EXCLUDED_SCHEMA`, by account_id.
    excluded_row : array of int
        Place of each excluded account among all of them.
    people : pyarrow.Table
        Of `PEOPLE_SCHEMA`: who may be used at the scored accounts, by account and person.
    """

    scored: pa.Table
    excluded: pa.Table
    excluded_row: NDArray[np.int64]
    people: pa.Table


def settle(crm: Crm, run: Run, run_id: str, drafted: Draft, placing: Placing) -> Settled:
    """The output of one slice, now that tiers and ranks are known.

    Parameters
    ----------
    crm : Crm
        The slice.
    run : Run
        What holds for everybody.
    run_id : str
        See `identity.run_id`.
    drafted : Draft
        Of the slice.
    placing : Placing
        Of the accounts of the draft.
    """
    draft = drafted.accounts
    changed = tier_changes(placing.previous, placing.tier)
    if not run.previous.given:
        changed = pa.nulls(draft.num_rows, pa.string())
    told = draft.append_column("previous_tier", tier_array(placing.previous))
    told = told.append_column("change", changed)
    kept = pc.is_null(draft["reason"])
    scored = _scored(crm, run, run_id, told.filter(kept), placing.only(np.asarray(kept)))
    left_out, rows = told.filter(pc.invert(kept)), placing.row[~np.asarray(kept)]
    order = np.argsort(rows)
    given = {"as_of": run.as_of, "run_id": run_id}
    excluded = _table(left_out.take(pa.array(order)), given, EXCLUDED_SCHEMA)
    return Settled(scored, excluded, rows[order], people_table(run, run_id, drafted, scored))


def tier_array(tier: NDArray[np.int64]) -> pa.Array:
    """Tiers with null for none."""
    return pa.array(tier, pa.int64(), mask=tier == NO_TIER)


def _scored(crm: Crm, run: Run, run_id: str, draft: pa.Table, placing: Placing) -> pa.Table:
    by_rank = np.argsort(placing.row)
    draft, placing = draft.take(pa.array(by_rank)), placing.take(by_rank)
    tier, rank = placing.tier, placing.row
    columns: dict[str, Any] = {
        "rank": rank + 1,
        "tier": tier_array(tier),
        "tier_since": placing.since,
        "tier_why": placing.why,
        "cluster": placing.cluster,
        "abm_type": abm_types(tier, _came_by_itself(draft)),
        **decisions(crm, run, draft, tier),
        "reasons": _reasons(crm, run, draft, rank),
        "model_version": run.model_version or None,
        "index_version": run.index_version or None,
        "propensity_target": run.predictor.target if run.predictor else None,
        "as_of": run.as_of,
        "run_id": run_id,
    }
    return _table(draft, columns, SCORED_SCHEMA)


def _came_by_itself(draft: pa.Table) -> NDArray[np.bool_]:
    """Accounts with leads, or whose contacts engaged, that no `must` knocked out."""
    active = (numbers(draft, "leads") > 0) | (numbers(draft, "engaged_contacts") > 0)
    return active & ~numbers(draft, "knocked_out")


def _table(draft: pa.Table, columns: dict[str, Any], schema: pa.Schema) -> pa.Table:
    carried = {name: draft[name] for name in schema.names if name in draft.column_names}
    return table_of(carried | columns, schema, draft.num_rows)


def _reasons(crm: Crm, run: Run, draft: pa.Table, rank: NDArray[np.int64]) -> pa.Array:
    """JSON lists of reasons: the account score's for all, propensity's for the top by rank."""
    of_model = _propensity_reasons(crm, run, draft["account_id"].filter(pa.array(_top(run, rank))))
    of_model += [""] * (draft.num_rows - len(of_model))
    of_rules = draft[OF_RULES].combine_chunks()
    return json_lists(of_rules, pa.array(of_model, pa.string()))


def _top(run: Run, rank: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Accounts that get the model's reasons; none where propensity has no weight."""
    heard = run.predictor is not None and run.fusion_weights["propensity"] > 0
    return (rank < run.params.scoring.explain_top) & heard


def _propensity_reasons(crm: Crm, run: Run, account_id: pa.ChunkedArray) -> list[str]:
    if run.predictor is None:
        return []
    spine = spine_of(account_id.to_pylist(), run.as_of)
    currency = run.scope.currency
    found = explain(run.predictor, crm, spine, strongest=_STRONGEST, currency=currency)
    return [to_json(found[row])[1:-1] for row in range(len(account_id))]


def spine_of(account_id: list[str], as_of: datetime) -> pa.Table:
    """A spine of these accounts, in their order."""
    return pa.table(
        {
            "row_id": pa.array(range(len(account_id)), pa.int64()),
            "account_id": pa.array(account_id, pa.string()),
            "as_of": pa.repeat(pa.scalar(as_of, pa.timestamp("us")), len(account_id)),
        }
    )
