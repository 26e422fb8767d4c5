"""Several kinds of customers in one list of seeds."""

from __future__ import annotations

import numpy as np
import pytest

from abm_ml.lookalike.kinds import FEWEST_OF_A_KIND, distinct_kinds, kinds_of


def seeds(*counts: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Vectors around as many centres as there are counts, mixed, and the centre of each."""
    draw = np.random.default_rng(seed)
    truth = draw.permutation(np.repeat(np.arange(len(counts)), counts))
    return np.eye(10)[truth] + 0.1 * draw.normal(size=(len(truth), 10)), truth


@pytest.mark.parametrize("counts", [(20, 8), (15, 10, 5), (12, 11)])
def test_planted_kinds_are_found_the_most_frequent_first(counts: tuple[int, ...]):
    vectors, truth = seeds(*counts)
    assert kinds_of(vectors, len(counts)).tolist() == truth.tolist()


def test_seeds_of_one_kind_point_the_same_way_whatever_their_length():
    vectors, truth = seeds(20, 10)
    lengths = np.random.default_rng(1).uniform(0.1, 10, (30, 1))
    assert kinds_of(vectors * lengths, 2).tolist() == truth.tolist()


@pytest.mark.parametrize(
    ("counts", "kinds"),
    [((30,), 1), ((4, 3), 2), ((20, FEWEST_OF_A_KIND - 1), 2), ((5, 5), 3), ((1,), 3)],
)
def test_all_are_of_one_kind_where_one_of_several_would_be_too_small(
    counts: tuple[int, ...], kinds: int
):
    vectors, _ = seeds(*counts)
    assert not kinds_of(vectors, kinds).any()


def test_the_draw_is_always_the_same():
    vectors, _ = seeds(20, 20, seed=4)
    assert kinds_of(vectors, 3).tolist() == kinds_of(vectors.copy(), 3).tolist()


@pytest.mark.parametrize(("counts", "kinds"), [((20, 8), 2), ((10, 9, 8), 3), ((30,), 1)])
def test_plainly_distinct_kinds_are_recognised(counts: tuple[int, ...], kinds: int):
    vectors, _ = seeds(*counts)
    assert distinct_kinds(vectors - np.eye(10).mean(axis=0)) == kinds


@pytest.mark.parametrize(
    "segments", [("biotech", "工业"), ("legal", "logistics"), ("工业", "医疗")]
)
@pytest.mark.parametrize("counts", [(10, 20), (15, 15), (30, 30)])
def test_seeds_of_two_segments_are_two_kinds(index, members, segments, counts):
    one, other = (members(*each, seed=3) for each in zip(segments, counts, strict=True))
    assert distinct_kinds(index.vectors(sorted([*one, *other]))) == 2


@pytest.mark.parametrize("count", [16, 30, 60])
def test_seeds_of_one_segment_and_random_companies_are_one_kind(index, members, count: int):
    for draw in range(4):
        for segment in ("biotech", "legal", "工业"):
            assert distinct_kinds(index.vectors(sorted(members(segment, count, seed=draw)))) == 1
        anybody = np.random.default_rng(draw).choice(index.ids, count, replace=False)
        assert distinct_kinds(index.vectors(sorted(anybody.tolist()))) == 1


@pytest.mark.parametrize("count", [1, 7, 15])
def test_a_handful_of_seeds_is_one_kind(count: int):
    vectors, _ = seeds(count - count // 2, count // 2)
    assert distinct_kinds(vectors) == 1
