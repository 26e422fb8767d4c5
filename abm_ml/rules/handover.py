"""To sales now, or nurture on: the decision, whom to call, and why (DESIGN 6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.rules.mqa_gap import gap_words

Flags = NDArray[np.bool_]

DECISIONS: Mapping[str, tuple[str, str]] = {
    "sales": ("to sales now", "立即转交销售"),
    "with_sales": ("sales has it already", "销售已在跟进"),
    "nurture": ("nurture on", "继续培育"),
    "leave": ("leave alone", "暂不投入"),
}
"""Every decision in words: English, Chinese."""

_WHY: Mapping[str, tuple[str, str]] = {
    "decision_maker": (
        "marketing-qualified, and a decision maker is engaged: call {contact}",
        "已是市场合格客户（MQA），且决策者已互动：请联系 {contact}",
    ),
    "engaged_contact": (
        "marketing-qualified; no decision maker is engaged: call {contact}, who is the most "
        "engaged, and ask for one",
        "已是市场合格客户（MQA），决策者尚未互动：请联系互动最多的 {contact}，并请其引荐决策者",
    ),
    "no_contact": (
        "marketing-qualified, but no engaged contact may be called: find one first",
        "已是市场合格客户（MQA），但没有可联系的互动联系人：请先找到联系人",
    ),
    "cross_sell": (
        "marketing-qualified, and a customer of another product: its account manager calls "
        "{contact}",
        "已是市场合格客户（MQA），且已购买其他产品：请由其客户经理联系 {contact}",
    ),
    "customer": ("it is a customer", "已是客户"),
    "open_opportunity": ("an opportunity is open", "有进行中的商机"),
    "not_qualified": ("not marketing-qualified: {gap}", "尚非市场合格客户（MQA）：{gap}"),
    "knocked_out": ("{gap}", "{gap}"),
    "rejected": (
        "marketing-qualified, but sales rejected it, and it has not qualified anew since",
        "已是市场合格客户（MQA），但销售曾拒绝，此后尚未重新达标",
    ),
    "off_list": ("taken off the list by hand", "已人工移出名单"),
}
"""Reasons by code: English, Chinese."""


@dataclass(frozen=True)
class Handover:
    """What to do with each account.

    Parameters
    ----------
    decision : pyarrow.Array of str, shape (n_accounts,)
        sales, with_sales, nurture or leave.
    contact : pyarrow.Array of str, shape (n_accounts,)
        Whom sales calls (a contact_id); null where it is not for sales now, or nobody may be
        called.
    why : pyarrow.Array of str, shape (n_accounts,)
        A code; `handover_words` words it.
    """

    decision: pa.Array
    contact: pa.Array
    why: pa.Array


def handover(
    *,
    qualified: Flags,
    knocked_out: Flags,
    customer: Flags,
    open_opportunity: Flags,
    call_contact: pa.Array,
    call_decides: Flags,
    off_list: Flags | None = None,
    cross_sell: Flags | None = None,
    rejected: Flags | None = None,
) -> Handover:
    """The decision for each account; the first that applies.

    Sales has customers and accounts with an open opportunity already; what a `must` knocked out
    or people took off the list is left alone; an MQA goes to sales, unless they
    rejected it in its present stretch as one; the rest is nurtured on.

    Parameters
    ----------
    qualified, knocked_out, customer, open_opportunity : array of bool, shape (n_accounts,)
        State of each account.
    call_contact : pyarrow.Array of str, shape (n_accounts,)
        The engaged decision maker, else the engaged contact with the most points, of those who
        may be used; null: nobody.
    call_decides : array of bool, shape (n_accounts,)
        Whether that is a decision maker.
    off_list : array of bool, shape (n_accounts,), optional
        Accounts that people took off the list (a tier by hand that is none).
    cross_sell : array of bool, shape (n_accounts,), optional
        Customers of another product than the one the list is to sell.
    rejected : array of bool, shape (n_accounts,), optional
        Accounts that sales rejected and that have not qualified anew since (`still_rejected`).
    """
    nobody = np.zeros(len(qualified), dtype=bool)
    callable_ = np.asarray(pc.is_valid(call_contact), dtype=bool)
    table = [
        (customer, "with_sales", "customer"),
        (open_opportunity, "with_sales", "open_opportunity"),
        (knocked_out, "leave", "knocked_out"),
        (nobody if off_list is None else off_list, "leave", "off_list"),
        (qualified & (nobody if rejected is None else rejected), "nurture", "rejected"),
        (qualified & callable_ & (nobody if cross_sell is None else cross_sell), "sales",
         "cross_sell"),
        (qualified & callable_ & call_decides, "sales", "decision_maker"),
        (qualified & callable_, "sales", "engaged_contact"),
        (qualified, "sales", "no_contact"),
    ]  # fmt: skip
    holds = [condition for condition, _, _ in table]
    decision = np.select(holds, [name for _, name, _ in table], default="nurture")
    why = np.select(holds, [code for _, _, code in table], default="not_qualified")
    contact = pc.if_else(pa.array(decision == "sales"), call_contact, None)
    return Handover(pa.array(decision, pa.string()), contact, pa.array(why, pa.string()))


def still_rejected(rejected_at: pa.Array, mqa_at: pa.Array | None = None) -> Flags:
    """Accounts that sales rejected, and that have not become an MQA after that.

    Parameters
    ----------
    rejected_at : pyarrow.Array of timestamp, shape (n_accounts,)
        When sales' last word was no; null where it was not.
    mqa_at : pyarrow.Array of timestamp, shape (n_accounts,), optional
        When each became an MQA in its present stretch; null where it is none. Without it every
        rejected account is still rejected.
    """
    said_no = np.asarray(pc.is_valid(rejected_at), dtype=bool)
    if mqa_at is None:
        return said_no
    anew = pc.fill_null(pc.greater(mqa_at, rejected_at), False)
    still: Flags = said_no & ~np.asarray(anew, dtype=bool)
    return still


def handover_words(decision: str, why: str, contact: str | None, gap: str | None, lang: str) -> str:
    """The decision on one account and the reason, in words.

    >>> handover_words("sales", "decision_maker", "C-7", None, "en")
    'to sales now: marketing-qualified, and a decision maker is engaged: call C-7'
    >>> handover_words("nurture", "not_qualified", None, "missing 1 contact", "zh")
    '继续培育：尚非市场合格客户（MQA）：还差 1 位互动联系人'
    """
    zh = lang == "zh"
    reason = _WHY[why][zh].format(contact=contact, gap=gap_words(gap, lang))
    return f"{DECISIONS[decision][zh]}{'：' if zh else ': '}{reason}"
