from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from abm_ml.rules.handover import handover, handover_words, still_rejected


def decide(contact: str | None = "C-7", decides: bool = False, **state: bool) -> tuple:
    """Of one account: decision, contact and reason."""
    names = (
        "qualified",
        "knocked_out",
        "customer",
        "open_opportunity",
        "off_list",
        "rejected",
        "cross_sell",
    )
    flags = {name: np.array([state.get(name, False)]) for name in names}
    found = handover(
        **flags,
        call_contact=pa.array([contact], pa.string()),
        call_decides=np.array([decides]),
    )
    return tuple(array[0].as_py() for array in (found.decision, found.contact, found.why))


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, ("nurture", None, "not_qualified")),
        ({"qualified": True}, ("sales", "C-7", "engaged_contact")),
        ({"qualified": True, "decides": True}, ("sales", "C-7", "decision_maker")),
        ({"qualified": True, "contact": None}, ("sales", None, "no_contact")),
        ({"qualified": True, "off_list": True}, ("leave", None, "off_list")),
        ({"qualified": True, "cross_sell": True, "decides": True}, ("sales", "C-7", "cross_sell")),
        ({"qualified": True, "cross_sell": True, "contact": None}, ("sales", None, "no_contact")),
        ({"cross_sell": True}, ("nurture", None, "not_qualified")),
        ({"qualified": True, "rejected": True}, ("nurture", None, "rejected")),
        ({"qualified": False, "rejected": True}, ("nurture", None, "not_qualified")),
        ({"customer": True, "off_list": True}, ("with_sales", None, "customer")),
        ({"knocked_out": True}, ("leave", None, "knocked_out")),
        ({"qualified": True, "open_opportunity": True},
         ("with_sales", None, "open_opportunity")),
        ({"qualified": True, "open_opportunity": True, "customer": True},
         ("with_sales", None, "customer")),
    ],
)  # fmt: skip
def test_an_mqa_goes_to_sales_with_whom_to_call_unless_sales_has_it(state, expected) -> None:
    assert decide(**state) == expected


def test_a_rejection_holds_until_the_account_qualifies_anew() -> None:
    day = [datetime(2026, 1, n) for n in (1, 2, 3)]
    rejected = pa.array([day[1], day[1], day[1], day[1], None])
    since = pa.array([day[0], day[1], day[2], None, day[2]])
    assert still_rejected(rejected, since).tolist() == [True, True, False, True, False]
    assert still_rejected(rejected).tolist() == [True, True, True, True, False]


@pytest.mark.parametrize(
    ("decision", "why", "contact", "gap", "en", "zh"),
    [
        ("sales", "engaged_contact", "C-7", None,
         "to sales now: marketing-qualified; no decision maker is engaged: call C-7, who is the "
         "most engaged, and ask for one",
         "立即转交销售：已是市场合格客户（MQA），决策者尚未互动："
         "请联系互动最多的 C-7，并请其引荐决策者"),
        ("sales", "cross_sell", "C-7", None,
         "to sales now: marketing-qualified, and a customer of another product: its account "
         "manager calls C-7",
         "立即转交销售：已是市场合格客户（MQA），且已购买其他产品：请由其客户经理联系 C-7"),
        ("nurture", "not_qualified", None, "missing 7.50 points",
         "nurture on: not marketing-qualified: missing 7.50 points",
         "继续培育：尚非市场合格客户（MQA）：还差 7.5 分"),
        ("leave", "knocked_out", None, "knocked out by the ICP",
         "leave alone: knocked out by the ICP", "暂不投入：不满足理想客户的必要条件"),
        ("leave", "off_list", None, None,
         "leave alone: taken off the list by hand", "暂不投入：已人工移出名单"),
        ("with_sales", "customer", None, None,
         "sales has it already: it is a customer", "销售已在跟进：已是客户"),
    ],
)  # fmt: skip
def test_the_decision_is_said_in_both_languages(decision, why, contact, gap, en, zh) -> None:
    assert handover_words(decision, why, contact, gap, "en") == en
    assert handover_words(decision, why, contact, gap, "zh") == zh
