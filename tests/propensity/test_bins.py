"""A column in a few bins: every value counted once, nobody named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from abm_ml.propensity.bins import Bins


@pytest.mark.parametrize(
    "column", ["employees", "industry", "city", "description", "technologies", "founded", "nothing"]
)
def test_every_account_is_in_one_bin_whatever_the_column_holds(
    mixed_rows: Callable[..., tuple[pd.DataFrame, np.ndarray]], column: str
) -> None:
    values = mixed_rows(400)[0][column]
    bins = Bins.of(values)
    counts, silent = bins.count(values)
    assert counts.sum() == 400
    assert silent >= counts[-1]
    held = values.map(lambda cell: len(cell) > 0 if isinstance(cell, list) else not pd.isna(cell))
    assert counts[-1] == 400 - held.sum()


def test_numbers_lie_in_tenths() -> None:
    counts, silent = Bins.of(pd.Series(range(1, 1_001))).count(pd.Series(range(1, 1_001)))
    assert counts.tolist() == [100] * 10 + [0]
    assert silent == 0


def test_a_number_that_is_mostly_nought_keeps_nought_apart() -> None:
    values = pd.Series([0.0] * 700 + [1.0] * 200 + [5.0] * 100)
    bins = Bins.of(values)
    assert bins.edges == (0.0, 1.0)
    assert bins.count(values)[0].tolist() == [700, 200, 100, 0]
    assert bins.count(values)[1] == 700


def test_new_values_beyond_all_that_was_seen_fall_into_the_outer_bins() -> None:
    bins = Bins.of(pd.Series(range(100)))
    counts, _ = bins.count(pd.Series([-1e9, 1e9, np.nan]))
    assert (counts[0], counts[-2], counts[-1]) == (1, 1, 1)


def test_a_clock_is_set_back_before_it_is_counted() -> None:
    then = pd.Series(np.arange(1_000.0))
    bins = Bins.of(then)
    assert bins.count(then + 92, run_on=92)[0].tolist() == bins.count(then)[0].tolist()


def test_levels_that_few_share_are_never_named() -> None:
    values = pd.Series(["Software"] * 50 + ["Retail"] * 10 + ["Acme's own niche"] * 9)
    bins = Bins.of(values)
    assert bins.levels == ("Software", "Retail")
    assert bins.count(values)[0].tolist() == [50, 10, 9, 0]
    assert "niche" not in json.dumps(asdict(bins))


def test_values_that_are_all_different_leave_no_trace() -> None:
    bins = Bins.of(pd.Series([f"id-{i}" for i in range(500)]))
    assert (bins.edges, bins.levels) == ((), ())


def test_of_a_text_only_its_length_is_kept() -> None:
    texts = pd.Series([f"we build cloud software for {i} teams" for i in range(100)])
    bins = Bins.of(texts)
    assert bins.kind == "text"
    assert bins.levels == ()
    assert bins.count(pd.Series(["short", "", None]))[0].tolist()[0] == 1


def test_an_account_with_several_tags_counts_under_the_rarest_common_one() -> None:
    tags = [["AWS"]] * 60 + [["AWS", "SAP"]] * 20 + [["AWS", "Odd"]] * 5 + [[]] * 15
    values = pd.Series(tags)
    bins = Bins.of(values)
    assert bins.levels == ("AWS", "SAP")
    assert bins.count(values)[0].tolist() == [65, 20, 0, 15]


def test_bins_come_back_from_plain_values() -> None:
    for values in (pd.Series(range(100)), pd.Series(["a"] * 50 + ["b"] * 50)):
        bins = Bins.of(values)
        assert Bins.from_dict(json.loads(json.dumps(asdict(bins)))) == bins
