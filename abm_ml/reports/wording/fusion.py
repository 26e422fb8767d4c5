"""How rules, propensity and similarity are fused, and what that was worth."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "fused.title": ("What makes up priority", "优先级得分由什么组成"),
    "fused.note": (
        "Priority puts the list in order. It is a weighted mean of parts from 0 to 100, not a "
        "probability; propensity and expected value stand beside it.",
        "优先级得分决定列表的排序。它是各部分（0–100）的加权平均，不是概率；转化概率与期望价值另列。",
    ),
    "fused.why.learned": (
        "The weights were learned from {rows} earlier looks at accounts that were no customers "
        "and had no open opportunity; {won} of these accounts were won afterwards. They are the "
        "mean of all possible weights, each counting by how well it would have placed the later "
        "wins and how near it is to params.yaml: the more wins, the less params.yaml counts. A "
        "part that by itself ranked them no better than chance has none; the rules lose theirs "
        "only if they surely ranked them worse than chance.",
        "权重由 {rows} 条历史样本学得（当时既非客户也无进行中商机的企业，其中 {won} 家之后成交）："
        "取所有可能权重的平均，对后续成交的排序越好、越接近 params.yaml 设置者，所占比重越大；"
        "成交越多，params.yaml 的影响越小。单独排序不优于随机的部分不计权重；"
        "规则仅在排序确定劣于随机时才不计权重。",
    ),
    "fused.why.few_won": (
        "The weights are those of params.yaml: only {won} accounts that were no customers and had "
        "no open opportunity were won afterwards, too few to learn from.",
        "权重取自 params.yaml：当时既非客户也无进行中商机、之后成交的企业只有 {won} 家，"
        "不足以学习。",
    ),
    "fused.why.no_signal": (
        "The rules alone make up priority: the test found no signal in the model, and similarity "
        "was learned from the same history.",
        "优先级得分完全由规则决定：检验未发现模型有有效信号，相似度也来自同样的历史数据。",
    ),
    "fused.part": ("Part", "组成部分"),
    "fused.weight": ("Weight", "权重"),
    "fused.weight.params": ("In params.yaml", "params.yaml 设置"),
    "fused.weight.index": ("Weight where there is an index", "有相似客户索引时的权重"),
    "fused.order": ("Order of the list", "列表排序依据"),
    "fused.lift.1%": ("Lift, top 1%", "提升度（前 1%）"),
    "fused.lift.5%": ("Lift, top 5%", "提升度（前 5%）"),
    "fused.lift.10%": ("Lift, top 10%", "提升度（前 10%）"),
    "fused.tested": (
        "On {rows} later rows that played no part in model or weights ({won} won, {windows} "
        "windows, weights learned anew before each). Lift is the rate of wins in the top of the "
        "list by the rate of wins overall; ranges are 95 % intervals (bootstrap over accounts).",
        "基于 {rows} 条未参与模型与权重的后续样本（赢单 {won} 条，{windows} 个时间窗，"
        "每个时间窗之前重新学习权重）。提升度 = 列表前列成交率 ÷ 总体成交率；"
        "范围为 95% 区间（按企业自助抽样）。",
    ),
    "fused.adds": ("What each part adds", "各部分的贡献"),
    "fused.adds.note": (
        "Lift in the top 5 % with all parts less lift without the one, in the same draws: above 0 "
        "it helps, a range across 0 leaves it open. Engagement is in both rules and model, so "
        "its line shows what it adds in the rules beside a model that knows it.",
        "前 5% 的提升度：包含全部组成部分时减去去掉该部分时（同样的抽样）。大于 0 表示有帮助，"
        "区间跨 0 则尚无定论。意向度（互动分）同时在规则与模型之中，"
        "其一行表示在模型已知的情况下，规则中的意向度还能带来多少。",
    ),
    "fused.adds.gain": ("Lift it adds, top 5%", "前 5% 提升度的增量"),
    "fused.untested": (
        "No later row was won, so nothing can be told of the order.",
        "后续样本中没有成交，无法评判排序。",
    ),
}  # fmt: skip
