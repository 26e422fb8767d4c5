"""Lists that sales filled in are known by their columns, whatever their files are called."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest

HEADER = ["Rank", "Account ID", "Decision", "Decided on", "List date"]


def book(**sheets: list[list[Any]]) -> bytes:
    """A workbook of sheets, each with the header of a list in front."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in (HEADER, *rows):
            sheet.append(row)
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def answer(account: str, decision: str | None, day: str | None = None) -> list[Any]:
    return [1, account, decision, day, "2026-01-01"]


def test_copies_of_several_salespeople_are_all_read(prepare: Callable[..., Any]) -> None:
    files = {
        "ada.xlsx": book(All=[answer("A1", "reject")], Task=[answer("A2", "accept")]),
        "bob.xlsx": book(All=[answer("A3", "accept", "2026-02-01"), answer("A1", None)]),
    }
    prepared = prepare(files)
    assert [(row["account_id"], row["verdict"], str(row["ts"].date())) for row in
            prepared.table("feedback")] == [
        ("A1", "rejected", "2026-01-01"),
        ("A2", "accepted", "2026-01-01"),
        ("A3", "accepted", "2026-02-01"),
    ]  # fmt: skip
    counts = prepared.summary.tables["feedback"]
    assert (counts.rows, counts.quarantined) == (4, 1)
    assert prepared.quarantine("feedback")[0]["reason"] == "is required but empty"


def test_a_list_saved_as_csv_is_read_too(prepare: Callable[..., Any]) -> None:
    text = "企业ID,销售决定,名单日期\nA1,拒绝,2026-01-01\nA9,接受,2026-01-01\n"
    prepared = prepare({"销售名单.csv": text.encode("gb18030")})
    assert prepared.column("feedback", "verdict") == ["rejected"]
    assert prepared.summary.tables["feedback"].reasons == {"link": 1}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.csv", "Account ID,Notes\nA1,call\n"),
        ("binary.txt", b"\xff\xfe\x00\x01"),
        ("empty.csv", ""),
    ],
)
def test_other_files_stay_ignored(
    prepare: Callable[..., Any], name: str, content: str | bytes
) -> None:
    prepared = prepare({name: content})
    assert "feedback" not in prepared.summary.tables


def test_the_language_of_a_list_does_not_decide_that_of_the_export(
    prepare: Callable[..., Any],
) -> None:
    header = ["企业ID", "企业名称", "所属行业", "员工人数", "销售决定", "名单日期"]
    made = openpyxl.Workbook()
    for row in (header, ["A1", "Acme", "软件", 5, "接受", "2026-01-01"]):
        made.active.append(row)
    content = BytesIO()
    made.save(content)
    files = {"Account.csv": "Id,Name\nA1,Acme\n", "名单.xlsx": content.getvalue()}
    prepared = prepare(files)
    assert prepared.summary.dialect == "salesforce"
    assert prepared.column("feedback", "verdict") == ["accepted"]
