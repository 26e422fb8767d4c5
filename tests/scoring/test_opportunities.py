"""Open opportunities by P(win): as of their creation, each scored or left out with a reason."""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.scoring.opportunities import OpportunityScores, score_opportunities

AS_OF = pd.Timestamp("2026-01-01").to_pydatetime()
PARAMS = Params.model_validate({"exclusions": {"hands_off_owners": ["boss"]}})


@pytest.fixture(scope="module")
def win() -> TrainedPropensity:
    """Big companies that engage win more often; a deal brings 1,000."""
    rng = np.random.default_rng(0)
    columns = ["employees", "engagements:all:30d"]
    X = pd.DataFrame({name: rng.integers(0, 10, 400).astype(float) for name in columns})
    y = (rng.random(400) < 1 / (1 + np.exp(-(X.sum(axis=1) - 9) / 2))).astype(int)
    model = PropensityModel(regularisation=(1.0,), num_leaves=(), n_folds=2).fit(X, y)
    spec = FeatureSpec.from_columns(columns)
    return TrainedPropensity(model, spec, "win", "good", 0.5, expected_amount=1000.0)


def tables() -> dict[str, pd.DataFrame]:
    """Accounts of every fate, and opportunities that are open, were closed, or close later."""
    accounts = pd.DataFrame({
        "account_id": ["big", "small", "stopped", "rival", "keep-off", "unborn"],
        "name": ["Big Ltd", "Small Ltd", "S", "R", "K", "U"],
        "employees": [9.0, 1.0, 9.0, 9.0, 9.0, 9.0],
        "account_type": [None, None, None, "Competitor", None, None],
        "owner_id": [None, None, None, None, "boss", None],
        "created_at": pd.to_datetime(["2024-01-01"] * 5 + ["2026-03-01"]),
    })  # fmt: skip
    deals = pd.DataFrame(
        [
            ("d-big", "big", "2025-12-01", "Proposal", None, None, 500.0),
            ("d-big-2", "big", "2025-12-01", "Proposal", None, None, None),
            ("d-small", "small", "2025-11-01", "Qualified", None, None, 2000.0),
            ("d-later", "small", "2025-12-20", "Closed Won", "2026-02-01", True, 7000.0),
            ("d-stopped", "stopped", "2025-12-01", "Proposal", None, None, None),
            ("d-rival", "rival", "2025-12-01", "Proposal", None, None, None),
            ("d-keep", "keep-off", "2025-12-01", "Proposal", None, None, None),
            ("d-unborn", "unborn", "2025-12-01", "Proposal", None, None, None),
            ("d-nobody", "nobody", "2025-12-01", "Proposal", None, None, None),
            ("x-won", "big", "2025-10-01", "Closed Won", "2025-11-01", True, 100.0),
            ("x-undated", "big", "2025-10-01", "Closed Lost", None, False, 100.0),
            ("x-future", "big", "2026-01-01", "Proposal", None, None, 100.0),
        ],
        columns=[
            "opportunity_id", "account_id", "created_at", "stage", "closed_at", "is_won", "amount",
        ],
    )  # fmt: skip
    for column in ("created_at", "closed_at"):
        deals[column] = pd.to_datetime(deals[column])
    events = pd.DataFrame({
        "account_id": "small", "kind": "website_visit",
        "ts": pd.to_datetime(["2025-11-05"] * 9),
    })  # fmt: skip
    stopped = pd.DataFrame({"kind": ["account"], "value": ["stopped"], "reason": ["asked us to"]})
    return {
        "accounts": accounts,
        "opportunities": deals,
        "engagements": events,
        "suppressions": stopped,
    }


def judged(
    model: TrainedPropensity | None, changed: dict[str, pd.DataFrame] | None = None
) -> OpportunityScores:
    """The world's open opportunities."""
    crm = Crm.from_tables({**tables(), **(changed or {})}, threads=1)
    return score_opportunities(crm, model, PARAMS, AS_OF, model_version="3")


@pytest.fixture(scope="module")
def scores(win: TrainedPropensity) -> OpportunityScores:
    """The world's open opportunities."""
    return judged(win)


def test_every_open_opportunity_is_scored_or_left_out_with_a_reason(
    scores: OpportunityScores,
) -> None:
    assert sorted(scores.scored["opportunity_id"]) == ["d-big", "d-big-2", "d-later", "d-small"]
    assert dict(zip(scores.excluded["opportunity_id"], scores.excluded["reason"], strict=True)) == {
        "d-stopped": "suppressed",
        "d-rival": "account_type",
        "d-keep": "hands_off",
        "d-unborn": "unknown_account",
        "d-nobody": "unknown_account",
    }
    assert scores.summary()["open"] == 9
    assert scores.summary()["excluded_by_reason"]["unknown_account"] == 2


def test_they_are_ranked_by_propensity_then_by_id(scores: OpportunityScores) -> None:
    assert scores.scored["rank"].tolist() == [1, 2, 3, 4]
    assert scores.scored["opportunity_id"].tolist()[:2] == ["d-big", "d-big-2"]
    assert scores.scored["propensity"].is_monotonic_decreasing


def test_an_opportunity_is_judged_as_of_its_creation(
    scores: OpportunityScores, win: TrainedPropensity
) -> None:
    table = scores.scored.set_index("opportunity_id")["propensity"]
    at_creation = pd.DataFrame(
        {"employees": [9.0, 1.0, 1.0], "engagements:all:30d": [0.0, 0.0, 0.0]}
    )
    expected = win.model.predict_proba(at_creation)[:, 1]
    assert table[["d-big", "d-small"]].tolist() == pytest.approx(expected[:2].tolist())
    # Nine visits in November came after the first deal, more than 30 days before the second.
    assert table["d-later"] == pytest.approx(expected[2])


def test_what_happened_after_the_creation_changes_nothing(
    scores: OpportunityScores, win: TrainedPropensity
) -> None:
    events = tables()["engagements"]
    more = events.assign(account_id="big", ts=pd.Timestamp("2025-12-01") + timedelta(hours=1))
    again = judged(win, {"engagements": pd.concat([events, more])})
    pd.testing.assert_frame_equal(scores.scored, again.scored)


def test_what_is_written_on_closing_later_is_not_told(scores: OpportunityScores) -> None:
    row = scores.scored.set_index("opportunity_id").loc["d-later"]
    assert pd.isna(row["stage"])
    assert pd.isna(row["amount"])
    assert row["expected_value"] == pytest.approx(row["propensity"] * 1000.0)


def test_expected_value_takes_the_deals_own_amount_where_it_has_one(
    scores: OpportunityScores,
) -> None:
    table = scores.scored.set_index("opportunity_id")
    value = table["expected_value"] / table["propensity"]
    assert value[["d-big", "d-big-2", "d-small"]].tolist() == pytest.approx([500, 1000, 2000])


def test_without_any_amount_expected_value_is_null(win: TrainedPropensity) -> None:
    deals = tables()["opportunities"].assign(amount=None)
    unpriced = dataclasses.replace(win, expected_amount=None)
    assert judged(unpriced, {"opportunities": deals}).scored["expected_value"].isna().all()


def test_reasons_sum_to_the_log_odds_of_the_propensity(scores: OpportunityScores) -> None:
    for row in scores.scored.itertuples():
        told = json.loads(row.reasons)
        total = math.fsum(reason["contribution"] for reason in told)
        assert total == pytest.approx(math.log(row.propensity / (1 - row.propensity)), abs=1e-6)


def test_where_nothing_is_open_both_parts_are_empty(win: TrainedPropensity) -> None:
    scores = judged(win, {"opportunities": tables()["opportunities"].iloc[9:10]})
    assert scores.summary() == {
        "open": 0, "scored": 0, "excluded": 0, "excluded_by_reason": {},
    }  # fmt: skip


def test_only_a_model_of_target_win_may_judge_them(win: TrainedPropensity) -> None:
    with pytest.raises(ParamsError, match=r"but the target is conversion: set propensity\.target"):
        judged(dataclasses.replace(win, target="conversion"))
    with pytest.raises(ParamsError, match=r"but there is no model: .* --version"):
        judged(None)
