from __future__ import annotations

import openpyxl
import pandas as pd
import pytest

from abm_ml.data.names.match import match_accounts
from abm_ml.data.names.seeds import read_seed_list
from abm_ml.errors import DataError


@pytest.fixture
def written(tmp_path):
    """A file of this name with this content: text, bytes, or rows by sheet."""

    def write(name, content):
        path = tmp_path / name
        if isinstance(content, dict):
            book = openpyxl.Workbook()
            book.remove(book.active)
            for title, rows in content.items():
                sheet = book.create_sheet(title)
                for row in rows:
                    sheet.append(row)
            book.save(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def rows(table: pd.DataFrame) -> list[list[object]]:
    return table.to_numpy().tolist()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("Acme\nBeta\n", [[1, "Acme"], [2, "Beta"]]),
        ("\n\nAcme\n\n  Beta  \n,\n", [[3, "Acme"], [5, "Beta"]]),
        ("Acme, Inc.\nBeta\nGamma, Ltd., Berlin\n",
         [[1, "Acme, Inc."], [2, "Beta"], [3, "Gamma, Ltd., Berlin"]]),
        ("Acme, Inc.\nBeta, LLC\n", [[1, "Acme, Inc."], [2, "Beta, LLC"]]),
        ('"Acme, Inc."\n"Beta"\n', [[1, "Acme, Inc."], [2, "Beta"]]),
        ("seeds\nacme.com\n00042\n", [[2, "acme.com"], [3, "00042"]]),
        ("\ufeff字节跳动\n", [[1, "字节跳动"]]),
        ("Acme", [[1, "Acme"]]),
    ],
)  # fmt: skip
def test_a_plain_list_is_read_line_by_line(written, content, found):
    table = read_seed_list(written("seeds.txt", content))
    assert list(table.columns) == ["query_id", "text"]
    assert rows(table) == found


@pytest.mark.parametrize(
    ("content", "columns", "found"),
    [
        ("Company Name,Website,Notes\nAcme,acme.com,good\n,,\nBeta,,\n", ["name", "domain"],
         [[2, "Acme", "acme.com"], [4, "Beta", ""]]),
        ("公司名称;官网\n字节跳动;bytedance.com\n", ["name", "domain"],
         [[2, "字节跳动", "bytedance.com"]]),
        ("企业名称\t统一社会信用代码\n云帆\t91110000MA01ABCDEX\n", ["name", "credit_code"],
         [[2, "云帆", "91110000MA01ABCDEX"]]),
        ("name\nAcme\n", ["name"], [[2, "Acme"]]),
        ("Our best customers\n\nCompany,City\nAcme,Berlin\n", ["name", "city"],
         [[4, "Acme", "Berlin"]]),
        ('Company,City\n"Acme, Inc.",Berlin\n', ["name", "city"], [[2, "Acme, Inc.", "Berlin"]]),
    ],
)  # fmt: skip
def test_a_table_keeps_what_says_something_to_match_by(written, content, columns, found):
    table = read_seed_list(written("seeds.csv", content))
    assert list(table.columns) == ["query_id", *columns]
    assert rows(table) == found


def test_chinese_text_from_older_tools_is_read(written):
    table = read_seed_list(written("种子.csv", "公司名称\n字节跳动科技\n".encode("gb18030")))
    assert table["name"].tolist() == ["字节跳动科技"]


def test_a_workbook_reads_like_a_text_file(written):
    content = {
        "Sheet1": [["客户名单"], [None], ["公司", "编号"], ["云帆", 42], ["拓野", 7.0]],
        "x": [],
    }
    table = read_seed_list(written("seeds.xlsx", content))
    assert rows(table) == [[4, "云帆", "42"], [5, "拓野", "7"]]


def test_which_of_several_sheets_is_asked_for(written):
    path = written("seeds.xlsx", {"one": [["Acme"]], "two": [["Beta"]]})
    with pytest.raises(DataError, match="the sheets one, two all hold something; say which"):
        read_seed_list(path)
    assert rows(read_seed_list(path, sheet="two")) == [[1, "Beta"]]
    with pytest.raises(DataError, match="has no sheet 'three'; it has one, two"):
        read_seed_list(path, sheet="three")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("seeds.csv", "", "seeds.csv: holds no company; write one in each line"),
        ("seeds.csv", "name,city\n", "has a header but no rows; write a company in each line"),
        (
            "seeds.csv",
            "a,b\n1,2\n3,4\n",
            "row 1: no column name says what it holds; found 'a', 'b'",
        ),
        ("seeds.csv", "name,city\nAcme, Inc.,Rome\n", "row 2: has 3 fields, the header has 2; put"),
        ("seeds.pdf", "Acme", "is neither a text file nor XLSX; save it as .csv or .xlsx"),
        ("seeds.xlsx", "Acme", "cannot be read as XLSX"),
        ("seeds.csv", "Caf\xe9\n".encode("latin-1"), "line 1: is not UTF-8"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_remedy(written, name, content, message):
    with pytest.raises(DataError, match=message):
        read_seed_list(written(name, content))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_seed_list(tmp_path / "nothing.csv")


def test_a_list_goes_straight_into_matching(written):
    accounts = pd.DataFrame({"account_id": ["0042", "B"], "name": ["Acme, Inc.", "Beta"]})
    seeds = read_seed_list(written("seeds.csv", "Beta\n\n0042\nBETA GmbH\nNobody\n"))
    found = match_accounts(seeds, accounts)
    assert found["query_id"].tolist() == [1, 3, 4, 5]
    assert found["account_id"].tolist() == ["B", "0042", "B", None]
    assert "1 other query names this account" in found["evidence"][0]
