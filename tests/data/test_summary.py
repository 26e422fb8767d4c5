import pytest

from abm_ml.data.summary import refuse_mismatch
from abm_ml.errors import AbmError


@pytest.mark.parametrize(("canonical", "quarantined"), [(8, 1), (9, 2)])
def test_counts_that_do_not_add_up_stop_the_run(canonical, quarantined):
    with pytest.raises(
        AbmError, match=r"accounts: 10 rows went in, but . are canonical and . quar"
    ):
        refuse_mismatch("accounts", 10, canonical, quarantined)


def test_counts_that_add_up_pass():
    refuse_mismatch("accounts", 10, 8, 2)
