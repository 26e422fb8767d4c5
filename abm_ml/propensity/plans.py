"""What may be tried: plans of single models, the choice made among them, and how plans are drawn.

Optuna draws the plans before any row is looked at (a scrambled Sobol sequence, Sobol 1967,
Owen 1995), so that a back-test can replay the choice in each window from one search: were
trials steered by what later windows showed, no earlier window could honestly be judged.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

TREE_STEPS = (10, 25, 50, 100, 200, 400, 800)
"""Numbers of trees that are compared, up to the largest allowed."""

POWERS = (0.5, 1.0)
"""How far linear columns are brought to one scale: by the root of their spread, or wholly."""

ROWS_A_LEAF = 100
"""Rows that each leaf of a size worth trying needs, over all rows."""

MOST_LINEAR_ROWS = 500_000
"""Rows times logistic regressions that are tried, about."""

FEWEST_LINEAR = 8
"""Logistic regressions that are tried on however many rows, if trials allow."""

MOST_TREE_ROWS = 300_000
"""Rows times kinds of trees that are tried, about."""

FEWEST_TREES = 6
"""Kinds of trees that are tried on however many rows, if trials allow."""

ROWS_REMEMBERED = 300
"""Rows that a half-life must leave, about: few rows cannot afford to forget."""


@dataclass(frozen=True)
class LinearPlan:
    """A regularised logistic regression.

    Parameters
    ----------
    c : float
        Inverse strength of the penalty; smaller is stronger.
    power : float
        Columns are divided by their spread to this power: 0 leaves them as they are, 1 makes
        them equally wide, so that a rare level weighs as much as a frequent one.
    half_life : float or None
        Age at which a row counts half, as a share of the history; None: all rows count alike.
    rates : bool
        Whether the winning rates of levels count (`abm_ml.propensity.rates`).
    """

    c: float
    power: float = 1.0
    half_life: float | None = None
    rates: bool = False

    def words(self) -> str:
        """Short description for reports."""
        more = _recency(self.half_life) + _rates(self.rates)
        return f"logistic regression (C = {self.c:.2g}{more})"


@dataclass(frozen=True)
class TreePlan:
    """LightGBM of one size.

    Parameters
    ----------
    leaves : int
        Leaves of a tree, at most.
    trees : int
        Number of trees.
    extra : bool
        Whether split points are drawn at random (extremely randomised trees, Geurts 2006):
        smoother, better where effects are gradual, worse where there are sharp edges.
    half_life : float or None
        As in `LinearPlan`.
    rates : bool
        As in `LinearPlan`.
    """

    leaves: int
    trees: int
    extra: bool = False
    half_life: float | None = None
    rates: bool = False

    def words(self) -> str:
        """Short description for reports."""
        kind = "LightGBM, random splits" if self.extra else "LightGBM"
        size = f"{self.leaves} leaves, {self.trees} trees"
        return f"{kind} ({size}{_recency(self.half_life)}{_rates(self.rates)})"


def _recency(half_life: float | None) -> str:
    return "" if half_life is None else f", half-life {half_life:g} of the history"


def _rates(rates: bool) -> str:
    return ", rates of levels" if rates else ""


@dataclass(frozen=True)
class Choice:
    """One candidate: a linear plan, a tree plan, or both and the trees' share in the margin."""

    linear: LinearPlan | None = None
    trees: TreePlan | None = None
    share: float = 0.5

    @property
    def family(self) -> str:
        """`logistic`, `lightgbm` or `blend`."""
        if self.trees is None:
            return "logistic"
        return "lightgbm" if self.linear is None else "blend"

    @property
    def weights(self) -> tuple[float, float]:
        """Of the linear model and of the trees in the margin; they sum to 1."""
        if self.family == "blend":
            return 1 - self.share, self.share
        return (1.0, 0.0) if self.trees is None else (0.0, 1.0)

    @property
    def rates(self) -> bool:
        """Whether winning rates of levels count in any of its models."""
        return any(plan is not None and plan.rates for plan in (self.linear, self.trees))

    def words(self) -> str:
        """Short description for reports."""
        both = zip(self.weights, (self.linear, self.trees), strict=True)
        if self.family == "blend":
            return " + ".join(f"{w:.0%} {plan.words()}" for w, plan in both if plan)
        return "".join(plan.words() for _, plan in both if plan)

    def state(self) -> dict[str, Any]:
        """Plain values, enough to rebuild it."""
        return {
            "linear": self.linear and vars(self.linear).copy(),
            "trees": self.trees and vars(self.trees).copy(),
            "share": self.share,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Choice:
        """The choice that `state` was taken from."""
        linear, trees = state["linear"], state["trees"]
        return cls(
            LinearPlan(**linear) if linear else None,
            TreePlan(**trees) if trees else None,
            state["share"],
        )


@dataclass(frozen=True)
class Settings:
    """What is tried, and how it is fitted; the estimator's own arguments in one piece."""

    trials: int = 24
    regularisation: tuple[float, ...] = (0.0003, 1.0)
    num_leaves: tuple[int, ...] = (4, 7, 15, 31, 63)
    half_lives: tuple[float | None, ...] = (None, 1.0, 0.5, 0.25, 0.125)
    max_trees: int = 400
    learning_rate: float = 0.05
    max_levels: int = 40
    text_components: int = 8
    n_jobs: int = 1
    seed: int = 0
    monotone: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.regularisation and not self.num_leaves:
            raise ValueError("regularisation and num_leaves are both empty: nothing to try")

    @property
    def default(self) -> Choice:
        """What is fitted where there is nothing to choose on: a cautious model."""
        if self.regularisation:
            low, high = min(self.regularisation), max(self.regularisation)
            return Choice(LinearPlan(float(np.clip(0.01, low, high))))
        return Choice(trees=TreePlan(self.num_leaves[0], self.steps(self.max_trees)[0]))

    def sizes(self, n_rows: int) -> tuple[int, ...]:
        """Leaves worth trying with so many rows: small data cannot fill big trees."""
        return tuple(n for n in self.num_leaves if n <= n_rows / ROWS_A_LEAF) or self.num_leaves[:1]

    def remembered(self, n_rows: int) -> tuple[float | None, ...]:
        """Half-lives worth trying with so many rows."""
        return tuple(
            life for life in self.half_lives if life is None or life * n_rows >= ROWS_REMEMBERED
        ) or (None,)

    def steps(self, most: int) -> tuple[int, ...]:
        """Numbers of trees to compare, at most `most`."""
        return tuple(step for step in TREE_STEPS if step <= most) or (most,)


@dataclass(frozen=True)
class TreeTrial:
    """Trees of one kind, of which every number in `Settings.steps` is compared."""

    leaves: int
    extra: bool
    half_life: float | None
    rates: bool = False

    def of(self, trees: int) -> TreePlan:
        """The plan with so many trees."""
        return TreePlan(self.leaves, trees, self.extra, self.half_life, self.rates)


def draw_linear(
    settings: Settings, half_lives: Sequence[float | None], n_rows: int, rates: bool = False
) -> list[LinearPlan]:
    """Logistic regressions to try, the default first; half of them with rates, if there are.

    On many rows they cost more and differ less, so fewer are tried.
    """
    if not settings.regularisation:
        return []
    low, high = min(settings.regularisation), max(settings.regularisation)
    first = settings.default.linear
    n_trials = min(settings.trials, max(FEWEST_LINEAR, MOST_LINEAR_ROWS // n_rows))
    plans = [
        LinearPlan(
            float(_between(u, low, high)), _pick(v, POWERS), _pick(w, half_lives), *_rated(more)
        )
        for u, v, w, *more in _drawn(n_trials - 1, 3 + rates, settings.seed)
    ]
    return list(dict.fromkeys([*([first] if first else []), *plans]))


def draw_trees(
    settings: Settings,
    half_lives: Sequence[float | None],
    sizes: Sequence[int],
    n_rows: int,
    rates: bool = False,
) -> list[TreeTrial]:
    """Kinds of trees to try: half as many as logistic regressions, fewer where rows are many.

    Trees cost more, and on many rows they differ less from each other.
    """
    if not sizes:
        return []
    first = TreeTrial(sizes[len(sizes) // 2], False, None)
    n_trials = min(settings.trials // 2, max(FEWEST_TREES, MOST_TREE_ROWS // n_rows))
    trials = [
        TreeTrial(_pick(u, sizes), _pick(v, (True, False)), _pick(w, half_lives), *_rated(more))
        for u, v, w, *more in _drawn(n_trials - 1, 3 + rates, settings.seed + 1)
    ]
    return list(dict.fromkeys([first, *trials]))


def _between(u: float, low: float, high: float) -> float:
    """Evenly spread on a log scale, to two digits."""
    return float(f"{low * (high / low) ** u:.2g}")


def _pick(u: float, values: Sequence[Any]) -> Any:
    return values[min(int(u * len(values)), len(values) - 1)]


def _rated(more: Sequence[float]) -> list[bool]:
    """Whether rates count, where that is drawn too."""
    return [bool(u < 0.5) for u in more]


def _drawn(n: int, n_dims: int, seed: int) -> np.ndarray:
    """Points that fill the unit cube evenly, shape (n, n_dims); drawn by Optuna."""
    if n <= 0:
        return np.zeros((0, n_dims))
    # A second to load, and only a search needs it.
    import optuna

    unit = optuna.distributions.FloatDistribution(0.0, 1.0)
    space: dict[str, optuna.distributions.BaseDistribution] = {f"x{i}": unit for i in range(n_dims)}
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.QMCSampler(seed=seed, scramble=True)
        study = optuna.create_study(sampler=sampler)
        trials = [study.ask(space) for _ in range(n)]
    return np.array([[trial.params[name] for name in space] for trial in trials])
