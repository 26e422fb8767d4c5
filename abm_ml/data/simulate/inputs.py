"""The formula's inputs as of any moment: what happened strictly before it."""

from __future__ import annotations

import numpy as np

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.draws import Bools, Floats, Ints, spread
from abm_ml.data.simulate.events import HOT, Cast, Events, Log
from abm_ml.data.simulate.formula import COEFFICIENTS
from abm_ml.data.simulate.market import WEEK, Facts, weekly_relevant_intent
from abm_ml.data.simulate.world import DAY, World

TOUCH_DAYS = 90
"""How long a campaign's touch is felt."""


class Background:
    """What does not depend on deals: attributes, research intent and signals.

    Parameters
    ----------
    cast : Cast
        The chunk's people.
    intent, signals : Facts
        Research scores and dated company facts.
    world : World
        Options.
    """

    def __init__(self, cast: Cast, intent: Facts, signals: Facts, world: World) -> None:
        self.cast = cast
        self.static = cast.accounts.static_inputs()
        self.hirings = _log_of(signals, "job_posting")
        self.fundings = _log_of(signals, "funding_round")
        self._scores = weekly_relevant_intent(intent, len(cast.accounts), world)
        self._start = world.first_second

    def intent(self, account: Ints, ts: Ints) -> Floats:
        """Highest relevant score in [ts - 28 days, ts), / 100."""
        last = (ts - 1 - self._start) // WEEK
        weeks = last[:, None] - np.arange(4)
        found = np.where(weeks >= 0, self._scores[account[:, None], weeks], 0.0)
        highest: Floats = found.max(axis=1, initial=0.0) / 100.0
        return highest


class View:
    """Background and events, as seen from any moment.

    Parameters
    ----------
    background : Background
        Attributes, intent and signals.
    events : Events
        All engagement so far, of the accounts that are looked at.
    touched_at : ints, one entry an account
        Second of a campaign's touch; far in the past where there is none.
    """

    def __init__(self, background: Background, events: Events, touched_at: Ints) -> None:
        cast = background.cast
        counted = events.take(cast.countable(events))
        self._background = background
        self._touched_at = touched_at
        self._log = Log(counted.account, counted.ts)
        self._person = cast.persons(counted)[self._log.order]
        self._hot = np.isin(counted.kind, HOT)[self._log.order]

    def touched(self, account: Ints, ts: Ints) -> Bools:
        """Whether a campaign touched the account in the 90 days before."""
        moment = self._touched_at[account]
        felt: Bools = (moment < ts) & (moment >= ts - TOUCH_DAYS * DAY)
        return felt

    def opening_inputs(self, account: Ints, ts: Ints) -> dict[str, Floats]:
        """Inputs of formula.OPENING."""
        return {
            "static": self._background.cast.accounts.static[account],
            "events_30": np.log1p(self._log.count(account, ts, 30)),
            "events_90": np.log1p(self._log.count(account, ts, 90)),
            "intent_28": self._background.intent(account, ts),
            "touched": self.touched(account, ts).astype(np.float64),
        }

    def inputs(self, account: Ints, ts: Ints) -> Floats:
        """Inputs of formula.COEFFICIENTS, shape (n, number of coefficients)."""
        background = self._background
        people, hot = self._people(account, ts)
        opening = self.opening_inputs(account, ts)
        large = background.cast.accounts.large[account]
        surging = opening["intent_28"] >= 0.5
        found = {
            **{name: values[account] for name, values in background.static.items()},
            **opening,
            "people_90": people,
            "hot_90": hot,
            "hiring_90": np.minimum(background.hirings.count(account, ts, 90), 3),
            "funded_365": background.fundings.count(account, ts, 365) > 0,
            "large_and_broad": large & (people >= 3),
            "surging_and_engaged": surging & (self._log.count(account, ts, 90) >= 5),
        }
        return np.column_stack([found[name] for name in COEFFICIENTS]).astype(np.float64)

    def _people(self, account: Ints, ts: Ints) -> tuple[Floats, Bools]:
        """Different people in 90 days (at most 5), and whether anything hot happened."""
        low, high = self._log.bounds(account, ts, 90)
        owner, nth = spread(high - low)
        row = low[owner] + nth
        named = self._person[row] >= 0
        everybody = int(self._person.max(initial=0)) + 1
        pairs = np.unique(owner[named] * everybody + self._person[row][named])
        people = np.bincount(pairs // everybody, minlength=len(account))
        hot = np.bincount(owner[self._hot[row]], minlength=len(account)) > 0
        return np.minimum(people, 5).astype(np.float64), hot


def _log_of(facts: Facts, kind: str) -> Log:
    rows = facts.kind == words.SIGNAL_KINDS.index(kind)
    return Log(facts.account[rows], facts.ts[rows])
