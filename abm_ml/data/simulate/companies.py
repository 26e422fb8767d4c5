"""The recorded face of companies: names, places, attributes, and what was rewritten later."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.accounts import ACCOUNT_TYPES, CUSTOMER
from abm_ml.data.simulate.chunk import Chunk
from abm_ml.data.simulate.columns import (
    amounts,
    base36,
    glued,
    in_language,
    moments,
    numbered,
    picked,
    shown,
    tags,
    whole,
)
from abm_ml.data.simulate.draws import Bools, Draws, Ints
from abm_ml.data.simulate.world import World

_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Characters of a unified social credit code (GB 32100-2015)."""


class Companies:
    """The recorded face of a chunk's accounts.

    Parameters
    ----------
    chunk : Chunk
        The accounts and what happened to them.
    world : World
        Options.
    draws : Draws
        Random numbers.
    """

    def __init__(self, chunk: Chunk, world: World, draws: Draws) -> None:
        self._chunk = chunk
        self._world = world
        self._draws = draws
        accounts = chunk.accounts
        self.index = accounts.index
        self.chinese = accounts.chinese
        self.ids = numbered("A", accounts.index)
        self.places = draws.below(len(words.PLACES), "place", accounts.index)
        self.owners = numbered("U", draws.below(20, "owner", accounts.index), 3)
        self.names, self.domains = self._names()
        self.domain_known = self._known("domain")
        self.customer = ~np.isnan(chunk.won_at)

    def place(self, part: int) -> pa.Array:
        """Country (0), region (1), state (2) or city (3)."""
        return in_language(
            [place[part] for place in words.PLACES],
            [place[part] for place in words.PLACES_ZH],
            self.places,
            self.chinese,
        )

    def accounts_table(self) -> pa.Table:
        """Table accounts."""
        columns = {
            "account_id": self.ids,
            "name": self.names,
            "domain": shown(self.domains, self.domain_known),
            "country": self.place(0),
            "region": self.place(1),
            "state": self.place(2),
            "city": shown(self.place(3), self._known("city")),
            **self._firmographics(),
            **self._registry(),
            "description": shown(self._descriptions(), self._known("description")),
            "keywords": self._keywords(),
            "technologies": self.technologies(self._enriched("technologies")),
            "parent_account_id": self.parents(),
            "owner_id": self.owners,
            "account_type": picked(ACCOUNT_TYPES, self.types()),
            "created_at": moments(self._chunk.accounts.created),
            "updated_at": moments(self._updated()),
        }
        if self._world.leaks:
            columns |= self._after_the_fact()
        return pa.table(columns)

    def _known(self, name: str) -> Bools:
        return ~self._draws.happens(self._world.missing_rate, f"missing {name}", self.index)

    def _enriched(self, name: str) -> Bools:
        """Whose attribute has been filled in or rewritten after a win."""
        return self.customer if name in self._world.enriched else np.zeros_like(self.customer)

    def _names(self) -> tuple[pa.Array, pa.Array]:
        """Company names and domains; the domain carries the account's number, so it is unique."""
        index, draws = self.index, self._draws
        syllables = [draws.below(20, f"name {part}", index) for part in ("start", "middle", "end")]
        parts = (words.NAME_STARTS, words.NAME_MIDDLES, words.NAME_ENDS)
        brand = glued(*(picked(p, codes) for p, codes in zip(parts, syllables, strict=True)))
        work = self._chunk.accounts.work
        english = glued(
            brand, " ", picked(words.NAME_WORDS, work), " ",
            picked(words.NAME_SUFFIXES, draws.below(len(words.NAME_SUFFIXES), "suffix", index)),
        )  # fmt: skip
        brand_zh = glued(
            picked(words.NAME_STARTS_ZH, syllables[0]), picked(words.NAME_ENDS_ZH, syllables[1])
        )
        chinese = glued(
            picked([place[3] for place in words.PLACES_ZH], self.places), brand_zh,
            picked(words.NAME_WORDS_ZH, work),
            picked(words.NAME_SUFFIXES_ZH, draws.below(4, "suffix", index)),
        )  # fmt: skip
        domains = glued(pc.utf8_lower(brand), "-", base36(index + 1), ".example")
        return pc.if_else(pa.array(self.chinese), chinese, english), domains

    def _firmographics(self) -> dict[str, pa.Array]:
        index, draws = self.index, self._draws
        size = np.nan_to_num(self._chunk.accounts.employees, nan=100.0)
        revenue = np.round(size * 10.0 ** (5.2 + 0.3 * draws.normal("revenue", index)), -3)
        founded = 2020 - np.minimum(
            draws.below(40, "age a", index), draws.below(40, "age b", index)
        )
        staged = draws.happens(0.4, "staged", index)
        stage = draws.below(len(words.FUNDING_STAGES), "funding stage", index)
        raised = np.round(10.0 ** (5.5 + 0.6 * stage + 0.3 * draws.normal("raised", index)), -3)
        ownership = draws.choice((0.7, 0.1, 0.12, 0.08), "ownership", index)
        zh = self.chinese
        return {
            "industry": in_language(
                words.INDUSTRIES, words.INDUSTRIES_ZH, self._chunk.accounts.industry, zh
            ),
            "sub_industry": self.sub_industry(self._enriched("sub_industry")),
            "employees": self.employees(self._enriched("employees")),
            "revenue": amounts(revenue, self._known("revenue")),
            "founded_year": whole(founded.astype(np.float64), self._known("founded_year")),
            "funding_stage": in_language(
                words.FUNDING_STAGES, words.FUNDING_STAGES_ZH, np.where(staged, stage, -1), zh
            ),
            "funding_total": amounts(raised, staged),
            "ownership": in_language(words.OWNERSHIPS, words.OWNERSHIPS_ZH, ownership, zh),
        }  # fmt: skip

    def _registry(self) -> dict[str, pa.Array]:
        """What the Chinese company register tells; null elsewhere."""
        index, draws, zh = self.index, self._draws, self.chinese
        capital = np.round(10.0 ** (6.3 + 0.6 * draws.normal("capital", index)), -4)
        insured = np.round(
            np.nan_to_num(self._chunk.accounts.employees, nan=100.0)
            * (0.6 + 0.4 * draws.uniform("insured", index))
        )
        revoked = draws.happens(0.01, "revoked", index).astype(np.int64)
        return {
            "registered_capital": amounts(capital, zh),
            "insured_count": whole(insured, zh & self._known("insured_count")),
            "credit_code": shown(_credit_codes(index), zh),
            "status": picked(("operating", "revoked"), revoked),
        }

    def sub_industry(self, enriched: Bools) -> pa.Array:
        """Rarely known, but for those whose record was enriched."""
        known = enriched | self._draws.happens(0.1, "sub known", self.index)
        if "sub_industry" not in self._world.enriched:
            known = self._draws.happens(0.7, "sub known", self.index)
        code = self._chunk.accounts.work * 2 + self._draws.below(2, "sub industry", self.index)
        english = [name for pair in words.SUB_INDUSTRIES for name in pair]
        chinese = [name for pair in words.SUB_INDUSTRIES_ZH for name in pair]
        return in_language(english, chinese, np.where(known, code, -1), self.chinese)

    def employees(self, enriched: Bools) -> pa.Array:
        """As recorded; an enriched record shows the size that a data vendor sold."""
        recorded = self._chunk.accounts.employees
        vendor = np.round(
            np.nan_to_num(recorded, nan=300.0)
            * (1.1 + 0.4 * self._draws.uniform("vendor size", self.index))
        )
        return whole(np.where(enriched, vendor, recorded))

    def technologies(self, enriched: Bools) -> pa.Array:
        """As recorded; an enriched record lists more."""
        accounts = self._chunk.accounts
        numbers = np.arange(len(words.TECHNOLOGIES))
        more = self._draws.happens(0.3, "vendor technology", self.index[:, None], numbers)
        used = accounts.technologies | (more & enriched[:, None])
        return tags(words.TECHNOLOGIES, used, accounts.technologies_known | enriched)

    def _focus(self) -> Ints:
        return self._draws.below(len(words.FOCUS), "focus", self.index)

    def _descriptions(self) -> pa.Array:
        work, focus = self._chunk.accounts.work, self._focus()
        cities = [[place[3] for place in places] for places in (words.PLACES, words.PLACES_ZH)]
        english = glued(
            "A provider of ", picked(words.WORK, work), " based in ",
            picked(cities[0], self.places), ", currently investing in ",
            picked(words.FOCUS, focus), ".",
        )  # fmt: skip
        chinese = glued(
            "总部位于", picked(cities[1], self.places), "，主营", picked(words.WORK_ZH, work),
            "，近期重点投入", picked(words.FOCUS_ZH, focus), "。",
        )  # fmt: skip
        return pc.if_else(pa.array(self.chinese), chinese, english)

    def _keywords(self) -> pa.Array:
        offset = np.where(self.chinese, len(words.FOCUS), 0)
        chosen = np.zeros((len(self.index), 2 * len(words.FOCUS)), dtype=bool)
        rows = np.arange(len(self.index))
        chosen[rows, self._focus() + offset] = True
        second = self._draws.below(len(words.FOCUS), "second focus", self.index)
        chosen[rows, second + offset] = True
        return tags((*words.FOCUS, *words.FOCUS_ZH), chosen, self._known("keywords"))

    def parents(self) -> pa.Array:
        """One account in twelve belongs to one of the fifty before it."""
        has = self._draws.happens(1 / 12, "has parent", self.index) & (self.index > 0)
        back = 1 + self._draws.below(np.minimum(self.index, 50), "parent", self.index)
        return numbered("A", np.where(has, self.index - back, -1))

    def types(self) -> Ints:
        """Account type as it stands at the end: customers were rewritten after their win."""
        return np.where(self.customer, CUSTOMER, self._chunk.accounts.kind)

    def _updated(self) -> Ints:
        """Last change: at any time, for customers after the win."""
        since = np.where(self.customer, np.nan_to_num(self._chunk.won_at), 0).astype(np.int64)
        since = np.maximum(since, self._chunk.accounts.created)
        late = self._draws.uniform("updated", self.index) * (self._world.last_second - since)
        return since + late.astype(np.int64)

    def _after_the_fact(self) -> dict[str, pa.Array]:
        """Columns that only tell what has already happened."""
        rows, draws = len(self.index), self._draws
        deals = self._chunk.deals
        worked = np.zeros(rows, dtype=bool)
        worked[deals.account] = True
        contacted = self.customer | (worked & draws.happens(0.3, "contacted", self.index))
        day = pc.strftime(moments(self._updated()).cast(pa.timestamp("s")), format="%Y-%m-%d")
        health = np.round(60 + 35 * draws.uniform("health", self.index), 1)
        seats = 5.0 + draws.below(200, "seats", self.index)
        return {
            "lifecycle_stage": picked(
                ("lead", "opportunity", "customer"), np.where(self.customer, 2, worked * 1)
            ),
            # A date as text: no CRM agrees with another on how to write a column of its own.
            "last_contacted_at": shown(day, contacted),
            "customer_health": amounts(health, self.customer),
            "seats_provisioned": whole(seats, self.customer),
        }


def _credit_codes(index: Ints) -> pa.Array:
    """Unified social credit codes of region 000000, which does not exist, with check digits."""
    body = [_CODE_LETTERS.index(letter) for letter in "91000000"]
    places = [np.full(len(index), value) for value in body]
    places += [index // 31**power % 31 for power in range(8, -1, -1)]
    total = np.sum([place * pow(3, i, 31) for i, place in enumerate(places)], axis=0)
    return glued(*(picked(_CODE_LETTERS, place) for place in [*places, (31 - total % 31) % 31]))
