"""Who may leave: the accounts of a list, and the people in them, without those who must not."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from abm_ml.data.countries import country_code
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_people, suppression_sources
from abm_ml.data.suppression_list import SAME_DOMAIN
from abm_ml.features.human import own_contacts
from abm_ml.rules.exclusions import own_company

_COMPANY = (
    "account_id", "name", "domain", "country", "region", "state", "city", "postal_code",
    "industry", "employees", "ticker", "linkedin_url", "owner_id",
)  # fmt: skip
_PERSON = (
    "contact_id", "account_id", "first_name", "last_name", "title", "email", "phone", "city",
    "state", "postal_code", "country",
)  # fmt: skip
DEVICE_COLUMNS = ("googleaid", "madid", "uid")
"""Advertising ids of people: no column of the contract, used where a CRM has them."""

_NAMES_OTHERS = re.compile("contact|seed|step|person|people")
"""Columns of a list that may name companies and people beside the account itself."""

_WORD = re.compile(r"[^\s,;:()，；：（）。]+")

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Audience:
    """What may be exported.

    Parameters
    ----------
    accounts : DataFrame
        By rank: the columns of the list, then `_COMPANY` as the CRM has them now.
    contacts : DataFrame
        People in them, by rank and contact_id: `_PERSON`, `DEVICE_COLUMNS`, `country_code`
        (theirs, or else their company's) and account_name. A phone number that somebody has too
        who must not be reached is empty.
    accounts_in, contacts_in : int
        Accounts of the list, and people known in those that are left.
    accounts_out, contacts_out : mapping of str to int
        How many were left out, by reason.
    """

    accounts: pd.DataFrame
    contacts: pd.DataFrame
    accounts_in: int
    contacts_in: int
    accounts_out: Counts
    contacts_out: Counts


def select_audience(
    crm: Crm,
    listed: pd.DataFrame,
    excluded: Collection[str],
    as_of: datetime,
    own_domains: Sequence[str] = (),
) -> Audience:
    """The accounts of a list, and the people in them, that may leave.

    Left out are accounts that scoring excluded, that are held out, that are suppressed as the
    CRM has it now (`data.suppression`), that are the own company, or that the CRM no longer has;
    and people who are suppressed, opted out or refused consent, and own staff.

    Parameters
    ----------
    crm : Crm
        Prepared tables, as they are now.
    listed : DataFrame
        `tal.parquet` of a scored list.
    excluded : collection of str
        Accounts that the same run excluded.
    as_of : datetime
        Suppressions that end later are in force.
    own_domains : sequence of str
        Of the own company (`exclusions.own_domains`): its people are no audience.
    """
    companies = _rows(crm, "accounts", "account_id", listed["account_id"], _COMPANY)
    barred = _barred_companies(crm, as_of)
    why = _why_not(listed, companies, set(excluded), barred, own_domains)
    told = ["account_id", *listed.columns.difference(companies.columns, sort=False)]
    kept = listed.loc[why.isna(), told].merge(companies, on="account_id")
    kept = kept.sort_values(["rank", "account_id"], ignore_index=True)
    people, reasons = _people(crm, kept, as_of, own_contacts(crm, own_domains))
    return Audience(
        accounts=_scrubbed(kept, {*map(str, barred.index), *map(str, reasons.index)}),
        contacts=people,
        accounts_in=len(listed),
        contacts_in=len(people) + len(reasons),
        accounts_out=_counted(why.dropna()),
        contacts_out=_counted(reasons),
    )


def _barred_companies(crm: Crm, as_of: datetime) -> pd.Series:
    """Why each suppressed account stays, by account_id."""
    found = suppression_sources(crm, as_of).select("account_id", "suppressed_kind")
    kinds = crm.to_arrow(found).to_pandas().set_index("account_id")["suppressed_kind"]
    return (kinds == SAME_DOMAIN).map({True: "same_domain", False: "suppressed"})


def _why_not(
    listed: pd.DataFrame,
    companies: pd.DataFrame,
    excluded: set[str],
    barred: pd.Series,
    own_domains: Sequence[str],
) -> pd.Series:
    """Why each account of the list stays here; null where it may leave."""
    ids = listed["account_id"]
    suppressed = ids.map(barred.to_dict())
    ours = own_company(pa.array(companies["domain"], pa.string(), from_pandas=True), own_domains)
    held_out = listed["holdout"].astype("boolean").fillna(False)
    reasons = pd.Series(None, index=listed.index, dtype="object")
    for reason, hit in {
        "not_in_data": ~ids.isin(companies["account_id"]),
        "own_company": ids.isin(companies.loc[ours, "account_id"]),
        "same_domain": suppressed == "same_domain",
        "suppressed": suppressed == "suppressed",
        "holdout": held_out.astype(bool),
        "excluded": ids.isin(excluded),
    }.items():
        reasons = reasons.mask(hit, reason)  # The last one that applies is the one told.
    return reasons


def _people(
    crm: Crm, accounts: pd.DataFrame, as_of: datetime, staff: Collection[str]
) -> tuple[pd.DataFrame, pd.Series]:
    """People who may be reached in accounts; and why the others may not, by contact_id."""
    extra = [name for name in DEVICE_COLUMNS if name in crm.extra_columns("contacts")]
    people = _rows(crm, "contacts", "account_id", accounts["account_id"], (*_PERSON, *extra))
    people = people.reindex(columns=[*_PERSON, *DEVICE_COLUMNS])
    home = accounts.set_index("account_id")
    people["account_name"] = people["account_id"].map(home["name"])
    people["country_code"] = (
        people["country"].map(country_code).fillna(people["account_id"].map(_codes(home)))
    )
    barred = _barred_people(crm, as_of)
    reasons = people["contact_id"].map(barred.set_index("contact_id")["reason"].to_dict())
    reasons = reasons.astype("object").mask(people["contact_id"].isin(staff), "own_staff")
    left = people.loc[reasons.notna(), "contact_id"]
    kept = people[reasons.isna()].copy()
    kept["phone"] = _own_phones(kept, barred)
    rank = kept["account_id"].map(home["rank"])
    order = kept.assign(_rank=rank).sort_values(["_rank", "contact_id"]).index
    return kept.loc[order].reset_index(drop=True), reasons.dropna().set_axis(left)


def _codes(home: pd.DataFrame) -> dict[str, str]:
    codes = home["country"].map(country_code).dropna()
    return {str(account): str(code) for account, code in codes.items()}


def _barred_people(crm: Crm, as_of: datetime) -> pd.DataFrame:
    """Contacts who must not be reached: contact_id, phone, reason."""
    barred = suppressed_people(crm, "contacts", as_of).rename(contact_id="person_id")
    phones = crm.table("contacts").select("contact_id", "phone")
    joined = barred.left_join(phones, "contact_id").select("contact_id", "phone", "reason")
    return crm.to_arrow(joined.order_by("contact_id")).to_pandas()


def _own_phones(people: pd.DataFrame, barred: pd.DataFrame) -> pd.Series:
    """Phone numbers, without those that somebody has too who must not be reached."""
    stopped = {tail for tail in map(_tail, barred["phone"]) if tail}
    return people["phone"].mask(people["phone"].map(_tail).isin(stopped))


def _tail(phone: object) -> str | None:
    """The last eight digits: what one number has in common with and without its country's code."""
    return re.sub(r"\D", "", phone)[-8:] if isinstance(phone, str) else None


def _scrubbed(accounts: pd.DataFrame, gone: set[str]) -> pd.DataFrame:
    """The list without a word of the companies and people who must not be used."""
    clean = accounts.copy()
    for column in clean.columns:
        if _NAMES_OTHERS.search(column) and not pd.api.types.is_numeric_dtype(clean[column].dtype):
            cells = [_without(cell, gone) for cell in clean[column]]
            clean[column] = pd.Series(cells, index=clean.index, dtype="object")
    return clean


def _without(cell: Any, gone: set[str]) -> Any:
    """A cell without those who are gone: dropped from a list; a text that names one is dropped."""
    if isinstance(cell, str):
        return None if cell in gone or gone & set(_WORD.findall(cell)) else cell
    if isinstance(cell, list | tuple | np.ndarray):
        return [one for one in cell if one not in gone]
    return cell


def _rows(
    crm: Crm, table: str, key: str, values: pd.Series, columns: Collection[str]
) -> pd.DataFrame:
    """Some columns of the rows whose key is wanted."""
    wanted = crm.register(f"exported_{table}", pa.table({key: pa.array(values, pa.string())}))
    found = crm.table(table).semi_join(wanted, key).select(*columns)
    return crm.to_arrow(found).to_pandas()


def _counted(reasons: pd.Series) -> dict[str, int]:
    return {str(reason): int(n) for reason, n in reasons.value_counts().sort_index().items()}
