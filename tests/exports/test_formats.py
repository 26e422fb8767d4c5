"""Limits are told and never worked around; what is not known is refused."""

from __future__ import annotations

import pytest

from abm_ml.errors import ParamsError
from abm_ml.exports.audience import Audience
from abm_ml.exports.formats import (
    FORMATS,
    check_choice,
    limit_warnings,
    limits_of,
    make_export,
    member_note,
)
from abm_ml.exports.platforms import LIMITS, PROFILES


@pytest.mark.parametrize(
    ("to", "platform", "rows", "megabytes", "said"),
    [
        ("linkedin-contacts", None, 299, 1, "299 rows: LinkedIn asks for at least 300"),
        ("linkedin-contacts", None, 300, 1, None),
        ("linkedin", None, 300_000, 20, None),
        ("linkedin", None, 300_001, 1, "300,001 rows: LinkedIn takes at most 300,000; split"),
        ("linkedin", None, 1_000, 20.6, "a file of 21 MB: LinkedIn takes at most 20 MB"),
        ("google", None, 99, 1, "99 rows: Google Ads asks for at least 100"),
        ("meta", None, 99, 1, "99 rows: Meta asks for at least 100"),
        ("salesforce", None, 50_001, 1, "takes at most 50,000"),
        ("hashed", "baidu", 4_999, 1, "4,999 rows: Baidu asks for at least 5,000"),
        ("xlsx", None, 0, 1, "0 rows"),
    ],
)
def test_limits_are_told(
    to: str, platform: str | None, rows: int, megabytes: float, said: str | None
) -> None:
    found = [en for en, _ in limit_warnings(limits_of(to, platform), rows, megabytes)]
    assert (found == []) if said is None else any(said in one for one in found)


def test_what_only_the_platform_can_tell_is_said_too() -> None:
    assert "must find at least 300 of its users" in member_note(LIMITS["linkedin"])[0][0]
    assert member_note(LIMITS["6sense"]) == []


def test_few_employees_are_too_few_members_for_linkedin(audience: Audience) -> None:
    assert make_export(audience, "linkedin").warnings == ()
    small = audience.accounts.assign(employees=[100, 100, None])
    few = make_export(Audience(small, audience.contacts, 3, 4, {}, {}), "linkedin")
    assert "200 employees as far as is known" in few.warnings[0][0]


def test_every_format_has_limits_and_every_limit_a_source() -> None:
    assert set(FORMATS) == {*LIMITS, "hashed"}
    for limits in (*LIMITS.values(), *(profile.limits for profile in PROFILES.values())):
        assert limits.source


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (("linkedn", None, None, None), "to must be one of .*linkedin.*'linkedn'"),
        (("hashed", "weibo", None, None), "platform must be one of .*tencent.*'weibo'"),
        (("hashed", "tencent", "sha1", None), "hash must be one of md5, sha256.*'sha1'"),
        (("hashed", "tencent", None, "name"), "identifier must be one of email, phone"),
        (("google", None, "md5", None), "go with  --to hashed"),
    ],
)
def test_what_is_not_known_is_refused(
    choice: tuple[str, str | None, str | None, str | None], message: str
) -> None:
    with pytest.raises(ParamsError, match=message):
        check_choice(*choice)
