"""A training learns how to fuse rules, model and similarity from what its back-test predicted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.features.spec import FeatureSpec
from abm_ml.propensity.backtest import Trial
from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.training import TrainingTable, training_table
from abm_ml.scoring.past_scores import past_account_scores
from abm_ml.workflows.train_fusion import Seen, fusion_facts

UNTIL = datetime(2026, 1, 1)
SPEC = FeatureSpec(columns=("employees", "industry"))
PARAMS = Params.model_validate({"threads": 1})
NO_INDEX = Params.model_validate({"threads": 1, "fusion": {"similarity": 0}})
ACCOUNTS = 900

Prepared = tuple[Crm, TrainingTable, Trial]


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    """Every account has one opportunity in three years; small ones win more than the rules say."""
    rng = np.random.default_rng(0)
    employees = np.exp(rng.normal(6, 2, ACCOUNTS)).round() + 1
    software = rng.random(ACCOUNTS) < 0.4
    created = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(1_000, size=ACCOUNTS), "D")
    ids = [f"A{i:04d}" for i in range(ACCOUNTS)]
    accounts = pd.DataFrame({
        "account_id": ids, "name": [f"{a} Ltd" for a in ids], "employees": employees,
        "industry": np.where(software, "Software", "Retail"),
    })  # fmt: skip
    won = rng.random(ACCOUNTS) < np.where(software, 0.55, 0.1) + 0.4 * (employees < 200)
    opportunities = pd.DataFrame({
        "opportunity_id": [f"O{i}" for i in range(ACCOUNTS)], "account_id": ids,
        "created_at": created, "stage": "closed", "is_won": won,
        "closed_at": created + pd.Timedelta(days=30),
    })  # fmt: skip
    tables = {"accounts": accounts, "opportunities": opportunities}
    crm = Crm.from_tables(tables, threads=1)
    table = training_table(crm, until=UNTIL, horizon_days=90, spec=SPEC)
    return crm, table, trial(crm, table)


def trial(crm: Crm, table: TrainingTable) -> Trial:
    columns = {"account_id": table.accounts, "as_of": table.time.astype("datetime64[us]")}
    spine = pa.table({"row_id": np.arange(len(table)), **columns})
    rules = past_account_scores(crm, spine, PARAMS)
    quick = PropensityModel(
        regularisation=(0.2,), num_leaves=(7,), max_trees=5, trials=2, n_folds=2
    )
    return Trial.of(
        table.X, table.y, table.time, table.known_at, table.groups, rules,
        accounts=table.accounts, model=quick,
    )  # fmt: skip


@pytest.fixture(scope="module")
def facts(prepared: Prepared) -> dict[str, Any]:
    crm, table, tried = prepared
    found = fusion_facts(crm, table, tried, "good", PARAMS)
    assert found is not None
    return found


def test_weights_are_learned_with_and_without_an_index(facts: dict[str, Any]) -> None:
    assert facts["why"] == "learned"
    for name, parts in (("weights", 2), ("weights_with_similarity", 3)):
        weights = facts[name]
        assert len(weights) == parts
        assert min(weights.values()) >= 0
        assert sum(weights.values()) == pytest.approx(1)
    assert facts["params"] == {"account_score": 0.5, "propensity": 0.5}


def test_every_order_is_judged_on_the_same_later_rows(facts: dict[str, Any]) -> None:
    plain, full = facts["evidence"], facts["evidence_with_similarity"]
    assert {"rules", "model", "fused", "without_engagement"} <= set(plain["lift"])
    assert {"similarity", "fused", "without_similarity"} <= set(full["lift"])
    assert plain["rows"] == full["rows"] < facts["rows"]
    assert plain["lift"]["rules"] == full["lift"]["rules"]


def test_customers_and_accounts_with_open_opportunities_are_no_rows(
    prepared: Prepared, facts: dict[str, Any]
) -> None:
    _, _, tried = prepared
    assert tried.replay is not None
    assert facts["rows"] < 0.9 * len(tried.replay.rows)


def test_only_outcomes_that_were_known_by_then_teach_a_window(prepared: Prepared) -> None:
    crm, table, tried = prepared
    assert tried.replay is not None
    seen = Seen.of(crm, table, tried, tried.replay)
    moments = seen.spine["as_of"].to_numpy()
    taught = 0
    for window in seen.windows:
        start = moments[window.test].min()
        assert (moments[window.teach] + np.timedelta64(90, "D") < start).all()
        taught += len(window.teach) > 0
    assert taught > 2


def test_without_a_signal_the_rules_are_judged_and_nothing_is_learned(prepared: Prepared) -> None:
    found = fusion_facts(*prepared, "no signal found", NO_INDEX)
    assert found is not None
    assert (found["why"], found["weights"], found["weights_with_similarity"]) == (
        "no_signal", None, None,
    )  # fmt: skip
    assert found["evidence"]["lift"]["fused"] == found["evidence"]["lift"]["rules"]


def test_nothing_is_learned_where_nobody_wants_it_or_the_label_is_another(
    prepared: Prepared,
) -> None:
    crm, table, tried = prepared
    off = Params.model_validate({"fusion": {"learn": False}})
    assert fusion_facts(crm, table, tried, "good", off) is None
    assert fusion_facts(crm, replace(table, target="win"), tried, "good", PARAMS) is None


def test_similarity_without_weight_is_not_computed(prepared: Prepared) -> None:
    found = fusion_facts(*prepared, "good", NO_INDEX)
    assert found is not None
    assert found["weights"] is not None
    assert found["weights_with_similarity"] is None
    assert found["evidence_with_similarity"] is None


def test_too_few_wins_leave_the_params_weights(prepared: Prepared) -> None:
    crm, table, _ = prepared
    some = table.accounts.astype(str) < "A0140"
    few = replace(
        table,
        **{name: getattr(table, name)[some] for name in
           ("y", "time", "known_at", "groups", "accounts", "testable")},
        X=table.X[some].reset_index(drop=True),
    )  # fmt: skip
    found = fusion_facts(crm, few, trial(crm, few), "good", NO_INDEX)
    assert found is not None
    assert (found["why"], found["weights"]) == ("few_won", None)
    assert found["evidence"]["lift"]["fused"]["5%"]["value"] > 0
