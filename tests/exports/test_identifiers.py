"""Identifiers as platforms compare them: hand-normalised strings, digests by hashlib."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.exports import identifiers as ids


def test_digests_are_the_well_known_ones() -> None:
    assert ids.digest("test@example.com") == (
        "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
    )
    assert ids.digest("", "md5") == "d41d8cd98f00b204e9800998ecf8427e"
    assert ids.digest(None) is None


@given(st.text())
def test_digests_agree_with_hashlib(text: str) -> None:
    try:
        written = text.encode()
    except UnicodeEncodeError:
        return
    assert ids.digest(text) == hashlib.sha256(written).hexdigest()
    assert ids.digest(text, "md5") == hashlib.md5(written, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" Jane.Doe@Acme.COM\t", "jane.doe@acme.com"),
        ("jane@acme", None),
        ("jane acme.com", None),
        ("a@b.c d@e.f", None),
        ("", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_addresses_are_trimmed_and_in_lower_case(written: object, expected: str | None) -> None:
    assert ids.email(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("J.A.N.E+news@gmail.com", "jane@gmail.com"),
        ("Jane.Doe@GoogleMail.com", "janedoe@googlemail.com"),
        ("jane.doe+news@acme.com", "jane.doe+news@acme.com"),
    ],
)
def test_google_compares_gmail_without_dots_and_tags(written: str, expected: str) -> None:
    assert ids.google_email(written) == expected


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("(212) 555-0100", "US", "+12125550100"),
        ("+1 212-555-0100", None, "+12125550100"),
        ("+1 212-555-0100", "CN", "+12125550100"),
        ("0086 138 0013 8000", None, "+8613800138000"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("＋８６ １３８００１３８０００", None, "+8613800138000"),
        ("212 555 0100 ext. 7", "US", "+12125550100"),
        ("212 555 0100", None, None),
        ("12", "US", None),
        ("call me", "US", None),
        (None, "US", None),
    ],
)
def test_phones_get_the_calling_code_of_their_country(
    written: str | None, country: str | None, expected: str | None
) -> None:
    assert ids.e164(written, country) == expected


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("13800138000", None, "13800138000"),
        ("+86-138-0013-8000", "US", "13800138000"),
        ("021-6234 5678", "CN", None),
        ("(212) 555-0100", "US", None),
        ("+852 9123 4567", "HK", None),
    ],
)
def test_chinese_platforms_take_the_bare_mobile_number(
    written: str, country: str | None, expected: str | None
) -> None:
    assert ids.chinese_mobile(written, country) == expected


@pytest.mark.parametrize(
    ("state", "country", "expected"),
    [("New York", "US", "ny"), ("CA", "US", "ca"), ("Baden-Württemberg", "DE", "badenwürttemberg")],
)
def test_meta_takes_two_letters_for_states_of_the_usa(
    state: str, country: str, expected: str
) -> None:
    assert ids.meta_state(state, country) == expected


@given(st.integers(13_000_000_000, 19_999_999_999))
def test_any_chinese_mobile_number_comes_back(number: int) -> None:
    assert ids.chinese_mobile(f"+86 {number}", None) == str(number)
