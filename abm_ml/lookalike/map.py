"""A flat picture of an expansion: seeds and results among a sample of the universe."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from abm_ml.lookalike.expansion import Expansion
from abm_ml.lookalike.index import LookalikeIndex

FloatArray = npt.NDArray[np.float64]

GROUPS = ("universe", "result", "seed")
"""In the order of drawing."""


def map_points(
    index: LookalikeIndex, seeds: list[str], expansion: Expansion, most: int = 2_000
) -> pd.DataFrame:
    """Places of seeds, results and a sample of the universe on a plane.

    To the right lies what is like the seeds: the axis from the universe's mean to that of seeds
    and results. Upwards lies what tells these apart most: the first principal axis of seeds and
    results, across the first. Distances are those of the vectors as far as a plane can show them.

    Parameters
    ----------
    index : LookalikeIndex
        The universe.
    seeds : list of str
        Ids of the seeds.
    expansion : Expansion
        What was found.
    most : int
        Points at most: a quarter seeds, a quarter results (the first), the rest universe.

    Returns
    -------
    DataFrame
        account_id, group (universe, result or seed), x, y; the universe first. The same for the
        same index, seeds and results.
    """
    chosen = sorted(set(seeds))[: most // 4]
    results = expansion.accounts["account_id"].tolist()[: most // 4]
    named = set(chosen) | set(results)
    others = [one for one in index.sample(most) if one not in named]
    ids = [*others[: most - len(chosen) - len(results)], *results, *chosen]
    group = np.repeat(GROUPS, [len(ids) - len(results) - len(chosen), len(results), len(chosen)])
    vectors = index.vectors(ids).astype(np.float64)
    places = plane(vectors, group != "universe")
    return pd.DataFrame({"account_id": ids, "group": group, "x": places[:, 0], "y": places[:, 1]})


def plane(vectors: FloatArray, near: npt.NDArray[np.bool_]) -> FloatArray:
    """Coordinates on the plane that tells some vectors from the rest, and from each other.

    Parameters
    ----------
    vectors : array, shape (n, d)
        Points.
    near : array of bool, shape (n,)
        Those that the plane is about; at least one.

    Returns
    -------
    array, shape (n, 2)
    """
    rest = vectors[~near] if (~near).any() else vectors
    centred = vectors - rest.mean(axis=0)
    right = _unit(centred[near].mean(axis=0))
    across = centred[near] - np.outer(centred[near] @ right, right)
    spread = across - across.mean(axis=0)
    _, _, axes = np.linalg.svd(spread, full_matrices=False)
    up = axes[0] - (axes[0] @ right) * right
    # The sign of an axis is a convention: its largest entry is positive.
    up = _unit(up) * (1 if up[np.abs(up).argmax()] >= 0 else -1)
    return np.column_stack([centred @ right, centred @ up])


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / (np.linalg.norm(vector) + 1e-12))
