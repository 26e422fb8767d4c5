"""Similarity in the scored list: to the customers at as_of, with a small weight in its order."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.rulebook import Fusion
from abm_ml.scoring.explain import explain_account
from abm_ml.scoring.universe import ScoreResult, score_universe

AS_OF = datetime(2026, 1, 1)
PARAMS = Params()
COLUMNS = ["industry", "employees", "city"]
N = 60


@pytest.fixture(scope="module")
def many() -> dict[str, pd.DataFrame]:
    """Sixty accounts: the first ten are software companies in Paris, six of them customers."""
    rng = np.random.default_rng(0)
    alike = np.arange(N) < 10
    accounts = pd.DataFrame(
        {
            "account_id": [f"a{n:02d}" for n in range(N)],
            "name": [f"Company {n}" for n in range(N)],
            "domain": [f"c{n}.example" for n in range(N)],
            "industry": np.where(alike, "Software", rng.choice(["Retail", "Mining"], N)),
            "city": np.where(alike, "Paris", rng.choice(["Rome", "Oslo", "Bonn"], N)),
            "employees": np.where(alike, 900, rng.integers(5, 200, N)),
        }
    )
    deals = pd.DataFrame(
        {
            "opportunity_id": [f"o{n}" for n in range(6)],
            "account_id": [f"a{n:02d}" for n in range(6)],
            "created_at": AS_OF - timedelta(days=300), "stage": "Closed Won",
            "closed_at": AS_OF - timedelta(days=200), "is_won": True, "amount": 1e5,
        }
    )  # fmt: skip
    return {"accounts": accounts, "opportunities": deals}


@pytest.fixture(scope="module")
def index(many: dict[str, pd.DataFrame]) -> LookalikeIndex:
    return LookalikeIndex(columns=COLUMNS, threads=1).fit(many["accounts"])


def scored(
    tables: dict[str, pd.DataFrame], index: LookalikeIndex | None, **options: object
) -> ScoreResult:
    crm = Crm.from_tables(tables, threads=1)
    given = {"motion": "all", "index_version": "v1", **options}
    return score_universe(crm, None, index, PARAMS, AS_OF, **given)


def test_accounts_like_the_customers_come_out_as_similar(many, index):
    result = scored(many, index).scored.set_index("account_id")
    assert result.loc[["a06", "a07", "a08", "a09"], "similarity"].min() > 80
    assert result.loc["a20":, "similarity"].max() < 50
    assert set(result["nearest_seed"]) <= {f"a{n:02d}" for n in range(6)}
    assert set(result["index_version"]) == {"v1"}


def test_similarity_takes_part_in_priority_with_the_weight_of_the_params(many, index):
    found = scored(many, index).scored
    similarity = found["similarity"].fillna(0)
    expected = (0.5 * found["account_score"] + 0.1 * similarity) / 0.6
    np.testing.assert_allclose(found["priority"], expected, atol=1e-9)
    assert found["similarity"].nunique() > 5


def test_similarity_changes_no_account_score_and_no_index_means_no_similarity(many, index):
    with_index, without = scored(many, index).scored, scored(many, None).scored
    told = ["account_id", "account_score"]
    pd.testing.assert_frame_equal(
        with_index[told].sort_values("account_id", ignore_index=True),
        without[told].sort_values("account_id", ignore_index=True),
    )
    assert without["similarity"].isna().all()
    assert without["index_version"].isna().all()


def test_similarity_without_weight_changes_no_rank_tier_or_priority(many, index):
    crm = Crm.from_tables(many, threads=1)
    off = PARAMS.model_copy(update={"fusion": Fusion(similarity=0)})
    with_index, without = (
        score_universe(crm, None, one, off, AS_OF, motion="all").scored for one in (index, None)
    )
    told = ["account_id", "rank", "tier", "priority", "account_score"]
    pd.testing.assert_frame_equal(with_index[told], without[told])


def test_law_1_who_is_won_at_or_after_as_of_is_no_customer_yet(many, index):
    later = (
        many["opportunities"]
        .iloc[:1]
        .assign(opportunity_id="late", account_id="a30", closed_at=AS_OF + timedelta(seconds=1))
    )
    at_once = later.assign(opportunity_id="now", account_id="a31", closed_at=AS_OF)
    more = {**many, "opportunities": pd.concat([many["opportunities"], later, at_once])}
    told = ["account_id", "similarity", "nearest_seed"]
    # Both had an open opportunity before as_of, which is seen; their win is not.
    known = scored(more, index).scored
    pd.testing.assert_frame_equal(known[told], scored(many, index).scored[told])


def test_law_5_a_suppressed_customer_is_no_seed(many, index):
    stop = pd.DataFrame({"kind": ["domain"], "value": ["c0.example"], "until": [pd.NaT]})
    result = scored({**many, "suppressions": stop}, index)
    assert "a00" not in set(result.scored["nearest_seed"])
    assert result.summary["similar_to"] == 5


def test_law_3_row_order_does_not_matter(many, index):
    shuffled = {name: table.sample(frac=1, random_state=2) for name, table in many.items()}
    again = scored(shuffled, LookalikeIndex(columns=COLUMNS, threads=1).fit(shuffled["accounts"]))
    pd.testing.assert_frame_equal(again.scored, scored(many, index).scored)


def test_seeds_may_be_named(many, index):
    result = scored(many, index, seeds=["a40", "a41", "nobody"])
    assert set(result.scored["nearest_seed"]) == {"a40", "a41"}


def test_without_a_customer_there_is_nothing_to_be_like(many, index):
    result = scored({"accounts": many["accounts"]}, index)
    assert result.scored["similarity"].isna().all()
    assert result.summary["similar_to"] is None


def test_accounts_that_the_index_does_not_know_have_no_similarity(many):
    small = LookalikeIndex(columns=COLUMNS, threads=1).fit(many["accounts"].head(50))
    result = scored(many, small).scored.set_index("account_id")
    assert result.loc[[f"a{n}" for n in range(50, N)], "similarity"].isna().all()
    assert result.loc["a06", "similarity"] > 80


def test_the_run_is_another_with_another_index(many, index):
    assert scored(many, index).summary["run_id"] != scored(many, None).summary["run_id"]


def test_one_account_tells_whom_it_is_like(many, index):
    crm = Crm.from_tables(many, threads=1)
    told = explain_account(crm, None, index, PARAMS, AS_OF, "a07", motion="all")["similarity"]
    assert told["value"] > 80
    assert told["seeds"] == 6
    assert told["nearest_seed"] in {f"a{n:02d}" for n in range(6)}
