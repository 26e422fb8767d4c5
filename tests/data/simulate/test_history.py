"""Events and opportunities belong together as in life."""

import numpy as np
import pytest

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.chunk import Chunk
from abm_ml.data.simulate.events import (
    BY_CONTACT,
    BY_LEAD,
    BY_OFFICE_IP,
    BY_OFFICE_VISITOR,
    BY_STRANGER,
    OPPORTUNITY,
    Log,
)
from abm_ml.data.simulate.world import DAY, World

WORLD = World()


def events_log(large: Chunk) -> Log:
    return Log(large.events.account, large.events.ts)


def test_nothing_happens_before_an_account_exists_or_after_the_end(large: Chunk) -> None:
    created = large.accounts.created
    for account, ts in [
        (large.events.account, large.events.ts),
        (large.deals.account, large.deals.created),
        (large.intent.account, large.intent.ts),
    ]:
        assert (ts >= created[account]).all()
        assert (ts >= WORLD.first_second).all()
        assert (ts < WORLD.last_second).all()


def test_deals_are_closed_after_they_were_created_and_some_are_still_open(large: Chunk) -> None:
    deals = large.deals
    assert (deals.closed > deals.created).all()
    still_open = deals.closed >= WORLD.last_second
    assert 0.02 < still_open.mean() < 0.2


def test_an_account_has_one_open_deal_at_a_time(large: Chunk) -> None:
    deals = large.deals
    same = deals.account[1:] == deals.account[:-1]
    assert same.any()
    assert (deals.created[1:][same] > deals.closed[:-1][same]).all()


def test_the_default_world_has_about_twenty_events_and_half_a_deal_an_account(
    large: Chunk,
) -> None:
    accounts = len(large.accounts)
    assert len(large.events) / accounts == pytest.approx(20, rel=0.1)
    assert len(large.deals) / accounts == pytest.approx(0.6, rel=0.1)
    assert len(large.cast.contacts) / accounts == pytest.approx(4, rel=0.1)


def test_engagement_rises_once_a_deal_is_open(large: Chunk) -> None:
    log, deals = events_log(large), large.deals
    before = log.count(deals.account, deals.created, 30).mean()
    after = log.count(deals.account, deals.created + 30 * DAY, 30).mean()
    assert after > 2 * before


def test_every_deal_leaves_an_event_of_kind_opportunity_at_its_creation(large: Chunk) -> None:
    rows = large.events.kind == OPPORTUNITY
    found = set(zip(large.events.account[rows], large.events.ts[rows], strict=True))
    assert found == set(zip(large.deals.account, large.deals.created, strict=True))


def test_busy_accounts_get_opportunities_sooner(large: Chunk) -> None:
    """At a snapshot, the busiest fifth of approached accounts opens more deals in 180 days."""
    snapshot = WORLD.last_second - 360 * DAY
    old = np.flatnonzero(large.accounts.approached & (large.accounts.created < snapshot))
    events = events_log(large).count(old, np.full(len(old), snapshot), 90)
    deals = Log(large.deals.account, large.deals.created)
    opened = deals.count(old, np.full(len(old), snapshot + 180 * DAY), 180) > 0
    order = np.argsort(events, kind="stable")
    fifth = len(old) // 5
    assert opened[order[-fifth:]].mean() > 1.4 * opened[order[:fifth]].mean()


def test_events_carry_the_trace_by_which_they_were_seen(large: Chunk) -> None:
    events, cast = large.events, large.cast
    by_contact = events.route == BY_CONTACT
    assert (cast.contacts.account[events.contact[by_contact]] == events.account[by_contact]).all()
    assert (cast.contacts.created[events.contact[by_contact]] <= events.ts[by_contact]).all()
    assert (events.contact[~by_contact] == -1).all()
    at_office = np.isin(events.route, (BY_OFFICE_IP, BY_OFFICE_VISITOR))
    assert cast.networks.has_office[events.account[at_office]].all()
    by_lead = events.route == BY_LEAD
    assert (events.ts[by_lead] >= cast.leads.linked_since[events.account[by_lead]]).all()
    for route in (by_contact, at_office, by_lead, events.route == BY_STRANGER):
        assert route.mean() > 0.005


def test_all_kinds_of_engagement_and_signals_occur(large: Chunk) -> None:
    assert set(np.unique(large.events.kind)) == set(range(len(words.KINDS)))
    assert set(np.unique(large.signals.kind)) == set(range(len(words.SIGNAL_KINDS)))
    assert set(np.unique(large.intent.kind)) == set(range(len(words.TOPICS)))


def test_intent_scores_lie_between_0_and_100(large: Chunk) -> None:
    assert large.intent.value.min() >= 0
    assert large.intent.value.max() <= 100
