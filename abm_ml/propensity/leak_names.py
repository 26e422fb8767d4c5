"""Names of columns that are known only after the fact: generic words, no data set's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from abm_ml.data.labels import normalise

_CLOSING = r"clos(e|ed|ing)|closure"
_STEP = r"(deal|sales|opportunity|pipeline|current|last)"
_STAGE = (
    r"(identif\w+|qualif\w+|validat\w+|discover\w+|prospecting|propos\w+|quot(e|ed|ation)|"
    r"negotiat\w+|evaluat\w+|commit\w*|approv\w+|pipeline)"
)
_LATER = r"(invoice\w*|book(ing|ed)|sign(ed|ature)|paid|payment|go live|onboard\w*)"
_FIGURE = r"(acv|tcv|arr|mrr|revenue)"
_OWN = r"(our|first|total|annual|final|new|signed|deal|opportunity|account|customer)"

_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "closing": (
        rf"\b({_CLOSING})\b",
        r"\bclosed(won|lost)\b|\bclosedate\b",
        # A bare year is as often that of the accounts.
        r"^fiscal( (quarter|period))?$",
    ),
    "won or lost": (
        r"\b(is|has|hs|deal) (won|lost)\b",
        r"\b(won|win|lost|loss) (reason|date|at|to|notes?|comments?|details?)\b",
        r"\b(reason|why|date)( was)? (won|lost)\b",
        r"^(hs )?(is )?(won|lost)( .*)?$",
    ),
    "a forecast of the outcome": (
        r"\bprobabilit",
        r"\bforecast",
        r"\bwin (rate|chance|likelihood)\b",
        r"\blikelihood to\b",
        r"\b(expected|weighted|projected) (revenue|amount|value)\b",
    ),
    "time spent in stages": (
        r"\bstage\b.*\b(chang|count|duration|days|age|histor|entered|date|time|number)",
        r"\b(days|time|elapsed|duration|changes?)\b.*\bstages?\b",
        r"^hs (v2 )?(date (entered|exited)|(cumulative |latest )?time in)\b",
        r"\bpush count\b",
    ),
    "the stage reached": (rf"^({_STEP} )*stage( name)?$|^dealstage$", r"\blife ?cycle( ?stage)?\b"),
    "how long the process took": (
        r"\b(total|elapsed|number of) days\b",
        rf"\b(days|weeks|hours|time|duration)\b.*\b{_STAGE}\b",
        r"\b(days|weeks|months|time) to (win|won|decision(?! maker)|conver(t|sion)|sign\w*)\b",
        r"\b(sales cycle|next step)\b",
        r"\b(deal|opportunity) (age|duration|length)\b",
        r"\bcycle (time|days|length)\b",
    ),
    "the status reached": (r"\b(lead|contact|customer|deal|opportunity) status\b",),
    "the outcome": (
        r"\b(outcome|disposition|converted|churn\w*)\b",
        # Not the pages of results that a visitor looks at.
        r"\bresult\b(?! pages?\b)",
        r"\bconversion (date|time|at)\b",
    ),
    "a change that may come after the outcome": (
        r"\blast (modified|activity|contacted|touch|touched|updated|notable|called|emailed)\b",
        r"\b(modified|updated) (at|on|date|by)\b",
        r"\b(last|system) ?mod",
        r"\bnotes? (last|next) (contacted|updated|activity)\b|\bcontacted notes\b",
    ),
    "a judgement that is revised as the deal goes on": (
        r"\b(lead|deal|opportunity|prospect) (quality|score|grade|rating|profile|temperature)\b",
        r"\b(activity|engagement|profile|behaviou?r|hub ?spot|einstein|iq|predictive) ?"
        r"(score|index|grade|rating)\b",
        r"^((account|lead|contact) )?rating$",
    ),
    "what follows a win": (
        rf"\b{_LATER}\b.*\b(date|at|on|value|amount|count|number|id|signed)\b",
        rf"\b(date|value|amount)\b.*\b{_LATER}\b",
        rf"\b{_FIGURE} (booked|signed|invoiced)\b|\b(booked|signed|invoiced) {_FIGURE}\b",
        r"\bactual (revenue|amount|value)\b",
        # Our own contract: that of a lease or of a competitor is known before.
        rf"^({_OWN} )*contract\b.*\b(date|at|on|value|amount|count|number|id|signed)\b",
        r"^(date|value|amount) (of )?(the )?contract\b",
        r"\b(customer|client) since\b",
        r"\bbecame an? (customer|client)\b",
        r"\b(first|recent|last) (deal|purchase|order)\b",
        r"\b(customer|account) health\b|\bgo live\b|\bprovisioned\b|\brenewal\b(?! month)",
    ),
    "赢单、输单或成交": (
        r"赢单|输单|丢单|失单|败单|成单|战败|结单|签约|签单",
        # 以前的成交、关闭的车间、被搜索的结果页，都在结果之前就知道。
        r"^(?!.*(历史|以往|过往|往年|去年|上年)).*成交",
        r"(关闭|流失|丢失|赢得)(日期|时间|原因|状态|金额)|(是否|已|预计|商机)(关闭|流失)|^(关闭|流失)$",
        r"^(是否|已|最终|预计)?中标(日期|时间|金额|结果|状态|原因)?$",
    ),
    "对结果的预测": (r"概率|可能性|预测|胜率|赢率|成功率|预[期计](收入|金额)",),
    "销售过程": (
        r"停留(天数|时长|时间)|跟进(次数|天数|时长|时间)",
        r"阶段(变更|变化|次数|天数|时长|停留)",
        r"销售(阶段|周期|进度)|商机阶段|^(当前)?阶段$",
    ),
    "结果状态": (
        r"生命周期|(线索|客户|商机|跟进)状态|结果(?!页)",
        r"转化(日期|时间|天数|状态|周期)|(是否|已)转化|转化$",
    ),
    "结果之后可能发生的改变": (
        r"最(近|后)(一次)?(跟进|修改|更新|联系|活动)",
        r"(修改|更新)(时间|日期|人)",
    ),
    "随跟进而改写的评价": (r"(线索|商机)(评分|得分|评级|等级|质量|热度)|意向(等级|级别|程度)",),
    "赢单之后才有的信息": (
        r"合同(金额|日期|编号|号)|回款|开票|发票|付款|到账|续约|首单|(上线|下单)(时间|日期)",
    ),
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
