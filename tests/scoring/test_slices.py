"""A universe too large for memory: scored slice by slice, with the same result to the byte."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.prepare import prepare_tables
from abm_ml.data.simulate.simulate import simulate_world
from abm_ml.data.slices import slices
from abm_ml.scoring.explain import explain_account
from abm_ml.scoring.run import new_run
from abm_ml.scoring.spool import Spool
from abm_ml.scoring.universe import score_universe, write_universe

AS_OF = datetime(2025, 3, 1, 9, 30)
WHOLE = Params()
SLICED = Params.model_validate({"scoring": {"batch_rows": 100}})
FILES = ("scored.parquet", "tal.parquet", "excluded.parquet")
PEOPLE = "people.parquet"


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Crm:
    world = tmp_path_factory.mktemp("world")
    simulate_world(world, accounts=400, seed=5)
    prepare_tables(world / "exports", world / "work", threads=1)
    return Crm.open(world / "work", threads=1)


@pytest.fixture(scope="module")
def previous(crm: Crm) -> pd.DataFrame:
    return score_universe(crm, None, None, WHOLE, datetime(2025, 1, 1)).scored


def written(crm: Crm, params: Params, previous: pd.DataFrame, out: Path) -> dict[str, object]:
    out.mkdir()
    return write_universe(crm, new_run(crm, None, None, params, AS_OF, previous=previous), out)


def test_slices_do_not_change_a_byte_of_the_list_or_its_summary(crm, previous, tmp_path):
    whole = written(crm, WHOLE, previous, tmp_path / "whole")
    sliced = written(crm, SLICED, previous, tmp_path / "sliced")
    assert whole == sliced
    assert whole["scored"] > 100
    for name in FILES:
        one, other = tmp_path / "whole" / name, tmp_path / "sliced" / name
        assert one.read_bytes() == other.read_bytes()
    people = [pq.read_table(tmp_path / run / PEOPLE).to_pylist() for run in ("whole", "sliced")]
    assert people[0] == people[1]
    assert len(people[0]) > 100
    assert sorted(file.name for file in (tmp_path / "sliced").iterdir()) == sorted([*FILES, PEOPLE])


def test_files_and_frames_say_the_same(crm, previous, tmp_path):
    written(crm, SLICED, previous, tmp_path / "out")
    result = score_universe(crm, None, None, WHOLE, AS_OF, previous=previous)
    for name, frame in zip(FILES, (result.scored, result.tal, result.excluded), strict=True):
        table = pq.read_table(tmp_path / "out" / name)
        assert table["account_id"].to_pylist() == frame["account_id"].tolist()
        assert table["name"].to_pylist() == frame["name"].tolist()


def test_one_account_is_explained_alike_from_whichever_slice(crm):
    account = crm.to_arrow(crm.table("accounts").account_id.topk(1)).column(0)[0].as_py()
    whole = explain_account(crm, None, None, WHOLE, AS_OF, account, motion="all")
    assert explain_account(crm, None, None, SLICED, AS_OF, account, motion="all") == whole


def test_every_row_of_an_account_lies_in_its_slice(crm, tmp_path):
    cut = slices(crm, AS_OF, 100, tmp_path)
    assert len(cut) > 3
    found = [
        set(one.to_arrow(one.table("accounts")).column("account_id").to_pylist()) for one in cut
    ]
    every = crm.to_arrow(crm.table("accounts")).column("account_id").to_pylist()
    assert sorted(account for some in found for account in some) == sorted(every)
    for one, own in zip(cut, found, strict=True):
        for name in ("contacts", "opportunities", "engagements"):
            assert set(one.to_arrow(one.table(name)).column("account_id").to_pylist()) <= own
    rows = [one.to_arrow(one.table("opportunities")).num_rows for one in cut]
    assert sum(rows) == crm.to_arrow(crm.table("opportunities")).num_rows


def test_an_event_of_a_suppressed_person_counts_nowhere_whose_account_it_names(tmp_path):
    accounts = [f"a{n}" for n in range(40)]
    tables = {
        "accounts": pd.DataFrame({"account_id": accounts, "name": accounts}),
        "contacts": pd.DataFrame({"contact_id": ["c", "d"], "account_id": ["a0", "a0"]}),
        "engagements": pd.DataFrame(
            {
                "ts": pd.Timestamp("2025-02-20"), "kind": "meeting",
                "account_id": [*accounts, *accounts], "contact_id": ["c"] * 40 + ["d"] * 40,
            }
        ),
        "suppressions": pd.DataFrame({"kind": ["contact"], "value": ["c"]}),
    }  # fmt: skip
    cut = slices(Crm.from_tables(tables, threads=1), AS_OF, 10, tmp_path)
    seen = [one.to_arrow(one.table("engagements")).to_pylist() for one in cut]
    people = [event["contact_id"] for events in seen for event in events]
    assert people == ["d"] * 40


def test_a_spool_gives_its_parts_back_in_one_order(tmp_path):
    schema = pa.schema({"n": pa.int64(), "word": pa.string()})
    spool = Spool(tmp_path / "spool", schema)
    order = np.random.default_rng(0).permutation(100)
    for some in np.array_split(order, 7):
        place = np.sort(some)
        spool.add(pa.table({"n": place, "word": [f"w{n}" for n in place]}, schema), place)
    tables = list(spool.rows(most=9))
    assert [table.num_rows for table in tables] == [9] * 11 + [1]
    found = pa.concat_tables(tables)
    assert found.schema == schema
    assert found["n"].to_pylist() == list(range(100))


def test_a_spool_of_nothing_is_an_empty_table(tmp_path):
    spool = Spool(tmp_path / "spool", pa.schema({"n": pa.int64()}))
    spool.write(tmp_path / "nothing.parquet")
    assert pq.read_table(tmp_path / "nothing.parquet").num_rows == 0
