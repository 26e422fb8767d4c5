"""Accounts added, removed and updated without a rebuild."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abm_ml.errors import DataError
from abm_ml.lookalike.index import LookalikeIndex


def same_bytes(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one.to_csv(index=False).encode() == other.to_csv(index=False).encode()


def test_an_account_added_is_embedded_as_its_equal(own_index: LookalikeIndex, accounts):
    known = accounts[accounts["account_id"] == own_index.ids[7]]
    own_index.add(known.assign(account_id="twin"))
    np.testing.assert_allclose(*own_index.vectors([own_index.ids[7], "twin"]), atol=1e-6)
    found = own_index.expand(own_index.ids[:4], 300).set_index("account_id")
    assert found.loc["twin", "similarity"] == found.loc[own_index.ids[7], "similarity"]
    assert found.loc["twin", "reasons"] == found.loc[own_index.ids[7], "reasons"]


def test_removing_and_adding_again_changes_nothing(own_index: LookalikeIndex, accounts):
    seeds = own_index.ids[:8]
    before = own_index.expansion(seeds, 50, evidence=False)
    gone = own_index.ids[100:140]
    own_index.remove(gone)
    assert len(own_index) == 200
    assert not set(gone) & set(own_index.expand(seeds, 300)["account_id"])
    own_index.add(accounts[accounts["account_id"].isin(gone)])
    after = own_index.expansion(seeds, 50, evidence=False)
    assert same_bytes(before.accounts, after.accounts)
    assert same_bytes(before.traits, after.traits)


def test_an_update_is_a_removal_and_an_addition(own_index: LookalikeIndex, accounts):
    changed = accounts[accounts["account_id"].isin(own_index.ids[5:8])].assign(country="DE")
    own_index.update(changed)
    assert len(own_index) == 240
    one = own_index.expand(own_index.ids[20:24], 300, where={"country": "DE"})["account_id"]
    assert set(changed["account_id"]) <= set(one)


def test_a_new_account_may_lack_everything_but_its_columns(own_index: LookalikeIndex, accounts):
    empty = accounts.iloc[:1].assign(**dict.fromkeys(accounts.columns)).assign(account_id="new")
    own_index.add(empty)
    assert not own_index.vectors(["new"]).any()
    assert "new" in set(own_index.expand(own_index.ids[:3], 300)["account_id"])


def test_all_accounts_may_go(own_index: LookalikeIndex, accounts):
    ids = own_index.ids
    own_index.remove(ids)
    assert len(own_index) == 0
    with pytest.raises(DataError, match="none of the 1 seeds is in the index"):
        own_index.expand(ids[:1])
    own_index.add(accounts.iloc[:20])
    assert len(own_index.expand(own_index.ids[:2], 5)) == 5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda index, rows: index.add(rows), "here already"),
        (lambda index, rows: index.update(rows.assign(account_id="new")), "not in the store"),
        (lambda index, rows: index.remove(["new"]), "not in the store"),
        (lambda index, rows: index.remove([index.ids[0]] * 2), "given more than once"),
        (
            lambda index, rows: index.add(rows.drop(columns="city").assign(account_id="new")),
            "column 'city' is missing",
        ),
        (lambda index, rows: index.update(rows.drop(columns="city")), "column 'city' is missing"),
    ],
)
def test_a_change_that_is_refused_changes_nothing(
    own_index: LookalikeIndex, accounts: pd.DataFrame, change, message: str
):
    before = own_index.expand(own_index.ids[:5], 300)
    rows = accounts[accounts["account_id"] == own_index.ids[3]]
    with pytest.raises(DataError, match=message):
        change(own_index, rows)
    assert len(own_index) == 240
    assert own_index.expand(own_index.ids[:5], 300).equals(before)
