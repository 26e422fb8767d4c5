"""A CRM of a few invented companies and people, and a list of some of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.exports.audience import Audience, select_audience
from abm_ml.scoring.schema import SCORED_SCHEMA, as_frame, table_of

AS_OF = datetime(2026, 1, 1)

ACCOUNTS: list[dict[str, Any]] = [
    {
        "account_id": "A1", "name": "Acme, Inc.", "domain": "shop.acme.com", "country": "USA",
        "state": "New York", "city": "New York", "postal_code": "10001", "industry": "Software",
        "employees": 250, "ticker": "ACME", "owner_id": "ada",
        "linkedin_url": "https://www.linkedin.com/company/acme",
    },
    {
        "account_id": "A2", "name": "王氏科技有限公司", "domain": "wang.cn", "country": "中国",
        "city": "上海", "industry": "软件", "employees": 100, "owner_id": "bob",
    },
    {"account_id": "A3", "name": "=cmd|' /C calc'!A0", "domain": "bolt.io"},
]  # fmt: skip

CONTACTS: list[dict[str, Any]] = [
    {
        "contact_id": "C1", "account_id": "A1", "first_name": " Ann ", "last_name": "O'Brien",
        "title": "CFO", "email": " Ann.OBrien+crm@GMail.com ", "phone": "(212) 555-0100",
        "city": "New York", "state": "New York", "postal_code": "10001",
    },
    {
        "contact_id": "C2", "account_id": "A2", "first_name": "芳", "last_name": "王",
        "title": "采购总监", "email": "fang@wang.cn", "phone": "138-0013-8000",
    },
    {"contact_id": "C3", "account_id": "A3", "email": "bo@bolt.io", "phone": "0044 20 7946 0018"},
    {"contact_id": "C4", "account_id": "A3", "first_name": "Nobody", "phone": "5550199"},
]  # fmt: skip


def crm_of(**tables: Sequence[Mapping[str, Any]]) -> Crm:
    """A CRM of rows; columns that no contract knows are text."""
    made = {}
    for name, rows in tables.items():
        schema = SCHEMAS[name].arrow
        for extra in sorted({key for row in rows for key in row} - set(schema.names)):
            schema = schema.append(pa.field(extra, pa.string()))
        made[name] = pa.Table.from_pylist(list(rows), schema=schema)
    return Crm.from_tables(made, threads=1)


def list_of(ids: Sequence[str], **columns: Any) -> pd.DataFrame:
    """A scored list of accounts, in this order."""
    number = len(ids)
    given = {
        "account_id": list(ids),
        "rank": list(range(1, number + 1)),
        "tier": [1 + place % 3 for place in range(number)],
        "priority": [90.12345 - place for place in range(number)],
        "holdout": False,
        "as_of": AS_OF,
        **columns,
    }
    return as_frame(table_of(given, SCORED_SCHEMA, number))


@pytest.fixture
def audience_of() -> Callable[..., Audience]:
    """Who of a list may leave a CRM; other tables and columns of the list as wanted."""

    def select(
        accounts: Sequence[Mapping[str, Any]] = ACCOUNTS,
        contacts: Sequence[Mapping[str, Any]] = CONTACTS,
        excluded: Collection[str] = (),
        columns: Mapping[str, Any] | None = None,
        **tables: Sequence[Mapping[str, Any]],
    ) -> Audience:
        crm = crm_of(accounts=accounts, contacts=contacts, **tables)
        listed = list_of([row["account_id"] for row in accounts], **(columns or {}))
        return select_audience(crm, listed, excluded, AS_OF)

    return select


@pytest.fixture
def audience(audience_of: Callable[..., Audience]) -> Audience:
    """All of the small CRM: nobody must stay."""
    return audience_of()
