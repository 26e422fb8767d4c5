"""Words for what the data carries: codes, and sentences that other parts write in English."""

from __future__ import annotations

from collections.abc import Mapping

from abm_ml.reports.catalogue import Pair

CODES: Mapping[str, Mapping[str, Pair]] = {
    "motion": {
        "acquire": ("acquire: win new customers", "获取新客户"),
        "accelerate": ("accelerate: move open opportunities on", "加速在谈商机"),
        "expand": ("expand: grow customers", "拓展现有客户"),
        "all": ("all accounts", "全部企业"),
    },
    "excluded": {
        "suppressed": ("on the suppression list", "在禁用名单中"),
        "account_type": (
            "competitor, partner or another excluded type",
            "竞争对手、合作伙伴等排除类型",
        ),
        "hands_off": ("their owner keeps marketing away", "负责人要求不打扰"),
        "customer": ("already customers", "已是客户"),
        "open_opportunity": (
            "have an open opportunity: sales works on them",
            "有进行中的商机，销售正在跟进",
        ),
        "no_open_opportunity": ("have no open opportunity", "没有进行中的商机"),
        "not_customer": ("are not customers", "还不是客户"),
    },
    "stage": {
        "unaware": ("unaware", "未认知"),
        "aware": ("aware", "已认知"),
        "engaged": ("engaged", "已互动"),
        "MQA": ("MQA", "MQA"),
        "opportunity": ("opportunity", "商机"),
        "customer": ("customer", "客户"),
        "dormant": ("dormant", "沉睡"),
    },
    "change": {
        "new": ("new", "新进入"),
        "up": ("moved up a tier", "升层"),
        "down": ("moved down a tier", "降层"),
        "same": ("unchanged", "不变"),
        "out": ("dropped out", "退出"),
        "gone": ("no longer in the data", "已不在数据中"),
    },
    "part": {
        "firmographic": ("firmographic fit", "企业属性匹配度"),
        "technographic": ("technographic fit", "技术匹配度"),
        "intent": ("third-party intent", "第三方意图信号"),
        "engagement": ("engagement", "意向度（互动分）"),
        "account_score": ("account score", "规则评分"),
        "propensity": ("propensity", "转化概率"),
    },
    "predictor": {
        "model": ("our model", "本模型"),
        "base_rate": ("base rate", "平均成交率"),
        "logistic_regression": ("logistic regression", "逻辑回归"),
        "lightgbm": ("default LightGBM", "默认 LightGBM"),
        "rules": ("rules only", "仅规则"),
    },
    "measure": {
        "auc": ("AUC", "AUC"),
        "average_precision": ("average precision", "平均精确率"),
        "lift_1%": ("lift, top 1%", "提升度（前 1%）"),
        "lift_5%": ("lift, top 5%", "提升度（前 5%）"),
        "lift_10%": ("lift, top 10%", "提升度（前 10%）"),
        "lift_20%": ("lift, top 20%", "提升度（前 20%）"),
        "brier": ("Brier score", "Brier 分数"),
        "log_loss": ("log loss", "对数损失"),
        "ece": ("calibration error (ECE)", "校准误差（ECE）"),
    },
    "sort": {
        "duplicate": ("duplicate of a newer row", "与较新的行重复"),
        "link": ("leads to a row that does not exist", "指向不存在的记录"),
        "unreadable": ("a value makes no sense", "取值无法识别"),
        "missing": ("a required value is empty", "必填项为空"),
        "deleted": ("marked as deleted in the CRM", "在 CRM 中已标记删除"),
    },
    "table": {
        "accounts": ("accounts", "企业"),
        "contacts": ("contacts", "联系人"),
        "opportunities": ("opportunities", "商机"),
        "engagements": ("engagements", "互动"),
        "intent": ("intent", "第三方意图信号"),
        "networks": ("networks", "网络"),
        "campaigns": ("campaigns", "营销活动"),
        "suppressions": ("suppressions", "禁用名单"),
        "signals": ("signals", "企业动态"),
        "relations": ("relations", "企业关系"),
        "leads": ("leads", "线索"),
        "account_history": ("account history", "企业变更历史"),
        "stage_history": ("stage history", "商机阶段历史"),
        "contracts": ("contracts", "合同"),
        "investments": ("investments", "投资"),
        "feedback": ("feedback", "销售反馈"),
    },
}
"""Codes that the data carries, by what they say something of."""

NOTES: tuple[Pair, ...] = (
    # Warnings of a scoring run
    (
        r"the universe is empty: no account existed before as_of",
        "没有可评分的企业：截至日期之前不存在任何企业",
    ),
    (
        r"every account is excluded: motion (?P<motion>\w+) leaves none",
        "全部企业均被排除：用途 {motion} 之下没有剩余",
    ),
    (r"no account reached a tier", "没有企业进入任何分层"),
    (r"no model: the list is ordered by rules alone", "没有模型：列表仅按规则排序"),
    (
        r"the back-test found no signal: propensity is shown, but has no weight",
        "回测未发现有效信号：转化概率仅供参考，不参与排序",
    ),
    (
        r"no ICP criterion can be judged: the export has none of their columns",
        "无法判断任何理想客户特征：导出文件不含所需字段",
    ),
    (
        r"no part of the account score that has a weight is there: every account scores 0",
        "规则评分没有任何可用的组成部分：所有企业均为 0 分",
    ),
    # Warnings of prepare
    (r"(?P<table>\w+): the file has a header but no rows", "{table}：文件只有表头，没有数据行"),
    (
        r"(?P<table>\w+): (?P<n>\d+) were closed before they were created: .+",
        "{table}：{n} 行的关闭日期早于创建日期，已保留，但不用于训练",
    ),
    (
        r"(?P<table>\w+): (?P<n>\d+) are closed but have no closing date: .+",
        "{table}：{n} 行已关闭但没有关闭日期，已保留，但不用于训练",
    ),
    (r"(?P<table>\w+): (?P<n>\d+) belong to no known account", "{table}：{n} 行不属于任何已知企业"),
    (
        r"(?P<table>\w+): (?P<n>\d+) are in quarantine: whom they name is not suppressed",
        "{table}：{n} 行被隔离，其中所列对象未被屏蔽",
    ),
    (
        r"(?P<table>\w+): (?P<n>\d+) belong to no known account: .+",
        "{table}：{n} 行不属于任何已知企业，已保留，但不计入",
    ),
    (
        r"(?P<table>\w+): (?P<n>\d+) could be traced to no account: .+",
        "{table}：{n} 行无法归属到任何企业，已保留，但不计入",
    ),
    (
        r"networks: (?P<n>\d+) rows hold no IP address or CIDR range that can be read, .+",
        "networks：{n} 行没有可识别的 IP 地址或网段，已保留，但无法用于定位企业",
    ),
    # Grounds of a verdict
    (
        r"AUC (?P<auc>\S+) \(above (?P<low>\S+) with 99 % confidence\), log loss (?P<gain>\S+) "
        r"better than the base rate \(above (?P<least>\S+) with 99 % confidence\)",
        "AUC {auc}（99% 置信度下高于 {low}），对数损失比平均成交率改善 {gain}"
        "（99% 置信度下高于 {least}）",
    ),
    (
        r"too few rows of both classes to hold any back for testing",
        "两类样本太少，无法预留检验数据",
    ),
    # Leaks
    (r"its name says that it is known only after the fact", "从名称看，结果出来后才会知道"),
    (r"by itself it all but separates the classes", "仅凭该字段几乎就能区分赢单与输单"),
    (r"it is filled for one class and empty for the other", "一类有值，另一类为空"),
    (r"one of its values is found with one outcome only", "某个取值几乎只出现在一种结果中"),
    (r"'(?P<name>.+)' reads as (?P<what>.+)", "名称“{name}”含义：{what}"),
    (
        r"filled in (?P<won>\d+%) of won, (?P<lost>\d+%) of lost",
        "赢单中 {won} 有值，输单中 {lost} 有值",
    ),
    (
        r"(?P<inside>\d+) of (?P<rows>\d+) rows with one value have one outcome",
        "某个取值的 {rows} 行中有 {inside} 行为同一结果",
    ),
    (r"AUC (?P<auc>[\d.]+) by this column alone", "仅凭该字段 AUC 即达 {auc}"),
    # Columns held back
    (r"names the account, says nothing about it", "仅用于标识企业，不含信息"),
    (r"describes the record, not the company", "描述的是记录，而不是企业"),
    (
        r"no history: it may have been written after the outcome; .+",
        "没有历史记录，可能在结果之后写入；若确认没有，请列入 features.extra_columns，"
        "或提供 account_history",
    ),
    (r"has the name of a computed feature; rename the column", "与计算特征重名，请重命名该字段"),
    (
        r"account_history dates it for (?P<share>\d+%) of the accounts that have it",
        "account_history 只为其中 {share} 的企业记录了日期",
    ),
)
"""Sentences that other parts write in English, as patterns, with their Chinese."""

MEANINGS: Mapping[str, str] = {
    "closing": "商机关闭",
    "won or lost": "赢单或输单",
    "a forecast of the outcome": "对结果的预测",
    "time spent in stages": "各阶段停留时间",
    "the stage reached": "所到达的阶段",
    "how long the process took": "销售过程的时长",
    "the status reached": "所到达的状态",
    "the outcome": "结果",
    "a change that may come after the outcome": "结果之后可能发生的改变",
    "what follows a win": "赢单之后才有的信息",
}
"""What a column's name is said to tell, in Chinese."""
