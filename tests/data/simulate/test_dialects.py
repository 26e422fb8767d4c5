"""The same world in every CRM's spelling becomes the same canonical tables."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from abm_ml.data.prepare import prepare_tables
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.simulate.world import World

ACCOUNTS = 100
WORLD = World(opportunities_per_account=1.5, suppressed_rate=0.05, duplicate_rate=0.1)


def prepared(directory: Path, dialect: str, encoding: str = "utf-8") -> dict[str, pa.Table]:
    """Canonical tables of the world, exported in a dialect and prepared."""
    simulate_world(
        directory, accounts=ACCOUNTS, seed=5, world=WORLD, dialect=dialect, encoding=encoding
    )
    prepare_tables(directory / "exports", directory / "work")
    files = (directory / "work" / "canonical").glob("*.parquet")
    return {file.stem: pq.read_table(file) for file in files}


@pytest.fixture(scope="module")
def canonical(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pa.Table]:
    """Canonical tables by way of the canonical export (typed Parquet, nothing to parse)."""
    return prepared(tmp_path_factory.mktemp("canonical"), "canonical")


@pytest.mark.parametrize(
    ("dialect", "encoding"),
    [("salesforce", "utf-8"), ("hubspot", "utf-8-sig"), ("zh", "gb18030")],
)
def test_a_dialect_gives_the_same_canonical_tables(
    tmp_path: Path, canonical: dict[str, pa.Table], dialect: str, encoding: str
) -> None:
    tables = prepared(tmp_path, dialect, encoding)
    assert set(tables) == set(canonical)
    for name, table in canonical.items():
        assert tables[name].schema.equals(table.schema), name
        for column in table.column_names:
            assert tables[name][column].equals(table[column]), f"{name}.{column}"


def test_preparing_keeps_every_row_but_earlier_versions(
    canonical: dict[str, pa.Table], tmp_path: Path
) -> None:
    """What was written once is kept; of what was written twice, the newer row."""
    simulate_world(tmp_path, accounts=ACCOUNTS, seed=5, world=WORLD)
    for name, key in [("accounts", "account_id"), ("contacts", "contact_id"),
                      ("opportunities", "opportunity_id")]:  # fmt: skip
        written = pq.read_table(tmp_path / "exports" / f"{name}.parquet")
        assert len(canonical[name]) == len(set(written[key].to_pylist())) < len(written)
    for name in ("engagements", "intent", "signals", "leads", "networks", "suppressions"):
        written = pq.read_table(tmp_path / "exports" / f"{name}.parquet")
        assert len(canonical[name]) == len(written)


def test_preparing_finds_the_accounts_that_the_formula_counts_for(
    canonical: dict[str, pa.Table],
) -> None:
    events = canonical["engagements"].to_pandas()
    traced = events.account_id.notna()
    assert (events.contact_id.isna() | traced).all()
    assert (events.lead_id.isna() | traced).all()
    office = events.ip.fillna("").str.startswith("240.")
    assert traced[office].all()
    unnamed = events.contact_id.isna()
    assert not traced[events.ip.notna() & ~office & unnamed].any()
    assert canonical["intent"]["account_id"].null_count == 0
