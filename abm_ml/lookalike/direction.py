"""The direction along which seeds differ from the universe: one vector that an index can search.

A logistic regression of the seeds against background accounts, on the embedding; how strongly it
is held back, and how far common axes are damped, makes the recipes that held-out seeds choose
among. The mean of the seeds is the limit of the strongest holding back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

FloatArray = npt.NDArray[np.float64]

BACKGROUND = 3_000
"""Accounts of the universe that seeds are told from."""

LOSS_ROWS = 5_000
"""The holding back is stated for this many rows in the loss, whatever their real number."""


@dataclass(frozen=True)
class Recipe:
    """How a direction is learned.

    Parameters
    ----------
    strength : float
        Inverse strength of the penalty (C of a logistic regression on 5,000 rows); 0: the mean
        of the seeds less that of the universe.
    damping : float
        Power of each axis's variance by which its scale is divided.
    """

    strength: float
    damping: float


RECIPES = (Recipe(0.0, 0.0), Recipe(0.03, 0.0), Recipe(0.03, 0.4))
"""Those that are tried; measured on half of the lists of `benchmarks/lookalike.py`: the mean is
best for buyers' portfolios, the damped one for industries, the one between for tags."""


def learn_direction(
    seeds: FloatArray,
    background: FloatArray,
    recipe: Recipe,
    *,
    variance: FloatArray,
    seed_weights: FloatArray | None = None,
    background_weights: FloatArray | None = None,
) -> FloatArray:
    """The direction of one recipe, scaled so that the background's scores have unit spread.

    Parameters
    ----------
    seeds : array, shape (n_seeds, d)
        Vectors of what is wanted.
    background : array, shape (n_background, d)
        Vectors of random accounts, and of those that are not wanted.
    recipe : Recipe
        How it is learned.
    variance : array, shape (d,)
        Variance of the universe along each axis.
    seed_weights, background_weights : arrays, optional
        Relative weights of rows; both sides weigh the same in the end.
    """
    up = _shares(seed_weights, len(seeds))
    down = _shares(background_weights, len(background))
    if recipe.strength == 0 or not len(background):
        direction = up @ seeds - down @ background
    else:
        scale = np.maximum(variance, 1e-3 * variance.max()) ** (-recipe.damping / 2)
        scale /= np.sqrt((variance * scale**2).sum())
        rows = np.vstack([seeds, background]) * scale
        wanted = np.repeat([1, 0], [len(seeds), len(background)])
        weights = LOSS_ROWS / 2 * np.concatenate([up, down])
        model = LogisticRegression(C=recipe.strength, max_iter=200, tol=1e-3)
        direction = model.fit(rows, wanted, sample_weight=weights).coef_[0] * scale
    spread = float(np.sqrt(down @ (background @ direction - down @ background @ direction) ** 2))
    return np.asarray(direction / (spread or 1.0))


def mixed(directions: FloatArray, shares: FloatArray) -> FloatArray:
    """Directions of unit spread as one: their weighted sum."""
    return np.asarray(shares @ directions)


def _shares(weights: FloatArray | None, count: int) -> FloatArray:
    given = np.ones(count) if weights is None else weights
    return np.asarray(given / given.sum())
