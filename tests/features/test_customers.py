"""What an account bought, uses and says, as of a date."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from abm_ml.features.customers import customer_state, products_sold
from abm_ml.rulebook import Stages

AS_OF = datetime(2026, 1, 1)
NOTHING = {
    "contract_days": None, "renewal_in_days": None, "renewals": 0, "expansions": 0,
    "products": 0, "usage_events": 0, "advocacy_events": 0, "subsidiaries": 0, "accepted": False,
    "rejected_at": None,
}  # fmt: skip


def day(days: int) -> datetime:
    """Midnight, so many days after as_of."""
    return AS_OF + timedelta(days=days)


def contract(start: int, **more: Any) -> dict[str, Any]:
    return {"start": day(start), **more}


def won(closed: int, **more: Any) -> dict[str, Any]:
    return {"stage": "won", "is_won": True, "created_at": day(closed - 30),
            "closed_at": day(closed), **more}  # fmt: skip


KEYS = {"contracts": "contract_id", "opportunities": "opportunity_id"}


@pytest.fixture
def states(crm_of, make_spine):
    """What differs from nothing, of one account a case; a case is a mapping of table to rows."""

    def look(cases: list[dict[str, list[dict[str, Any]]]]) -> list[dict[str, Any]]:
        names = [f"A{i:02}" for i in range(len(cases))]
        tables: dict[str, list[dict[str, Any]]] = {}
        for name, case in zip(names, cases, strict=True):
            for table, rows in case.items():
                placed = tables.setdefault(table, [])
                for row in rows:
                    key = {KEYS[table]: str(len(placed))} if table in KEYS else {}
                    placed.append({**key, "account_id": name, **row})
        crm = crm_of(accounts=[{"account_id": name, "name": name} for name in names], **tables)
        spine = make_spine(crm, [(name, AS_OF) for name in names])
        found = customer_state(crm, spine, Stages(), window_days=90).order_by("row_id")
        rows = crm.to_arrow(found).drop(["row_id"]).to_pylist()
        assert set(rows[0]) == set(NOTHING)
        return [{k: v for k, v in row.items() if v != NOTHING[k]} for row in rows]

    return look


def test_an_export_without_such_tables_tells_nothing(states) -> None:
    assert states([{}]) == [{}]


def test_contracts_run_renew_and_end(states) -> None:
    cases = [
        ([contract(-400)], {"contract_days": 400}),
        ([contract(-400, end=day(34))], {"contract_days": 400, "renewal_in_days": 34}),
        ([contract(-400, end=day(34), renewal_at=day(10))],
         {"contract_days": 400, "renewal_in_days": 10}),
        ([contract(-400, end=day(34), renewal_at=day(-1))],
         {"contract_days": 400, "renewal_in_days": 34}),
        ([contract(-400, end=day(-1))], {}),
        ([contract(-400, end=day(-30)), contract(-29, end=day(300))],
         {"contract_days": 29, "renewal_in_days": 300, "renewals": 1}),
        ([contract(-400, product="a"), contract(-29, product="b")],
         {"contract_days": 400, "products": 2}),
        ([contract(0)], {}),
    ]  # fmt: skip
    assert states([{"contracts": rows} for rows, _ in cases]) == [told for _, told in cases]


def test_the_type_of_a_won_deal_says_what_it_was(states) -> None:
    cases = {
        "Renewal": {"renewals": 1}, "续约": {"renewals": 1}, "New Business": {}, None: {},
        "Existing Customer - Upgrade": {"expansions": 1}, "增购": {"expansions": 1},
    }  # fmt: skip
    told = states([{"opportunities": [won(-10, type=kind)]} for kind in cases])
    assert told == list(cases.values())


def test_only_won_deals_before_as_of_are_purchases_and_one_told_twice_counts_once(states) -> None:
    renewal = won(-5, type="renewal", product="a")
    deals = [
        [renewal | {"is_won": False}],
        [renewal | {"is_won": None, "closed_at": None}],
        [won(0, type="renewal", product="a")],
        [renewal],
    ]
    cases = [{"opportunities": rows} for rows in deals]
    cases[3]["contracts"] = [contract(-400, product="a"), contract(-5, product="a")]
    bought = {"renewals": 1, "products": 1, "contract_days": 400}
    assert states(cases) == [{}, {}, {}, bought]


def test_use_counts_within_the_window_and_advocacy_at_any_time(states) -> None:
    kinds = ("product_usage", "product_login", "case_study")
    events = [{"ts": day(days), "kind": kind} for days in (0, -90, -91) for kind in kinds]
    assert states([{"engagements": events}, {}]) == [
        {"usage_events": 2, "advocacy_events": 2},
        {},
    ]


def test_the_last_word_of_sales_before_as_of_holds(states) -> None:
    cases = [
        ([(-5, "accepted")], True),
        ([(-5, "accepted"), (-2, "rejected")], False),
        ([(-5, "rejected"), (-2, " 接受 ")], True),
        ([(0, "accepted")], False),
    ]
    feedback = [[{"verdict": said, "ts": day(at)} for at, said in rows] for rows, _ in cases]
    told = states([{"feedback": rows} for rows in feedback])
    assert [row.get("accepted", False) for row in told] == [accepted for _, accepted in cases]
    through = day(-1) - timedelta(microseconds=1)  # only the day is known
    assert [row.get("rejected_at") for row in told] == [None, through, None, None]


def test_subsidiaries_are_known_from_either_side_once(crm_of, make_spine) -> None:
    accounts = [{"account_id": name, "name": name} for name in "ABCDE"]
    accounts[1]["parent_account_id"] = "A"
    pairs = [("A", "B", "subsidiary"), ("A", "C", "Branch"), ("D", "A", "parent"),
             ("A", "E", "investor")]  # fmt: skip
    relations = [
        {"account_id": one, "related_account_id": other, "kind": kind} for one, other, kind in pairs
    ]
    crm = crm_of(accounts=accounts, relations=relations)
    spine = make_spine(crm, [("A", AS_OF)])
    found = crm.to_arrow(customer_state(crm, spine, Stages(), window_days=90))
    assert found["subsidiaries"].to_pylist() == [3]


def test_products_are_counted_over_everybody(crm_of) -> None:
    ours = {"account_id": "A"}
    deals = [won(-9, product="a"), won(-8, product="b"), won(1, product="c"), won(-7)]
    crm = crm_of(
        opportunities=[{"opportunity_id": str(i), **ours, **row} for i, row in enumerate(deals)],
        contracts=[{"contract_id": name, **ours, **contract(-5, product=name)} for name in "bd"],
    )
    assert products_sold(crm, AS_OF) == 3
    assert products_sold(crm_of(), AS_OF) == 0
