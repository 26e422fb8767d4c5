"""The laws of DESIGN 8 that features must keep: no future, and the same in, the same out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.data.crm import Crm
from abm_ml.features.account import account_features, universe_spine
from abm_ml.features.spec import FeatureSpec

AS_OF = datetime(2025, 6, 1)
ONE_DATE = [(f"A{i}", AS_OF) for i in range(6)]
OWN_DATES = [(f"A{i}", AS_OF - timedelta(days=40 * i, hours=-9 * (i % 2))) for i in range(6)]

later = st.one_of(st.just(0.0), st.floats(0, 400)).map(lambda days: timedelta(days=days))
rows_of_the_future = st.fixed_dictionaries(
    {
        "engagements": st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["website_visit", "meeting", "never_seen"]),
                "contact_id": st.sampled_from([None, "P3", "new"]),
            }
        ),
        "intent": st.fixed_dictionaries(
            {"topic": st.sampled_from(["CRM", "new"]), "score": st.floats(0, 100)}
        ),
        "signals": st.fixed_dictionaries({"kind": st.sampled_from(["job_posting", "new"])}),
        "contacts": st.just({"contact_id": "from the future"}),
        "opportunities": st.fixed_dictionaries(
            {
                "opportunity_id": st.just("from the future"),
                "stage": st.just("any"),
                "is_won": st.sampled_from([None, True, False]),
            }
        ),
        "account_history": st.fixed_dictionaries(
            {
                "column": st.sampled_from(["employees", "industry", "account_type", "new"]),
                "value": st.sampled_from(["7", "new", None]),
            }
        ),
    }
)
DATED_BY = {
    "contacts": "created_at",
    "opportunities": "created_at",
    "account_history": "valid_from",
}


def with_future(tables, spine, additions, delay) -> dict[str, Any]:
    """The tables with one more row in each, for each account at or after its as_of."""
    longer = dict(tables)
    for name, row in additions.items():
        extra = []
        for account, as_of in spine:
            at = as_of + delay
            more = {"closed_at": at + timedelta(days=9)} if row.get("is_won") is not None else {}
            extra.append({**row, **more, "account_id": account, DATED_BY.get(name, "ts"): at})
        longer[name] = [*tables[name], *extra]
    return longer


@pytest.fixture(scope="module", params=[ONE_DATE, OWN_DATES], ids=["one as_of", "one as_of a row"])
def watched(request, canonical, world, make_spine):
    """Spine, CRM and the one query whose answer must not change when later rows are added."""
    tables = {name: canonical(name, rows) for name, rows in world(0, rows=40).items()}
    crm = Crm.from_tables(tables, threads=1)
    first = min(as_of for _, as_of in request.param)
    spec = FeatureSpec.discover(crm, first, extra_columns=["account_type"])
    features = account_features(crm, make_spine(crm, request.param), spec).order_by("row_id")
    query = str(ibis.to_sql(features))

    def answer(tables) -> tuple[pa.Table, FeatureSpec]:
        for name, rows in tables.items():
            crm.register(name, canonical(name, rows))
        found = crm.con.con.sql(query).to_arrow_table()
        return found, FeatureSpec.discover(crm, first, extra_columns=["account_type"])

    return request.param, answer


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 999), additions=rows_of_the_future, delay=later)
def test_no_row_at_or_after_as_of_changes_any_feature(
    watched, world, seed, additions, delay
) -> None:
    spine, answer = watched
    tables = world(seed, rows=40)
    features, spec = answer(tables)
    features_later, spec_later = answer(with_future(tables, spine, additions, delay))
    assert features_later.equals(features)
    assert spec_later == spec


def test_a_row_just_before_as_of_does_change_features(crm_of, look, world) -> None:
    """The law above would hold for features that see nothing."""
    tables = world(1, rows=40)
    row = {"kind": "meeting", "contact_id": "new"}
    just_before = timedelta(microseconds=-1)
    crm = crm_of(**tables)
    spec = FeatureSpec.discover(crm, AS_OF)
    after = crm_of(**with_future(tables, ONE_DATE, {"engagements": row}, just_before))
    old, new = look(crm, ONE_DATE, spec), look(after, ONE_DATE, spec)
    assert all(
        b["engagements:all:7d"] == a["engagements:all:7d"] + 1
        for a, b in zip(old, new, strict=True)
    )


def test_accounts_created_at_or_after_as_of_are_not_in_the_universe(crm_of) -> None:
    crm = crm_of(
        accounts=[
            {"account_id": "late", "name": "x", "created_at": AS_OF},
            {"account_id": "undated", "name": "x"},
            {"account_id": "old", "name": "x", "created_at": AS_OF - timedelta(microseconds=1)},
        ]
    )
    universe = crm.to_arrow(universe_spine(crm, AS_OF).order_by("row_id")).to_pylist()
    assert universe == [
        {"row_id": 0, "account_id": "old", "as_of": AS_OF},
        {"row_id": 1, "account_id": "undated", "as_of": AS_OF},
    ]


def as_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue().to_pybytes()


def test_order_of_rows_and_number_of_threads_change_no_byte(crm_of, world) -> None:
    tables = world(2, accounts=60, rows=20_000)
    crm = crm_of(threads=1, **tables)
    spec = FeatureSpec.discover(crm, AS_OF)
    expected = crm.to_arrow(
        account_features(crm, universe_spine(crm, AS_OF), spec).order_by("row_id")
    )
    rng = np.random.default_rng(0)
    for threads in (1, 2):
        shuffled = {
            name: [rows[i] for i in rng.permutation(len(rows))] for name, rows in tables.items()
        }
        other = crm_of(threads=threads, **shuffled)
        assert FeatureSpec.discover(other, AS_OF) == spec
        features = account_features(other, universe_spine(other, AS_OF), spec)
        found = other.to_arrow(features.order_by("row_id"))
        assert as_bytes(found) == as_bytes(expected)


def test_slices_of_the_spine_give_the_rows_of_the_whole(crm_of, look, world) -> None:
    crm = crm_of(**world(3, rows=200))
    spec = FeatureSpec.discover(crm, AS_OF)
    whole = look(crm, OWN_DATES, spec)
    assert look(crm, OWN_DATES[:2], spec) + look(crm, OWN_DATES[2:], spec) == whole


def test_one_date_for_all_and_a_date_for_each_row_are_the_same_expressions(
    crm_of, look, world
) -> None:
    crm = crm_of(**world(4, rows=200))
    spec = FeatureSpec.discover(crm, AS_OF)
    together = look(crm, [*OWN_DATES, *ONE_DATE], spec)
    for i in (0, 5, 11):
        assert [together[i]] == look(crm, [[*OWN_DATES, *ONE_DATE][i]], spec)
