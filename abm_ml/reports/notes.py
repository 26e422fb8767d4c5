"""Sentences that other parts write in English, with their Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from abm_ml.reports.catalogue import Pair

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
        r"no won opportunity had an amount in training: expected value is empty",
        "训练数据中没有赢单商机填写金额：期望价值为空",
    ),
    (
        r"the back-test found no signal: propensity is shown, but has no weight",
        "回测未发现有效信号：转化概率仅供参考，不参与排序",
    ),
    (
        r"ICP, points, intent or score weights are no longer those that the model learned .+",
        "理想客户特征、互动分、意图或评分权重已不同于模型学习优先级权重时的设置："
        "现采用 params.yaml 中的权重；请运行 abm train 重新学习",
    ),
    (
        r"the ICP is empty: fit says nothing; declare criteria under icp in params.yaml, .+",
        "理想客户特征为空：匹配度没有依据；请在 params.yaml 的 icp 下声明，"
        "或用 abm icp propose 生成",
    ),
    (
        r"no ICP criterion can be judged: the export has none of their columns",
        "无法判断任何理想客户特征：导出文件不含所需字段",
    ),
    (
        r"no part of the account score that has a weight is there: every account scores 0",
        "规则评分没有任何可用的组成部分：所有企业均为 0 分",
    ),
    (
        r"(?P<setting>\S+): nobody in the data has (?:topic|kind) (?P<name>.+), so that it counts "
        r"0; the nearest are (?P<near>.+)",
        "{setting}：数据中没有 {name}，因此计为 0；最接近的是 {near}",
    ),
    (
        r"(?P<setting>\S+): nobody in the data has (?:topic|kind) (?P<name>.+), so that it counts "
        r"0; the data has none at all",
        "{setting}：数据中没有 {name}，因此计为 0；数据中一个也没有",
    ),
    (
        r"(?P<setting>\S+): nobody in the data has (?:topic|kind) (?P<name>.+), so that it counts "
        r"0; the data has (?P<has>.+)",
        "{setting}：数据中没有 {name}，因此计为 0；数据中有 {has}",
    ),
    (
        r"the look-alike index has seen outcomes until (?P<day>\S+), after as_of: "
        r"no similarity is told",
        "相似客户索引已使用 {day} 之前的结果，晚于截至日期：不提供相似度",
    ),
    # Drift
    (
        r"drift: the propensity of the universe is no longer as it was at training "
        r"\(PSI (?P<psi>\S+), bound (?P<bound>\S+)\): retrain",
        "漂移：全部企业的转化概率与训练时不同（PSI {psi}，上限 {bound}）：请重新训练",
    ),
    (
        r"drift: (?P<column>.+) says nothing any more \((?P<share>\S+) of what moves the "
        r"propensity\): mend its source",
        "漂移：{column} 已无任何信息（占转化概率变动的 {share}）：请检查数据来源",
    ),
    (
        r"drift: (?P<column>.+) is no longer as it was at training \(PSI (?P<psi>\S+), bound "
        r"(?P<bound>\S+); (?P<share>\S+) of what moves the propensity\): mend its source, or "
        r"retrain",
        "漂移：{column} 与训练时不同（PSI {psi}，上限 {bound}；占转化概率变动的 {share}）："
        "请检查数据来源，或重新训练",
    ),
    (
        r"drift: (?P<won>\S+) won since training where (?P<expected>\S+) were expected "
        r"\((?P<low>\S+) to (?P<high>\S+) times as many\): retrain",
        "漂移：训练之后赢单 {won} 例，而模型预计 {expected} 例（{low} 至 {high} 倍）：请重新训练",
    ),
    (
        r"drift: of the differences in propensity only (?P<slope>\S+) was found among outcomes "
        r"since training \((?P<low>\S+) to (?P<high>\S+), least (?P<least>\S+)\): retrain",
        "漂移：转化概率所预示的差异，在训练之后的结果中仅体现 {slope}（{low} 至 {high}，"
        "下限 {least}）：请重新训练",
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
        r"(?P<table>\w+): (?P<n>\d+) are in quarantine: what they decide is not done",
        "{table}：{n} 行被隔离，其中的人工指定未被执行",
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
        r"AUC (?P<auc>\S+) \(above (?P<low>\S+) with 99 % confidence\), log loss (?P<loss>\S+) "
        r"worse than the base rate",
        "AUC {auc}（99% 置信度下高于 {low}），对数损失比平均成交率差 {loss}",
    ),
    (
        r"AUC (?P<auc>\S+) \(above (?P<low>\S+) with 99 % confidence\), log loss (?P<loss>\S+) "
        r"worse than the base rate, but (?P<apart>\S+) better where the mean rate of each window "
        r"is right",
        "AUC {auc}（99% 置信度下高于 {low}），对数损失比平均成交率差 {loss}，"
        "但若各时间窗的平均成交率已知，则好 {apart}",
    ),
    (
        r"all tested rows have one outcome, so nothing could be compared",
        "检验样本只有一种结果，无法比较",
    ),
    (r"no row may be tested: too few have closed", "没有可检验的样本：已关闭的太少"),
    (
        r"too few rows of both classes to hold any back for testing",
        "两类样本太少，无法预留检验数据",
    ),
    (r"history too short to test forward in time", "历史数据太短，无法按时间向前检验"),
    # Leaks
    (r"its name says that it is known only after the fact", "从名称看，结果出来后才会知道"),
    (r"by itself it all but separates the classes", "仅凭该字段几乎就能区分赢单与输单"),
    (r"it is filled for one class and empty for the other", "一类有值，另一类为空"),
    (r"one of its values is found with one outcome only", "某个取值几乎只出现在一种结果中"),
    (
        r"its own dates lie at or after the row's time, and tell the outcome",
        "该字段的日期不早于样本时间，并能透露结果",
    ),
    (
        r"it is filled once an opportunity has closed, and empty while it is open",
        "商机关闭后才有值，进行中为空",
    ),
    (
        r"account_history shows it written after the outcome, for one class more than another",
        "account_history 显示该字段在结果之后写入，且集中于某一类",
    ),
    (
        r"at or after the row's time in (?P<won>\d+%) of won, (?P<lost>\d+%) of lost; "
        r"AUC (?P<auc>[\d.]+) by how far",
        "赢单中 {won}、输单中 {lost} 的日期不早于样本时间；仅凭相距时长 AUC 即达 {auc}",
    ),
    (
        r"filled in (?P<closed>\d+%) of closed opportunities, (?P<open>\d+%) of open",
        "已关闭商机中 {closed} 有值，进行中商机中 {open} 有值",
    ),
    (
        r"first written after the row's time for (?P<won>\d+%) of won accounts, "
        r"(?P<lost>\d+%) of lost",
        "赢单企业中 {won}、输单企业中 {lost} 的值在样本时间之后才首次写入",
    ),
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
    "a judgement that is revised as the deal goes on": "随跟进而改写的评价",
    "what follows a win": "赢单之后才有的信息",
}
"""What a column's name is said to tell, in Chinese."""
