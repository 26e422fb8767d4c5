"""Import files for CRMs: their own names, and nothing lost on the way back through prepare."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from abm_ml.data.prepare import prepare_tables
from abm_ml.exports.audience import Audience
from abm_ml.exports.crm_files import crm_export

from .conftest import ACCOUNTS, CONTACTS

ODD_NAMES = ["=1+1", "+44 Ltd", "-Minus", "@home", "'=already", "'tis", "''+x", "＝宽"]


@pytest.fixture
def round_trip(tmp_path: Path) -> Callable[[Audience, str], Path]:
    """Export for a CRM, then prepare what was written; where the canonical tables are."""

    def run(audience: Audience, crm: str) -> Path:
        folder = tmp_path / crm
        folder.mkdir()
        for file in crm_export(audience, crm, "en").files:
            file.write(folder / file.name)
        summary = prepare_tables(folder, tmp_path / f"{crm}-work", threads=1)
        assert summary.dialect == crm
        assert sum(counts.quarantined for counts in summary.tables.values()) == 0
        return tmp_path / f"{crm}-work" / "canonical"

    return run


@pytest.fixture
def rich(audience_of: Callable[..., Audience]) -> Audience:
    odd = [{"account_id": f"00{n}", "name": name} for n, name in enumerate(ODD_NAMES)]
    accounts = [*ACCOUNTS, *odd]
    number = len(accounts)
    columns = {
        "mqa": [place % 2 == 0 for place in range(number)],
        "mqa_gap": ["missing 7.50 points and 1 contact"] * number,
        "stage": ["engaged"] * number,
        "recommended_contacts": [["C1"], *[None] * (number - 1)],
        "missing_roles": [["user", "purchaser"]] * number,
    }
    return audience_of(accounts=accounts, columns=columns)


NAMES = {
    "salesforce": (
        "Account.csv", "Contact.csv", "Id", "Name", "ABM_Tier__c", "ABM_Priority__c", "AccountId",
        "Email", "ABM_Recommended__c",
    ),
    "hubspot": (
        "companies.csv", "contacts.csv", "Record ID", "Company name", "ABM Tier", "ABM Priority",
        "Primary Associated Company ID", "Email", "ABM Recommended",
    ),
}  # fmt: skip


@pytest.mark.parametrize("crm", NAMES)
def test_files_and_columns_have_the_crms_own_names(
    crm: str, rich: Audience, tmp_path: Path
) -> None:
    accounts_file, contacts_file, *columns = NAMES[crm]
    files = {file.name: file for file in crm_export(rich, crm, "en").files}
    assert set(files) == {accounts_file, contacts_file}
    for name, some in ((accounts_file, columns[:4]), (contacts_file, columns[4:])):
        files[name].write(tmp_path / name)
        assert set(some) <= set(pd.read_csv(tmp_path / name, encoding="utf-8-sig").columns)


@pytest.mark.parametrize("crm", NAMES)
def test_prepare_reads_back_every_row_id_name_and_score(
    crm: str, rich: Audience, round_trip: Callable[[Audience, str], Path]
) -> None:
    canonical = round_trip(rich, crm)
    accounts = pq.read_table(canonical / "accounts.parquet").to_pandas().set_index("account_id")
    sent = rich.accounts.set_index("account_id")
    assert set(accounts.index) == set(sent.index)
    accounts = accounts.loc[sent.index]
    assert accounts["name"].tolist() == sent["name"].tolist()
    assert accounts["abm_tier"].tolist() == sent["tier"].astype(float).tolist()
    assert accounts["abm_priority"].tolist() == sent["priority"].round(4).tolist()
    assert accounts["abm_rank"].tolist() == sent["rank"].astype(float).tolist()
    assert set(accounts["abm_stage"]) == {"engaged"}
    assert set(accounts["abm_missing_roles"]) == {"user; purchaser"}
    assert accounts["owner_id"].dropna().to_dict() == {"A1": "ada", "A2": "bob"}
    contacts = pq.read_table(canonical / "contacts.parquet").to_pandas().set_index("contact_id")
    assert contacts["account_id"].to_dict() == {
        row["contact_id"]: row["account_id"] for row in CONTACTS
    }
    assert contacts.at["C2", "last_name"] == "王"
    assert contacts.at["C1", "abm_recommended"] == "True"


def test_no_cell_runs_as_a_formula(rich: Audience, tmp_path: Path) -> None:
    for file in crm_export(rich, "salesforce", "en").files:
        file.write(tmp_path / file.name)
        text = (tmp_path / file.name).read_text(encoding="utf-8-sig")
        for row in csv.reader(text.splitlines()):
            assert not [cell for cell in row if cell[:1] in "=+-@＝" and cell]
