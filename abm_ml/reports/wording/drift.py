"""What has moved since the model was trained."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "drift.title": ("What has moved since the training", "训练之后的变化"),
    "drift.none": (
        "{rows} accounts were compared with the universe on {since}, when the model was trained: "
        "nothing that matters to it has moved.",
        "将 {rows} 家企业与模型训练时（{since}）的全部企业相比：对模型重要的内容没有变化。",
    ),
    "drift.some": (
        "{rows} accounts were compared with the universe on {since}, when the model was trained. "
        "This has moved:",
        "将 {rows} 家企业与模型训练时（{since}）的全部企业相比，出现以下变化：",
    ),
    "drift.no_profile": (
        "The model keeps no picture of the accounts at its training, so the accounts of today "
        "cannot be compared with them.",
        "模型没有保存训练时的企业概况，无法与当前企业比较。",
    ),
    "drift.outcomes": (
        "Of {rows} outcomes that followed, {observed} were won; the model had expected "
        "{expected}. With 99 % confidence that is {low} to {high} times as many. Of the "
        "differences between accounts that propensity claims, {slope} was found ({slope_low} to "
        "{slope_high}; 1 is all of it).",
        "此后已有 {rows} 个结果，其中 {observed} 个赢单；模型预计 {expected} 个。"
        "99% 置信度下为预计的 {low} 至 {high} 倍。转化概率所预示的企业差异体现了 {slope}"
        "（{slope_low} 至 {slope_high}；1 为全部体现）。",
    ),
    "drift.no_outcomes": (
        "Too few outcomes have followed to tell whether as many were won as the model expected.",
        "此后的结果太少，还无法判断赢单数量是否符合模型预计。",
    ),
    "drift.columns": ("Every column beside its state at training", "各字段与训练时的对比"),
    "drift.columns.note": (
        "PSI is the population stability index without what chance alone would give; above "
        "{bound} a column is out of bounds. KS is the largest gap between the two distributions. "
        "A column out of bounds is an alarm if it is at least {importance} of what moves the "
        "propensity.",
        "PSI 为群体稳定性指数，已扣除随机波动，高于 {bound} 即超出界限；"
        "KS 为两个分布之间的最大差距。"
        "超出界限的字段若占转化概率变动的 {importance} 以上，则发出警报。",
    ),
    "drift.propensity": ("propensity itself", "转化概率本身"),
    "drift.column": ("Column", "字段"),
    "drift.psi": ("PSI", "PSI"),
    "drift.ks": ("KS", "KS"),
    "drift.importance": ("Share of what moves the propensity", "占转化概率变动的比例"),
    "drift.state": ("State", "状态"),
    "drift.state.alarm": ("out of bounds: an alarm", "超出界限：警报"),
    "drift.state.noted": ("out of bounds, but hardly used", "超出界限，但模型很少使用"),
    "drift.state.vanished": ("says nothing any more", "已无任何信息"),
    "drift.state.within": ("within bounds", "界限之内"),
}
