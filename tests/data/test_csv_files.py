import csv
import gzip
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.csv_files import CsvFile
from abm_ml.errors import DataError


@pytest.fixture
def read(tmp_path):
    def run(text, name="a.csv"):
        file = tmp_path / name
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        rows = CsvFile.inspect(file)
        chunks = list(rows.chunks())
        numbers = [row for chunk in chunks for row in chunk.rows.to_pylist()]
        malformed = [record for chunk in chunks for record in chunk.malformed]
        first = [cell for chunk in chunks for cell in chunk.cells[0].to_pylist()]
        return rows.header, dict(zip(numbers, first, strict=True)), malformed

    return run


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_sniffed(read, delimiter):
    text = f'id{delimiter}a;b,c\n1{delimiter}"x{delimiter}y"\n'
    header, rows, malformed = read(text if delimiter not in ";," else text.replace("a;b,c", "b"))
    assert len(header) == 2
    assert rows == {2: "1"}
    assert not malformed


def test_row_numbers_are_those_of_a_spreadsheet(read):
    text = 'id,b\n2,x\n\nbad\n5,"two\nlines"\n1,2,3\n7,x\n,\n\n10,x\n'
    _, rows, malformed = read(text)
    assert rows == {2: "2", 5: "5", 7: "7", 10: "10"}
    assert [(record.row, record.text) for record in malformed] == [(4, "bad"), (6, "1,2,3")]
    assert malformed[0].reason == "has 1 fields, the header has 2"


def test_row_numbers_stay_right_over_many_blocks(read):
    draw = random.Random(0)
    lines, wrong = ["id,b"], []
    for row in range(2, 150_000):
        sort = draw.random()
        if sort < 0.01:
            wrong.append(row)
        lines.append("bad" if sort < 0.01 else "" if sort < 0.02 else f'{row},"x\n{"y" * 40}"')
    _, rows, malformed = read("\n".join(lines))
    assert [record.row for record in malformed] == wrong
    assert all(row == int(cell) for row, cell in rows.items())
    assert len(rows) > 140_000


def test_blank_lines_before_the_header_count_as_rows(read):
    header, rows, malformed = read("\n\nid,b\n4,x\nbad\n6,x\n")
    assert header == ("id", "b")
    assert rows == {4: "4", 6: "6"}
    assert malformed[0].row == 5


@pytest.mark.parametrize("text", ["\ufeffid,b\r\n2,x\r\n", "id,b\r2,x\r", "id,b\n2,x"])
def test_byte_order_marks_and_line_ends_make_no_difference(read, text):
    assert read(text)[:2] == (("id", "b"), {2: "2"})


def test_gb18030_is_read(read):
    header, rows, _ = read("企业名称,城市\n北京科技,北京\n".encode("gb18030"))
    assert header == ("企业名称", "城市")
    assert rows == {2: "北京科技"}


def test_gzip_is_read(read):
    assert read(gzip.compress(b"id,b\n2,x\n"), "a.csv.gz")[1] == {2: "2"}


def test_a_header_alone_has_no_rows(read):
    assert read("id,b\n") == (("id", "b"), {}, [])


def test_one_column_is_enough(read):
    assert read("id\n2\n\n4\n")[1] == {2: "2", 4: "4"}


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(read, text):
    with pytest.raises(DataError, match=r"a\.csv: is empty; export it again, or delete it"):
        read(text)


@pytest.mark.parametrize("line", ['3,"x', '3,"x,y', '"3,x'])
def test_a_quote_that_is_never_closed_is_refused_rather_than_swallowing_the_rest(read, line):
    with pytest.raises(DataError, match=r"row 3: a quote is opened and never closed"):
        read(f"id,b\n2,x\n{line}\n4,y\n5,z\n")


def test_an_open_quote_in_a_large_file_is_refused(read):
    text = 'id,b\n2,"x\n' + "4,y\n" * 3_000_000
    with pytest.raises(DataError, match="look for a quote that is never closed"):
        read(text)


def test_a_malformed_record_with_a_quoted_newline_is_no_open_quote(read):
    assert read('id,b\n2,x\n3,"x\ny",z\n')[2][0].row == 3


@pytest.mark.parametrize("line", ["bad", "", ",", "1,2,3", '"bad"'])
def test_whatever_follows_a_quoted_newline_does_not_make_it_an_open_quote(read, line):
    assert read(f'id,b\n2,"x\ny"\n{line}\n')[1] == {2: "2"}


def test_a_damaged_gzip_is_refused(read):
    with pytest.raises(DataError, match="cannot be read"):
        read(gzip.compress(b"id,b\n2,x\n" * 1000)[:40], "a.csv.gz")


texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6)


@given(
    st.lists(st.tuples(texts, texts | st.sampled_from(['"', ",", "a\nb", "a\r\nb"])), max_size=9)
)
def test_what_pythons_csv_module_writes_is_read_back_cell_by_cell(rows):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.csv")
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
        found = {
            number: cells
            for chunk in CsvFile.inspect(file).chunks()
            for number, *cells in zip(
                chunk.rows.to_pylist(), *(c.to_pylist() for c in chunk.cells), strict=True
            )
        }
    expected = {number: list(row) for number, row in enumerate(rows, start=2) if any(row)}
    assert found == expected
