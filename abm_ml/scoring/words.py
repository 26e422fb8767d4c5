"""Criteria and values in words, English and Chinese."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.criterion import Criterion
from abm_ml.propensity.words import Lang, fact_words, value_words
from abm_ml.rules.icp import source_of

_LONGEST_VALUE = 80
"""Characters of a value that a reason repeats."""

_ASKED: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "any_of": "one of {}",
        "none_of": "none of {}",
        "contains": "contains {}",
        "exists": "is filled",
        "least": "at least {}",
        "most": "at most {}",
        "between": "{} to {}",
    },
    "zh": {
        "any_of": "为{}之一",
        "none_of": "不为{}",
        "contains": "包含{}",
        "exists": "有值",
        "least": "至少 {}",
        "most": "至多 {}",
        "between": "{} 至 {}",
    },
}
_MEETS = ("fits the ICP", "符合理想客户特征")
_FAILS = ("fails a must of the ICP", "不满足理想客户的必要条件")

to_json = json.JSONEncoder(ensure_ascii=False).encode
"""A value as JSON that keeps Chinese as it is."""


def shown_value(value: Any) -> Any:
    """A cell as JSON holds it: missing is null, numbers stay, tags are joined, long text cut."""
    if isinstance(value, list | tuple | np.ndarray):
        value = ", ".join(str(tag) for tag in value)
    if value is None or pd.isna(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def asked(criterion: Criterion, lang: Lang = "en") -> str:
    """What a criterion asks, for example "200 to 20,000", "200 至 20,000"."""
    said = _ASKED[lang]
    comma, either = ("、", "或") if lang == "zh" else (", ", " or ")
    if criterion.any_of:
        return said["any_of"].format(comma.join(criterion.any_of))
    if criterion.none_of:
        return said["none_of"].format(comma.join(criterion.none_of))
    if criterion.contains and not criterion.signal:
        return said["contains"].format(either.join(criterion.contains))
    if criterion.exists:
        return said["exists"]
    least, most = criterion.min, criterion.max
    if criterion.signal:
        least, most = criterion.count_at_least or None, criterion.count_at_most
    low, high = value_words(least, lang), value_words(most, lang)
    if least is None:
        return said["most"].format(high)
    if most is None:
        return said["least"].format(low)
    return said["between"].format(low, high)


def reason_writer(
    criterion: Criterion, contribution: float, currency: str = ""
) -> Callable[[Any], str]:
    """Writes the reason for a criterion as JSON, for one value after another.

    The account meets the criterion, or (where it adds 0) fails a `must`.

    Parameters
    ----------
    criterion : Criterion
        What is asked.
    contribution : float
        What it adds to the account score.
    currency : str
        That of money, where it is known.
    """
    field = source_of(criterion)
    head = to_json({"of": "account_score", "field": field})[:-1]
    verdict, verdict_zh = _MEETS if contribution > 0 else _FAILS
    added = to_json(contribution)

    def write(value: Any) -> str:
        text = to_json(f"{fact_words(field, value, 'en', currency)}: {verdict}")
        text_zh = to_json(f"{fact_words(field, value, 'zh', currency)}：{verdict_zh}")
        return (
            f'{head}, "value": {to_json(shown_value(value))}, "contribution": {added}, '
            f'"text": {text}, "text_zh": {text_zh}}}'
        )

    return write
