"""Which columns matter is learned from won and lost accounts, and only as far as they can tell."""

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.embedding import Embedding
from abm_ml.lookalike.weights import FEWEST, LEAST, MOST, learned_weights


def market(count: int = 600, seed: int = 0) -> pd.DataFrame:
    """Companies of an industry, in a city, of some age: all independent of each other."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "account_id": [f"A{i:04d}" for i in range(count)],
            "industry": draw.choice(["Software", "Retail", "Energy", "Education"], count),
            "city": draw.choice(["Berlin", "Lyon", "Oslo", "上海", "Madrid"], count),
            "founded_year": draw.integers(1980, 2020, count),
        }
    )


@pytest.fixture(scope="module")
def accounts() -> pd.DataFrame:
    return market()


@pytest.fixture(scope="module")
def embedding(accounts: pd.DataFrame) -> Embedding:
    return Embedding.fit(accounts)


def test_what_tells_won_from_lost_gets_more_weight(
    accounts: pd.DataFrame, embedding: Embedding
) -> None:
    software = accounts["industry"].eq("Software")
    weights = learned_weights(embedding, accounts[software], accounts[~software])
    assert weights["industry"] > 1.2
    assert max(weights["place"], weights["founded_year"]) < 0.9


def test_outcomes_by_lot_leave_every_column_near_its_default(
    accounts: pd.DataFrame, embedding: Embedding
) -> None:
    won = np.random.default_rng(5).random(len(accounts)) < 0.2
    weights = learned_weights(embedding, accounts[won], accounts[~won])
    spread = list(weights.values()) or [1.0]
    assert all(LEAST <= weight <= MOST for weight in spread)


def test_few_outcomes_change_nothing(accounts: pd.DataFrame, embedding: Embedding) -> None:
    software = accounts[accounts["industry"].eq("Software")].iloc[: FEWEST - 1]
    assert learned_weights(embedding, software, accounts.iloc[300:]) == {}


def test_the_order_of_rows_changes_nothing(accounts: pd.DataFrame, embedding: Embedding) -> None:
    software = accounts["industry"].eq("Software")
    won, lost = accounts[software], accounts[~software]
    assert learned_weights(embedding, won.iloc[::-1], lost.sample(frac=1, random_state=1)) == (
        learned_weights(embedding, won, lost)
    )


def test_the_index_is_built_with_the_weights(accounts: pd.DataFrame, embedding: Embedding) -> None:
    doubled = Embedding.fit(accounts, weights={"industry": 2.0})
    assert doubled.weights["industry"] == pytest.approx(2 * embedding.weights["industry"])
    assert doubled.weights["place"] == pytest.approx(embedding.weights["place"])
    assert doubled.version != embedding.version
