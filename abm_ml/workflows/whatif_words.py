"""The lines of `abm whatif`, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from abm_ml.propensity.words import Lang
from abm_ml.workflows.icp_words import in_columns

SHOWN = 20
"""Accounts that move that are told one by one; the file has all."""

LINES: Mapping[str, tuple[str, str]] = {
    "head": ("what if, as of {as_of}, motion {motion}", "假设分析：截至 {as_of}，目的 {motion}"),
    "setting": ("change   {name}: {before} → {after}", "改动   {name}：{before} → {after}"),
    "unchanged": ("change   none: both lists are the same", "改动   无：前后两份列表相同"),
    "other_rules": ("other rules", "其他规则"),
    "now": ("now", "现在"),
    "then": ("then", "改动后"),
    "accounts": ("accounts on the target account list", "目标客户列表（TAL）中的企业"),
    "tier": ("  in tier {tier}", "  第 {tier} 层"),
    "mqa": ("marketing-qualified accounts (MQA)", "市场合格客户（MQA）"),
    "new_mqas_a_week": (
        "  of which new, a week (mean of 4 weeks)",
        "  其中每周新增（近 4 周平均）",
    ),
    "handovers": ("accounts to hand over to sales now", "现在应转交销售的企业"),
    "contacts": ("contacts to reach on the list", "列表中可触达的联系人"),
    "hours_a_week": ("hours of work a week", "每周工作小时数"),
    "expected_wins": (
        "accounts on the list expected to be won{within}",
        "列表中预计赢单的企业数{within}",
    ),
    "within": (" within {days} days", "（{days} 天内）"),
    "first_100": ("  among the first 100 of the list", "  其中列表前 100 家"),
    "expected_value": ("  money that they are expected to bring", "  预计带来的金额"),
    "holdout": (
        "held out to measure the effect: on the list, but in none of the other lines",
        "对照组：在列表中，但不计入以上触达、工作量与赢单各行",
    ),
    "interval": (
        "in brackets: between these the number will lie in 4 of 5 cases",
        "括号内：五次中有四次，实际数字会落在此区间",
    ),
    "moves": (
        "{new:,} enter the list, {out:,} leave it, {up:,} rise, {down:,} fall; of {same:,} more "
        "only the MQA changes",
        "新进入 {new:,} 家，移出 {out:,} 家，升层 {up:,} 家，降层 {down:,} 家；"
        "另有 {same:,} 家仅 MQA 状态变化",
    ),
    "move": ("  {word:<7}  {tiers:<7}{mqa}  {id}  {name}", "  {word}  {tiers}{mqa}  {id}  {name}"),
    "new": ("enters", "新进入"),
    "out": ("leaves", "移出"),
    "up": ("rises", "升层"),
    "down": ("falls", "降层"),
    "same": ("stays", "层级不变"),
    "": ("no tier", "不在列表"),
    "mqa_gained": ("  MQA: new", "  MQA：新增"),
    "mqa_lost": ("  MQA: no more", "  MQA：取消"),
    "more": ("  … and {n:,} more", "  …… 另有 {n:,} 家"),
    "out_file": ("file     {out}", "文件   {out}"),
    "too_much": (
        "note     {what}: {asked:,.4g} asked, {there:,.4g} there: {over:,.4g} too many",
        "注意   {what}：需要 {asked:,.4g}，现有 {there:,.4g}，超出 {over:,.4g}",
    ),
    "fits": (
        "note     {what}: {asked:,.4g} asked, {there:,.4g} there: it fits",
        "注意   {what}：需要 {asked:,.4g}，现有 {there:,.4g}，可以承接",
    ),
    "of_hours": ("hours of work a week", "每周工作小时数"),
    "of_mqas": ("new MQAs a week", "每周新增市场合格客户（MQA）"),
    "untold": (
        "note     not in these figures: {names}; only abm prepare, train, index and score show "
        "what they do",
        "注意   以上数字不含 {names} 的影响；须重新运行 abm prepare、train、index、score 才能看到",
    ),
    "no_model": (
        "note     no model: nobody can say how many will be won; run abm train",
        "注意   尚无模型，无法预计赢单数；请先运行 abm train",
    ),
    "win_target": (
        "note     the model says who is won once there is an opportunity, not how many "
        "accounts will be won: for that train with propensity.target conversion",
        "注意   当前模型给出的是“有商机时的赢单概率”，不能预计赢单企业数；"
        "请以 propensity.target: conversion 重新训练",
    ),
    "no_signal": (
        "note     the back-test found no signal: the numbers of wins rest on the base rate",
        "注意   回测未发现有效信号：预计赢单数仅依据总体转化率",
    ),
    "mqa_points": (
        "answer   {threshold:g} points in tier 3 (other tiers in proportion): {found:g} new MQAs a "
        "week, of {asked:g} at most",
        "答案   第 3 层 {threshold:g} 分（其他层按比例）：每周新增 MQA {found:g} 家，"
        "上限 {asked:g} 家",
    ),
    "mqa_next": (
        "         a lower one would give {next:g} a week: {tied:,} more with exactly its points",
        "         再低一点即为每周 {next:g} 家：恰在该分数上的还有 {tied:,} 家",
    ),
    "mqa_any": (
        "answer   no threshold gives more than {most:g} new MQAs a week: {asked:g} are enough for "
        "every one, and nothing is changed",
        "答案   无论门槛多低，每周新增 MQA 不超过 {most:g} 家：{asked:g} 家的承接能力已足够，"
        "无需改动",
    ),
    "tier_1_at": (
        "answer   tier 1 from an account score of {threshold:g}: {found:,.0f} accounts, of "
        "{asked:,.0f} at most",
        "答案   第 1 层门槛为规则评分 {threshold:g}：{found:,.0f} 家，上限 {asked:,.0f} 家",
    ),
    "tier_1_next": (
        "         a lower one would give {next:,.0f}: {tied:,.0f} more with exactly that score",
        "         再低一点即为 {next:,.0f} 家：恰在该评分上的还有 {tied:,.0f} 家",
    ),
    "tier_1_any": (
        "answer   only {most:,.0f} accounts could be in tier 1 at all: every threshold keeps to "
        "{asked:,.0f}, and nothing is changed",
        "答案   最多只有 {most:,.0f} 家可进入第 1 层：任何门槛都不会超过 {asked:,.0f} 家，无需改动",
    ),
    "tier_1_by_hand": (
        "answer   people put {by_hand:,.0f} accounts into tier 1 by hand, more than {asked:,.0f}: "
        "no threshold helps, and nothing is changed",
        "答案   人工指定在第 1 层的已有 {by_hand:,.0f} 家，超过 {asked:,.0f} 家：调整门槛无济于事，"
        "无需改动",
    ),
    "tier_1_tied": (
        "answer   {tied:,.0f} accounts share the score 100: no threshold parts them; tier 1 takes "
        "{asked:,.0f} of them by account_id",
        "答案   有 {tied:,.0f} 家规则评分同为 100，门槛无法区分；第 1 层按 account_id 取 "
        "{asked:,.0f} 家",
    ),
}

HEADINGS: Mapping[str, tuple[str, str]] = {
    "account_id": ("account_id", "客户编号"),
    "name": ("name", "企业名称"),
    "change": ("change", "变化"),
    "tier_before": ("tier_before", "原客户分层"),
    "tier_after": ("tier_after", "新客户分层"),
    "mqa_before": ("mqa_before", "原市场合格客户（MQA）"),
    "mqa_after": ("mqa_after", "新市场合格客户（MQA）"),
    "account_score_before": ("account_score_before", "原规则评分"),
    "account_score_after": ("account_score_after", "新规则评分"),
    "rank_before": ("rank_before", "原排名"),
    "rank_after": ("rank_after", "新排名"),
    "holdout": ("holdout", "对照组"),
}
"""Columns of the file of accounts that move."""


def line(key: str, lang: Lang, /, **values: Any) -> str:
    """One line in one language."""
    return LINES[key][lang == "zh"].format(**values)


def table(
    before: Mapping[str, Any], after: Mapping[str, Any], days: int | None, lang: Lang
) -> list[str]:
    """Both lists side by side; what nobody can say has no row."""
    rows = [[line("now", lang), line("then", lang), ""]]
    for label, path in _rows(after, days, lang):
        cells = [_cell(_at(figures, path)) for figures in (before, after)]
        rows.append([*cells, label])
    lines = in_columns(rows)
    return [*lines, line("interval", lang)] if after["expected_wins"] else lines


def moved(moves: pd.DataFrame, lang: Lang) -> Iterator[str]:
    """How many move, and the first of them by name."""
    counts = moves["change"].replace("", "same").value_counts()
    yield line("moves", lang, **{w: counts.get(w, 0) for w in ("new", "out", "up", "down", "same")})
    for row in moves.head(SHOWN).itertuples():
        yield line(
            "move",
            lang,
            word=line(str(row.change), lang),
            tiers=f"{_tier(row.tier_before)} → {_tier(row.tier_after)}",
            mqa=_mqa(bool(row.mqa_before), bool(row.mqa_after), lang),
            id=row.account_id,
            name=row.name,
        )
    if len(moves) > SHOWN:
        yield line("more", lang, n=len(moves) - SHOWN)


def setting_words(name: str, before: Any, after: Any, lang: Lang) -> str:
    """One changed setting."""
    told = {"before": _value(before, lang), "after": _value(after, lang)}
    return line("setting", lang, name=name, **told)


def answer_words(answer: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """The answer to a threshold that was asked for, and what holds it there."""
    code = answer["answer"]
    yield line(code, lang, **answer)
    if code in ("mqa_points", "tier_1_at") and answer["tied"]:
        yield line({"mqa_points": "mqa_next"}.get(code, "tier_1_next"), lang, **answer)


def _rows(after: Mapping[str, Any], days: int | None, lang: Lang) -> Iterator[tuple[str, str]]:
    """Label, and where the figure stands."""
    yield line("accounts", lang), "accounts"
    for tier in after["tiers"]:
        yield line("tier", lang, tier=tier), f"tiers.{tier}.accounts"
    for name in ("mqa", "new_mqas_a_week", "handovers", "contacts", "hours_a_week"):
        yield line(name, lang), name
    if after["expected_wins"]:
        within = line("within", lang, days=days) if days else ""
        yield line("expected_wins", lang, within=within), "expected_wins"
        for tier in after["tiers"]:
            yield line("tier", lang, tier=tier), f"tiers.{tier}.expected_wins"
        yield line("first_100", lang), "first_100.expected_wins"
    if after["expected_value"]:
        yield line("expected_value", lang), "expected_value"
    if after["holdout"]["accounts"]:
        yield line("holdout", lang), "holdout.accounts"


def _at(figures: Any, path: str) -> Any:
    for name in path.split("."):
        figures = figures[name]
    return figures


def _cell(figure: Any) -> str:
    if isinstance(figure, Mapping):
        return f"{_number(figure['value'])} ({_number(figure['low'])}–{_number(figure['high'])})"
    return _number(figure)


def _number(value: float) -> str:
    """Whole from 10 on; one decimal below, unless whole anyway."""
    return f"{value:,.0f}" if abs(value) >= 10 or value == int(value) else f"{value:,.1f}"


def _tier(tier: Any) -> str:
    return "–" if pd.isna(tier) else str(tier)


def _mqa(before: bool, after: bool, lang: Lang) -> str:
    if before == after:
        return ""
    return line("mqa_gained" if after else "mqa_lost", lang)


def _value(value: Any, lang: Lang) -> str:
    if value is None or isinstance(value, bool):
        return {None: "–", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return f"{value:g}"
    text = str(list(value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= 60 else line("other_rules", lang)
