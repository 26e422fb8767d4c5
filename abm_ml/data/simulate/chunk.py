"""One chunk of accounts with everything that happens to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_ml.data.simulate.accounts import Accounts, make_accounts
from abm_ml.data.simulate.campaigns import Touches, make_touches, touch_events
from abm_ml.data.simulate.deals import Deals, Stage
from abm_ml.data.simulate.draws import Bools, Draws, Floats
from abm_ml.data.simulate.events import Cast, Events, everyday_events, join
from abm_ml.data.simulate.market import Facts, make_episodes, make_intent, make_signals
from abm_ml.data.simulate.networks import make_networks
from abm_ml.data.simulate.people import NEVER, make_contacts, make_leads
from abm_ml.data.simulate.world import DAY, World

HORIZON = 180 * DAY
"""After a touch, for the campaigns' potential outcomes."""


@dataclass(frozen=True)
class Chunk:
    """A chunk's history.

    Parameters
    ----------
    cast : Cast
        Accounts, contacts, leads and networks.
    intent, signals : Facts
        Research scores and dated company facts.
    touches : Touches
        Campaign audience and touches.
    events : Events
        All engagement, in order of account and time.
    deals : Deals
        All opportunities.
    other_life : Deals
        The opportunities that the audience would have had, had touched accounts not been
        touched and the others been touched.
    won_at : floats, one entry an account
        Second in which it became a customer before the world's end; NaN if it did not.
    """

    cast: Cast
    intent: Facts
    signals: Facts
    touches: Touches
    events: Events
    deals: Deals
    other_life: Deals
    won_at: Floats

    @property
    def accounts(self) -> Accounts:
        """The chunk's accounts."""
        return self.cast.accounts


def make_chunk(first: int, last: int, world: World, draws: Draws) -> Chunk:
    """The accounts with numbers from `first` up to, not including, `last`."""
    accounts = make_accounts(np.arange(first, last), world, draws)
    episodes = make_episodes(accounts, world, draws)
    cast = Cast(
        accounts=accounts,
        contacts=make_contacts(accounts, world, draws),
        leads=make_leads(accounts, world, draws),
        networks=make_networks(accounts, draws),
    )
    intent = make_intent(accounts, episodes, world, draws)
    signals = make_signals(accounts, world, draws)
    touches = make_touches(accounts, world, draws)
    everyday = everyday_events(cast, episodes, world, draws)
    set_off = touch_events(cast, touches, draws)
    set_off = set_off.take(set_off.ts < world.last_second)
    stage = Stage(cast, intent, signals, world, draws)

    def live(touched: Bools, who: Bools) -> tuple[Deals, Events]:
        events = join([everyday, set_off.take(touched[set_off.account])])
        deals, around = stage.play(events, touches.at(touched), np.flatnonzero(who))
        return deals, join([events, around]).in_order()

    deals, events = live(touches.touched, accounts.approached)
    other_life, _ = live(~touches.touched, accounts.approached & (touches.campaign >= 0))
    return Chunk(
        cast, intent, signals, touches, events, deals, other_life, _won_at(deals, accounts, world)
    )


def _won_at(deals: Deals, accounts: Accounts, world: World) -> Floats:
    """When each account's first win was closed."""
    first = np.full(len(accounts), float(NEVER))
    wins = deals.won & (deals.closed < world.last_second)
    np.minimum.at(first, deals.account[wins], deals.closed[wins].astype(np.float64))
    return np.where(first < NEVER, first, np.nan)


def won_within_horizon(deals: Deals, touches: Touches, accounts: int) -> Bools:
    """Whether each account wins a deal in the 180 days after its moment of touch."""
    moment = touches.moment[deals.account]
    inside = deals.won & (deals.closed > moment) & (deals.closed <= moment + HORIZON)
    won = np.zeros(accounts, dtype=bool)
    won[deals.account[inside]] = True
    return won
