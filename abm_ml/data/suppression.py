"""Who must not be used or targeted: suppression lists matched to accounts, contacts and leads.

A suppression is active at a date when its `until` is empty or lies after that date.
"""

from __future__ import annotations

from datetime import datetime

import ibis

from abm_ml.data.crm import Crm

REFUSED = (
    "no", "denied", "refused", "declined", "withdrawn", "revoked", "objected", "opted out",
    "opted_out", "opt-out", "opt out", "unsubscribed", "否", "拒绝", "已拒绝", "撤回", "已撤回",
    "未同意", "不同意", "退订", "已退订",
)  # fmt: skip
"""What `consent` says of people who said no."""

FOREVER = datetime(9999, 12, 31)
"""Stands in for an empty `until`, so that ends can be compared."""


def suppressed_accounts(crm: Crm, as_of: datetime) -> ibis.Table:
    """Accounts that must not be used at as_of, by their id or by their domain.

    Returns
    -------
    ibis.Table
        account_id (each once), reason (why it is on the list; the first of several).
    """
    hits = _suppressed_accounts(crm)
    active = hits.filter(hits.until > as_of)
    return active.group_by("account_id").agg(reason=active.reason.min())


def suppressed_contacts(crm: Crm, as_of: datetime) -> ibis.Table:
    """Contacts who must not be targeted at as_of: suppressed, opted out, or without consent.

    Returns
    -------
    ibis.Table
        contact_id, each once.
    """
    ends = suppression_ends(crm, "contacts")
    active = ends.filter(ends.until > as_of).select(contact_id=ends.person_id)
    contacts = crm.table("contacts")
    refused = contacts.consent.strip().lower().isin(REFUSED)
    opted_out = contacts.filter(contacts.opted_out | refused).select("contact_id")
    return active.union(opted_out, distinct=True)


def suppression_ends(crm: Crm, people: str) -> ibis.Table:
    """When the suppression of each suppressed person ends; opting out is not suppression.

    A person is suppressed by id, by e-mail, by the e-mail's domain, or through the account.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    people : {"contacts", "leads"}
        Whose suppressions are wanted.

    Returns
    -------
    ibis.Table
        person_id (each once), until (the latest end; `FOREVER` where there is none).
    """
    key = {"contacts": "contact_id", "leads": "lead_id"}[people]
    table = crm.table(people)
    email = table.email.strip().lower()
    person = table.select(
        "account_id",
        person_id=table[key],
        email=email,
        domain=_domain(email.re_extract(r"@([^@]+)$", 1)),
        sha256=email.hexdigest("sha256"),
    )
    accounts = _suppressed_accounts(crm)
    hits = [
        _ends(person, _listed(crm, "contact"), "person_id", "value"),
        _ends(person, _listed(crm, "email"), "email", "value"),
        _ends(person, _listed(crm, "email_sha256"), "sha256", "value"),
        _ends(person, _listed(crm, "domain"), "domain", "value"),
        _ends(person, accounts, "account_id", "account_id"),
    ]
    every = ibis.union(*hits)
    return every.group_by("person_id").agg(until=every.until.max())


def _suppressed_accounts(crm: Crm) -> ibis.Table:
    """Account and suppression: account_id, until, reason; an account may be hit several times."""
    accounts = crm.table("accounts")
    keys = accounts.select("account_id", domain=_domain(accounts.domain))
    hits = [
        keys.join(listed, keys[column] == listed.value).select("account_id", "until", "reason")
        for column, listed in [
            ("account_id", _listed(crm, "account")),
            ("domain", _listed(crm, "domain")),
        ]
    ]
    return ibis.union(*hits)


def _listed(crm: Crm, kind: str) -> ibis.Table:
    """Suppressions of one kind with their value as it is compared, their end and a reason."""
    table = crm.table("suppressions")
    chosen = table.filter(table.kind.strip().lower() == kind)
    written = chosen.value.strip()
    lowered = written.lower()
    value = {"domain": _domain(written), "email": lowered, "email_sha256": lowered}.get(
        kind, written
    )
    return chosen.select(
        value=value,
        until=chosen.until.fill_null(ibis.literal(FOREVER)),
        reason=chosen.reason.fill_null(f"suppressed by {kind}"),
    )


def _ends(person: ibis.Table, listed: ibis.Table, column: str, key: str) -> ibis.Table:
    return person.join(listed, person[column] == listed[key]).select("person_id", "until")


def _domain(text: ibis.Value) -> ibis.Value:
    """A bare domain: "https://www.Acme.com/about" and "@acme.com" are acme.com."""
    bare = text.strip().lower().re_replace(r"^([a-z]+://)?(www\.|@)?", "")
    return bare.re_replace(r"[/:?#].*$", "").nullif("")
