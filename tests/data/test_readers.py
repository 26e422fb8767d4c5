from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from abm_ml.data.readers import Source, find_sources
from abm_ml.errors import DataError


@pytest.fixture
def workbook(tmp_path):
    def write(sheets, name="crm.xlsx"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path

    return write


def cells_of(source):
    rows = source.open()
    chunks = list(rows.chunks())
    numbers = [row for chunk in chunks for row in chunk.rows.to_pylist()]
    cells = [
        dict(zip(rows.header, values, strict=True))
        for chunk in chunks
        for values in zip(*(cells.to_pylist() for cells in chunk.cells), strict=True)
    ]
    return dict(zip(numbers, cells, strict=True)), [m for c in chunks for m in c.malformed]


def test_a_sheet_reads_like_a_csv_file(workbook):
    exports = workbook(
        {"Sheet1": [["id", "n", "when", "ok"], [7, 1.5, datetime(2024, 1, 5, 14, 33), True]]},
        "accounts.xlsx",
    )
    (source,) = find_sources(exports)
    assert source.stem == "accounts"
    rows, _ = cells_of(source)
    assert rows == {2: {"id": "7", "n": "1.5", "when": "2024-01-05T14:33:00", "ok": "true"}}


def test_sheet_rows_keep_their_numbers_over_blank_rows(workbook):
    exports = workbook({"a": [["id", "b"], ["x", 1], [], [None, None], ["y", 2], ["z", 1, "more"]]})
    (source,) = find_sources(exports)
    rows, malformed = cells_of(source)
    assert {number: row["id"] for number, row in rows.items()} == {2: "x", 5: "y"}
    assert [record.row for record in malformed] == [6]


def test_each_sheet_of_a_workbook_is_a_table_of_its_own(workbook):
    exports = workbook({"accounts": [["id"]], "contacts": [["id"]]})
    assert [(s.stem, s.label) for s in find_sources(exports)] == [
        ("accounts", "crm.xlsx [accounts]"),
        ("contacts", "crm.xlsx [contacts]"),
    ]


def test_an_empty_sheet_is_refused(workbook):
    (source,) = find_sources(workbook({"accounts": []}))
    with pytest.raises(DataError, match=r"crm\.xlsx \[accounts\]: row 1 is empty"):
        source.open()


def test_what_only_claims_to_be_a_workbook_is_refused(tmp_path):
    (tmp_path / "accounts.xlsx").write_text("id,name\n")
    with pytest.raises(DataError, match=r"accounts\.xlsx: cannot be read as XLSX"):
        find_sources(tmp_path)


def test_parquet_rows_are_numbered_as_if_there_were_a_header(tmp_path):
    pq.write_table(pa.table({"id": ["a", "b"]}), tmp_path / "accounts.parquet")
    (source,) = find_sources(tmp_path)
    assert cells_of(source)[0] == {2: {"id": "a"}, 3: {"id": "b"}}


def test_what_only_claims_to_be_parquet_is_refused(tmp_path):
    (tmp_path / "accounts.parquet").write_text("id,name\n")
    with pytest.raises(DataError, match=r"accounts\.parquet: cannot be read as Parquet"):
        find_sources(tmp_path)[0].open()


@pytest.mark.parametrize("text", ["id,name,id\n1,x,2\n"])
def test_two_columns_of_one_name_are_refused(tmp_path, text):
    (tmp_path / "accounts.csv").write_text(text)
    with pytest.raises(DataError, match=r"row 1: two columns are called 'id' \(columns 1 and 3\)"):
        find_sources(tmp_path)[0].open()


def test_a_missing_or_empty_directory_is_refused(tmp_path):
    with pytest.raises(DataError, match="nowhere: no such file or directory"):
        find_sources(tmp_path / "nowhere")
    with pytest.raises(DataError, match="the directory is empty; put the exported CRM files there"):
        find_sources(tmp_path)


def test_hidden_files_are_nobodys_export(tmp_path):
    for name in (".DS_Store", "~$crm.xlsx", "accounts.csv"):
        (tmp_path / name).write_text("id\n1\n")
    assert [source.label for source in find_sources(tmp_path)] == ["accounts.csv"]


def test_a_single_file_is_an_export_too(tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text("id\n1\n")
    assert find_sources(file) == [Source(file, "accounts.csv", "accounts")]


def test_typed_columns_mean_what_their_text_would(tmp_path, prepare):
    east = timezone(timedelta(hours=8))
    table = pa.table(
        {
            "account_id": [1.0, 2.0],
            "name": ["Acme", "Beta"],
            "employees": [12.0, None],
            "revenue": [Decimal("1.5"), None],
            "technologies": [["AWS", "SAP"], []],
            "created_at": [datetime(2024, 1, 5, 8, tzinfo=east), None],
            "updated_at": [date(2024, 1, 5), None],
            "score": [1, 2],
            "active": [True, False],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    prepared = prepare({"accounts.parquet": (tmp_path / "a.parquet").read_bytes()})
    first, second = prepared.table("accounts")
    assert first == {
        "account_id": "1",
        "name": "Acme",
        "employees": 12,
        "revenue": 1.5,
        "technologies": ["AWS", "SAP"],
        "created_at": datetime(2024, 1, 5),
        "updated_at": datetime(2024, 1, 5),
        "active": "true",
        "score": 1.0,
    }
    assert second["employees"] is None
    assert second["technologies"] is None
