"""What moves a market: seasons, buying episodes, research intent and dated company facts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.accounts import Accounts
from abm_ml.data.simulate.draws import Draws, Floats, Ints, spread
from abm_ml.data.simulate.formula import RELEVANT_TOPICS
from abm_ml.data.simulate.world import DAY, World

WEEK = 7 * DAY
_MONTHS = np.array([-0.2, -0.5, 0.3, 0.1, 0.1, 0.2, -0.4, -0.6, 0.3, 0.3, 0.5, -0.1])


@dataclass(frozen=True)
class Episodes:
    """Times in which an account is in the market: more research, more visits.

    Parameters
    ----------
    account, number : ints
        Position of the account in its chunk; running number within it.
    start, end : ints
        First second, and the first one after.
    """

    account: Ints
    number: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True)
class Facts:
    """Dated rows about accounts, ordered by account: intent scores or signals.

    Parameters
    ----------
    account : ints
        Position of the account in its chunk.
    kind : ints
        Topic (vocabulary.TOPICS) or kind of signal (vocabulary.SIGNAL_KINDS).
    ts : ints
        Second.
    value : floats
        Intent score from 0 to 100; a signal's amount, NaN where it has none.
    """

    account: Ints
    kind: Ints
    ts: Ints
    value: Floats


def season(ts: Ints, world: World) -> Floats:
    """Factor on the volume of business at each second: about 1 on average over a year."""
    month = ts.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12
    factor: Floats = 1.0 + world.season * _MONTHS[month]
    return factor


def seasonal_times(position: Floats, start: Ints, world: World) -> Ints:
    """Seconds between start and the world's end, at these positions (0-1) of the season's flow."""
    days = world.first_second + np.arange(world.days + 1) * DAY
    flow = np.concatenate([[0.0], np.cumsum(season(days[:-1], world))])
    begin = np.interp(start, days, flow)
    moment = np.interp(begin + position * (flow[-1] - begin), flow, days)
    seconds: Ints = moment.astype(np.int64)
    return seconds


def make_episodes(accounts: Accounts, world: World, draws: Draws) -> Episodes:
    """Buying episodes of two to five months, at random times."""
    account, number = spread(draws.poisson(0.9 * world.length, "episodes", accounts.index))
    key = (accounts.index[account], number)
    span = (world.days + 60) * DAY
    waited = (draws.uniform("episode start", *key) * span).astype(np.int64)
    start = world.first_second - 60 * DAY + waited
    length = (60 + 90 * draws.uniform("episode length", *key)) * DAY
    return Episodes(account, number, start, start + length.astype(np.int64))


def make_intent(accounts: Accounts, episodes: Episodes, world: World, draws: Draws) -> Facts:
    """Weekly scores: high ones in buying episodes, a few low ones at any time."""
    account, kind, week, value = (
        np.concatenate(pair)
        for pair in zip(
            _surges(accounts, episodes, world, draws),
            _murmurs(accounts, world, draws),
            strict=True,
        )
    )
    ts = world.first_second + week * WEEK
    alive = (ts >= accounts.created[account]) & (ts < world.last_second) & (week >= 0)
    order = np.lexsort((kind, week, account))
    order = order[alive[order]]
    return Facts(account[order], kind[order], ts[order], value[order])


def _surges(
    accounts: Accounts, episodes: Episodes, world: World, draws: Draws
) -> tuple[Ints, Ints, Ints, Floats]:
    first = -((world.first_second - episodes.start) // WEEK)
    last = (episodes.end - world.first_second) // WEEK
    owner, nth = spread(np.maximum(last - first, 0))
    key = (accounts.index[episodes.account[owner]], episodes.number[owner], nth)
    kept = draws.happens(0.6, "surge", *key)
    owner, nth = owner[kept], nth[kept]
    key = (key[0][kept], key[1][kept], nth)
    topic = draws.choice((0.4, 0.3, 0.1, 0.1, 0.05, 0.05), "topic", *key[:2])
    score = np.round(40 + 60 * draws.uniform("surge score", *key), 1)
    return episodes.account[owner], topic, first[owner] + nth, score


def _murmurs(accounts: Accounts, world: World, draws: Draws) -> tuple[Ints, Ints, Ints, Floats]:
    account, nth = spread(draws.poisson(3.0 * world.length, "murmurs", accounts.index))
    key = (accounts.index[account], nth)
    topic = draws.below(len(words.TOPICS), "murmur topic", *key)
    week = draws.below(world.days // 7, "murmur week", *key)
    score = np.round(5 + 45 * draws.uniform("murmur score", *key), 1)
    return account, topic, week, score


def weekly_relevant_intent(intent: Facts, accounts: int, world: World) -> Floats:
    """Highest score on the relevant topics, shape (accounts, weeks), 0 where there is none."""
    relevant = np.isin(intent.kind, [words.TOPICS.index(topic) for topic in RELEVANT_TOPICS])
    weeks = np.zeros((accounts, world.days // 7 + 1))
    week = (intent.ts - world.first_second) // WEEK
    np.maximum.at(weeks, (intent.account[relevant], week[relevant]), intent.value[relevant])
    return weeks


def make_signals(accounts: Accounts, world: World, draws: Draws) -> Facts:
    """Dated facts about companies: about four each in three years, at random times."""
    account, nth = spread(draws.poisson(4.0 * world.length, "signals", accounts.index))
    key = (accounts.index[account], nth)
    kind = draws.choice(words.SIGNAL_WEIGHTS, "signal kind", *key)
    ts = world.first_second + draws.below(world.days * DAY, "signal time", *key)
    amount = np.round(10.0 ** (6 + draws.normal("signal amount", *key)), -3)
    has_amount = np.isin(kind, [words.SIGNAL_KINDS.index(k) for k in ("funding_round", "bid")])
    order = np.lexsort((nth, ts, account))
    value = np.where(has_amount, amount, np.nan)
    return Facts(account[order], kind[order], ts[order], value[order])
