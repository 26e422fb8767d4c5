"""The order of people within an account, and the table that is handed out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.data.titles import SENIORITIES
from abm_ml.lookalike.contacts import words
from abm_ml.lookalike.contacts.committee import named_where, roles_by_account
from abm_ml.lookalike.contacts.personas import Persona

COLUMNS = (
    "account_id", "contact_id", "visitor_id", "rank", "priority", "persona", "persona_zh",
    "function", "seniority", "role", "fills_missing_role", "engaged", "similarity", "network",
    "network_zh", "same_city", "source", "consent", "reasons", "reasons_zh",
)  # fmt: skip
_NO_PRIORITY = "Z"


def ranked(
    people: pd.DataFrame,
    evidence: pd.DataFrame,
    coverage: pd.DataFrame,
    personas: Sequence[Persona],
    per_account: int,
    visitors_per_account: int,
) -> pd.DataFrame:
    """The people to list, by account and rank.

    Parameters
    ----------
    people : DataFrame
        Usable contacts of the accounts with persona, similarity, shared, events, seed, same_city.
    evidence : DataFrame
        As in `NetworkEvidence.people`.
    coverage : DataFrame
        missing_roles by account_id.
    personas : sequence of Persona
        To which people["persona"] points.
    per_account, visitors_per_account : int
        The most contacts and visitors of an account.
    """
    seen = evidence[evidence["contact_id"].notna()][["contact_id", "via", "days"]]
    contacts = people[~people["seed"]].merge(seen, on="contact_id", how="left")
    contacts = _with_personas(contacts, personas)
    missing = contacts["account_id"].map(coverage["missing_roles"])
    pairs = zip(contacts["role"], missing, strict=True)
    contacts["fills_missing_role"] = np.array([role in some for role, some in pairs], dtype=bool)
    contacts = _in_order(contacts).groupby("account_id", sort=False).head(per_account)
    visitors = evidence[evidence["contact_id"].isna()]
    visitors = visitors.sort_values(
        ["account_id", "days", "visitor_id"], ascending=[True, False, True]
    )
    visitors = visitors.groupby("account_id", sort=False).head(visitors_per_account)
    table = pd.concat([_described(contacts), _described_visitors(visitors)], ignore_index=True)
    table = table.sort_values("account_id", kind="stable", ignore_index=True)
    table["rank"] = table.groupby("account_id").cumcount() + 1
    return table[list(COLUMNS)]


def with_outcome(
    coverage: pd.DataFrame, people: pd.DataFrame, listed: pd.DataFrame, roles: Sequence[str]
) -> pd.DataFrame:
    """Coverage with what the list adds to it; account_id becomes a column.

    Parameters
    ----------
    coverage : DataFrame
        As in `committee.committees`.
    people : DataFrame
        account_id, role, in_touch of the usable contacts.
    listed : DataFrame
        As in `ranked`.
    roles : sequence of str
        The roles that the deal needs.
    """
    both = pd.concat(
        [people.loc[people["in_touch"], ["account_id", "role"]], listed[["account_id", "role"]]]
    )
    after = roles_by_account(both, coverage.index, roles)
    contacts = listed[listed["contact_id"].notna()]["account_id"].value_counts()
    visitors = listed[listed["visitor_id"].notna()]["account_id"].value_counts()
    return coverage.assign(
        people=contacts.reindex(coverage.index, fill_value=0),
        visitors=visitors.reindex(coverage.index, fill_value=0),
        coverage_after=after.mean(axis=1),
        unfilled_roles=named_where(~after.to_numpy(), roles, coverage.index),
    ).reset_index()


def _with_personas(contacts: pd.DataFrame, personas: Sequence[Persona]) -> pd.DataFrame:
    """Contacts with name and priority of their persona."""
    place = contacts["persona"]
    fields = {
        name: dict(enumerate(getattr(persona, field) for persona in personas))
        for name, field in (("name", "name"), ("name_zh", "name_zh"), ("priority", "priority"))
    }
    return contacts.assign(
        persona=place.map(fields["name"]).astype("object"),
        persona_zh=place.map(fields["name_zh"]).astype("object"),
        priority=place.map(fields["priority"]).astype("object"),
    )


def _in_order(contacts: pd.DataFrame) -> pd.DataFrame:
    """First the best for each missing role, then the rest of those, then everybody else."""
    keys = contacts.assign(
        asked=contacts["priority"].fillna(_NO_PRIORITY),
        unlike=-contacts["similarity"].fillna(0.0),
        level=contacts["seniority"].map(SENIORITIES.index),
        unseen=-contacts["days"].fillna(0.0),
    )
    by = ["asked", "unlike", "level", "unseen", "contact_id"]
    keys = keys.sort_values(["account_id", *by])
    nth = keys.groupby(["account_id", "role"]).cumcount()
    fills = keys["fills_missing_role"]
    keys["turn"] = np.where(fills & (nth == 0), 0, np.where(fills, 1, 2))
    return keys.sort_values(["account_id", "turn", *by], ignore_index=True)


def _described(contacts: pd.DataFrame) -> pd.DataFrame:
    """Contacts with their reasons in words, in the columns that are handed out."""
    reasons = [words.joined(_reasons(row)) for row in contacts.to_dict("records")]
    seen = [
        words.network_words(via, int(days)) if isinstance(via, str) else (None, None)
        for via, days in zip(contacts["via"], contacts["days"], strict=True)
    ]
    table = contacts.assign(
        visitor_id=None,
        rank=0,
        engaged=contacts["events"] > 0,
        network=pd.Series([en for en, _ in seen], index=contacts.index, dtype="object"),
        network_zh=pd.Series([zh for _, zh in seen], index=contacts.index, dtype="object"),
        reasons=pd.Series([en for en, _ in reasons], index=contacts.index, dtype="object"),
        reasons_zh=pd.Series([zh for _, zh in reasons], index=contacts.index, dtype="object"),
    )
    return _typed(table)


def _reasons(row: Mapping[Hashable, Any]) -> list[words.Both]:
    said: list[words.Both] = []
    if row["fills_missing_role"]:
        said.append(words.missing_role_words(str(row["role"])))
    if isinstance(row["persona"], str):
        said.append(
            words.persona_words(row["persona"], str(row["persona_zh"]), str(row["priority"]))
        )
    if isinstance(row["shared"], tuple):
        said.append(words.likeness_words(*row["shared"]))
    if isinstance(row["via"], str):
        said.append(words.network_words(row["via"], int(row["days"])))
    if row["same_city"] is True:
        said.append(words.place_words())
    return said


def _described_visitors(visitors: pd.DataFrame) -> pd.DataFrame:
    """Unknown visitors in the same columns."""
    seen = [
        words.network_words(str(via), int(days))
        for via, days in zip(visitors["via"], visitors["days"], strict=True)
    ]
    reasons = [words.joined([words.visitor_words(), one]) for one in seen]
    nothing = dict.fromkeys(
        ("priority", "persona", "persona_zh", "function", "seniority", "role", "same_city",
         "source", "consent")
    )  # fmt: skip
    table = visitors.assign(
        **nothing,
        rank=0,
        fills_missing_role=False,
        engaged=False,
        similarity=np.nan,
        network=[en for en, _ in seen],
        network_zh=[zh for _, zh in seen],
        reasons=[en for en, _ in reasons],
        reasons_zh=[zh for _, zh in reasons],
    )
    return _typed(table)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    """The columns handed out in their types, whatever the rows."""
    texts = [
        column
        for column in COLUMNS
        if column not in ("rank", "fills_missing_role", "engaged", "similarity", "same_city")
    ]
    types = {
        **dict.fromkeys(texts, "string"),
        "rank": "int64", "fills_missing_role": "bool", "engaged": "bool",
        "similarity": "float64", "same_city": "boolean",
    }  # fmt: skip
    return table[list(COLUMNS)].astype(types)
