"""The buying committee of each account: which roles are known, engaged, missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import ibis
import numpy as np
import pandas as pd

from abm_ml.data.crm import Crm
from abm_ml.lookalike.contacts.personas import Persona

ONE_THREAD = 0.8
"""From this share of an account's events on, everything hangs on one contact."""


def engaged_events(
    crm: Crm,
    contacts: ibis.Table,
    as_of: datetime,
    *,
    window_days: int,
    excluded_kinds: Sequence[str] = ("opportunity",),
) -> pd.Series:
    """Events of contacts in the window before as_of.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    contacts : ibis.Table
        contact_id of those who may be used.
    as_of : datetime
        Only events strictly before it are seen.
    window_days : int
        Older events don't count.
    excluded_kinds : sequence of str
        Kinds that are the outcome rather than engagement.

    Returns
    -------
    Series of int
        Events by contact_id, at least one.
    """
    events = crm.table("engagements")
    seen = events.filter(
        (events.ts < as_of)
        & (events.ts >= as_of - timedelta(days=window_days))
        & events.contact_id.notnull()
        & events.kind.notin(list(excluded_kinds))
    ).semi_join(contacts, "contact_id")
    counted = seen.group_by("contact_id").agg(events=seen.count())
    table = crm.to_arrow(counted).to_pandas().sort_values("contact_id")
    return table.set_index("contact_id")["events"].astype("int64")


def committees(
    people: pd.DataFrame,
    accounts: Sequence[str],
    roles: Sequence[str],
    personas: Sequence[Persona],
) -> pd.DataFrame:
    """Coverage of the committee by account.

    Parameters
    ----------
    people : DataFrame
        account_id, role, persona (position, -1: none), events (in the window), in_touch (engaged
        or given as a seed): the usable contacts of the accounts.
    accounts : sequence of str
        One row each, those without contacts too.
    roles : sequence of str
        The roles that the deal needs.
    personas : sequence of Persona
        Those that people were held against.

    Returns
    -------
    DataFrame
        Index account_id. contacts, engaged_contacts; known_coverage, engaged_coverage and
        coverage_before (a role counts where somebody is in touch), 0-1; missing_roles (nobody is
        in touch), missing_personas (nobody is known), tuples of str; single_threaded.
    """
    index = pd.Index(accounts, name="account_id")
    of = people["account_id"]
    known = roles_by_account(people, index, roles)
    engaged = roles_by_account(people[people["events"] > 0], index, roles)
    touched = roles_by_account(people[people["in_touch"]], index, roles)
    has_persona = pd.crosstab(of, people["persona"]).reindex(
        index=index, columns=range(len(personas)), fill_value=0
    )
    return pd.DataFrame(
        {
            "contacts": of.value_counts().reindex(index, fill_value=0),
            "engaged_contacts": of[people["events"] > 0].value_counts().reindex(
                index, fill_value=0
            ),
            "known_coverage": known.mean(axis=1),
            "engaged_coverage": engaged.mean(axis=1),
            "coverage_before": touched.mean(axis=1),
            "missing_roles": named_where(~touched.to_numpy(), roles, index),
            "missing_personas": named_where(
                has_persona.to_numpy() == 0, [persona.name for persona in personas], index
            ),
            "single_threaded": single_threaded(people).reindex(index, fill_value=False),
        },
        index=index,
    )  # fmt: skip


def single_threaded(people: pd.DataFrame) -> pd.Series:
    """Whether one contact stands behind (nearly) all events of an account that has any.

    Parameters
    ----------
    people : DataFrame
        account_id, events.

    Returns
    -------
    Series of bool
        By account_id.
    """
    by_account = people.groupby("account_id")["events"]
    total, most = by_account.sum(), by_account.max()
    return (total > 0) & (most >= ONE_THREAD * total)


def roles_by_account(people: pd.DataFrame, index: pd.Index, roles: Sequence[str]) -> pd.DataFrame:
    """Whether an account has somebody in each role: one row an account, one column a role."""
    there = pd.DataFrame(
        np.zeros((len(index), len(roles)), dtype=bool), index=index, columns=list(roles)
    )
    for role in roles:
        there[role] = index.isin(people.loc[people["role"] == role, "account_id"])
    return there


def named_where(mask: np.ndarray, names: Sequence[str], index: pd.Index) -> pd.Series:
    """For each row, the names of the columns in which the mask is true."""
    rows = [tuple(name for name, on in zip(names, row, strict=True) if on) for row in mask]
    return pd.Series(rows, index=index, dtype="object")
