"""Rows teach only what lies after them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm_ml.propensity.folds import as_axis, forward_folds, grouped_folds, joined, sorted_rows
from abm_ml.propensity.rows import TrainingRows

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


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=20))
def test_joined_groups_split_neither_and_join_no_more_than_that(
    pairs: list[tuple[int, int]],
) -> None:
    groups, others = np.array(pairs).T
    both = joined(groups, others)
    for codes in (groups, others):
        assert all(len(set(both[codes == code])) == 1 for code in codes)
    for part in set(both):
        # Whatever is inside can be reached from its first row, link by link.
        inside = both == part
        reached = np.arange(len(both)) == np.flatnonzero(inside)[0]
        for _ in pairs:
            reached = np.isin(groups, groups[reached]) | np.isin(others, others[reached])
        np.testing.assert_array_equal(reached, inside)


def test_alike_rows_are_whole_groups_and_a_row_without_account_stands_alone() -> None:
    X = pd.DataFrame({"a": range(6)})
    accounts = ["x", "y", None, None, "z", "z"]
    rows = TrainingRows.of(X, [0, 1] * 3, range(6), groups=[0, 0, 1, 2, 3, 4], clusters=accounts)
    assert rows.alike.tolist() == [0, 0, 1, 2, 3, 3]
    assert rows.groups.tolist() == [0, 0, 1, 2, 3, 4]


@settings(max_examples=40, deadline=None)
@given(st.permutations(range(6)))
def test_rows_that_differ_in_account_or_testable_alone_have_one_order(order: list[int]) -> None:
    X = pd.DataFrame({"a": [1] * 6})
    y, account = np.array([0, 0, 0, 1, 1, 1]), np.array(list("xyyxxz"))
    testable = np.array([True, False, True, False, True, True])
    straight = TrainingRows.of(X, y, testable=testable, clusters=account)
    again = TrainingRows.of(X, y[order], testable=testable[order], clusters=account[order])
    np.testing.assert_array_equal(account[straight.order], account[order][again.order])
    np.testing.assert_array_equal(straight.judged, again.judged)
    np.testing.assert_array_equal(straight.alike, again.alike)


def test_sets_are_sorted_by_their_items_and_long_arrays_by_all_of_them() -> None:
    # 0 and 8 share a slot of a small set, so it lists the one that came first.
    one, other = {0, 8}, {8, 0}
    assert str(one) != str(other)
    sets = [pd.DataFrame({"a": [first, {1}, {2}, {3}]}) for first in (one, other)]
    assert sorted_rows(sets[0]).tolist() == sorted_rows(sets[1]).tolist()
    middle = np.arange(2_000)
    arrays = [np.where(middle == 1_000, k, middle) for k in (1, 2)]
    there, back = (pd.DataFrame({"a": cells}) for cells in (arrays, arrays[::-1]))
    assert sorted_rows(there).tolist() == sorted_rows(back)[::-1].tolist()


def test_times_may_be_periods_or_texts_of_which_only_some_have_a_time_of_day() -> None:
    days = pd.date_range("2024-01-01", periods=3, freq="D")
    expected = days.to_numpy().astype("datetime64[s]").astype(float)
    for times in (["2024-01-01", "2024-01-02 00:00:00", "2024-01-03T00:00"], days.to_period("D")):
        axis, dates = as_axis(times, "time")
        assert dates
        np.testing.assert_array_equal(axis, expected)
