"""The baseline "rules only" is the account score itself, looked at from earlier."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.prepare import read_crm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.scoring.inputs import read_inputs
from abm_ml.scoring.judgement import judge
from abm_ml.scoring.past_scores import past_account_scores

HIRING = {
    "firmographic": [
        {"signal": "job_posting", "count_at_least": 1, "within_days": 180},
        {"column": "employees", "min": 50, "must": True},
    ]
}
KNOCK_OUTS = {
    "firmographic": [
        {"signal": "job_posting", "count_at_least": 1, "within_days": 360},
        {"signal": "job_posting", "contains": ["manager"], "count_at_least": 1, "within_days": 360},
        {"signal": "legal_risk", "count_at_most": 0, "must": True},
        {"column": "industry", "none_of": ["Energy", "能源"], "must": True},
    ]
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Crm:
    folder = tmp_path_factory.mktemp("world")
    simulate_world(folder, accounts=120, seed=3)
    return read_crm(folder / "exports")


@pytest.mark.parametrize(
    ("settings", "moment"),
    [
        ({}, datetime(2025, 6, 1, 7, 30)),
        ({"icp": HIRING}, datetime(2024, 5, 1)),
        ({"icp": KNOCK_OUTS}, datetime(2025, 3, 1)),
    ],
)
def test_a_row_scores_what_scoring_the_universe_then_would_have_given(
    world: Crm, settings: dict[str, object], moment: datetime
) -> None:
    params = Params.model_validate(settings)
    inputs = read_inputs(world, params, moment)
    then = judge(inputs, params, "all")
    ids = inputs.array("account_id").to_pylist()
    spine = pd.DataFrame({"account_id": ids, "as_of": moment}).sample(frac=1, random_state=0)
    spine.insert(0, "row_id", range(len(spine)))
    rows = pa.Table.from_pandas(spine, preserve_index=False)
    found = past_account_scores(world, rows, params)
    expected = dict(zip(ids, then.account_score, strict=True))
    np.testing.assert_array_equal(found, [expected[one] for one in spine["account_id"]])
    assert len(set(found)) > 5


def test_a_row_does_not_see_what_came_after_it(world: Crm) -> None:
    resolved = world.table("engagements").filter(world.table("engagements").account_id.notnull())
    account = world.to_arrow(resolved.account_id.topk(1)).to_pylist()[0]
    moments = [datetime(2023, 7, 1), datetime(2025, 12, 1)]
    spine = pa.table(
        {
            "row_id": [0, 1],
            "account_id": [account["account_id"]] * 2,
            "as_of": pa.array(moments, pa.timestamp("us")),
        }
    )
    both = past_account_scores(world, spine, Params())
    alone = past_account_scores(world, spine.slice(0, 1), Params())
    assert both[0] == alone[0] != both[1]


def test_without_any_source_every_score_is_zero() -> None:
    crm = Crm.from_tables({"accounts": pd.DataFrame({"account_id": ["a"], "name": ["Ada"]})})
    at = datetime(2025, 1, 1) - timedelta(days=1)
    spine = pa.table(
        {"row_id": [0], "account_id": ["a"], "as_of": pa.array([at], pa.timestamp("us"))}
    )
    assert past_account_scores(crm, spine, Params()).tolist() == [0.0]
