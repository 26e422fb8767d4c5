"""Exports are spelt as each CRM spells them."""

import csv
from pathlib import Path

import pytest

from abm_ml.data.simulate.simulate import simulate_world


def rows(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A small world's exports in every dialect, as CSV."""
    found = {}
    for dialect in ("canonical", "salesforce", "hubspot", "zh"):
        out = tmp_path_factory.mktemp(dialect)
        simulate_world(out, accounts=60, seed=1, dialect=dialect, file_format="csv")
        found[dialect] = out / "exports"
    return found


def test_files_and_columns_have_the_dialects_names(worlds: dict[str, Path]) -> None:
    assert {"Id", "Name", "NumberOfEmployees", "Customer_Health__c"} <= set(
        rows(worlds["salesforce"] / "Account.csv")[0]
    )
    assert {"Record ID", "Company name"} <= set(rows(worlds["hubspot"] / "companies.csv")[0])
    assert {"企业名称", "人员规模"} <= set(rows(worlds["zh"] / "企业.csv")[0])
    assert {"account_id", "employees"} <= set(rows(worlds["canonical"] / "accounts.csv")[0])


def test_timestamps_and_flags_are_written_as_the_crm_writes_them(worlds: dict[str, Path]) -> None:
    deal = rows(worlds["salesforce"] / "Opportunity.csv")[0]
    assert deal["CreatedDate"].endswith(".000+0000")
    assert {d["IsWon"] for d in rows(worlds["salesforce"] / "Opportunity.csv")} == {"0", "1"}
    assert {d["是否关闭"] for d in rows(worlds["zh"] / "商机.csv")} == {"是", "否"}
    assert {d["Is Closed Won"] for d in rows(worlds["hubspot"] / "deals.csv")} == {"true", "false"}
    assert {d["is_won"] for d in rows(worlds["canonical"] / "opportunities.csv")} == {
        "true", "false", "",
    }  # fmt: skip


def test_open_deals_are_neither_won_nor_closed(worlds: dict[str, Path]) -> None:
    deals = rows(worlds["salesforce"] / "Opportunity.csv")
    still_open = [deal for deal in deals if deal["IsClosed"] == "0"]
    assert still_open
    assert {deal["IsWon"] for deal in still_open} == {"0"}


def test_lists_are_joined_by_semicolons(worlds: dict[str, Path]) -> None:
    technologies = [r["Technologies__c"] for r in rows(worlds["salesforce"] / "Account.csv")]
    assert any(";" in text for text in technologies)


def test_chinese_exports_can_be_written_in_gb18030(tmp_path: Path) -> None:
    for encoding in ("utf-8", "gb18030"):
        simulate_world(tmp_path / encoding, accounts=30, dialect="zh", encoding=encoding)
    plain = rows(tmp_path / "utf-8" / "exports" / "企业.csv")
    national = rows(tmp_path / "gb18030" / "exports" / "企业.csv", "gb18030")
    assert plain == national
    with pytest.raises(UnicodeDecodeError, match="utf-8"):
        rows(tmp_path / "gb18030" / "exports" / "企业.csv")


def test_other_dialects_come_as_csv_and_canonical_as_parquet_unless_asked(tmp_path: Path) -> None:
    simulate_world(tmp_path / "plain", accounts=10)
    simulate_world(tmp_path / "hubspot", accounts=10, dialect="hubspot")
    assert (tmp_path / "plain" / "exports" / "accounts.parquet").exists()
    assert (tmp_path / "hubspot" / "exports" / "companies.csv").exists()
