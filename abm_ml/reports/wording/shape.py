"""The shape of the list."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # The shape of the list
    "shape.title": ("The shape of the list", "列表构成"),
    "shape.tiers": ("Accounts by tier", "各层企业数"),
    "shape.tiers.note": (
        "Tier 1 gets 1:1 treatment, tier 2 campaigns for a few, tier 3 programmes for many. "
        "Accounts without a tier are scored but not on the list.",
        "第 1 层一对一经营，第 2 层小群组营销，第 3 层规模化触达。"
        "无分层的企业已评分，但不在列表中。",
    ),
    "shape.priority": ("Priority of the listed accounts", "列表企业的优先级得分"),
    "shape.priority.axis": ("Priority", "优先级得分"),
    "shape.priority.note": (
        "How many accounts of the list have which priority.",
        "列表中各优先级得分区间的企业数。",
    ),
    "shape.grades": ("Grades of fit", "匹配度等级"),
    "shape.grades.note": (
        "How well the listed accounts match the ideal customer profile (ICP), A+ being best.",
        "列表企业与理想客户特征（ICP）的匹配程度，A+ 为最佳。",
    ),
    "shape.stages": ("Where the scored accounts stand", "已评分企业所处阶段"),
    "shape.stages.note": (
        "From never heard of us to customer; dormant ones moved once and stopped.",
        "从尚未认知到成为客户；沉睡客户曾有互动而后停止。",
    ),
    "shape.tier_1": ("Tier 1", "第 1 层"),
    "shape.tier_2": ("Tier 2", "第 2 层"),
    "shape.tier_3": ("Tier 3", "第 3 层"),
    "shape.no_tier": ("No tier", "无分层"),
    "shape.excluded": ("Left out, by reason", "排除原因"),
    "shape.excluded.none": ("No account was left out.", "没有企业被排除。"),
    "shape.reason": ("Reason", "原因"),
    "shape.count": ("Accounts", "企业数"),
    "shape.total": ("Total", "合计"),
    "shape.weights": ("How the scores are made up", "得分构成"),
    "shape.part": ("Part", "组成部分"),
    "shape.weight_account": ("Weight in the account score", "在规则评分中的权重"),
    "shape.weight_priority": ("Weight in the priority", "在优先级得分中的权重"),
    "shape.absent": ("no source in this run", "本次无数据来源"),
}  # fmt: skip
