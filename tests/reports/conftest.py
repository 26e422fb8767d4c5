"""Parts of a run as their makers give them, small enough to be read."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from abm_ml.scoring.schema import SCORED_SCHEMA, as_frame, table_of


@pytest.fixture
def summary() -> dict[str, Any]:
    """`ScoreResult.summary` of a run with a model in use."""
    return {
        "as_of": "2026-01-01T00:00:00",
        "motion": "acquire",
        "run_id": "2dfbadc0eeda007f",
        "model_version": "7",
        "universe": 5_120,
        "scored": 4_812,
        "excluded": 308,
        "excluded_by_reason": {"customer": 277, "suppressed": 31},
        "tal": 560,
        "tiers": {"1": 12, "2": 138, "3": 410},
        "mqa": 37,
        "holdout": 0,
        "stages": {"unaware": 4_000, "engaged": 775, "MQA": 37},
        "plays": {"nurture": 4_775, "pipeline_acceleration": 37},
        "handovers": {"nurture": 4_775, "sales": 37},
        "lead_stages": {"IQL": 9_000, "SQL": 120},
        "one_thread": 210,
        "clusters": {"Software · Germany": 138},
        "cluster_names_zh": {"Software · Germany": "软件 · 德国"},
        "changes": {},
        "account_score_weights": {
            "firmographic": 0.5,
            "technographic": 0.25,
            "intent": 0.0,
            "engagement": 0.25,
        },
        "absent_parts": ["intent"],
        "priority_weights": {"account_score": 0.6, "propensity": 0.4},
        "propensity": {
            "target": "conversion",
            "verdict": "good",
            "base_rate": 0.041,
            "expected_amount": 52_000.0,
            "weight": 0.4,
            "outside": 0.07,
        },
        "warnings": [],
    }


@pytest.fixture
def tal() -> pd.DataFrame:
    """`ScoreResult.tal`, 30 accounts long."""
    n = 30
    columns = {
        "account_id": [f"A-{i:02d}" for i in range(n)],
        "name": [f"Company {i:02d} Ltd" for i in range(n)],
        "industry": ["Software"] * n,
        "city": ["上海"] * n,
        "owner_id": ["owner-mary-jones"] * n,
        "rank": list(range(1, n + 1)),
        "tier": [1, 2, *[3] * (n - 2)],
        "priority": [90.04 - i for i in range(n)],
        "account_score": [88.06 - i for i in range(n)],
        "propensity": [0.306] * n,
        "propensity_low": [0.251] * n,
        "propensity_high": [0.364] * n,
        "fit": [95.0 if i < 5 else 60.0 for i in range(n)],
        "grade": ["A+" if i < 5 else "B" for i in range(n)],
        "engagement": [63.5] * n,
        "engaged_contacts": [4] * n,
        "mqa": [True, *[False] * (n - 1)],
        "recommended_contacts": [["contact-jane-doe"]] * n,
        "reasons": [reasons()] * n,
    }
    return as_frame(table_of(columns, SCORED_SCHEMA, n))


@pytest.fixture
def prepare() -> dict[str, Any]:
    """`PrepareSummary.to_dict()`."""
    return {
        "dialect": "salesforce",
        "files": [
            {
                "file": "Account.csv",
                "table": "accounts",
                "rows": 5_200,
                "canonical": 5_120,
                "quarantined": 80,
            },
            {
                "file": "Contact.csv",
                "table": "contacts",
                "rows": 21_007,
                "canonical": 21_004,
                "quarantined": 3,
            },
        ],
        "tables": {
            "accounts": {
                "rows": 5_200,
                "canonical": 5_120,
                "quarantined": 80,
                "duplicates": 72,
                "reasons": {"duplicate": 72, "unreadable": 8},
            },
            "contacts": {
                "rows": 21_007,
                "canonical": 21_004,
                "quarantined": 3,
                "duplicates": 0,
                "reasons": {"link": 3},
            },
        },
        "ignored": [{"file": "Case.csv", "rows": 419}, {"file": "notes.txt", "rows": None}],
        "warnings": ["leads: 11 belong to no known account"],
    }


@pytest.fixture
def training() -> dict[str, Any]:
    """`training_facts` of the model in use."""
    return {
        "target": "conversion",
        "horizon_days": 180,
        "as_of": "2025-12-31T00:00:00",
        "seed": 0,
        "rows": 25_485,
        "won": 1_032,
        "lost": 24_453,
        "accounts": 2_903,
        "first_as_of": "2023-01-04T00:00:00",
        "last_as_of": "2025-07-04T00:00:00",
        "data_hash": "0123456789abcdef" * 4,
        "base_rate": 0.0405,
        "expected_amount": 52_000.0,
        "choice": "logistic regression (C = 0.05) + LightGBM (7 leaves, 50 trees)",
        "calibration": "isotonic",
        "settings": {"max_trees": 200, "num_leaves": [7, 15]},
        "importance": {"industry": 0.6, "engagements:all:90d": 0.3, "employees": 0.1, "city": 0.0},
        "allowed_columns": ["seats_provisioned"],
        "drift": {"psi": 0.25, "importance": 0.05, "outcomes": 0.25, "min_won": 20},
        "versions": {"Python": "3.11.9", "lightgbm": "4.7.0"},
        "held_back": {"status": "no history: it may have been written after the outcome; bring it"},
    }


@pytest.fixture
def backtest() -> dict[str, Any]:
    """`BacktestReport.to_dict()` of a good model."""
    return {
        "verdict": "good",
        "why": "AUC 0.862 (above 0.836 with 99 % confidence), log loss +0.0474 better than the "
        "base rate (above +0.0369 with 99 % confidence)",
        "split": "forward in time",
        "metrics": {
            "model": measures(0.862, probabilities=True),
            "base_rate": measures(0.5, probabilities=True),
            "logistic_regression": measures(0.838, probabilities=True),
            "lightgbm": measures(0.829, probabilities=True),
            "rules": measures(0.711, probabilities=False),
        },
        "folds": [fold("2025-01-01", "2025-04-01", 0.851), fold("2025-04-01", None, 0.873)],
        "reliability": [
            {"predicted": 0.02, "observed": 0.018, "low": 0.01, "high": 0.03, "rows": 500},
            {"predicted": 0.21, "observed": 0.23, "low": 0.18, "high": 0.28, "rows": 500},
        ],
        "lift": {
            "share": [0.0, 0.1, 0.5, 1.0],
            "model": [0.0, 0.58, 0.92, 1.0],
            "logistic_regression": [0.0, 0.5, 0.9, 1.0],
            "lightgbm": [0.0, 0.49, 0.88, 1.0],
            "rules": [0.0, 0.3, 0.7, 1.0],
        },
        "random_split": {"auc": 0.893, "difference": 0.031},
        "unseen_accounts": {"auc": 0.765, "rows": 740},
        "leaks": [
            {
                "column": "customer_health",
                "why": "its name says that it is known only after the fact",
                "evidence": "'customer_health' reads as what follows a win",
            }
        ],
        "columns": ["industry", "employees", "engagements:all:90d"],
        "rows": {"all": 25_485, "tested": 10_626, "won": 469, "base_rate": 0.0441},
    }


@pytest.fixture
def run(
    prepare: dict[str, Any],
    training: dict[str, Any],
    backtest: dict[str, Any],
    tal: pd.DataFrame,
    summary: dict[str, Any],
) -> dict[str, Any]:
    """Every argument of `render_run_report`."""
    return {
        "prepare": prepare,
        "training": training,
        "backtest": backtest,
        "tal": tal,
        "summary": summary,
    }


@pytest.fixture
def rules_run(run: dict[str, Any]) -> dict[str, Any]:
    """The same, where rules carry the list."""
    without = {"propensity": None, "model_version": None, "priority_weights": {"account_score": 1}}
    return run | {"training": None, "backtest": None, "summary": run["summary"] | without}


def reasons() -> str:
    """A cell of reasons, as scoring writes it."""
    told = [
        ("account_score", "industry", "Software", 20.0, "industry Software: fits the ICP", "符合"),
        ("propensity", "(base)", None, -3.1, "where every account starts", "所有客户的起点"),
        ("propensity", "employees", 900, 0.7, "900 employees: raises it", "员工 900：加分"),
        ("propensity", "city", "上海", -0.2, "city 上海: lowers it", "城市 上海：减分"),
    ]
    names = ("of", "field", "value", "contribution", "text", "text_zh")
    return json.dumps([dict(zip(names, one, strict=True)) for one in told], ensure_ascii=False)


def measures(auc: float, *, probabilities: bool) -> dict[str, dict[str, float]]:
    """Figures of one predictor with their intervals."""
    found = {"auc": auc, "average_precision": 0.352, "lift_10%": 5.84}
    if probabilities:
        found |= {"brier": 0.035, "log_loss": 0.134, "ece": 0.008}
    return {name: {"value": v, "low": v * 0.97, "high": v * 1.03} for name, v in found.items()}


def fold(start: str, end: str | None, auc: float) -> dict[str, Any]:
    """One tested window."""
    return {
        "start": f"{start}T00:00:00",
        "end": end and f"{end}T00:00:00",
        "train_rows": 12_441,
        "test_rows": 2_522,
        "won": 114,
        "choice": "logistic regression (C = 0.05)",
        "calibration": "platt",
        "auc": auc,
        "log_loss": 0.126,
    }
