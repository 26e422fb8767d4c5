"""Words for the codes that the data carries."""

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
        "own_company": ("your own company", "本公司"),
        "hands_off": ("sales keeps marketing away", "销售要求不打扰"),
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
        "adopted": ("customer, adopted", "客户（已深入使用）"),
        "advocate": ("customer, advocate", "客户（口碑推荐）"),
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
        "similarity": ("similarity", "相似度"),
    },
    "predictor": {
        "model": ("our model", "本模型"),
        "base_rate": ("base rate", "平均成交率"),
        "logistic_regression": ("logistic regression", "逻辑回归"),
        "lightgbm": ("default LightGBM", "默认 LightGBM"),
        "rules": ("rules only", "仅规则"),
    },
    "order": {
        "rules": ("rules only", "仅规则"),
        "model": ("propensity only", "仅转化概率"),
        "similarity": ("similarity only", "仅相似度"),
        "fused": ("priority", "优先级得分"),
        "fused_with_similarity": ("priority, with an index", "优先级得分（含相似度）"),
    },
    "calibration": {
        "none": ("none", "未校准"),
        "platt": ("Platt scaling", "Platt 校准"),
        "isotonic": ("isotonic regression", "保序回归"),
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
        "overrides": ("decisions by hand", "人工指定"),
    },
    "seed_line": {
        "used": ("used", "已使用"),
        "repeated": ("named twice", "重复"),
        "suppressed": ("suppressed and not used", "在禁用名单中未使用"),
        "not_indexed": ("not in the index yet", "尚未进入索引"),
        "ambiguous": ("may mean several companies", "可能指多家企业"),
        "unmatched": ("match no company", "未匹配到企业"),
    },
    "left_out": {
        "own_group": (
            "your seeds and their group companies",
            "种子客户及其集团成员",
        ),
        "suppressed": ("on the suppression list", "在禁用名单中"),
        "account_type": (
            "competitors, partners or other excluded types",
            "竞争对手、合作伙伴等排除类型",
        ),
        "hands_off": ("left alone by their owner's wish", "负责人要求不打扰"),
        "customer": ("customers already", "已是客户"),
        "customer_group": ("in the group of a customer", "现有客户的集团成员"),
        "suppressed_group": (
            "in the group of a company on the suppression list",
            "禁用名单企业的集团成员",
        ),
        "open_opportunity": (
            "with an open opportunity: sales works on them",
            "有进行中的商机，销售正在跟进",
        ),
        "rejected": ("rejected by sales", "销售已拒绝"),
        "not_like": ("named as not wanted", "指定为不想要的类型"),
        "in_crm": ("in the CRM already", "已在 CRM 中"),
        "not_operating": ("no longer operating", "已停止经营"),
        "not_yet": ("not in the CRM yet at that date", "在该日期尚未进入 CRM"),
        "asked": ("on your own list to leave out", "在您提供的排除名单中"),
        "filtered": ("outside the conditions", "不符合筛选条件"),
    },
    "lookalike_warning": {
        "nothing_in_common": (
            "the seeds have nothing in common that the data shows: don't rely on this list",
            "从数据中看不出种子客户的共同点：请勿依赖此列表",
        ),
        "near_chance": (
            "held-out seeds were found no better than by chance: don't rely on this list",
            "隐藏的种子客户并未比随机更容易找回：请勿依赖此列表",
        ),
        "seeds_outside": (
            "hardly a seed meets the conditions: how good this list is cannot be measured",
            "几乎没有种子客户符合筛选条件：无法测算此列表的效果",
        ),
        "few_seeds": (
            "few seeds: the expectation is rough, more seeds make a better list",
            "种子客户较少：预期较粗略，提供更多种子客户可得到更好的列表",
        ),
        "unknown_seeds": (
            "some seeds are not in the index and were not used",
            "部分种子客户不在索引中，未被使用",
        ),
        "new_only": (
            "how good a list of new companies alone is cannot be measured: the seeds are in the "
            "CRM, and more is known of them",
            "仅含新企业的列表无法测算效果：种子客户在 CRM 中，其信息更多",
        ),
        "short_list": (
            "fewer companies may be found than were asked for",
            "可选企业少于所要求的数量",
        ),
    },
}
"""Codes that the data carries, by what they say something of."""

RECIPE: Mapping[str, str] = {
    "logistic regression": "逻辑回归",
    " leaves": " 个叶节点",
    " trees": " 棵树",
    "half-life": "半衰期",
    " of the history": " 倍历史长度",
    "random splits": "随机切分",
    "rates of levels": "各取值的赢单率",
    " days": " 天",
}
"""Terms in the words of a choice, in Chinese."""
