"""The data that went in."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # Data
    "data.title": ("The data", "数据"),
    "data.note": (
        "Every row of the exports is accounted for: {rows} went in, {canonical} are in use, "
        "{quarantined} are in quarantine with their reason. {ignored}",
        "导出文件的每一行均有去向：共读入 {rows} 行，{canonical} 行可用，"
        "{quarantined} 行连同原因进入隔离区。{ignored}",
    ),
    "data.ignored": (
        "{files} files belong to no table and were ignored.",
        "有 {files} 个文件不属于任何数据表，已忽略。",
    ),
    "data.nothing_ignored": ("No file was ignored.", "没有被忽略的文件。"),
    "data.tables": ("Rows by table", "各表行数"),
    "data.files": ("Rows by file", "各文件行数"),
    "data.table": ("Table", "数据表"),
    "data.file": ("File", "文件"),
    "data.in": ("Rows in", "读入行数"),
    "data.canonical": ("In use", "可用"),
    "data.quarantined": ("Quarantined", "隔离"),
    "data.duplicates": ("of which duplicates", "其中重复"),
    "data.ignored_column": ("Ignored", "忽略"),
    "data.unreadable": ("could not be read", "无法读取"),
    "data.reasons": ("Why rows are in quarantine", "隔离原因"),
    "data.rows": ("Rows", "行数"),
    "data.look": (
        "Each row with its file, row number, column and value lies in quarantine/<table>.parquet.",
        "每一行的文件、行号、字段与取值见 quarantine/<table>.parquet。",
    ),
    "data.warnings": ("Worth knowing", "值得注意"),
    "data.dialect": ("Read as", "识别为"),
}  # fmt: skip
