"""The list as a workbook for sales: a sheet for all, each tier, each owner; room for decisions."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from abm_ml.data import feedback
from abm_ml.exports.audience import Audience
from abm_ml.exports.files import Export, ExportFile, lists_in_one_cell
from abm_ml.exports.headings import HEADINGS, LEFT_OUT, Heading, heading_of
from abm_ml.exports.people import for_people
from abm_ml.exports.spreadsheet import without_formulas

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header; what is more goes to another sheet."""

_MOST_LETTERS = 32_767
_FROZEN = "D2"
_FIRST = ("rank", "account_id", "name")
_DECISION = ("verdict", "reason", "by", "ts")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WORDS = {
    "all": ("All", "全部"),
    "tier": ("Tier {}", "分层 {}"),
    "owner": ("Owner {}", "负责人 {}"),
    "no_owner": ("No owner", "无负责人"),
    True: ("yes", "是"),
    False: ("no", "否"),
}


def workbook_export(audience: Audience, lang: str) -> Export:
    """One workbook, `tal.xlsx`, which `abm prepare` reads back as table feedback.

    Parameters
    ----------
    audience : Audience
        Who may leave.
    lang : {"en", "zh"}
        Language of headings, reasons and choices.
    """
    table = _table(audience, lang)
    texts = table.select_dtypes(exclude=["number", "datetime"]).columns
    long = sum(
        int((table[name].astype("string").str.len() > _MOST_LETTERS).sum()) for name in texts
    )
    cut = (
        f"{long} cells hold more than the {_MOST_LETTERS:,} letters that Excel takes, and are cut",
        f"{long} 个单元格超过 Excel 的 {_MOST_LETTERS:,} 字上限，已截断",
    )

    def write(path: Path) -> None:
        _write(table, path, lang)

    file = ExportFile("tal.xlsx", len(table), write)
    return Export((file,), len(table), warnings=(cut,) if long else ())


def _table(audience: Audience, lang: str) -> pd.DataFrame:
    """The list in the order of its sheets, in words, with empty columns for decisions."""
    listed = audience.accounts
    named = listed.assign(recommended_contacts=_named(audience))
    shown = lists_in_one_cell(for_people(named, lang))
    other = [name for name in HEADINGS if name in shown and name not in (*_FIRST, *LEFT_OUT)]
    new = [name for name in shown if name not in {*HEADINGS, *LEFT_OUT, *_FIRST, "reasons_zh"}]
    table = shown[[*_FIRST, *other, *new]].copy()
    for place, column in enumerate(_DECISION, start=len(_FIRST)):
        table.insert(place, column, pd.Series(None, index=table.index, dtype="object"))
    table["list_date"] = listed["as_of"]
    return without_formulas(table)


def _named(audience: Audience) -> pd.Series:
    """Recommended contacts by name and title, who may be reached."""
    people = audience.contacts.set_index("contact_id")
    words = {
        str(one): " ".join(filter(None, _texts(row.first_name, row.last_name))) + _title(row.title)
        for one, row in zip(people.index, people.itertuples(), strict=True)
    }
    chosen = audience.accounts["recommended_contacts"]
    named = [
        [words[one].strip() or one for one in some if one in words]
        if hasattr(some, "__iter__") else []
        for some in chosen
    ]  # fmt: skip
    return pd.Series(named, index=chosen.index, dtype="object")


def _texts(*cells: Any) -> Iterator[str]:
    return (cell.strip() for cell in cells if isinstance(cell, str))


def _title(title: Any) -> str:
    return f" ({title})" if isinstance(title, str) and title else ""


def _write(table: pd.DataFrame, path: Path, lang: str) -> None:
    """Write the sheets; the same table gives the same bytes at any time."""
    book = openpyxl.Workbook(write_only=True)
    for title, rows in _sheets(table, lang):
        _write_sheet(book.create_sheet(title), rows, lang)
    moment = _date_of(table)
    book.properties.creator = "abm_ml"
    book.properties.created = book.properties.modified = moment
    raw = path.with_name(f".{path.name}.raw")
    ExcelWriter(book, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, allowZip64=True)).save()
    with zipfile.ZipFile(raw) as written, zipfile.ZipFile(path, "w") as stamped:
        for entry in written.infolist():
            same = zipfile.ZipInfo(entry.filename, _EPOCH)
            same.compress_type = zipfile.ZIP_DEFLATED
            with written.open(entry) as source, stamped.open(same, "w") as target:
                while piece := source.read(1 << 20):
                    target.write(piece)
    raw.unlink()


def _date_of(table: pd.DataFrame) -> datetime:
    dates = table["list_date"].dropna()
    return pd.Timestamp(dates.iloc[0]).to_pydatetime() if len(dates) else datetime(*_EPOCH)


def _sheets(table: pd.DataFrame, lang: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """All, each tier, each owner; no two sheets of one name, none of more rows than fit."""
    taken: set[str] = set()
    parts = [(_word("all", lang), table)]
    parts += [(_word("tier", lang).format(n), rows) for n, rows in table.groupby("tier")]
    if "owner_id" in table:
        owned = table.groupby("owner_id")
        parts += [(_word("owner", lang).format(owner), rows) for owner, rows in owned]
        if len(nobody := table[table["owner_id"].isna()]):
            parts.append((_word("no_owner", lang), nobody))
    for title, rows in parts:
        for start in range(0, max(len(rows), 1), MOST_ROWS):
            yield _unused(title, taken), rows.iloc[start : start + MOST_ROWS]


def _unused(title: str, taken: set[str]) -> str:
    """A title that Excel takes (31 letters, some not allowed) and no sheet has yet."""
    clean = _NOT_IN_TITLES.sub(" ", title).strip("' ")[:31] or "-"
    found, number = clean, 1
    while found.casefold() in taken:
        number += 1
        found = f"{clean[: 29 - len(str(number))]} {number}"
    taken.add(found.casefold())
    return found


def _write_sheet(sheet: Any, rows: pd.DataFrame, lang: str) -> None:
    """One sheet: frozen and filtered header, widths, formats, choices for decisions."""
    heads = [_heading(column) for column in rows.columns]
    for number, head in enumerate(heads, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = head.width
    last = len(rows) + 1
    sheet.freeze_panes = _FROZEN
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{last}"
    _offer_choices(sheet, list(rows.columns), last, lang)
    titles = [head.zh if lang == "zh" else head.en for head in heads]
    sheet.append([_head_cell(sheet, title, n) for n, title in enumerate(titles)])
    for row in rows.itertuples(index=False):
        sheet.append(
            [_cell(sheet, value, head, lang) for value, head in zip(row, heads, strict=True)]
        )


def _heading(column: str) -> Heading:
    if column in feedback.HEADINGS:
        en, zh = feedback.HEADINGS[column]
        return Heading(en, zh, 16, "yyyy-mm-dd" if column == "ts" else "")
    if column == "list_date":
        return Heading(*feedback.LIST_DATE, 12, "yyyy-mm-dd")
    return heading_of(column)


def _offer_choices(sheet: Any, columns: list[str], last: int, lang: str) -> None:
    """Accept or reject from a list, a date as a date."""
    choices = feedback.DECISIONS["zh" if lang == "zh" else "en"]
    decision = DataValidation(
        type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True
    )
    day = DataValidation(
        type="date", operator="greaterThan", formula1="36526", allow_blank=True,
        showErrorMessage=True,
    )  # fmt: skip
    for column, rule in (("verdict", decision), ("ts", day)):
        letter = get_column_letter(columns.index(column) + 1)
        rule.add(f"{letter}2:{letter}{max(last, 2)}")
        sheet.data_validations.append(rule)


def _head_cell(sheet: Any, text: str, number: int) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    asked = len(_FIRST) <= number < len(_FIRST) + len(_DECISION)
    cell.fill = PatternFill("solid", fgColor="FFF2CC" if asked else "D9E1F2")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: Any, value: Any, head: Heading, lang: str) -> Any:
    """A value as its type; a text is a text, whatever it looks like."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        if not head.number_format:
            return None
        value = None  # An empty cell keeps its format for whoever fills it in.
    elif isinstance(value, bool) or value is True or type(value).__name__ == "bool_":
        value = _word(bool(value), lang)
    elif isinstance(value, pd.Timestamp):
        value = value.to_pydatetime()
    elif hasattr(value, "item"):
        value = value.item()
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        cell.value = _ILLEGAL.sub(" ", value)[:_MOST_LETTERS]
        cell.data_type = "s"
    else:
        cell.value = value
        if head.number_format:
            cell.number_format = head.number_format
    return cell


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _word(word: Any, lang: str) -> str:
    return _WORDS[word][1 if lang == "zh" else 0]
