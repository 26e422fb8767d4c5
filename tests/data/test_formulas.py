"""What is guarded for a spreadsheet comes back as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from abm_ml.data.formulas import guarded, runs, unguarded

texts = st.text(alphabet="'=+-@\t＝ a\ufeff", max_size=6) | st.text(max_size=12)


@given(texts)
def test_a_guarded_text_does_not_run_and_comes_back(text: str) -> None:
    assert not runs(guarded(text))
    assert unguarded(guarded(text)) == text


@given(texts, texts)
def test_two_texts_stay_two(one: str, other: str) -> None:
    assert (guarded(one) == guarded(other)) is (one == other)
