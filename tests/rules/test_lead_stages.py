import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.rules.lead_stages import LEAD_STAGES, lead_stages
from abm_ml.rules.score import MICRO


def stage(points: float = 0, **facts: bool) -> str:
    """One person, by default nobody knows who, asked for 10 points."""
    names = ("verified", "converted", "sales_ready", "customer")
    flags = {name: np.array([facts.get(name, False)]) for name in names}
    micro = np.array([round(points * MICRO)])
    return lead_stages(**flags, points_micro=micro, mql_points=10).to_pylist()[0]


@pytest.mark.parametrize(
    ("points", "facts", "expected"),
    [
        (0, {}, "RAW"),
        (99, {}, "RAW"),
        (0, {"sales_ready": True}, "RAW"),
        (9.99, {"verified": True}, "IQL"),
        (10, {"verified": True}, "MQL"),
        (0, {"verified": True, "sales_ready": True}, "SQL"),
        (0, {"converted": True}, "SQL"),
        (0, {"customer": True}, "customer"),
        (99, {"verified": True, "sales_ready": True, "customer": True}, "customer"),
    ],
)
def test_the_furthest_stage_whose_conditions_hold(points, facts, expected) -> None:
    assert stage(points, **facts) == expected


facts = st.fixed_dictionaries(
    {name: st.booleans() for name in ("verified", "converted", "sales_ready", "customer")}
)


@given(st.floats(0, 50), st.floats(0, 50), facts, facts)
def test_more_points_and_more_known_never_lower_a_lead_stage(points, more, known, learnt) -> None:
    together = {name: known[name] or learnt[name] for name in known}
    before, after = stage(points, **known), stage(points + more, **together)
    assert LEAD_STAGES.index(after) >= LEAD_STAGES.index(before)
