"""The target account list as a person reads it in a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from abm_ml.rules.mqa import gap_words
from abm_ml.rules.next_step import COLUMNS, next_steps
from abm_ml.scoring.reasons import weightiest

DECIMALS = 4


def for_people(
    tal: pd.DataFrame, lang: str, clusters_zh: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The list with reasons and gaps in words, lists of ids in one cell, four decimals.

    Parameters
    ----------
    tal : DataFrame
        `ScoreResult.tal`.
    lang : {"en", "zh"}
        Language of reasons, gaps, next steps and groups.
    clusters_zh : mapping of str to str, optional
        Chinese names of the groups inside tier 2.
    """
    shown, gaps = deals_for_people(tal, lang), tal["mqa_gap"]
    shown["mqa_gap"] = [gap_words(gap if isinstance(gap, str) else None, lang) for gap in gaps]
    if lang == "zh":
        shown = shown.assign(**_in_chinese(tal, clusters_zh or {}))
    for column in ("missing_roles", "recommended_contacts"):
        shown[column] = [_joined(values) for values in tal[column]]
    return shown


def _in_chinese(tal: pd.DataFrame, clusters_zh: Mapping[str, str]) -> dict[str, list[Any]]:
    """Columns that the list holds in English."""
    found: dict[str, list[Any]] = {}
    if set(COLUMNS.names) <= set(tal.columns):
        steps = pa.Table.from_pandas(tal[COLUMNS.names], schema=COLUMNS, preserve_index=False)
        found["next_step"] = next_steps(steps, "zh").to_pylist()
    if "cluster" in tal.columns:
        found["cluster"] = [clusters_zh.get(name, name) for name in tal["cluster"]]
    return found


def deals_for_people(deals: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Scored opportunities (or accounts) with reasons in words and numbers to four decimals."""
    shown = deals.copy()
    numbers = shown.select_dtypes("float").columns
    shown[numbers] = shown[numbers].round(DECIMALS)
    shown["reasons"] = [reason_words(text, lang) for text in deals["reasons"]]
    return shown


def reason_words(reasons: str | None, lang: str) -> str:
    """The weightiest reasons of each score, for example "↑ 1,200 employees: fits the ICP".

    Parameters
    ----------
    reasons : str or None
        JSON, as in the scored output.
    lang : {"en", "zh"}
        Which of the texts is taken.
    """
    text = "text" if lang == "en" else "text_zh"
    chosen = [one for of in ("account_score", "propensity") for one in weightiest(reasons, of)]
    return "; ".join(f"{'↑' if one['contribution'] >= 0 else '↓'} {one[text]}" for one in chosen)


def _joined(values: Any) -> str:
    return "; ".join(values) if hasattr(values, "__len__") else ""
