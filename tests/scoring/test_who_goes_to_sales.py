"""Handover and next step agree: not who was taken off the list, not whom sales rejected before."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from abm_ml.config import Params

from .conftest import AS_OF, days_ago, tiny_tables

EASY = {"points": 1, "contacts": 1}
PARAMS = Params.model_validate(
    {"mqa": {"tier_1": EASY, "tier_2": EASY, "tier_3": EASY, "non_icp_factor": 1}}
)
"""Whoever engaged at all is an MQA."""


@pytest.fixture(scope="module")
def scored(score: Callable) -> pd.DataFrame:
    """A list for product ERP by account_id."""
    tables = tiny_tables()
    people = ["acme", "beta", "gamma", "customer"]
    tables["contacts"] = pd.DataFrame({"contact_id": people, "account_id": people})
    tables["engagements"] = pd.DataFrame(
        {"account_id": people, "contact_id": people, "kind": "meeting", "ts": days_ago(20)}
    )
    tables["opportunities"]["product"] = ["CRM", "ERP", "CRM"]
    tables["overrides"] = pd.DataFrame(
        {"account_id": ["beta"], "action": ["tier"], "tier": [0], "ts": [days_ago(3)]}
    )
    tables["feedback"] = pd.DataFrame(
        [("gamma", "Reject", days_ago(5)), ("acme", "拒绝", days_ago(40))],
        columns=["account_id", "verdict", "ts"],
    )
    return score(tables, PARAMS, product="ERP").scored.set_index("account_id")


def test_an_account_taken_off_the_list_is_left_alone(scored: pd.DataFrame) -> None:
    beta = scored.loc["beta"]
    assert beta["mqa"]
    assert pd.isna(beta["tier"])
    assert beta["handover"] == "leave"
    assert pd.isna(beta["handover_contact"])
    assert beta["next_step"] == "Leave alone: taken off the list by hand."


def test_an_account_that_sales_rejected_is_nurtured_until_it_qualifies_anew(
    scored: pd.DataFrame,
) -> None:
    gamma = scored.loc["gamma"]
    assert gamma["mqa"]
    assert (gamma["handover"], gamma["play"], gamma["play_why"]) == (
        "nurture", "nurture", "rejected",
    )  # fmt: skip
    assert gamma["next_step"].startswith("Nurture on: sales rejected it, and it has not qualified")


def test_an_mqa_goes_to_sales_and_again_once_it_qualified_after_a_rejection(
    scored: pd.DataFrame,
) -> None:
    assert scored.at["acme", "handover"] == "sales"
    assert scored.at["acme", "next_step"].startswith("To sales now; call contact acme")
    assert scored.at["acme", "as_of"] == AS_OF


def test_a_customer_of_another_product_is_cross_sold(scored: pd.DataFrame) -> None:
    sold = scored.loc["customer"]
    told = ["stage", "play", "play_why", "handover", "handover_contact"]
    assert sold[told].tolist() == ["MQA", "land_and_expand", "cross_sell:1", "sales", "customer"]
    assert sold["next_step"].startswith("To sales now, as a cross-sell; call contact customer")
    assert not scored["play_why"].drop("customer").str.startswith("cross_sell").any()
