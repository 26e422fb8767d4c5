from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from abm_ml.data.crm import Crm
from abm_ml.data.schemas import SCHEMAS
from abm_ml.data.suppression import (
    suppressed_accounts,
    suppressed_contacts,
    suppressed_people,
    suppression_ends,
    suppression_sources,
)
from abm_ml.data.suppression_list import SAME_DOMAIN

AS_OF = datetime(2026, 1, 1)

ACCOUNTS = [
    {"account_id": "A1", "name": "Acme", "domain": "acme.com"},
    {"account_id": "A2", "name": "Bolt", "domain": "WWW.bolt.io"},
    {"account_id": "A3", "name": "Core", "domain": None},
]
CONTACTS = [
    {"contact_id": "C1", "account_id": "A1", "email": "Ann@Acme.com ", "opted_out": False},
    {"contact_id": "C2", "account_id": "A2", "email": "bob@private.net", "opted_out": None},
    {"contact_id": "C3", "account_id": "A3", "email": None, "opted_out": True},
    {"contact_id": "C4", "account_id": "A3", "email": "not an address", "opted_out": False},
]


@pytest.fixture
def crm() -> Callable[..., Crm]:
    def build(*suppressions: dict[str, Any]) -> Crm:
        rows = {"accounts": ACCOUNTS, "contacts": CONTACTS, "suppressions": list(suppressions)}
        return _tables(rows)

    return build


def listed(kind: str, value: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "value": value, **more}


def accounts_of(crm: Crm, as_of: datetime = AS_OF) -> dict[str, str]:
    table = crm.to_arrow(suppressed_accounts(crm, as_of))
    return dict(zip(table["account_id"].to_pylist(), table["reason"].to_pylist(), strict=True))


def contacts_of(crm: Crm, as_of: datetime = AS_OF) -> set[str]:
    found = crm.to_arrow(suppressed_contacts(crm, as_of))["contact_id"].to_pylist()
    assert len(found) == len(set(found)), "each once"
    return set(found)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("account", "A3", {"A3"}),
        ("Account", " A3 ", {"A3"}),
        ("domain", "bolt.io", {"A2"}),
        ("domain", "https://www.Acme.com/about", {"A1"}),
        ("domain", "@acme.com", {"A1"}),
        ("domain", "me.com", set()),
        ("domain", "www.", set()),
        ("contact", "A1", set()),
    ],
)
def test_accounts_are_suppressed_by_id_or_domain(crm, kind, value, expected) -> None:
    assert set(accounts_of(crm(listed(kind, value)))) == expected


_BELOW = [
    ("A1", "https://eu.shop.example.com/de"), ("A2", "shop.brand.example"), ("A3", "myexample.com"),
    ("A4", "acme.github.io"), ("A5", "blog.other.com"), ("A6", "acme.co.uk"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "barred"),
    [
        ("https://www.Example.com/about", {"A1"}),
        ("*.example.com", {"A1"}),
        ("shop.example.com", {"A1"}),
        ("brand.example", {"A2"}),
        ("shop.other.com", set()),
        ("github.io", set()),
        ("co.uk", set()),
    ],
)
def test_what_lies_below_a_suppressed_domain_is_suppressed_too(
    value: str, barred: set[str]
) -> None:
    rows = {
        "accounts": [{"account_id": n, "name": n, "domain": domain} for n, domain in _BELOW],
        "contacts": [
            {"contact_id": n, "account_id": "A0", "email": f"ann@{_host(domain)}"}
            for n, domain in _BELOW
        ],
        "suppressions": [listed("domain", value)],
    }
    found = _tables(rows)
    assert set(accounts_of(found)) == barred
    assert contacts_of(found) == barred


def _host(domain: str) -> str:
    return domain.removeprefix("https://").split("/")[0]


def _tables(rows: dict[str, list[dict[str, Any]]]) -> Crm:
    tables = {
        name: pa.Table.from_pylist(table, schema=SCHEMAS[name].arrow)
        for name, table in rows.items()
    }
    return Crm.from_tables(tables, threads=1)


@pytest.mark.parametrize(
    ("listed_as", "barred"),
    [
        ("facebook.com/acme", True),
        ("https://www.facebook.com/Acme/", True),
        ("facebook.com", False),
        ("facebook.com/beta", False),
    ],
)
def test_a_page_on_a_platform_is_suppressed_by_its_own_address_only(
    listed_as: str, barred: bool
) -> None:
    page = [{"account_id": "A1", "name": "Acme", "domain": "https://facebook.com/acme?ref=1"}]
    rows = {"accounts": page, "suppressions": [listed("domain", listed_as)]}
    assert bool(accounts_of(_tables(rows))) is barred


def test_an_account_on_the_list_twice_comes_once_with_one_reason(crm) -> None:
    twice = crm(
        listed("account", "A1", reason="legal"), listed("domain", "acme.com", reason="contract")
    )
    assert accounts_of(twice) == {"A1": "contract"}
    assert accounts_of(crm(listed("domain", "acme.com"))) == {"A1": "suppressed by domain"}


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("contact", "C2", {"C2", "C3"}),
        ("domain", "private.net", {"C2", "C3"}),
        ("email_sha256", hashlib.sha256(b"ann@acme.com").hexdigest(), {"C1", "C3"}),
        ("email_sha256", hashlib.sha256(b"ann@acme.com").hexdigest().upper(), {"C1", "C3"}),
        ("account", "A2", {"C2", "C3"}),
        ("domain", "bolt.io", {"C2", "C3"}),
        ("account", "nobody", {"C3"}),
        ("domain", "www.", {"C3"}),
    ],
)
def test_contacts_are_suppressed_by_id_mail_domain_or_account_and_opted_out_ones_too(
    crm, kind, value, expected
) -> None:
    assert contacts_of(crm(listed(kind, value))) == expected


def test_a_suppression_ends_at_its_until(crm) -> None:
    table = crm(listed("account", "A1", until=AS_OF))
    assert set(accounts_of(table, datetime(2025, 12, 31, 23))) == {"A1"}
    assert set(accounts_of(table, AS_OF)) == set()
    assert contacts_of(table, AS_OF) == {"C3"}


def test_the_latest_end_of_several_holds_and_no_end_is_the_latest(crm) -> None:
    table = crm(
        listed("contact", "C1", until=AS_OF), listed("contact", "C1"), listed("contact", "C2")
    )
    ends = table.to_arrow(suppression_ends(table, "contacts")).sort_by("person_id").to_pylist()
    assert [row["person_id"] for row in ends] == ["C1", "C2"]
    assert all(row["until"] == datetime(9999, 12, 31) for row in ends)


def test_without_a_list_only_those_who_opted_out_are_left_alone(crm) -> None:
    assert accounts_of(crm()) == {}
    assert contacts_of(crm()) == {"C3"}


@pytest.mark.parametrize("said", ["denied", " Withdrawn", "opted out", "拒绝"])
def test_people_who_refused_consent_are_never_targeted(said: str) -> None:
    people = [
        {"contact_id": "C1", "account_id": "A1", "consent": said},
        {"contact_id": "C2", "account_id": "A1", "consent": "granted"},
        {"contact_id": "C3", "account_id": "A1", "consent": None},
    ]
    assert contacts_of(_tables({"accounts": ACCOUNTS, "contacts": people})) == {"C1"}


def test_a_plain_address_suppresses_like_its_hash(crm) -> None:
    assert contacts_of(crm(listed("email", "ann@acme.com"))) == {"C1", "C3"}


def test_the_row_of_the_list_is_told_for_each_account_the_one_that_holds_longest(crm):
    built = crm(
        listed("account", "A1", reason="asked", until=datetime(2026, 6, 1)),
        listed("domain", "WWW.Acme.com", reason=None),
        listed("account", "A2", reason="ended", until=datetime(2025, 6, 1)),
        listed("account", "A3", reason="court", until=datetime(2027, 1, 1)),
    )
    found = built.to_arrow(suppression_sources(built, AS_OF).order_by("account_id")).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        ("A1", "domain", "WWW.Acme.com", None, None),
        ("A3", "account", "A3", "court", datetime(2027, 1, 1)),
    ]
    assert {row["account_id"] for row in found} == set(accounts_of(built))


def _sha(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("ann+x@acme.com", "email", "Ann@Acme.com"),
        ("ann@acme.com", "email", "ann+x@acme.com"),
        ("Ann Lee <Ann@Acme.com>", "email", "ann@acme.com"),
        ("ann@acme.com", "email", "Ann Lee <ann@acme.com>"),
        ("Ann Lee <ann+x@acme.com>", "email_sha256", _sha("ann@acme.com")),
        ("Ann Lee <ann+x@acme.com>", "email_sha256", _sha("ann+x@acme.com")),
        ("a.nn+x@gmail.com", "email_sha256", _sha("a.nn@gmail.com")),
        ("a.nn+x@gmail.com", "email_sha256", _sha("ann@gmail.com")),
        ("Ann Lee <ann@acme.com>", "domain", "acme.com"),
    ],
)
def test_no_spelling_of_an_address_escapes_its_suppression(written, kind, value) -> None:
    ann = {"contact_id": "C1", "account_id": "A9", "email": written}
    other = {"contact_id": "C2", "account_id": "A9", "email": "nan@other.net"}
    rows = {"accounts": ACCOUNTS, "contacts": [ann, other], "suppressions": [listed(kind, value)]}
    assert contacts_of(_tables(rows)) == {"C1"}


def test_who_must_not_be_reached_must_not_under_any_record_of_the_mailbox() -> None:
    rows = {
        "accounts": ACCOUNTS,
        "contacts": [
            {"contact_id": "C1", "account_id": "A1", "email": "ann@acme.com"},
            {"contact_id": "C2", "account_id": "A2", "email": "Ann <ann+b@acme.com>"},
            {"contact_id": "C3", "account_id": "A2", "email": "bo@bolt.io", "opted_out": True},
            {"contact_id": "C4", "account_id": "A3", "email": "BO@bolt.io"},
            {"contact_id": "C5", "account_id": "A3", "email": "no address"},
            {"contact_id": "C6", "account_id": "A3", "email": "no address", "opted_out": True},
        ],
        "leads": [
            {"lead_id": "L1", "account_id": "A3", "email": "ann@acme.com"},
            {"lead_id": "L2", "account_id": "A3", "email": "bo@bolt.io"},
            {"lead_id": "L3", "account_id": "A3", "email": "cy@bolt.io"},
        ],
        "suppressions": [listed("contact", "C1", until=datetime(2026, 6, 1))],
    }
    crm = _tables(rows)
    told = crm.to_arrow(suppressed_contacts(crm, AS_OF)).to_pylist()
    assert {row["contact_id"]: row["reason"] for row in told} == {
        "C1": "suppressed",
        "C2": "same_mailbox",
        "C3": "opted_out",
        "C4": "same_mailbox",
        "C6": "opted_out",
    }
    leads = crm.to_arrow(suppressed_people(crm, "leads", AS_OF)).to_pylist()
    assert {row["person_id"] for row in leads} == {"L1", "L2"}
    ends = crm.to_arrow(suppression_ends(crm, "contacts")).to_pylist()
    assert {row["person_id"]: row["until"] for row in ends} == dict.fromkeys(
        ("C1", "C2"), datetime(2026, 6, 1)
    ), "saying no has no date, so that it takes no event away"
    assert contacts_of(crm, datetime(2026, 6, 1)) == {"C3", "C4", "C6"}


_RECORDS = [
    ("A1", "acme.co.uk"), ("A2", "https://shop.acme.co.uk/x"), ("A3", "other.co.uk"),
    ("A4", "facebook.com/acme"), ("A5", "facebook.com/beta"), ("A6", None), ("A7", "münchen.de"),
    ("A8", "www.xn--mnchen-3ya.de"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "barred"),
    [
        ("account", "A1", {"A1", "A2"}),
        ("account", "A2", {"A1", "A2"}),
        ("account", "A4", {"A4"}),
        ("account", "A6", {"A6"}),
        ("account", "A7", {"A7", "A8"}),
        ("account", "A8", {"A7", "A8"}),
        ("domain", "shop.acme.co.uk", {"A2"}),
    ],
)
def test_a_suppressed_account_takes_the_other_records_of_its_company_with_it(
    kind: str, value: str, barred: set[str]
) -> None:
    rows = {
        "accounts": [{"account_id": n, "name": n, "domain": domain} for n, domain in _RECORDS],
        "contacts": [{"contact_id": n, "account_id": n} for n, _ in _RECORDS],
        "suppressions": [listed(kind, value, reason="legal")],
    }
    crm = _tables(rows)
    assert accounts_of(crm) == dict.fromkeys(barred, "legal")
    assert contacts_of(crm) == barred
    told = crm.to_arrow(suppression_sources(crm, AS_OF)).to_pylist()
    assert {row["account_id"]: row["suppressed_kind"] for row in told} == {
        one: kind if one == value or kind == "domain" else SAME_DOMAIN for one in barred
    }


@pytest.mark.parametrize("between", ["; ", ",", "；"])
def test_a_cell_that_names_several_names_each_of_them(crm, between) -> None:
    several = between.join(["Lee, Ann <ann@acme.com>", "bob@private.net"])
    assert contacts_of(crm(listed("email", several))) == {"C1", "C2", "C3"}
    assert set(accounts_of(crm(listed("domain", f"acme.com{between}bolt.io")))) == {"A1", "A2"}
