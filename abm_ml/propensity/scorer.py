"""The fitted part of a propensity model: from columns to margins, probabilities and parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.data.determinism import one_blas_thread
from abm_ml.propensity.applicability import Coverage, column_use
from abm_ml.propensity.bands import ScoreBands
from abm_ml.propensity.calibration import MOST_LOGIT, Calibrator
from abm_ml.propensity.candidates import Linear, Trees, blended
from abm_ml.propensity.encoder import Encoder
from abm_ml.propensity.fitting import Lesson
from abm_ml.propensity.plans import Choice, Settings
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.search import Search
from abm_ml.propensity.shrinkage import Shrinkage


@dataclass(frozen=True)
class Scores:
    """What a scorer says of rows; all arrays have shape (n_rows,).

    Parameters
    ----------
    margin : array
        Log-odds before calibration.
    calibrated : array
        Log-odds after it, before shrinkage.
    shift : array
        What shrinkage adds to them.
    applicability : array
        How well the training rows cover the row, in [0, 1].
    """

    margin: FloatArray
    calibrated: FloatArray
    shift: FloatArray
    applicability: FloatArray

    @property
    def logits(self) -> FloatArray:
        """Log-odds of the probability."""
        return np.clip(self.calibrated + self.shift, -MOST_LOGIT, MOST_LOGIT)


@dataclass(frozen=True)
class Scorer:
    """Encoder, chosen models, calibration, shrinkage and bands.

    Parameters
    ----------
    encoder : Encoder
        Columns to design columns.
    choice : Choice
        What was chosen.
    linear, trees : Linear or None, Trees or None
        The fitted models; the margin is their mean.
    calibrator : Calibrator
        Margin to log-odds.
    coverage : Coverage
        How well the training rows cover a row.
    shrinkage : Shrinkage
        Where rows that they hardly cover are drawn.
    bands : ScoreBands
        How sure mean win rates are.
    base_rate : float
        Share of the second class in the training rows.
    """

    encoder: Encoder
    choice: Choice
    linear: Linear | None
    trees: Trees | None
    calibrator: Calibrator
    coverage: Coverage
    shrinkage: Shrinkage
    bands: ScoreBands
    base_rate: float

    def margin(self, frame: pd.DataFrame) -> FloatArray:
        """Log-odds before calibration, shape (n_rows,)."""
        return self.score(frame).margin

    def score(self, frame: pd.DataFrame) -> Scores:
        """All that is said of rows, each encoded once; of no rows, nothing."""
        if not len(frame):
            return Scores(*np.zeros((4, 0)))
        design = self.encoder.encode(frame)
        margin = blended(
            self.choice,
            None if self.linear is None else self.linear.margin(design.linear),
            None if self.trees is None else self.trees.margin(design.trees),
        )
        calibrated = self.calibrator.logit(margin)
        free = design.trees[:, self.encoder.free_columns]
        applicability = self.coverage.share(free)
        shift = self.shrinkage.shift(calibrated, applicability, free)
        return Scores(margin, calibrated, shift, applicability)

    def contributions(self, frame: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        """The margin's base, and what each table column adds to it in each row.

        Returns
        -------
        base : float
            Margin of nobody in particular.
        parts : DataFrame, shape (n_rows, n_used_columns)
            Base and a row's parts sum to its margin.
        """
        columns = self.encoder.columns
        if not len(frame):
            return 0.0, pd.DataFrame(columns=pd.Index(columns, dtype=object), dtype=np.float64)
        design = self.encoder.encode(frame)
        models: list[tuple[float, FloatArray]] = []
        if self.linear is not None:
            parts = self.linear.contributions(design.linear)
            owners = self.encoder.linear_owners
            models.append((self.linear.base, _by_owner(parts, owners, len(columns))))
        if self.trees is not None:
            shap = self.trees.contributions(design.trees)
            owners = self.encoder.tree_owners
            models.append((float(shap[0, -1]), _by_owner(shap[:, :-1], owners, len(columns))))
        weights = [w for w in self.choice.weights if w]
        base = sum(w * base for w, (base, _) in zip(weights, models, strict=True))
        mean = np.sum([w * parts for w, (_, parts) in zip(weights, models, strict=True)], axis=0)
        return float(base), pd.DataFrame(mean, columns=pd.Index(columns, dtype=object))

    def state(self) -> dict[str, Any]:
        """Plain values, arrays and LightGBM's text, enough to rebuild it."""
        linear = self.linear and {
            "coefficients": self.linear.coefficients,
            "mean": self.linear.mean,
            "base": self.linear.base,
        }
        trees = self.trees and {
            "text": self.trees.booster.model_to_string(num_iteration=self.trees.n_trees),
            "n_trees": self.trees.n_trees,
        }
        return {
            "encoder": self.encoder.state(),
            "choice": self.choice.state(),
            "linear": linear,
            "trees": trees,
            "calibrator": self.calibrator.state(),
            "coverage": self.coverage.state(),
            "shrinkage": self.shrinkage.state(),
            "bands": self.bands.state(),
            "base_rate": self.base_rate,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Scorer:
        """The scorer that `state` was taken from."""
        trees = state["trees"]
        booster = trees and lightgbm.Booster(model_str=trees["text"])
        return cls(
            encoder=Encoder.from_state(state["encoder"]),
            choice=Choice.from_state(state["choice"]),
            linear=Linear(**state["linear"]) if state["linear"] else None,
            trees=Trees(booster, trees["n_trees"]) if trees else None,
            calibrator=Calibrator(**state["calibrator"]),
            coverage=Coverage.from_state(state["coverage"]),
            shrinkage=Shrinkage.from_state(state["shrinkage"]),
            bands=ScoreBands(**state["bands"]),
            base_rate=state["base_rate"],
        )


def _by_owner(parts: FloatArray, owners: IntArray, n_columns: int) -> FloatArray:
    """Parts of design columns summed by the table column that owns them."""
    total = np.zeros((len(parts), n_columns))
    for i, owner in enumerate(owners):
        total[:, owner] += parts[:, i]
    return total


@one_blas_thread
def train_scorer(
    rows: TrainingRows, found: Search | None, settings: Settings, taught: IntArray | None = None
) -> Scorer:
    """Choose, calibrate and learn to shrink on unseen rows, then fit the choice.

    A back-test calls this with what each window could know, so that what it judges is what is
    put to use.

    Parameters
    ----------
    rows : TrainingRows
        What to learn from.
    found : Search or None
        Margins of unseen rows, of which those among `taught` count; None where rows were too few
        to hold any back: the default is fitted and its probabilities are taken as they are.
    settings : Settings
        What was tried.
    taught : array of int, optional
        Rows that teach, rising; without it, all.
    """
    taught = np.arange(len(rows)) if taught is None else taught
    y, weight, alike = rows.y[taught], rows.weight[taught], rows.alike[taught]
    choice, calibrator, folds = settings.default, Calibrator(), None
    unseen, logits = np.arange(len(taught)), None
    if found is not None:
        unseen = np.flatnonzero(found.tested[taught])
        choice = found.choose(rows.y, rows.weight, taught[unseen])
        margin = found.margin(choice, taught[unseen])
        folds = found.fold_of[taught[unseen]]
        calibrator = Calibrator.fit(margin, y[unseen], weight[unseen], folds)
        logits = calibrator.logit(margin)
    rated = rows.alike if choice.rates else None
    lesson = Lesson.of(rows.frame, rows.y, rows.weight, rows.time, taught, settings, rated)
    encoder, design = lesson.encoder, lesson.design
    linear, trees = lesson.fit(choice)
    if logits is None:
        logits = lesson.margin(choice, design)
    use = column_use(encoder, linear, trees, design)
    free, categories = design.trees[:, encoder.free_columns], encoder.free_categories
    coverage, share = Coverage.fit(free, categories, use, alike)
    shrinkage = Shrinkage.fit(
        logits, y[unseen], share[unseen], free[unseen], categories, alike[unseen], weight[unseen]
    )
    bands = ScoreBands.fit(
        logits + shrinkage.shift(logits, share[unseen], free[unseen]),
        y[unseen],
        weight=weight[unseen],
        clusters=alike[unseen],
        folds=folds,
        line=calibrator.knots is None,
    )
    return Scorer(
        encoder=encoder,
        choice=choice,
        linear=linear,
        trees=trees,
        calibrator=calibrator,
        coverage=coverage,
        shrinkage=shrinkage,
        bands=bands,
        base_rate=float(np.average(y, weights=weight)),
    )
