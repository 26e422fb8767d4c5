"""Names of columns that are known only after the fact: generic words, no data set's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from abm_ml.data.labels import normalise

_CLOSING = r"clos(e|ed|ing)|closure"
_STEP = r"(deal|sales|opportunity|pipeline|current|last)"
_LATER = r"(invoice\w*|book(ing|ed)|sign(ed|ature)|contract|paid|payment|go live|onboard\w*)"

_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "closing": (rf"\b({_CLOSING})\b",),
    "won or lost": (
        r"\b(is|hs|deal) (won|lost)\b",
        r"\b(won|win|lost|loss) (reason|date|at|to)\b",
        r"\b(reason|why) (won|lost)\b",
    ),
    "a forecast of the outcome": (
        r"\bprobabilit",
        r"\bforecast",
        r"\bwin (rate|chance|likelihood)\b",
        r"\b(expected|weighted) (revenue|amount|value)\b",
    ),
    "time spent in stages": (
        r"\bstage\b.*\b(chang|count|duration|days|age|histor|entered|date|time|number)",
        r"\b(days|time|elapsed|duration|changes?)\b.*\bstages?\b",
    ),
    "the stage reached": (rf"^({_STEP} )*stage( name)?$", r"\blife ?cycle\b"),
    "how long the process took": (
        r"\b(total|elapsed|number of|ratio) days\b",
        r"\bdays\b.*\b(through|identified|qualified|validated)\b",
        r"\bsales cycle\b",
        r"\bcycle (time|days|length)\b",
    ),
    "the status reached": (r"\b(lead|contact|customer|deal|opportunity) status\b",),
    "the outcome": (
        r"\b(outcome|result|disposition|converted|churn\w*)\b",
        r"\bconversion (date|time|at)\b",
    ),
    "a change that may come after the outcome": (
        r"\blast (modified|activity|contacted|touch|touched|updated|notable|called|emailed)\b",
        r"\b(modified|updated) (at|on|date|by)\b",
        r"\b(last|system) ?mod",
    ),
    "what follows a win": (
        rf"\b{_LATER}\b.*\b(date|at|on|value|amount|count|number)\b",
        rf"\b(date|value|amount)\b.*\b{_LATER}\b",
        r"\b(customer|client) since\b",
        r"\bbecame an? (customer|client)\b",
        r"\b(first|recent|last) (deal|purchase|order)\b",
        r"\b(customer|account) health\b|\bprovisioned\b|\brenewal\b",
    ),
    "赢单、输单或成交": (r"赢单|输单|丢单|失单|战败|成交|结单|签约|签单|关闭",),
    "对结果的预测": (r"概率|可能性|预测|胜率|预期(收入|金额)",),
    "销售过程": (
        r"停留(天数|时长)",
        r"阶段(变更|变化|次数|天数|时长|停留)",
        r"销售(阶段|周期)|商机阶段|^阶段$",
    ),
    "结果状态": (r"生命周期|(线索|客户|商机)状态|转化|结果",),
    "结果之后可能发生的改变": (
        r"最(近|后)(一次)?(跟进|修改|更新|联系|活动)",
        r"(修改|更新)时间",
    ),
    "赢单之后才有的信息": (r"合同(金额|日期|编号)|回款|开票|付款|续约",),
}


def told_by_name(name: str) -> str | None:
    """What a column's name says that it tells after the fact; None if it says nothing.

    >>> told_by_name("Days_In_Stage__c"), told_by_name("Industry")
    ('time spent in stages', None)
    >>> told_by_name("预计成交日期")
    '赢单、输单或成交'
    """
    words = normalise(name).replace("_", " ")
    for meaning, patterns in _PATTERNS.items():
        if any(re.search(pattern, words) for pattern in patterns):
            return meaning
    return None
