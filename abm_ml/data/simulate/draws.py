"""Random numbers that belong to a thing, not to a moment.

Every draw is a hash of the seed, a stream's name and integer keys (account 7, its event 3). So
account 7 is the same account whatever the size of the world, the size of a chunk, or the order
in which chunks are made; and a second life of the same account (had the campaign not touched
it) meets the same luck.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Key = Ints | int

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), in place."""
    state ^= state >> np.uint64(30)
    state *= _MIX_1
    state ^= state >> np.uint64(27)
    state *= _MIX_2
    state ^= state >> np.uint64(31)
    return state


class Draws:
    """Random numbers by name and key.

    Parameters
    ----------
    seed : int
        The same seed gives the same numbers, on every machine.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def uniform(self, stream: str, *keys: Key) -> Floats:
        """Numbers strictly between 0 and 1, one for each (broadcast) combination of keys."""
        state = np.atleast_1d(self._start(stream))
        for key in keys:
            words = np.atleast_1d(np.asarray(key, dtype=np.int64)).astype(np.uint64)
            state = _mix((state ^ words * _MIX_2) + _GOLDEN)
        numbers: Floats = ((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
        return numbers

    def normal(self, stream: str, *keys: Key) -> Floats:
        """Standard normal numbers."""
        numbers: Floats = ndtri(self.uniform(stream, *keys))
        return numbers

    def happens(self, probability: Floats | float, stream: str, *keys: Key) -> Bools:
        """Whether an event of this probability happens."""
        yes: Bools = self.uniform(stream, *keys) < probability
        return yes

    def below(self, count: Ints | int, stream: str, *keys: Key) -> Ints:
        """Whole numbers from 0 to count - 1 (0 where count is 0)."""
        whole: Ints = (self.uniform(stream, *keys) * count).astype(np.int64)
        return whole

    def choice(self, weights: Sequence[float] | Floats, stream: str, *keys: Key) -> Ints:
        """Positions drawn in proportion to weights, shape (n,) or a row of weights a key."""
        cumulated = np.cumsum(np.asarray(weights, dtype=np.float64), axis=-1)
        numbers = self.uniform(stream, *keys)
        if cumulated.ndim == 1:
            picked: Ints = np.searchsorted(cumulated / cumulated[-1], numbers).astype(np.int64)
            return picked
        below = numbers[:, None] > cumulated / cumulated[:, -1:]
        counted: Ints = below.sum(axis=1).astype(np.int64)
        return counted

    def poisson(self, mean: Floats | float, stream: str, *keys: Key) -> Ints:
        """Poisson numbers by inversion; means up to a few hundred."""
        numbers, means = np.broadcast_arrays(
            self.uniform(stream, *keys), np.asarray(mean, dtype=np.float64)
        )
        counts = np.zeros(numbers.shape, dtype=np.int64)
        mass = np.exp(-means)
        cumulated = mass.copy()
        for k in range(1, 1_000):
            beyond = numbers > cumulated
            if not beyond.any():
                break
            counts += beyond
            mass = mass * means / k
            cumulated += np.maximum(mass, 1e-18)
        return counts

    def _start(self, stream: str) -> np.uint64:
        digest = hashlib.blake2b(f"{self._seed}/{stream}".encode(), digest_size=8).digest()
        return np.uint64(int.from_bytes(digest, "little"))


def spread(counts: Ints) -> tuple[Ints, Ints]:
    """Owner and running number of each of the things that owners have `counts` of.

    >>> spread(np.array([2, 0, 1]))
    (array([0, 0, 2]), array([0, 1, 0]))
    """
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - first[owner]
