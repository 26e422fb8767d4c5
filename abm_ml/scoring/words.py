"""Criteria and values in words, English and Chinese."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.config import Criterion
from abm_ml.propensity.words import fact_words, value_words
from abm_ml.rules.icp import source_of

_LONGEST_VALUE = 80
"""Characters of a value that a reason repeats."""

_BLANK = "\ue000"
"""Stands for a value in a sentence that is written once for many values; for private use."""

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


def asked(criterion: Criterion) -> str:
    """What a criterion asks, for example "200 to 20,000"."""
    if criterion.any_of:
        return f"one of {', '.join(criterion.any_of)}"
    if criterion.contains:
        return f"contains {' or '.join(criterion.contains)}"
    if criterion.exists:
        return "is filled"
    if criterion.count_at_least:
        return f"at least {criterion.count_at_least}"
    if criterion.min is None:
        return f"at most {value_words(criterion.max)}"
    if criterion.max is None:
        return f"at least {value_words(criterion.min)}"
    return f"{value_words(criterion.min)} to {value_words(criterion.max)}"


def criterion_reason(criterion: Criterion, value: Any, contribution: float) -> dict[str, Any]:
    """The reason for a criterion that an account meets, or (adding 0) for a `must` it fails."""
    field = source_of(criterion)
    verdict, verdict_zh = (
        ("fits the ICP", "符合理想客户特征")
        if contribution > 0
        else ("fails a must of the ICP", "不满足理想客户的必要条件")
    )
    return {
        "of": "account_score",
        "field": field,
        "value": shown_value(value),
        "contribution": contribution,
        "text": f"{fact_words(field, value, 'en')}: {verdict}",
        "text_zh": f"{fact_words(field, value, 'zh')}：{verdict_zh}",
    }


def reason_writer(criterion: Criterion, contribution: float) -> Callable[[Any], str]:
    """`criterion_reason` as JSON for one value after another, its sentences made only once."""
    blank = to_json(criterion_reason(criterion, _BLANK, contribution))
    head, rest = blank.split(f'"{_BLANK}"', 1)
    before_text, before_zh, tail = rest.split(_BLANK)

    def write(value: Any) -> str:
        if value is None:
            return to_json(criterion_reason(criterion, None, contribution))
        text, text_zh = (to_json(value_words(value, lang))[1:-1] for lang in ("en", "zh"))
        shown = to_json(shown_value(value))
        return f"{head}{shown}{before_text}{text}{before_zh}{text_zh}{tail}"

    return write
