"""The target account list as a person reads it in a spreadsheet."""

from __future__ import annotations

from typing import Any

import pandas as pd

from abm_ml.rules.mqa import gap_words
from abm_ml.scoring.reasons import weightiest

DECIMALS = 4


def for_people(tal: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The list with reasons and gaps in words, lists of ids in one cell, four decimals.

    Parameters
    ----------
    tal : DataFrame
        `ScoreResult.tal`.
    lang : {"en", "zh"}
        Language of reasons and gaps.
    """
    shown, gaps = deals_for_people(tal, lang), tal["mqa_gap"]
    shown["mqa_gap"] = [gap_words(gap if isinstance(gap, str) else None, lang) for gap in gaps]
    for column in ("missing_roles", "recommended_contacts"):
        shown[column] = [_joined(values) for values in tal[column]]
    return shown


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
