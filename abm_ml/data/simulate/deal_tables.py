"""Rows about what happened: opportunities, contracts, engagement, intent, signals, campaigns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.campaigns import campaign_count, campaign_start, channel
from abm_ml.data.simulate.chunk import Chunk
from abm_ml.data.simulate.columns import (
    amounts,
    glued,
    in_language,
    moments,
    numbered,
    picked,
    shown,
    text_of,
    whole,
)
from abm_ml.data.simulate.companies import Companies
from abm_ml.data.simulate.draws import Bools, Draws, Floats, Ints
from abm_ml.data.simulate.events import (
    BY_ACCOUNT,
    BY_CONTACT,
    BY_LEAD,
    BY_OFFICE_IP,
    BY_OFFICE_VISITOR,
    BY_STRANGER,
    ON_SITE,
    VISITORS,
    Events,
)
from abm_ml.data.simulate.networks import MOBILE, SHARED, address_text
from abm_ml.data.simulate.people import NEVER
from abm_ml.data.simulate.world import DAY, World

WON, LOST = 3, 4
_STAGES = (*words.OPEN_STAGES, "Closed Won", "Closed Lost")
_FORECASTS = ("Pipeline", "Pipeline", "Best Case", "Closed", "Omitted")
_PROBABILITIES = np.array([10.0, 40.0, 75.0, 100.0, 0.0])


def opportunity_ids(chunk: Chunk) -> pa.Array:
    """Ids of a chunk's opportunities."""
    deals = chunk.deals
    index = chunk.accounts.index[deals.account]
    return glued(numbered("O", index), numbered("-", deals.number, 2))


def opportunities_table(chunk: Chunk, companies: Companies, world: World, draws: Draws) -> pa.Table:
    """Table opportunities."""
    deals = chunk.deals
    key = (chunk.accounts.index[deals.account], deals.number)
    closed = deals.closed < world.last_second
    stage = np.where(deals.won, WON, LOST)
    stage = np.where(closed, stage, draws.below(3, "open stage", *key))
    waited = draws.uniform("deal updated", *key) * (world.last_second - deals.created)
    updated = np.where(closed, deals.closed, deals.created + waited.astype(np.int64))
    campaign = np.where(deals.touched, chunk.touches.campaign[deals.account], -1)
    columns = {
        "opportunity_id": opportunity_ids(chunk),
        "account_id": companies.ids.take(deals.account),
        "stage": picked(_STAGES, stage),
        "is_won": pa.array(deals.won, mask=~closed),
        "amount": pa.array(_amounts(chunk, key, draws)),
        "product": picked(words.PRODUCTS, draws.below(3, "product", *key)),
        "type": picked(("new", "expansion", "renewal"), _types(chunk, key, draws)),
        "source": picked(words.SOURCES, draws.below(5, "deal source", *key)),
        "campaign_id": numbered("CMP", campaign, 3),
        "owner_id": companies.owners.take(deals.account),
        "created_at": moments(deals.created),
        "closed_at": moments(deals.closed, closed),
        "updated_at": moments(updated),
    }
    if world.leaks:
        columns |= _after_the_fact(chunk, stage, closed, updated, key, draws)
    return pa.table(columns)


def contracts_table(opportunities: pa.Table, world: World) -> pa.Table:
    """Table contracts: a year's contract for every win."""
    won = opportunities.filter(opportunities["is_won"])
    start = won["closed_at"].cast(pa.int64()).to_numpy() // 1_000_000
    return pa.table(
        {
            "contract_id": glued("K", won["opportunity_id"]),
            "account_id": won["account_id"],
            "product": won["product"],
            "amount": won["amount"],
            "start": won["closed_at"],
            "end": moments(start + 365 * DAY),
            "renewal_at": moments(start + 335 * DAY),
            "updated_at": moments(np.minimum(start + DAY, world.last_second)),
        }
    )


def engagements_table(
    chunk: Chunk, companies: Companies, contact_ids: pa.Array, lead_ids: pa.Array
) -> pa.Table:
    """Table engagements: each row carries only the trace by which it was seen."""
    events = chunk.events
    seen = events.visitor >= 0
    visitor = chunk.accounts.index[events.account] * VISITORS + events.visitor
    asset = np.where(events.kind < 5, events.detail % len(words.ASSETS), -1)
    minutes = np.where(np.isin(events.kind, (4, 6, 8)), 10.0 + events.detail % 50, np.nan)
    by_lead = events.route == BY_LEAD
    linked = np.full(len(chunk.accounts), -1)
    leads = chunk.cast.leads
    first = np.flatnonzero(leads.number == 0)
    linked[leads.account[first]] = first
    lead = np.where(by_lead, linked[events.account], -1)
    return pa.table(
        {
            "ts": moments(events.ts),
            "kind": picked(words.KINDS, events.kind),
            "account_id": shown(companies.ids.take(events.account), events.route == BY_ACCOUNT),
            "contact_id": contact_ids.take(pa.array(events.contact, mask=events.contact < 0)),
            "lead_id": lead_ids.take(pa.array(lead, mask=lead < 0)),
            "visitor_id": numbered("V", np.where(seen, visitor, -1), 9),
            "ip": address_text(_addresses(chunk, events)),
            "campaign_id": numbered("CMP", events.campaign, 3),
            "channel": picked(words.KIND_CHANNELS, events.kind),
            "asset": picked(words.ASSETS, asset),
            "value": amounts(minutes),
        }
    )


def intent_table(chunk: Chunk, companies: Companies, draws: Draws) -> pa.Table:
    """Table intent: vendors name an account by its id or by its domain."""
    intent = chunk.intent
    by_domain = companies.domain_known & draws.happens(0.2, "intent by domain", companies.index)
    domain = by_domain[intent.account]
    return pa.table(
        {
            "account_id": shown(companies.ids.take(intent.account), ~domain),
            "domain": shown(companies.domains.take(intent.account), domain),
            "topic": picked(words.TOPICS, intent.kind),
            "ts": moments(intent.ts),
            "score": pa.array(intent.value),
            "source": picked(("topic surge",), np.zeros(len(intent.ts), dtype=np.int64)),
        }
    )


def signals_table(chunk: Chunk, companies: Companies) -> pa.Table:
    """Table signals."""
    signals = chunk.signals
    chinese = companies.chinese[signals.account]
    return pa.table(
        {
            "account_id": companies.ids.take(signals.account),
            "kind": picked(words.SIGNAL_KINDS, signals.kind),
            "ts": moments(signals.ts),
            "text": in_language(words.SIGNAL_TEXTS, words.SIGNAL_TEXTS_ZH, signals.kind, chinese),
            "value": amounts(signals.value),
            "source": in_language(("web",), ("公开信息",), np.zeros_like(signals.kind), chinese),
        }
    )


def campaigns_table(world: World, draws: Draws) -> pa.Table:
    """Table campaigns: one a quarter."""
    number = np.arange(campaign_count(world))
    start = campaign_start(number, world) // DAY * DAY
    return pa.table(
        {
            "campaign_id": numbered("CMP", number, 3),
            "name": glued("Campaign ", text_of(number + 1)),
            "channel": pa.array([channel(int(n)) for n in number]),
            "cost": pa.array(np.round(20_000 + 60_000 * draws.uniform("cost", number), -2)),
            "start": moments(start),
            "end": moments(start + 60 * DAY),
            "updated_at": moments(start),
        }
    )


def _amounts(chunk: Chunk, key: tuple[Ints, Ints], draws: Draws) -> Floats:
    size = np.nan_to_num(chunk.accounts.employees[chunk.deals.account], nan=100.0)
    amount: Floats = np.round(800 * np.sqrt(size) * np.exp(0.6 * draws.normal("amount", *key)), 2)
    return amount


def _types(chunk: Chunk, key: tuple[Ints, Ints], draws: Draws) -> Ints:
    """New business, or, for an account that was a customer by then, expansion or renewal."""
    since = np.nan_to_num(chunk.won_at, nan=float(NEVER))[chunk.deals.account]
    again = 1 + draws.happens(0.3, "renewal", *key)
    return np.where(since < chunk.deals.created, again, 0)


def _after_the_fact(
    chunk: Chunk, stage: Ints, closed: Bools, updated: Ints, key: tuple[Ints, Ints], draws: Draws
) -> dict[str, pa.Array]:
    """Columns that are known only when the outcome is; the last has an innocent name."""
    deals = chunk.deals
    won = closed & deals.won
    reason = np.where(won, 4 + draws.below(3, "why won", *key), draws.below(4, "why lost", *key))
    paperwork = np.where(won, 14.0, 3.0) + 3.0 * draws.normal("paperwork", *key)
    in_stage = np.round((updated - deals.created) // DAY * np.where(won, 0.3, 0.6))
    return {
        "probability": pa.array(_PROBABILITIES[stage]),
        "forecast_category": picked(_FORECASTS, stage),
        "days_in_stage": whole(in_stage),
        "close_reason": picked(
            (*words.LOST_REASONS, *words.WON_REASONS), np.where(closed, reason, -1)
        ),
        "paperwork_hours": amounts(np.round(np.maximum(paperwork, 0.5), 1)),
    }


def _addresses(chunk: Chunk, events: Events) -> Ints:
    """The address an event came from; -1 where none was seen."""
    networks = chunk.cast.networks
    account = events.account
    inside = np.where(networks.as_cidr[account], 1 + events.detail % 2, 1)
    shared, mobile = networks.shared[account], networks.mobile[account]
    elsewhere = np.where(mobile >= 0, MOBILE + mobile, -1)
    elsewhere = np.where(shared >= 0, SHARED + shared, elsewhere)
    # Contacts are known by name; half of what they do on the site they do in the office.
    by_name = (events.route == BY_CONTACT) & np.isin(events.kind, ON_SITE)
    half = events.detail // 100 % 2 == 0
    office = np.isin(events.route, (BY_OFFICE_VISITOR, BY_OFFICE_IP)) | (by_name & half)
    away = (events.route == BY_STRANGER) | (by_name & ~half)
    return np.where(office, networks.office[account] + inside, np.where(away, elsewhere, -1))
