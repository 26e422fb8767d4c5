"""Who must not be used or targeted: suppression lists matched to accounts, contacts and leads.

A suppression is active at a date when its `until` is empty or lies after that date. That of a
domain holds for what lies below it too (example.com: shop.example.com), never the other way round,
and never for whoever has a page or mailbox there (github.io: acme.github.io).
"""

from __future__ import annotations

from datetime import datetime

import ibis
import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.data.domains import holds_below
from abm_ml.data.names.dictionary import platforms

REFUSED = (
    "no", "n", "false", "f", "0", "none", "not given", "not granted", "no consent", "denied",
    "refused", "declined", "withdrawn", "revoked", "objected", "opted out", "opted_out",
    "opted-out", "opt-out", "opt out", "unsubscribed", "否", "无", "无授权", "未授权", "未给出",
    "拒绝", "已拒绝", "撤回", "已撤回", "未同意", "不同意", "退订", "已退订",
)  # fmt: skip
"""What `consent` says of people who said no."""

_TOLD = ("until", "reason", "kind", "written", "because")
"""What a suppression says: its end, a reason, and the row as written."""

_YES = ("true", "t", "1", "yes", "y", "opted out", "opted_out", "opted-out", "是")

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


def suppression_sources(crm: Crm, as_of: datetime) -> ibis.Table:
    """The row of the suppression list for each account that must not be used at as_of.

    Of several rows, the one that holds longest; ties by kind, value and reason.

    Returns
    -------
    ibis.Table
        account_id (each once), suppressed_kind, suppressed_value (as written), suppressed_reason,
        suppressed_until (null where there is no end).
    """
    hits = _suppressed_accounts(crm)
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
        contact_id, each once.
    """
    ends = suppression_ends(crm, "contacts")
    active = ends.filter(ends.until > as_of).select(contact_id=ends.person_id)
    contacts = crm.table("contacts")
    said_no = contacts.filter(refused(contacts)).select("contact_id")
    return active.union(said_no, distinct=True)


def refused(people: ibis.Table) -> ibis.Value:
    """Whether somebody opted out, or withheld consent, by columns of these names."""
    no = ibis.literal(False)
    if "consent" in people.columns:
        no = no | people.consent.cast("string").strip().lower().isin(REFUSED)
    if "opted_out" in people.columns:
        no = no | people.opted_out.cast("string").strip().lower().isin(_YES)
    return no.fill_null(False)


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
    return crm.once(f"suppressed_{people}", lambda whole: _suppression_ends(whole, people))


def _suppression_ends(crm: Crm, people: str) -> ibis.Table:
    key = {"contacts": "contact_id", "leads": "lead_id"}[people]
    table = crm.table(people)
    email = table.email.strip().lower()
    host = email.re_extract(r"@([^@]+)$", 1)
    person = table.select(
        "account_id",
        person_id=table[key],
        email=email,
        domain=_domain(host),
        address=host,
        sha256=email.hexdigest("sha256"),
    )
    accounts = _suppressed_accounts(crm)
    hits = [
        _ends(person, _listed(crm, "contact"), "person_id", "value"),
        _ends(person, _listed(crm, "email"), "email", "value"),
        _ends(person, _listed(crm, "email_sha256"), "sha256", "value"),
        _by_domain(crm, person).select("person_id", "until"),
        _ends(person, accounts, "account_id", "account_id"),
    ]
    every = ibis.union(*hits)
    return every.group_by("person_id").agg(until=every.until.max())


def _suppressed_accounts(crm: Crm) -> ibis.Table:
    """Account and suppression, with its row; an account may be hit several times."""
    return crm.once("suppressed_accounts", _account_hits)


def _account_hits(crm: Crm) -> ibis.Table:
    accounts = crm.table("accounts")
    keys = accounts.select("account_id", domain=_domain(accounts.domain), address=accounts.domain)
    listed = _listed(crm, "account")
    hits = [keys.join(listed, keys.account_id == listed.value), _by_domain(crm, keys)]
    return ibis.union(*(found.select("account_id", *_TOLD) for found in hits))


def _by_domain(crm: Crm, keys: ibis.Table) -> ibis.Table:
    """Rows with a suppressed domain, or one below it, each with the suppressions that hold."""
    listed = _listed(crm, "domain")
    pairs = _domain_pairs(crm, keys.select("domain").distinct(), listed)
    found = keys.join(pairs, "domain").join(listed.rename(listed="value"), "listed")
    # Where anybody may have a page, the page says who it is.
    same = _page(found.address) == _page(found.written)
    return found.filter(~found.domain.isin(sorted(platforms())) | same)


def _domain_pairs(crm: Crm, domains: ibis.Table, listed: ibis.Table) -> ibis.Table:
    """Domains, and the listed ones that hold for them: domain, listed.

    Which ending of a domain is somebody's own only Python knows, so those few that are listed are
    asked for there.
    """
    schema = pa.schema({"domain": pa.string(), "listed": pa.string()})
    values = listed.select(listed=listed.value).distinct()
    if not crm.to_arrow(values.limit(1)).num_rows:
        return ibis.memtable(schema.empty_table())
    tails = values.select(tail=_tail(values.listed)).distinct()
    near = domains.mutate(tail=_tail(domains.domain)).semi_join(tails, "tail")
    labels = near.domain.split(".")
    starts = near.select("domain", labels=labels, start=ibis.range(0, labels.length()).unnest())
    ends = starts.select("domain", listed=starts.labels[starts.start :].join("."))
    shared = crm.to_arrow(ends.semi_join(values, "listed")).to_pylist()
    held = [pair for pair in shared if holds_below(pair["listed"], pair["domain"])]
    return ibis.memtable(pa.Table.from_pylist(held, schema=schema))


def _tail(domain: ibis.Value) -> ibis.Value:
    """The last two labels of a domain: whatever lies above or below it has the same."""
    return domain.re_extract(r"[^.]*\.?[^.]*$", 0)


def _listed(crm: Crm, kind: str) -> ibis.Table:
    """Suppressions of one kind: value as it is compared, end, a reason; and the row as written."""
    table = crm.table("suppressions")
    chosen = table.filter(table.kind.strip().lower() == kind)
    written = chosen.value.strip()
    lowered = written.lower()
    value = {"domain": _domain(written), "email": lowered, "email_sha256": lowered}.get(
        kind, written
    )
    return chosen.select(
        value=value,
        until=chosen.until.fill_null(ibis.literal(FOREVER)).cast("timestamp(6)"),
        reason=chosen.reason.fill_null(f"suppressed by {kind}"),
        kind=ibis.literal(kind),
        written=written,
        because=chosen.reason,
    )


def _ends(person: ibis.Table, listed: ibis.Table, column: str, key: str) -> ibis.Table:
    return person.join(listed, person[column] == listed[key]).select("person_id", "until")


def _domain(text: ibis.Value) -> ibis.Value:
    """A bare domain: "https://www.Acme.com/about" and "@acme.com" are acme.com."""
    bare = text.strip().lower().re_replace(r"^([a-z]+://)?(www\.|\*\.|@)?", "")
    return bare.re_replace(r"[/:?#].*$", "").nullif("")


def _page(text: ibis.Value) -> ibis.Value:
    """What an address names behind its host, without slashes at the end."""
    return text.strip().lower().re_extract(r"^(?:[a-z]+://)?[^/?#]*/([^?#]*[^?#/])", 1)
