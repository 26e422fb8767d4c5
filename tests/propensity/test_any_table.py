"""Whatever a table holds, the model fits it, stays finite, and its reasons add up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abm_ml.propensity.estimator import PropensityModel
from abm_ml.propensity.leaks import suspected_leaks

WORDS = st.sampled_from(
    [
        "cloud",
        "Retail",
        "  ",
        "",
        "制造业",
        "人工智能，大数据",
        "SaaS 平台",
        "é",
        "☃",
        "1,200",
        "nan",
    ]
)
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "float": st.floats(allow_nan=True, allow_infinity=True, width=64),
    "int": st.integers(-(2**60), 2**60),
    "bool": st.booleans(),
    "word": WORDS,
    "text": st.lists(WORDS, max_size=8).map(" ".join),
    "tags": st.lists(WORDS, max_size=4),
    "tuple": st.tuples(WORDS, WORDS),
    "date": st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)),
    "day": st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str),
    "number or word": st.one_of(st.floats(-1e6, 1e6), WORDS),
    "anything": st.one_of(st.booleans(), st.integers(-5, 5), WORDS, st.lists(WORDS, max_size=2)),
    "nothing": st.none(),
}
MODEL = PropensityModel(regularisation=(0.1,), num_leaves=(), n_folds=2)


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, np.ndarray]:
    """Rows with columns of any kind, cells missing here and there, and labels of two classes."""
    n = draw(st.integers(6, 40))
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=4))
    columns = {}
    for i, kind in enumerate(kinds):
        few = draw(st.lists(st.one_of(CELLS[kind], st.none()), min_size=1, max_size=12))
        picks = draw(st.lists(st.integers(0, len(few) - 1), min_size=n, max_size=n))
        columns[f"{kind} {i} 字段"] = pd.Series([few[k] for k in picks], dtype=object)
    y = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    y[:2] = 0, 1
    frame = pd.DataFrame(columns)
    return (frame.infer_objects() if draw(st.booleans()) else frame), y


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(table=tables(), timed=st.booleans())
def test_any_table_is_fitted_predicted_and_explained(
    table: tuple[pd.DataFrame, np.ndarray], timed: bool
) -> None:
    X, y = table
    model = MODEL.fit(X, y, time=np.arange(len(y)) if timed else None)
    p = model.predict_proba(X)[:, 1]
    assert ((p > 0) & (p < 1)).all()
    low, high = model.predict_interval(X)
    assert ((low <= p) & (p <= high)).all()
    told = model.explain(X.head(5)).groupby("row")["contribution"].sum().to_numpy()
    np.testing.assert_allclose(told, np.log(p[:5] / (1 - p[:5])), atol=1e-6)
    suspected_leaks(X, y)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(table=tables(), other=st.sampled_from(sorted(CELLS)), data=st.data())
def test_rows_of_another_kind_than_those_learned_from_get_a_probability(
    table: tuple[pd.DataFrame, np.ndarray], other: str, data: st.DataObject
) -> None:
    X, y = table
    model = MODEL.fit(X, y)
    cells = data.draw(st.lists(CELLS[other], min_size=3, max_size=3))
    strange = pd.DataFrame({name: pd.Series(cells, dtype=object) for name in X.columns})
    p = model.predict_proba(strange)[:, 1]
    assert ((p > 0) & (p < 1)).all()
