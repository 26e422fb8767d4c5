"""The buying committee of each account: who is known or engaged in which role, whom to call."""

from __future__ import annotations

import ibis
import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.data.titles import COMMITTEE_ROLES
from abm_ml.features.engagement import CONTACT, LEAD
from abm_ml.features.spine import for_every_row

CONTACTS_SHOWN = 5
"""The most people that are recommended at one account."""

ONE_THREAD = 0.8
"""From this share of an account's events on, everything hangs on one contact."""

_DECISION_MAKER = "decision_maker"
_ASKED_FIRST = (_DECISION_MAKER, "purchaser", "influencer", "user")
"""Missing roles in the order in which they are wanted."""

_CALL, _DECIDES, _FILLS, _ENGAGED, _ALSO_FILLS, _REST = range(6)


def committee(crm: Crm, spine: ibis.Table, people: pa.Table, *, window_days: int) -> ibis.Table:
    """What the people of each spine row say of it.

    Parameters
    ----------
    crm : Crm
        The session.
    spine : ibis.Table
        row_id, account_id, as_of.
    people : pyarrow.Table
        As `features.people.people`, run to its end: only people who may be used.
    window_days : int
        That of engagement; leads created within it are fresh too.

    Returns
    -------
    ibis.Table
        row_id (every spine row); known_<role> and engaged_<role> for each of `COMMITTEE_ROLES`;
        contacts, engaged_people (int64: usable contacts, and engaged ones among them);
        one_thread (one contact stands behind nearly all that contacts did);
        recommended_contacts (list of contact_id, at most `CONTACTS_SHOWN`), call_contact (whom
        to call: the first of them, if engaged), call_decides (whether that is a decision maker);
        leads, fresh_leads (not converted; fresh: engaged or created within the window).
    """
    everyone = crm.register("committee_people", people)
    contacts = everyone.filter(everyone.person_type == CONTACT)
    found = for_every_row(spine, _covered(contacts))
    for part in (_recommended(contacts), _leads(everyone, spine, window_days)):
        found = found.left_join(part, "row_id").drop("row_id_right")
    flags = [f"{how}_{role}" for how in ("known", "engaged") for role in COMMITTEE_ROLES]
    unseen = dict.fromkeys([*flags, "one_thread", "call_decides"], False)
    nobody = ibis.literal([], type="array<string>")
    return found.fill_null(
        unseen | dict.fromkeys(("contacts", "engaged_people", "leads", "fresh_leads"), 0)
    ).mutate(recommended_contacts=found.recommended_contacts.fill_null(nobody))


def _covered(contacts: ibis.Table) -> ibis.Table:
    """Roles with a known and an engaged contact; and whether all hangs on one."""
    inside = {role: contacts.role == role for role in COMMITTEE_ROLES}
    return contacts.group_by("row_id").agg(
        **{f"known_{role}": is_role.any() for role, is_role in inside.items()},
        **{
            f"engaged_{role}": (is_role & contacts.engaged).any()
            for role, is_role in inside.items()
        },
        contacts=contacts.count(),
        engaged_people=contacts.count(where=contacts.engaged),
        one_thread=contacts.engaged.any()
        & (contacts.events.max() >= ONE_THREAD * contacts.events.sum()),
    )


def _recommended(contacts: ibis.Table) -> ibis.Table:
    """People in the order in which they are worth talking to, and whom to call.

    Whom to call comes first: the engaged decision maker, else the engaged contact, with the most
    points. Then come further engaged decision makers, the best known contact for each role in
    which nobody is engaged, other engaged contacts, the rest of those who would fill a role, and
    everybody else; each by points, last engagement, seniority and id.
    """
    by_merit = [
        contacts.points_micro.desc(),
        contacts.last_engaged_at.desc(nulls_first=False),
        contacts.level,
        contacts.person,
    ]
    decides = contacts.engaged & (contacts.role == _DECISION_MAKER)
    of_account, of_role = {"group_by": "row_id"}, {"group_by": ["row_id", "role"]}
    judged = contacts.mutate(
        decides=decides,
        call=ibis.row_number().over(
            **of_account, order_by=[contacts.engaged.desc(), decides.desc(), *by_merit]
        ),
        in_role=ibis.row_number().over(**of_role, order_by=by_merit),
        missing=contacts.role.isin(COMMITTEE_ROLES) & ~contacts.engaged.max().over(**of_role),
        wanted=contacts.role.cases(*((r, i) for i, r in enumerate(_ASKED_FIRST)), else_=9),
    )
    group = ibis.cases(
        ((judged.call == 0) & judged.engaged, _CALL),
        (judged.decides, _DECIDES),
        (judged.missing & (judged.in_role == 0), _FILLS),
        (judged.engaged, _ENGAGED),
        (judged.missing, _ALSO_FILLS),
        else_=_REST,
    )
    grouped = judged.mutate(group=group)
    role_first = grouped.group.isin([_FILLS, _ALSO_FILLS]).ifelse(grouped.wanted, 0)
    merit = [
        grouped.points_micro.desc(),
        grouped.last_engaged_at.desc(nulls_first=False),
        grouped.level,
        grouped.person,
    ]
    placed = grouped.mutate(
        place=ibis.row_number().over(**of_account, order_by=[grouped.group, role_first, *merit])
    )
    top = placed.filter(placed.place < CONTACTS_SHOWN)
    called = top.group == _CALL
    return top.group_by("row_id").agg(
        recommended_contacts=top.person.collect(order_by=top.place),
        call_contact=top.person.max(where=called),
        call_decides=(called & top.decides).any(),
    )


def _leads(everyone: ibis.Table, spine: ibis.Table, window_days: int) -> ibis.Table:
    """Leads that became no account yet, and the fresh ones among them."""
    leads = everyone.filter((everyone.person_type == LEAD) & ~everyone.converted)
    dated = leads.join(spine.select("row_id", "as_of"), "row_id")
    age = dated.as_of.date().delta(dated.created_at.date(), unit="day")
    fresh = dated.engaged | (age <= window_days).fill_null(False)
    return dated.group_by("row_id").agg(leads=dated.count(), fresh_leads=dated.count(where=fresh))
