"""Accounts as float32 vectors, learned from any table of them, without a download.

Blocks of coordinates (`blocks.py`) are weighted and turned to their principal axes; the axes
along which companies differ most are damped, so that a rare trait can be told from a common one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.errors import DataError, ParamsError
from abm_ml.lookalike.blocks import Block, FloatArray, NumberBlock, TermBlock, fit_block
from abm_ml.lookalike.columns import PLACES, BlockPlan, check_names, plan_blocks

FloatArray32 = npt.NDArray[np.float32]

ENERGY: Mapping[str, float] = {
    "tags": 1.0, "place": 0.25, "category": 0.4, "text": 0.3, "name": 0.1, "domain": 0.03,
    "number": 0.15,
}  # fmt: skip
"""Share of the squared length that a block of each kind brings, before any are learned."""

MOST_AXES = 256
"""Coordinates of a vector, at most."""

DAMPING = 0.3
"""Power of an axis's variance by which its coordinates are divided (1 would be whitening)."""

SAMPLE = 50_000
"""Accounts that blocks and axes are learned from, at most."""

BATCH = 50_000


class Embedding:
    """How an account becomes a vector.

    Parameters
    ----------
    blocks : list of Block
        Columns as coordinates.
    weights : mapping of str to float
        What each block's coordinates are multiplied by, by its name.
    axes : array, shape (n_coordinates, n_axes)
        Principal axes, damped: coordinates times axes is the vector.
    """

    def __init__(self, blocks: list[Block], weights: Mapping[str, float], axes: FloatArray) -> None:
        self.blocks = blocks
        self.weights = dict(weights)
        self.axes = axes

    @classmethod
    def fit(
        cls,
        accounts: pd.DataFrame,
        *,
        columns: Collection[str] | None = None,
        weights: Mapping[str, float] | None = None,
        seed: int = 0,
    ) -> Self:
        """Learn the embedding of a universe.

        Parameters
        ----------
        accounts : DataFrame
            One row an account with `account_id`; a sample is taken by account_id.
        columns : collection of str, optional
            Columns that may be used; None: all that say what a company is.
        weights : mapping of str to float, optional
            Weight of a block relative to its default of 1, by its name.
        seed : int
            Of the sample and of the SVD.

        Raises
        ------
        DataError
            If no column says anything that two accounts share.
        ParamsError
            If a column is unknown, or a weight is negative or no number, or all are 0.
        """
        if columns is not None:
            check_names("columns", columns, accounts.columns)
        parts = [name for name in accounts.columns if name not in PLACES]
        check_names("weights", weights or (), [*parts, "place"])
        for name, weight in (weights or {}).items():
            if not (np.isfinite(weight) and weight >= 0):
                raise ParamsError(f"weights: {name} must be at least 0. Supplied value {weight}")
        sample = sample_of(accounts, SAMPLE, seed)
        fitted = [fit_block(plan, sample, seed) for plan in plan_blocks(sample, columns)]
        blocks = [block for block in fitted if block is not None]
        if not blocks:
            raise DataError(
                "accounts: no column says anything that two of them share; found "
                f"{', '.join(map(str, accounts.columns))}"
            )
        factors = {
            block.plan.name: ENERGY[block.plan.kind] ** 0.5
            * (weights or {}).get(block.plan.name, 1.0)
            for block in blocks
        }
        if not any(factors.values()):
            raise ParamsError(f"weights: {', '.join(factors)} all weigh 0; let one of them count")
        raw = cls(blocks, factors, np.eye(sum(block.width for block in blocks)))
        return cls(blocks, factors, damped_axes(raw._coordinates(sample)))

    @property
    def dimension(self) -> int:
        """Coordinates of a vector."""
        return int(self.axes.shape[1])

    @property
    def version(self) -> str:
        """Twelve hex digits that change when any vector would."""
        digest = hashlib.sha256(np.ascontiguousarray(self.axes.astype(np.float32)).tobytes())
        for block in self.blocks:
            for name, value in sorted(block.state().items()):
                array = isinstance(value, np.ndarray)
                with np.errstate(over="ignore"):
                    text = (
                        value.astype(np.float32).tobytes() if array else json.dumps(value).encode()
                    )
                digest.update(name.encode() + text)
        return digest.hexdigest()[:12]

    def transform(self, accounts: pd.DataFrame) -> FloatArray32:
        """Vectors of accounts, new or known, shape (n_accounts, dimension).

        Raises
        ------
        DataError
            If a column that the embedding reads is missing.
        """
        missing = [name for name in self.columns if name not in accounts.columns]
        if missing:
            raise DataError(
                f"accounts: column {missing[0]!r} is missing, which the index was built with; "
                "give it (empty cells are fine)"
            )
        out = np.empty((len(accounts), self.dimension), dtype=np.float32)
        for start in range(0, len(accounts), BATCH):
            rows = slice(start, start + BATCH)
            out[rows] = self._coordinates(accounts.iloc[rows]) @ self.axes
        return out

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of accounts that are read."""
        return tuple(name for block in self.blocks for name in block.plan.columns)

    def _coordinates(self, accounts: pd.DataFrame) -> FloatArray:
        frame = accounts.reset_index(drop=True)
        parts = [block.transform(frame) * self.weights[block.plan.name] for block in self.blocks]
        return np.hstack(parts)

    def state(self) -> dict[str, Any]:
        """Plain values and arrays, enough to rebuild it."""
        return {
            "blocks": [
                {
                    "name": block.plan.name,
                    "columns": list(block.plan.columns),
                    "kind": block.plan.kind,
                    **block.state(),
                }
                for block in self.blocks
            ],
            "weights": self.weights,
            "axes": self.axes,
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """The embedding that `state` was taken from."""
        blocks: list[Block] = []
        for one in state["blocks"]:
            plan = BlockPlan(one["name"], tuple(one["columns"]), one["kind"])
            kind = NumberBlock if plan.kind == "number" else TermBlock
            blocks.append(kind.from_state(plan, one))
        return cls(blocks, state["weights"], state["axes"])


def damped_axes(coordinates: FloatArray) -> FloatArray:
    """Principal axes of centred coordinates, each divided by a power of its variance.

    Signs are fixed by each axis's largest entry, so that the same data give the same vectors;
    the mean square length of a vector is 1.
    """
    variance, axes = np.linalg.eigh(coordinates.T @ coordinates / len(coordinates))
    best = np.argsort(-variance, kind="stable")[:MOST_AXES]
    best = best[variance[best] > 1e-6 * variance[best[0]]]
    variance, axes = variance[best], axes[:, best]
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.sign(axes[largest, np.arange(axes.shape[1])])
    scale = variance ** (-DAMPING / 2)
    damped: FloatArray = axes * scale / np.sqrt((variance * scale**2).sum())
    return damped


def sample_of(accounts: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """At most so many accounts, chosen by a hash of their ids: row order does not matter."""
    if len(accounts) <= most:
        return accounts.sort_values("account_id") if "account_id" in accounts else accounts
    hashed = pd.util.hash_array(
        accounts["account_id"].astype(str).to_numpy(dtype=object), hash_key=f"{seed:016d}"
    )
    chosen = np.argpartition(hashed, most)[:most]
    return accounts.iloc[chosen].sort_values("account_id")
