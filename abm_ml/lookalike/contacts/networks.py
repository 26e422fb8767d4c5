"""The same network: who else was seen at an account's office, or where a seed contact is seen.

An address speaks for an account if a known office network of the account holds it; or, where no
network is known, if a seed contact and a colleague of the seed were seen on it, and nobody of any
other account: one contact alone may be at home. Shared and mobile networks speak for nobody, and
neither does an office on which people of many accounts were seen: a wrong record of a co-working
space, a conference or a VPN exit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import ibis
import pandas as pd

from abm_ml.data.crm import Crm
from abm_ml.data.people import NetworkMap
from abm_ml.lookalike.contacts.candidates import Barred, ids_table

OFFICE, SEED = "office", "seed"
"""Why an address speaks for an account: a known office network, or a seed contact seen there."""

_COLLEAGUES = 2
"""Contacts of one account, seed among them, who make an unknown address an office."""

_SEEN = ("ip", "account_id", "contact_id", "visitor_id", "lead_id", "ts")
_PEOPLE = ["account_id", "contact_id", "visitor_id", "via", "days"]


@dataclass(frozen=True)
class NetworkEvidence:
    """Who was seen on networks that speak for an account.

    Parameters
    ----------
    people : DataFrame
        account_id; contact_id or visitor_id (the other is null); via ("office" or "seed"); days
        (different days on which they were seen there).
    public_offices : int
        Offices passed over because people of too many accounts were seen on them.
    """

    people: pd.DataFrame
    public_offices: int


def network_evidence(
    crm: Crm,
    accounts: Collection[str],
    seeds: Collection[str],
    barred: Barred,
    as_of: datetime,
    *,
    max_accounts: int,
) -> NetworkEvidence:
    """People seen on the networks of accounts before as_of.

    Contacts are confirmed at their own account only. Visitors are strangers to the CRM: whoever
    is known as a contact or lead is none, nor is anybody who was seen at two accounts.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    accounts : collection of str
        The accounts asked for; not suppressed.
    seeds : collection of str
        Seed contacts who may be used.
    barred : Barred
        Whose traces are not looked at.
    as_of : datetime
        Events and observations at or after it are not seen.
    max_accounts : int
        An office on which people of more accounts were seen is public.
    """
    wanted = frozenset(accounts)
    sightings = _sightings(crm, wanted, barred, as_of)
    networks = _known_networks(crm, as_of)
    addresses = pd.Series(sightings["ip"].unique(), dtype="object")
    offices = _offices(addresses, networks, wanted)
    seen = pd.concat([sightings[["ip", "account_id"]], offices[["ip", "account_id"]]])
    accounts_on = seen.dropna().drop_duplicates().groupby("ip")["account_id"].size()
    public = offices["ip"].isin(accounts_on.index[accounts_on > max_accounts])
    unknown = addresses[~addresses.map(networks.covers).astype(bool)]
    alone = unknown[unknown.isin(accounts_on.index[accounts_on == 1])]
    claims = pd.concat(
        [offices[~public], _seed_addresses(sightings[sightings["ip"].isin(alone)], seeds, wanted)]
    )
    found = pd.concat([_contacts(sightings, claims), _visitors(crm, sightings, claims)])
    people = (
        found.groupby(["account_id", "contact_id", "visitor_id"], dropna=False)
        .agg(via=("via", "min"), days=("days", "sum"))
        .reset_index()
    )
    return NetworkEvidence(people[_PEOPLE], int(public.sum()))


def _sightings(crm: Crm, wanted: Collection[str], barred: Barred, as_of: datetime) -> pd.DataFrame:
    """Who was seen on which address on how many days: ip, account_id, contact_id, visitor_id.

    Only addresses on which somebody of these accounts, or of none that is known, was seen.
    Nothing is learned from people and accounts that are suppressed.
    """
    accounts = ids_table(crm, "contacts_networks_of", "account_id", sorted(wanted))
    events, contacts = crm.table("engagements"), crm.table("contacts")
    events = events.filter((events.ts < as_of) & events.ip.notnull())
    events = events.anti_join(barred.contacts, "contact_id")
    employer = contacts.select(employed_by="account_id", contact_id="contact_id")
    joined = events.left_join(employer, "contact_id").select(*_SEEN, "employed_by")
    seen = joined.mutate(
        ip=joined.ip.strip(), account_id=ibis.coalesce(joined.employed_by, joined.account_id)
    )
    seen = seen.anti_join(barred.accounts, "account_id")
    near = seen.filter(seen.account_id.isnull()).select("ip")
    near = near.union(seen.semi_join(accounts, "account_id").select("ip"), distinct=True)
    by_person = (
        seen.semi_join(near, "ip")
        .group_by("ip", "account_id", "contact_id", "visitor_id", "lead_id")
        .agg(days=ibis._.ts.date().nunique())
    )
    sightings: pd.DataFrame = crm.to_arrow(by_person).to_pandas()
    return sightings


def _known_networks(crm: Crm, as_of: datetime) -> NetworkMap:
    networks = crm.table("networks")
    known = networks.filter(networks.observed_at.isnull() | (networks.observed_at < as_of))
    rows = crm.to_arrow(
        known.select(
            ibis.coalesce(known.cidr, known.ip).name("address"),
            known.account_id,
            known.kind.strip().lower().nullif("").name("kind"),
        )
    ).to_pylist()
    return NetworkMap((row["address"], row["account_id"], row["kind"], None) for row in rows)


def _offices(addresses: pd.Series, networks: NetworkMap, wanted: Collection[str]) -> pd.DataFrame:
    """Addresses inside known office networks of the accounts: ip, account_id, via."""
    found = pd.DataFrame({"ip": addresses, "account_id": addresses.map(networks.account)})
    return found[found["account_id"].isin(wanted)].assign(via=OFFICE)


def _seed_addresses(
    sightings: pd.DataFrame, seeds: Collection[str], wanted: Collection[str]
) -> pd.DataFrame:
    """Addresses where a seed and at least one colleague were seen: ip, account_id, via."""
    known = sightings[sightings["contact_id"].notna() & sightings["account_id"].isin(wanted)]
    places = known.assign(seed=known["contact_id"].isin(seeds)).groupby(["ip", "account_id"])
    found = places.agg(seed=("seed", "any"), contacts=("contact_id", "nunique")).reset_index()
    believed = found["seed"].astype(bool) & (found["contacts"] >= _COLLEAGUES)
    return found.loc[believed, ["ip", "account_id"]].assign(via=SEED)


def _contacts(sightings: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Contacts seen on an address that speaks for their own account."""
    known = sightings[sightings["contact_id"].notna()]
    found = known.merge(claims, on=["ip", "account_id"])
    return found[_PEOPLE].assign(visitor_id=None)


def _visitors(crm: Crm, sightings: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """Visitors, unknown to the CRM, seen on addresses that speak for one account only."""
    strangers = sightings["contact_id"].isna() & sightings["lead_id"].isna()
    seen = sightings[strangers & sightings["visitor_id"].notna()]
    found = seen.drop(columns="account_id").merge(claims, on="ip")
    places = found.groupby("visitor_id")["account_id"].nunique()
    alone = found[found["visitor_id"].map(places) == 1]
    return alone[~alone["visitor_id"].isin(_identified(crm, alone["visitor_id"]))][_PEOPLE]


def _identified(crm: Crm, visitors: pd.Series) -> list[str]:
    """Those visitors whom some event names as a contact or lead.

    Events of any date count, of suppressed people too: whoever opted out must not come back as
    an unknown visitor.
    """
    asked = ids_table(crm, "contacts_visitors", "visitor_id", visitors.tolist())
    events = crm.table("engagements")
    named = events.filter(events.contact_id.notnull() | events.lead_id.notnull())
    known = asked.semi_join(named, "visitor_id")
    found: list[str] = crm.to_arrow(known)["visitor_id"].to_pylist()
    return found
