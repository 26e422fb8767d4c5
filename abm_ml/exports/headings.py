"""What the columns of a list are called in a workbook, how wide they are and how they read."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Heading(NamedTuple):
    """One column of a workbook.

    Parameters
    ----------
    en, zh : str
        Its name.
    width : int
        In characters.
    number_format : str
        Excel's code; empty for text.
    """

    en: str
    zh: str
    width: int = 12
    number_format: str = ""


_ONE, _WHOLE, _SHARE, _DAY = "0.0", "#,##0", "0.0%", "yyyy-mm-dd"

HEADINGS: Mapping[str, Heading] = MappingProxyType(
    {
        "rank": Heading("Rank", "名次", 7, "0"),
        "name": Heading("Name", "企业名称", 32),
        "tier": Heading("Tier", "客户分层", 9, "0"),
        "previous_tier": Heading("Previous tier", "原分层", 9, "0"),
        "change": Heading("Change", "变化", 9),
        "cluster": Heading("Cluster", "客户群组", 20),
        "abm_type": Heading("ABM type", "ABM 类型", 14),
        "priority": Heading("Priority", "优先级得分", 11, _ONE),
        "account_score": Heading("Account score", "规则评分", 11, _ONE),
        "propensity": Heading("Propensity", "转化概率", 11, _SHARE),
        "propensity_target": Heading("Propensity of", "概率目标", 12),
        "propensity_low": Heading("Propensity from", "转化概率下限", 11, _SHARE),
        "propensity_high": Heading("Propensity to", "转化概率上限", 11, _SHARE),
        "applicability": Heading("Applicability", "适用度", 11, "0.00"),
        "expected_value": Heading("Expected value", "预期金额", 14, _WHOLE),
        "grade": Heading("Grade", "等级", 8),
        "fit": Heading("Fit", "匹配度", 8, _ONE),
        "firmographic": Heading("Firmographic fit", "企业属性匹配度", 11, _ONE),
        "technographic": Heading("Technographic fit", "技术匹配度", 11, _ONE),
        "intent": Heading("Intent", "第三方意图信号", 9, _ONE),
        "engagement": Heading("Engagement", "意向度", 11, _ONE),
        "engagement_points": Heading("Engagement points", "意向度得分", 11, _ONE),
        "engaged_contacts": Heading("Engaged contacts", "互动联系人数", 10, "0"),
        "similarity": Heading("Similarity", "相似度", 10, _ONE),
        "nearest_seed": Heading("Most like", "最相似客户", 16),
        "mqa": Heading("MQA", "市场合格客户", 8),
        "mqa_gap": Heading("Missing for MQA", "距 MQA 差距", 30),
        "mqa_at": Heading("MQA since", "成为 MQA 日期", 12, _DAY),
        "stage": Heading("Stage", "阶段", 12),
        "play": Heading("Play", "营销策略", 18),
        "known_coverage": Heading("Known coverage", "已知触达", 10, _SHARE),
        "engaged_coverage": Heading("Engaged coverage", "互动触达", 10, _SHARE),
        "missing_roles": Heading("Missing roles", "缺少的角色", 26),
        "recommended_contacts": Heading("Recommended contacts", "推荐联系人", 34),
        "last_engaged_at": Heading("Last engaged", "最近互动", 12, _DAY),
        "next_step": Heading("Next step", "下一步", 40),
        "reasons": Heading("Reasons", "理由", 60),
        "domain": Heading("Domain", "域名", 22),
        "industry": Heading("Industry", "行业", 18),
        "employees": Heading("Employees", "员工人数", 11, _WHOLE),
        "country": Heading("Country", "国家", 14),
        "region": Heading("Region", "地区", 14),
        "state": Heading("State", "省份", 14),
        "city": Heading("City", "城市", 14),
        "credit_code": Heading("Credit code", "统一社会信用代码", 20),
        "owner_id": Heading("Owner", "负责人", 20),
        "model_version": Heading("Model version", "模型版本", 10),
        "index_version": Heading("Index version", "索引版本", 10),
    }
)
"""Columns in their order; one that is not here comes behind them under its own name."""

LEFT_OUT = frozenset(
    {"holdout", "as_of", "run_id", "postal_code", "ticker", "linkedin_url", "model_version",
     "index_version", "propensity_target", "previous_tier"}
)  # fmt: skip
"""Columns that help nobody at a meeting."""


def heading_of(column: str) -> Heading:
    """The heading of a column, known or not.

    >>> heading_of("lead_stage").en
    'Lead stage'
    """
    spoken = column.replace("_", " ").capitalize()
    return HEADINGS.get(column, Heading(spoken, spoken, 16))
