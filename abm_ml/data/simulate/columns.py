"""Arrow columns made of codes, numbers and words, without a Python loop over rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.data.simulate.draws import Bools, Ints

Numbers = NDArray[Any]
"""Numbers of any kind."""


def picked(vocabulary: Sequence[str], codes: Ints) -> pa.Array:
    """Words by position; null where the position is negative."""
    indices = pa.array(codes, mask=np.asarray(codes) < 0)
    return pa.array(vocabulary, pa.string()).take(indices)


def in_language(
    english: Sequence[str], chinese_words: Sequence[str], codes: Ints, chinese: Bools
) -> pa.Array:
    """Words by position, from the Chinese list where `chinese`; null where negative."""
    shifted = np.where(codes < 0, -1, codes + len(english) * chinese)
    return picked((*english, *chinese_words), shifted)


def glued(*parts: pa.Array | str) -> pa.Array:
    """Texts put together, row by row; null where any part is null."""
    return pc.binary_join_element_wise(*parts, "")


def numbered(prefix: str, numbers: Ints, width: int = 8) -> pa.Array:
    """Ids such as A00000012; null where the number is negative."""
    digits = pc.utf8_lpad(pa.array(numbers, mask=numbers < 0).cast(pa.string()), width, "0")
    return glued(prefix, digits)


def text_of(numbers: Ints) -> pa.Array:
    """Whole numbers as text."""
    return pa.array(numbers).cast(pa.string())


def base36(numbers: Ints) -> pa.Array:
    """Whole numbers in digits and small letters, seven places at most, without leading zeros."""
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
    places = [picked(alphabet, numbers // 36**power % 36) for power in range(6, -1, -1)]
    return pc.utf8_ltrim(glued(*places), "0")


def moments(seconds: Ints, known: Bools | None = None) -> pa.Array:
    """Timestamps (UTC without zone); null where not known."""
    mask = None if known is None else ~known
    return pa.array(seconds * 1_000_000, mask=mask).cast(pa.timestamp("us"))


def whole(numbers: Numbers, known: Bools | None = None) -> pa.Array:
    """Whole numbers; null where NaN or not known."""
    missing = np.isnan(numbers) if known is None else np.isnan(numbers) | ~known
    return pa.array(np.nan_to_num(numbers).astype(np.int64), mask=missing)


def amounts(numbers: Numbers, known: Bools | None = None) -> pa.Array:
    """Numbers; null where NaN or not known."""
    missing = np.isnan(numbers) if known is None else np.isnan(numbers) | ~known
    return pa.array(numbers, mask=missing)


def shown(values: pa.Array, known: Bools) -> pa.Array:
    """Values; null where not known."""
    return pc.if_else(pa.array(known), values, pa.scalar(None, values.type))


def constant(text: str, rows: int) -> pa.Array:
    """The same word on every row."""
    return pa.repeat(pa.scalar(text, pa.string()), rows)


def tags(vocabulary: Sequence[str], chosen: Bools, known: Bools) -> pa.Array:
    """Lists of the words that are chosen, shape (n, words); null where not known."""
    owner, word = np.nonzero(chosen & known[:, None])
    ends = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(chosen)))])
    offsets = pa.array(ends.astype(np.int32), mask=np.append(~known, False))
    return pa.ListArray.from_arrays(offsets, picked(vocabulary, word))


def in_order(parts: Iterable[tuple[Ints, pa.Table]]) -> pa.Table:
    """Tables as one, ordered by the owner of each row; ties as given."""
    owners, tables = zip(*parts, strict=True)
    order = np.argsort(np.concatenate(owners), kind="stable")
    return pa.concat_tables(tables).take(pa.array(order))
