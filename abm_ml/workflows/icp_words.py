"""What `abm icp` says, in English and Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from abm_ml.criterion import Criterion
from abm_ml.propensity.words import Lang, field_words
from abm_ml.rules.icp_evidence import LOST, UNIVERSE, WON, Evidence
from abm_ml.scoring.words import asked

LINES: Mapping[str, tuple[str, str]] = {
    "proposed": (
        "Proposed by  abm icp propose  as of {as_of}, from {won:,} won accounts, {lost:,} lost "
        "ones and {universe:,} of all companies. Read it, change it: it says what winners had in "
        "common, not what makes a company buy.",
        "由  abm icp propose  提出（截至 {as_of}），依据 {won:,} 家赢单客户、{lost:,} 家输单客户"
        "和全部客户中的 {universe:,} 家。请审阅并修改：它说明赢单客户的共同点，"
        "而不是企业购买的原因。",
    ),
    "judged": (
        "Half of the accounts shaped the rules; every figure is from the other half ({won:,} won, "
        "{lost:,} lost, {universe:,} of all). In brackets: 90 % intervals (Katz et al. 1978). "
        "weight: two for each doubling of the odds to be a winner. A rule becomes a knock-out with "
        " must: true.",
        "一半客户用于形成规则，所有数字来自另一半（赢单 {won:,} 家、输单 {lost:,} 家、全部客户 "
        "{universe:,} 家）。括号内为 90% 区间（Katz 等，1978）。"
        "weight：成为赢单客户的几率每翻一倍记 2。设  must: true  即为一票否决。",
    ),
    "support": (
        "{share:.0%} of the winners meet it ({met:,} of {known:,})",
        "{share:.0%} 的赢单客户符合（{known:,} 家中的 {met:,} 家）",
    ),
    UNIVERSE: (
        "{value:.1f} times the share of all companies ({low:.1f} to {high:.1f})",
        "占比是全部客户的 {value:.1f} 倍（{low:.1f} 至 {high:.1f}）",
    ),
    LOST: (
        "{value:.1f} times that of the lost ({low:.1f} to {high:.1f})",
        "是输单客户的 {value:.1f} 倍（{low:.1f} 至 {high:.1f}）",
    ),
    "unknown": ("unknown for {share:.0%} of the winners", "{share:.0%} 的赢单客户没有该值"),
    "nothing": (
        "nothing is proposed: no trait sets the {won:,} won accounts apart beyond chance",
        "未提出任何条件：{won:,} 家赢单客户没有超出偶然的共同特征",
    ),
    "all_won": (
        "nothing is proposed: all {won:,} accounts have won, so there is nobody to compare with; "
        "bring the accounts that did not buy",
        "未提出任何条件：全部 {won:,} 家客户都已赢单，没有可比较的对象；请加入未购买的客户",
    ),
    "few": (
        "{won:,} won accounts are few: under {least} traits can hardly be told from luck",
        "赢单客户仅 {won:,} 家：少于 {least} 家时，很难区分特征与偶然",
    ),
    "few_lost": (
        "{lost:,} lost accounts are too few to compare with: a trait may just show whom "
        "sales picks",
        "输单客户仅 {lost:,} 家，不足以比较：某些特征可能只反映销售的选择",
    ),
    "told": (
        "left out, as winning may have changed it: {field} ({figures})",
        "未采用，可能在赢单后才填写或更改：{field}（{figures}）",
    ),
    "picked": (
        "left out, as the lost have it as often (sales picks by it): {rule}",
        "未采用，输单客户同样常见（反映销售的选择）：{rule}",
    ),
    "redundant": (
        "left out, as it adds nothing to the others: {rule}",
        "未采用，相对其他条件没有增加信息：{rule}",
    ),
    "written": ("written to {out}", "已写入 {out}"),
    "not_written": ("{out} was not written", "未写入 {out}"),
    "rule": ("{field}: {asks}", "{field}：{asks}"),
    "checked": (
        "as of {as_of}: whom each rule lets through; past wins and losses as they stood when "
        "their opportunity was created",
        "截至 {as_of}：每条规则通过的客户；历史赢单与输单按其商机创建时的情况计",
    ),
    "head.universe": ("accounts", "全部客户"),
    "head.won": ("past wins", "历史赢单"),
    "head.lost": ("past losses", "历史输单"),
    "head.unknown": ("unknown", "未知"),
    "head.out": ("knocked out", "被否决"),
    "firmographic": ("firmographic", "企业属性"),
    "technographic": ("technographic", "技术与信号"),
    "weight": ("weight {weight:g}", "权重 {weight:g}"),
    "must": ("must", "必要条件"),
    "grade": ("grade {grade}", "等级 {grade}"),
    "inside": (
        "inside the ICP: fit {at:g} or more, no must failed",
        "符合理想客户特征：匹配度不低于 {at:g}，且未被否决",
    ),
    "absent": (
        "has nothing to look at: the column is empty, or there is no such signal",
        "没有可判断的数据：该列为空，或没有这类信号",
    ),
    "nobody": ("lets nobody through", "没有任何客户符合"),
    "everybody": (
        "lets everybody through whose value is known: it decides nothing",
        "所有已知客户都符合：不起区分作用",
    ),
    "warning": ("note  {rule} {said}", "注意  {rule}：{said}"),
    "nothing_declared": (
        "note  the ICP is empty: declare criteria under icp in params.yaml, or let  "
        "abm icp propose  write some",
        "注意  理想客户特征为空：请在 params.yaml 的 icp 下声明，或用 abm icp propose 生成",
    ),
    "nothing_judged": (
        "note  no rule can be judged on this data",
        "注意  现有数据无法判断任何规则",
    ),
    "empty": (
        "note  the musts together knock out every account",
        "注意  必要条件合起来否决了所有客户",
    ),
}


def line(key: str, lang: Lang, **values: Any) -> str:
    """One line in one language."""
    return LINES[key][lang == "zh"].format(**values)


def rule_words(criterion: Criterion, lang: Lang) -> str:
    """A criterion in words: "industry: one of Software, Retail"."""
    field = " ".join(field_words(criterion.source, lang).split())
    return line("rule", lang, field=field, asks=" ".join(asked(criterion, lang).split()))


def evidence_words(evidence: Evidence, lang: Lang) -> str:
    """What speaks for a criterion, as one sentence."""
    won = evidence.shares[WON]
    said = [line("support", lang, share=won.value, met=won.met, known=won.known)]
    for name, one in evidence.lifts().items():
        said.append(line(name, lang, value=one.value, low=one.low, high=one.high))
    if evidence.unknown >= 0.005:
        said.append(line("unknown", lang, share=evidence.unknown))
    return ("，" if lang == "zh" else ", ").join(said)


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines; all but the last column stand right-aligned.

    Chinese characters are as wide as two others.
    """
    widths = [max(map(_width, column)) for column in list(zip(*rows, strict=True))[:-1]]
    return [
        "  ".join(
            [" " * (width - _width(cell)) + cell for cell, width in zip(row, widths, strict=False)]
            + [row[-1]]
        ).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
