"""Contacts and leads: who works at an account, known since when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_ml.data.simulate.accounts import Accounts
from abm_ml.data.simulate.draws import Bools, Draws, Ints, spread
from abm_ml.data.simulate.world import World


@dataclass(frozen=True)
class Contacts:
    """The contacts of a chunk of accounts, ordered by account.

    Parameters
    ----------
    account : ints
        Position of the account in its chunk.
    number : ints
        Running number of the contact within its account.
    index : ints
        Number of the account in the world.
    created : ints
        Second from which the contact is known.
    suppressed, opted_out : bools
        Whether it must not be used; whether the person opted out of e-mail.
    first, count : ints, one entry an account
        Position of an account's first contact, and how many it has.
    """

    account: Ints
    number: Ints
    index: Ints
    created: Ints
    suppressed: Bools
    opted_out: Bools
    first: Ints
    count: Ints

    def __len__(self) -> int:
        return len(self.account)


@dataclass(frozen=True)
class Leads:
    """People who came in by themselves: at most two an account.

    Parameters
    ----------
    account : ints
        Position of the account in its chunk.
    number : ints
        0: linked to the account; 1: knows only the company's name.
    created : ints
        Second in which the lead came in.
    converted : bools
        Whether a linked lead has been converted.
    linked_since : ints, one entry an account
        Second from which an account has a linked lead; the far future where it has none.
    """

    account: Ints
    number: Ints
    created: Ints
    converted: Bools
    linked_since: Ints

    def __len__(self) -> int:
        return len(self.account)


NEVER = 2**33
"""A second in the far future (year 2242)."""


def make_contacts(accounts: Accounts, world: World, draws: Draws) -> Contacts:
    """The contacts of these accounts; most are known early, some only later."""
    index = accounts.index
    mean = world.contacts_per_account * np.exp(0.5 * draws.normal("committee", index) - 0.125)
    count = draws.poisson(mean, "contacts", index)
    account, number = spread(count)
    key = (index[account], number)
    span = world.last_second - accounts.created[account]
    delay = (draws.uniform("contact created", *key) ** 3 * span).astype(np.int64)
    return Contacts(
        account=account,
        number=number,
        index=index[account],
        created=accounts.created[account] + delay,
        suppressed=draws.happens(world.suppressed_rate, "suppressed contact", *key),
        opted_out=draws.happens(world.opted_out_rate, "opted out", *key),
        first=np.cumsum(count) - count,
        count=count,
    )


def make_leads(accounts: Accounts, world: World, draws: Draws) -> Leads:
    """A quarter of the accounts have a linked lead, a tenth one that is not linked yet."""
    index = accounts.index
    linked = draws.happens(0.25, "linked lead", index)
    loose = draws.happens(0.10, "loose lead", index)
    account = np.concatenate([np.flatnonzero(linked), np.flatnonzero(loose)])
    number = np.repeat([0, 1], [linked.sum(), loose.sum()])
    order = np.lexsort((number, account))
    account, number = account[order], number[order]
    start = np.maximum(accounts.created[account], world.first_second)
    waited = draws.uniform("lead created", index[account], number)
    created = start + (waited * (world.last_second - start)).astype(np.int64)
    linked_since = np.full(len(accounts), NEVER)
    linked_since[account[number == 0]] = created[number == 0]
    return Leads(
        account=account,
        number=number,
        created=created,
        converted=(number == 0) & draws.happens(0.4, "converted", index[account], number),
        linked_since=linked_since,
    )
