"""Who must not be used or targeted: suppression lists matched to accounts, contacts and leads.

The one place that decides it: scoring, training, look-alikes and exports all ask here.

A suppression is active at a date when its `until` is empty or lies after that date. That of an
account holds for every record of the same company: those with its registered domain. That of a
domain holds for what lies below it too (example.com: shop.example.com), never the other way round,
and never for whoever has a page or mailbox there (github.io: acme.github.io). Who is suppressed,
opted out or refused consent is so under every record of the same mailbox.
"""

from __future__ import annotations

from datetime import datetime

import ibis
import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.data.mailboxes import host_of, mailbox, untagged, written_address
from abm_ml.data.suppression_list import (
    FOREVER,
    bare_domain,
    by_domain,
    kinds_listed,
    listed_as,
    suppressed_by,
)

REFUSED = (
    "no", "n", "false", "f", "0", "none", "not given", "not granted", "no consent", "denied",
    "refused", "declined", "withdrawn", "revoked", "objected", "opted out", "opted_out",
    "opted-out", "opt-out", "opt out", "unsubscribed", "否", "无", "无授权", "未授权", "未给出",
    "拒绝", "已拒绝", "撤回", "已撤回", "未同意", "不同意", "退订", "已退订",
)  # fmt: skip
"""What `consent` says of people who said no."""

_YES = ("true", "t", "1", "yes", "y", "opted out", "opted_out", "opted-out", "是")

_KEYS = {"contacts": "contact_id", "leads": "lead_id"}

_HASHES = ("sha256", "sha256_bare", "sha256_untagged", "sha256_mailbox")

_NEVER = ibis.null("timestamp(6)")

_NOBODY = pa.schema({"people": pa.string(), "person_id": pa.string(), "until": pa.timestamp("us")})


def suppressed_accounts(crm: Crm, as_of: datetime) -> ibis.Table:
    """Accounts that must not be used at as_of, by id, by domain, or with a suppressed record.

    Returns
    -------
    ibis.Table
        account_id (each once), reason (why it is on the list; the first of several).
    """
    hits = suppressed_by(crm)
    active = hits.filter(hits.until > as_of)
    return active.group_by("account_id").agg(reason=active.reason.min())


def suppression_sources(crm: Crm, as_of: datetime) -> ibis.Table:
    """The row of the suppression list for each account that must not be used at as_of.

    Of several rows, the one that holds longest; ties by kind, value and reason.

    Returns
    -------
    ibis.Table
        account_id (each once), suppressed_kind, suppressed_value (as written), suppressed_reason,
        suppressed_until (null where there is no end).
    """
    hits = suppressed_by(crm)
    active = hits.filter(hits.until > as_of)
    longest = [ibis.desc("until"), "kind", "written", ibis.asc("because", nulls_first=False)]
    placed = active.mutate(
        place=ibis.row_number().over(ibis.window(group_by="account_id", order_by=longest))
    )
    first = placed.filter(placed.place == 0)
    return first.select(
        "account_id",
        suppressed_kind=first.kind,
        suppressed_value=first.written,
        suppressed_reason=first.because,
        suppressed_until=first.until.nullif(ibis.literal(FOREVER)),
    )


def suppressed_contacts(crm: Crm, as_of: datetime) -> ibis.Table:
    """Contacts who must not be targeted at as_of: suppressed, opted out, or without consent.

    Returns
    -------
    ibis.Table
        contact_id (each once), reason: as `suppressed_people` gives it.
    """
    return suppressed_people(crm, "contacts", as_of).rename(contact_id="person_id")


def suppressed_people(crm: Crm, people: str, as_of: datetime) -> ibis.Table:
    """Contacts or leads who must not be targeted at as_of, under whichever record of a mailbox.

    Parameters
    ----------
    crm : Crm
        Canonical tables, whole or a slice.
    people : {"contacts", "leads"}
        Who is wanted.
    as_of : datetime
        Suppressions that end later are in force.

    Returns
    -------
    ibis.Table
        person_id (each once), reason: opted_out, refused, suppressed, or same_mailbox (one of
        these is said of another record).
    """
    table = crm.table(people)
    told = table.select(
        person_id=table[_KEYS[people]],
        mailbox=_mailbox(table),
        opted_out=_opted_out(table),
        withheld=_withheld(table),
    )
    ends, stopped = _ends_of(crm, people), _refused_mailboxes(crm)
    told = told.left_join(ends, "person_id").drop("person_id_right")
    told = told.left_join(stopped, "mailbox")
    also = (told.until > as_of).fill_null(False) | told.mailbox_right.notnull()
    reason = ibis.cases(
        (told.opted_out, "opted_out"),
        (told.withheld, "refused"),
        ((told.own_until > as_of).fill_null(False), "suppressed"),
        (also, "same_mailbox"),
    )
    barred = told.select("person_id", reason=reason)
    barred = barred.filter(barred.reason.notnull())
    return barred.group_by("person_id").agg(reason=barred.reason.min())


def _opted_out(people: ibis.Table) -> ibis.Value:
    """Whether somebody opted out, by a column of this name."""
    if "opted_out" not in people.columns:
        return ibis.literal(False)
    return people.opted_out.cast("string").strip().lower().isin(_YES).fill_null(False)


def _withheld(people: ibis.Table) -> ibis.Value:
    """Whether somebody withheld consent, by a column of this name."""
    if "consent" not in people.columns:
        return ibis.literal(False)
    return people.consent.cast("string").strip().lower().isin(REFUSED).fill_null(False)


def _refused_mailboxes(crm: Crm) -> ibis.Table:
    """Mailboxes of all contacts and leads who opted out or withheld consent: mailbox, each once."""
    return crm.once("refused_mailboxes", _mailboxes_of_refused)


def _mailboxes_of_refused(crm: Crm) -> ibis.Table:
    said_no = []
    for name in _present(crm):
        people = crm.table(name)
        no = people.filter(_opted_out(people) | _withheld(people))
        said_no.append(no.select(mailbox=_mailbox(no)))
    every = ibis.union(*said_no)
    return every.filter(every.mailbox.notnull()).distinct()


def suppression_ends(crm: Crm, people: str) -> ibis.Table:
    """When the suppression of each suppressed person ends; opting out is not suppression.

    A person is suppressed by id, by e-mail, by the e-mail's domain, through the account, or
    through another record of the mailbox.

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
    return _ends_of(crm, people).select("person_id", "until")


def _ends_of(crm: Crm, people: str) -> ibis.Table:
    """person_id, until, and own_until: that of this very record, null where there is none."""
    every = crm.once("suppressed_people", _with_mailbox)
    return every.filter(every.people == people).drop("people")


def _with_mailbox(crm: Crm) -> ibis.Table:
    """Each record's own ends, and the latest of all records of its mailbox."""
    own = crm.once("suppressed_records", _record_ends)
    boxes = ibis.union(*(_boxes(crm, name) for name in _present(crm)))
    shared = boxes.join(own, ["people", "person_id"]).group_by("mailbox")
    shared = shared.agg(until=lambda hit: hit.until.max())
    through = boxes.join(shared, "mailbox").select("people", "person_id", "until")
    every = ibis.union(own.mutate(own_until=own.until), through.mutate(own_until=_NEVER))
    return every.group_by("people", "person_id").agg(
        until=every.until.max(), own_until=every.own_until.max()
    )


def _boxes(crm: Crm, name: str) -> ibis.Table:
    """The mailbox of each contact or lead that has one."""
    table = crm.table(name)
    boxes = table.select(
        people=ibis.literal(name), person_id=table[_KEYS[name]], mailbox=_mailbox(table)
    )
    return boxes.filter(boxes.mailbox.notnull())


def _present(crm: Crm) -> list[str]:
    """Which of contacts and leads the export has; contacts, where it has neither."""
    return [name for name in _KEYS if crm.has(name)] or ["contacts"]


def _record_ends(crm: Crm) -> ibis.Table:
    """Suppressions that hit a record itself: people, person_id, until (the latest)."""
    kinds = kinds_listed(crm)
    hits = [hit for name in _present(crm) for hit in _hits(crm, name, kinds)]
    if not hits:
        return ibis.memtable(_NOBODY.empty_table())
    every = ibis.union(*hits)
    return every.group_by("people", "person_id").agg(until=every.until.max())


def _hits(crm: Crm, name: str, kinds: set[str]) -> list[ibis.Table]:
    """Contacts or leads with each of their suppressions: people, person_id, until."""
    table = crm.table(name)
    written, address = table.email.strip().lower(), written_address(table.email)
    host = host_of(address)
    person = table.select(
        "account_id", person_id=table[_KEYS[name]], **_addresses(written, address)
    )
    places = table.select(person_id=table[_KEYS[name]], domain=bare_domain(host), address=host)
    ways = {
        "contact": ["person_id"],
        "email": ["email"],
        "email_sha256": [*_HASHES],
    }
    found = [
        _ends(person, listed_as(crm, kind), column, "value")
        for kind, columns in ways.items()
        for column in columns
        if kind in kinds
    ]
    if "domain" in kinds:
        found.append(by_domain(crm, places).select("person_id", "until"))
    if {"account", "domain"} & kinds:
        found.append(_ends(person, suppressed_by(crm), "account_id", "account_id"))
    return [hit.select("person_id", "until", people=ibis.literal(name)) for hit in found]


def _addresses(written: ibis.Value, address: ibis.Value) -> dict[str, ibis.Value]:
    """An address as lists may name it, and its digests: as written, bare, untagged, its mailbox."""
    box = mailbox(address)
    digests = [form.hexdigest("sha256") for form in (written, address, untagged(address), box)]
    return {"email": ibis.coalesce(box, written), **dict(zip(_HASHES, digests, strict=True))}


def _mailbox(people: ibis.Table) -> ibis.Value:
    return mailbox(written_address(people.email))


def _ends(person: ibis.Table, listed: ibis.Table, column: str, key: str) -> ibis.Table:
    return person.join(listed, person[column] == listed[key]).select("person_id", "until")
