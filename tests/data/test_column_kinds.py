"""What a column holds is found whatever pandas type carries it."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from abm_ml.data.column_kinds import (
    as_days,
    as_frame,
    as_levels,
    as_numbers,
    as_tags,
    column_kind,
)

MANY_TEXTS = [f"这家公司的主营业务是软件开发与技术服务第{i}类" for i in range(40)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (pd.Series([1, 2]), "number"),
        (pd.Series([1, None], dtype="Int64"), "number"),
        (pd.Series([1.5, None], dtype="double[pyarrow]"), "number"),
        (pd.Series([True, None], dtype=object), "number"),
        (pd.Series([True, None], dtype="bool[pyarrow]"), "number"),
        (pd.Series([Decimal("1.5"), None]), "number"),
        (pd.Series(["a", "b", None]), "category"),
        (pd.Series(["a", None], dtype="string[pyarrow]"), "category"),
        (pd.Series(["a", "b"], dtype="category"), "category"),
        (pd.Series(["a", 1], dtype=object), "category"),
        (pd.Series(MANY_TEXTS), "text"),
        (pd.Series([f"{i:032x}-{i:08x}" for i in range(50)]), "category"),
        (pd.Series([datetime(2024, 1, 1), None]), "date"),
        (pd.Series([date(2024, 1, 1), None], dtype=object), "date"),
        (pd.Series([date(2024, 1, 1)], dtype=pd.ArrowDtype(pa.date32())), "date"),
        (pd.Series(["2024-01-01", "2024-02-01T10:00:00"]), "date"),
        (pd.Series([["a"], None]), "tags"),
        (pd.Series([np.array(["a"]), None]), "tags"),
        (pd.Series([["a"], None], dtype=pd.ArrowDtype(pa.list_(pa.string()))), "tags"),
        (pd.Series([None, None], dtype=object), "empty"),
        (pd.Series([np.nan, np.inf]), "empty"),
        (pd.Series([pd.NaT, pd.NaT]), "empty"),
    ],
)
def test_a_column_is_known_by_its_type_and_values(values: pd.Series, kind: str) -> None:
    assert column_kind(values) == kind


def test_what_is_no_number_is_missing() -> None:
    values = pd.Series(["1", "x", None, np.inf], dtype=object)
    assert as_numbers(values).tolist() == pytest.approx([1, np.nan, np.nan, np.nan], nan_ok=True)


@pytest.mark.parametrize("kind", [object, "datetime64[ns]", pd.ArrowDtype(pa.timestamp("us"))])
def test_dates_are_days_since_1970_in_any_type(kind: object) -> None:
    values = pd.Series([datetime(1970, 1, 3, 12), None]).astype(kind)  # type: ignore[call-overload]
    assert as_days(values).tolist() == pytest.approx([2.5, np.nan], nan_ok=True)


def test_dates_with_zones_are_compared_in_utc() -> None:
    assert as_days(pd.Series(["1970-01-02T08:00:00+08:00"]))[0] == 1.0


def test_levels_do_not_depend_on_the_order_of_rows_and_3_is_3_point_0() -> None:
    codes, levels = as_levels(pd.Series(["b", 3.0, "", None, 3, "a"], dtype=object))
    assert levels == ["3", "a", "b"]
    assert codes.tolist() == [2, 0, -1, -1, 0, 1]


def test_tags_are_sets_and_a_missing_list_is_empty() -> None:
    codes, sets = as_tags(pd.Series([["b", "a"], np.array(["a", "b"]), None, [], "a"]))
    assert [sets[code] for code in codes] == [{"a", "b"}, {"a", "b"}, set(), set(), {"a"}]


def test_arrays_get_names() -> None:
    assert list(as_frame([[1, "a"], [2, "b"]]).columns) == ["x0", "x1"]


def test_a_column_that_occurs_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="column 'a' occurs twice"):
        as_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_a_set_is_read_the_same_whatever_its_own_order() -> None:
    # 0 and 8 share a slot of a small set, so it lists the one that came first.
    one, other = {0, 8}, {8, 0}
    assert list(one) != list(other)
    codes, distinct = as_levels(pd.Series([one, other, frozenset(one), "x"], dtype=object))
    assert (codes.tolist(), distinct) == ([0, 0, 0, 1], ["0; 8", "x"])


def test_periods_are_read_as_the_dates_that_they_start_on() -> None:
    months = pd.Series(pd.PeriodIndex(["2024-01", "2024-02", None], freq="M"))
    frame = as_frame(pd.DataFrame({"month": months}))
    assert column_kind(frame["month"]) == "date"
    np.testing.assert_array_equal(as_days(frame["month"]), [19_723, 19_754, np.nan])


@pytest.mark.parametrize("cell", [{"a": 1}, [{"a": 1}]])
def test_dictionaries_are_refused_under_the_name_of_their_column(cell: object) -> None:
    values = pd.Series([cell, None], name="address")
    with pytest.raises(ValueError, match=r"'address' holds cells .* a column of its own"):
        as_tags(values) if isinstance(cell, list) else column_kind(values)
