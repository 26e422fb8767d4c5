"""Opportunities: when they open, whether they are won, and the oracle of it.

A chunk's history is played in rounds: every approached account's first opportunity, the events
around it, then its second one, which sees those events, and so on. Each round is vectorised
over accounts; `formula` states the function.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.draws import Bools, Draws, Floats, Ints, spread
from abm_ml.data.simulate.events import OPPORTUNITY, Cast, Events, join
from abm_ml.data.simulate.formula import (
    BASE,
    CENTRE,
    COEFFICIENTS,
    INDUSTRY_DRIFT,
    INDUSTRY_EFFECT,
    NODE_WEIGHTS,
    NODES,
    OPENING,
    OPENING_NORM,
    SELECTION_SLOPE,
    sigmoid,
    weighted_sum,
)
from abm_ml.data.simulate.inputs import Background, View
from abm_ml.data.simulate.market import Facts, season
from abm_ml.data.simulate.world import DAY, World

MONTH = 30.4375 * DAY
APPROACHED_SHARE = 0.5
"""About how many accounts sales approaches: their rate makes up for the others."""

REST = 30 * DAY
"""Sales leaves an account alone for a month after a deal is closed."""


@dataclass(frozen=True)
class Deals:
    """Opportunities of a chunk, one entry each, in order of account and time.

    Parameters
    ----------
    account, number : ints
        Position of the account in its chunk; running number within it.
    created, closed : ints
        Second of creation; midnight at which it is (or would be, after the end) closed.
    won, won_if_touched, won_if_untouched : bools
        Outcome, and what it would have been with and without a campaign's touch.
    p_true, p_if_touched, p_if_untouched : floats
        P(win) given everything, the hidden trait too.
    p_win : floats
        The oracle: P(win) given what the tables show, the hidden trait integrated out.
    inputs : floats, shape (n, number of coefficients)
        The formula's inputs, in the order of COEFFICIENTS.
    industry_effect : floats
        The industry's part of the log-odds, drift included.
    touched : bools
        Whether a campaign touched the account in the 90 days before.
    """

    account: Ints
    number: Ints
    created: Ints
    closed: Ints
    won: Bools
    won_if_touched: Bools
    won_if_untouched: Bools
    p_true: Floats
    p_if_touched: Floats
    p_if_untouched: Floats
    p_win: Floats
    inputs: Floats
    industry_effect: Floats
    touched: Bools

    def __len__(self) -> int:
        return len(self.account)


def join_deals(parts: list[Deals]) -> Deals:
    """Several rounds as one, in order of account and number."""
    joined: dict[str, Any] = {
        f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Deals)
    }
    order = np.lexsort((joined["number"], joined["account"]))
    return Deals(**{name: values[order] for name, values in joined.items()})


class Stage:
    """One chunk's people and facts, on which histories are played.

    Parameters
    ----------
    cast : Cast
        Accounts, contacts, leads and networks.
    intent, signals : Facts
        Research scores and dated company facts.
    world : World
        Options.
    draws : Draws
        Random numbers.
    """

    def __init__(
        self, cast: Cast, intent: Facts, signals: Facts, world: World, draws: Draws
    ) -> None:
        self.cast = cast
        self.world = world
        self.draws = draws
        self._background = Background(cast, intent, signals, world)

    def play(self, events: Events, touched_at: Ints, who: Ints) -> tuple[Deals, Events]:
        """The opportunities of these accounts, and the events that opportunities set off.

        Parameters
        ----------
        events : Events
            Everything that happens without opportunities.
        touched_at : ints, one entry an account
            Second of a campaign's touch; far in the past where there is none.
        who : ints
            Positions of the accounts that sales approaches.
        """
        accounts = self.cast.accounts
        free_from = accounts.created + 14 * DAY
        weights = self._prior()
        played, around = [], []
        number = 0
        while True:
            mine = events.take(np.isin(events.account, who))
            view = View(self._background, mine, touched_at)
            who, created = self._opened(view, who, free_from)
            deals = self._decided(view, who, created, number, weights)
            after = self._events_around(deals)
            played.append(deals)
            around.append(after)
            if not len(who):
                return join_deals(played), join(around)
            events = join([mine, after])
            free_from[who] = deals.closed + REST
            weights[who] = self._learnt(deals, weights[who])
            number += 1

    def _prior(self) -> Floats:
        """What being approached says of the hidden trait, on the oracle's nodes."""
        prior = np.broadcast_to(NODE_WEIGHTS, (len(self.cast.accounts), len(NODES))).copy()
        if self.world.selection == "unrecorded":
            prior *= sigmoid(SELECTION_SLOPE * NODES)
        return prior / prior.sum(axis=1, keepdims=True)

    def _learnt(self, deals: Deals, weights: Floats) -> Floats:
        """What a known outcome adds to it (Bayes' rule)."""
        p = self._p_on_nodes(deals.inputs, deals.industry_effect, deals.touched)
        posterior = weights * np.where(deals.won[:, None], p, 1.0 - p)
        return posterior / posterior.sum(axis=1, keepdims=True)

    def _opened(self, view: View, who: Ints, free_from: Ints) -> tuple[Ints, Ints]:
        """Accounts that get their next opportunity, and when."""
        world = self.world
        months = np.arange(round(world.days * DAY / MONTH))
        index = self.cast.accounts.index[who][:, None]
        chance = self.draws.uniform("moment in month", index, months)
        ts = world.first_second + ((months + chance) * MONTH).astype(np.int64)
        account = np.repeat(who, len(months))
        log_risk = world.signal * (
            weighted_sum(view.opening_inputs(account, ts.ravel()), OPENING) - OPENING_NORM
        )
        rate = world.opportunities_per_account / (36 * APPROACHED_SHARE)
        hazard = np.minimum(rate * season(ts, world) * np.exp(log_risk).reshape(ts.shape), 0.5)
        opens = self.draws.happens(hazard, "opening", index, months)
        opens &= (ts >= free_from[who][:, None]) & (ts < world.last_second)
        first = opens.argmax(axis=1)
        some = opens.any(axis=1)
        return who[some], ts[some, first[some]]

    def _decided(self, view: View, who: Ints, created: Ints, number: int, weights: Floats) -> Deals:
        """The outcome of opportunities and its probabilities."""
        inputs = view.inputs(who, created)
        effect = self._industry_effect(who, created)
        touched = view.touched(who, created)
        hidden = self.cast.accounts.hidden[who]
        key = (self.cast.accounts.index[who], number)
        luck = self.draws.uniform("luck", *key)
        p = {
            name: sigmoid(self._log_odds(inputs, effect, flags, hidden))
            for name, flags in {
                "true": touched,
                "if_touched": np.ones(len(who), dtype=bool),
                "if_untouched": np.zeros(len(who), dtype=bool),
            }.items()
        }
        won = luck < p["true"]
        nodes = self._p_on_nodes(inputs, effect, touched)
        return Deals(
            account=who,
            number=np.full(len(who), number),
            created=created,
            closed=_closed(created, won, self.draws.normal("duration", *key)),
            won=won,
            won_if_touched=luck < p["if_touched"],
            won_if_untouched=luck < p["if_untouched"],
            p_true=p["true"],
            p_if_touched=p["if_touched"],
            p_if_untouched=p["if_untouched"],
            p_win=(weights[who] * nodes).sum(axis=1),
            inputs=inputs,
            industry_effect=effect,
            touched=touched,
        )

    def _industry_effect(self, who: Ints, ts: Ints) -> Floats:
        world = self.world
        industry = self.cast.accounts.industry[who]
        middle = (world.first_second + world.last_second) / 2
        years = (ts - middle) / (365.25 * DAY)
        drift = world.drift * years * np.append(INDUSTRY_DRIFT, 0.0)[industry]
        effect: Floats = np.append(INDUSTRY_EFFECT, 0.0)[industry] + drift
        return effect

    def _log_odds(self, inputs: Floats, effect: Floats, touched: Bools, hidden: Floats) -> Floats:
        world = self.world
        seen = (inputs * list(COEFFICIENTS.values())).sum(axis=1) + effect
        seen = seen + world.campaign_effect * touched - CENTRE
        return BASE + world.signal * (seen + world.hidden_effect * hidden)

    def _p_on_nodes(self, inputs: Floats, effect: Floats, touched: Bools) -> Floats:
        seen = self._log_odds(inputs, effect, touched, np.zeros(len(inputs)))
        return sigmoid(seen[:, None] + self.world.signal * self.world.hidden_effect * NODES)

    def _events_around(self, deals: Deals) -> Events:
        """What opportunities set off: their own event, a busy time, and visits after a win."""
        index = self.cast.accounts.index[deals.account]
        own = self.cast.occur(
            "opened", deals.account, deals.created, _only(OPPORTUNITY), (index, deals.number),
            self.draws,
        )  # fmt: skip
        busy = self._burst("deal", deals, 7.0, deals.created + 60, deals.closed)
        after = self._burst("after", deals, 3.0 * deals.won, deals.closed, deals.closed + 120 * DAY)
        around = join([own, busy, after])
        return around.take(around.ts < self.world.last_second)

    def _burst(self, stream: str, deals: Deals, mean: Any, start: Ints, end: Ints) -> Events:
        index = self.cast.accounts.index[deals.account]
        owner, nth = spread(self.draws.poisson(mean, stream, index, deals.number))
        key = (index[owner], deals.number[owner], nth)
        length = np.maximum(end - start, 60)
        ts = start[owner] + self.draws.below(length[owner], f"{stream} time", *key)
        return self.cast.occur(
            stream, deals.account[owner], ts, words.KIND_WEIGHTS_IN_DEAL, key, self.draws
        )


def _closed(created: Ints, won: Bools, luck: Floats) -> Ints:
    """Midnight of the closing day: wins take about 50 days, losses about 65."""
    days = np.exp(np.log(np.where(won, 50.0, 65.0)) + 0.5 * luck)
    day = created // DAY + np.clip(np.round(days), 2, 300).astype(np.int64)
    closed: Ints = day * DAY
    return closed


def _only(kind: int) -> list[float]:
    weights = [0.0] * len(words.KINDS)
    weights[kind] = 1.0
    return weights
