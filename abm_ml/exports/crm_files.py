"""Import files for CRMs: accounts and contacts under the CRM's own names, scores beside them."""

from __future__ import annotations

import pandas as pd

from abm_ml.data.dialects import DIALECTS
from abm_ml.data.schemas import SCHEMAS
from abm_ml.exports.audience import Audience
from abm_ml.exports.files import Export, ExportFile, for_people, lists_in_one_cell
from abm_ml.exports.people import for_people as in_words

_ACCOUNT = (
    "account_id", "name", "domain", "industry", "employees", "city", "state", "postal_code",
    "country", "owner_id",
)  # fmt: skip
_CONTACT = ("contact_id", "account_id", "first_name", "last_name", "title", "email")
"""A phone number begins with +, and so could not be written as it is."""

_NOT_SCORES = frozenset({"reasons_zh", "holdout", *SCHEMAS["accounts"].columns})


def crm_export(audience: Audience, crm: str, lang: str) -> Export:
    """Accounts and contacts as a CRM imports them; the scores are columns of one's own.

    Parameters
    ----------
    audience : Audience
        Who may leave.
    crm : {"salesforce", "hubspot"}
        Whose names files and columns get.
    lang : {"en", "zh"}
        Language of reasons and gaps.
    """
    accounts, contacts = _accounts(audience, lang), _contacts(audience)
    files = (_file(crm, "accounts", accounts), _file(crm, "contacts", contacts))
    return Export(files, rows=max(len(accounts), len(contacts)))


def _accounts(audience: Audience, lang: str) -> pd.DataFrame:
    """Identity, then every score of the list as `abm_…`."""
    shown = lists_in_one_cell(in_words(audience.accounts, lang))
    scores = [name for name in shown.columns if name not in _NOT_SCORES]
    scored = shown[scores].rename(columns=lambda name: f"abm_{name}")
    for name in scored.select_dtypes("datetime").columns:
        scored[name] = scored[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pd.concat([audience.accounts[list(_ACCOUNT)], scored], axis=1)


def _contacts(audience: Audience) -> pd.DataFrame:
    """People, with what the list says of their account and whether it recommends them."""
    home = audience.accounts.set_index("account_id")
    chosen = {one for some in home["recommended_contacts"] for one in (_listed(some))}
    people = audience.contacts[list(_CONTACT)].copy()
    people["abm_tier"] = people["account_id"].map(home["tier"])
    people["abm_priority"] = people["account_id"].map(home["priority"]).astype(float).round(4)
    people["abm_recommended"] = people["contact_id"].isin(chosen)
    return people


def _listed(values: object) -> list[str]:
    return list(values) if hasattr(values, "__iter__") else []


def _file(crm: str, table: str, rows: pd.DataFrame) -> ExportFile:
    dialect = DIALECTS[crm]
    named = rows.rename(
        columns=lambda column: (
            _own_column(crm, column)
            if column.startswith("abm_")
            else dialect.source_column(table, column)
        )
    )
    return for_people(f"{dialect.file_name(table)}.csv", named)


def _own_column(crm: str, column: str) -> str:
    """Such as ABM_Priority__c (an API name) or ABM Priority (a label)."""
    words = [word.capitalize() for word in column.removeprefix("abm_").split("_")]
    return f"ABM_{'_'.join(words)}__c" if crm == "salesforce" else f"ABM {' '.join(words)}"
