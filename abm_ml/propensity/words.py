"""Columns, features and values in words that people read, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, TypeAlias

import pandas as pd

from abm_ml.features.names import ATTRIBUTE, parse_feature
from abm_ml.propensity.columns import is_list

Lang: TypeAlias = Literal["en", "zh"]

BASE = "(base)"
CALIBRATION = "(calibration)"
OPPORTUNITY = "opportunity:"
"""Prefix of the columns of the opportunity itself."""

_COUNTED: Mapping[str, tuple[str, str]] = {
    "employees": ("employees", "员工"),
    "insured_count": ("insured employees", "社保人数"),
    "hiring_count": ("open positions", "在招职位"),
    "past_won": ("won opportunities before", "历史赢单商机"),
    "past_lost": ("lost opportunities before", "历史输单商机"),
    "open_opportunities": ("open opportunities", "进行中的商机"),
    "known_contacts": ("known contacts", "已知联系人"),
    "engagement_points": ("engagement points", "意向度得分"),
    "days_since_engagement": ("days since the last engagement", "距最近一次互动天数"),
    "days_since_won": ("days since the last won opportunity", "距最近一次赢单天数"),
    "days_since_lost": ("days since the last lost opportunity", "距最近一次输单天数"),
    "account_age_days": ("days in the CRM", "建档天数"),
}
"""Numbers that read as "1,200 employees"."""

_NAMED: Mapping[str, tuple[str, str]] = {
    "engagement_trend": ("engagement trend", "意向度趋势"),
    "intent_max": ("strongest intent", "最高第三方意图信号"),
    "country": ("country", "国家"),
    "region": ("region", "地区"),
    "state": ("state", "省份"),
    "city": ("city", "城市"),
    "industry": ("industry", "行业"),
    "sub_industry": ("sub-industry", "细分行业"),
    "revenue": ("revenue", "营业收入"),
    "founded_year": ("founded", "成立年份"),
    "funding_stage": ("funding stage", "融资轮次"),
    "funding_total": ("funding in total", "融资总额"),
    "ownership": ("ownership", "企业性质"),
    "registered_capital": ("registered capital", "注册资本"),
    "description": ("description", "经营范围"),
    "keywords": ("keywords", "关键词"),
    "technologies": ("technologies", "使用技术"),
    "status": ("status", "经营状态"),
    "account_type": ("account type", "客户类型"),
    "product": ("product", "产品"),
    "type": ("type", "类型"),
    "source": ("source", "来源"),
}

_KINDS: Mapping[str, tuple[str, str]] = {
    "all": ("engagements", "互动"),
    "website_visit": ("website visits", "官网访问"),
    "content_download": ("content downloads", "内容下载"),
    "whitepaper_download": ("whitepaper downloads", "白皮书下载"),
    "event_registration": ("event registrations", "活动报名"),
    "live_event": ("live events watched", "观看直播"),
    "webinar": ("webinars", "线上研讨会"),
    "demo_request": ("demo requests", "演示申请"),
    "meeting": ("meetings", "会议"),
    "ad_view": ("ad views", "广告浏览"),
    "website": ("website changes", "官网变动"),
    "app": ("apps", "应用"),
    "email_open": ("e-mails opened", "邮件打开"),
    "email_click": ("e-mail clicks", "邮件点击"),
    "form_submit": ("forms submitted", "表单提交"),
    "job_posting": ("job postings", "招聘岗位"),
    "sem_ad": ("search ads", "SEM 投放"),
    "patent": ("patents", "专利"),
    "trademark": ("trademarks", "商标"),
    "software_copyright": ("software copyrights", "软件著作权"),
    "funding_round": ("funding rounds", "融资事件"),
    "news": ("news", "新闻"),
    "event": ("events", "活动"),
    "bid": ("bids", "招投标"),
    "legal_risk": ("legal risks", "司法风险"),
    "administrative_risk": ("administrative risks", "行政风险"),
    "registry_change": ("registry changes", "工商变更"),
}

_VERDICTS: Mapping[Lang, tuple[str, str, str]] = {
    "en": (": raises it", ": lowers it", ": makes no difference"),
    "zh": ("：加分", "：减分", "：无影响"),
}
_YES_NO: Mapping[Lang, tuple[str, str]] = {"en": ("yes", "no"), "zh": ("是", "否")}
_UNKNOWN: Mapping[Lang, str] = {"en": "unknown", "zh": "未知"}


def reason_words(field: str, value: Any, contribution: float, lang: Lang) -> str:
    """One reason as a plain sentence.

    Examples
    --------
    >>> reason_words("employees", 1200, 0.4, "en"), reason_words("employees", 1200, 0.4, "zh")
    ('1,200 employees: raises it', '员工 1,200：加分')
    >>> reason_words("engagements:website_visit:90d", 3, -0.1, "en")
    '3 website visits in the last 90 days: lowers it'
    >>> reason_words("industry", None, -0.1, "zh")
    '行业 未知：减分'
    """
    up, down, none = _VERDICTS[lang]
    # Less than a thousandth of the log-odds is nothing that anybody could act on.
    verdict = none if abs(contribution) < 1e-3 else up if contribution > 0 else down
    if field == BASE:
        return {"en": "where every account starts", "zh": "所有客户的起点"}[lang]
    if field == CALIBRATION:
        return {"en": "calibration on later outcomes", "zh": "按后续实际结果校准"}[lang] + verdict
    return fact_words(field, value, lang) + verdict


def fact_words(field: str, value: Any, lang: Lang) -> str:
    """A field and its value: "1,200 employees", "industry Software"."""
    name, counted = _field_words(field, lang)
    shown = value_words(value, lang)
    if field.endswith("_year"):
        shown = shown.replace(",", "")
    if lang == "en" and counted and not is_missing(value):
        return f"{shown} {name}"
    return f"{name} {shown}"


def field_words(field: str, lang: Lang) -> str:
    """A column or feature name in words.

    >>> field_words("engaged_contacts:30d", "zh"), field_words("intent:crm", "en")
    ('近 30 天互动联系人', 'intent for crm')
    """
    return _field_words(field, lang)[0]


def _field_words(field: str, lang: Lang) -> tuple[str, bool]:
    """Words for a field, and whether a number reads well before them."""
    if field.startswith(OPPORTUNITY):
        name = _field_words(field.removeprefix(OPPORTUNITY), lang)[0]
        return {"en": f"the opportunity's {name}", "zh": f"商机{name}"}[lang], False
    feature = parse_feature(field)
    zh = lang == "zh"
    if feature.family in ("engagements", "signals"):
        kind = _KINDS.get(feature.item, (feature.item.replace("_", " "), feature.item))[zh]
        return _within(kind, feature.days, lang), True
    if feature.family in ("engaged_contacts", "engaged_people"):
        who = {"engaged_contacts": ("engaged contacts", "互动联系人")}.get(
            feature.family, ("engaged people", "互动人数")
        )
        return _within(who[zh], feature.days, lang), True
    if feature.family == "intent":
        return (f"第三方意图信号（{feature.item}）" if zh else f"intent for {feature.item}"), False
    if field in _COUNTED:
        return _COUNTED[field][zh], True
    plain = (field.replace("_", " "), field) if feature.family == ATTRIBUTE else (field, field)
    return _NAMED.get(field, plain)[zh], False


def _within(words: str, days: int, lang: Lang) -> str:
    return f"近 {days} 天{words}" if lang == "zh" else f"{words} in the last {days} days"


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing (an empty list holds nothing either)."""
    if is_list(value):
        return len(value) == 0
    return value is None or bool(pd.isna(value)) or value == ""


def value_words(value: Any, lang: Lang = "en") -> str:
    """A cell as people write it: 1,200; yes; AWS, SAP (+3).

    >>> value_words(0.25), value_words(1234567.0), value_words(["SAP", "AWS", "Jira", "Git"])
    ('0.25', '1,234,567', 'AWS, Git, Jira (+1)')
    """
    if is_missing(value):
        return _UNKNOWN[lang]
    if is_list(value):
        items = sorted(map(str, value))
        rest = f" (+{len(items) - 3})" if len(items) > 3 else ""
        return ("、" if lang == "zh" else ", ").join(items[:3]) + rest
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d}"
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return _YES_NO[lang][not value]
    if isinstance(value, int | float):
        return f"{value:,.0f}" if value == round(value) else f"{value:,.3g}"
    text = str(value)
    return f"{text[:37]}…" if len(text) > 40 else text
