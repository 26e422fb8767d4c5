"""What holds for every export, however messy: DESIGN's law 2, and law 3 as far as prepare goes."""

import csv
import io
import random
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abm_ml.data.dialects import DIALECTS
from abm_ml.data.prepare import prepare_tables

cells = st.sampled_from(
    ["", "A1", "A2", "A3", "2024-01-05", "31/01/2024", "-5", "$1k", "1,000+", "won", "Closed Lost",
     "x\ny", 'a "b"', "甲公司", "N/A", "true", "1", "EUR", "nonsense", "10.0.0.1", ";", "  "]
)  # fmt: skip
COLUMNS = {
    "accounts": [
        "account_id",
        "name",
        "employees",
        "created_at",
        "updated_at",
        "technologies",
        "x",
    ],
    "contacts": ["contact_id", "account_id", "opted_out", "created_at", "y"],
    "opportunities": ["opportunity_id", "account_id", "created_at", "stage", "amount", "currency"],
    "engagements": ["ts", "kind", "account_id", "contact_id", "visitor_id", "ip"],
}


@st.composite
def messy_files(draw):
    """CSV files whose rows may be blank, too short, too long, repeated or nonsense."""
    files = {}
    for table, columns in COLUMNS.items():
        width = st.sampled_from([len(columns)] * 6 + [0, 1, len(columns) + 1])
        rows = draw(
            st.lists(width.flatmap(lambda n: st.lists(cells, min_size=n, max_size=n)), max_size=8)
        )
        text = io.StringIO()
        csv.writer(text).writerows([columns, *rows])
        if table == "accounts":  # one that is surely fine, so that there is something to keep
            csv.writer(text).writerow(["A1", "Acme", "5", "2024-01-31", "", "", ""])
        filled = [row for row in rows if any(row) or len(row) not in (0, len(columns))]
        files[table] = (text.getvalue(), len(filled) + (table == "accounts"))
    return files


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(messy_files())
def test_every_row_is_canonical_or_quarantined_exactly_once(files):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        for table, (text, _) in files.items():
            Path(folder, f"{table}.csv").write_text(text, encoding="utf-8", newline="")
        summary = prepare_tables(
            Path(folder), out, date_order="dmy", max_unreadable_share=1.0, threads=1
        )
        for table, (_, rows) in files.items():
            kept = pq.read_table(out / "canonical" / f"{table}.parquet").num_rows
            left = pq.read_table(out / "quarantine" / f"{table}.parquet")
            assert kept + left.num_rows == rows == summary.tables[table].rows
            assert len(set(left["row"].to_pylist())) == left.num_rows
            assert left["record"].null_count == 0
            assert left["reason"].null_count == 0


ROWS = {
    "accounts": (
        "account_id,name,employees,revenue,currency,technologies,created_at,updated_at,visits,note",
        [
            "A1,Acme,500,1.5,EUR,AWS;SAP,2024-01-05,2024-01-01,5,x",
            "A1,Acme,600,1.5,EUR,AWS;SAP,2024-01-05,2024-01-02,5,x",
            "A1,Acme,700,1.5,EUR,AWS;SAP,2024-01-05,2024-01-02,5,y",
            "A2,Beta,,,,,,,6,",
            "A3,甲公司,10,2,USD,云计算,2024-02-05,,7,z",
        ],
    ),
    "contacts": ("contact_id,account_id,opted_out", ["C1,A1,true", "C2,A2,false", "C3,A9,"]),
    "opportunities": (
        "opportunity_id,account_id,stage,created_at,closed_at,amount",
        ["O1,A1,Closed Won,2024-01-01,2024-02-01,5", "O2,A2,Open,2024-01-01,2024-03-01,"],
    ),
    "leads": (
        "lead_id,company,email",
        ["L1,acme INC.,", "L2,甲,x@gmail.com", "L3,Beta GmbH,", "L4,Nobody,", "L5,A2,"],
    ),
    "engagements": (
        "ts,kind,contact_id,lead_id,visitor_id",
        ["2024-01-01,Meeting,C1,,", "2024-01-01,Meeting,C1,,", "2024-01-02,Call,,,v1"],
    ),
}


def write_export(folder, dialect, shuffle=None):
    """The same rows under a dialect's names, in any order."""
    folder.mkdir()
    spoken = DIALECTS[dialect]
    for table, (header, rows) in ROWS.items():
        columns = [spoken.source_column(table, column) for column in header.split(",")]
        order = list(rows)
        if shuffle is not None:
            random.Random(shuffle).shuffle(order)
        text = "\n".join([",".join(columns), *order]) + "\n"
        (folder / f"{spoken.file_name(table)}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def canonical_bytes(tmp_path):
    """Bytes of every canonical table that an export of ROWS gives."""
    runs = iter(range(100))

    def run(dialect="canonical", shuffle=None, threads=1):
        number = next(runs)
        exports = write_export(tmp_path / f"exports{number}", dialect, shuffle)
        out = tmp_path / f"out{number}"
        summary = prepare_tables(exports, out, currency_rates={"EUR": 1.1}, threads=threads)
        assert summary.dialect == dialect
        files = sorted((out / "canonical").iterdir())
        return {file.name: file.read_bytes() for file in files}

    return run


@pytest.mark.parametrize("dialect", ["salesforce", "hubspot", "zh"])
def test_the_same_world_in_any_dialect_gives_the_same_tables(canonical_bytes, dialect):
    assert canonical_bytes(dialect) == canonical_bytes("canonical")


@pytest.mark.parametrize("shuffle", [1, 2, 3])
def test_the_order_of_rows_and_the_number_of_threads_change_nothing(canonical_bytes, shuffle):
    assert canonical_bytes(shuffle=shuffle, threads=2) == canonical_bytes()
