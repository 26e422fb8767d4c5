"""The people of a slice's accounts: who they are to us, and what they tell of the account."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.features.committee import committee
from abm_ml.features.customers import customer_state
from abm_ml.features.people import people
from abm_ml.features.qualifying import engagement_minutes
from abm_ml.scoring.inputs import SPINE, Inputs
from abm_ml.scoring.run import Run

_SORTED = [("row_id", "ascending"), ("person_type", "ascending"), ("person", "ascending")]


@dataclass(frozen=True)
class People:
    """The people of a slice, and what follows for the accounts.

    Parameters
    ----------
    rows : pyarrow.Table
        As `features.people.people` gives them, by account and person.
    of_account : pyarrow.Table
        Columns of `committee` and `customer_state`, a row an account in the order of the slice.
    """

    rows: pa.Table
    of_account: pa.Table


def people_of(crm: Crm, run: Run, inputs: Inputs) -> People:
    """Everybody who may be used at the accounts of a slice."""
    params, spine = run.params, crm.register(SPINE, inputs.spine)
    days = params.mqa.window_days
    found = people(crm, spine, run.as_of, run.title_roles, params.engagement, window_days=days)
    rows = crm.to_arrow(found)
    if run.not_people is not None:
        rows = run.not_people.without_staff(rows)
    rows = rows.sort_by(_SORTED)
    parts = [
        committee(crm, spine, rows, window_days=days),
        customer_state(crm, spine, params.stages, window_days=days),
    ]
    if params.mqa.way == "demandbase":
        parts.append(engagement_minutes(crm, spine, params.mqa, params.engagement))
    columns: dict[str, pa.ChunkedArray] = {}
    for part in parts:
        table = crm.to_arrow(part.order_by("row_id"))
        columns |= {name: table[name] for name in table.column_names if name != "row_id"}
    return People(rows, pa.table(columns))
