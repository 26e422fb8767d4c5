"""Campaigns: who is in the audience, whom the campaign touched, and what the touch sets off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.accounts import PROSPECT, STATIC_MEAN, Accounts
from abm_ml.data.simulate.draws import Bools, Draws, Floats, Ints, spread
from abm_ml.data.simulate.events import AD_VIEW, BY_ACCOUNT, Cast, Events, join
from abm_ml.data.simulate.formula import sigmoid
from abm_ml.data.simulate.people import NEVER
from abm_ml.data.simulate.world import DAY, World

TARGETING_SLOPE = 0.8
"""Even campaigns are randomised half and half; odd ones touch fitting accounts sooner."""

_RESPONSE_WEIGHTS = (0.6, 0.15, 0.1, 0.05, 0.05, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Touches:
    """A chunk's campaign audience, one entry an account.

    Parameters
    ----------
    campaign : ints
        Number of the campaign whose audience the account is in; -1: none.
    moment : ints
        Second of the touch, if it happens.
    chance : floats
        Probability that an account of the audience is touched.
    touched : bools
        Whether it was.
    """

    campaign: Ints
    moment: Ints
    chance: Floats
    touched: Bools

    def at(self, treated: Bools) -> Ints:
        """Second in which each account would be touched if these were treated."""
        reached = treated & (self.campaign >= 0)
        return np.where(reached, self.moment, -NEVER)


def campaign_count(world: World) -> int:
    """One campaign a quarter."""
    return 4 * world.years


def campaign_start(number: Ints, world: World) -> Ints:
    """First second of each campaign."""
    length = world.days // campaign_count(world)
    return world.first_second + number * length * DAY


def make_touches(accounts: Accounts, world: World, draws: Draws) -> Touches:
    """Each account is in the audience of at most one campaign, which it must be old enough for."""
    index = accounts.index
    campaign = draws.below(campaign_count(world), "campaign", index)
    moment = campaign_start(campaign, world) + draws.below(30 * DAY, "touch time", index)
    audience = (
        draws.happens(world.campaign_share, "audience", index)
        & (accounts.kind == PROSPECT)
        & (accounts.created < moment - 30 * DAY)
    )
    targeted = sigmoid(TARGETING_SLOPE * (accounts.static - STATIC_MEAN))
    chance = np.where(campaign % 2 == 0, 0.5, targeted) * audience
    return Touches(
        campaign=np.where(audience, campaign, -1),
        moment=moment,
        chance=chance,
        touched=draws.happens(chance, "touched", index),
    )


def touch_events(cast: Cast, touches: Touches, draws: Draws) -> Events:
    """The events that touching the whole audience would set off: the ad, and visits after it."""
    account = np.flatnonzero(touches.campaign >= 0)
    nothing = np.full(len(account), -1)
    adverts = Events(
        account=account,
        ts=touches.moment[account],
        kind=np.full(len(account), AD_VIEW),
        route=np.full(len(account), BY_ACCOUNT),
        contact=nothing,
        visitor=nothing,
        campaign=touches.campaign[account],
        detail=draws.below(10_000, "advert detail", cast.accounts.index[account]),
    )
    owner, nth = spread(draws.poisson(1.5, "responses", cast.accounts.index[account]))
    key = (cast.accounts.index[account[owner]], nth)
    ts = touches.moment[account[owner]] + draws.below(30 * DAY, "response time", *key) + 60
    responses = cast.occur("response", account[owner], ts, _RESPONSE_WEIGHTS, key, draws)
    return join([adverts, responses])


def channel(number: int) -> str:
    """The channel of a campaign."""
    return words.CHANNELS[number % len(words.CHANNELS)]
