from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.scoring.identity import run_id

ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "name": ["A", "B"]})
EVENTS = pd.DataFrame({"account_id": ["a"], "kind": "x", "ts": pd.to_datetime(["2025-01-01"])})


def identity(tables=None, params: Params | None = None, **changes: object) -> str:
    facts: dict = {
        "as_of": datetime(2026, 1, 1), "motion": "acquire", "model_version": "3",
        "propensity": np.array([0.1, 0.2]), "previous": {"a": 1},
    }  # fmt: skip
    crm = Crm.from_tables(tables or {"accounts": ACCOUNTS}, threads=1)
    return run_id(crm, params or Params(), **(facts | changes))


def test_it_is_sixteen_hex_digits_and_the_same_each_time():
    assert len(identity()) == 16
    assert int(identity(), 16) >= 0
    assert identity() == identity()


@pytest.mark.parametrize(
    "changes",
    [
        {"tables": {"accounts": ACCOUNTS.assign(name=["A", "C"])}},
        {"tables": {"accounts": ACCOUNTS, "engagements": EVENTS}},
        {"tables": {"accounts": ACCOUNTS.assign(mine=[1, 2])}},
        {"params": Params(seed=1)},
        {"as_of": datetime(2026, 1, 2)},
        {"motion": "all"},
        {"model_version": "4"},
        {"propensity": np.array([0.1, 0.3])},
        {"propensity": None},
        {"previous": {}},
    ],
)
def test_whatever_may_change_the_result_changes_it(changes):
    assert identity(**changes) != identity()


def test_a_repeated_event_changes_it():
    twice = {"accounts": ACCOUNTS, "engagements": pd.concat([EVENTS, EVENTS, EVENTS])}
    assert identity(twice) != identity({"accounts": ACCOUNTS, "engagements": EVENTS})


@pytest.mark.parametrize(
    "changes",
    [
        {"tables": {"accounts": ACCOUNTS.iloc[::-1]}},
        {"tables": {"accounts": ACCOUNTS, "engagements": EVENTS.iloc[:0]}},
        {"tables": {"accounts": ACCOUNTS.assign(city=None)}},
        {"params": Params(threads=7, memory_limit="1GB", scoring={"batch_rows": 5_000})},
    ],
)
def test_order_absent_columns_and_ways_of_computing_do_not_count(changes):
    assert identity(**changes) == identity()
