"""Headers of the CSV files that people open, in their language.

In English they are our column names. The Chinese ones of ids, names, domains, places and e-mail
addresses are those that lists of companies and people are read by, so that a later command reads
either.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from abm_ml.exports.headings import HEADINGS

_CHINESE: Mapping[str, str] = MappingProxyType(
    {
        "account_id": "企业ID",
        "account_name": "企业名称",
        "contact_id": "联系人ID",
        "visitor_id": "访客ID",
        "first_name": "名",
        "last_name": "姓",
        "title": "职位",
        "email": "邮箱",
        "phone": "电话",
        "nearest_seed_name": "最相似客户名称",
        "kind": "种子类别",
        "in_crm": "是否在 CRM",
        "priority": "优先级",
        "persona": "人物画像",
        "function": "职能",
        "seniority": "职级",
        "role": "决策角色",
        "fills_missing_role": "补足缺少的角色",
        "engaged": "已互动",
        "network": "同一网络",
        "same_city": "同城",
        "source": "来源",
        "consent": "授权情况",
        "contacts": "联系人数",
        "coverage_before": "当前触达",
        "coverage_after": "加上名单后触达",
        "missing_personas": "缺少的人物画像",
        "unfilled_roles": "名单后仍缺少的角色",
        "single_threaded": "仅依赖一位联系人",
        "people": "名单联系人数",
        "visitors": "未知访客数",
        "line": "行号",
        "text": "原文",
        "outcome": "处理结果",
        "score": "匹配得分",
        "evidence": "匹配依据",
        "reason": "原因",
        "nearest": "最接近的企业",
    }
)
"""Columns of look-alikes, people, coverage and seed lists that a workbook calls otherwise."""


def with_headers(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """The table under headers in one language; columns that nobody named keep their names.

    Parameters
    ----------
    table : DataFrame
        A list under our column names.
    lang : {"en", "zh"}
        Language of the headers.

    Examples
    --------
    >>> list(with_headers(pd.DataFrame(columns=["account_id", "name", "seats"]), "zh"))
    ['企业ID', '企业名称', 'seats']
    """
    if lang != "zh":
        return table
    named = {name: heading.zh for name, heading in HEADINGS.items()}
    return table.rename(columns={**named, **_CHINESE})
