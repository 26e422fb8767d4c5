"""Accounts: what a company is, what is recorded of it, and whether sales approaches it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.draws import Bools, Draws, Floats, Ints
from abm_ml.data.simulate.formula import (
    COEFFICIENTS,
    INDUSTRY_EFFECT,
    SELECTION_SLOPE,
    sigmoid,
)
from abm_ml.data.simulate.world import DAY, World

PROSPECT, PARTNER, COMPETITOR, CUSTOMER = range(4)
ACCOUNT_TYPES = ("Prospect", "Partner", "Competitor", "Customer")

SOFTWARE = words.INDUSTRIES.index("Software")

_INDUSTRY_SIZE = np.array([2.2, 2.7, 2.6, 2.5, 2.4, 2.2, 2.4, 2.9])
"""Mean of log10(employees) by industry."""

STATIC_MEAN = 1.0
"""About the average of the static part of the formula: centres the selection."""


@dataclass(frozen=True)
class Accounts:
    """A chunk of accounts as arrays, one entry an account; -1 or NaN where not recorded.

    Parameters
    ----------
    index : ints
        Number of the account in the world; keys all of its draws.
    chinese : bools
        Whether names, titles and texts are Chinese.
    industry : ints
        Position in vocabulary.INDUSTRIES as recorded; -1: missing.
    work : ints
        The industry it is really in: names and texts follow it.
    employees : floats
        As recorded; NaN: missing.
    technologies : bools, shape (n, number of technologies)
        As recorded; all false where missing.
    technologies_known : bools
        Whether technologies are recorded at all.
    created : ints
        Second in which the account entered the CRM.
    kind : ints
        Prospect, partner or competitor.
    static : floats
        The attributes' part of the log-odds of a win.
    hidden : floats
        The trait that no table records.
    selection : floats
        Probability that sales approaches the account.
    approached : bools
        Whether it does.
    suppressed : bools
        Whether the account must not be used.
    """

    index: Ints
    chinese: Bools
    industry: Ints
    work: Ints
    employees: Floats
    technologies: Bools
    technologies_known: Bools
    created: Ints
    kind: Ints
    static: Floats
    hidden: Floats
    selection: Floats
    approached: Bools
    suppressed: Bools

    def __len__(self) -> int:
        return len(self.index)

    @property
    def large(self) -> Bools:
        """Recorded as having 1,000 employees or more."""
        large: Bools = self.employees >= 1_000
        return large

    @property
    def software_in_cloud(self) -> Bools:
        """A software company on one of the large clouds."""
        return self._uses(*words.CLOUDS) & (self.industry == SOFTWARE)

    def static_inputs(self) -> dict[str, Floats]:
        """The formula's inputs that are attributes."""
        size = np.log10(np.nan_to_num(self.employees, nan=1.0))
        bump = np.where(np.isnan(self.employees), 0.0, np.exp(-((size - 3.0) ** 2)))
        return {
            "mid_size": bump,
            "salesforce": self._uses("Salesforce").astype(np.float64),
            "sap": self._uses("SAP").astype(np.float64),
            "software_in_cloud": self.software_in_cloud.astype(np.float64),
        }

    def _uses(self, *names: str) -> Bools:
        columns = [words.TECHNOLOGIES.index(name) for name in names]
        return np.asarray(self.technologies[:, columns].any(axis=1))


def make_accounts(index: Ints, world: World, draws: Draws) -> Accounts:
    """The accounts with these numbers."""
    chinese = draws.happens(world.chinese_share, "chinese", index)
    work = draws.choice(words.INDUSTRY_WEIGHTS, "industry", index)
    lost = {
        name: draws.happens(world.missing_rate, f"missing {name}", index)
        for name in ("industry", "employees", "technologies")
    }
    size = _INDUSTRY_SIZE[work] + 0.7 * draws.normal("employees", index)
    employees = np.clip(np.round(10.0**size), 1, 500_000)
    technologies = _technologies(index, chinese, draws)
    kind = draws.choice((0.97, 0.02, 0.01), "account type", index)
    recorded = Accounts(
        index=index,
        chinese=chinese,
        industry=np.where(lost["industry"], -1, work),
        work=work,
        employees=np.where(lost["employees"], np.nan, employees),
        technologies=technologies & ~lost["technologies"][:, None],
        technologies_known=~lost["technologies"],
        created=_created(index, world, draws),
        kind=kind,
        static=np.zeros(len(index)),
        hidden=draws.normal("hidden", index),
        selection=np.zeros(len(index)),
        approached=np.zeros(len(index), dtype=bool),
        suppressed=draws.happens(world.suppressed_rate, "suppressed account", index),
    )
    return _selected(recorded, world, draws)


def _technologies(index: Ints, chinese: Bools, draws: Draws) -> Bools:
    """Who uses what, by language area."""
    shares = np.where(
        chinese[:, None], words.TECHNOLOGY_SHARES_ZH, np.array(words.TECHNOLOGY_SHARES)
    )
    numbers = np.arange(len(words.TECHNOLOGIES))
    return draws.happens(shares, "technology", index[:, None], numbers)


def _created(index: Ints, world: World, draws: Draws) -> Ints:
    """Six in ten accounts are older than the world's history, the others join during it."""
    old = draws.happens(0.6, "old", index)
    span = np.where(old, 3 * 365 * DAY, world.days * DAY)
    first = world.first_second - np.where(old, span, 0)
    joined: Ints = first + (draws.uniform("created", index) * span).astype(np.int64)
    return joined


def _selected(accounts: Accounts, world: World, draws: Draws) -> Accounts:
    """The accounts with the static part of the formula and sales' choice filled in."""
    inputs = accounts.static_inputs()
    effects = np.append(INDUSTRY_EFFECT, 0.0)
    static = effects[accounts.industry] + np.sum(
        [COEFFICIENTS[name] * values for name, values in inputs.items()], axis=0
    )
    trait = static - STATIC_MEAN if world.selection == "recorded" else accounts.hidden
    selection = np.where(
        accounts.kind == PROSPECT, sigmoid(SELECTION_SLOPE * np.asarray(trait)), 0.0
    )
    approached = draws.happens(selection, "approached", accounts.index)
    return replace(accounts, static=static, selection=selection, approached=approached)
