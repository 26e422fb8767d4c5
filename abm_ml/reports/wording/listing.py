"""The run in short, and the list."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # Headline
    "headline.title": ("In short", "要点"),
    "tile.scored": ("accounts scored", "家企业已评分"),
    "tile.tal": ("on the target account list", "家进入目标客户列表"),
    "tile.tier_1": ("in tier 1 (1:1)", "家在第 1 层（一对一）"),
    "tile.tier_2": ("in tier 2 (1:few)", "家在第 2 层（一对少）"),
    "tile.tier_3": ("in tier 3 (1:many)", "家在第 3 层（一对多）"),
    "tile.mqa": ("MQAs, ready for sales", "家市场合格客户（MQA），可交销售跟进"),
    "headline.universe": (
        "{universe} accounts were looked at: {scored} were scored and {excluded} were left out. "
        "{tal} of the scored ones are on the target account list (TAL).",
        "共考察 {universe} 家企业：{scored} 家已评分，{excluded} 家被排除。"
        "已评分企业中有 {tal} 家进入目标客户列表（TAL）。",
    ),
    "headline.holdout": (
        "{n} accounts are in the hold-out: leave them alone, so that the list's effect can be "
        "measured.",
        "{n} 家企业属于对照组：请勿触达，以便衡量本列表的效果。",
    ),
    "headline.changes": ("Since the previous list: {changes}.", "与上一期列表相比：{changes}。"),
    "headline.change": ("{n} {what}", "{n} 家{what}"),
    "headline.warnings": ("Please look at this", "请留意"),
    # The list
    "list.title": ("Top of the list", "列表前列"),
    "list.note": (
        "The first {shown} of {n} accounts by priority. Priority is a score from 0 to 100 that "
        "ranks the list; it is not a probability. Tiers are cut on the account score alone.",
        "按优先级得分列出 {n} 家中的前 {shown} 家。优先级得分（0–100）用于排序，不是概率。"
        "客户分层仅依据规则评分划定。",
    ),
    "list.propensity": (
        "{target}. The range beside it is an 80 % interval for the mean rate of accounts with "
        "similar scores; it promises nothing about one account.",
        "{target}。旁边的区间是得分相近企业的平均成交率的 80% 区间，并不是对单个企业的承诺。",
    ),
    "list.empty": (
        "No account reached a tier, so the list is empty. Lower the thresholds in params.yaml or "
        "look at the exclusions below.",
        "没有企业进入任何分层，列表为空。可在 params.yaml 中降低门槛，或查看下方的排除原因。",
    ),
    "list.rank": ("#", "#"),
    "list.account": ("Account", "企业"),
    "list.tier": ("Tier", "客户分层"),
    "list.priority": ("Priority", "优先级得分"),
    "list.account_score": ("Account score", "规则评分"),
    "list.propensity_column": ("Propensity", "转化概率"),
    "list.win_column": ("Propensity", "赢单概率"),
    "list.engagement": ("Engagement", "意向度（互动分）"),
    "list.contacts": ("contacts: {n}", "联系人：{n}"),
    "list.reasons": ("Why it is on the list", "入选理由"),
    "list.propensity_reasons": ("What moves the propensity", "影响转化概率的因素"),
    "list.next_step": ("Next step", "下一步"),
    "list.mqa": ("MQA", "MQA"),
    "target.days": ("{n} days", "未来 {n} 天"),
    "target.horizon": ("the horizon that it was trained for", "训练所设的期限"),
    "target.conversion": (
        "Propensity here is the chance of a won opportunity within {days}",
        "此处的转化概率指{days}内赢得商机的概率",
    ),
    "target.conversion.short": ("Conversion within {days}", "{days}内的转化概率"),
    "target.win": (
        "Propensity here is the chance of winning an opportunity once there is one",
        "此处为赢单概率，即已有商机时赢单的概率",
    ),
    "target.win.short": ("Win, given an opportunity", "赢单概率（已有商机时）"),
}  # fmt: skip
