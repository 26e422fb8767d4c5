import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.rulebook import Stages
from abm_ml.rules.stages import BEFORE_MQA, CONTENT_STAGES, CUSTOMERS, customer_steps, stages

ORDER = ("customer", "open_opportunity", "qualified", "engaged", "aware", "seen_before")
WORDS = ("customer", "opportunity", "MQA", "engaged", "aware", "dormant")


def test_each_state_has_its_stage_and_nothing_is_unaware():
    flags = dict(zip(ORDER, np.eye(7, 6, dtype=bool).T, strict=True))
    assert stages(**flags).to_pylist() == [*WORDS, "unaware"]


def test_the_furthest_stage_wins():
    upper = np.triu(np.ones((6, 6), dtype=bool))
    flags = dict(zip(ORDER, upper.T, strict=True))
    assert stages(**flags).to_pylist() == list(WORDS)


@pytest.mark.parametrize(
    ("facts", "adopted", "advocate"),
    [
        ({}, False, False),
        ({"contract_days": 179}, False, False),
        ({"contract_days": 180}, True, False),
        ({"renewals": 1}, True, False),
        ({"renewals": 2}, True, True),
        ({"won_deals": 2}, True, False),
        ({"usage_events": 4}, False, False),
        ({"usage_events": 5}, True, False),
        ({"expansions": 1}, False, True),
        ({"advocacy_events": 1}, False, True),
    ],
)
def test_customers_adopt_and_become_advocates(facts, adopted, advocate):
    nothing = dict.fromkeys(
        ("contract_days", "renewals", "won_deals", "usage_events", "expansions",
         "advocacy_events"), 0,
    )  # fmt: skip
    arrays = {name: np.array([value, value]) for name, value in (nothing | facts).items()}
    customer = np.array([True, False])
    steps = customer_steps(customer=customer, **arrays, settings=Stages())
    assert [step.tolist() for step in steps] == [[adopted, False], [advocate, False]]


def test_without_a_contract_nobody_adopted_by_its_length():
    nothing = np.zeros(1, dtype=np.int64)
    names = ("renewals", "won_deals", "usage_events", "expansions", "advocacy_events")
    arrays = dict.fromkeys(names, nothing)
    adopted, advocate = customer_steps(
        customer=np.array([True]), contract_days=np.array([np.nan]), **arrays, settings=Stages()
    )
    assert not adopted[0]
    assert not advocate[0]


def test_adopted_and_advocate_are_further_than_customer():
    yes, no = np.array([True] * 3), np.zeros(3, dtype=bool)
    flags = dict(dict.fromkeys(ORDER, no), customer=yes)
    adopted, advocate = np.array([False, True, True]), np.array([False, False, True])
    found = stages(**flags, adopted=adopted, advocate=advocate).to_pylist()
    assert found == list(CUSTOMERS)


def test_every_stage_has_its_content():
    assert {CONTENT_STAGES[stage] for stage in BEFORE_MQA} == {"lead"}
    assert {CONTENT_STAGES[stage] for stage in CUSTOMERS} == {"customer"}
    assert set(CONTENT_STAGES) == {*WORDS, "unaware", *CUSTOMERS}


@given(st.lists(st.booleans(), min_size=12, max_size=12))
def test_law_4_more_engagement_never_lowers_a_stage(drawn):
    """Unaware and dormant stand equally low: both wait to be engaged."""
    rank = {name: place for place, name in enumerate(reversed(WORDS[:-1]), start=1)}
    one = np.array(drawn[:6])[None]
    more = one | np.array(drawn[6:])[None]
    before, after = (
        stages(**dict(zip(ORDER, flags.T, strict=True))).to_pylist()[0] for flags in (one, more)
    )
    assert rank.get(after, 0) >= rank.get(before, 0)
