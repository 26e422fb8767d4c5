"""What a vector store refuses: ids that don't fit, numbers that are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from abm_ml.errors import DataError
from abm_ml.lookalike.store_rows import FloatArray32

_BLOCK = 65_536


def checked(ids: Sequence[str], vectors: FloatArray32, dimension: int) -> list[str]:
    """Ids as a list, once they fit the vectors.

    Raises
    ------
    DataError
        If there is not one vector of `dimension` finite numbers for each id, or one id twice.
    """
    if vectors.shape != (len(ids), dimension):
        raise DataError(
            f"vectors have shape {vectors.shape}, expected ({len(ids)}, {dimension}): "
            "one row for each id"
        )
    names = once(ids)
    for start in range(0, len(vectors), _BLOCK):
        bad = ~np.isfinite(vectors[start : start + _BLOCK]).all(axis=1)
        if bad.any():
            name = names[start + int(np.argmax(bad))]
            raise DataError(f"the vector of {name!r} holds a number that is missing or infinite")
    return names


def once(ids: Sequence[str]) -> list[str]:
    """Ids as a list.

    Raises
    ------
    DataError
        If one is given more than once.
    """
    names = [str(name) for name in ids]
    if len(set(names)) < len(names):
        twice = [name for name, times in Counter(names).items() if times > 1]
        refuse(twice, "given more than once")
    return names


def refuse(names: list[str], why: str) -> None:
    """Raise a DataError that names the first few of these ids, if there are any."""
    if names:
        more = f" (and {len(names) - 3:,} more)" if len(names) > 3 else ""
        raise DataError(f"account ids {', '.join(map(repr, names[:3]))}{more}: {why}")


def checked_directions(directions: FloatArray32, dimension: int) -> FloatArray32:
    """Directions as contiguous float32, shape (m, dimension).

    Raises
    ------
    DataError
        If the shape is another, or a number is missing or infinite.
    """
    directions = np.ascontiguousarray(directions, dtype=np.float32)
    if directions.ndim != 2 or directions.shape[1] != dimension:
        raise DataError(f"directions have shape {directions.shape}, expected (m, {dimension})")
    if not np.isfinite(directions).all():
        raise DataError("a direction holds a number that is missing or infinite")
    return directions
