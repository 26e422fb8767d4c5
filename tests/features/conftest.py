from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.features.account import account_features
from abm_ml.features.spec import FeatureSpec

Rows = list[dict[str, Any]]


def to_table(name: str, rows: Rows, **extra: pa.DataType) -> pa.Table:
    """Rows as a canonical table: the columns that occur in them, in the contract's types."""
    kinds = {**SCHEMAS[name].columns, **extra}
    used = dict.fromkeys([*SCHEMAS[name].required, *(key for row in rows for key in row)])
    return pa.Table.from_pylist(rows, schema=pa.schema([(key, kinds[key]) for key in used]))


@pytest.fixture(scope="session")
def crm_of() -> Callable[..., Crm]:
    """A CRM from rows by table; accounts that are only mentioned are made up."""

    def build(*, threads: int = 1, extra: dict[str, pa.DataType] | None = None, **tables: Rows):
        tables.setdefault("accounts", [{"account_id": "A", "name": "Acme"}])
        arrow = {
            name: to_table(name, rows, **((extra or {}) if name == "accounts" else {}))
            for name, rows in tables.items()
        }
        return Crm.from_tables(arrow, threads=threads, memory_limit="1GB")

    return build


@pytest.fixture(scope="session")
def look() -> Callable[..., list[dict[str, Any]]]:
    """Features of spine rows (account_id, as_of), by column names or by a whole spec."""

    def features(
        crm: Crm,
        spine: Sequence[tuple[str, datetime]],
        spec: FeatureSpec | Sequence[str],
        **settings: Any,
    ) -> list[dict[str, Any]]:
        if not isinstance(spec, FeatureSpec):
            spec = FeatureSpec.from_columns(spec, **settings)
        table = account_features(crm, spine_of(crm, spine), spec).order_by("row_id")
        return crm.to_arrow(table).drop(["row_id"]).to_pylist()

    return features


def spine_of(crm: Crm, rows: Sequence[tuple[str, datetime]]) -> Any:
    return crm.register(
        "spine",
        pa.table(
            {
                "row_id": pa.array(range(len(rows)), pa.int64()),
                "account_id": pa.array([account for account, _ in rows], pa.string()),
                "as_of": pa.array([as_of for _, as_of in rows], pa.timestamp("us")),
            }
        ),
    )


@pytest.fixture(scope="session")
def make_spine() -> Callable[..., Any]:
    return spine_of


KINDS = ("website_visit", "meeting", "content_download", "opportunity", "web:chat")
TOPICS = ("CRM", "ERP", "客户管理")
SIGNALS = ("job_posting", "funding_round")


def random_world(seed: int, *, accounts: int = 6, rows: int = 300) -> dict[str, Rows]:
    """Rows of every table that features look at, from 2024 to mid 2026, with ties and gaps."""
    rng = np.random.default_rng(seed)
    names = [f"A{i}" for i in range(accounts)]

    def some(values: Sequence[Any]) -> Any:
        return values[rng.integers(len(values))]

    def moment() -> datetime:
        day = datetime(2024, 1, 1) + timedelta(days=int(rng.integers(900)))
        return day + timedelta(hours=some((0, 0, 9, 17.5)))

    def who() -> dict[str, str]:
        column = some(("contact_id", "contact_id", "lead_id", "visitor_id", ""))
        return {column: f"P{rng.integers(8)}"} if column else {}

    opportunities = []
    for i in range(rows // 10):
        created = moment()
        closed = (
            created + timedelta(days=int(rng.integers(-1, 200))) if rng.random() < 0.7 else None
        )
        won = None if closed is None else bool(rng.random() < 0.5)
        opportunities.append(
            {"opportunity_id": f"O{i}", "account_id": some(names), "stage": "any",
             "created_at": created, "closed_at": closed, "is_won": won}
        )  # fmt: skip
    return {
        "accounts": [
            {"account_id": name, "name": name, "industry": some(("Software", None)),
             "employees": some((50, 900, None)), "technologies": some((["SAP"], [], None)),
             "account_type": "Customer", "created_at": some((None, moment()))}
            for name in names
        ],
        "contacts": [
            {"contact_id": f"P{i}", "account_id": some(names), "created_at": some((None, moment())),
             "email": f"p{i}@mail.net"}
            for i in range(8)
        ],
        "engagements": [
            {"account_id": some((*names, None)), "ts": moment(), "kind": some(KINDS), **who()}
            for _ in range(rows)
        ] * 2,
        "intent": [
            {"account_id": some(names), "ts": moment(), "topic": some(TOPICS),
             "score": float(rng.integers(100))}
            for _ in range(rows)
        ],
        "signals": [
            {"account_id": some(names), "ts": moment(), "kind": some(SIGNALS)} for _ in range(rows)
        ],
        "opportunities": opportunities,
        "account_history": [
            *({"account_id": name, "column": "account_type", "value": "Prospect",
               "valid_from": datetime(2024, 1, 1)} for name in names),
            *({"account_id": some(names), "valid_from": moment(), **some((
                {"column": "employees", "value": str(rng.integers(1000))},
                {"column": "industry", "value": some(("Retail", None))},
                {"column": "account_type", "value": "Customer"},
            ))} for _ in range(rows // 10)),
        ],
        "suppressions": [
            {"kind": "contact", "value": "P1"},
            {"kind": "contact", "value": "P2", "until": moment()},
        ],
    }  # fmt: skip


@pytest.fixture(scope="session")
def world() -> Callable[..., dict[str, Rows]]:
    return random_world


@pytest.fixture(scope="session")
def canonical() -> Callable[[str, Rows], pa.Table]:
    """Rows as a canonical table with all the contract's columns."""
    return lambda name, rows: pa.Table.from_pylist(rows, schema=SCHEMAS[name].arrow)
