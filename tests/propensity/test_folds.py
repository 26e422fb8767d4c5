"""Rows teach only what lies after them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.propensity.folds import as_axis, forward_folds, grouped_folds, sorted_rows

Moments = st.lists(
    st.tuples(st.integers(0, 40), st.integers(-3, 20), st.integers(0, 15)), min_size=2, max_size=60
)


@settings(max_examples=40, deadline=None)
@given(Moments)
def test_a_row_teaches_only_windows_after_its_outcome_was_known(
    moments: list[tuple[int, ...]],
) -> None:
    time, delay, group = np.array(moments).T
    known_at = (time + delay).astype(float)
    for fold in forward_folds(time.astype(float), known_at, group, n_folds=4):
        assert (known_at[fold.train] < fold.start).all()
        assert (time[fold.train] < fold.start).all()
        assert (time[fold.test] >= fold.start).all()
        assert not set(group[fold.train]) & set(group[fold.test])


@settings(max_examples=40, deadline=None)
@given(Moments)
def test_no_row_is_tested_twice_and_one_instant_stays_together(
    moments: list[tuple[int, ...]],
) -> None:
    time = np.array(moments)[:, 0].astype(float)
    folds = forward_folds(time, time, np.arange(len(time)), n_folds=4)
    tested = [row for fold in folds for row in fold.test]
    assert len(tested) == len(set(tested))
    windows = [set(time[fold.test]) for fold in folds]
    assert sum(map(len, windows)) == len(set().union(*windows))


def test_windows_are_about_equal_and_the_first_share_only_teaches() -> None:
    time = np.arange(1000.0)
    folds = forward_folds(time, time, np.arange(1000), n_folds=7)
    assert folds[0].start == 300
    assert [len(fold.test) for fold in folds] == [100] * 7


def test_one_time_for_all_rows_leaves_no_window() -> None:
    time = np.ones(20)
    assert forward_folds(time, time, np.arange(20), n_folds=4) == []


def test_groups_stay_on_one_side_and_every_row_is_tested_once() -> None:
    groups = np.arange(100) // 3
    folds = grouped_folds(groups, n_folds=5, seed=0)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(100))
    for fold in folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])


def test_one_group_cannot_be_split() -> None:
    assert grouped_folds(np.zeros(9, dtype=int), n_folds=5, seed=0) == []


def test_dates_of_any_type_share_one_axis() -> None:
    seconds, dates = as_axis(pd.Series(["1970-01-01", "1970-01-02"]), "time")
    assert dates
    assert seconds.tolist() == [0, 86_400]
    stamps = np.array(["1970-01-01", "1970-01-02"], dtype="datetime64[us]")
    assert as_axis(stamps, "time")[0].tolist() == [0, 86_400]


def test_numbers_are_times_as_they_are() -> None:
    axis, dates = as_axis([3, 1], "time")
    assert (axis.tolist(), dates) == ([3, 1], False)


def test_a_row_without_time_is_named() -> None:
    with pytest.raises(ValueError, match="known_at: row 1 holds 'soon', no date"):
        as_axis(["2024-01-01", "soon"], "known_at")


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(6)))
def test_rows_are_sorted_by_what_they_hold(order: list[int]) -> None:
    frame = pd.DataFrame(
        {"a": [3, 1, 2, 2, None, 1], "tags": [["x"], [], None, ["y"], ["x", "y"], ["z"]]}
    )
    shuffled = frame.iloc[order].reset_index(drop=True)
    straight = frame.iloc[sorted_rows(frame)].reset_index(drop=True)
    again = shuffled.iloc[sorted_rows(shuffled)].reset_index(drop=True)
    pd.testing.assert_frame_equal(straight, again)
