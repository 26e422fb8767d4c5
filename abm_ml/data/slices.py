"""A CRM cut into slices of accounts, each a CRM of its own, so that memory stays bounded.

Slices are cut by a hash of account_id, in one pass over each table; what belongs to no account
(campaigns, suppressions) is whole in every slice. Whatever looks across accounts must be looked
at before the cut: suppressed people may be named by events of another account than theirs, so
their events are left out here, and what a subsidiary says of its parent is noted at the parent.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import ibis

from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.data.suppression import suppression_ends

_SLICE = "abm_slice_number"

_BITS = 2**40 - 1
"""Of a hash: so much of it is a positive number to every engine."""

_OWNER = {"leads": "converted_account_id"}
"""Columns that say whose a row is where account_id does not."""


def slices(crm: Crm, as_of: datetime, size: int, folder: Path) -> list[Crm]:
    """The CRM as slices of about `size` accounts; a small one is its own only slice.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    as_of : datetime
        When people count as suppressed.
    size : int
        Accounts in a slice, about.
    folder : Path
        An empty directory that outlives the slices.

    Returns
    -------
    list of Crm
        Together they hold every account once.
    """
    crm = crm.part(_across(crm, as_of), free_as_of=as_of)
    accounts = crm.table("accounts").count().to_pyarrow().as_py()
    number = max(1, -(-accounts // size))
    whole = {name: crm.given(name) for name in SCHEMAS if crm.has(name)}
    cut = {name: table for name, table in whole.items() if "account_id" in table.columns}
    if number == 1:  # but for the log, of which much is left out, and which is read many times
        cut = {name: table for name, table in cut.items() if name == "engagements"}
    for name, table in cut.items():
        _cut(crm, table, _OWNER.get(name), number, folder / name)
    kept = {name: table for name, table in whole.items() if name not in cut}
    return [_slice(crm, kept, cut, folder, place) for place in range(number)]


def _across(crm: Crm, as_of: datetime) -> dict[str, ibis.Table]:
    """Tables in which one account's rows say something of another account."""
    found = {}
    if crm.has("engagements") and crm.has("suppressions"):
        found["engagements"] = _of_free_people(crm, crm.given("engagements"), as_of)
    if "parent_account_id" in crm.given_columns("accounts"):
        found["relations"] = _with_subsidiaries(crm, as_of)
    return found


def _of_free_people(crm: Crm, events: ibis.Table, as_of: datetime) -> ibis.Table:
    """Events but for those of contacts, else leads, whose suppression is active."""
    for key, people in (("contact_id", "contacts"), ("lead_id", "leads")):
        if key in events.columns:
            ends = suppression_ends(crm, people)
            active = ends.filter(ends.until > as_of).select(**{key: ends.person_id})
            suppressed = events[key].isin(active[key]).fill_null(False)
            if key == "lead_id" and "contact_id" in events.columns:
                suppressed &= events.contact_id.isnull()
            events = events.filter(~suppressed)
    return events


def _with_subsidiaries(crm: Crm, as_of: datetime) -> ibis.Table:
    """Relations, and each subsidiary that names its parent as a relation of the parent."""
    known = crm.table("relations").select("account_id", "related_account_id", "kind")
    accounts = crm.table("accounts")
    later = accounts.filter(accounts.created_at >= as_of).select(related_account_id="account_id")
    accounts = accounts.filter(accounts.parent_account_id.notnull())
    named = accounts.select(
        account_id=accounts.parent_account_id,
        related_account_id=accounts.account_id,
        kind=ibis.literal("subsidiary"),
    )
    return known.union(named, distinct=True).anti_join(later, "related_account_id")


def _cut(crm: Crm, table: ibis.Table, other: str | None, number: int, folder: Path) -> None:
    """Write a table's rows by slice; those that belong to no account are in none."""
    owner = table.account_id
    if other is not None and other in table.columns:
        owner = ibis.coalesce(owner, table[other])
    numbered = table.filter(owner.notnull()).mutate(**{_SLICE: (owner.hash() & _BITS) % number})
    crm.con.to_parquet(numbered, folder, partition_by=_SLICE)


def _slice(
    crm: Crm, kept: dict[str, ibis.Table], cut: dict[str, ibis.Table], folder: Path, place: int
) -> Crm:
    tables = dict(kept)
    # Two cuts of one session live side by side: their names must differ as their folders do.
    session = re.sub(r"\W+", "_", str(folder))
    for name, whole in cut.items():
        files = sorted((folder / name / f"{_SLICE}={place}").glob("*.parquet"))
        named = f"slice_{place}_{name}_{session}"
        if files:
            tables[name] = crm.con.read_parquet(
                [str(file) for file in files], table_name=named, hive_partitioning=False
            )
        else:
            tables[name] = crm.register(named, crm.to_arrow(whole.limit(0)))
    return crm.part(tables)
