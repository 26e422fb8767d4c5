import ipaddress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.people import NetworkMap

CONTACTS = "contact_id,account_id\nC1,A1\nC2,NOBODY\n"
LEADS = "lead_id,company,converted_account_id\nL1,Beta,\nL2,Unknown,A3\nL3,Unknown,\n"
NETWORKS = (
    "ip,cidr,account_id,kind\n"
    ",10.0.0.0/24,A1,office\n10.0.0.9,,A1,shared\n,10.1.0.0/16,A2,\n"
    ",2001:db8::/32,A3,办公网络\n,10.2.0.0/16,A1,mobile\n"
)


@pytest.fixture
def engagement(prepare):
    """One event, given as columns; gives its row, or its reason for quarantine."""

    def run(**event):
        columns = {"ts": "2024-01-01", "kind": "Website Visit", **event}
        prepared = prepare(
            {
                "contacts.csv": CONTACTS,
                "leads.csv": LEADS,
                "networks.csv": NETWORKS,
                "engagements.csv": ",".join(columns) + "\n" + ",".join(columns.values()) + "\n",
            }
        )
        rows = prepared.table("engagements")
        return rows[0] if rows else prepared.quarantine("engagements")[0]["reason"]

    return run


@pytest.mark.parametrize(
    ("event", "account"),
    [
        ({"account_id": "A3", "contact_id": "C1"}, "A3"),
        ({"contact_id": "C1", "lead_id": "L1"}, "A1"),
        ({"lead_id": "L1"}, "A2"),
        ({"lead_id": "L2"}, "A3"),
        ({"ip": "10.0.0.7", "visitor_id": "v"}, "A1"),
        ({"ip": "10.1.2.3"}, "A2"),
        ({"ip": "2001:db8::1"}, "A3"),
        ({"contact_id": "C2", "account_id": "A1"}, "A1"),
        ({"contact_id": "C2", "ip": "10.0.0.7"}, "A1"),
    ],
)
def test_an_event_belongs_to_its_account_contact_lead_or_office_in_that_order(
    engagement, event, account
):
    assert engagement(**event)["account_id"] == account


@pytest.mark.parametrize(
    "event",
    [
        {"visitor_id": "v"},
        {"ip": "10.0.0.9"},
        {"ip": "10.2.0.1"},
        {"ip": "192.168.1.1"},
        {"ip": "no address"},
        {"lead_id": "L3"},
    ],
)
def test_an_event_of_no_known_account_is_kept_without_one(engagement, event):
    assert engagement(**event)["account_id"] is None


def test_an_event_of_a_lost_person_and_no_account_is_quarantined(engagement):
    assert engagement(contact_id="C2") == (
        "leads to no row of contacts that was kept, and no account is known"
    )
    assert engagement(lead_id="L9").startswith("leads to no row of leads")


def test_an_event_of_a_missing_account_is_quarantined(engagement):
    assert engagement(account_id="A9", contact_id="C1") == (
        "leads to no row of accounts that was kept"
    )


def test_a_contact_without_a_contacts_table_leads_nowhere(prepare):
    prepared = prepare(
        {
            "engagements.csv": "ts,kind,contact_id,account_id\n"
            "2024-01-01,call,C1,\n2024-01-02,call,C1,A1\n"
        }
    )
    assert prepared.column("engagements", "account_id") == ["A1"]
    assert prepared.summary.tables["engagements"].reasons == {"link": 1}


def test_a_network_of_two_accounts_tells_nothing():
    known = NetworkMap([("10.0.0.0/8", "A", None, None), ("10.0.0.0/8", "B", None, None)])
    assert known.account("10.1.1.1") is None


def test_the_narrowest_network_decides():
    known = NetworkMap([("10.0.0.0/8", "A", None, None), ("10.1.0.0/16", "B", "office", None)])
    assert known.account("10.1.1.1") == "B"
    assert known.account("10.2.1.1") == "A"


def test_networks_that_cannot_be_read_are_pointed_out(prepare):
    prepared = prepare(
        {
            "networks.csv": "cidr,account_id\n10.0.0.0/99,A1\n10.0.0.0/8,A1\n",
            "engagements.csv": "ts,kind,ip\n2024-01-01,call,10.1.1.1\n",
        }
    )
    assert prepared.column("engagements", "account_id") == ["A1"]
    assert "such as '10.0.0.0/99'" in prepared.summary.warnings[0]


EVENTS = "ts,kind,ip\n" + "".join(f"2024-0{month}-01,call,10.1.1.1\n" for month in range(1, 6))


@pytest.mark.parametrize(
    ("networks", "accounts"),
    [
        (["10.1.1.1,A1,office,2024-03-01"], [None, None, "A1", "A1", "A1"]),
        (["10.1.1.1,A1,office,2024-03-01 00:00:01"], [None, None, None, "A1", "A1"]),
        (
            ["10.1.1.1,A1,office,2024-04-01", "10.1.1.1,A1,office,2024-02-01"],
            [None, "A1", "A1", "A1", "A1"],
        ),
        (
            ["10.1.1.1,A2,office,2024-04-01", "10.1.1.1,A1,office,2024-02-01"],
            [None, "A1", "A1", None, None],
        ),
        (
            ["10.1.1.1,A1,office,", "10.1.1.1,A1,shared,2024-03-01"],
            ["A1", "A1", None, None, None],
        ),
        (
            ["10.0.0.0/8,A1,office,2024-02-01", "10.1.1.1,A2,office,2024-04-01"],
            [None, "A1", "A1", "A2", "A2"],
        ),
    ],
)
def test_an_event_is_traced_only_by_what_was_observed_of_networks_by_then(
    prepare, networks, accounts
):
    rows = "\n".join(["cidr,account_id,kind,observed_at", *networks])
    prepared = prepare({"networks.csv": rows + "\n", "engagements.csv": EVENTS})
    by_time = sorted(prepared.table("engagements"), key=lambda event: event["ts"])
    assert [event["account_id"] for event in by_time] == accounts


moments = st.none() | st.dates(date(2024, 1, 1), date(2024, 1, 9)).map(
    lambda day: datetime(day.year, day.month, day.day)
)
known_networks = st.lists(
    st.tuples(
        st.sampled_from(["10.0.0.0/8", "10.1.0.0/16", "10.1.1.1"]),
        st.sampled_from("AB"),
        st.sampled_from([None, "office", "shared"]),
        moments,
    ),
    max_size=6,
)


@given(known_networks, st.integers(1, 9))
def test_an_address_stands_at_any_time_for_whom_the_networks_observed_by_then_tell(networks, day):
    at = datetime(2024, 1, day)
    by_then = [network for network in networks if network[3] is None or network[3] <= at]
    told = [one for one in NetworkMap(networks).tenures("10.1.1.1") if one.since <= at < one.until]
    assert [tenure.account for tenure in told] == [
        account for account in [NetworkMap(by_then).account("10.1.1.1")] if account
    ]


addresses = st.ip_addresses(v=4) | st.ip_addresses(v=6)


@given(st.lists(addresses, min_size=1, max_size=5), st.integers(1, 32), addresses)
def test_the_network_map_agrees_with_pythons_ipaddress(bases, prefix, address):
    networks = [ipaddress.ip_network(f"{base}/{prefix}", strict=False) for base in bases]
    known = NetworkMap((str(network), "A", None, None) for network in networks)
    inside = any(network.version == address.version and address in network for network in networks)
    assert (known.account(str(address)) == "A") is inside
