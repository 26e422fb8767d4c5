from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.scoring.arguments import previous_list
from abm_ml.scoring.identity import run_id
from abm_ml.scoring.propensity import Predictor
from abm_ml.scoring.run import Run
from abm_ml.scoring.scope import Scope
from abm_ml.scoring.standing import Standing

ACCOUNTS = pd.DataFrame({"account_id": ["a", "b"], "name": ["A", "B"]})
EVENTS = pd.DataFrame({"account_id": ["a"], "kind": "x", "ts": pd.to_datetime(["2025-01-01"])})

PREDICTOR = Predictor(None, None, "conversion", 0.1, None, None)


def identity(
    tables=None, params: Params | None = None, *, as_of=datetime(2026, 1, 1), motion="acquire",
    model_version="3", propensity=(0.1, 0.2), ids=("a", "b"), previous=None, dates=None,
) -> str:  # fmt: skip
    crm = Crm.from_tables(tables or {"accounts": ACCOUNTS}, threads=1)
    model = None if propensity is None else PREDICTOR
    before = {"a": 1} if previous is None else previous
    scope = Scope(frozenset(), frozenset())
    listed = pd.DataFrame({"account_id": list(before), "tier": list(before.values())})
    last = previous_list(listed.assign(**(dates or {})))
    run = Run(params or Params(), as_of, motion, scope, model, model_version, previous=last)
    numbers = np.array(propensity or (np.nan, np.nan))
    nothing, yes = np.zeros(2), np.ones(2, dtype=bool)
    standing = Standing(pa.array(ids), nothing, nothing, numbers, nothing, yes, ~yes)
    return run_id(crm, run, standing)


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
        {"propensity": (0.1, 0.3)},
        {"propensity": None},
        {"previous": {}},
        {"dates": {"mqa_at": datetime(2025, 5, 1)}},
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
