"""The people of each account who may be used at as_of: role, identity, what they did.

Contacts and leads alike; nobody who is suppressed, opted out or refused consent, and no names or
addresses: only ids.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.data.names.dictionary import free_mail
from abm_ml.data.suppression import suppressed_contacts, suppressed_people
from abm_ml.data.titles import SENIORITIES, parse_titles
from abm_ml.features.account import existing_accounts
from abm_ml.features.engagement import CONTACT, LEAD, daily_events, micro_points
from abm_ml.features.spine import whole_sum
from abm_ml.rulebook import Engagement

TITLE_COLUMNS = ("title", "department", "seniority", "role")
"""What a role is read from."""

_ADDRESS = r"^[^@\s]+@([^@\s]+\.[^@\s.]+)$"
_ROLES = "person_roles"
_NO_ENGAGEMENT = {"points_micro": 0, "events": 0, "engaged": False}


def title_roles(crm: Crm) -> ibis.Table:
    """Committee role and seniority of every distinct title of contacts and leads, read once.

    Parameters
    ----------
    crm : Crm
        Canonical tables, whole or a slice; once for a whole run serves its slices too.

    Returns
    -------
    ibis.Table
        title, department, seniority, role as written ("" where empty), and committee_role (one
        of `data.titles.ROLES`), level (0 for the highest seniority).
    """
    contacts = _written(crm.table("contacts"))
    leads = _written(crm.table("leads").mutate(department=_EMPTY, seniority=_EMPTY, role=_EMPTY))
    titles = crm.to_arrow(contacts.union(leads, distinct=True).order_by(list(TITLE_COLUMNS)))
    frame = titles.to_pandas()
    read = parse_titles(
        frame["title"], frame["department"], seniorities=frame["seniority"], roles=frame["role"]
    )
    level = read["seniority"].map(SENIORITIES.index).astype("int64")
    table = titles.append_column("committee_role", pa.array(read["role"], pa.string()))
    return crm.register(_ROLES, table.append_column("level", pa.array(level, pa.int64())))


def people(
    crm: Crm,
    spine: ibis.Table,
    as_of: datetime,
    roles: ibis.Table,
    engagement: Engagement,
    *,
    window_days: int,
) -> ibis.Table:
    """Everybody who may be used at the accounts of the spine.

    Parameters
    ----------
    crm : Crm
        Canonical tables, whole or a slice.
    spine : ibis.Table
        row_id, account_id, as_of: one row an account, all of one as_of.
    as_of : datetime
        That of the spine, UTC without a zone.
    roles : ibis.Table
        As `title_roles` gives them.
    engagement : Engagement
        Points by kind, cap, half-life, window; outcome kinds give none.
    window_days : int
        People with an event in this window are engaged.

    Returns
    -------
    ibis.Table
        row_id, account_id, person_type (CONTACT or LEAD), person (its id), role, level, verified
        (its identity), converted (a lead that became an account), created_at, points_micro,
        events (in the window), engaged, last_engaged_at.
    """
    known = ibis.union(_contacts(crm, spine, as_of), _leads(crm, spine, as_of))
    titled = known.left_join(roles, list(TITLE_COLUMNS))
    done = _engagement(crm, spine, engagement, window_days)
    joined = titled.left_join(done, ["row_id", "person_type", "person"]).fill_null(_NO_ENGAGEMENT)
    return joined.select(
        "row_id", "account_id", "person_type", "person", "level", "verified", "converted",
        "created_at", "points_micro", "events", "engaged", "last_engaged_at",
        role=joined.committee_role,
    )  # fmt: skip


def unlinked_leads(crm: Crm, as_of: datetime) -> ibis.Table:
    """Leads of no account that existed at as_of, so that no row of `people` has them.

    The account that sales made of a lead later does not reach back: till then it had none.

    Returns
    -------
    ibis.Table
        person (lead_id), verified.
    """
    leads = _free_leads(crm, as_of)
    there = existing_accounts(crm, as_of).select(belongs_to="account_id")
    lost = leads.mutate(belongs_to=_account_of(leads)).anti_join(there, "belongs_to")
    return lost.select(person=lost.lead_id, verified=_verified(lost, ibis.literal(False)))


def _contacts(crm: Crm, spine: ibis.Table, as_of: datetime) -> ibis.Table:
    contacts = crm.table("contacts")
    existing = contacts.filter(contacts.created_at.isnull() | (contacts.created_at < as_of))
    free = existing.anti_join(suppressed_contacts(crm, as_of), "contact_id")
    there = spine.select("row_id", "account_id").join(free, "account_id")
    return _described(there, CONTACT, there.contact_id, ibis.literal(False))


def _leads(crm: Crm, spine: ibis.Table, as_of: datetime) -> ibis.Table:
    leads = _free_leads(crm, as_of)
    empty = dict.fromkeys(("department", "seniority", "role"), _EMPTY)
    placed = leads.mutate(account_id=_account_of(leads), **empty)
    there = spine.select("row_id", "account_id").join(placed, "account_id")
    return _described(there, LEAD, there.lead_id, there.converted_account_id.notnull())


def _free_leads(crm: Crm, as_of: datetime) -> ibis.Table:
    leads = crm.table("leads")
    existing = leads.filter(leads.created_at.isnull() | (leads.created_at < as_of))
    barred = suppressed_people(crm, "leads", as_of).select(lead_id="person_id")
    return existing.anti_join(barred, "lead_id")


def _account_of(leads: ibis.Table) -> ibis.Value:
    return ibis.coalesce(leads.account_id, leads.converted_account_id)


def _described(
    there: ibis.Table, person_type: int, person: ibis.Value, converted: ibis.Value
) -> ibis.Table:
    written = {name: there[name].fill_null("") for name in TITLE_COLUMNS}
    return there.select(
        "row_id",
        "account_id",
        "created_at",
        person_type=ibis.literal(person_type, type="int8"),
        person=person,
        verified=_verified(there, ibis.literal(True)),
        converted=converted,
        **written,
    )


def _verified(there: ibis.Table, resolved: ibis.Value) -> ibis.Value:
    """A business address, or a name at a company that is a known account."""
    domain = there.email.strip().lower().re_extract(_ADDRESS, 1).fill_null("")
    labels = domain.split(".")
    services = sorted(free_mail())
    # A service has two or three labels of its own: yahoo.co.uk, and mail.yahoo.co.uk below it.
    free = labels[-2:].join(".").isin(services) | labels[-3:].join(".").isin(services)
    parts = (there[name].fill_null("").strip() for name in ("first_name", "last_name"))
    named = (next(parts) + next(parts)) != ""
    return ((domain != "") & ~free) | (named & resolved)


def _engagement(
    crm: Crm, spine: ibis.Table, engagement: Engagement, window_days: int
) -> ibis.Table:
    """What each known person did: points, events in the window, and when last."""
    reach = max(engagement.window_days, window_days)
    daily = daily_events(crm, spine, window_days=reach, excluded_kinds=engagement.outcome_kinds)
    points = micro_points(
        daily,
        points_by_kind=engagement.points_by_kind,
        daily_cap=engagement.daily_cap,
        half_life_days=engagement.half_life_days,
    )
    known = daily.mutate(points=points).filter(daily.person_type.isin([CONTACT, LEAD]))
    shown, recent = known.age_days <= engagement.window_days, known.age_days <= window_days
    return known.group_by("row_id", "person_type", "person").agg(
        points_micro=whole_sum(known.points, where=shown).cast("int64"),
        events=whole_sum(known.events, where=recent).cast("int64"),
        engaged=recent.any(),
        last_engaged_at=known.last_ts.max(where=shown),
    )


def _written(table: ibis.Table) -> ibis.Table:
    return table.select(**{name: table[name].fill_null("") for name in TITLE_COLUMNS})


_EMPTY = ibis.literal("")
