"""What every page has: title, short facts, limits and how to run again."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    # The page
    "page.run": ("Target account list", "目标客户列表"),
    "page.card": ("Propensity model: model card", "转化概率模型：模型卡"),
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
    "fact.seed": ("Seed", "随机种子"),
    "fact.data_hash": ("Data", "数据指纹"),
    # Limits and what to do next
    "limits.title": ("Limits, and how to run it again", "局限与重新运行"),
    "limits.interval": (
        "A propensity speaks of accounts like this one, not of this one account.",
        "转化概率描述的是同类企业，而不是某一家企业。",
    ),
    "limits.selection": (
        "Wins come only from accounts that somebody approached. If they were picked for reasons "
        "that nobody recorded, the model cannot know it.",
        "成交只来自曾被跟进的企业。若当时的挑选理由没有记录，模型无从得知。",
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
