"""Which columns make companies alike, and how each is read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.columns import BlockPlan, block_kind, plan_blocks


def accounts(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"account_id": [f"A{i}" for i in range(40)], **columns})


SENTENCES = [f"we build machine number {i} for the food industry" for i in range(40)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([["a", "b"], ["a"]] * 20, "tags"),
        ([("a", "b"), None] * 20, "tags"),
        (np.arange(40.0), "number"),
        ([True, False] * 20, "number"),
        (pd.array([1, None] * 20, dtype="Int64"), "number"),
        (pd.date_range("2020-01-01", periods=40), "number"),
        (["2020-01-01", "2021-06-30"] * 20, "number"),
        (["Software", "Banking"] * 20, "category"),
        (pd.Categorical(["软件", "银行"] * 20), "category"),
        (SENTENCES, "text"),
        ([None] * 40, None),
        ([""] * 40, None),
        (["the same"] * 40, None),
    ],
)
def test_a_column_is_read_by_what_it_holds(values: object, kind: str | None):
    assert block_kind(accounts(column=values)["column"]) == kind


def test_codes_of_which_nearly_all_differ_make_no_two_companies_alike():
    assert block_kind(pd.Series([f"X-{i}" for i in range(200)])) is None
    assert block_kind(pd.Series([f"X-{i % 100}" for i in range(200)])) == "category"


def test_names_and_domains_are_read_by_their_parts_although_all_differ():
    table = accounts(name=[f"Acme {i}" for i in range(40)], domain=[f"a{i}.cn" for i in range(40)])
    assert [plan.kind for plan in plan_blocks(table)] == ["domain", "name"]


def test_the_parts_of_a_place_are_read_as_one():
    table = accounts(city=["Lyon"] * 40, country=["FR"] * 40, region=[None] * 40)
    assert plan_blocks(table) == (BlockPlan("place", ("country", "city"), "place"),)


def test_ids_and_how_a_company_stands_to_us_are_no_traits():
    table = accounts(
        account_type=["customer", "prospect"] * 20,
        owner_id=["jo", "li"] * 20,
        in_crm=[True, False] * 20,
        industry=["a", "b"] * 20,
    )
    assert [plan.name for plan in plan_blocks(table)] == ["industry"]


def test_only_the_columns_asked_for_are_read_and_their_order_does_not_matter():
    table = accounts(a=["x", "y"] * 20, b=["x", "y"] * 20, c=range(40))
    assert [plan.name for plan in plan_blocks(table, ["c", "a"])] == ["a", "c"]
    assert plan_blocks(table[["c", "b", "a", "account_id"]]) == plan_blocks(table)
