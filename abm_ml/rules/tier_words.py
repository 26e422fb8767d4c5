"""Why an account has its tier, or none, in words, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_REASONS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "under_floor": "account score {score:.10g} is under the lowest floor, {lowest:g}",
        "threshold": "account score {score:.10g} reaches tier {reached} (from {floor:g})",
        "next": ", which is full; tier {tier} is next",
        "none": ", which is full; so are the rest",
        "kept_by_margin": "account score {score:.10g} keeps the place that the account had in the "
        "last list: tier {tier}, by the margin",
        "kept_by_stay": "in tier {tier}, whatever its score: it has not been in a tier as good as "
        "this for the least stay yet",
        "pinned": "kept in tier {tier} or better by hand",
        "pilot": "on the pilot list: tier {tier}",
        "manual": "set to tier {tier} by hand",
        "manual_none": "taken off the list by hand",
        "knocked_out": "a must of the ICP is not met: no tier",
        "excluded": "excluded accounts have no tier",
        "full": "claim on a better tier, which is full; tier {tier} is next",
        "full_none": "claim on a tier, but all are full",
        "although": "{why}, although a must of the ICP is not met",
        "said": "{why} ({said})",
    },
    "zh": {
        "under_floor": "规则评分 {score:.10g} 低于最低门槛 {lowest:g}",
        "threshold": "规则评分 {score:.10g} 达到第 {reached} 层（{floor:g} 分起）",
        "next": "，但名额已满；进入第 {tier} 层",
        "none": "，但名额已满；其余各层也已满",
        "kept_by_margin": "规则评分 {score:.10g}，在保留分差之内，保留上期名单中的第 {tier} 层名额",
        "kept_by_stay": "入层未满最短停留时间，无论评分如何，保留在第 {tier} 层",
        "pinned": "人工保留：至少为第 {tier} 层",
        "pilot": "在试点名单中：第 {tier} 层",
        "manual": "人工指定为第 {tier} 层",
        "manual_none": "人工移出名单",
        "knocked_out": "不满足理想客户的必要条件",
        "excluded": "被排除的企业不分层",
        "full": "有更高层的资格，但名额已满；进入第 {tier} 层",
        "full_none": "有分层资格，但各层名额均已满",
        "although": "{why}，尽管不满足理想客户的必要条件",
        "said": "{why}（{said}）",
    },
}


def tier_reason(
    score: float,
    tier: int,
    floors: Sequence[float],
    lang: str = "en",
    *,
    why: str = "",
    said: str = "",
    knocked_out: bool = False,
) -> str:
    """Why one account has its tier, or none, in words.

    Parameters
    ----------
    score : float
        Its account score.
    tier : int
        1, 2, 3, or 0 for none.
    floors : 3 float
        Lowest scores of tiers 1, 2 and 3.
    lang : {"en", "zh"}
        The language.
    why : str
        The code of `tiers.TierVerdict`; by default the score and the floors tell.
    said : str
        Who decided, why and until when (`overrides.decision_words`), if somebody did.
    knocked_out : bool
        Whether a `must` failed.

    Examples
    --------
    >>> tier_reason(85.0, 2, (80.0, 60.0, 0.0))
    'account score 85 reaches tier 1 (from 80), which is full; tier 2 is next'
    >>> tier_reason(85.0, 1, (80.0, 60.0, 0.0), "zh")
    '规则评分 85 达到第 1 层（80 分起）'
    >>> tier_reason(12.0, 1, (80.0, 60.0, 0.0), why="pilot", said="by Ann", knocked_out=True)
    'on the pilot list: tier 1, although a must of the ICP is not met (by Ann)'
    """
    words = _REASONS[lang]
    reached = next((i for i, floor in enumerate(floors, start=1) if score >= floor), 0)
    if why in ("", "threshold", "under_floor", "capacity"):
        key = _by_score(why, tier, reached, bool(said))
    else:
        key = "manual_none" if (why, tier) == ("manual", 0) else why
    floor = floors[reached - 1] if reached else floors[-1]
    text = words[key].format(
        score=score, tier=tier, reached=reached, floor=floor, lowest=floors[-1]
    )
    if key == "threshold" and tier != reached:
        text += words["next" if tier else "none"].format(tier=tier)
    if knocked_out and tier:
        text = words["although"].format(why=text)
    return words["said"].format(why=text, said=said) if said else text


def _by_score(why: str, tier: int, reached: int, decided: bool) -> str:
    """What the score says; where the claim did not come from it, that the tier was full."""
    better = reached and (not tier or reached <= tier)
    if why == "capacity" and (decided or not better or reached == tier):
        return "full" if tier else "full_none"
    return "threshold" if better else "under_floor"
