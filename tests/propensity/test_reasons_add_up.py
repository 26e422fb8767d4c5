"""Law 6 on a thousand rows of every set: reasons sum to the log-odds of the probability."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

import abm_ml as abm
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World
from abm_ml.propensity.estimator import PropensityModel

ROWS = 1_000

QuickModel = Callable[..., PropensityModel]


def largest_gap(model: PropensityModel, X: pd.DataFrame, y: np.ndarray, times: object) -> float:
    """Fit, explain a thousand rows, and compare the sums with the log-odds of the probabilities."""
    fitted = model.fit(X, y, time=times)
    rows = X.head(ROWS)
    sums = fitted.explain(rows).groupby("row")["contribution"].sum()
    assert sums.index.tolist() == list(range(ROWS))
    return float(np.abs(sums.to_numpy() - logit(fitted.predict_proba(rows)[:, 1])).max())


def test_on_accounts_of_a_simulated_crm(tmp_path: Path, quick_model: QuickModel) -> None:
    simulate_world(tmp_path, accounts=300, seed=3, world=World(events_per_account=8))
    table = abm.training_table(abm.read_crm(tmp_path / "exports"), max_kinds=4, max_topics=2)
    assert largest_gap(quick_model(regularisation=(0.1,)), table.X, table.y, table.time) <= 1e-6


@pytest.mark.real_data
def test_on_leads_of_a_school(real_data: Path, quick_model: QuickModel) -> None:
    leads = pd.read_csv(real_data / "xeducation_leads" / "Lead_Scoring.csv.gz")
    X = leads.drop(columns=["Prospect ID", "Lead Number", "Converted"])
    assert (
        largest_gap(
            quick_model(), X, leads["Converted"].to_numpy(), leads["Lead Number"].to_numpy()
        )
        <= 1e-6
    )


@pytest.mark.real_data
def test_on_deals_of_a_vendor(real_data: Path, quick_model: QuickModel) -> None:
    deals = pd.read_parquet(real_data / "ibm_win_loss" / "opportunities.parquet").head(5_000)
    won = (deals.pop("Opportunity Result") == "Won").astype(int).to_numpy()
    assert largest_gap(quick_model(), deals.drop(columns="Opportunity Number"), won, None) <= 1e-6


@pytest.mark.real_data
def test_on_deals_of_a_wholesaler(real_data: Path, quick_model: QuickModel) -> None:
    deals = pd.read_csv(real_data / "maven_crm" / "sales_pipeline.csv")
    closed = deals[deals["deal_stage"].isin(["Won", "Lost"])].dropna(subset="engage_date")
    accounts = pd.read_csv(real_data / "maven_crm" / "accounts.csv")
    X = closed[["sales_agent", "product", "account"]].merge(accounts, on="account", how="left")
    won = (closed["deal_stage"] == "Won").astype(int).to_numpy()
    assert (
        largest_gap(quick_model(), X, won, pd.to_datetime(closed["engage_date"]).to_numpy()) <= 1e-6
    )
