"""The people of the scored accounts as a table of their own: points, role and lead stage."""

from __future__ import annotations

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.crm import Crm
from abm_ml.features.engagement import CONTACT, LEAD
from abm_ml.features.people import unlinked_leads
from abm_ml.rules.lead_stages import lead_stages
from abm_ml.rules.score import MICRO
from abm_ml.scoring.drafts import Draft
from abm_ml.scoring.run import Run
from abm_ml.scoring.schema import PEOPLE_SCHEMA, table_of


def people_table(run: Run, run_id: str, drafted: Draft, scored: pa.Table) -> pa.Table:
    """Who may be used at the scored accounts; no names, no addresses; `PEOPLE_SCHEMA`.

    Parameters
    ----------
    run : Run
        What holds for everybody.
    run_id : str
        Of the list.
    drafted : Draft
        The slice.
    scored : pyarrow.Table
        Its scored accounts.
    """
    draft = drafted.accounts
    listed = pc.is_in(drafted.people["account_id"], scored["account_id"].combine_chunks())
    people = drafted.people.filter(listed)
    row = np.asarray(people["row_id"])
    qualified = scored.filter(scored["mqa"])["account_id"].combine_chunks()
    ready = np.asarray(pc.is_in(draft["account_id"], qualified), dtype=bool)
    ready |= np.asarray(draft["open_opportunities"]) > 0
    ready |= np.asarray(draft["accepted"], dtype=bool)
    stage = lead_stages(
        verified=np.asarray(people["verified"], dtype=bool),
        points_micro=np.asarray(people["points_micro"]),
        converted=np.asarray(people["converted"], dtype=bool),
        sales_ready=ready[row],
        customer=np.asarray(draft["past_won"])[row] > 0,
        mql_points=run.params.stages.mql_points,
    )
    contact = pc.equal(people["person_type"], CONTACT)
    columns = {
        "account_id": people["account_id"],
        "contact_id": pc.if_else(contact, people["person"], None),
        "lead_id": pc.if_else(contact, None, people["person"]),
        "role": people["role"],
        "points": np.asarray(people["points_micro"]) / MICRO,
        "engaged": people["engaged"],
        "last_engaged_at": people["last_engaged_at"],
        "lead_stage": stage,
        "as_of": run.as_of,
        "run_id": run_id,
    }
    return table_of(columns, PEOPLE_SCHEMA, people.num_rows)


def unlinked_people(crm: Crm, run: Run, run_id: str) -> pa.Table:
    """Leads that belong to no account; `PEOPLE_SCHEMA`."""
    lost = unlinked_leads(crm, run.as_of).mutate(person_type=ibis.literal(LEAD, type="int8"))
    found = crm.to_arrow(lost)
    if run.not_people is not None:
        found = run.not_people.without_staff(found)
    found = found.sort_by("person")
    verified = np.asarray(found["verified"], dtype=bool)
    columns = {
        "lead_id": found["person"],
        "points": 0.0,
        "engaged": False,
        "lead_stage": np.where(verified, "IQL", "RAW"),
        "as_of": run.as_of,
        "run_id": run_id,
    }
    return table_of(columns, PEOPLE_SCHEMA, found.num_rows)
