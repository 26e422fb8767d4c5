"""Look-alike companies, and the people in them, as a person reads them in a spreadsheet."""

from __future__ import annotations

import pandas as pd

_SHOWN = ("domain", "country", "region", "state", "city", "industry", "employees", "owner_id")
"""What is known of a company and helps to work with it."""

_IN_CRM = {"en": {True: "yes", False: "new"}, "zh": {True: "是", False: "新企业"}}
_UNCLEAR = {"en": "unclear", "zh": "待确认"}
_PERSON = ("first_name", "last_name", "title", "email", "phone")


def lookalikes_for_people(listed: pd.DataFrame, companies: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The list with what is known of each company, reasons in one language.

    Parameters
    ----------
    listed : DataFrame
        `Expansion.accounts`.
    companies : DataFrame
        account_id, name and attributes of all that was searched.
    lang : {"en", "zh"}
        Language of the reasons.
    """
    known = companies.set_index("account_id")
    there = [name for name in _SHOWN if name in known and known[name].notna().any()]
    of_row = known.reindex(listed["account_id"])[there].reset_index(drop=True)
    return pd.concat(
        [
            listed[["rank", "account_id", "name"]].reset_index(drop=True),
            of_row,
            pd.DataFrame(
                {
                    "similarity": listed["similarity"].round(1).to_numpy(),
                    "nearest_seed": listed["nearest_seed"].to_numpy(),
                    "nearest_seed_name": known["name"].reindex(listed["nearest_seed"]).to_numpy(),
                    "kind": listed["kind"].to_numpy(),
                    "in_crm": in_crm_words(listed["in_crm"], lang),
                    "reasons": listed["reasons_zh" if lang == "zh" else "reasons"].to_numpy(),
                }
            ),
        ],
        axis=1,
    )


def in_crm_words(in_crm: pd.Series, lang: str) -> list[str]:
    """Whether companies are in the CRM already, in words; it may be unclear."""
    return [_UNCLEAR[lang] if pd.isna(value) else _IN_CRM[lang][bool(value)] for value in in_crm]


def people_for_people(
    people: pd.DataFrame, contacts: pd.DataFrame, accounts: pd.DataFrame, lang: str
) -> pd.DataFrame:
    """The people to reach with their names and addresses, reasons in one language.

    The only place where they are brought together: nothing else that is written names a contact.

    Parameters
    ----------
    people : DataFrame
        `ContactExpansion.people`.
    contacts : DataFrame
        contact_id, first_name, last_name, title, email, phone.
    accounts : DataFrame
        account_id, name.
    lang : {"en", "zh"}
        Language of persona, network and reasons.
    """
    shown = people.copy()
    if lang == "zh":
        for column in ("persona", "network", "reasons"):
            shown[column] = shown[f"{column}_zh"]
    shown = shown.drop(columns=["persona_zh", "network_zh", "reasons_zh"])
    names = accounts.set_index("account_id")["name"]
    shown.insert(1, "account_name", shown["account_id"].map(names))
    who = contacts.set_index("contact_id")[list(_PERSON)]
    found = who.reindex(shown["contact_id"]).reset_index(drop=True)
    place = shown.columns.tolist().index("rank") + 1
    for at, column in enumerate(_PERSON):
        shown.insert(place + at, column, found[column].to_numpy())
    shown["similarity"] = shown["similarity"].astype(float).round(1)
    return shown


def coverage_for_people(coverage: pd.DataFrame) -> pd.DataFrame:
    """Coverage of each account's buying committee; lists of roles in one cell."""
    shown = coverage.copy()
    for column in shown.columns:
        if shown[column].map(lambda value: isinstance(value, tuple)).any():
            shown[column] = shown[column].map("; ".join)
        elif pd.api.types.is_float_dtype(shown[column].dtype):
            shown[column] = shown[column].round(4)
    return shown
