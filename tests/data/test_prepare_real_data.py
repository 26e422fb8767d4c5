"""The measuring data sets: every input row is accounted for."""

import csv
from pathlib import Path

import pytest

from abm_ml.data.prepare import prepare_tables

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA.exists(), reason="the measuring data sets are not here"),
]


def rows_of(file):
    with file.open(encoding="utf-8-sig", newline="") as text:
        return sum(1 for _ in csv.reader(text)) - 1


def accounted(summary):
    return {counts.file: counts.canonical + counts.quarantined for counts in summary.files} | {
        file.file: file.rows for file in summary.ignored
    }


def test_a_salesforce_export_is_accounted_for_row_by_row(tmp_path):
    exports = DATA / "salesforce_export"
    summary = prepare_tables(exports, tmp_path / "work")
    assert summary.dialect == "salesforce"
    assert accounted(summary) == {file.name: rows_of(file) for file in exports.glob("*.csv")}
    assert [file.file for file in summary.ignored] == ["Case.csv"]
    kept = {table: counts.canonical for table, counts in summary.tables.items()}
    assert kept == {
        "accounts": 22,
        "contacts": 18,  # the other 84 belong to no account
        "opportunities": 50,
        "engagements": 94,  # the other 49 are of those contacts and name no account
        "leads": 60,
    }


def test_maven_is_accounted_for_row_by_row_with_the_shipped_mapping(tmp_path):
    exports = DATA / "maven_crm"
    mapping = ROOT / "docs" / "examples" / "maven" / "mapping.yaml"
    summary = prepare_tables(exports, tmp_path / "work", mapping=mapping)
    assert accounted(summary) == {file.name: rows_of(file) for file in exports.glob("*.csv")}
    opportunities = summary.tables["opportunities"]
    assert summary.tables["accounts"].canonical == 85
    assert opportunities.canonical == 7212
    # 1,425 open deals without an account, and 163 more that never got a start date
    assert opportunities.reasons == {"missing": 1588}
