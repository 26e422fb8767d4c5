"""Coverage of the buying committee, whom to call, and whom to talk to next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from abm_ml.data.titles import COMMITTEE_ROLES, ROLES
from abm_ml.features.committee import committee
from abm_ml.features.engagement import CONTACT, LEAD

AS_OF = datetime(2026, 1, 1)
PEOPLE = pa.schema(
    {
        "row_id": pa.int64(), "account_id": pa.string(), "person_type": pa.int8(),
        "person": pa.string(), "role": pa.string(), "level": pa.int64(), "verified": pa.bool_(),
        "converted": pa.bool_(), "created_at": pa.timestamp("us"), "points_micro": pa.int64(),
        "events": pa.int64(), "engaged": pa.bool_(), "last_engaged_at": pa.timestamp("us"),
    }
)  # fmt: skip


def person(name: str, role: str = "other", points: int = 0, events: int = 0, **more: Any) -> dict:
    return {
        "row_id": 0, "account_id": "A", "person_type": CONTACT, "person": name, "role": role,
        "level": 4, "verified": True, "converted": False, "points_micro": points,
        "events": events, "engaged": events > 0, **more,
    }  # fmt: skip


def lead(name: str, created_days_ago: int | None = None, **more: Any) -> dict:
    created = None if created_days_ago is None else AS_OF - timedelta(days=created_days_ago)
    return person(name, person_type=LEAD, created_at=created, **more)


@pytest.fixture(scope="module")
def judged(crm_of, make_spine):
    crm = crm_of()
    spine = make_spine(crm, [("A", AS_OF), ("B", AS_OF)])

    def judge(people: list[dict]) -> list[dict[str, Any]]:
        table = pa.Table.from_pylist(people, schema=PEOPLE)
        found = committee(crm, spine, table, window_days=90)
        return crm.to_arrow(found.order_by("row_id")).to_pylist()

    return judge


def roles(row: dict[str, Any], how: str) -> set[str]:
    return {role for role in COMMITTEE_ROLES if row[f"{how}_{role}"]}


def test_roles_are_covered_by_contacts_who_are_known_or_engaged(judged) -> None:
    row, nobody = judged(
        [person("C1", "user"), person("C2", "purchaser", events=1), person("C3", events=2),
         lead("L1", role="decision_maker", events=9)]
    )  # fmt: skip
    assert roles(row, "known") == {"user", "purchaser"}
    assert roles(row, "engaged") == {"purchaser"}
    assert (row["contacts"], row["engaged_people"]) == (3, 2)
    assert roles(nobody, "known") == roles(nobody, "engaged") == set()
    assert nobody["recommended_contacts"] == []
    assert nobody["call_contact"] is None


def test_the_engaged_decision_maker_is_called_before_the_most_engaged(judged) -> None:
    busy = person("C1", "user", points=90, events=9)
    quiet = person("C2", "decision_maker", points=5, events=1)
    row = judged([busy, quiet, person("C3", "decision_maker", points=3, events=1)])[0]
    assert (row["call_contact"], row["call_decides"]) == ("C2", True)
    row = judged([busy, dict(quiet, engaged=False, events=0)])[0]
    assert (row["call_contact"], row["call_decides"]) == ("C1", False)


def test_nobody_is_called_who_is_not_engaged(judged) -> None:
    row = judged([person("C1", "decision_maker", points=50), lead("L1", events=3)])[0]
    assert row["call_contact"] is None
    assert row["recommended_contacts"] == ["C1"]


def test_people_are_recommended_by_what_they_are_needed_for(judged) -> None:
    people = [
        person("rest", "other"),
        person("user engaged", "user", points=90, events=9),
        person("user known", "user", points=80),
        person("purchaser known", "purchaser"),
        person("influencer known", "influencer", points=70),
        person("second purchaser", "purchaser", level=5),
        person("decides", "decision_maker", points=10, events=1),
        person("decides too", "decision_maker", points=5, events=1),
    ]
    assert judged(people)[0]["recommended_contacts"] == [
        "decides", "decides too", "purchaser known", "influencer known", "user engaged",
    ]  # fmt: skip
    assert judged(people[:1] + people[2:4])[0]["recommended_contacts"] == [
        "purchaser known", "user known", "rest",
    ]  # fmt: skip


def test_of_equals_the_last_engaged_then_the_senior_then_the_first_id_comes_first(judged) -> None:
    people = [
        person("C4", level=4), person("C3", level=4), person("C2", level=1),
        person("C1", last_engaged_at=AS_OF - timedelta(days=200)),
    ]  # fmt: skip
    assert judged(people)[0]["recommended_contacts"] == ["C1", "C2", "C3", "C4"]


@pytest.mark.parametrize(
    ("events", "alone"), [((8, 2), True), ((7, 3), False), ((3,), True), ((0, 0), False)]
)
def test_an_account_hangs_on_one_contact_if_nearly_all_is_that_ones_doing(
    judged, events, alone
) -> None:
    people = [person(f"C{i}", events=n) for i, n in enumerate(events)]
    assert judged([*people, lead("L1", events=50)])[0]["one_thread"] is alone


def test_leads_are_fresh_if_engaged_or_created_within_the_window(judged) -> None:
    row = judged(
        [lead("L1", 90), lead("L2", 91), lead("L3"), lead("L4", 300, events=1),
         lead("L5", 1, converted=True), person("C1", events=1)]
    )[0]  # fmt: skip
    assert (row["leads"], row["fresh_leads"]) == (4, 2)


def test_engaged_roles_are_known_and_everybody_shown_is_one_of_the_contacts(
    crm_of, make_spine
) -> None:
    """Laws, of 300 committees drawn at random; in whatever order the rows come."""
    rng = np.random.default_rng(0)
    people = [
        person(f"C{account}-{i}", ROLES[rng.integers(5)], int(rng.integers(3)),
               int(rng.integers(3)), row_id=account)
        for account in range(300) for i in range(rng.integers(9))
    ]  # fmt: skip
    crm = crm_of()
    spine = make_spine(crm, [(f"A{i}", AS_OF) for i in range(300)])

    def judge(rows: list[dict]) -> list[dict[str, Any]]:
        found = committee(crm, spine, pa.Table.from_pylist(rows, schema=PEOPLE), window_days=90)
        return crm.to_arrow(found.order_by("row_id")).to_pylist()

    judged = judge(people)
    for row in judged:
        assert roles(row, "engaged") <= roles(row, "known")
        there = [one for one in people if one["row_id"] == row["row_id"]]
        shown = row["recommended_contacts"]
        assert len(shown) == len(set(shown)) == min(5, len(there))
        assert set(shown) <= {one["person"] for one in there}
        assert (row["call_contact"] is None) == (row["engaged_people"] == 0)
        if row["call_contact"] is not None:
            assert shown[0] == row["call_contact"]
    assert judge([people[i] for i in rng.permutation(len(people))]) == judged
