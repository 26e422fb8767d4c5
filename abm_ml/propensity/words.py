"""Columns, features and values in words that people read, in English and Chinese."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import pandas as pd

from abm_ml.data.column_kinds import is_list
from abm_ml.data.field_names import (
    COUNTS,
    CURRENCIES,
    KINDS,
    MONEY,
    NAMES,
    SHARES,
    SINCE,
    Noun,
)
from abm_ml.features.names import Feature, parse_feature

Lang: TypeAlias = Literal["en", "zh"]

BASE = "(base)"
CALIBRATION = "(calibration)"
SHRINKAGE = "(shrinkage)"
OPPORTUNITY = "opportunity:"
"""Prefix of the columns of the opportunity itself."""

TERMS: Mapping[str, tuple[str, str]] = {
    BASE: ("where every account starts", "所有客户的起点"),
    CALIBRATION: ("calibration on later outcomes", "按后续实际结果校准"),
    SHRINKAGE: (
        "unlike most accounts that it learned from, so drawn toward the rate of similar ones",
        "与训练样本差异较大，向相似客户的成交率收缩",
    ),
}
"""Terms of the log-odds that are no columns."""

LEAST = 1e-3
"""Log-odds below which a reason is nothing that anybody could act on."""

_VERDICTS: Mapping[Lang, tuple[str, str, str]] = {
    "en": (": raises it", ": lowers it", ": makes no difference"),
    "zh": ("：加分", "：减分", "：无影响"),
}
_YES_NO: Mapping[Lang, tuple[str, str]] = {"en": ("yes", "no"), "zh": ("是", "否")}
_UNKNOWN: Mapping[Lang, str] = {"en": "unknown", "zh": "未知"}
_LONG = 30
"""Characters from which a value reads as a quotation."""


def reason_words(
    field: str, value: Any, contribution: float, lang: Lang, currency: str = ""
) -> str:
    """One reason as a plain sentence; `currency` is that of money, where it is known.

    Examples
    --------
    >>> reason_words("employees", 1200, 0.4, "en"), reason_words("employees", 1200, 0.4, "zh")
    ('1,200 employees: raises it', '员工 1,200 人：加分')
    >>> reason_words("engagements:website_visit:90d", 0, -0.1, "en")
    'no website visits in the last 90 days: lowers it'
    >>> reason_words("industry", None, -0.1, "zh")
    '行业未知：减分'
    """
    if field == BASE:
        return TERMS[BASE][lang == "zh"]
    up, down, none = _VERDICTS[lang]
    verdict = none if abs(contribution) < LEAST else up if contribution > 0 else down
    if field in TERMS:
        return TERMS[field][lang == "zh"] + verdict
    return fact_words(field, value, lang, currency) + verdict


def fact_words(field: str, value: Any, lang: Lang, currency: str = "") -> str:
    """A field and its value: "1,200 employees", "industry Software", "营业收入 7,395 万美元"."""
    if field.startswith(OPPORTUNITY):
        fact = fact_words(field.removeprefix(OPPORTUNITY), value, lang, currency)
        return f"商机{fact}" if lang == "zh" else f"the opportunity's {fact}"
    feature, number = _feature(field), _number(value)
    if field in SINCE:
        return _since_words(field, number, lang)
    noun = _noun(feature)
    if number is None:
        return _plain_words(field, value, lang)
    if noun is not None:
        return _count_words(noun, number, feature.days, lang)
    if feature.family in ("intent", "intent_max"):
        return _intent_words(feature.item, number, lang)
    if field in MONEY:
        return f"{field_words(field, lang)} {_money_words(number, lang, currency)}"
    return _number_words(field, number, lang)


def field_words(field: str, lang: Lang) -> str:
    """A column or feature name in words.

    >>> field_words("engaged_contacts:30d", "zh"), field_words("intent:crm", "en")
    ('近 30 天互动联系人', 'intent for crm')
    >>> field_words("Lead_Score__c", "en")
    'Lead Score'
    """
    zh = lang == "zh"
    if field.startswith(OPPORTUNITY):
        name = field_words(field.removeprefix(OPPORTUNITY), lang)
        return f"商机{name}" if zh else f"the opportunity's {name}"
    feature = _feature(field)
    if feature.family == "intent":
        return f"第三方意图信号（{feature.item}）" if zh else f"intent for {feature.item}"
    if field in SINCE:
        what = SINCE[field][0][zh]
        return f"距{what}天数" if zh else f"days since {what}"
    noun = _noun(feature)
    if noun is not None:
        return _within(noun.zh if zh else noun.many, feature.days, lang)
    named = NAMES.get(field) or MONEY.get(field) or SHARES.get(field)
    if named:
        return named[zh]
    return field if zh else field.removesuffix("__c").replace("_", " ")


def kind_words(kind: str, lang: Lang) -> str:
    """A kind of engagement: "website_visit" in English as the export has it, "官网访问"."""
    return KINDS[kind].zh if lang == "zh" and kind in KINDS else kind


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing (an empty list holds nothing either)."""
    if is_list(value):
        return len(value) == 0
    return value is None or bool(pd.isna(value)) or value == ""


def value_words(value: Any, lang: Lang = "en") -> str:
    """A cell as people write it: 1,200; yes; AWS, SAP and 3 more.

    >>> value_words(0.25), value_words(1234567.0), value_words(["SAP", "AWS", "Jira", "Git"])
    ('0.25', '1,234,567', 'AWS, Git, Jira and 1 more')
    """
    if is_missing(value):
        return _UNKNOWN[lang]
    if is_list(value):
        return _list_words(sorted(map(str, value)), lang)
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return _YES_NO[lang][not value]
    if isinstance(value, int | float):
        return _plain_number(value)
    text = str(value)
    short = text if len(text) <= 40 else f"{text[:37].rstrip()}…"
    return f"“{short}”" if len(text) > _LONG else short


@lru_cache(maxsize=1_000)
def _feature(field: str) -> Feature:
    """What a name says, looked up once for the many rows of a column."""
    return parse_feature(field)


def _number(value: Any) -> float | None:
    """The value if it is a number; truth values, texts and missing cells are none."""
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return value


def _noun(feature: Feature) -> Noun | None:
    """What a feature counts, if it counts."""
    if feature.family in ("engagements", "signals"):
        kind, marked, words = feature.item.partition('["')
        plain = kind.replace("_", " ")
        one = f"{plain} {'event' if feature.family == 'engagements' else 'signal'}"
        noun = KINDS.get(kind, Noun(one, f"{one}s", kind, "次"))
        return _with_words(noun, json.loads(f"{marked}{words}")) if marked else noun
    return COUNTS.get(feature.family) or COUNTS.get(feature.name)


def _with_words(noun: Noun, words: list[str]) -> Noun:
    """Signals whose text holds one of some words (see `Criterion.source`)."""
    quoted = [f"“{word}”" for word in words]
    said = f" with {' or '.join(quoted)}"
    return Noun(noun.one + said, noun.many + said, f"{noun.zh}（含{'或'.join(quoted)}）", noun.unit)


def _count_words(noun: Noun, number: float, days: int, lang: Lang) -> str:
    """For example "3 website visits in the last 90 days", "近 90 天官网访问 3 次"."""
    if lang == "zh":
        said = f"无{noun.zh}" if number == 0 else f"{noun.zh} {_plain_number(number)} {noun.unit}"
    elif number == 0:
        said = f"no {noun.many}"
    else:
        said = f"{_plain_number(number)} {noun.one if number == 1 else noun.many}"
    return _within(said, days, lang)


def _within(words: str, days: int, lang: Lang) -> str:
    if not days:
        return words
    if lang == "en":
        return f"{words} in the last {days} days"
    return f"近 {days} 天{' ' if words[0].isascii() else ''}{words}"


def _since_words(field: str, number: float | None, lang: Lang) -> str:
    what, never = (pair[lang == "zh"] for pair in SINCE[field])
    if number is None:
        return never
    if lang == "zh":
        return f"距{what} {_plain_number(number)} 天"
    return f"{_plain_number(number)} {'day' if number == 1 else 'days'} since {what}"


def _intent_words(topic: str, number: float, lang: Lang) -> str:
    if number == 0:
        if lang == "zh":
            return f"无第三方意图信号（{topic}）" if topic else "无第三方意图信号"
        return f"no intent signal for {topic}" if topic else "no intent signal"
    name = field_words(f"intent:{topic}" if topic else "intent_max", lang)
    return f"{name} {number:.0f} 分" if lang == "zh" else f"{name} {number:.0f} of 100"


def _number_words(field: str, number: float, lang: Lang) -> str:
    """Fields whose numbers read in their own way; all others as name and number."""
    zh = lang == "zh"
    if field == "founded_year":
        return f"成立于 {number:.0f} 年" if zh else f"founded in {number:.0f}"
    if field == "account_age_days":
        shown = _plain_number(number)
        return f"建档 {shown} 天" if zh else f"in the CRM for {shown} days"
    if field == "engagement_trend":
        en, chinese = ("steady", "持平") if not number else ("rising", "上升")
        en, chinese = ("falling", "下降") if number < 0 else (en, chinese)
        return f"意向度{chinese}（{number:+.2f}）" if zh else f"engagement {en} ({number:+.2f})"
    shown = f"{number:.0f}" if field.endswith("_year") else _plain_number(number)
    if field in SHARES and 0 <= number <= 1:
        shown = f"{number:.0%}"
    return f"{field_words(field, lang)} {shown}"


def _plain_words(field: str, value: Any, lang: Lang) -> str:
    """Name and value: a text, a list, a date, yes or no, or nothing."""
    name, shown = field_words(field, lang), value_words(value, lang)
    if is_missing(value):
        return f"{name}{shown}" if lang == "zh" else f"{name} {shown}"
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return f"{name}：{shown}" if lang == "zh" else f"{name}: {shown}"
    return f"{name} {shown}"


def _money_words(number: float, lang: Lang, currency: str) -> str:
    """Money to three figures: "USD 73.9 million", "7,390 万美元"."""
    if lang == "zh":
        unit = CURRENCIES.get(currency, f" {currency}" if currency else "")
        size, word = (1e8, "亿") if abs(number) >= 1e8 else (1e4, "万")
        if abs(number) < 1e4:
            return f"{_plain_number(number)} {unit.lstrip()}".rstrip()
        return f"{_three_figures(number / size)} {word}{unit}"
    size, word = (1e9, " billion") if abs(number) >= 1e9 else (1e6, " million")
    if abs(number) < 1e6:
        return f"{currency} {_plain_number(number)}".lstrip()
    return f"{currency} {_three_figures(number / size)}{word}".lstrip()


def _three_figures(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def _plain_number(number: float) -> str:
    """Whole numbers in full, others to three figures."""
    return f"{number:,.0f}" if float(number).is_integer() else _three_figures(number)


def _list_words(items: list[str], lang: Lang) -> str:
    first = ("、" if lang == "zh" else ", ").join(items[:3])
    if len(items) <= 3:
        return first
    return f"{first} 等 {len(items)} 项" if lang == "zh" else f"{first} and {len(items) - 3} more"
