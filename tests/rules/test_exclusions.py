import numpy as np
import pyarrow as pa
import pytest

from abm_ml.rules.exclusions import MOTIONS, exclusions

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
