"""Every table column becomes numbers that know whom they belong to."""

import numpy as np
import pandas as pd
import pytest

from abm_ml.data.tokens import tokens
from abm_ml.propensity.codes import CategoryCode, TagsCode
from abm_ml.propensity.encoder import Encoder
from abm_ml.propensity.number_code import NumberCode
from abm_ml.propensity.text import TextCode

Rows = tuple[pd.DataFrame, np.ndarray]


def test_linear_columns_are_finite_and_tree_columns_keep_what_is_missing(rows: Rows) -> None:
    design = Encoder.fit(rows[0]).encode(rows[0])
    assert np.isfinite(design.linear).all()
    assert (
        np.isnan(design.trees).any(axis=0).sum() == 4
    )  # employees, how exact and how common they are, industry


def test_all_missing_and_constant_columns_have_no_design_columns(rows: Rows) -> None:
    columns = Encoder.fit(rows[0]).columns
    assert set(rows[0].columns) - set(columns) == {"nothing", "constant"}


def test_each_design_column_has_the_owner_that_changes_it(rows: Rows) -> None:
    frame = rows[0]
    encoder = Encoder.fit(frame)
    before = encoder.encode(frame)
    for i, name in enumerate(encoder.columns):
        after = encoder.encode(frame.drop(columns=name))
        changed = (before.linear != after.linear).any(axis=0)
        assert changed.any()
        assert set(encoder.linear_owners[changed]) == {i}
        moved = (np.nan_to_num(before.trees) != np.nan_to_num(after.trees)).any(axis=0)
        assert set(encoder.tree_owners[moved]) == {i}


def test_encoding_does_not_depend_on_the_order_of_rows(rows: Rows) -> None:
    frame = rows[0]
    order = np.random.default_rng(1).permutation(len(frame))
    shuffled = frame.iloc[order].reset_index(drop=True)
    one, other = Encoder.fit(frame).encode(frame), Encoder.fit(shuffled).encode(shuffled)
    # Means are sums of floats, so up to the last bits: the model sorts its rows first.
    np.testing.assert_allclose(one.linear[order], other.linear, atol=1e-12)
    np.testing.assert_allclose(one.trees[order], other.trees, atol=1e-12)


def test_a_rebuilt_encoder_encodes_the_same(rows: Rows) -> None:
    encoder = Encoder.fit(rows[0])
    again = Encoder.from_state(encoder.state())
    np.testing.assert_array_equal(encoder.encode(rows[0]).linear, again.encode(rows[0]).linear)


def test_a_missing_number_counts_as_the_mean_beside_a_mark() -> None:
    values = pd.Series([0.0, 1.0, 2.0, 3.0, np.nan])
    linear, trees = NumberCode.fit(values).encode(values)
    assert linear[-1].tolist() == [linear[:4, 0].mean(), 1.0]
    assert np.isnan(trees[-1, 0])


def test_numbers_beyond_those_seen_stop_at_the_ends() -> None:
    code = NumberCode.fit(pd.Series(np.arange(100.0)))
    linear, trees = code.encode(pd.Series([-1e9, 1e300]))
    assert linear.min(axis=1).tolist() == [-2, 1]
    assert linear.max(axis=1).tolist() == [0, 2]
    assert trees.ravel().tolist() == [-1e9, 1e300]


def test_huge_numbers_do_not_overflow() -> None:
    values = pd.Series([-1.7e308, 0.0, 1.7e308] * 10)
    assert np.isfinite(NumberCode.fit(values).encode(values)[0]).all()


def test_rare_and_new_levels_share_one_column() -> None:
    code = CategoryCode.fit(pd.Series(["a"] * 9 + ["b"] * 5 + ["c"]), max_levels=40, min_rows=2)
    linear, trees = code.encode(pd.Series(["a", "c", "new", None]))
    assert code.levels == ("a", "b")
    assert linear.tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 0]]
    assert trees.ravel().tolist() == pytest.approx([0, 2, 2, np.nan], nan_ok=True)


def test_only_the_most_frequent_levels_are_told_apart() -> None:
    values = pd.Series([f"level {k % 60}" for k in range(600)] + ["level 7"] * 5)
    code = CategoryCode.fit(values, max_levels=10, min_rows=2)
    assert len(code.levels) == 10
    assert code.levels[0] == "level 7"


def test_tags_are_marked_one_by_one_and_counted() -> None:
    values = pd.Series([["a", "b"], ["a"], None, ["b", "rare"]])
    code = TagsCode.fit(values, max_levels=40, min_rows=2)
    assert code.tags == ("a", "b")
    assert code.encode(values)[0].tolist() == [[1, 1, 1], [1, 0, 0.5], [0, 0, 0], [0, 1, 1]]


def test_chinese_needs_no_spaces() -> None:
    assert tokens("CRM系统 v2") == ["crm", "系", "统", "系统", "v2"]


def test_texts_that_say_the_same_lie_close() -> None:
    pool = [
        "cloud software for banks",
        "软件开发与云服务",
        "fresh food wholesale",
        "食品批发与零售",
    ]
    values = pd.Series([f"{pool[i % 4]} {i // 4}" for i in range(80)])
    code = TextCode.fit(values, n_components=4, max_tokens=500, seed=0)
    table = code.encode(values)[0]
    within = np.linalg.norm(table[0] - table[4])
    across = np.linalg.norm(table[0] - table[2])
    assert within < 0.5 * across


def test_missing_and_unknown_text_is_neutral() -> None:
    values = pd.Series([f"some words of text number {i % 7}" for i in range(50)])
    code = TextCode.fit(values, n_components=3, max_tokens=100, seed=0)
    assert not code.encode(pd.Series([None, "zzz qqq"]))[0].any()


def test_text_without_repeated_words_becomes_nothing() -> None:
    values = pd.Series([f"w{i}a w{i}b w{i}c w{i}d w{i}e" for i in range(50)])
    assert TextCode.fit(values, n_components=3, max_tokens=100, seed=0).widths == (0, 0)


def test_an_amount_also_says_how_exact_and_how_common_it_is() -> None:
    amounts = pd.Series([50_000.0, 48_250.0, 120_000.0, 7.0, 0.0, np.nan, 123_456.0] * 20)
    values = pd.concat([amounts, pd.Series(np.arange(100) * 1_000.0)], ignore_index=True)
    code = NumberCode.fit(values)
    assert code.exact
    trees = code.encode(pd.concat([amounts[:7], pd.Series([999_999.0])]))[1]
    assert trees[:, 1].tolist() == pytest.approx([1, 4, 2, 1, 0, np.nan, 6, 6], nan_ok=True)
    often = np.log([21, 20, 20, 20, 21, np.nan, 20, 1])  # thousands hold 0 and 50,000 once more
    assert trees[:, 2].tolist() == pytest.approx(often.tolist(), nan_ok=True)


@pytest.mark.parametrize(
    "values",
    [
        np.arange(500.0),  # never reach what money reaches
        np.arange(500.0) * 1_000 + 0.5,  # no whole numbers
        np.array([10_000.0, 20_000.0] * 100),  # hardly any different ones
    ],
)
def test_other_numbers_do_not(values: np.ndarray) -> None:
    assert not NumberCode.fit(pd.Series(values)).exact


def test_no_address_or_phone_number_is_kept() -> None:
    person = pd.Series((["jane@acme.com"] * 8 + ["+86 138 0013 8000"] * 8 + ["none"] * 8) * 3)
    notes = pd.Series([f"call Jane at 415-555-0100 or jane@acme.com, deal {k}" for k in range(72)])
    encoder = Encoder.fit(
        pd.DataFrame({"owner": person, "notes": notes, "tags": [[p] for p in person]})
    )
    kept = str(encoder.state())
    assert "none" in kept
    assert "jane@" not in kept
    assert "acme" not in kept
    assert "8000" not in kept
    assert "0100" not in kept
