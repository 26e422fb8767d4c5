"""Coverage of a buying committee, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from abm_ml.data.titles import COMMITTEE_ROLES
from abm_ml.lookalike.contacts.committee import committees, single_threaded
from abm_ml.lookalike.contacts.personas import DEFAULT_PERSONAS, match_personas


def people(*rows: tuple[str, str, int, bool]) -> pd.DataFrame:
    """Account, role, events, given as a seed."""
    table = pd.DataFrame(rows, columns=["account_id", "role", "events", "seed"])
    table = table.assign(function="it", seniority="staff")
    table["in_touch"] = (table.events > 0) | table.seed
    return table.assign(persona=match_personas(table, DEFAULT_PERSONAS))


def test_known_engaged_and_missing_roles_of_an_account() -> None:
    table = people(
        ("A", "user", 3, False),
        ("A", "user", 3, False),
        ("A", "decision_maker", 0, False),
        ("A", "purchaser", 0, True),
        ("A", "other", 9, False),
    )
    row = committees(table, ["A", "B"], COMMITTEE_ROLES, DEFAULT_PERSONAS).loc["A"]
    assert (row.contacts, row.engaged_contacts) == (5, 3)
    assert (row.known_coverage, row.engaged_coverage, row.coverage_before) == (0.75, 0.25, 0.5)
    assert row.missing_roles == ("influencer", "decision_maker")
    assert row.missing_personas == ("Influencers",)


def test_an_account_without_contacts_lacks_everything() -> None:
    row = committees(people(), ["B"], COMMITTEE_ROLES, DEFAULT_PERSONAS).loc["B"]
    assert (row.contacts, row.known_coverage, row.single_threaded) == (0, 0.0, False)
    assert row.missing_roles == COMMITTEE_ROLES
    assert len(row.missing_personas) == len(DEFAULT_PERSONAS)


@pytest.mark.parametrize(
    ("events", "expected"),
    [([5], True), ([5, 0, 0], True), ([8, 2], True), ([7, 3], False), ([0, 0], False),
     ([4, 1], True), ([3, 3, 3], False)],
)  # fmt: skip
def test_an_account_hangs_on_one_contact_who_has_four_of_five_events(events, expected) -> None:
    table = people(*(("A", "user", count, False) for count in events))
    assert bool(single_threaded(table)["A"]) is expected
