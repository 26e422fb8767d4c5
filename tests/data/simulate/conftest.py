"""A small world on disk, and a large one in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from abm_ml.data.simulate.chunk import Chunk, make_chunk
from abm_ml.data.simulate.draws import Draws
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World

ACCOUNTS = 300
SMALL = World(
    opportunities_per_account=1.5, suppressed_rate=0.05, duplicate_rate=0.1, campaign_share=1.0
)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 accounts with many deals and much dirt, canonical."""
    out = tmp_path_factory.mktemp("small")
    simulate_world(out, accounts=ACCOUNTS, seed=7, world=SMALL)
    return out


@pytest.fixture(scope="session")
def table(small: Path) -> Callable[[str], pd.DataFrame]:
    """Tables of the small world by name, without earlier versions of rows."""

    def read(name: str) -> pd.DataFrame:
        frame = pq.read_table(small / "exports" / f"{name}.parquet").to_pandas()
        keys = {
            "accounts": "account_id",
            "contacts": "contact_id",
            "opportunities": "opportunity_id",
        }
        if name in keys:
            frame = frame.sort_values("updated_at").drop_duplicates(keys[name], keep="last")
            frame = frame.sort_values(keys[name]).reset_index(drop=True)
        return frame

    return read


@pytest.fixture(scope="session")
def truth(small: Path) -> Callable[[str], pd.DataFrame]:
    """Tables of the small world's truth by name."""
    return lambda name: pq.read_table(small / "truth" / f"{name}.parquet").to_pandas()


@pytest.fixture(scope="session")
def large() -> Chunk:
    """20,000 accounts of the default world in memory."""
    return make_chunk(0, 20_000, World(), Draws(1))


@pytest.fixture(scope="session")
def auc() -> Callable[[np.ndarray, np.ndarray], float]:
    """Area under the ROC curve by ranks (Mann-Whitney)."""

    def area(y: np.ndarray, score: np.ndarray) -> float:
        ranks = pd.Series(score).rank().to_numpy()
        won = y.sum()
        return (ranks[y].sum() - won * (won + 1) / 2) / (won * (len(y) - won))

    return area
