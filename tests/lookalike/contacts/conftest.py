"""Invented people in invented companies, by rows; and a small simulated world."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.workflows.prepare import prepare

AS_OF = datetime(2026, 1, 1)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="session")
def crm_of() -> Callable[..., Crm]:
    """A CRM from rows by table; accounts that are only mentioned by contacts are made up."""

    def build(*, threads: int = 1, **tables: Rows) -> Crm:
        mentioned = {row["account_id"] for row in tables.get("contacts", [])}
        tables.setdefault(
            "accounts", [{"account_id": one, "name": one} for one in sorted(mentioned)]
        )
        return Crm.from_tables(
            {
                name: pa.Table.from_pylist(rows, schema=SCHEMAS[name].arrow)
                for name, rows in tables.items()
            },
            threads=threads,
            memory_limit="1GB",
        )

    return build


@pytest.fixture(scope="session")
def world_tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """Canonical tables of 400 simulated accounts, much engaged; don't change them."""
    folder = tmp_path_factory.mktemp("people")
    world = World(
        events_per_account=6, opted_out_rate=0.1, suppressed_rate=0.1, contacts_per_account=6
    )
    simulate_world(folder, accounts=400, seed=3, world=world)
    prepare(folder / "exports", folder / "work", Params())
    return tables_in(folder / "work")


def tables_in(work: Path) -> dict[str, pa.Table]:
    crm = Crm.open(work, threads=1)
    used = ("accounts", "contacts", "engagements", "networks", "suppressions", "leads")
    return {name: crm.to_arrow(crm.table(name)) for name in used}
