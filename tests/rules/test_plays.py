"""The decision table of plays, line by line."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.rules.plays import PLAYS, PlayFacts, play_reason, play_words, plays
from abm_ml.rules.stages import CONTENT_STAGES

NOTHING = {
    "open_opportunity": False, "leads": 0, "fresh_leads": 0, "met": False,
    "renewal_in_days": np.nan, "subsidiaries": 0, "products": 0, "uncovered_roles": 0,
}  # fmt: skip


def play(stage: str, **facts: object) -> tuple[str, str]:
    """Of one account, where two products are sold and renewals are due within 120 days."""
    arrays = {name: np.array([value]) for name, value in (NOTHING | facts).items()}
    found = plays(PlayFacts(pa.array([stage]), **arrays), products_sold=2, renewal_days=120)
    return found[0].to_pylist()[0], found[1].to_pylist()[0]


@pytest.mark.parametrize(
    ("stage", "facts", "expected"),
    [
        # Who does not know us is shown ads first.
        ("unaware", {}, ("pre_targeting", "unaware")),
        ("aware", {}, ("pre_targeting", "researching")),
        # Whoever was here is nurtured.
        ("aware", {"met": True}, ("nurture", "visited")),
        ("engaged", {"met": True}, ("nurture", "engaged")),
        ("engaged", {"leads": 2}, ("nurture", "engaged")),
        # Around leads that came by themselves the account is nurtured …
        ("unaware", {"leads": 3, "fresh_leads": 2}, ("lead_to_account_nurture", "fresh_leads:2")),
        ("engaged", {"leads": 1, "fresh_leads": 1}, ("lead_to_account_nurture", "fresh_leads:1")),
        ("dormant", {"leads": 1, "fresh_leads": 1}, ("lead_to_account_nurture", "fresh_leads:1")),
        # … and those that went silent are woken.
        ("dormant", {"met": True}, ("wake_the_dead", "dormant")),
        ("unaware", {"leads": 3}, ("wake_the_dead", "silent_leads:3")),
        ("aware", {"leads": 1, "met": True}, ("wake_the_dead", "silent_leads:1")),
        # What is qualified or being sold is sped up.
        ("MQA", {"leads": 1, "fresh_leads": 1}, ("pipeline_acceleration", "mqa")),
        ("opportunity", {"open_opportunity": True}, ("pipeline_acceleration", "open_opportunity")),
        # Customers: a contract that is due comes first, then what sales works on.
        ("customer", {"renewal_in_days": 120.0, "open_opportunity": True},
         ("renew_and_upsell", "renewal_due:120")),
        ("adopted", {"renewal_in_days": 0.0}, ("renew_and_upsell", "renewal_due:0")),
        ("customer", {"renewal_in_days": 121.0, "open_opportunity": True},
         ("pipeline_acceleration", "open_opportunity")),
        # Then whatever is left to win around them.
        ("customer", {"subsidiaries": 4, "products": 1}, ("land_and_expand", "subsidiaries:4")),
        ("advocate", {"products": 1}, ("land_and_expand", "other_products:1")),
        ("customer", {"products": 2, "uncovered_roles": 3},
         ("land_and_expand", "uncovered_roles:3")),
        ("customer", {"products": 0}, ("renew_and_upsell", "customer")),
    ],
)  # fmt: skip
def test_each_state_has_its_play(stage, facts, expected) -> None:
    assert play(stage, **facts) == expected


def test_a_renewal_says_nothing_of_who_is_no_customer() -> None:
    assert play("engaged", renewal_in_days=5.0) == ("nurture", "engaged")


facts = st.fixed_dictionaries(
    {
        "open_opportunity": st.booleans(),
        "leads": st.integers(0, 3),
        "fresh_leads": st.integers(0, 3),
        "met": st.booleans(),
        "renewal_in_days": st.sampled_from([np.nan, 0.0, 30.0, 500.0]),
        "subsidiaries": st.integers(0, 2),
        "products": st.integers(0, 3),
        "uncovered_roles": st.integers(0, 4),
    }
)


@given(st.sampled_from(sorted(CONTENT_STAGES)), facts)
def test_every_account_has_one_play_whose_reason_is_said_in_both_languages(stage, drawn) -> None:
    name, why = play(stage, **drawn)
    assert name in PLAYS
    for lang in ("en", "zh"):
        assert play_words(name, lang)
        assert "{" not in play_reason(why, lang)


def test_accounts_are_judged_each_by_itself() -> None:
    together = PlayFacts(
        pa.array(["customer", "unaware", "customer"]),
        **{name: np.array([value] * 3) for name, value in NOTHING.items()}
        | {"renewal_in_days": np.array([34.0, np.nan, 900.0])},
    )
    found = plays(together, products_sold=0, renewal_days=120)
    assert found[0].to_pylist() == ["renew_and_upsell", "pre_targeting", "renew_and_upsell"]
    assert found[1].to_pylist() == ["renewal_due:34", "unaware", "customer"]
