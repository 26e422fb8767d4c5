"""What fields are called, in English and Chinese, and how their values read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Noun(NamedTuple):
    """Something counted: one and many in English; in Chinese with its measure word."""

    one: str
    many: str
    zh: str
    unit: str


COUNTS: Mapping[str, Noun] = {
    "employees": Noun("employee", "employees", "员工", "人"),
    "insured_count": Noun("insured employee", "insured employees", "社保参保员工", "人"),
    "hiring_count": Noun("open position", "open positions", "在招职位", "个"),
    "past_won": Noun("opportunity won before", "opportunities won before", "历史赢单商机", "个"),
    "past_lost": Noun("opportunity lost before", "opportunities lost before", "历史输单商机", "个"),
    "open_opportunities": Noun("open opportunity", "open opportunities", "进行中的商机", "个"),
    "known_contacts": Noun("known contact", "known contacts", "已知联系人", "位"),
    "engagement_points": Noun("engagement point", "engagement points", "意向度得分", "分"),
    "engaged_contacts": Noun("engaged contact", "engaged contacts", "互动联系人", "位"),
    "engaged_people": Noun("engaged person", "engaged people", "互动人员", "位"),
}

KINDS: Mapping[str, Noun] = {
    "all": Noun("engagement", "engagements", "互动", "次"),
    "website_visit": Noun("website visit", "website visits", "官网访问", "次"),
    "content_download": Noun("content download", "content downloads", "内容下载", "次"),
    "whitepaper_download": Noun(
        "white paper download", "white paper downloads", "白皮书下载", "次"
    ),
    "event_registration": Noun("event registration", "event registrations", "活动报名", "次"),
    "live_event": Noun("live event watched", "live events watched", "直播观看", "次"),
    "webinar": Noun("webinar", "webinars", "线上研讨会", "次"),
    "demo_request": Noun("demo request", "demo requests", "演示申请", "次"),
    "meeting": Noun("meeting", "meetings", "会议", "次"),
    "opportunity": Noun("opportunity", "opportunities", "商机创建", "次"),
    "ad_view": Noun("ad view", "ad views", "广告浏览", "次"),
    "email_open": Noun("opened e-mail", "opened e-mails", "邮件打开", "次"),
    "email_click": Noun("e-mail click", "e-mail clicks", "邮件点击", "次"),
    "form_submit": Noun("submitted form", "submitted forms", "表单提交", "次"),
    "website": Noun("website change", "website changes", "官网变动", "次"),
    "app": Noun("app", "apps", "应用", "个"),
    "shop": Noun("online shop", "online shops", "网店", "个"),
    "official_account": Noun("official account", "official accounts", "公众号", "个"),
    "job_posting": Noun("job posting", "job postings", "招聘岗位", "个"),
    "sem_ad": Noun("search ad", "search ads", "SEM 投放", "次"),
    "patent": Noun("patent", "patents", "专利", "件"),
    "trademark": Noun("trademark", "trademarks", "商标", "件"),
    "software_copyright": Noun("software copyright", "software copyrights", "软件著作权", "件"),
    "funding_round": Noun("funding round", "funding rounds", "融资", "轮"),
    "news": Noun("news item", "news items", "新闻", "条"),
    "event": Noun("event", "events", "活动", "次"),
    "bid": Noun("bid", "bids", "招投标", "次"),
    "legal_risk": Noun("legal risk", "legal risks", "司法风险", "条"),
    "administrative_risk": Noun("administrative risk", "administrative risks", "行政风险", "条"),
    "registry_change": Noun("registry change", "registry changes", "工商变更", "次"),
    "shareholder": Noun("shareholder change", "shareholder changes", "股东变更", "次"),
}
"""Kinds of engagements and signals."""

SINCE: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "days_since_engagement": (
        ("the last engagement", "最近一次互动"),
        ("no recent engagement", "近期无互动"),
    ),
    "days_since_won": (
        ("the last won opportunity", "最近一次赢单"),
        ("no opportunity won so far", "尚无赢单商机"),
    ),
    "days_since_lost": (
        ("the last lost opportunity", "最近一次输单"),
        ("no opportunity lost so far", "尚无输单商机"),
    ),
}
"""Days since something: what, and what a missing value means."""

MONEY: Mapping[str, tuple[str, str]] = {
    "revenue": ("revenue", "营业收入"),
    "funding_total": ("funding in total", "融资总额"),
    "registered_capital": ("registered capital", "注册资本"),
    "average_salary": ("average salary", "平均薪资"),
    "amount": ("amount", "金额"),
}

SHARES: Mapping[str, tuple[str, str]] = {
    "bachelor_share": ("share of staff with a degree", "本科及以上员工占比"),
    "tech_share": ("share of technical staff", "技术人员占比"),
    "sales_share": ("share of sales staff", "销售人员占比"),
    "operations_share": ("share of operations staff", "运营人员占比"),
}

NAMES: Mapping[str, tuple[str, str]] = {
    "country": ("country", "国家"),
    "region": ("region", "地区"),
    "state": ("state", "省份"),
    "city": ("city", "城市"),
    "postal_code": ("postal code", "邮政编码"),
    "industry": ("industry", "行业"),
    "sub_industry": ("sub-industry", "细分行业"),
    "funding_stage": ("funding stage", "融资轮次"),
    "ownership": ("ownership", "企业性质"),
    "description": ("description", "经营范围"),
    "keywords": ("keywords", "关键词"),
    "technologies": ("technologies", "使用技术"),
    "status": ("status", "经营状态"),
    "account_type": ("account type", "客户类型"),
    "product": ("product", "产品"),
    "type": ("type", "类型"),
    "source": ("source", "来源"),
    "created_at": ("created", "创建时间"),
    "founded_year": ("founding year", "成立年份"),
    "account_age_days": ("days in the CRM", "建档天数"),
    "engagement_trend": ("engagement trend", "意向度趋势"),
    "intent_max": ("strongest intent signal", "最强第三方意图信号"),
}

CURRENCIES: Mapping[str, str] = {
    "USD": "美元", "EUR": "欧元", "GBP": "英镑", "CNY": "元", "HKD": "港元", "JPY": "日元",
}  # fmt: skip
