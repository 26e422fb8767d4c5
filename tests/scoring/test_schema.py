import numpy as np
import pandas as pd
import pyarrow as pa

from abm_ml.scoring.schema import EXCLUDED_SCHEMA, SCORED_SCHEMA, as_frame, as_table, table_of


def test_columns_that_nothing_fills_are_there_and_null():
    table = table_of({"account_id": ["a", "b"]}, SCORED_SCHEMA, 2)
    assert table.schema == SCORED_SCHEMA
    assert table["cluster"].null_count == 2


def test_one_value_stands_for_all_rows():
    table = table_of({"run_id": "x", "rank": np.array([1, 2])}, SCORED_SCHEMA, 2)
    assert table["run_id"].to_pylist() == ["x", "x"]


def test_nan_is_null_in_the_output():
    table = table_of({"fit": np.array([1.0, np.nan])}, SCORED_SCHEMA, 2)
    assert table["fit"].to_pylist() == [1.0, None]
    from_arrow = table_of({"fit": pa.array([1.0, np.nan])}, SCORED_SCHEMA, 2)
    assert from_arrow["fit"].to_pylist() == [1.0, None]


def test_the_pandas_view_goes_back_to_the_same_table():
    columns = {"tier": pa.array([1, None]), "recommended_contacts": [["c1"], []], "mqa": True}
    table = table_of(columns, SCORED_SCHEMA, 2)
    frame = as_frame(table)
    assert frame["tier"].tolist() == [1, pd.NA]
    assert frame["recommended_contacts"].tolist() == [["c1"], []]
    assert frame["mqa"].dtype == bool
    assert as_table(frame, SCORED_SCHEMA).equals(table)


def test_an_empty_table_keeps_its_types():
    table = table_of({}, EXCLUDED_SCHEMA, 0)
    assert as_table(as_frame(table), EXCLUDED_SCHEMA).schema == EXCLUDED_SCHEMA
