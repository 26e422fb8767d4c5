"""Words of what to do with the list: plays, handovers, groups, people, and what changed."""

from __future__ import annotations

TEXTS = {
    "plays.title": ("What to do next", "下一步做什么"),
    "plays.contents": ("What to do next", "下一步做什么"),
    "plays.handover": (
        "{sales} accounts go to sales now; {nurture} are nurtured on.",
        "{sales} 家企业现在转交销售；{nurture} 家继续培育。",
    ),
    "plays.one_thread": (
        "At {n} accounts nearly everything hangs on one contact: win a second one there.",
        "有 {n} 家企业几乎全部互动依赖同一位联系人：请再发展一位联系人。",
    ),
    "plays.by_play": ("Recommended plays", "推荐的营销策略"),
    "plays.play": ("Play", "营销策略"),
    "plays.count": ("Accounts", "企业数"),
    "plays.clusters": (
        "Groups inside tier 2, by what they share",
        "第 2 层内的客户群组（按共同特征）",
    ),
    "plays.cluster": ("Group", "群组"),
    "plays.leads": ("People at these accounts, by lead stage", "这些企业的联系人（按线索阶段）"),
    "plays.stage": ("Lead stage", "线索阶段"),
    "plays.people": ("People", "人数"),
    "plays.idle": (
        "Left out of engagement points: {n} events of bots and own staff.",
        "{n} 次机器人及本公司员工的行为未计入互动分。",
    ),
    "plays.unscored": ("Kinds of events that give no points", "不计分的行为类型"),
    "plays.kind": ("Kind", "行为类型"),
    "plays.events": ("Events", "次数"),
    "changes.title": ("What changed since the last list", "与上期名单相比的变化"),
    "changes.contents": ("What changed", "变化"),
    "changes.none": ("Nobody changed tier.", "没有企业变动分层。"),
    "changes.shown": (
        "{shown} of {n} changes; all are in changes.csv.",
        "共 {n} 项变化，此处列出 {shown} 项；全部见 changes.csv。",
    ),
    "changes.account": ("Account", "客户"),
    "changes.change": ("Change", "变化"),
    "changes.from": ("From tier", "原分层"),
    "changes.to": ("To tier", "新分层"),
    "changes.why": ("Why", "原因"),
}
