"""The catalogue: each text of the pages as (English, Simplified Chinese).

Marketers read sentences without jargon; terms of the trade stand in the sections that open on a
click. Names of things are those of the glossary in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping

Pair = tuple[str, str]

TEXTS: Mapping[str, Pair] = {
    # The page
    "page.run": ("Target account list", "目标客户列表"),
    "page.training": ("Propensity model: training report", "转化概率模型：训练报告"),
    "page.language": ("Language", "语言"),
    "page.sections": ("Sections", "目录"),
    "page.footer": (
        "Made by abm_ml. This page is one file: it loads nothing from anywhere and names no "
        "contact.",
        "由 abm_ml 生成。本页为单个文件，不加载任何外部内容，也不含任何联系人信息。",
    ),
    "fact.as_of": ("As of", "数据截至"),
    "fact.motion": ("Purpose", "用途"),
    "fact.run_id": ("Run", "运行编号"),
    "fact.model_version": ("Model version", "模型版本"),
    "fact.no_model": ("none", "无"),
    "fact.target": ("Predicts", "预测目标"),
    "fact.rows": ("Training rows", "训练样本"),
    "fact.won": ("Won", "赢单"),
    "fact.lost": ("Not won", "未赢单"),
    "fact.seed": ("Seed", "随机种子"),
    "fact.data_hash": ("Data", "数据指纹"),
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
        "The order is the rules' order: fit, intent and engagement. A model can be trained once "
        "enough outcomes are in (by default 40 won and 40 lost).",
        "列表按规则排序：匹配度、第三方意图信号与意向度（互动分）。"
        "结果积累足够后（默认赢单与输单各 40 例）即可训练模型。",
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
    "verdict.capture": (
        "Put to the test, the {top} of accounts that the model ranked highest held {caught} of "
        "all wins, {times} times chance.",
        "检验结果：模型排在最前面的 {top} 的企业包含了全部成交的 {caught}，是随机的 {times} 倍。",
    ),
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
    # The shape of the list
    "shape.title": ("The shape of the list", "列表构成"),
    "shape.tiers": ("Accounts by tier", "各层企业数"),
    "shape.tiers.note": (
        "Tier 1 gets 1:1 treatment, tier 2 campaigns for a few, tier 3 programmes for many. "
        "Accounts without a tier are scored but not on the list.",
        "第 1 层一对一经营，第 2 层小群组营销，第 3 层规模化触达。"
        "无分层的企业已评分，但不在列表中。",
    ),
    "shape.priority": ("Priority of the listed accounts", "列表企业的优先级得分"),
    "shape.priority.axis": ("Priority", "优先级得分"),
    "shape.priority.note": (
        "How many accounts of the list have which priority.",
        "列表中各优先级得分区间的企业数。",
    ),
    "shape.grades": ("Grades of fit", "匹配度等级"),
    "shape.grades.note": (
        "How well the listed accounts match the ideal customer profile (ICP), A+ being best.",
        "列表企业与理想客户特征（ICP）的匹配程度，A+ 为最佳。",
    ),
    "shape.stages": ("Where the scored accounts stand", "已评分企业所处阶段"),
    "shape.stages.note": (
        "From never heard of us to customer; dormant ones moved once and stopped.",
        "从尚未认知到成为客户；沉睡客户曾有互动而后停止。",
    ),
    "shape.tier_1": ("Tier 1", "第 1 层"),
    "shape.tier_2": ("Tier 2", "第 2 层"),
    "shape.tier_3": ("Tier 3", "第 3 层"),
    "shape.no_tier": ("No tier", "无分层"),
    "shape.excluded": ("Left out, by reason", "排除原因"),
    "shape.excluded.none": ("No account was left out.", "没有企业被排除。"),
    "shape.reason": ("Reason", "原因"),
    "shape.count": ("Accounts", "企业数"),
    "shape.total": ("Total", "合计"),
    "shape.weights": ("How the scores are made up", "得分构成"),
    "shape.part": ("Part", "组成部分"),
    "shape.weight_account": ("Weight in the account score", "在规则评分中的权重"),
    "shape.weight_priority": ("Weight in the priority", "在优先级得分中的权重"),
    "shape.absent": ("no source in this run", "本次无数据来源"),
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
        "There are no dates to test forward in time, so the model was tested on accounts that "
        "were held back: {tested} outcomes, {won} of them won ({rate}). Expect less of it in "
        "real life.",
        "数据没有时间，无法按时间向前检验，因此用预留的企业检验：共 {tested} 个结果，"
        "其中 {won} 个赢单（{rate}）。实际表现可能更低。",
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
    # Data
    "data.title": ("The data", "数据"),
    "data.note": (
        "Every row of the exports is accounted for: {rows} went in, {canonical} are in use, "
        "{quarantined} are in quarantine with their reason. {ignored}",
        "导出文件的每一行均有去向：共读入 {rows} 行，{canonical} 行可用，"
        "{quarantined} 行连同原因进入隔离区。{ignored}",
    ),
    "data.ignored": (
        "{files} files belong to no table and were ignored.",
        "有 {files} 个文件不属于任何数据表，已忽略。",
    ),
    "data.nothing_ignored": ("No file was ignored.", "没有被忽略的文件。"),
    "data.tables": ("Rows by table", "各表行数"),
    "data.files": ("Rows by file", "各文件行数"),
    "data.table": ("Table", "数据表"),
    "data.file": ("File", "文件"),
    "data.in": ("Rows in", "读入行数"),
    "data.canonical": ("In use", "可用"),
    "data.quarantined": ("Quarantined", "隔离"),
    "data.duplicates": ("of which duplicates", "其中重复"),
    "data.ignored_column": ("Ignored", "忽略"),
    "data.unreadable": ("could not be read", "无法读取"),
    "data.reasons": ("Why rows are in quarantine", "隔离原因"),
    "data.rows": ("Rows", "行数"),
    "data.look": (
        "Each row with its file, row number, column and value lies in quarantine/<table>.parquet.",
        "每一行的文件、行号、字段与取值见 quarantine/<table>.parquet。",
    ),
    "data.warnings": ("Worth knowing", "值得注意"),
    "data.dialect": ("Read as", "识别为"),
    # Limits and what to do next
    "limits.title": ("Limits, and how to run it again", "局限与重新运行"),
    "limits.interval": (
        "A propensity speaks of accounts like this one, not of this one account.",
        "转化概率描述的是同类企业，而不是某一家企业。",
    ),
    "limits.selection": (
        "History knows only the accounts that somebody approached. If they were picked for "
        "reasons that nobody recorded, the model cannot know it.",
        "历史数据只包含曾被跟进的企业。若当时的挑选理由没有记录，模型无从得知。",
    ),
    "limits.cause": (
        "A high propensity does not mean that marketing caused it, nor that more marketing "
        "raises it.",
        "转化概率高并不意味着由营销带来，也不意味着增加营销就会提高。",
    ),
    "limits.time": (
        "Markets move: retrain when a quarter's outcomes are in.",
        "市场在变化：每个季度有新结果后请重新训练。",
    ),
    "limits.weak_history": (
        "Short or thin history widens every interval; read the ranges, not only the numbers.",
        "历史较短或较少时，所有区间都会变宽；请看区间，而不只看数字。",
    ),
    "limits.again": ("Run it again", "重新运行"),
    "limits.again.note": (
        "The same data, settings and model give the same list, byte for byte.",
        "相同的数据、设置与模型得到完全相同的列表。",
    ),
    "limits.comment.prepare": ("# new exports into tables", "# 读入新的导出文件"),
    "limits.comment.train": ("# learn and test a model", "# 训练并检验模型"),
    "limits.comment.promote": ("# use it, if it passes the gate", "# 通过检验后启用"),
    "limits.comment.score": ("# the list and this report", "# 生成列表与本报告"),
    "limits.comment.why": ("# every number behind one account", "# 查看一家企业的全部数字"),
}  # fmt: skip
