"""More rows about companies: their history, networks, relations and suppressions."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.simulate.accounts import ACCOUNT_TYPES
from abm_ml.data.simulate.chunk import Chunk
from abm_ml.data.simulate.columns import constant, glued, in_order, moments, picked
from abm_ml.data.simulate.companies import Companies
from abm_ml.data.simulate.draws import Bools, Draws, Ints
from abm_ml.data.simulate.networks import MOBILE, SHARED, address_text
from abm_ml.data.simulate.world import DAY, World


def history_table(chunk: Chunk, companies: Companies, world: World, draws: Draws) -> pa.Table:
    """Table account_history: what rewritten attributes were, and since when they changed.

    Dated accounts have a row from their creation on; customers among them a second one from
    their first win on.
    """
    dated = draws.happens(world.history_share, "history", companies.index)
    changed = dated & companies.customer
    won_at = np.nan_to_num(chunk.won_at).astype(np.int64)
    parts = []
    for column, (before, after) in _versions(chunk, companies, world).items():
        for rows, values, since in [
            (dated, before, chunk.accounts.created),
            (changed, after, won_at),
        ]:
            parts.append((np.flatnonzero(rows), _dated(column, companies, rows, values, since)))
    return in_order(parts)


def networks_table(chunk: Chunk, companies: Companies) -> pa.Table:
    """Table networks: an office by its address or its block of four, other networks by address."""
    networks = chunk.cast.networks
    office, block = networks.has_office, networks.as_cidr
    cidr = glued(address_text(networks.office), "/30")
    shared, mobile = SHARED + networks.shared, MOBILE + networks.mobile
    parts = [
        (office & ~block, "office", "ip", address_text(networks.office + 1)),
        (office & block, "office", "cidr", cidr),
        (networks.shared >= 0, "shared", "ip", address_text(shared)),
        (networks.mobile >= 0, "mobile", "ip", address_text(mobile)),
    ]
    since = moments(chunk.accounts.created)
    return in_order(
        (np.flatnonzero(rows), _network(companies.ids, since, rows, kind, column, addresses))
        for rows, kind, column, addresses in parts
    )


def relations_table(companies: Companies) -> pa.Table:
    """Table relations: the parents once more, as pairs."""
    parents = companies.parents()
    child = pc.is_valid(parents)
    return pa.table(
        {
            "account_id": companies.ids.filter(child),
            "related_account_id": parents.filter(child),
            "kind": constant("parent", pc.sum(child).as_py() or 0),
        }
    )


def suppressions_table(
    chunk: Chunk,
    companies: Companies,
    contact_ids: pa.Array,
    emails: pa.Array,
    world: World,
    draws: Draws,
) -> pa.Table:
    """Table suppressions: accounts, domains and contacts that must not be used.

    A few more accounts were suppressed until the world's middle only.
    """
    suppressed = chunk.accounts.suppressed
    drawn = draws.happens(0.3, "by domain", companies.index)
    by_domain = suppressed & companies.domain_known & drawn
    expired = draws.happens(world.suppressed_rate / 4, "expired", companies.index) & ~suppressed
    person = chunk.cast.contacts.suppressed
    hashed = person & pc.is_valid(emails).to_numpy(zero_copy_only=False)
    hashed &= chunk.cast.contacts.number % 2 == 0
    middle = (world.first_second + world.last_second) // 2 // DAY * DAY
    employer = chunk.cast.contacts.account
    every = np.arange(len(companies.index))
    parts = [
        (every, suppressed & ~by_domain, "account", companies.ids, "do not contact", None),
        (every, by_domain, "domain", companies.domains, "do not contact", None),
        (every, expired, "account", companies.ids, "paused", middle),
        (employer, person & ~hashed, "contact", contact_ids, "erased", None),
        (employer, hashed, "email_sha256", _digests(emails, hashed), "erased", None),
    ]
    return in_order(
        (account[rows], _suppressed(kind, values, rows, reason, until))
        for account, rows, kind, values, reason, until in parts
    )


def _versions(
    chunk: Chunk, companies: Companies, world: World
) -> dict[str, tuple[pa.Array, pa.Array]]:
    """Rewritten columns as text: for everybody before any win, and as they stand at the end."""
    nobody = np.zeros_like(companies.customer)
    who = (nobody, companies.customer)
    before, after = (
        {
            "sub_industry": companies.sub_industry(enriched),
            "employees": companies.employees(enriched).cast(pa.string()),
            "technologies": pc.binary_join(companies.technologies(enriched), ";"),
        }
        for enriched in who
    )
    types = [picked(ACCOUNT_TYPES, kind) for kind in (chunk.accounts.kind, companies.types())]
    enriched_columns = {name: (before[name], after[name]) for name in world.enriched}
    return {"account_type": (types[0], types[1]), **enriched_columns}


def _dated(
    column: str, companies: Companies, rows: Bools, values: pa.Array, since: Ints
) -> pa.Table:
    chosen = pa.array(rows)
    return pa.table(
        {
            "account_id": companies.ids.filter(chosen),
            "column": constant(column, int(rows.sum())),
            "value": values.filter(chosen),
            "valid_from": moments(since[rows]),
        }
    )


def _network(
    ids: pa.Array, since: pa.Array, rows: Bools, kind: str, column: str, addresses: pa.Array
) -> pa.Table:
    chosen, count = pa.array(rows), int(rows.sum())
    found = {name: pa.nulls(count, pa.string()) for name in ("ip", "cidr")}
    found[column] = addresses.filter(chosen)
    return pa.table(
        {
            **found,
            "account_id": ids.filter(chosen),
            "kind": constant(kind, count),
            "observed_at": since.filter(chosen),
        }
    )


def _suppressed(
    kind: str, values: pa.Array, rows: Bools, reason: str, until: int | None
) -> pa.Table:
    count = int(rows.sum())
    known = np.full(count, until is not None)
    return pa.table(
        {
            "kind": constant(kind, count),
            "value": values.filter(pa.array(rows)),
            "reason": constant(reason, count),
            "until": moments(np.full(count, until or 0), known),
        }
    )


def _digests(emails: pa.Array, rows: Bools) -> pa.Array:
    """SHA-256 of the trimmed, lower-case e-mail of the chosen rows; null elsewhere."""
    chosen = pc.if_else(pa.array(rows), emails, pa.scalar(None, pa.string())).to_pylist()
    digests = [e and hashlib.sha256(e.strip().lower().encode()).hexdigest() for e in chosen]
    return pa.array(digests, pa.string())
