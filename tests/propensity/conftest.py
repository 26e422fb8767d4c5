"""Rows of every kind whose outcome depends on some of their columns, and a small quick model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from abm_ml.data.crm import Crm
from abm_ml.propensity.estimator import PropensityModel

MixedRows = Callable[..., tuple[pd.DataFrame, np.ndarray]]
QuickModel = Callable[..., PropensityModel]

INDUSTRIES = ("Software", "Retail", "制造业", "Banking")
TAGS = ("AWS", "SAP", "Salesforce", "飞书")
TEXTS = ("cloud platform for growing sales teams", "中小企业的数据分析平台与营销服务")


def mixed_rows(n: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """A table with a column of every kind, and labels that follow some of them."""
    rng = np.random.default_rng(seed)
    employees = np.exp(rng.normal(5, 1.5, n)).round() + 1
    industry = rng.choice(INDUSTRIES, n)
    tags = [[tag for tag in TAGS if rng.random() < 0.4] for _ in range(n)]
    logit = 0.9 * (np.log(employees) - 5) - 1
    logit = logit + 2.0 * (industry == "Software") * np.sign(np.log(employees) - 5)
    logit = logit + np.array([0.8 * ("SAP" in row) for row in tags])
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(int)
    frame = pd.DataFrame(
        {
            "employees": np.where(rng.random(n) < 0.1, np.nan, employees),
            "industry": pd.Series(industry).where(rng.random(n) > 0.1, None),
            "city": [f"city {k}" for k in rng.zipf(1.5, n)],
            "description": [f"{TEXTS[k % 2]} number {k}" for k in rng.integers(200, size=n)],
            "technologies": tags,
            "public": rng.random(n) < 0.3,
            "founded": pd.Timestamp("2000-01-01")
            + pd.to_timedelta(rng.integers(9000, size=n), "D"),
            "nothing": [None] * n,
            "constant": 1.0,
        }
    )
    return frame, y


def quick_model(**params: object) -> PropensityModel:
    """A model with few candidates."""
    few: dict[str, object] = {
        "trials": 6,
        "regularisation": (0.01, 1.0),
        "num_leaves": (7,),
        "max_trees": 25,
        "learning_rate": 0.2,
        "n_folds": 3,
    }
    return PropensityModel(**{**few, **params})  # type: ignore[arg-type]


@pytest.fixture(scope="session", name="mixed_rows")
def mixed_rows_fixture() -> MixedRows:
    """Makes mixed rows: n, seed."""
    return mixed_rows


@pytest.fixture(scope="session", name="quick_model")
def quick_model_fixture() -> QuickModel:
    """Makes a quick model; arguments replace those of few candidates."""
    return quick_model


@pytest.fixture(scope="session")
def rows() -> tuple[pd.DataFrame, np.ndarray]:
    """600 mixed rows with their labels."""
    return mixed_rows(600)


@pytest.fixture(scope="session")
def fitted(rows: tuple[pd.DataFrame, np.ndarray]) -> PropensityModel:
    """A quick model fitted forward in time on the mixed rows; not to be changed.

    A blend in which rates of levels count: all that a model can hold.
    """
    model = quick_model(random_state=1).fit(*rows, time=np.arange(600))
    assert model.choice_.family == "blend"
    assert model.choice_.rates
    return model


def day(number: int) -> datetime:
    """Noon of a day, counted from 2024-01-01."""
    return datetime(2024, 1, 1, 12) + timedelta(days=number)


@pytest.fixture
def crm_of() -> Callable[..., Crm]:
    """A CRM of accounts a, b and c with the opportunities given (account, created, closed, won)."""

    def build(
        opportunities: list[tuple[str, int, int | None, bool | None]],
        **tables: pd.DataFrame,
    ) -> Crm:
        deals = pd.DataFrame(
            {
                "opportunity_id": [f"o{i}" for i in range(len(opportunities))],
                "account_id": [deal[0] for deal in opportunities],
                "stage": "any",
                "created_at": pd.Series([day(deal[1]) for deal in opportunities]),
                "closed_at": pd.Series(
                    [pd.NaT if deal[2] is None else day(deal[2]) for deal in opportunities],
                    dtype="datetime64[us]",
                ),
                "is_won": pd.array([deal[3] for deal in opportunities], dtype="boolean"),
            }
        )
        accounts = pd.DataFrame({"account_id": list("abc"), "name": list("ABC")})
        return Crm.from_tables({"accounts": accounts, "opportunities": deals, **tables}, threads=1)

    return build
