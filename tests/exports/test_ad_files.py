"""Lists for ad platforms: headers to the letter, hashes by an independent hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from abm_ml.exports import ad_files
from abm_ml.exports.audience import Audience
from abm_ml.exports.files import Export
from abm_ml.exports.formats import make_export
from abm_ml.exports.platforms import PROFILES


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[Export], list[str]]:
    """The lines of each file, joined; line ends are those of a machine."""

    def write(export: Export) -> list[str]:
        found = []
        for file in export.files:
            file.write(tmp_path / file.name)
            text = (tmp_path / file.name).read_bytes().decode("utf-8")
            assert "\r" not in text
            found += text.splitlines()
        return found

    return write


HEADERS = {
    "linkedin": "companyname,companywebsite,companyemaildomain,linkedincompanypageurl,stocksymbol,"
    "industry,city,state,companycountry,zipcode",
    "linkedin-contacts": "email,firstname,lastname,jobtitle,employeecompany,country,googleaid",
    "google": "Email,Phone,First Name,Last Name,Country,Zip",
    "meta": "email,phone,fn,ln,ct,st,country,madid,uid",
    "6sense": "Account Name,Country,Domain",
}


@pytest.mark.parametrize("to", HEADERS)
def test_header_rows_are_the_platforms_to_the_letter(
    to: str, audience: Audience, written: Callable[[Export], list[str]]
) -> None:
    assert written(make_export(audience, to))[0] == HEADERS[to]


def test_linkedin_companies_are_told_as_they_are(
    audience: Audience, written: Callable[[Export], list[str]]
) -> None:
    assert written(ad_files.linkedin_companies(audience))[1:] == [
        '"Acme, Inc.",shop.acme.com,acme.com,https://www.linkedin.com/company/acme,ACME,Software,'
        "New York,New York,US,10001",
        "王氏科技有限公司,wang.cn,wang.cn,,,软件,上海,,CN,",
        "=cmd|' /C calc'!A0,bolt.io,bolt.io,,,,,,,",
    ]


def test_linkedin_contacts_without_an_address_or_name_are_left_out(
    audience: Audience, written: Callable[[Export], list[str]]
) -> None:
    export = ad_files.linkedin_contacts(audience)
    assert written(export)[1:] == [
        'ann.obrien+crm@gmail.com,Ann,O\'Brien,CFO,"Acme, Inc.",US,',
        "fang@wang.cn,芳,王,采购总监,王氏科技有限公司,CN,",
        "bo@bolt.io,,,,=cmd|' /C calc'!A0,,",
    ]
    assert export.left_out == {"no_identifier": 1}


def test_google_takes_hashes_of_all_but_country_and_zip(
    audience: Audience, written: Callable[[Export], list[str]]
) -> None:
    assert written(ad_files.google_customer_match(audience))[1:] == [
        ",".join([sha("annobrien@gmail.com"), sha("+12125550100"), sha("ann"), sha("o'brien"),
                  "US", "10001"]),
        ",".join([sha("fang@wang.cn"), sha("+8613800138000"), sha("芳"), sha("王"), "CN", ""]),
        ",".join([sha("bo@bolt.io"), sha("+442079460018"), "", "", "", ""]),
    ]  # fmt: skip


def test_meta_takes_hashes_of_names_and_places_without_punctuation(
    audience: Audience, written: Callable[[Export], list[str]]
) -> None:
    assert written(ad_files.meta_audience(audience))[1:] == [
        ",".join([sha("ann.obrien+crm@gmail.com"), sha("12125550100"), sha("ann"), sha("obrien"),
                  sha("newyork"), sha("ny"), sha("us"), "", ""]),
        ",".join([sha("fang@wang.cn"), sha("8613800138000"), sha("芳"), sha("王"), "", "",
                  sha("cn"), "", ""]),
        ",".join([sha("bo@bolt.io"), sha("442079460018"), *[""] * 7]),
    ]  # fmt: skip


def test_device_ids_of_the_crm_are_used_as_they_are(
    audience_of: Callable[..., Audience], written: Callable[[Export], list[str]]
) -> None:
    device = "AECE52E7-03EE-455A-B3C4-E57283966239"
    person = {"contact_id": "C1", "account_id": "A1", "madid": device, "googleaid": device,
              "uid": "1234567890"}  # fmt: skip
    audience = audience_of(contacts=[person])
    assert written(ad_files.meta_audience(audience))[1].endswith(f"{device.lower()},1234567890")
    assert written(ad_files.linkedin_contacts(audience))[1].endswith(f",US,{device.lower()}")


def test_one_person_under_two_records_comes_once(audience_of: Callable[..., Audience]) -> None:
    rows = [{"contact_id": f"C{n}", "account_id": "A1", "email": "Ann@acme.com"} for n in (1, 2)]
    export = ad_files.google_customer_match(audience_of(contacts=rows))
    assert export.rows == 1
    assert export.left_out == {"duplicate": 1}


def test_6sense_gets_numbered_files_of_25_000(audience: Audience, tmp_path: Path) -> None:
    first = audience.accounts.iloc[[0]]
    many = first.loc[first.index.repeat(50_001)].reset_index(drop=True)
    many["name"] = [f"Company {n}" for n in range(len(many))]
    export = ad_files.sixsense_accounts(Audience(many, audience.contacts, len(many), 0, {}, {}))
    assert [(file.name, file.rows) for file in export.files] == [
        ("6sense-accounts-1.csv", 25_000),
        ("6sense-accounts-2.csv", 25_000),
        ("6sense-accounts-3.csv", 1),
    ]
    for file in export.files:
        file.write(tmp_path / file.name)
    whole = pd.concat(pd.read_csv(tmp_path / file.name) for file in export.files)
    assert whole["Account Name"].tolist() == many["name"].tolist()


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ("tencent", [md5("13800138000")]),
        ("baidu", [md5("13800138000")]),
        ("bytedance", [sha("13800138000")]),
        (
            "tiktok",
            [
                "Email_SHA256",
                *sorted(map(sha, ("ann.obrien+crm@gmail.com", "fang@wang.cn", "bo@bolt.io"))),
            ],
        ),
    ],
)
def test_each_platform_has_its_digest_and_its_identifier(
    platform: str,
    expected: list[str],
    audience: Audience,
    written: Callable[[Export], list[str]],
) -> None:
    assert written(make_export(audience, "hashed", platform=platform)) == expected


def test_a_profile_can_be_overruled(
    audience: Audience, written: Callable[[Export], list[str]]
) -> None:
    export = make_export(
        audience, "hashed", platform="bytedance", algorithm="md5", identifier="email"
    )
    assert export.files[0].name == "bytedance-email-md5.txt"
    assert written(export) == sorted(
        map(md5, ("ann.obrien+crm@gmail.com", "fang@wang.cn", "bo@bolt.io"))
    )
    other = make_export(audience, "hashed", identifier="phone")
    assert set(written(other)) == set(map(sha, ("+12125550100", "+8613800138000", "+442079460018")))


def test_where_no_rule_was_found_it_is_said(audience: Audience) -> None:
    for platform, profile in PROFILES.items():
        notes = make_export(audience, "hashed", platform=platform).notes
        assert bool(notes) is not profile.sure, platform
