"""Engagement events: who did what when, and by which trace a CRM sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.accounts import Accounts
from abm_ml.data.simulate.draws import Bools, Draws, Ints, spread
from abm_ml.data.simulate.market import Episodes, seasonal_times
from abm_ml.data.simulate.networks import Networks
from abm_ml.data.simulate.people import Contacts, Leads
from abm_ml.data.simulate.world import DAY, World

BY_CONTACT, BY_ACCOUNT, BY_OFFICE_VISITOR, BY_OFFICE_IP, BY_STRANGER, BY_LEAD = range(6)
"""What an event's row carries: contact_id (with an ip, if it was on the site); account_id;
visitor_id with the office's ip; that ip alone; visitor_id with a shared, mobile or no ip (belongs
to nobody we know); lead_id."""

VISITORS = 4
"""Different browsers an account's people use."""

_ROUTES_ON_SITE = (0.45, 0.08, 0.17, 0.10, 0.15, 0.05)
_ROUTES_ELSEWHERE = (0.86, 0.08, 0.0, 0.0, 0.0, 0.06)
ON_SITE = tuple(words.KINDS.index(k) for k in ("website_visit", "content_download"))
OPPORTUNITY = words.KINDS.index("opportunity")
AD_VIEW = words.KINDS.index("ad_view")
HOT = tuple(words.KINDS.index(k) for k in ("demo_request", "meeting"))


@dataclass(frozen=True)
class Events:
    """Engagement events of a chunk, one entry an event; -1 where there is none.

    Parameters
    ----------
    account : ints
        Position in the chunk of the account whose people did it.
    ts : ints
        Second.
    kind : ints
        Position in vocabulary.KINDS.
    route : ints
        By which trace it is recorded (BY_CONTACT and so on).
    contact : ints
        Position of the contact in the chunk.
    visitor : ints
        Number of the browser within the account.
    campaign : ints
        Number of the campaign.
    detail : ints
        A number from 0 to 9,999 for what matters to nothing else (asset, minutes).
    """

    account: Ints
    ts: Ints
    kind: Ints
    route: Ints
    contact: Ints
    visitor: Ints
    campaign: Ints
    detail: Ints

    def __len__(self) -> int:
        return len(self.account)

    def take(self, rows: Ints | Bools) -> Events:
        """Some of the events."""
        return Events(*(getattr(self, f.name)[rows] for f in fields(self)))

    def in_order(self) -> Events:
        """The events by account and time; ties by everything else."""
        return self.take(
            np.lexsort((self.detail, self.visitor, self.contact, self.kind, self.ts, self.account))
        )


def join(parts: Sequence[Events]) -> Events:
    """Several sets of events as one."""
    names = [f.name for f in fields(Events)]
    return Events(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))


@dataclass(frozen=True)
class Cast:
    """Everybody who can leave a trace in a chunk.

    Parameters
    ----------
    accounts, contacts, leads, networks
        The chunk's own.
    """

    accounts: Accounts
    contacts: Contacts
    leads: Leads
    networks: Networks

    def occur(
        self, stream: str, account: Ints, ts: Ints, weights: Sequence[float], key: tuple[Ints, ...],
        draws: Draws,
    ) -> Events:  # fmt: skip
        """Events at these seconds, their kind drawn by weight and their trace by chance.

        A contact who was not known yet leaves the trace of a visitor; what the account has no
        office network or lead for is recorded on the account itself.
        """
        kind = draws.choice(weights, f"{stream} kind", *key)
        on_site = np.isin(kind, ON_SITE)
        route = np.where(
            on_site,
            draws.choice(_ROUTES_ON_SITE, f"{stream} route", *key),
            draws.choice(_ROUTES_ELSEWHERE, f"{stream} route", *key),
        )
        count = self.contacts.count[account]
        contact = self.contacts.first[account] + draws.below(count, f"{stream} who", *key)
        known = count > 0
        known[known] = self.contacts.created[contact[known]] <= ts[known]
        route = np.where((route == BY_CONTACT) & ~known, BY_OFFICE_VISITOR, route)
        unknown_lead = ts < self.leads.linked_since[account]
        route = np.where((route == BY_LEAD) & unknown_lead, BY_ACCOUNT, route)
        at_office = np.isin(route, (BY_OFFICE_VISITOR, BY_OFFICE_IP))
        route = np.where(at_office & ~self.networks.has_office[account], BY_ACCOUNT, route)
        seen = np.isin(route, (BY_OFFICE_VISITOR, BY_STRANGER))
        return Events(
            account=account,
            ts=ts,
            kind=kind,
            route=route,
            contact=np.where(route == BY_CONTACT, contact, -1),
            visitor=np.where(seen, draws.below(VISITORS, f"{stream} browser", *key), -1),
            campaign=np.full(len(account), -1),
            detail=draws.below(10_000, f"{stream} detail", *key),
        )

    def persons(self, events: Events) -> Ints:
        """A number for the person behind each event: contact, else lead, else visitor; or -1."""
        leads = len(self.contacts)
        visitors = leads + len(self.accounts)
        browser = visitors + events.account * VISITORS + events.visitor
        person = np.where(events.visitor >= 0, browser, -1)
        person = np.where(events.route == BY_LEAD, leads + events.account, person)
        return np.where(events.contact >= 0, events.contact, person)

    def countable(self, events: Events) -> Bools:
        """Whether an event belongs to its account and counts in the formula."""
        suppressed = np.append(self.contacts.suppressed, False)[events.contact]
        counts: Bools = (events.route != BY_STRANGER) & (events.kind != OPPORTUNITY) & ~suppressed
        return counts


def everyday_events(cast: Cast, episodes: Episodes, world: World, draws: Draws) -> Events:
    """What happens without campaigns and deals: a trickle, and much more in buying episodes."""
    accounts = cast.accounts
    start = np.maximum(accounts.created, world.first_second)
    share = (world.last_second - start) / (world.last_second - world.first_second)
    habit = np.exp(0.8 * draws.normal("habit", accounts.index) - 0.32)
    mean = 0.5 * world.events_per_account * world.length * habit * share
    account, nth = spread(draws.poisson(mean, "trickle", accounts.index))
    key = (accounts.index[account], nth)
    ts = seasonal_times(draws.uniform("trickle time", *key), start[account], world)
    trickle = cast.occur("trickle", account, ts, words.KIND_WEIGHTS, key, draws)
    return join([trickle, _episode_events(cast, episodes, world, draws)])


def _episode_events(cast: Cast, episodes: Episodes, world: World, draws: Draws) -> Events:
    index = cast.accounts.index[episodes.account]
    heat = np.exp(0.5 * draws.normal("heat", index, episodes.number) - 0.125)
    mean = 0.45 * world.events_per_account * heat
    owner, nth = spread(draws.poisson(mean, "burst", index, episodes.number))
    key = (index[owner], episodes.number[owner], nth)
    length = episodes.end - episodes.start
    ts = episodes.start[owner] + draws.below(length[owner], "burst time", *key)
    account = episodes.account[owner]
    begin = np.maximum(cast.accounts.created[account], world.first_second)
    alive = (ts >= begin) & (ts < world.last_second)
    kept = tuple(part[alive] for part in key)
    return cast.occur("burst", account[alive], ts[alive], words.KIND_WEIGHTS, kept, draws)


class Log:
    """Dated rows of accounts, sorted, so that windows are counted by bisection.

    Parameters
    ----------
    account, ts : ints
        Position of the account and second of each row, in any order.
    """

    _STEP = 2**34

    def __init__(self, account: Ints, ts: Ints) -> None:
        keys = account * self._STEP + ts
        self.order = np.argsort(keys, kind="stable")
        self._keys = keys[self.order]

    def bounds(self, account: Ints, ts: Ints, days: int) -> tuple[Ints, Ints]:
        """First and one-past-last position, in sorted order, of rows in [ts - days, ts)."""
        upper = account * self._STEP + ts
        low: Ints = np.searchsorted(self._keys, upper - days * DAY)
        high: Ints = np.searchsorted(self._keys, upper)
        return low, high

    def count(self, account: Ints, ts: Ints, days: int) -> Ints:
        """How many rows an account has in [ts - days, ts)."""
        low, high = self.bounds(account, ts, days)
        return high - low
