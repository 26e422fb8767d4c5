"""The page of a list of look-alikes."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "page.lookalike": ("Companies like your seeds", "相似客户列表"),
    "fact.seeds": ("Seeds", "种子客户"),
    "fact.index_version": ("Index", "索引版本"),
    "fact.where": ("Only", "筛选条件"),
    # In short
    "tile.listed": ("companies on the list", "家企业入选"),
    "tile.listed_new": ("of them new to your CRM", "家不在 CRM 中（新企业）"),
    "tile.listed_in_crm": ("of them in your CRM already", "家已在 CRM 中"),
    "tile.seeds": ("seeds learned from", "家种子客户用于学习"),
    "tile.searched": ("companies could have been found", "家企业参与筛选"),
    "headline.expected": (
        "The first {k} are expected to hold about {found} of companies like yours "
        "({low} to {high}), {times} times chance.",
        "前 {k} 家预计能找回约 {found} 的同类客户（{low} 至 {high}），是随机的 {times} 倍。",
    ),
    "headline.expected.all": (
        "The list holds every company that may be found: the order says where to begin.",
        "列表包含了全部可选企业：排序表示应从哪里开始。",
    ),
    "headline.expected.how": (
        "Measured by hiding some of your seeds, learning from the others, and looking how far up "
        "the hidden ones come.",
        "测算方法：隐藏一部分种子客户，用其余的学习，再看被隐藏的排在多前。",
    ),
    "headline.few": (
        "Too few seeds to say how good this list is. It is ordered by closeness to them.",
        "种子客户太少，无法预计列表的好坏。列表按与种子客户的接近程度排序。",
    ),
    "headline.few.how": (
        "Give at least 5 seeds, better 30, and this page will say what to expect.",
        "请提供至少 5 家（最好 30 家以上）种子客户，本页即可给出预期。",
    ),
    "headline.new_only": (
        "How good a list of new companies alone is cannot be measured.",
        "仅含新企业的列表无法测算效果。",
    ),
    "headline.new_only.how": (
        "Hidden seeds would be looked for among companies of which less is known, and found too "
        "easily. The order is that of closeness to your seeds; ask for a list of all companies to "
        "see what the seeds are worth.",
        "被隐藏的种子客户信息较多，在信息较少的企业中会过于容易被找到。列表按与种子客户的接近程度排序；"
        "如需了解种子客户的效果，请生成包含全部企业的列表。",
    ),
    "headline.chance": (
        "Hidden seeds were found no better than by chance.",
        "被隐藏的种子客户并未比随机更容易被找回。",
    ),
    "headline.chance.how": (
        "What the data tells of these companies doesn't say what makes them alike. Don't rely on "
        "this list; give more seeds of one kind, or more columns.",
        "现有数据未能说明这些企业的共同之处。请勿依赖此列表；请提供更多同类种子客户或更多字段。",
    ),
    "headline.apart": (
        "Your seeds have nothing in common that the data shows.",
        "从数据中看不出种子客户之间的共同点。",
    ),
    "headline.apart.how": (
        "They are no more alike than random companies are. Don't spend money on this list: check "
        "the seeds, or split them by what you had in mind.",
        "它们之间并不比随机企业更相似。请勿在此列表上投入预算：检查种子客户，或按您的意图拆分后重试。",
    ),
    "headline.empty": (
        "No company may be found under these conditions, so the list is empty.",
        "在这些条件下没有可选企业，列表为空。",
    ),
    "headline.empty.how": (
        "Loosen the conditions, or look below at what was left out.",
        "请放宽筛选条件，或查看下方的排除情况。",
    ),
    "headline.seed_lines": ("Your seed list: {lines}.", "种子名单：{lines}。"),
    "headline.seed_line": ("{n} {what}", "{n} 行{what}"),
    # What to expect
    "expected.title": ("What to expect", "预期效果"),
    "expected.curve": (
        "Share of companies like yours, by length of the list",
        "列表长度与可找回的同类客户",
    ),
    "expected.curve.note": (
        "The band holds the true share in about 8 of 10 lists. A match by place, industry and "
        "size alone, and a random list, stand beside.",
        "阴影区间在约 80% 的情况下包含真实值。旁边是仅按地区、行业、规模匹配的列表与随机列表。",
    ),
    "expected.axis.size": ("companies on the list", "列表中的企业数"),
    "expected.axis.share": ("found", "找回比例"),
    "expected.ours": ("this list", "本列表"),
    "expected.firmographic": ("plain match", "简单匹配"),
    "expected.chance": ("random list", "随机列表"),
    "expected.table": ("Pick the length of your list", "选择列表长度"),
    "expected.k": ("The first", "前"),
    "expected.recall": ("hold about", "约找回"),
    "expected.range": ("between", "区间"),
    "expected.times": ("times chance", "随机的倍数"),
    "expected.plain": ("plain match", "简单匹配"),
    # What the seeds share
    "traits.title": ("What your seeds share", "种子客户的共同点"),
    "traits.note": (
        "What is much more frequent among your seeds than among all companies searched.",
        "在种子客户中明显比在全部企业中常见的特征。",
    ),
    "traits.none": (
        "No single trait stands out; the list goes by many small ones together.",
        "没有单个突出的特征；列表由许多细小特征共同决定。",
    ),
    "traits.trait": ("Trait", "特征"),
    "traits.seeds": ("Your seeds", "种子客户"),
    "traits.universe": ("All companies", "全部企业"),
    "traits.times": ("Times", "倍数"),
    "traits.kind": (
        "Kind {kind}: {seeds} seeds, {share} of the list",
        "第 {kind} 类：{seeds} 家种子客户，占列表 {share}",
    ),
    "traits.kinds": (
        "Your seeds are {n} kinds of customer. Each gets its share of the list.",
        "种子客户分为 {n} 类，每类在列表中各占一份。",
    ),
    # Seeds that don't fit
    "odd.title": ("Seeds that don't fit the rest", "与其余不符的种子客户"),
    "odd.note": (
        "Look at these: without them the list may become better. They were not removed.",
        "请检查以下企业：去掉它们，列表可能更好。系统并未自动移除。",
    ),
    "odd.none": ("Every seed fits the others.", "所有种子客户彼此相符。"),
    "odd.untold": (
        "With fewer than 8 seeds nobody can say which one is the odd one out.",
        "种子客户少于 8 家时，无法判断哪一家不符。",
    ),
    "odd.name": ("Seed", "种子客户"),
    "odd.position": (
        "Companies that are closer to your other seeds",
        "比它更接近其余种子客户的企业占比",
    ),
    # The list
    "alike.title": ("The first companies", "列表前列"),
    "alike.note": (
        "The first {shown} of {n}. Similarity: 0 is a typical company, 100 the most typical of "
        "yours; it is not a probability.",
        "{n} 家中的前 {shown} 家。相似度：0 为普通企业，100 为最典型的种子客户；它不是概率。",
    ),
    "alike.rank": ("#", "#"),
    "alike.company": ("Company", "企业"),
    "alike.similarity": ("Similarity", "相似度"),
    "alike.nearest": ("Most like your seed", "最接近的种子客户"),
    "alike.in_crm": ("In CRM", "是否在 CRM"),
    "alike.why": ("What it shares with your seeds", "与种子客户的共同点"),
    "alike.yes": ("yes", "是"),
    "alike.new": ("new", "新企业"),
    "alike.unclear": ("unclear", "待确认"),
    # The map
    "map.title": ("The picture", "分布图"),
    "map.note": (
        "Each dot is a company. The further right, the more like your seeds; up and down is what "
        "sets seeds and results apart among themselves. A plane shows a part of the differences.",
        "每个点是一家企业。越靠右越像种子客户；上下表示种子客户与结果内部的差异。"
        "平面图只能显示部分差异。",
    ),
    "map.right": ("more like your seeds", "更像种子客户"),
    "map.up": ("differences among them", "内部差异"),
    "map.universe": ("other companies", "其他企业"),
    "map.result": ("on the list", "入选企业"),
    "map.seed": ("your seeds", "种子客户"),
    # Left out
    "omitted.title": ("What was left out", "排除情况"),
    "omitted.note": (
        "Of {universe} companies, {allowed} could be found. The others were left out before the "
        "search, so that none of them takes a place on the list.",
        "共 {universe} 家企业，其中 {allowed} 家可被选中。其余在搜索前已排除，不占列表名额。",
    ),
    "omitted.none": ("No company was left out.", "没有企业被排除。"),
    "omitted.reason": ("Reason", "原因"),
    "omitted.count": ("Companies", "企业数"),
    "omitted.total": ("Total", "合计"),
    # For data scientists
    "method.title": ("For data scientists", "数据科学说明"),
    "method.note": (
        "Five folds over seeds (groups of companies kept together): direction, damping, "
        "re-ranking and number of kinds are chosen anew inside each training part. Recall@k of "
        "the hidden seeds among all accounts that may be found; intervals are beta-binomial "
        "(Jeffreys), 80 %.",
        "对种子客户做五折交叉验证（同一集团不拆分）：方向、阻尼、重排序与类别数均在各训练部分内重新选择。"
        "recall@k 为被隐藏的种子客户在全部可选企业中的召回率；"
        "区间为 80% beta-binomial（Jeffreys）区间。",
    ),
    "method.figures": ("Recall and lift by list size", "各列表长度的召回率与提升度"),
    "method.share": ("Share of accounts", "占企业比例"),
    "method.recall": ("Recall", "召回率"),
    "method.low": ("80 % low", "80% 下限"),
    "method.high": ("80 % high", "80% 上限"),
    "method.lift": ("Lift", "提升度"),
    "method.firmographic": ("Firmographic recall", "简单匹配召回率"),
    "method.recipe": ("How the list was made", "列表的生成方式"),
    "method.setting": ("Setting", "设置"),
    "method.value": ("Value", "取值"),
    "method.index_version": ("Index version", "索引版本"),
    "method.index_recall": (
        "Recall of the search itself against exact",
        "近似搜索相对精确搜索的召回率",
    ),
    "method.seeds_used": ("Seeds used", "使用的种子客户"),
    "method.rerank": (
        "Weight of the re-ranking (0: directions alone)",
        "重排序的权重（0：仅用方向）",
    ),
    "method.kinds": ("Kinds of seeds", "种子客户类别数"),
    "method.recipes": ("Directions, by their share", "各方向及其占比"),
    "method.candidates": ("Candidates that were re-ranked at most", "参与重排序的候选上限"),
    "method.data_hash": ("Data", "数据指纹"),
}  # fmt: skip
