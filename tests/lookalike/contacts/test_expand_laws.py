"""The laws that the expansion into people keeps: nobody barred, same in same out, no future."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts, suppressed_contacts
from abm_ml.lookalike.contacts.candidates import newest_moment
from abm_ml.lookalike.contacts.expand import expand_contacts


@pytest.fixture(scope="module")
def asked(world_tables: dict[str, pa.Table]) -> tuple[list[str], list[str]]:
    """All accounts of the simulated world; every fifth contact a seed, whoever they are."""
    contacts = sorted(world_tables["contacts"]["contact_id"].to_pylist())
    return sorted(world_tables["accounts"]["account_id"].to_pylist()), contacts[::5]


def shuffled(tables: dict[str, pa.Table], seed: int) -> dict[str, pa.Table]:
    rng = np.random.default_rng(seed)
    return {name: table.take(rng.permutation(table.num_rows)) for name, table in tables.items()}


def test_in_the_simulated_world_nobody_who_said_no_appears(world_tables, asked) -> None:
    crm = Crm.from_tables(world_tables, threads=1)
    as_of = newest_moment(crm)
    no = set(crm.to_arrow(suppressed_contacts(crm, as_of))["contact_id"].to_pylist())
    barred = set(crm.to_arrow(suppressed_accounts(crm, as_of))["account_id"].to_pylist())
    accounts, seeds = asked
    assert no & set(seeds)
    assert barred
    result = expand_contacts(crm, accounts, seeds, per_account=1_000)
    assert not no & set(result.people.contact_id.dropna())
    assert not barred & set(result.people.account_id)
    assert not barred & set(result.coverage.account_id)
    assert result.summary["seeds_dropped"] == len(no & set(seeds))
    everybody = set(world_tables["contacts"]["contact_id"].to_pylist())
    assert set(result.people.contact_id.dropna()) == everybody - no - set(seeds)


def test_order_of_rows_and_number_of_threads_change_nothing(world_tables, asked) -> None:
    accounts, seeds = asked
    results = [
        expand_contacts(
            Crm.from_tables(tables, threads=threads), accounts[::order], seeds[::order]
        )
        for tables, threads, order in (
            (world_tables, 1, 1), (shuffled(world_tables, 1), 2, -1),
        )
    ]  # fmt: skip
    first, second = results
    pd.testing.assert_frame_equal(first.people, second.people, check_exact=True)
    pd.testing.assert_frame_equal(first.coverage, second.coverage, check_exact=True)
    assert first.summary == second.summary


def test_later_rows_change_nothing(world_tables, asked) -> None:
    crm = Crm.from_tables(world_tables, threads=1)
    accounts, seeds = asked
    as_of = datetime(2025, 6, 1)
    before = {
        name: table.filter(pc.less(table[column], pa.scalar(as_of, pa.timestamp("us"))))
        for name, column in (("engagements", "ts"), ("networks", "observed_at"))
        for table in (world_tables[name],)
    }
    kept = Crm.from_tables({**world_tables, **before}, threads=1)
    one = expand_contacts(crm, accounts, seeds, as_of=as_of)
    other = expand_contacts(kept, accounts, seeds, as_of=as_of)
    pd.testing.assert_frame_equal(one.coverage, other.coverage, check_exact=True)
    pd.testing.assert_frame_equal(one.people, other.people, check_exact=True)
