"""A CRM so small that every number can be worked out by hand, as of 2026-01-01."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.scoring.evaluation import Evaluation, evaluate
from abm_ml.scoring.run import new_run
from abm_ml.scoring.universe import ScoreResult, score_universe

AS_OF = datetime(2026, 1, 1)
PARAMS = Params.model_validate({"exclusions": {"hands_off_owners": ["boss"]}})


def days_ago(days: int) -> datetime:
    """Noon, that many calendar days before as_of."""
    return AS_OF - timedelta(days=days) + timedelta(hours=12)


def tiny_tables() -> dict[str, pd.DataFrame]:
    """Eight accounts: three to be found (acme, beta, gamma), five that acquire drops."""
    accounts = pd.DataFrame(
        [
            ("acme", "Software", 500, 5e7, ["Salesforce", "AWS"], "prospect", "u1"),
            ("beta", "Software", 100, 5e6, ["Salesforce"], None, "u2"),
            ("gamma", "Retail", 300, 2e7, None, None, None),
            ("customer", "Software", 500, 5e7, ["SAP"], "customer", "u1"),
            ("open", "Software", 500, 5e7, ["SAP"], None, "u1"),
            ("stopped", "Software", 500, 5e7, ["SAP"], None, "u1"),
            ("rival", "Software", 500, 5e7, ["SAP"], "Competitor", "u1"),
            ("keep-off", "Software", 500, 5e7, ["SAP"], None, "boss"),
        ],
        columns=[
            "account_id", "industry", "employees", "revenue", "technologies", "account_type",
            "owner_id",
        ],
    )  # fmt: skip
    accounts["name"] = accounts["account_id"].str.title()
    accounts["domain"] = accounts["account_id"] + ".example"
    contacts = pd.DataFrame(
        [
            ("c1", "acme", "c1@acme.example", False),
            ("c2", "acme", "c2@acme.example", False),
            ("c3", "acme", "c3@acme.example", True),
            ("c4", "acme", "c4@elsewhere.example", False),
            ("c5", "gamma", None, None),
        ],
        columns=["contact_id", "account_id", "email", "opted_out"],
    )
    engagements = pd.DataFrame(
        [
            ("acme", "c1", "demo_request", days_ago(30)),
            ("acme", "c2", "meeting", days_ago(30)),
            ("acme", "c4", "meeting", days_ago(30)),
            ("acme", "c2", "opportunity", days_ago(60)),
            ("gamma", None, "website_visit", days_ago(1)),
            ("beta", None, "website_visit", days_ago(120)),
        ],
        columns=["account_id", "contact_id", "kind", "ts"],
    )
    opportunities = pd.DataFrame(
        [
            ("o1", "customer", days_ago(300), "Closed Won", days_ago(200), True, 1e5),
            ("o2", "open", days_ago(20), "Proposal", None, None, 2e5),
            ("o3", "gamma", days_ago(400), "Closed Lost", days_ago(350), False, 3e5),
        ],
        columns=[
            "opportunity_id", "account_id", "created_at", "stage", "closed_at", "is_won", "amount",
        ],
    )  # fmt: skip
    intent = pd.DataFrame(
        [("acme", "crm", 80.0, days_ago(30)), ("beta", "crm", 60.0, days_ago(89))],
        columns=["account_id", "topic", "score", "ts"],
    )
    suppressions = pd.DataFrame(
        [("domain", "stopped.example", "asked us to"), ("contact", "c4", "left")],
        columns=["kind", "value", "reason"],
    )
    return {
        "accounts": accounts,
        "contacts": contacts,
        "engagements": engagements,
        "opportunities": opportunities,
        "intent": intent,
        "suppressions": suppressions,
    }


Score = Callable[..., ScoreResult]


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """The tiny CRM's tables, to be changed at will."""
    return tiny_tables()


@pytest.fixture(scope="session")
def score() -> Score:
    """Score tables; by the tiny rule book and without a model unless told."""

    def run(
        tables: dict, params: Params = PARAMS, as_of: object = AS_OF, *, threads: int = 1,
        model: object = None, **arguments: object,
    ) -> ScoreResult:  # fmt: skip
        crm = Crm.from_tables(tables, threads=threads)
        return score_universe(crm, model, None, params, as_of, **arguments)

    return run


@pytest.fixture(scope="session")
def acquired(score: Score) -> ScoreResult:
    """The tiny CRM as it is, by rules alone."""
    return score(tiny_tables())


@pytest.fixture(scope="session")
def everyone(score: Score) -> ScoreResult:
    """The same with customers and with accounts that sales works on."""
    return score(tiny_tables(), motion="all")


@pytest.fixture(scope="session")
def acquired_evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """The evaluation behind `acquired`."""
    crm = Crm.from_tables(tiny_tables(), threads=1)
    run = new_run(crm, None, None, PARAMS, AS_OF)
    return evaluate(crm, run, tmp_path_factory.mktemp("evaluation"))
