"""The contacts of some accounts who may be used at a date, with what their titles say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import pandas as pd
import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts, suppressed_contacts
from abm_ml.data.titles import parse_titles
from abm_ml.errors import DataError

_NAMED_IN_ERRORS = 3
_BEFORE_EVERYTHING = datetime(1970, 1, 1)
_COLUMNS = (
    "contact_id", "account_id", "title", "department", "seniority", "role", "city", "source",
    "consent",
)  # fmt: skip


def ids_table(crm: Crm, name: str, column: str, ids: Sequence[str]) -> ibis.Table:
    """Ids in the session, each once, so that the engine filters by them."""
    each_once = sorted({str(one) for one in ids})
    return crm.register(name, pa.table({column: pa.array(each_once, pa.string())}))


def check_known(crm: Crm, table: str, wanted: ibis.Table) -> None:
    """Refuse ids that a table does not hold.

    Raises
    ------
    DataError
        Naming the first few.
    """
    (key,) = wanted.columns
    known = crm.table(table).select(key)
    unknown = wanted.anti_join(known, key).order_by(key)
    missing = crm.to_arrow(unknown)[key].to_pylist()
    if missing:
        some = ", ".join(map(repr, missing[:_NAMED_IN_ERRORS]))
        more = len(missing) - _NAMED_IN_ERRORS
        raise DataError(
            f"{table}: {some}{f' and {more} more' if more > 0 else ''}: no such {key}; "
            f"give ids as they stand in the prepared table {table}"
        )


def newest_moment(crm: Crm) -> datetime:
    """The moment after everything that the tables know: the as_of that is taken without one."""
    moments = [
        crm.to_arrow(crm.table(table).agg(newest=crm.table(table)[column].max()))["newest"][0]
        for table, column in (("engagements", "ts"), ("contacts", "created_at"))
    ]
    known = [moment.as_py() for moment in moments if moment.is_valid]
    return max(known) + timedelta(microseconds=1) if known else _BEFORE_EVERYTHING


@dataclass(frozen=True)
class Barred:
    """Who must neither be listed nor used as evidence, worked out once.

    Parameters
    ----------
    accounts : ibis.Table
        account_id of the suppressed ones.
    contacts : ibis.Table
        contact_id of those who are suppressed, opted out or refused consent.
    account_ids : frozenset of str
        As `accounts`.
    """

    accounts: ibis.Table
    contacts: ibis.Table
    account_ids: frozenset[str]

    @classmethod
    def at(cls, crm: Crm, as_of: datetime) -> Barred:
        """Those who are barred at a date."""
        accounts = crm.to_arrow(suppressed_accounts(crm, as_of).select("account_id"))
        contacts = crm.to_arrow(suppressed_contacts(crm, as_of))
        return cls(
            crm.register("contacts_barred_accounts", accounts),
            crm.register("contacts_barred", contacts),
            frozenset(accounts["account_id"].to_pylist()),
        )


def usable_contacts(crm: Crm, barred: Barred, as_of: datetime) -> ibis.Table:
    """Contacts known at as_of who are not barred, at accounts that are not."""
    contacts = crm.table("contacts")
    known = contacts.filter(contacts.created_at.isnull() | (contacts.created_at <= as_of))
    return known.anti_join(barred.contacts, "contact_id").anti_join(barred.accounts, "account_id")


def read_people(crm: Crm, contacts: ibis.Table) -> pd.DataFrame:
    """Contacts in memory, by account and id, their titles parsed; no name, mail or phone.

    Returns
    -------
    DataFrame
        contact_id, account_id, title, city, source, consent, function, seniority, role.
    """
    people = crm.to_arrow(contacts.select(*_COLUMNS)).to_pandas()
    people = people.sort_values(["account_id", "contact_id"], ignore_index=True)
    read = parse_titles(
        people["title"], people["department"], seniorities=people["seniority"], roles=people["role"]
    )
    kept = people.drop(columns=["department", "seniority", "role"])
    return pd.concat([kept, read], axis=1)
