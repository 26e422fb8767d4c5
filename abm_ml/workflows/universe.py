"""The companies that look-alikes are sought among: those of the CRM, and those of a bought list."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.dialects import DIALECTS
from abm_ml.data.domains import company_domain
from abm_ml.data.labels import squash
from abm_ml.data.names.match import match_accounts
from abm_ml.data.names.parts import parse_name
from abm_ml.data.names.queries import name_columns
from abm_ml.data.prepare import read_crm
from abm_ml.data.readers import Source, find_sources
from abm_ml.errors import DataError

IDENTITY = ("account_id", "name", "domain")
FUNDING = ("funding_stage", "funding_total")
SHOWN = ("status", "owner_id", "account_type", "credit_code")
"""Columns that lists are filtered by or shown with, and that make no two companies alike."""

MATCHED_BY = (
    "name", "domain", "former_names", "credit_code", "tax_no", "registration_no",
    "organisation_code", "country", "state", "city",
)  # fmt: skip
"""Columns that say which company is meant."""

NEW = "new-"
"""Start of the ids that companies of a bought list get."""

_KNOWN = ("name", "domain")
"""Columns that people call by more names than any export does: company, website, 公司, …"""

_CRM_ID = "crm_account_id"
_KEYS = ("credit_code", "registration_no")
_DIGITS = 16


@dataclass(frozen=True)
class Companies:
    """Companies ready to be indexed.

    Parameters
    ----------
    accounts : DataFrame
        One row a company, by account_id: traits, columns to filter by, in_crm (true, false, or
        null where several accounts of the CRM may be meant).
    traits : tuple of str
        Columns that may make two companies alike.
    counts : mapping of str to int
        crm; with a bought list also bought (its rows), in_crm and unclear (of these), new (added),
        repeated (rows that say the same company again).
    """

    accounts: pd.DataFrame
    traits: tuple[str, ...]
    counts: dict[str, int]


def read_universe(crm: Crm, params: Params, bought: Path | None = None) -> Companies:
    """The CRM's accounts, and those of a bought list that the CRM does not have yet.

    Of the columns only those are taken that change slowly (`features.stable_columns`) or that
    you named (`features.extra_columns`): one that is rewritten after a win would find customers
    by what being a customer did to them. A bought row that is an account of the CRM fills its
    gaps; one that may be several of them is neither new nor known.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    params : Params
        Names the columns.
    bought : Path, optional
        CSV, Parquet or XLSX with a name, and other columns as in any export of accounts. A column
        account_id holds the CRM's ids.

    Raises
    ------
    DataError
        If the list cannot be read.
    """
    stable = (*params.features.stable_columns, *params.features.extra_columns, *FUNDING)
    traits = tuple(dict.fromkeys(("name", "domain", *stable)))
    ours = _columns(crm, traits).assign(in_crm=True)
    counts = {"crm": len(ours)}
    if bought is not None:
        theirs = read_bought(bought, params)
        match = match_accounts(_asked(theirs), accounts_to_match(crm))
        ours, told = _joined(ours, _columns(theirs, traits), match)
        counts |= told
    ours["in_crm"] = ours["in_crm"].astype("boolean")
    never = params.lookalike.exclude_columns
    known = tuple(name for name in traits if ours[name].notna().any() and name not in never)
    kept = list(dict.fromkeys((*IDENTITY, *known, *SHOWN, "in_crm")))
    return Companies(ours[kept].sort_values("account_id", ignore_index=True), known, counts)


def accounts_to_match(crm: Crm) -> pd.DataFrame:
    """What `match_accounts` needs to know of a CRM's accounts, by account_id."""
    table = crm.table("accounts").select("account_id", *MATCHED_BY)
    return crm.to_arrow(table.order_by("account_id")).to_pandas()


def read_bought(path: Path, params: Params) -> Crm:
    """A bought list of companies as canonical accounts, their account_id the row in the file.

    Columns, numbers and encodings are read as in any export; what the list calls account_id
    becomes `crm_account_id`.

    Raises
    ------
    DataError
        If the list cannot be read, or has no name.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    sources = find_sources(path)
    if len(sources) != 1:
        raise DataError(f"{path}: has {len(sources)} tables; keep one of them")
    table = _numbered(sources[0])
    settings = params.prepare
    with tempfile.TemporaryDirectory(prefix="abm-") as folder:
        copy = Path(folder) / "accounts.parquet"
        pq.write_table(table, copy)
        try:
            return read_crm(
                folder,
                date_order=settings.date_order,
                max_unreadable_share=settings.max_unreadable_share,
                base_currency=settings.base_currency,
                currency_rates=settings.currency_rates,
                threads=params.threads,
                memory_limit=params.memory_limit,
            )
        except DataError as error:
            raise DataError(str(error).replace(str(copy), str(path))) from error


def _numbered(source: Source) -> pa.Table:
    """The rows of a file with their numbers as account_id."""
    rows = source.open()
    chunks = list(rows.chunks())
    if not sum(len(chunk.rows) for chunk in chunks):
        raise DataError(f"{source.path}: has a header but no rows")
    known = {old: new for old, new in name_columns(rows.header).items() if new in _KNOWN}
    columns = {
        name: pa.chunked_array([chunk.cells[place] for chunk in chunks])
        for place, old in enumerate(rows.header)
        if (name := known.get(old) or _renamed(old))
    }
    numbers = [f"{number:09d}" for chunk in chunks for number in chunk.rows.to_pylist()]
    return pa.table({**columns, "account_id": pa.array(numbers)})


def _renamed(column: str) -> str:
    """A list's own ids say nothing to our CRM and are dropped, unless they go by our name."""
    if squash(column) == "accountid":
        return _CRM_ID
    means_id = any(
        dialect.canonical_column("accounts", column) == "account_id"
        for dialect in DIALECTS.values()
    )
    return "" if means_id else column


def _asked(theirs: Crm) -> pd.DataFrame:
    """What the bought rows say to be matched by, in the order of their account_id."""
    asked = accounts_to_match(theirs).rename(columns={"account_id": "query_id"})
    if _CRM_ID in theirs.extra_columns("accounts"):
        table = theirs.table("accounts").select("account_id", _CRM_ID)
        ids = theirs.to_arrow(table).to_pandas().set_index("account_id")[_CRM_ID]
        asked["account_id"] = asked["query_id"].map(ids).astype(object)
    return asked.drop(columns="former_names")


def _columns(crm: Crm, traits: tuple[str, ...]) -> pd.DataFrame:
    """Columns of accounts that an index may hold, by account_id; absent ones are empty."""
    table = crm.table("accounts")
    wanted = dict.fromkeys((*IDENTITY, *traits, *SHOWN, "registration_no"))
    there = [name for name in wanted if name in table.columns]
    frame = crm.to_arrow(table.select(*there).order_by("account_id")).to_pandas()
    return frame.reindex(columns=list(wanted))


def _joined(
    ours: pd.DataFrame, theirs: pd.DataFrame, match: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Our accounts with their gaps filled, and the companies that are not among them."""
    known = match["account_id"].notna().to_numpy()
    unclear = (match["status"] == "ambiguous").to_numpy()
    told = theirs[known].assign(account_id=match["account_id"][known].to_numpy())
    told = told.drop_duplicates("account_id").set_index("account_id")
    index = ours.set_index("account_id")
    filled = index.combine_first(told)[index.columns].reset_index()
    new = theirs[~known].assign(in_crm=pd.array(unclear[~known], "boolean"))
    new["in_crm"] = new["in_crm"].map({True: pd.NA, False: False})
    new["account_id"] = [_new_id(row) for row in new.to_dict("records")]
    # One domain may be a whole group's: companies of different names are different companies.
    shared = new["account_id"].duplicated(keep=False)
    new.loc[shared, "account_id"] = [
        _hashed(f"{row['account_id']}|{' '.join(parse_name(str(row['name'])).words)}")
        for row in new[shared].to_dict("records")
    ]
    repeated = int(new["account_id"].duplicated().sum())
    new = new.drop_duplicates("account_id")
    counts = {
        "bought": len(theirs),
        "in_crm": int(known.sum()),
        "unclear": int(unclear.sum()),
        "new": len(new),
        "repeated": repeated,
    }
    return pd.concat([filled, new], ignore_index=True), counts


def _new_id(row: Mapping[Hashable, object]) -> str:
    """An id that stays when the list is bought again: of a code, the domain, or name and place."""
    texts = {name: value for name, value in row.items() if isinstance(value, str) and value}
    key = next((f"{name}:{texts[name]}" for name in _KEYS if name in texts), None)
    domain = company_domain(texts.get("domain", ""))
    if key is None and domain:
        key = f"domain:{domain}"
    if key is None:
        key = "|".join(texts.get(name, "") for name in ("name", "country", "state", "city"))
    return _hashed(key)


def _hashed(key: str) -> str:
    return NEW + hashlib.sha256(key.casefold().encode()).hexdigest()[:_DIGITS]
