"""From accounts to the people in them: the committee's missing roles first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis
import numpy as np
import pandas as pd

from abm_ml.data.crm import Crm
from abm_ml.data.titles import COMMITTEE_ROLES
from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.contacts.candidates import (
    Barred,
    check_known,
    ids_table,
    newest_moment,
    read_people,
    usable_contacts,
)
from abm_ml.lookalike.contacts.committee import committees, engaged_events
from abm_ml.lookalike.contacts.networks import NetworkEvidence, network_evidence
from abm_ml.lookalike.contacts.personas import DEFAULT_PERSONAS, Persona, match_personas
from abm_ml.lookalike.contacts.ranking import ranked, with_outcome
from abm_ml.lookalike.contacts.similar import SeedProfile


@dataclass(frozen=True)
class ContactExpansion:
    """The people to reach in some accounts, and what they make of the committees.

    Parameters
    ----------
    people : DataFrame
        One row a person, by account and rank: account_id, contact_id (null for a visitor),
        visitor_id (null for a contact), rank, priority (A, B, C or null), persona, persona_zh,
        function, seniority, role, fills_missing_role, engaged, similarity (0-100, null without
        seeds), network and network_zh (how the network shows them; null if it doesn't),
        same_city, source, consent, reasons, reasons_zh. No names, mails or numbers.
    coverage : DataFrame
        One row an account, as in `committee.committees`, with people and visitors (listed),
        coverage_after (with everybody listed) and unfilled_roles (missing even then).
    summary : dict
        Counts of what was asked, found and left out; as_of.
    """

    people: pd.DataFrame
    coverage: pd.DataFrame
    summary: Mapping[str, Any]


def expand_contacts(
    crm: Crm,
    account_ids: Sequence[str],
    seed_contact_ids: Sequence[str] = (),
    *,
    personas: Sequence[Persona] | None = None,
    as_of: datetime | None = None,
    per_account: int = 10,
    visitors_per_account: int = 3,
    window_days: int = 90,
    max_accounts_on_network: int = 3,
) -> ContactExpansion:
    """The people to reach in accounts, ranked within each.

    First the best person for each role that nobody in touch has, then by the priority of the
    persona, likeness to the seed contacts, seniority, and whether a network shows them at the
    office. Suppressed accounts, and people who are suppressed, opted out or refused consent,
    are neither listed nor used as evidence; seeds are not listed.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    account_ids : sequence of str
        The accounts to look into.
    seed_contact_ids : sequence of str
        People of the kind that is wanted, in these accounts or others.
    personas : sequence of Persona, optional
        Whom the results are held against; without it one persona for each committee role.
    as_of : datetime, optional
        Contacts known at, and events before it; without it all that the tables hold.
    per_account, visitors_per_account : int
        The most contacts and unknown visitors listed for an account.
    window_days : int
        Events older than this don't make a contact engaged.
    max_accounts_on_network : int
        A known office on which people of more accounts were seen is public and tells nothing.

    Raises
    ------
    DataError
        If no account is given, or an account or seed contact is not in the tables.
    ParamsError
        If a number is out of range, or personas is empty.
    """
    if not len(account_ids):
        raise DataError("account_ids is empty: give at least one account to look into")
    personas = DEFAULT_PERSONAS if personas is None else tuple(personas)
    _check(personas, per_account, visitors_per_account, window_days, max_accounts_on_network)
    asked = _checked(crm, "accounts", "account_id", account_ids)
    seeds_asked = _checked(crm, "contacts", "contact_id", seed_contact_ids)
    as_of = newest_moment(crm) if as_of is None else as_of

    barred = Barred.at(crm, as_of)
    ids = sorted(set(asked) - barred.account_ids)
    people, seeds = _read(crm, ids, seeds_asked, barred, as_of)
    people = _with_engagement(crm, people, seeds, as_of, window_days)
    people["persona"] = match_personas(people, personas)
    people = _with_likeness(people, seeds)
    evidence = network_evidence(
        crm, ids, seeds["contact_id"].tolist(), barred, as_of, max_accounts=max_accounts_on_network
    )
    roles = wanted_roles(personas)
    coverage = committees(people, ids, roles, personas)
    listed = ranked(people, evidence.people, coverage, personas, per_account, visitors_per_account)
    coverage = with_outcome(coverage, people, listed, roles)
    asked_for = {
        "accounts": len(asked), "accounts_suppressed": len(asked) - len(ids),
        "seeds": len(seeds_asked), "seeds_dropped": len(seeds_asked) - len(seeds),
    }  # fmt: skip
    summary = {**asked_for, **_summary(listed, coverage, evidence), "as_of": as_of.isoformat()}
    return ContactExpansion(listed, coverage, summary)


def wanted_roles(personas: Sequence[Persona]) -> tuple[str, ...]:
    """The committee roles that personas ask for; all of them where one leaves its role open."""
    asked = {role for persona in personas for role in persona.roles or COMMITTEE_ROLES}
    return tuple(role for role in COMMITTEE_ROLES if role in asked) or COMMITTEE_ROLES


def _check(personas: Sequence[Persona], *numbers: int) -> None:
    if not personas:
        raise ParamsError("personas: expected at least one; leave it out for the default ones")
    names = ("per_account", "visitors_per_account", "window_days", "max_accounts_on_network")
    for name, number, least in zip(names, numbers, (1, 0, 1, 1), strict=True):
        if number < least:
            raise ParamsError(f"{name} must be at least {least}. Supplied value {number!r}")


def _checked(crm: Crm, table: str, key: str, ids: Sequence[str]) -> list[str]:
    """Ids, each once and in order, after making sure that the table holds them."""
    each_once = sorted({str(one) for one in ids})
    if each_once:
        check_known(crm, table, ids_table(crm, f"contacts_{table}_asked", key, each_once))
    return each_once


def _read(
    crm: Crm, ids: Sequence[str], seeds_asked: Sequence[str], barred: Barred, as_of: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The usable contacts of the accounts, and the usable seeds among all contacts."""
    accounts = ids_table(crm, "contacts_accounts", "account_id", ids)
    wanted = ids_table(crm, "contacts_seeds", "contact_id", seeds_asked)
    usable = usable_contacts(crm, barred, as_of)
    people = read_people(crm, usable.semi_join(accounts, "account_id"))
    people["same_city"] = _same_city(crm, people, accounts)
    return people, read_people(crm, usable.semi_join(wanted, "contact_id"))


def _with_engagement(
    crm: Crm, people: pd.DataFrame, seeds: pd.DataFrame, as_of: datetime, window_days: int
) -> pd.DataFrame:
    """People with their events in the window, and whether somebody is in touch with them."""
    used = ids_table(crm, "contacts_used", "contact_id", people["contact_id"].tolist())
    events = engaged_events(crm, used, as_of, window_days=window_days)
    counted = people["contact_id"].map(events).fillna(0).astype("int64")
    seed = people["contact_id"].isin(seeds["contact_id"])
    return people.assign(events=counted, seed=seed, in_touch=(counted > 0) | seed)


def _same_city(crm: Crm, people: pd.DataFrame, accounts: ibis.Table) -> pd.Series:
    """Whether a contact's city is the account's; null where either is not known."""
    table = crm.table("accounts").semi_join(accounts, "account_id").select("account_id", "city")
    cities = crm.to_arrow(table).to_pandas().set_index("account_id")["city"]
    theirs = people["city"].astype("object").str.strip().str.casefold()
    here = people["account_id"].map(cities).astype("object").str.strip().str.casefold()
    known = theirs.notna() & here.notna()
    return (theirs == here).astype("boolean").where(known)


def _with_likeness(people: pd.DataFrame, seeds: pd.DataFrame) -> pd.DataFrame:
    """People with similarity and the strongest shared trait; both null without seeds."""
    if seeds.empty or people.empty:
        nothing = pd.Series([None] * len(people), index=people.index, dtype="object")
        return people.assign(similarity=np.nan, shared=nothing)
    others = people[~people["seed"]]
    profile = SeedProfile.of(seeds, pd.concat([seeds, others], ignore_index=True))
    shared = pd.Series(profile.strongest(people), index=people.index, dtype="object")
    return people.assign(similarity=profile.similarity(people), shared=shared)


def _summary(
    listed: pd.DataFrame, coverage: pd.DataFrame, evidence: NetworkEvidence
) -> dict[str, int | float]:
    def mean(column: str) -> float:
        return round(float(coverage[column].mean()), 4) if len(coverage) else 0.0

    return {
        "contacts": int(listed["contact_id"].notna().sum()),
        "visitors": int(listed["visitor_id"].notna().sum()),
        "accounts_without_people": int((coverage["people"] == 0).sum()),
        "single_threaded": int(coverage["single_threaded"].sum()),
        "public_offices": evidence.public_offices,
        "coverage_before": mean("coverage_before"),
        "coverage_after": mean("coverage_after"),
    }
