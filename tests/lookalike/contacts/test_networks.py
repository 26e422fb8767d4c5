"""Same-network evidence: right in the simulated world, and careful where nothing is recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from abm_ml.data.crm import Crm
from abm_ml.data.simulate.events import VISITORS
from abm_ml.lookalike.contacts.candidates import Barred, newest_moment
from abm_ml.lookalike.contacts.networks import NetworkEvidence, network_evidence

AS_OF = datetime(2026, 1, 1)
MONDAY, TUESDAY = AS_OF - timedelta(days=10), AS_OF - timedelta(days=9)
OFFICE, CAFE = "192.0.2.7", "198.51.100.9"


def look(crm: Crm, accounts, seeds=(), *, as_of=AS_OF, most: int = 3) -> NetworkEvidence:
    return network_evidence(crm, accounts, seeds, Barred.at(crm, as_of), as_of, max_accounts=most)


def found(crm: Crm, accounts, seeds=(), **settings) -> set[tuple]:
    people = look(crm, accounts, seeds, **settings).people
    person = people.contact_id.fillna(people.visitor_id)
    return set(zip(people.account_id, person, people.via, people.days, strict=True))


def seen(ip: str, ts: datetime = MONDAY, **who: str) -> dict:
    return {"ts": ts, "kind": "website_visit", "ip": ip, **who}


STAFF = [{"contact_id": name, "account_id": name[0]} for name in ("A1", "A2", "A3", "B1", "B2")]
RECORDED = [{"cidr": "192.0.2.0/28", "account_id": "A", "kind": "office"}]


def test_who_was_seen_in_a_known_office_is_listed_by_account_with_the_days(crm_of) -> None:
    crm = crm_of(
        contacts=STAFF,
        networks=RECORDED,
        engagements=[
            seen(OFFICE, contact_id="A1"), seen(OFFICE, TUESDAY, contact_id="A1"),
            seen(OFFICE, visitor_id="V"), seen(OFFICE, AS_OF, contact_id="A2"),
        ],
    )  # fmt: skip
    assert found(crm, ["A"]) == {("A", "A1", "office", 2), ("A", "V", "office", 1)}
    assert found(crm, ["B"]) == set()


@pytest.mark.parametrize("kind", ["shared", "mobile", " Shared "])
def test_shared_and_mobile_networks_speak_for_nobody_even_with_seeds_on_them(crm_of, kind) -> None:
    crm = crm_of(
        contacts=STAFF,
        networks=[{"ip": CAFE, "account_id": "A", "kind": kind}],
        engagements=[seen(CAFE, contact_id="A1"), seen(CAFE, contact_id="A2"),
                     seen(CAFE, visitor_id="V")],
    )  # fmt: skip
    assert found(crm, ["A", "B"], seeds=["A1", "A2"]) == set()


def test_an_unknown_address_of_a_seed_and_a_colleague_is_an_office(crm_of) -> None:
    events = [seen(CAFE, contact_id="A1"), seen(CAFE, visitor_id="V")]
    contacts = {"contacts": STAFF}
    alone = crm_of(**contacts, engagements=events)
    assert found(alone, ["A"], seeds=["A1"]) == set(), "one contact alone may be at home"
    two = crm_of(**contacts, engagements=[*events, seen(CAFE, contact_id="A2")])
    assert found(two, ["A"], seeds=["A1"]) == {
        ("A", "A1", "seed", 1), ("A", "A2", "seed", 1), ("A", "V", "seed", 1),
    }  # fmt: skip
    assert found(two, ["A"], seeds=["A3"]) == set(), "the seed was not there"
    guest = seen(CAFE, contact_id="B1")
    public = crm_of(**contacts, engagements=[*events, seen(CAFE, contact_id="A2"), guest])
    assert found(public, ["A", "B"], seeds=["A1"]) == set(), "another account was there too"


def test_an_office_on_which_too_many_accounts_were_seen_is_public(crm_of) -> None:
    crowd = [{"contact_id": f"{name}1", "account_id": name} for name in "ABCD"]
    crm = crm_of(
        contacts=crowd,
        networks=RECORDED,
        engagements=[seen(OFFICE, contact_id=one["contact_id"]) for one in crowd],
    )
    assert found(crm, ["A"], most=4) == {("A", "A1", "office", 1)}
    evidence = look(crm, ["A"], most=3)
    assert evidence.people.empty
    assert evidence.public_offices == 1


def test_visitors_known_by_name_or_seen_at_two_accounts_are_no_strangers(crm_of) -> None:
    crm = crm_of(
        contacts=STAFF,
        networks=[*RECORDED, {"ip": CAFE, "account_id": "B", "kind": "office"}],
        engagements=[
            seen(OFFICE, visitor_id="known"), seen(OFFICE, visitor_id="known", contact_id="A1"),
            seen(OFFICE, visitor_id="both"), seen(CAFE, visitor_id="both"),
            seen(OFFICE, visitor_id="a lead"), seen(CAFE, visitor_id="a lead", lead_id="L"),
            seen(OFFICE, visitor_id="stranger"),
        ],
    )  # fmt: skip
    assert found(crm, ["A", "B"]) == {("A", "A1", "office", 1), ("A", "stranger", "office", 1)}


def test_a_network_observed_later_is_not_known_yet(crm_of) -> None:
    crm = crm_of(
        contacts=STAFF,
        networks=[{**RECORDED[0], "observed_at": AS_OF}],
        engagements=[seen(OFFICE, contact_id="A1")],
    )
    assert found(crm, ["A"]) == set()
    assert found(crm, ["A"], as_of=AS_OF + timedelta(seconds=1)) == {("A", "A1", "office", 1)}


def test_without_events_and_networks_nobody_is_found(crm_of) -> None:
    assert look(crm_of(contacts=STAFF), ["A"], ["A1"]).people.empty


class Truth:
    """What the simulator knows: whose browser a visitor is, who was seen at whose office."""

    def __init__(self, tables: dict[str, pa.Table]) -> None:
        events = tables["engagements"].to_pandas()
        office = events[events.ip.str.startswith("240.", na=False)]
        self.at_office = set(office.contact_id.dropna()) | set(office.visitor_id.dropna())

    def right(self, people: pd.DataFrame) -> pd.Series:
        """Whether each person belongs to the account: ids hold the number of the account."""
        contact = people.contact_id.str.partition("-")[0].str[1:]
        visitor = pd.to_numeric(people.visitor_id.str[1:]) // VISITORS
        number = pd.to_numeric(contact).fillna(visitor)
        return number == pd.to_numeric(people.account_id.str[1:])


def in_the_world(tables: dict[str, pa.Table]) -> pd.DataFrame:
    """Evidence for all accounts, every third contact a seed."""
    crm = Crm.from_tables(tables, threads=1)
    accounts = tables["accounts"]["account_id"].to_pylist()
    seeds = sorted(tables["contacts"]["contact_id"].to_pylist())[::3]
    return look(crm, accounts, seeds, as_of=newest_moment(crm)).people


def test_in_the_simulated_world_people_belong_to_the_account_and_were_at_its_office(
    world_tables,
) -> None:
    people, truth = in_the_world(world_tables), Truth(world_tables)
    assert people.contact_id.notna().sum() > 100
    assert people.visitor_id.notna().sum() > 100
    assert set(people.via) == {"office", "seed"}
    assert truth.right(people).mean() >= 0.95
    person = people.contact_id.fillna(people.visitor_id)
    assert set(person) <= truth.at_office, "nobody through a shared or mobile network alone"


def test_where_no_shared_or_mobile_network_is_recorded_evidence_is_still_right(
    world_tables,
) -> None:
    networks = world_tables["networks"]
    offices = networks.filter(pc.equal(networks["kind"], "office"))
    people = in_the_world({**world_tables, "networks": offices})
    assert Truth(world_tables).right(people).mean() >= 0.95


def test_whoever_opted_out_does_not_come_back_as_an_unknown_visitor(crm_of) -> None:
    events = [seen(OFFICE, visitor_id="V"), seen(CAFE, visitor_id="V", contact_id="A1")]
    tables = {"contacts": [{**STAFF[0], "opted_out": True}], "networks": RECORDED}
    assert found(crm_of(**tables, engagements=events), ["A"]) == set()
    assert found(crm_of(**tables, engagements=events[:1]), ["A"]) == {("A", "V", "office", 1)}


def test_suppressed_people_leave_no_evidence(crm_of) -> None:
    events = [seen(CAFE, contact_id="A1"), seen(CAFE, contact_id="A2"), seen(CAFE, visitor_id="V")]
    barred = {"suppressions": [{"kind": "contact", "value": "A2"}]}
    crm = crm_of(contacts=STAFF, engagements=events, **barred)
    assert found(crm, ["A"], seeds=["A1"]) == set()
