"""The model card: what the model is, what it was learned from, and where it stops."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # In short
    "tile.pairs": ("times in 100 it ranks a later customer above another account",
                   "次（每 100 次）将后来成交的企业排在其他企业之前"),
    "tile.caught": ("of later wins were in the top tenth of the list",
                    "的后续成交位于列表前 10%"),
    "tile.base_rate": ("of the tested outcomes were won", "为检验结果的平均成交率"),
    "tile.tested": ("outcomes it was tested on", "个结果用于检验"),
    "card.predicts": ("It predicts: {target}.", "预测内容：{target}。"),
    "card.learned": (
        "It learned from {rows} rows of history ({won} of them won).",
        "训练数据：{rows} 条历史样本（其中赢单 {won} 条）。",
    ),
    "card.uses_most": ("It looks at these most: {fields}.", "最看重的字段：{fields}。"),
    "card.leaks_out": (
        "{n} columns that seem to know the outcome were kept out.",
        "已剔除 {n} 个疑似泄露结果的字段。",
    ),
    "card.use_for": (
        "Use it to decide whom to look at first. Don't use it to promise a sale, to judge one "
        "account by itself, or to claim that marketing caused a win.",
        "用途：决定先看哪些企业。不可用于承诺成交、单独评判某一家企业，或证明成交由营销带来。",
    ),
    "card.not_in_use_yet": (
        "Training registers a challenger; it is in use once abm promote lets it pass. Who let it "
        "pass, when and why is recorded there.",
        "训练产生的是候选模型，经 abm promote 通过后才启用；由谁、何时、为何启用均有记录。",
    ),
    # What it learned from
    "learned.title": ("What it predicts, and from what", "预测什么，依据什么"),
    "learned.conversion": (
        "A row is an account as it looked at the start of a period. It counts as won if a won "
        "opportunity followed within {days}. Accounts whose time is not yet up are left out, not "
        "called lost. Nothing that happened at or after the row's date is seen.",
        "每条样本是一家企业在某一时点的样子。若{days}内赢得商机，即计为赢单；"
        "期限未满的样本不计入，也不视为输单。样本日期当日及之后发生的一切均不可见。",
    ),
    "learned.win": (
        "A row is an opportunity, with its account as it looked when the opportunity was created. "
        "Won or lost is how it closed. Nothing that happened at or after its creation is seen. "
        "Periods of which too few opportunities have closed teach, but are not tested on.",
        "每条样本是一个商机，以及商机创建时企业的样子；赢单或输单为其最终结果。"
        "创建当时及之后发生的一切均不可见。关闭比例过低的时期只用于训练，不用于检验。",
    ),
    "learned.first_as_of": ("First row seen at", "最早样本时点"),
    "learned.last_as_of": ("Last row seen at", "最晚样本时点"),
    "learned.until": ("Nothing used at or after", "数据截止（不含）"),
    "learned.rows": ("Rows", "样本数"),
    "learned.won": ("Won", "赢单"),
    "learned.lost": ("Not won", "未赢单"),
    "learned.accounts": ("Accounts", "企业数"),
    "learned.base_rate": ("Rate of wins", "成交率"),
    "learned.columns": ("Columns in use", "使用字段数"),
    "learned.fact": ("What", "项目"),
    "learned.value": ("Value", "取值"),
    # How it was chosen
    "chosen.title": ("How it was chosen", "模型如何选定"),
    "chosen.candidates": (
        "Tried were logistic regressions and LightGBM in several sizes, some of which forget old "
        "rows. The one of each kind with the lowest log loss on rows later than those it had "
        "learned from was taken; both share the prediction half and half unless another share was "
        "surely better. It was calibrated on such rows, then fitted once more on all rows.",
        "候选：多种正则化逻辑回归与多种规模的 LightGBM，其中一些会逐渐淡忘旧样本。"
        "两类各取在晚于训练数据的样本上对数损失最低者，各占一半，除非其他比例明显更好；"
        "再在此类样本上校准，最后用全部样本重新拟合。",
    ),
    "chosen.candidates.group": (
        "Tried were logistic regressions and LightGBM in several sizes. Rows could not be compared "
        "forward in time, so the one of each kind with the lowest log loss on rows held back was "
        "taken; both share the prediction half and half unless another share was surely better.",
        "候选：多种正则化逻辑回归与多种规模的 LightGBM。因无法按时间向前比较，"
        "两类各取预留样本上对数损失最低者，各占一半，除非其他比例明显更好。",
    ),
    "chosen.judged": (
        "Nothing is judged on what it was chosen on: in each test window below all of this "
        "(choosing, calibrating, fitting) was done anew on earlier rows alone.",
        "检验不使用选型所用的数据：以下每个检验时间窗内，选型、校准与拟合均只用更早的样本重新完成。",
    ),
    "chosen.in_use": ("Chosen", "所选模型"),
    "chosen.calibration": ("Calibrated by", "校准方法"),
    "chosen.settings": ("Settings of the model", "模型设置"),
    "chosen.setting": ("Setting", "设置"),
    "chosen.monotone": ("Held to one direction", "限定单一方向的字段"),
    "chosen.monotone.none": (
        "No column is held to one direction (no monotone constraints).",
        "没有限定单一方向的字段（无单调约束）。",
    ),
    "chosen.monotone.up": ("more never lowers it", "取值增大不会降低概率"),
    "chosen.monotone.down": ("more never raises it", "取值增大不会提高概率"),
    "chosen.direction": ("Direction", "方向"),
    # How it does on parts
    "segments.title": ("Where it holds, and where less", "在哪些细分中有效"),
    "segments.note": (
        "The tested rows by part of the market. Small parts have wide intervals; a part whose "
        "interval reaches 0.5 is one in which the model may rank no better than chance. Predicted "
        "beside observed tells where probabilities run high or low; a difference is marked where "
        "chance does not explain it, as many parts as there are considered.",
        "按细分市场查看检验样本。细分越小区间越宽；区间触及 0.5 的细分，模型排序可能不优于随机。"
        "对照预测与实际比例，可看出概率在何处偏高或偏低；考虑细分数量后仍无法用偶然解释的差异会标出。",
    ),
    "segments.segment": ("Part", "细分"),
    "segments.account.seen": ("accounts that it had learned from", "训练时见过的企业"),
    "segments.account.unseen": ("accounts new to it", "训练时未见过的企业"),
    "segments.differs": (" (differs beyond chance)", "（差异超出偶然）"),
    "segments.predicted": ("Predicted", "预测概率"),
    "segments.observed": ("Observed", "实际比例"),
    "segments.none": (
        "The test had no part of the market with enough rows to be judged by itself.",
        "没有样本量足以单独评判的细分市场。",
    ),
    "kept_out.title": ("What was kept out", "已剔除的字段"),
    # What it uses
    "used.title": ("What it looks at", "模型看重什么"),
    "used.note": (
        "The share of each column in what moves the predictions: its mean absolute contribution "
        "to the log-odds over a sample of accounts. It says what the model uses, not what "
        "causes a win.",
        "各字段在影响预测的全部因素中的占比：在抽样企业上对数几率贡献的平均绝对值。"
        "它说明模型使用了什么，而不是什么导致成交。",
    ),
    "used.field": ("Field", "字段"),
    "used.share": ("Share", "占比"),
    "used.others": ("{n} other columns together", "其余 {n} 个字段合计"),
    # Where it stops
    "reach.title": ("Whom it can speak about", "适用范围"),
    "reach.note": (
        "Each scored account carries an applicability: how near it lies to the accounts that the "
        "model learned from. Where it is low, propensity is drawn toward the rate of wins of the "
        "nearest group, as far as rows held back showed that this helps.",
        "每家被评分的企业都带有适用度，即与模型学习过的企业的接近程度。适用度低时，"
        "转化概率会向最接近群组的成交率收缩，收缩幅度由预留样本决定。",
    ),
    "reach.limit": (
        "This mends what the columns show. Where accounts were picked for reasons that nobody "
        "recorded, no model can know it: expect propensity to be too high for accounts that "
        "sales had reasons to pass over.",
        "这只能纠正字段可见的偏差。若当时的挑选理由没有记录，任何模型都无从得知："
        "对于销售曾有理由放弃的企业，转化概率可能偏高。",
    ),
    "value.title": ("Expected value", "期望价值"),
    "value.note": (
        "Expected value is propensity times the expected amount of a won opportunity. It is a "
        "mean over many accounts, not a forecast for one.",
        "期望价值 = 转化概率 × 赢单商机的预期金额。它是大量企业的平均值，不是对某一家的预测。",
    ),
    "value.mean": (
        "A won opportunity brought {amount} on average.",
        "赢单商机的平均金额为 {amount}。",
    ),
    "reach.drift.bounds": ("When scoring warns", "评分时何时告警"),
    "reach.drift.bounds.note": (
        "At each scoring the accounts, the propensity and the outcomes that have closed since "
        "are compared with those of the training. Beyond these bounds abm score names what "
        "moved and ends with code 3.",
        "每次评分都会将企业、转化概率以及此后关闭的结果与训练时对比。"
        "超出上述界限时，abm score 会指出变动项并以代码 3 结束。",
    ),
    "reach.drift.psi": ("Population stability index of propensity or a column above",
                  "转化概率或某字段的群体稳定性指数（PSI）高于"),
    "reach.drift.importance": ("… of a column that makes up at least this share",
                         "……且该字段的占比不低于"),
    "reach.drift.outcomes": ("Wins more or fewer than expected by this share",
                       "赢单数比预期多或少超过"),
    "reach.drift.min_won": ("… where at least so many were expected", "……且预期赢单数不少于"),
    "reach.drift.bound": ("Bound", "界限"),
    # How it was made
    "made.title": ("Made with", "制作信息"),
    "made.note": (
        "The same data, settings, versions and seed give the same model, byte for byte.",
        "相同的数据、设置、版本与随机种子得到完全相同的模型。",
    ),
    "made.seed": ("Seed", "随机种子"),
    "made.data_hash": ("Data (SHA-256)", "数据指纹（SHA-256）"),
    "made.allowed": ("Columns allowed by name", "按名称放行的字段"),
}  # fmt: skip
