"""Why a person is on the list, in English and Chinese; no name, address or mail among it."""

from __future__ import annotations

from abm_ml.data.titles import NAMES
from abm_ml.lookalike.contacts.networks import OFFICE

TRAITS = {"function": ("function", "职能"), "seniority": ("seniority", "职级"),
          "role": ("role", "角色")}  # fmt: skip

Both = tuple[str, str]
"""A text in English and in Chinese."""


def missing_role_words(role: str) -> Both:
    """That nobody in this role is in touch yet."""
    en, zh = NAMES[role]
    return f"fills a missing role: {en}", f"补足采购决策链中缺少的角色：{zh}"


def persona_words(name: str, name_zh: str, priority: str) -> Both:
    """Which persona a person is of."""
    return f"persona {name} (priority {priority})", f"符合画像“{name_zh}”（优先级 {priority}）"


def likeness_words(trait: str, value: str, inside: float, outside: float) -> Both:
    """What a person shares with the seed contacts, and how common that is."""
    (trait_en, trait_zh), (en, zh) = TRAITS[trait], NAMES[value]
    return (
        f"like your seed contacts: {trait_en} {en} ({inside:.0%} of seeds, {outside:.0%} of all)",
        f"与种子联系人相似：{trait_zh}为{zh}（种子 {inside:.0%}，全体 {outside:.0%}）",
    )


def network_words(via: str, days: int) -> Both:
    """On whose network a person was seen."""
    once = "1 day" if days == 1 else f"{days} days"
    if via == OFFICE:
        return f"seen on the office network, {once}", f"在企业办公网络出现过 {days} 天"
    return (
        f"seen on the network of a seed contact, {once}",
        f"与种子联系人在同一网络出现过 {days} 天",
    )


def visitor_words() -> Both:
    """That a visitor is nobody the CRM knows."""
    return "unknown visitor seen at the office", "在该企业办公地出现的未知访客"


def place_words() -> Both:
    """That a contact works where the account is."""
    return "in the account's city", "与企业同城"


def joined(reasons: list[Both]) -> Both:
    """Several reasons as one text in each language."""
    return "; ".join(en for en, _ in reasons), "；".join(zh for _, zh in reasons)
