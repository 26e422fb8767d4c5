"""The workbook for sales: how it opens, and what comes back from it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from abm_ml.data.prepare import prepare_tables
from abm_ml.exports.audience import Audience
from abm_ml.exports.spreadsheet import write_csv
from abm_ml.exports.workbook import workbook_export

from .conftest import ACCOUNTS, CONTACTS

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture
def book(audience_of: Callable[..., Audience], tmp_path: Path) -> Callable[..., Path]:
    """Write the workbook of the small list."""

    def write(lang: str = "en", name: str = "tal.xlsx", **options: Any) -> Path:
        columns = {
            "recommended_contacts": [["C1"], ["C2"], None],
            "propensity": [0.25, 0.1, None],
            "mqa": [True, False, None],
            "last_engaged_at": [datetime(2025, 12, 1), None, None],
        }
        audience = audience_of(**{"columns": columns, **options})
        (file,) = workbook_export(audience, lang).files
        file.write(tmp_path / name)
        return tmp_path / name

    return write


def rows_of(path: Path, sheet: str) -> list[dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_there_is_a_sheet_for_all_each_tier_and_each_owner(book: Callable[..., Path]) -> None:
    opened = openpyxl.load_workbook(book())
    assert opened.sheetnames == [
        "All", "Tier 1", "Tier 2", "Tier 3", "Owner ada", "Owner bob", "No owner",
    ]  # fmt: skip
    assert [row["Account ID"] for row in rows_of(book(), "All")] == ["A1", "A2", "A3"]
    assert [row["Account ID"] for row in rows_of(book(), "Owner bob")] == ["A2"]


def test_headers_are_frozen_filtered_and_wide_enough(book: Callable[..., Path]) -> None:
    for sheet in openpyxl.load_workbook(book()).worksheets:
        assert sheet.freeze_panes == "D2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.column_dimensions["C"].width == 32
        choices = {one.type: one for one in sheet.data_validations.dataValidation}
        assert choices["list"].formula1 == '"accept,reject"'
        asked = {cell.coordinate for (cell,) in sheet[f"D2:D{sheet.max_row}"]}
        assert all(cell in choices["list"].sqref for cell in asked)


def test_values_keep_their_types_and_formats(book: Callable[..., Path]) -> None:
    sheet = openpyxl.load_workbook(book())["All"]
    place = {cell.value: cell.column for cell in sheet[1]}
    share = sheet.cell(2, place["Propensity"])
    assert (share.value, share.number_format) == (0.25, "0.0%")
    assert sheet.cell(2, place["Last engaged"]).value == datetime(2025, 12, 1)
    assert sheet.cell(2, place["MQA"]).value == "yes"
    assert sheet.cell(2, place["Recommended contacts"]).value == "Ann O'Brien (CFO)"
    name = sheet.cell(4, place["Name"])
    assert (name.value, name.data_type) == ("'=cmd|' /C calc'!A0", "s")


def test_chinese_readers_get_chinese_headings(book: Callable[..., Path]) -> None:
    path = book("zh")
    first = rows_of(path, "全部")[0]
    assert openpyxl.load_workbook(path).sheetnames[1:3] == ["分层 1", "分层 2"]
    assert (first["企业ID"], first["市场合格客户"], first["销售决定"]) == ("A1", "是", None)
    assert {"优先级得分", "转化概率", "意向度", "第三方意图信号", "客户分层"} <= set(first)


def test_odd_owners_get_a_title_that_excel_takes(book: Callable[..., Path]) -> None:
    owners = ["a/b*c?[x]:" + "y" * 40, "A\\B*C? X  :" + "Y" * 40, "'quoted'"]
    accounts = [{**row, "owner_id": owner} for row, owner in zip(ACCOUNTS, owners, strict=True)]
    titles = openpyxl.load_workbook(book(accounts=accounts)).sheetnames[4:]
    assert len({title.casefold() for title in titles}) == 3
    assert all(len(title) <= 31 and not set("[]:*?/\\") & set(title) for title in titles)


def test_the_same_list_gives_the_same_bytes(book: Callable[..., Path]) -> None:
    assert book(name="a.xlsx").read_bytes() == book(name="b.xlsx").read_bytes()


def test_who_opted_out_is_not_recommended_by_name(book: Callable[..., Path]) -> None:
    contacts = [{**CONTACTS[0], "opted_out": True}, *CONTACTS[1:]]
    first, second, _ = rows_of(book(contacts=contacts), "All")
    assert not first["Recommended contacts"]
    assert second["Recommended contacts"] == "芳 王 (采购总监)"


# --- what sales fills in comes back --------------------------------------------------------------

ANSWERS = {
    "en": ("All", "Owner bob", ("Decision", "Decision reason", "Decided by", "Decided on"),
           ("reject", "accept")),
    "zh": ("全部", "负责人 bob", ("销售决定", "决定原因", "决定人", "决定日期"), ("拒绝", "接受")),
}  # fmt: skip


def fill_in(path: Path, sheet: str, row: int, answers: dict[str, Any]) -> None:
    opened = openpyxl.load_workbook(path)
    place = {cell.value: cell.column for cell in opened[sheet][1]}
    for heading, value in answers.items():
        opened[sheet].cell(row, place[heading]).value = value
    opened.save(path)


@pytest.mark.parametrize("lang", ANSWERS)
def test_prepare_reads_decisions_back_as_feedback(
    lang: str, book: Callable[..., Path], tmp_path: Path
) -> None:
    everybody, owner, (decision, reason, by, on), (no, yes) = ANSWERS[lang]
    path = book(lang, name="from sales.xlsx")
    fill_in(path, everybody, 2, {decision: no, reason: "no budget", by: "Ada",
                                 on: datetime(2026, 1, 20)})  # fmt: skip
    fill_in(path, owner, 2, {decision: yes})
    exports = tmp_path / "exports"
    exports.mkdir()
    path.rename(exports / path.name)
    accounts = "Id,Name\n" + "".join(f'{row["account_id"]},"{row["name"]}"\n' for row in ACCOUNTS)
    (exports / "Account.csv").write_text(accounts, encoding="utf-8")
    summary = prepare_tables(exports, tmp_path / "work", threads=1)
    assert summary.dialect == "salesforce"
    columns = ["account_id", "verdict", "reason", "by", "ts"]
    found = pq.read_table(tmp_path / "work" / "canonical" / "feedback.parquet").to_pylist()
    assert [[row[column] for column in columns] for row in found] == [
        ["A1", "rejected", "no budget", "Ada", datetime(2026, 1, 20)],
        ["A2", "accepted", None, None, datetime(2026, 1, 1)],
    ]
    counts = summary.tables["feedback"]
    in_sheets = 3 * 3  # All, its tier and its owner: three rows of each account
    assert (counts.rows, counts.quarantined) == (in_sheets, in_sheets - 2)
    quarantine = pq.read_table(tmp_path / "work" / "quarantine" / "feedback.parquet")
    assert set(quarantine["reason"].to_pylist()) == {"is required but empty"}


# --- opened by something real --------------------------------------------------------------------


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not on this machine")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_libreoffice_opens_it_and_runs_no_formula(
    kind: str, book: Callable[..., Path], audience: Audience, tmp_path: Path
) -> None:
    path = tmp_path / f"opened.{kind}"
    if kind == "xlsx":
        book().rename(path)
    else:
        write_csv(audience.accounts[["account_id", "name"]], path)
    command = [str(OFFICE), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
               "--convert-to", "fods", "--outdir", str(tmp_path / "out"), str(path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    page = (tmp_path / "out" / "opened.fods").read_text(encoding="utf-8")
    assert "table:formula" not in page
    assert "=cmd|" in page
    assert "王氏科技有限公司" in page
