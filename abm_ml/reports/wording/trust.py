"""How far to trust the model: the verdict for marketers, and the back-test."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # The verdict, for marketers
    "verdict.good": (
        "Signal found: the model is good.",
        "发现有效信号：模型表现良好。",
    ),
    "verdict.good.follows": (
        "Tested on data that it had not seen, the model told future customers from the "
        "others reliably, so propensity shapes the order of the list.",
        "用模型未见过的数据检验，模型能可靠地区分会成交与不会成交的企业，"
        "因此转化概率参与决定列表的排序。",
    ),
    "verdict.weak": ("A weak signal: use the model with care.", "信号较弱：请谨慎使用模型。"),
    "verdict.weak.follows": (
        "Tested on data that it had not seen, the model was better than chance, but not "
        "by much. Let it decide between similar accounts, and trust tiers and engagement first.",
        "用模型未见过的数据检验，模型优于随机，但优势有限。可用它在相近的企业之间取舍，"
        "首先仍应看客户分层与意向度（互动分）。",
    ),
    "verdict.none": ("No signal found.", "未发现有效信号。"),
    "verdict.none.follows": (
        "Tested on data that it had not seen, the model could not tell future customers "
        "from the others, so the order of the list is the rules' order. "
        "Propensity is shown, but has no weight.",
        "用模型未见过的数据检验，模型无法区分会成交与不会成交的企业，因此列表按规则排序；"
        "转化概率仅供参考，不参与排序。",
    ),
    "verdict.none.training": (
        "Tested on data that it had not seen, the model could not tell future customers "
        "from the others. A list scored with it keeps the rules' order.",
        "用模型未见过的数据检验，模型无法区分会成交与不会成交的企业。用它评分的列表仍按规则排序。",
    ),
    "verdict.none.untested": (
        "There were too few outcomes to test a model, so nothing is claimed for it: the rules "
        "decide the order.",
        "结果太少，无法检验模型，因此不作任何结论：排序由规则决定。",
    ),
    "verdict.none.unused": (
        "Tested on data that it had not seen, the trained model could not tell future "
        "customers from the others, so it is not in use: the order of the list is the rules' "
        "order.",
        "用未见过的数据检验，训练出的模型无法区分会成交与不会成交的企业，因此未启用：列表按规则排序。",
    ),
    "verdict.outside": (
        "{share} of the scored accounts are unlike most that the model learned from: take their "
        "propensity with more care (column applicability). Where accounts were once passed over "
        "for reasons that nobody recorded, no model can make up for it.",
        "{share} 的被评分企业与模型学习过的多数企业差异较大，"
        "其转化概率请谨慎采用（见 applicability 列）。"
        "若当时放弃跟进的理由没有记录，任何模型都无法弥补。",
    ),
    "verdict.waiting": (
        "A model is trained, but not in use: rules carry the list.",
        "已有训练好的模型，但尚未启用：列表由规则决定。",
    ),
    "verdict.waiting.follows": (
        "What its test said: {verdict} Put it to use with abm promote.",
        "其检验结论：{verdict}可用 abm promote 启用。",
    ),
    "verdict.no_model": ("No model: rules carry the list.", "没有模型：列表由规则决定。"),
    "verdict.no_model.follows": (
        "The order is the rules' order: fit, intent and engagement.",
        "列表按规则排序：匹配度、第三方意图信号与意向度（互动分）。",
    ),
    "verdict.history.few": (
        "So far {won} opportunities were won and {lost} lost. A model needs {min_won} won and "
        "{min_lost} lost: with fewer, nobody could tell luck from signal.",
        "目前赢单商机 {won} 个、输单 {lost} 个。训练模型需要赢单 {min_won} 个、输单 {min_lost} 个："
        "更少时无法区分运气与信号。",
    ),
    "verdict.history.enough": (
        "So far {won} opportunities were won and {lost} lost, which is enough to train a model: "
        "run abm train.",
        "目前赢单商机 {won} 个、输单 {lost} 个，已足以训练模型：请运行 abm train。",
    ),
    "verdict.untested": ("The model was not tested.", "模型未经检验。"),
    "verdict.untested.follows": (
        "There is no back-test for this model, so nobody knows how far its propensity can be "
        "trusted.",
        "该模型没有回测结果，转化概率的可信程度未知。",
    ),
    "verdict.weight": (
        "Propensity makes up {share} of the priority, the account score the rest.",
        "优先级得分中转化概率占 {share}，其余为规则评分。",
    ),
    "verdict.weight.index": (
        "Propensity makes up {share} of the priority, similarity to your customers {similarity}, "
        "the account score the rest.",
        "优先级得分中转化概率占 {share}，与现有客户的相似度占 {similarity}，其余为规则评分。",
    ),
    "verdict.capture": (
        "Put to the test, the {top} of accounts that the model ranked highest held {caught} of "
        "all wins, {times} times chance.",
        "检验结果：模型排在最前面的 {top} 的企业包含了全部成交的 {caught}，是随机的 {times} 倍。",
    ),
    # Trust
    "trust.title": ("How far to trust the model", "模型可信度"),
    "trust.split.forward": (
        "The model was tested as it is used: trained on what was known at the time, judged on "
        "what came later, {n} times over. {tested} outcomes were tested, {won} of them won "
        "({rate}).",
        "检验方式与实际使用一致：只用当时已知的数据训练，用之后的结果评判，共 {n} 次。"
        "共检验 {tested} 个结果，其中 {won} 个赢单（{rate}）。",
    ),
    "trust.split.group": (
        "There are no dates that differ, to test forward in time, so the model was tested on "
        "accounts that were held back: {tested} outcomes, {won} of them won ({rate}). Expect less "
        "of it in real life.",
        "数据没有先后不同的时间，无法按时间向前检验，因此用预留的企业检验：共 {tested} 个结果，"
        "其中 {won} 个赢单（{rate}）。实际表现可能更低。",
    ),
    "trust.split.short": (
        "The history is too short to test forward in time. The figures are of accounts that were "
        "held back: {tested} outcomes, {won} of them won ({rate}). They prove nothing about what "
        "comes later, so no signal is claimed.",
        "历史数据太短，无法按时间向前检验。以下数字来自预留的企业：共 {tested} 个结果，"
        "其中 {won} 个赢单（{rate}）。这些数字不能证明今后的表现，因此不认定存在有效信号。",
    ),
    "trust.split.none": (
        "There were too few outcomes to hold any back, so the model could not be tested.",
        "结果太少，无法预留检验数据，模型未能检验。",
    ),
    "trust.not_in_use": (
        "This is the model that was trained last. It is not in use in this run.",
        "这是最近一次训练的模型，本次运行未使用。",
    ),
    "trust.grounds": ("Grounds of the verdict: {why}.", "结论依据：{why}。"),
    "trust.auc": ("Ours beside simple ways", "与简单方法对比"),
    "trust.auc.note": (
        "Put one later customer beside one other account: how often is the customer ranked "
        "higher? 50 % is a coin toss. Bars are 95 % intervals.",
        "任取一家后来成交的企业和一家未成交的企业，前者排得更靠前的比例；50% 相当于抛硬币。"
        "横线为 95% 区间。",
    ),
    "trust.axis.auc": ("pairs ranked right (AUC)", "排序正确的比例（AUC）"),
    "trust.folds": ("Over time", "随时间的表现"),
    "trust.folds.note": (
        "The same figure for each test window, oldest first.",
        "各检验时间窗的同一指标，由早到晚。",
    ),
    "trust.reliability": ("Are the probabilities right?", "概率是否准确？"),
    "trust.reliability.note": (
        "Where the dots lie on the dashed line, of 100 accounts given 20 % about 20 do win. "
        "Vertical bars are 95 % intervals.",
        "若圆点落在虚线上，则给出 20% 概率的 100 家企业中约有 20 家成交。竖线为 95% 区间。",
    ),
    "trust.axis.predicted": ("predicted", "预测概率"),
    "trust.axis.observed": ("observed", "实际比例"),
    "trust.lift": ("How many wins does the top hold?", "排在前面的企业包含多少成交？"),
    "trust.lift.note": (
        "Work down the list from the top: the share of all wins found after each share of the "
        "accounts. The dashed line is a list in random order.",
        "从列表顶部往下：处理到各比例的企业时，已找到的成交占全部成交的比例。虚线为随机排序。",
    ),
    "trust.axis.top": ("top of the list", "列表前列占比"),
    "trust.axis.caught": ("wins found", "已找到的成交"),
    "trust.figures": ("All figures with their 95 % intervals", "全部指标及 95% 区间"),
    "trust.figures.note": (
        "AUC, average precision and lift are computed within each test window; Brier score, log "
        "loss and calibration error (ECE) over all tested rows. Everything comes from rows that "
        "played no part in fitting, choosing or calibrating.",
        "AUC、平均精确率与提升度在各检验时间窗内计算；Brier 分数、对数损失与校准误差（ECE）"
        "在全部检验样本上计算。所有指标均来自未参与训练、选择与校准的样本。",
    ),
    "trust.windows": ("Test windows", "检验时间窗"),
    "trust.window": ("Window", "时间窗"),
    "trust.rows": ("Rows", "样本数"),
    "trust.taught": ("Learned from", "训练样本数"),
    "trust.calibration": ("Calibrated by", "校准方法"),
    "trust.wins": ("Won", "赢单数"),
    "trust.choice": ("Chosen", "所选模型"),
    "trust.measure.auc": ("AUC", "AUC"),
    "trust.measure.log_loss": ("Log loss", "对数损失"),
    "trust.method": ("Way", "方法"),
    "trust.random": (
        "On a random split the model's AUC would read {random} instead of {forward} "
        "(difference {gap}). That is not a better model: a random split lets it learn from the "
        "future, and real use does not.",
        "若随机划分数据，模型的 AUC 为 {random}，而按时间向前检验为 {forward}（相差 {gap}）。"
        "这不代表模型更好：随机划分让模型看到了未来，而实际使用中不可能。",
    ),
    "trust.random.same": (
        "On a random split the model's AUC would read {random}, forward in time it is {forward} "
        "(difference {gap}): learning from the future would not have flattered it.",
        "若随机划分数据，模型的 AUC 为 {random}，按时间向前检验为 {forward}（相差 {gap}）："
        "即使看到未来，表现也不会虚高。",
    ),
    "trust.unseen": (
        "On the {rows} tested rows of accounts that training had not seen, AUC is {auc}.",
        "在训练时未见过的企业的 {rows} 个检验样本上，AUC 为 {auc}。",
    ),
    "trust.steady": (
        "From window to window AUC ran from {least} to {most}: no more than chance explains.",
        "各时间窗的 AUC 在 {least} 至 {most} 之间：未超出偶然波动。",
    ),
    "trust.moves": (
        "From window to window AUC ran from {least} to {most}: more than chance explains "
        "(standard deviation {spread}). Expect the next quarter to differ from the mean as well.",
        "各时间窗的 AUC 在 {least} 至 {most} 之间：超出偶然波动（标准差 {spread}）。"
        "下一季度同样可能偏离平均水平。",
    ),
    "trust.leaks": (
        "Kept out: columns that seem to know the outcome",
        "已剔除：疑似泄露结果的字段",
    ),
    "trust.leaks.note": (
        "These columns look as if they were written after the outcome was known. Allow one by "
        "name (propensity.allow_columns in params.yaml) if you know better.",
        "这些字段疑似在结果已知之后才写入。若确认无误，可在 params.yaml 的 "
        "propensity.allow_columns 中按名称放行。",
    ),
    "trust.leaks.none": ("No column seems to know the outcome.", "未发现疑似泄露结果的字段。"),
    "trust.column": ("Column", "字段"),
    "trust.why": ("Why", "原因"),
    "trust.evidence": ("Evidence", "证据"),
    "trust.held_back": ("Held back: columns that are no features", "未使用：不作为特征的字段"),
    "trust.columns": ("Columns that the model uses ({n})", "模型使用的字段（{n} 个）"),
}  # fmt: skip
