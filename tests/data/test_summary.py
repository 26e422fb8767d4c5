import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.summary import refuse_mismatch
from abm_ml.errors import AbmError


@pytest.mark.parametrize(("canonical", "quarantined"), [(8, 1), (9, 2)])
def test_counts_that_do_not_add_up_stop_the_run(canonical, quarantined):
    with pytest.raises(
        AbmError, match=r"accounts: 10 rows went in, but . are canonical and . quar"
    ):
        refuse_mismatch("accounts", 10, canonical, quarantined)


@given(rows=st.integers(0, 50), canonical=st.integers(0, 50), quarantined=st.integers(0, 50))
def test_a_run_stops_exactly_where_counts_do_not_add_up(rows, canonical, quarantined):
    def stops() -> bool:
        try:
            refuse_mismatch("accounts", rows, canonical, quarantined)
        except AbmError:
            return True
        return False

    assert stops() == (canonical + quarantined != rows)
