"""The rows of the suppression list, and the accounts and domains that each of them hits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import ibis
import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.data.domains import company_domain, holds_below
from abm_ml.data.mailboxes import mailbox, written_address
from abm_ml.data.names.dictionary import platforms

_TOLD = ("until", "reason", "kind", "written", "because")
"""What a suppression says: its end, a reason, and the row as written."""

FOREVER = datetime(9999, 12, 31)
"""Stands in for an empty `until`, so that ends can be compared."""

SAME_DOMAIN = "same domain as"
"""Kind of a suppression that holds through another record of the company: its value names it."""

_BY_ID = ("account", "contact")
"""Kinds whose value is an id, which may hold whatever it likes."""

_BETWEEN = "[;,|；，、\\n]"
"""What stands between several values in one cell."""

_PAIRS = pa.schema({"domain": pa.string(), "company": pa.string()})


def kinds_listed(crm: Crm) -> set[str]:
    """Kinds of suppressions that there are: queries are made for these only."""
    kind = crm.table("suppressions").kind.strip().lower()
    return set(crm.to_arrow(kind.name("kind").as_table().distinct())["kind"].to_pylist())


def suppressed_by(crm: Crm) -> ibis.Table:
    """Account and suppression, with its row; an account may be hit several times."""
    return crm.once("suppressed_accounts", _hits)


def _hits(crm: Crm) -> ibis.Table:
    accounts, kinds = crm.table("accounts"), kinds_listed(crm)
    keys = accounts.select(
        "account_id", domain=bare_domain(accounts.domain), address=accounts.domain
    )
    listed = listed_as(crm, "account")
    named = keys.join(listed, keys.account_id == listed.value)
    hits = [named]
    hits += [_by_company(crm, keys, named)] if "account" in kinds else []
    hits += [by_domain(crm, keys)] if "domain" in kinds else []
    return ibis.union(*(found.select("account_id", *_TOLD) for found in hits))


def _by_company(crm: Crm, keys: ibis.Table, named: ibis.Table) -> ibis.Table:
    """Other records of the companies whose account is suppressed: by their registered domain."""
    known = crm.to_arrow(named.select("domain").distinct())["domain"].drop_null().to_pylist()
    owned = _companies(known)
    tails = pa.table({"tail": pa.array(sorted(_tails(owned)), pa.string())})
    near = keys.mutate(tail=_tail(keys.domain)).semi_join(ibis.memtable(tails), "tail")
    asked = crm.to_arrow(near.select("domain").distinct())["domain"].to_pylist()
    meant = set(owned.values())
    others = {domain: owner for domain, owner in _companies(asked).items() if owner in meant}
    pairs = ibis.memtable(pa.table([list(others), list(others.values())], schema=_PAIRS))
    first = named.join(pairs, "domain").select("company", *_TOLD, suppressed_id="account_id")
    found = keys.join(pairs, "domain").select("account_id", "company").join(first, "company")
    return found.filter(found.account_id != found.suppressed_id).mutate(
        kind=ibis.literal(SAME_DOMAIN), written=found.suppressed_id
    )


def _companies(domains: Iterable[str]) -> dict[str, str]:
    """The registered domain that stands for a company, by domain; without those of services."""
    owned = {domain: company_domain(domain) for domain in domains}
    return {domain: owner for domain, owner in owned.items() if owner}


def _tails(owned: dict[str, str]) -> set[str]:
    """The last two labels of domains in all their spellings: only what shares them can match."""
    known = {*owned, *owned.values()}
    known |= {_unicode(owner) for owner in owned.values()}
    return {".".join(domain.split(".")[-2:]) for domain in known}


def _unicode(domain: str) -> str:
    """An internationalised domain as people write it."""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def by_domain(crm: Crm, keys: ibis.Table) -> ibis.Table:
    """Rows with a suppressed domain, or one below it, each with the suppressions that hold."""
    listed = listed_as(crm, "domain")
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


def listed_as(crm: Crm, kind: str) -> ibis.Table:
    """Suppressions of one kind: value as it is compared, end, a reason; and the row as written.

    A cell that names several addresses, digests or domains names each of them.
    """
    table = crm.table("suppressions")
    chosen = table.filter(table.kind.strip().lower() == kind)
    each = chosen.value if kind in _BY_ID else chosen.value.re_split(_BETWEEN).unnest()
    chosen = chosen.mutate(each=each.strip())
    written, lowered = chosen.value.strip(), chosen.each.lower()
    value = {
        "domain": bare_domain(chosen.each),
        "email": ibis.coalesce(mailbox(written_address(chosen.each)), lowered.nullif("")),
        "email_sha256": lowered.nullif(""),
    }.get(kind, chosen.each)
    return chosen.select(
        value=value,
        until=chosen.until.fill_null(ibis.literal(FOREVER)).cast("timestamp(6)"),
        reason=chosen.reason.fill_null(f"suppressed by {kind}"),
        kind=ibis.literal(kind),
        written=written,
        because=chosen.reason,
    )


def bare_domain(text: ibis.Value) -> ibis.Value:
    """A bare domain: "https://www.Acme.com/about" and "@acme.com" are acme.com."""
    bare = text.strip().lower().re_replace(r"^([a-z]+://)?(www\.|\*\.|@)?", "")
    return bare.re_replace(r"[/:?#].*$", "").nullif("")


def _page(text: ibis.Value) -> ibis.Value:
    """What an address names behind its host, without slashes at the end."""
    return text.strip().lower().re_extract(r"^(?:[a-z]+://)?[^/?#]*/([^?#]*[^?#/])", 1)
