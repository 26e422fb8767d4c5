from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.rules.exclusion_words import exclusion_details
from abm_ml.rules.exclusions import MOTIONS, exclusions, own_company

NAMES = ("cold", "open", "customer", "customer with open")


def reasons(motion: str, **changes: object) -> list[str | None]:
    """Reason for each account of NAMES."""
    inputs: dict = {
        "suppressed": np.zeros(4, bool),
        "account_type": pa.array([None] * 4, pa.string()),
        "owner_id": pa.array(["u1", "u2", None, "u1"]),
        "customer": np.array([False, False, True, True]),
        "open_opportunity": np.array([False, True, False, True]),
        "account_types": ("competitor", "partner"),
        "hands_off_owners": (),
    }
    return exclusions(**(inputs | changes), motion=motion).to_pylist()


def test_acquire_drops_customers_and_accounts_that_sales_works_on():
    assert reasons("acquire") == [None, "open_opportunity", "customer", "customer"]


def test_accelerate_keeps_only_accounts_with_an_open_opportunity():
    assert reasons("accelerate") == ["no_open_opportunity", None, "no_open_opportunity", None]


def test_expand_keeps_only_customers():
    assert reasons("expand") == ["not_customer", "not_customer", None, None]


def test_all_drops_neither():
    assert reasons("all") == [None] * 4


@pytest.mark.parametrize("motion", MOTIONS)
def test_the_suppressed_are_dropped_whatever_the_motion(motion):
    assert reasons(motion, suppressed=np.ones(4, bool)) == ["suppressed"] * 4


@pytest.mark.parametrize("motion", MOTIONS)
def test_competitors_partners_and_hands_off_owners_are_dropped_whatever_the_motion(motion):
    types = pa.array(["Competitor", "Channel Partner / Reseller", "Prospect", None])
    assert reasons(motion, account_type=types)[:2] == ["account_type"] * 2
    by_owner = reasons(motion, hands_off_owners=("u1",))
    assert by_owner[0] == by_owner[3] == "hands_off"


def test_the_first_reason_that_applies_is_given():
    both = reasons("acquire", suppressed=np.array([False, False, True, False]))
    assert both == [None, "open_opportunity", "suppressed", "customer"]


@pytest.mark.parametrize("motion", MOTIONS)
def test_the_own_company_and_whom_sales_said_to_leave_alone_are_dropped(motion):
    flags = np.array([True, False, True, False])
    assert reasons(motion, own=flags)[::2] == ["own_company"] * 2
    assert reasons(motion, left_alone=flags)[::2] == ["hands_off"] * 2


def test_own_domains_hold_for_what_lies_below_them_and_for_nobody_else():
    domains = pa.array(["acme.com", "shop.Acme.com", "www.acme.com", "notacme.com", None, ""])
    assert own_company(domains, ["WWW.Acme.com"]).tolist() == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert not own_company(domains, []).any()


DAY = datetime(2026, 12, 31)
SOURCES = {
    "suppressed_kind": pa.array(["domain", None, "account", None]),
    "suppressed_value": pa.array(["acme.com", None, "A3", None]),
    "suppressed_reason": pa.array(["asked for", None, None, None], pa.string()),
    "suppressed_until": pa.array([DAY, None, None, None], pa.timestamp("us")),
    "domain": pa.array(["acme.com", "own.com", None, None]),
    "account_type": pa.array([None, "Channel Partner", None, "Rival"]),
    "owner_id": pa.array(["u1", "u2", "u3", "u4"]),
    "left_alone_because": pa.array([None, "by Ann, because renewal", None, None]),
    "won_id": pa.array([None, "O7", None, "O9"]),
    "won_at": pa.array([None, DAY, None, None], pa.timestamp("us")),
    "open_id": pa.array([None, None, "O8", None]),
    "open_since": pa.array([None, None, DAY, None], pa.timestamp("us")),
}


@pytest.mark.parametrize(
    ("found", "lang", "words"),
    [
        (["suppressed", None, "suppressed", None], "en",
         ["domain acme.com, because asked for, until 2026-12-31", None,
          "account A3", None]),
        (["suppressed", None, "suppressed", None], "zh",
         ["域名 acme.com，原因：asked for，有效至 2026-12-31", None, "企业 A3", None]),
        ([None, "own_company", None, "account_type"], "en",
         [None, "domain own.com", None, "Rival"]),
        (["hands_off", "hands_off", None, None], "en",
         ["owner u1", "by Ann, because renewal", None, None]),
        ([None, "customer", "open_opportunity", "customer"], "en",
         [None, "won opportunity O7, closed 2026-12-31", "open opportunity O8, since 2026-12-31",
          "won opportunity O9"]),
        (["not_customer", "no_open_opportunity", None, None], "en", [None] * 4),
    ],
)  # fmt: skip
def test_each_exclusion_says_the_row_behind_it(found, lang, words):
    assert exclusion_details(pa.array(found, pa.string()), SOURCES, lang).to_pylist() == words


def test_a_source_that_is_not_there_is_passed_over():
    found = pa.array(["suppressed", "customer"])
    assert exclusion_details(found, {}).to_pylist() == [None, None]


flags = st.lists(st.booleans(), min_size=4, max_size=4).map(np.array)


@settings(settings.get_profile("pure law"))
@given(st.sampled_from(MOTIONS), flags, flags, flags, flags, flags)
def test_laws_2_and_5_each_account_is_scored_or_excluded_and_the_suppressed_never_scored(
    motion, suppressed, own, left_alone, customer, open_
):
    changes = {"suppressed": suppressed, "own": own, "left_alone": left_alone}
    found = reasons(motion, customer=customer, open_opportunity=open_, **changes)
    always = suppressed | own | left_alone
    assert all(reason is not None for reason, must in zip(found, always, strict=True) if must)
    kept = [row for row, reason in enumerate(found) if reason is None]
    keeps = {
        "acquire": ~customer & ~open_, "accelerate": open_, "expand": customer,
        "all": np.ones(4, bool),
    }  # fmt: skip
    assert kept == np.flatnonzero(~always & keeps[motion]).tolist()
