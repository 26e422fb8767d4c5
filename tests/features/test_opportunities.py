from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from abm_ml.errors import ParamsError
from abm_ml.features.opportunities import (
    checked_product,
    opportunity_sources,
    opportunity_state,
    products,
    won_elsewhere,
)

NAMES = ["past_won", "past_lost", "open_opportunities", "days_since_won", "days_since_lost"]


def deal(created: datetime, closed: datetime | None, is_won: bool | None) -> dict[str, Any]:
    return {
        "opportunity_id": "O", "account_id": "A", "stage": "any",
        "created_at": created, "closed_at": closed, "is_won": is_won,
    }  # fmt: skip


JANUARY, MARCH, MAY = datetime(2025, 1, 1), datetime(2025, 3, 1), datetime(2025, 5, 1)


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (JANUARY, [0, 0, 0, None, None]),
        (datetime(2025, 1, 2), [0, 0, 1, None, None]),
        (MARCH, [0, 0, 1, None, None]),
        (datetime(2025, 3, 2), [1, 0, 0, 1, None]),
        (MAY, [1, 0, 0, 61, None]),
    ],
)
def test_a_won_opportunity_is_open_from_its_creation_until_after_its_close(
    crm_of, look, as_of, expected
) -> None:
    crm = crm_of(opportunities=[deal(JANUARY, MARCH, True)])
    assert list(look(crm, [("A", as_of)], NAMES)[0].values()) == expected


def test_lost_and_open_ones_are_counted_apart(crm_of, look) -> None:
    crm = crm_of(
        opportunities=[
            deal(JANUARY, MARCH, False), deal(JANUARY, datetime(2025, 4, 1), False),
            deal(JANUARY, None, None), deal(MARCH, datetime(2026, 1, 1), True),
        ]
    )  # fmt: skip
    assert list(look(crm, [("A", MAY)], NAMES)[0].values()) == [0, 2, 2, None, 30]


def test_a_close_dated_before_the_creation_is_not_known_before_the_creation(crm_of, look) -> None:
    """Else an opportunity closed on the day it was entered would tell its own outcome."""
    entered = datetime(2025, 3, 1, 10)
    crm = crm_of(opportunities=[deal(entered, MARCH, True)])
    assert look(crm, [("A", entered)], ["past_won"]) == [{"past_won": 0.0}]


def test_a_closed_one_without_a_date_counts_as_nothing(crm_of, look) -> None:
    crm = crm_of(opportunities=[deal(JANUARY, None, True), deal(JANUARY, None, False)])
    assert list(look(crm, [("A", MAY)], NAMES)[0].values()) == [0, 0, 0, None, None]


def test_every_spine_row_has_a_state(crm_of, make_spine) -> None:
    crm = crm_of(
        accounts=[{"account_id": "A", "name": "a"}, {"account_id": "B", "name": "b"}],
        opportunities=[deal(JANUARY, MARCH, True)],
    )
    spine = make_spine(crm, [("B", MAY), ("A", MAY)])
    states = crm.to_arrow(opportunity_state(crm, spine)).sort_by("row_id").to_pylist()
    assert states == [
        {"row_id": 0, "past_won": 0, "past_lost": 0, "open_opportunities": 0},
        {"row_id": 1, "past_won": 1, "past_lost": 0, "open_opportunities": 0},
    ]


def sold(number: int, product: str | None, **times: Any) -> dict[str, Any]:
    created, closed, is_won = times.get("created", JANUARY), times.get("closed"), times.get("won")
    return deal(created, closed, is_won) | {"opportunity_id": f"O{number}", "product": product}


MIXED = [
    sold(1, "CRM Suite", closed=MARCH, won=True), sold(2, " crm suite"), sold(3, "ERP"),
    sold(4, "ERP", closed=MARCH, won=True), sold(5, None, closed=MARCH, won=True),
    sold(6, "CRM Suite", closed=MARCH, won=False), sold(7, "CRM Suite", created=MARCH),
    sold(8, "CRM Suite", created=MAY),
]  # fmt: skip


@pytest.mark.parametrize(
    ("product", "state", "elsewhere"),
    [("CRM SUITE", [1, 1, 2], 2), ("erp", [1, 0, 1], 2), ("Cloud", [0, 0, 0], 3)],
)
def test_a_product_has_a_state_of_its_own_and_what_else_was_won_is_told(
    crm_of, make_spine, product, state, elsewhere
) -> None:
    crm = crm_of(opportunities=MIXED)
    spine = make_spine(crm, [("A", MAY)])
    found = crm.to_arrow(opportunity_state(crm, spine, product)).to_pylist()[0]
    assert list(found.values())[1:] == state
    other = crm.to_arrow(won_elsewhere(crm, spine, product)).to_pylist()
    assert other == [{"row_id": 0, "won_elsewhere": elsewhere}]


def test_the_opportunities_behind_a_state_are_named_the_latest_of_each(crm_of, make_spine) -> None:
    accounts = [{"account_id": "A", "name": "a"}, {"account_id": "B", "name": "b"}]
    crm = crm_of(accounts=accounts, opportunities=MIXED)
    spine = make_spine(crm, [("A", MAY), ("B", MAY)])
    rows = crm.to_arrow(opportunity_sources(crm, spine).order_by("row_id")).to_pylist()
    assert list(rows[0].values()) == [0, "O5", MARCH, "O7", MARCH]
    assert list(rows[1].values()) == [1, None, None, None, None]
    of_erp = crm.to_arrow(opportunity_sources(crm, spine, "ERP").order_by("row_id")).to_pylist()
    assert list(of_erp[0].values()) == [0, "O4", MARCH, "O3", JANUARY]


def test_products_are_told_once_in_their_usual_spelling(crm_of) -> None:
    crm = crm_of(opportunities=MIXED)
    assert products(crm) == ("CRM Suite", "ERP")
    assert checked_product(crm, " erp ") == "ERP"
    assert checked_product(crm, None) is None
    assert products(crm_of()) == ()


def test_an_unknown_product_is_refused_with_the_nearest_names(crm_of) -> None:
    with pytest.raises(ParamsError, match=r"product 'CRM Siute'; did you mean CRM Suite\?"):
        checked_product(crm_of(opportunities=MIXED), "CRM Siute")
    with pytest.raises(ParamsError, match="opportunities name no product at all"):
        checked_product(crm_of(), "ERP")
