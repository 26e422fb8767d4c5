from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.cells import read_iso
from abm_ml.data.timestamps import decide_date_order, read_timestamp
from abm_ml.errors import DataError


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-01-23T02:46:47.000+0000", datetime(2024, 1, 23, 2, 46, 47)),
        ("2024-01-23T02:46:47+08:00", datetime(2024, 1, 22, 18, 46, 47)),
        ("2024-01-23T02:46:47Z", datetime(2024, 1, 23, 2, 46, 47)),
        ("2024-01-23 02:46:47 UTC", datetime(2024, 1, 23, 2, 46, 47)),
        ("2024-01-05", datetime(2024, 1, 5)),
        ("2024-01-05 14:33", datetime(2024, 1, 5, 14, 33)),
        ("2024/1/5", datetime(2024, 1, 5)),
        ("2024/1/5 9:05:06", datetime(2024, 1, 5, 9, 5, 6)),
        ("2024.1.5", datetime(2024, 1, 5)),
        ("2024年1月5日", datetime(2024, 1, 5)),
        ("2024年1月5日 下午2:33", datetime(2024, 1, 5, 14, 33)),
        ("31/01/2024", datetime(2024, 1, 31)),
        ("01/31/2024 2:33 PM", datetime(2024, 1, 31, 14, 33)),
        ("01/31/2024 12:01 am", datetime(2024, 1, 31, 0, 1)),
        ("05.01.2024", datetime(2024, 1, 5)),
    ],
)
def test_moments_are_read_as_systems_write_them_and_kept_in_utc(written, meant):
    assert read_timestamp(written).value == meant


@pytest.mark.parametrize(
    "written", ["2025-13-02", "31/02/2024", "13/13/2024", "5/1/24", "yesterday", "", "12:30"]
)
def test_what_is_no_date_is_refused(written):
    with pytest.raises(ValueError, match=r"is not a date \(expected YYYY-MM-DD\)"):
        read_timestamp(written)


def test_a_year_far_from_any_business_is_refused():
    with pytest.raises(ValueError, match="is not a plausible date"):
        read_timestamp("0024-01-05")


def test_a_set_order_reads_swappable_dates_one_way_only():
    assert read_timestamp("05/01/2024", "dmy").value == datetime(2024, 1, 5)
    assert read_timestamp("05/01/2024", "mdy").value == datetime(2024, 5, 1)
    assert read_timestamp("05/01/2024", "mdy").month_first is None


def test_one_telling_date_decides_the_whole_column():
    assert decide_date_order(["01/02/2024", "02/03/2024", "31/01/2024"]) == "dmy"
    assert decide_date_order(["01/02/2024", "02/03/2024", "01/31/2024"]) == "mdy"


def test_a_column_of_iso_dates_and_twins_needs_no_order():
    assert decide_date_order(["2024-01-05", "05/05/2024", "nonsense"]) is None


def test_an_ambiguous_column_is_refused_with_the_setting_that_settles_it():
    with pytest.raises(
        DataError, match=r"a\.csv, column d row 3: '05/01/2024' can be .* set  date_order: dmy"
    ):
        decide_date_order(["2024-01-01", "05/01/2024"], "a.csv, column d")


def test_a_column_that_contradicts_itself_is_refused_with_both_cells():
    with pytest.raises(DataError, match=r"row 2 holds '13/01/2024' .* row 3 holds '01/13/2024'"):
        decide_date_order(["13/01/2024", "01/13/2024"])


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"]),
    st.sampled_from(["", "Z", "+0800", "-03:30", "+00"]),
)
def test_the_fast_way_for_iso_dates_gives_the_same_moments(moment, form, zone):
    written = moment.strftime(form) + (zone if "%H" in form else "")
    fast = read_iso(pa.array([written]))
    assert fast is None or fast[0].as_py() == read_timestamp(written).value


def test_the_fast_way_is_taken_for_what_salesforce_writes():
    assert read_iso(pa.array(["2024-01-23T02:46:47.000+0000", None])) is not None
