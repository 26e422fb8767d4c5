"""Wins come about as the formula states, and its oracle is right."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from abm_ml.data.simulate import formula
from abm_ml.data.simulate.accounts import PROSPECT, make_accounts
from abm_ml.data.simulate.chunk import Chunk, make_chunk
from abm_ml.data.simulate.deals import Deals
from abm_ml.data.simulate.draws import Draws
from abm_ml.data.simulate.world import World

Area = Callable[[np.ndarray, np.ndarray], float]


def deals_of(accounts: int = 12_000, seed: int = 2, **options: Any) -> Deals:
    return make_chunk(0, accounts, World(**options), Draws(seed)).deals


def assert_calibrated(p: np.ndarray, y: np.ndarray) -> None:
    """In every tenth by p, the share of wins is within 4 standard errors of the mean p."""
    for rows in np.array_split(np.argsort(p), 10):
        error = np.sqrt((p[rows] * (1 - p[rows])).sum()) / len(rows)
        assert abs(p[rows].mean() - y[rows].mean()) < 4 * error


def test_the_oracle_is_calibrated(large: Chunk) -> None:
    assert_calibrated(large.deals.p_win, large.deals.won)
    assert_calibrated(large.deals.p_true, large.deals.won)


def test_the_oracle_stays_calibrated_where_sales_selects_by_what_nobody_recorded() -> None:
    deals = deals_of(selection="unrecorded", hidden_effect=1.5)
    assert_calibrated(deals.p_win, deals.won)
    first = deals.number == 0
    assert_calibrated(deals.p_win[~first], deals.won[~first])


def test_the_oracle_knows_what_earlier_outcomes_say_of_the_hidden_trait() -> None:
    deals = deals_of(accounts=20_000, hidden_effect=2.0, opportunities_per_account=1.5)
    second = np.flatnonzero(deals.number == 1)
    won_before = deals.won[second - 1]
    for rows in (second[won_before], second[~won_before]):
        assert_calibrated(deals.p_win[rows], deals.won[rows])


@pytest.mark.parametrize("selection", ["recorded", "unrecorded"])
def test_sales_approaches_by_attributes_or_by_the_hidden_trait(selection: str) -> None:
    accounts = make_accounts(np.arange(10_000), World(selection=selection), Draws(4))
    prospects = accounts.kind == PROSPECT
    chosen, rest = accounts.approached & prospects, ~accounts.approached & prospects
    gap = {
        "recorded": accounts.static[chosen].mean() - accounts.static[rest].mean(),
        "unrecorded": accounts.hidden[chosen].mean() - accounts.hidden[rest].mean(),
    }
    assert gap.pop(selection) > 0.4
    assert abs(gap.popitem()[1]) < 0.1
    assert_calibrated(accounts.selection, accounts.approached)


def test_the_default_world_is_predictable_but_not_too_much(large: Chunk, auc: Area) -> None:
    assert 0.78 < auc(large.deals.won, large.deals.p_win) < 0.85
    assert 0.25 < large.deals.won.mean() < 0.40


def test_without_signal_outcomes_are_noise(auc: Area) -> None:
    deals = deals_of(accounts=6_000, signal=0.0)
    assert np.ptp(deals.p_win) < 1e-12
    for column in deals.inputs.T:
        assert abs(auc(deals.won, column) - 0.5) < 0.06


def test_logistic_regression_recovers_the_planted_coefficients() -> None:
    world = World(hidden_effect=0.0, opportunities_per_account=1.5)
    deals = make_chunk(0, 20_000, world, Draws(3)).deals
    inputs = np.column_stack([deals.inputs, deals.industry_effect, deals.touched])
    planted = np.array([*formula.COEFFICIENTS.values(), 1.0, world.campaign_effect])
    model = LogisticRegression(C=np.inf, max_iter=1_000, tol=1e-8).fit(inputs, deals.won)
    p = model.predict_proba(inputs)[:, 1]
    design = np.column_stack([inputs, np.ones(len(inputs))])
    covariance = np.linalg.inv(design.T @ (design * (p * (1 - p))[:, None]))
    errors = np.sqrt(np.diag(covariance))[:-1]
    assert (np.abs(model.coef_[0] - planted) < 4 * errors).all()
    assert errors.max() < 0.3
    assert model.intercept_[0] == pytest.approx(formula.BASE - formula.CENTRE, abs=0.2)


def test_drift_makes_the_past_a_worse_guide() -> None:
    deals = deals_of(drift=1.0)
    energy = deals.industry_effect - formula.INDUSTRY_EFFECT[-1]
    assert_calibrated(deals.p_win, deals.won)
    assert np.ptp(energy) > 2.0


def test_business_breathes_with_the_season() -> None:
    calm, lively = (deals_of(accounts=8_000, season=s).created for s in (0.0, 1.0))
    november = [(ts.astype("datetime64[s]").astype("datetime64[M]").astype(int) % 12 == 10).mean()
                for ts in (calm, lively)]  # fmt: skip
    assert november[1] > 1.2 * november[0]
