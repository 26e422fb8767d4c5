"""Lists that sales filled in: their columns for decisions, written and read by one dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from abm_ml.data.labels import squash

HEADINGS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "account_id": ("Account ID", "企业ID"),
        "verdict": ("Decision", "销售决定"),
        "reason": ("Decision reason", "决定原因"),
        "by": ("Decided by", "决定人"),
        "ts": ("Decided on", "决定日期"),
    }
)
"""Columns of table feedback, and what they are called in a list, in English and Chinese."""

LIST_DATE = ("List date", "名单日期")
"""The date of the list: that of a decision that has none of its own."""

DECISIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"en": ("accept", "reject"), "zh": ("接受", "拒绝")}
)
"""What may be chosen, by language."""

SOURCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {**HEADINGS, "ts": (*HEADINGS["ts"], *LIST_DATE)}
)
"""Columns of feedback, and the headings that are read as them; the first that is filled wins."""


def is_returned_list(header: Sequence[str]) -> bool:
    """Whether a table is a list that sales filled in: it has an account, a decision and a date.

    >>> is_returned_list(["Rank", "Account ID", "Decision", "List date"])
    True
    >>> is_returned_list(["Account ID", "Decision"])
    False
    """
    found = {squash(name) for name in header}
    return all(
        found & {squash(name) for name in SOURCES[column]}
        for column in ("account_id", "verdict", "ts")
    )
