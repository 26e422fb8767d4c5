"""Rows about people: contacts and leads. Everybody is invented, no address can be reached."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.simulate import vocabulary as words
from abm_ml.data.simulate.chunk import Chunk
from abm_ml.data.simulate.columns import glued, in_language, moments, numbered, picked, shown
from abm_ml.data.simulate.companies import Companies
from abm_ml.data.simulate.dirt import misspelt
from abm_ml.data.simulate.draws import Bools, Draws, Ints
from abm_ml.data.simulate.world import World

_LATIN_FIRST_ZH = (
    "yiming", "zijin", "ruoxi", "siyuan", "jiahe", "mingche", "anran", "shuhan", "jingxing",
    "qingyue", "zhiwei", "wangshu", "yunshu", "yichen", "yutong", "muyang", "xingyao", "yuan",
    "zhiyuan", "chuqing",
)  # fmt: skip


class People:
    """The recorded face of a chunk's contacts and leads.

    Parameters
    ----------
    chunk : Chunk
        The people and what they did.
    companies : Companies
        The recorded face of their employers.
    world : World
        Options.
    draws : Draws
        Random numbers.
    """

    def __init__(self, chunk: Chunk, companies: Companies, world: World, draws: Draws) -> None:
        self._chunk = chunk
        self._companies = companies
        self._world = world
        self._draws = draws
        contacts = chunk.cast.contacts
        self._key = (contacts.index, contacts.number)
        self.contact_ids = glued(numbered("C", contacts.index), numbered("-", contacts.number, 2))
        missing = draws.happens(world.missing_rate, "missing email", *self._key)
        self.emails = shown(
            self._emails("person", contacts.account, contacts.number, self._key), ~missing
        )
        self.lead_ids = numbered(
            "L", companies.index[chunk.cast.leads.account] * 2 + chunk.cast.leads.number, 9
        )

    def contacts_table(self) -> pa.Table:
        """Table contacts."""
        contacts, draws, key = self._chunk.cast.contacts, self._draws, self._key
        account = contacts.account
        title = draws.below(len(words.TITLES), "title", *key)
        first, last = self._names("person", account, key)
        withdrawn = np.where(contacts.opted_out, 2, draws.choice((0.6, 0.4), "consent", *key))
        changed = draws.uniform("contact updated", *key)
        updated = contacts.created + (
            changed * (self._world.last_second - contacts.created)
        ).astype(np.int64)
        return pa.table(
            {
                "contact_id": self.contact_ids,
                "account_id": self._companies.ids.take(account),
                "first_name": first,
                "last_name": last,
                "title": self._titles(0, title, account, key),
                "department": self._titled(1, title, account, key),
                "seniority": self._titled(2, title, account, key, known=0.6),
                "email": self.emails,
                "phone": self._phones(account, key),
                "city": self._companies.place(3).take(account),
                "state": self._companies.place(2).take(account),
                "country": self._companies.place(0).take(account),
                "source": picked(words.SOURCES, draws.below(5, "contact source", *key)),
                "consent": picked(words.CONSENTS, withdrawn),
                "opted_out": pa.array(contacts.opted_out),
                "created_at": moments(contacts.created),
                "updated_at": moments(updated),
            }
        )

    def leads_table(self) -> pa.Table:
        """Table leads."""
        leads, draws = self._chunk.cast.leads, self._draws
        account = leads.account
        key = (self._companies.index[account], leads.number)
        linked = leads.number == 0
        title = draws.below(len(words.TITLES), "lead title", *key)
        first, last = self._names("lead", account, key)
        wrong = draws.happens(self._world.typo_rate, "lead typo", *key) & ~linked
        company = misspelt(self._companies.names.take(account), wrong)
        ids = self._companies.ids.take(account)
        waited = draws.uniform("lead updated", *key) * (self._world.last_second - leads.created)
        status = np.where(leads.converted, 3, draws.below(3, "lead status", *key))
        return pa.table(
            {
                "lead_id": self.lead_ids,
                "company": company,
                "account_id": shown(ids, linked),
                "first_name": first,
                "last_name": last,
                "title": self._titles(0, title, account, key),
                "email": self._emails("lead", account, 90 + leads.number, key),
                "status": picked(words.LEAD_STATUSES, status),
                "source": picked(words.SOURCES, draws.below(5, "lead source", *key)),
                "converted_account_id": shown(ids, leads.converted),
                "created_at": moments(leads.created),
                "updated_at": moments(leads.created + waited.astype(np.int64)),
            }
        )

    def _names(self, who: str, account: Ints, key: tuple[Ints, Ints]) -> tuple[pa.Array, pa.Array]:
        first = self._draws.below(len(words.FIRST_NAMES), f"{who} first name", *key)
        last = self._draws.below(len(words.LAST_NAMES), f"{who} last name", *key)
        chinese = self._companies.chinese[account]
        return (
            in_language(words.FIRST_NAMES, words.FIRST_NAMES_ZH, first, chinese),
            in_language(words.LAST_NAMES, words.LAST_NAMES_ZH, last, chinese),
        )

    def _emails(self, who: str, account: Ints, number: Ints, key: tuple[Ints, Ints]) -> pa.Array:
        """first.last and a number, at the company's .example domain (RFC 2606)."""
        first = self._draws.below(len(words.FIRST_NAMES), f"{who} first name", *key)
        last = self._draws.below(len(words.LAST_NAMES), f"{who} last name", *key)
        chinese = self._companies.chinese[account]
        names = (
            in_language(words.FIRST_NAMES, _LATIN_FIRST_ZH, first, chinese),
            in_language(words.LAST_NAMES, words.SURNAME_SPELLINGS, last, chinese),
        )
        person = pc.utf8_lower(glued(names[0], ".", names[1]))
        domain = self._companies.domains.take(account)
        return glued(person, numbered("", number, 2), "@", domain)

    def _titled(
        self, part: int, title: Ints, account: Ints, key: tuple[Ints, Ints], known: float = 1.0
    ) -> pa.Array:
        chinese = self._companies.chinese[account]
        share = min(known, 1.0 - self._world.missing_rate)
        told = self._draws.happens(share, f"title part {part}", *key)
        return in_language(
            [entry[part] for entry in words.TITLES],
            [entry[part] for entry in words.TITLES_ZH],
            np.where(told, title, -1),
            chinese,
        )

    def _titles(self, part: int, title: Ints, account: Ints, key: tuple[Ints, Ints]) -> pa.Array:
        wrong: Bools = self._draws.happens(self._world.typo_rate, "title typo", *key)
        return misspelt(self._titled(part, title, account, key), wrong)

    def _phones(self, account: Ints, key: tuple[Ints, Ints]) -> pa.Array:
        """Numbers kept for fiction (555-0100 to 555-0199); none in China."""
        last = self._draws.below(100, "phone", *key)
        return shown(numbered("+1 202 555 01", last, 2), ~self._companies.chinese[account])
