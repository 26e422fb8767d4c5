"""Columns as coordinates: alike values lie close, unknown ones at the centre."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from abm_ml.lookalike.blocks import Block, fit_block
from abm_ml.lookalike.columns import BlockKind, BlockPlan


def fitted(kind: BlockKind, values: object, **more: object) -> tuple[Block, pd.DataFrame]:
    table = pd.DataFrame({"column": values, **more})
    block = fit_block(BlockPlan("column", ("column", *more), kind), table, seed=0)
    assert block is not None
    return block, table


def numbers(*values: float | None) -> pd.DataFrame:
    return pd.DataFrame({"column": values})


TAGS = [["ai", "data"], ["ai"], ["ship", "port"], ["port"], ["ship"], None] * 20


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("tags", TAGS),
        ("category", ["a", "b", "c", "b", "a", None] * 20),
        ("text", ["we ship goods", "we sell software", "货运 物流", None] * 30),
        ("number", [1.0, 5.0, 30.0, 400.0, 8_000.0, None] * 20),
        ("number", [*pd.date_range("2020-01-01", periods=118), None, None]),
    ],
)
def test_a_block_is_centred_has_unit_length_and_is_neutral_to_the_unknown(
    kind: BlockKind, values: list[object]
):
    block, table = fitted(kind, values)
    found = block.transform(table)
    assert found.shape == (120, block.width)
    np.testing.assert_allclose(found.sum(axis=0), 0, atol=1e-6)
    assert (found**2).sum(axis=1).mean() == pytest.approx(1)
    missing = table["column"].isna().to_numpy()
    assert missing.any()
    assert not found[missing].any()
    assert found[~missing].any(axis=1).all()


def test_terms_never_seen_are_unknown():
    block, _ = fitted("category", ["a", "b", "c"] * 20)
    assert not block.transform(pd.DataFrame({"column": ["new"]})).any()


def test_companies_with_a_tag_in_common_lie_closer():
    block, _ = fitted("tags", TAGS)
    one, alike, other = block.transform(pd.DataFrame({"column": [["ai"], ["data"], ["port"]]}))
    assert one @ alike > one @ other


def test_two_thousand_tags_that_most_companies_lack():
    draw = np.random.default_rng(0)
    tags = [
        [f"t{tag}" for tag in draw.integers(0, 2_000, 8)] if draw.random() < 0.3 else None
        for _ in range(3_000)
    ]
    block, table = fitted("tags", tags)
    assert block.width == 160
    found = block.transform(table)
    assert np.isfinite(found).all()
    assert not found[table["column"].isna().to_numpy()].any()


def test_numbers_are_as_far_apart_as_the_share_of_companies_between_them():
    block, _ = fitted("number", np.exp(np.linspace(0, 15, 500)))
    rows = block.transform(numbers(3, 30, 3_000, 3_000_000))
    gaps = np.linalg.norm(np.diff(rows, axis=0), axis=1)
    assert gaps[0] < gaps[1] < gaps[2]


@pytest.mark.parametrize("extreme", [1e300, -1e300, 0.0, -5.0])
def test_extreme_numbers_are_like_the_greatest_or_least(extreme: float):
    block, _ = fitted("number", [1.0, 5.0, 30.0, 400.0] * 20)
    near = 1e6 if extreme > 0 else 1.0
    np.testing.assert_allclose(*block.transform(numbers(extreme, near)))


def test_infinite_numbers_are_unknown():
    block, _ = fitted("number", [1.0, 5.0, 30.0, 400.0, np.inf] * 20)
    assert not block.transform(numbers(np.inf, -np.inf, None)).any()


def test_booleans_and_nullable_numbers_are_numbers():
    for values in ([True, False] * 20, pd.array([1, 0] * 20, dtype="Int64")):
        block, table = fitted("number", values)
        yes, no = block.transform(table.iloc[:2])
        np.testing.assert_allclose(yes, -no)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("number", [7.0] * 40),
        ("number", [np.inf] * 40),
        ("category", ["a"] * 40),
        ("tags", [[f"t{i}"] for i in range(40)]),
        ("text", [None] * 40),
    ],
)
def test_a_column_that_tells_nobody_apart_or_nobody_together_is_no_block(
    kind: BlockKind, values: list[object]
):
    plan = BlockPlan("column", ("column",), kind)
    assert fit_block(plan, pd.DataFrame({"column": values}), seed=0) is None


@pytest.mark.parametrize(
    ("kind", "values"), [("tags", TAGS), ("number", [1.0, 5.0, None, 400.0] * 30)]
)
def test_a_block_is_rebuilt_from_its_state(kind: BlockKind, values: list[object]):
    block, table = fitted(kind, values)
    state = block.state()
    plain = {name: value for name, value in state.items() if not isinstance(value, np.ndarray)}
    again = type(block).from_state(block.plan, {**state, **json.loads(json.dumps(plain))})
    np.testing.assert_array_equal(again.transform(table), block.transform(table))
