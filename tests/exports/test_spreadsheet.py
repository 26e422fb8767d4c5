"""Spreadsheet files: safe to open, nothing else changed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from abm_ml.exports.spreadsheet import without_formulas, write_csv


@pytest.mark.parametrize(
    "start",
    ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹣", " =", "\u3000＝",
     "\u00a0+", "\ufeff=", "\t ＠"],
)  # fmt: skip
def test_text_that_would_run_as_a_formula_is_prefixed(start: str) -> None:
    safe = without_formulas(pd.DataFrame({"name": [f"{start}cmd|' /C calc'!A0", "Acme"]}))
    assert safe["name"].tolist() == [f"'{start}cmd|' /C calc'!A0", "Acme"]


@pytest.mark.parametrize("text", [" Acme", "\u3000北京", "A=B", "Jean-Luc", "", " ", "1-2", "—"])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert without_formulas(pd.DataFrame({"name": [text]}))["name"].tolist() == [text]


def test_numbers_dates_and_missing_values_are_left_alone() -> None:
    table = pd.DataFrame(
        {
            "priority": [-1.5, 2.0],
            "as_of": pd.to_datetime(["2026-01-01", None]),
            "name": ["北京字节跳动", None],
            "mqa": [True, False],
        }
    )
    pd.testing.assert_frame_equal(without_formulas(table), table)


def test_csv_keeps_chinese_and_reads_back_equal(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["北京字节跳动", "Müller, GmbH"], "rank": [1, 2]})
    write_csv(table, tmp_path / "tal.csv")
    assert (tmp_path / "tal.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "tal.csv"), table)


def test_a_table_without_rows_keeps_its_header(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": pd.Series(dtype=str), "rank": pd.Series(dtype=int)})
    write_csv(table, tmp_path / "none.csv")
    assert (tmp_path / "none.csv").read_text(encoding="utf-8-sig") == "name,rank\n"
