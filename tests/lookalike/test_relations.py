"""Parents, subsidiaries and branches are one group; investors are none."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.lookalike.relations import groups_of

NAMES = st.sampled_from("abcdefgh")


def accounts(**parents: str | None) -> pd.DataFrame:
    return pd.DataFrame({"account_id": list(parents), "parent_account_id": list(parents.values())})


def relations(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["account_id", "related_account_id", "kind"])


def test_parents_and_relations_join_into_one_group():
    found = groups_of(
        accounts(a=None, b="a", c=None, d=None),
        relations(("c", "b", "Subsidiary"), ("d", "a", "investor")),
    )
    assert found == {"a": "a", "b": "a", "c": "a"}


def test_children_of_a_parent_that_is_no_account_belong_together():
    assert groups_of(accounts(b="x", c="x"))["b"] == groups_of(accounts(b="x", c="x"))["c"] == "b"


def test_chinese_relations_count():
    assert groups_of(accounts(a=None, b=None), relations(("b", "a", "母公司"))) == {
        "a": "a",
        "b": "a",
    }


def test_nobody_related_is_no_group():
    assert groups_of(accounts(a=None), relations()) == {}


@given(st.lists(st.tuples(NAMES, NAMES), max_size=12))
def test_a_group_is_closed_and_its_name_does_not_depend_on_the_order_of_rows(pairs):
    rows = [(one, other, "parent") for one, other in pairs]
    found = groups_of(accounts(), relations(*rows))
    assert found == groups_of(accounts(), relations(*rows[::-1]))
    for one, other in pairs:
        assert found[one] == found[other] <= min(one, other)
