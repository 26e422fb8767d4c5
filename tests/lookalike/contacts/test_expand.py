"""From accounts to the people in them: who is listed, in which order, why, and who never is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

import abm_ml as abm
from abm_ml.data.crm import Crm
from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.contacts.expand import ContactExpansion, expand_contacts
from abm_ml.lookalike.contacts.personas import Persona

AS_OF = datetime(2026, 1, 1)
OFFICE = "192.0.2.7"


def contact(name: str, title: str, **more: Any) -> dict[str, Any]:
    return {"contact_id": name, "account_id": name[0], "title": title, **more}


def visit(days: int = 5, **who: Any) -> dict[str, Any]:
    return {"ts": AS_OF - timedelta(days=days), "kind": "website_visit", **who}


TEAM = [
    contact("A1", "CEO", source="Event", consent="granted", city="Bonn"),
    contact("A2", "采购经理", city=" bonn "),
    contact("A3", "Systems Engineer", city="Paris"),
    contact("A4", "IT Director"),
    contact("A5", "CIO"),
    contact("A6", "IT Intern"),
]
ACCOUNTS = [{"account_id": "A", "name": "Acme", "city": "Bonn"}, {"account_id": "B", "name": "B"}]


@pytest.fixture
def expand(crm_of: Callable[..., Crm]) -> Callable[..., ContactExpansion]:
    """Expand the team's account (or others), with more rows where given."""

    def run(accounts=("A",), seeds=(), *, rows: dict[str, Any] | None = None, **settings: Any):
        tables = {"accounts": ACCOUNTS, "contacts": TEAM, **(rows or {})}
        settings.setdefault("as_of", AS_OF)
        return expand_contacts(crm_of(**tables), accounts, seeds, **settings)

    return run


def names(result: ContactExpansion) -> list[str]:
    return result.people.contact_id.tolist()


def test_the_best_of_each_missing_role_comes_first_then_the_rest_by_priority(expand) -> None:
    result = expand()
    assert names(result) == ["A1", "A4", "A2", "A3", "A5", "A6"]
    assert result.people["rank"].tolist() == [1, 2, 3, 4, 5, 6]
    assert result.people.priority.fillna("-").tolist() == ["A", "B", "B", "C", "A", "-"]
    assert result.people.fills_missing_role.tolist() == [True] * 5 + [False]


def test_a_role_in_touch_is_not_missing(expand) -> None:
    result = expand(rows={"engagements": [visit(contact_id="A1")]})
    assert names(result) == ["A4", "A2", "A3", "A1", "A5", "A6"]
    row = result.coverage.iloc[0]
    assert row.missing_roles == ("user", "influencer", "purchaser")
    assert (row.engaged_coverage, row.coverage_before, row.coverage_after) == (0.25, 0.25, 1.0)
    assert row.single_threaded
    assert result.summary["single_threaded"] == 1


def test_engagement_outside_the_window_or_after_as_of_does_not_count(expand) -> None:
    events = [visit(91, contact_id="A1"), visit(0, contact_id="A1")]
    assert expand(rows={"engagements": events}).coverage.engaged_contacts.tolist() == [0]
    longer = expand(rows={"engagements": events}, window_days=91)
    assert longer.coverage.engaged_contacts.tolist() == [1]


def test_seeds_are_not_listed_and_people_like_them_come_first(expand) -> None:
    result = expand(seeds=["A5"])
    assert "A5" not in names(result)
    likeness = result.people.set_index("contact_id").similarity
    assert likeness["A4"] > likeness["A2"]
    assert likeness.between(0, 100).all()
    assert expand().people.similarity.isna().all(), "no seeds, no similarity"


def test_of_two_with_the_same_priority_the_one_like_the_seeds_comes_first(expand) -> None:
    people = [*TEAM, contact("B1", "Chief Financial Officer"), contact("B2", "Chief Data Officer")]
    for seed, expected in (("B1", ["A7", "A8"]), ("B2", ["A8", "A7"])):
        more = [contact("A7", "VP Finance"), contact("A8", "VP Data")]
        result = expand(seeds=[seed], rows={"contacts": [*people, *more]})
        assert [name for name in names(result) if name in ("A7", "A8")] == expected


def test_personas_decide_roles_priority_and_what_is_missing(expand) -> None:
    personas = (
        Persona("IT leaders", "信息技术负责人", "A", functions=("it",), seniorities=("director",)),
        Persona("Lawyers", "律师", "C", functions=("legal",)),
    )
    result = expand(personas=personas)
    row = result.people.set_index("contact_id").loc["A4"]
    assert (row.persona, row.persona_zh, row.priority) == ("IT leaders", "信息技术负责人", "A")
    assert result.people.priority.isna().sum() == len(TEAM) - 1
    assert result.coverage.missing_personas[0] == ("Lawyers",)
    only = expand(personas=[Persona("Buyers", "采购", roles=("purchaser",))])
    assert names(only)[0] == "A2"
    assert only.coverage.coverage_after[0] == 1.0


def test_source_consent_and_reasons_are_carried_in_both_languages_without_names(expand) -> None:
    people = expand(
        seeds=["A5"],
        rows={
            "contacts": [{**one, "first_name": "Zelda", "email": "zelda@acme.example"}
                         for one in TEAM],
            "networks": [{"ip": OFFICE, "account_id": "A"}],
            "engagements": [visit(ip=OFFICE, contact_id="A2"), visit(ip=OFFICE, visitor_id="V1")],
        },
    ).people  # fmt: skip
    ceo = people.set_index("contact_id").loc["A1"]
    assert (ceo.source, ceo.consent) == ("Event", "granted")
    shared = "seniority C-level (100% of seeds, 33% of all)"
    assert f"like your seed contacts: {shared}" in ceo.reasons
    buyer = people.set_index("contact_id").loc["A2"]
    assert buyer.network == "seen on the office network, 1 day"
    assert "persona Purchasers (priority B)" in buyer.reasons
    assert "符合画像“采购者”（优先级 B）" in buyer.reasons_zh
    assert "in the account's city" in buyer.reasons
    assert "企业办公网络" in buyer.reasons_zh
    assert people.set_index("contact_id").same_city[["A1", "A2", "A3"]].tolist() == [
        True, True, False,
    ]  # fmt: skip
    visitor = people.iloc[-1]
    assert (visitor.visitor_id, visitor["rank"]) == ("V1", len(TEAM))
    assert visitor.reasons.startswith("unknown visitor seen at the office")
    written = people.to_csv()
    assert "elda" not in written
    assert OFFICE not in written


def test_caps_hold_for_contacts_and_visitors_alike(expand) -> None:
    rows = {
        "networks": [{"ip": OFFICE, "account_id": "A"}],
        "engagements": [visit(ip=OFFICE, visitor_id=f"V{i}") for i in range(5)],
    }
    people = expand(rows=rows, per_account=2, visitors_per_account=1).people
    assert people.contact_id.notna().sum() == 2
    assert people.visitor_id.dropna().tolist() == ["V0"]
    assert expand(rows=rows, visitors_per_account=0).people.visitor_id.isna().all()


def test_contacts_are_known_from_their_creation_on(expand) -> None:
    late = contact("A9", "CTO", created_at=AS_OF + timedelta(days=1))
    just = contact("A8", "CTO", created_at=AS_OF)
    result = expand(rows={"contacts": [*TEAM, late, just]})
    assert "A8" in names(result)
    assert "A9" not in names(result)
    assert "A9" in names(expand(rows={"contacts": [*TEAM, late]}, as_of=None))


def test_an_account_without_contacts_still_has_its_row(expand) -> None:
    result = expand(["A", "B"])
    row = result.coverage.set_index("account_id").loc["B"]
    assert (row.people, row.coverage_after) == (0, 0.0)
    assert result.summary["accounts_without_people"] == 1


@pytest.mark.parametrize(
    "no",
    [
        {"opted_out": True},
        {"consent": "withdrawn"},
        {"email": "ann@private.example"},
    ],
)
def test_people_who_said_no_are_neither_listed_nor_seeds_and_that_is_said(expand, no) -> None:
    rows = {
        "contacts": [*TEAM, contact("A7", "CFO", **no)],
        "suppressions": [{"kind": "domain", "value": "private.example"}],
    }
    result = expand(seeds=["A7"], rows=rows)
    assert "A7" not in names(result)
    assert (result.summary["seeds"], result.summary["seeds_dropped"]) == (1, 1)
    assert result.people.similarity.isna().all(), "nothing is learned from them"


def test_suppressed_accounts_are_left_out_and_that_is_said(expand) -> None:
    rows = {"suppressions": [{"kind": "account", "value": "A"}]}
    result = expand(["A", "B"], rows=rows)
    assert result.people.empty
    assert result.coverage.account_id.tolist() == ["B"]
    assert result.summary["accounts_suppressed"] == 1
    nobody = expand(["A"], rows=rows)
    assert nobody.people.empty
    assert nobody.coverage.empty
    ended = {"suppressions": [{"kind": "account", "value": "A", "until": AS_OF}]}
    assert len(expand(["A"], rows=ended).people) == len(TEAM)


@pytest.mark.parametrize(
    ("accounts", "seeds", "message"),
    [
        (["A", "X", "Y"], [], "accounts: 'X', 'Y': no such account_id"),
        ([f"X{i}" for i in range(9)], [], "'X0', 'X1', 'X2' and 6 more: no such account_id"),
        (["A"], ["Z"], "contacts: 'Z': no such contact_id"),
        ([], [], "account_ids is empty"),
    ],
)
def test_unknown_ids_are_refused_by_name(expand, accounts, seeds, message) -> None:
    with pytest.raises(DataError, match=message):
        expand(accounts, seeds)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("per_account", 0), ("visitors_per_account", -1), ("window_days", 0),
     ("max_accounts_on_network", 0)],
)  # fmt: skip
def test_numbers_out_of_range_are_refused(expand, setting, value) -> None:
    with pytest.raises(ParamsError, match=f"{setting} must be at least .* Supplied value {value}"):
        expand(**{setting: value})


def test_no_personas_at_all_are_refused(expand) -> None:
    with pytest.raises(ParamsError, match="personas: expected at least one"):
        expand(personas=[])


def test_the_public_name_is_this_function() -> None:
    assert abm.expand_contacts is expand_contacts
