"""The best k of many scores."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abm_ml.lookalike.store_rows import best_first, strongest


@given(st.integers(0, 3_000), st.integers(1, 400), st.integers(1, 5_000), st.integers(0, 9))
def test_they_are_those_that_sorting_gives(rows: int, k: int, values: int, seed: int):
    """Few values: many ties, which are all kept at the end and ranked by name at last."""
    scores = np.random.default_rng(seed).integers(0, values, rows).astype(np.float32)
    expected = sorted(range(rows), key=lambda place: (-scores[place], f"{place % 7}-{place}"))[:k]
    assert best_first(scores, k, lambda place: f"{place % 7}-{place}").tolist() == expected
    kept = strongest(scores, k)
    assert set(expected) <= set(kept.tolist())
    assert np.isin(scores[kept], scores[expected]).all()


def test_a_sample_that_misleads_costs_nothing_but_time():
    scores = np.arange(6_400, dtype=np.float32)
    scores[::64] += 10_000
    assert best_first(scores, 500, str).tolist() == np.argsort(-scores)[:500].tolist()
