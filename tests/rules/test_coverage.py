import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.titles import COMMITTEE_ROLES
from abm_ml.rules.coverage import coverage


def by_role(*accounts: set[str]) -> dict[str, np.ndarray]:
    return {role: np.array([role in some for some in accounts]) for role in COMMITTEE_ROLES}


def test_coverage_is_the_share_of_roles_and_missing_are_those_in_which_nobody_is_engaged() -> None:
    known = by_role({"user", "purchaser", "decision_maker"}, set())
    found = coverage(known, by_role({"decision_maker"}, set()))
    assert found.known.tolist() == [0.75, 0.0]
    assert found.engaged.tolist() == [0.25, 0.0]
    assert found.missing_roles.to_pylist() == [
        ["user", "influencer", "purchaser"],
        ["user", "influencer", "decision_maker", "purchaser"],
    ]


roles = st.sets(st.sampled_from(COMMITTEE_ROLES))


@given(st.lists(st.tuples(roles, roles), min_size=1, max_size=5))
def test_engaged_roles_are_known_and_with_the_missing_ones_they_are_all_four(accounts) -> None:
    known = by_role(*(one for one, _ in accounts))
    engaged = by_role(*(other for _, other in accounts))
    found = coverage(known, engaged)
    assert (found.engaged <= found.known).all()
    for (_, here), missing, share in zip(
        accounts, found.missing_roles.to_pylist(), found.engaged, strict=True
    ):
        assert here | set(missing) == set(COMMITTEE_ROLES)
        assert not here & set(missing)
        assert share == 1 - len(missing) / 4
