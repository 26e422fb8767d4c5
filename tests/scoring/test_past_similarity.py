"""Similarity at past moments knows the customers of its own time, and no later ones."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from abm_ml.data.crm import Crm
from abm_ml.data.prepare import read_crm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.scoring.past_similarity import past_similarity
from abm_ml.scoring.similarity import likeness

EARLY, LATE = datetime(2024, 3, 1), datetime(2025, 9, 1)


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Crm:
    folder: Path = tmp_path_factory.mktemp("world")
    simulate_world(folder, accounts=200, seed=3, world=World(events_per_account=1))
    return read_crm(folder / "exports")


@pytest.fixture(scope="module")
def index(crm: Crm) -> LookalikeIndex:
    columns = ("account_id", "name", "industry", "employees", "technologies")
    accounts = crm.to_arrow(crm.table("accounts").select(*columns)).to_pandas()
    built = LookalikeIndex(columns=columns[2:], kind="exact", threads=1)
    return built.fit(accounts.sort_values("account_id").iloc[:180])


def spine(index: LookalikeIndex, *moments: datetime) -> pa.Table:
    """Ten accounts at each moment, shuffled."""
    rows = [(account, moment) for moment in moments for account in index.ids[:10]]
    mixed = pd.DataFrame(rows, columns=["account_id", "as_of"]).sample(frac=1, random_state=0)
    return pa.Table.from_pandas(mixed, preserve_index=False)


def test_each_row_is_compared_with_the_customers_of_its_moment(
    crm: Crm, index: LookalikeIndex
) -> None:
    rows = spine(index, EARLY, LATE)
    found = past_similarity(crm, index, rows)
    for moment in (EARLY, LATE):
        known = likeness(index, crm, moment)
        assert known is not None
        expected, _ = known.of(rows["account_id"].combine_chunks())
        here = rows["as_of"].to_pandas() == moment
        np.testing.assert_array_equal(found[here], expected[here])
    assert len(set(found)) > 5


def test_a_moment_is_the_same_whatever_stands_beside_it(crm: Crm, index: LookalikeIndex) -> None:
    both = spine(index, EARLY, LATE)
    early = both["as_of"].to_pandas() == EARLY
    alone = past_similarity(crm, index, both.filter(pa.array(early)))
    np.testing.assert_array_equal(past_similarity(crm, index, both)[early], alone)


def test_before_the_first_customer_and_for_strangers_it_is_0(
    crm: Crm, index: LookalikeIndex
) -> None:
    assert not past_similarity(crm, index, spine(index, datetime(2020, 1, 1))).any()
    stranger = pa.table({"account_id": ["nobody"], "as_of": pa.array([LATE])})
    assert past_similarity(crm, index, stranger).tolist() == [0]
