"""The CRM container: every known column can be asked for, whatever the export had."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.errors import DataError

ACCOUNTS = pd.DataFrame({"account_id": ["a", "b", "c"], "name": ["A", "B", "C"], "mood": [1, 2, 3]})


def test_known_columns_are_there_and_typed_though_the_export_lacks_them() -> None:
    table = Crm.from_tables({"accounts": ACCOUNTS})
    found = table.to_arrow(table.table("accounts")).schema
    for column, kind in SCHEMAS["accounts"].columns.items():
        if not pa.types.is_list(kind):
            assert found.field(column).type == kind
    assert table.extra_columns("accounts") == ("mood",)


def test_absent_table_is_empty() -> None:
    crm = Crm.from_tables({"accounts": ACCOUNTS})
    assert not crm.has("intent")
    assert crm.to_arrow(crm.table("intent")).num_rows == 0


def test_times_with_a_zone_become_utc() -> None:
    at = pd.to_datetime(["2025-01-01T08:00+08:00"] * 3)
    crm = Crm.from_tables({"accounts": ACCOUNTS.assign(created_at=at)})
    found = crm.to_arrow(crm.table("accounts"))["created_at"].to_pylist()
    assert [str(moment) for moment in found] == ["2025-01-01 00:00:00"] * 3


def test_unknown_table_and_missing_column_are_refused() -> None:
    with pytest.raises(DataError, match="acounts: no such table; the contract knows accounts"):
        Crm.from_tables({"acounts": ACCOUNTS})
    with pytest.raises(DataError, match="accounts: required column 'name' is missing"):
        Crm.from_tables({"accounts": ACCOUNTS[["account_id"]]})


def test_directory_that_was_not_prepared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no prepared tables here; run  abm prepare"):
        Crm.open(tmp_path)
