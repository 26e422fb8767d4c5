"""Why an account moved on the list since the last one, in words, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_PARTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "firmographic": "firmographic fit",
        "technographic": "technographic fit",
        "intent": "intent",
        "engagement": "engagement",
    },
    "zh": {
        "firmographic": "企业属性匹配度",
        "technographic": "技术匹配度",
        "intent": "第三方意图信号",
        "engagement": "意向度",
    },
}
_MOVED = {
    "en": "{part} {moved} the account score by {points:.1f} points ({last:.1f} → {score:.1f})",
    "zh": "{part}使规则评分{moved} {points:.1f} 分（{last:.1f} → {score:.1f}）",
}
_MOVES = {"en": ("raised", "lowered"), "zh": ("上升", "下降")}

_EXCLUDED = {
    "en": {
        "suppressed": "suppressed",
        "own_company": "the own company",
        "account_type": "its account type",
        "hands_off": "hands off",
        "customer": "became a customer",
        "open_opportunity": "has an open opportunity",
        "no_open_opportunity": "has no open opportunity",
        "not_customer": "is no customer",
    },
    "zh": {
        "suppressed": "在禁用名单中",
        "own_company": "本公司",
        "account_type": "客户类型",
        "hands_off": "勿扰",
        "customer": "已成为客户",
        "open_opportunity": "有进行中的商机",
        "no_open_opportunity": "没有进行中的商机",
        "not_customer": "还不是客户",
    },
}

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "gone": "no longer among the accounts",
        "excluded": "excluded: {excluded}",
        "pinned": "pinned",
        "manual": "tier set by hand",
        "pilot": "on the pilot list",
        "by_hand_ended": "its tier is no longer set by hand",
        "knocked_out": "a must of the ICP is no longer met",
        "capacity": "accounts with a better claim fill the better tiers",
        "place_free": "a place in a better tier became free",
        "first_scored": "was not scored last time",
        "no_scores": "the last list told no scores to compare with",
        "kept_no_longer": "neither margin nor least stay keeps it any longer, at {score:.1f}",
        "score": "the account score moved from {last:.1f} to {score:.1f}",
        "rules": "thresholds or weights changed, not the account",
    },
    "zh": {
        "gone": "已不在企业数据中",
        "excluded": "被排除：{excluded}",
        "pinned": "人工保留",
        "manual": "人工指定分层",
        "pilot": "列入试点名单",
        "by_hand_ended": "人工指定已失效",
        "knocked_out": "不再满足理想客户的必要条件",
        "capacity": "更高层的名额已被更优的企业占满",
        "place_free": "更高层空出名额",
        "first_scored": "上期未评分",
        "no_scores": "上期名单没有可比较的评分",
        "kept_no_longer": "保留分差和最短停留时间均不再适用（{score:.1f} 分）",
        "score": "规则评分由 {last:.1f} 变为 {score:.1f}",
        "rules": "门槛或权重有变化，企业本身没有变化",
    },
}


def change_words(
    lang: str, code: NDArray[np.object_], facts: Mapping[str, NDArray[Any]]
) -> pa.Array:
    """The reason of each change in words; null where there is no code.

    Parameters
    ----------
    lang : {"en", "zh"}
        The language.
    code : array of str, shape (n_accounts,)
        As `changes.list_changes` names them, or "".
    facts : mapping of str to array, each of shape (n_accounts,)
        points (by which the part moved the score), last and score (the account score), excluded
        (the reason), detail (the row behind an exclusion), said (who decided by hand, and why).
    """
    words = np.full(len(code), None, dtype=object)
    names = list(facts)
    for name in np.unique(code[code != ""].astype(str)):
        rows = np.flatnonzero(code == name)
        columns = [facts[fact][rows].tolist() for fact in names]
        values = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
        words[rows] = [_sentence(lang, str(name), value) for value in values]
    return pa.array(words, pa.string())


def _sentence(lang: str, code: str, facts: Mapping[str, Any]) -> str:
    """For example "engagement raised the account score by 12.3 points (74.1 → 86.4)"."""
    part = _PARTS[lang].get(code)
    if part:
        moved = _MOVES[lang][facts["points"] < 0]
        told = {**facts, "points": abs(facts["points"])}
        return _MOVED[lang].format_map(told | {"part": part, "moved": moved})
    reason = _EXCLUDED[lang].get(facts["excluded"], facts["excluded"])
    text = _WORDS[lang][code].format_map({**facts, "excluded": reason})
    more = {"excluded": "detail", "pinned": "said", "manual": "said", "pilot": "said"}.get(code)
    if more and facts[more]:
        return f"{text}（{facts[more]}）" if lang == "zh" else f"{text} ({facts[more]})"
    return text
