"""One recommended play an account, with the reason, as a decision table (DESIGN 6.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.stages import CUSTOMERS

Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

PLAYS: Mapping[str, tuple[str, str]] = {
    "pre_targeting": ("pre-targeting", "预定向"),
    "nurture": ("nurture", "客户培育"),
    "lead_to_account_nurture": ("lead-to-account nurture", "潜在线索培育"),
    "pipeline_acceleration": ("pipeline acceleration", "漏斗加速"),
    "wake_the_dead": ("wake the dead", "激活沉睡线索"),
    "land_and_expand": ("land and expand", "以点带面"),
    "renew_and_upsell": ("renew and upsell", "续订和增购"),
}
"""Every play in words: English, Chinese."""

_WHY: Mapping[str, tuple[str, str]] = {
    "renewal_due": ("a contract is due in {n} days", "合同将于 {n} 天内到期"),
    "open_opportunity": ("an opportunity is open", "有进行中的商机"),
    "subsidiaries": ("subsidiaries to win: {n}", "可拓展的子公司：{n} 家"),
    "other_products": ("products it has not bought: {n}", "尚未购买的产品：{n} 个"),
    "cross_sell": (
        "cross-sell: a customer of other products, deals won: {n}",
        "交叉销售：已是其他产品的客户，赢单 {n} 个",
    ),
    "uncovered_roles": (
        "roles of the buying committee without an engaged contact: {n}",
        "采购决策链中无互动联系人的角色：{n} 个",
    ),
    "customer": ("a customer, with nothing due", "已是客户，近期无到期合同"),
    "mqa": ("marketing-qualified, no opportunity yet", "已是市场合格客户（MQA），尚无商机"),
    "rejected": (
        "marketing-qualified, but sales rejected it before it qualified anew",
        "已是市场合格客户（MQA），但销售曾拒绝",
    ),
    "fresh_leads": ("leads that came in by themselves: {n}", "主动进线的线索：{n} 条"),
    "dormant": ("was active once, but nothing moves now", "曾有互动或商机，目前沉寂"),
    "silent_leads": ("leads that went silent: {n}", "沉默的线索：{n} 条"),
    "engaged": ("people engage, but not enough yet", "已有人互动，但尚不足够"),
    "visited": ("visits without a known person", "有匿名访问，尚无已知联系人"),
    "researching": (
        "researches the topic, but has not met us yet",
        "正在研究相关主题，尚未接触我们",
    ),
    "unaware": ("does not know us yet", "尚未认知我们"),
}
"""Reasons by code: English, Chinese."""


@dataclass(frozen=True)
class PlayFacts:
    """What the table looks at, each of shape (n_accounts,).

    Parameters
    ----------
    stage : pyarrow.Array of str
        As in `stages.stages`.
    open_opportunity : array of bool
        Also of customers.
    leads, fresh_leads : array of int
        Leads that were not converted; those created or engaged within the window.
    met : array of bool
        Whether anybody of it was ever seen by us (`last_engaged_at` is known).
    renewal_in_days : array of float
        Until the next renewal or end of a contract; NaN: none is known.
    subsidiaries, products, uncovered_roles : array of int
        Companies under it, different products it bought, roles without an engaged contact.
    rejected : array of bool, optional
        Whether sales rejected it, and it has not qualified anew since.
    won_elsewhere : array of int, optional
        Deals won of other products than the one the list is to sell.
    """

    stage: pa.Array
    open_opportunity: Flags
    leads: Counts
    fresh_leads: Counts
    met: Flags
    renewal_in_days: NDArray[np.float64]
    subsidiaries: Counts
    products: Counts
    uncovered_roles: Counts
    rejected: Flags | None = None
    won_elsewhere: Counts | None = None


def plays(facts: PlayFacts, *, products_sold: int, renewal_days: int) -> tuple[pa.Array, pa.Array]:
    """The play of each account and why: the first line of the table that holds.

    Parameters
    ----------
    facts : PlayFacts
        Where the accounts stand.
    products_sold : int
        Different products that anybody bought.
    renewal_days : int
        From how many days before it a renewal comes before everything else.

    Returns
    -------
    play : pyarrow.Array of str
        One of `PLAYS`.
    why : pyarrow.Array of str
        A code, with its number where it has one: "renewal_due:34"; `play_reason` words it.
    """
    days = facts.renewal_in_days
    others = np.where(facts.products > 0, products_sold - facts.products, 0)
    stage = {name: _is(facts.stage, name) for name in ("opportunity", "MQA", "dormant")}
    stage |= {name: _is(facts.stage, name) for name in ("engaged", "aware")}
    customer = np.any([_is(facts.stage, name) for name in CUSTOMERS], axis=0)
    nothing = np.zeros(len(customer), dtype=np.int64)
    rejected = nothing > 0 if facts.rejected is None else facts.rejected
    elsewhere = nothing if facts.won_elsewhere is None else facts.won_elsewhere
    silent = ~stage["engaged"] & (facts.leads > 0)
    table = [
        (customer & (days <= renewal_days), "renew_and_upsell", "renewal_due", days),
        (customer & facts.open_opportunity, "pipeline_acceleration", "open_opportunity", None),
        (customer & (facts.subsidiaries > 0), "land_and_expand", "subsidiaries",
         facts.subsidiaries),
        (customer & (others > 0), "land_and_expand", "other_products", others),
        (customer & (facts.uncovered_roles > 0), "land_and_expand", "uncovered_roles",
         facts.uncovered_roles),
        (customer, "renew_and_upsell", "customer", None),
        (stage["opportunity"], "pipeline_acceleration", "open_opportunity", None),
        (elsewhere > 0, "land_and_expand", "cross_sell", elsewhere),
        (stage["MQA"] & rejected, "nurture", "rejected", None),
        (stage["MQA"], "pipeline_acceleration", "mqa", None),
        (facts.fresh_leads > 0, "lead_to_account_nurture", "fresh_leads", facts.fresh_leads),
        (stage["dormant"], "wake_the_dead", "dormant", None),
        (silent, "wake_the_dead", "silent_leads", facts.leads),
        (stage["engaged"], "nurture", "engaged", None),
        (stage["aware"] & facts.met, "nurture", "visited", None),
        (stage["aware"], "pre_targeting", "researching", None),
        (np.ones(len(customer), dtype=bool), "pre_targeting", "unaware", None),
    ]  # fmt: skip
    line = np.argmax([holds for holds, *_ in table], axis=0)
    play = pa.array([name for _, name, _, _ in table], pa.string()).take(pa.array(line))
    return play, _why(table_codes=[(code, n) for _, _, code, n in table], line=line)


def play_words(play: str, lang: str) -> str:
    """The name of a play in a language.

    >>> play_words("wake_the_dead", "en"), play_words("wake_the_dead", "zh")
    ('wake the dead', '激活沉睡线索')
    """
    return PLAYS[play][lang == "zh"]


def play_reason(why: str, lang: str) -> str:
    """The reason of a play in words.

    >>> play_reason("renewal_due:34", "en"), play_reason("open_opportunity", "zh")
    ('a contract is due in 34 days', '有进行中的商机')
    """
    code, _, number = why.partition(":")
    return _WHY[code][lang == "zh"].format(n=number)


def _is(stage: pa.Array, name: str) -> Flags:
    return np.asarray(pc.equal(stage, name), dtype=bool)


def _why(
    table_codes: list[tuple[str, NDArray[np.float64] | Counts | None]], line: NDArray[np.int64]
) -> pa.Array:
    """Codes of the lines that held, with their numbers."""
    codes = pa.array([code if n is None else f"{code}:" for code, n in table_codes], pa.string())
    numbers = np.full(len(line), -1, dtype=np.int64)
    for place, (_, n) in enumerate(table_codes):
        if n is not None:
            here = line == place
            numbers[here] = np.asarray(n)[here].astype(np.int64)
    shown = pc.if_else(pa.array(numbers >= 0), pc.cast(pa.array(numbers), pa.string()), "")
    return pc.binary_join_element_wise(codes.take(pa.array(line)), shown, "")
