"""The fitted part of a propensity model: from columns to margins, probabilities and parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

from abm_ml.propensity.calibration import Calibrator, ScoreBands
from abm_ml.propensity.candidates import Choice, Linear, Settings, Trees, mean_margin
from abm_ml.propensity.columns import FloatArray, IntArray
from abm_ml.propensity.determinism import one_blas_thread
from abm_ml.propensity.encoder import Encoder
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.search import Search, encode_train, fit_choice


@dataclass(frozen=True)
class Scorer:
    """Encoder, chosen models, calibration and bands.

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
    bands: ScoreBands
    base_rate: float

    def margin(self, frame: pd.DataFrame) -> FloatArray:
        """Log-odds before calibration, shape (n_rows,)."""
        return mean_margin(self.linear, self.trees, self.encoder.encode(frame))

    def contributions(self, frame: pd.DataFrame) -> tuple[float, pd.DataFrame]:
        """The margin's base, and what each table column adds to it in each row.

        Returns
        -------
        base : float
            Margin of nobody in particular.
        parts : DataFrame, shape (n_rows, n_used_columns)
            Base and a row's parts sum to its margin.
        """
        design = self.encoder.encode(frame)
        columns = self.encoder.columns
        models: list[tuple[float, FloatArray]] = []
        if self.linear is not None:
            parts = self.linear.contributions(design.linear)
            owners = self.encoder.linear_owners
            models.append((self.linear.base, _by_owner(parts, owners, len(columns))))
        if self.trees is not None:
            shap = self.trees.contributions(design.trees)
            owners = self.encoder.tree_owners
            models.append((float(shap[0, -1]), _by_owner(shap[:, :-1], owners, len(columns))))
        base = sum(base for base, _ in models) / len(models)
        mean = np.sum([parts for _, parts in models], axis=0) / len(models)
        return base, pd.DataFrame(mean, columns=pd.Index(columns, dtype=object))

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
        choice = {"c": self.choice.c, "leaves": self.choice.leaves, "trees": self.choice.trees}
        return {
            "encoder": self.encoder.state(),
            "choice": choice,
            "linear": linear,
            "trees": trees,
            "calibrator": self.calibrator.state(),
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
            choice=Choice(**state["choice"]),
            linear=Linear(**state["linear"]) if state["linear"] else None,
            trees=Trees(booster, trees["n_trees"]) if trees else None,
            calibrator=Calibrator(**state["calibrator"]),
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
def train_scorer(rows: TrainingRows, found: Search | None, settings: Settings) -> Scorer:
    """Choose and calibrate on unseen rows, then fit the choice on every row.

    Parameters
    ----------
    rows : TrainingRows
        What to learn from.
    found : Search or None
        Margins of unseen rows; None where rows were too few to hold any back: a plain
        logistic regression is fitted and its probabilities are taken as they are.
    settings : Settings
        What was tried.
    """
    unseen = np.flatnonzero(found.tested) if found is not None else np.zeros(0, dtype=np.int64)
    choice, calibrator, logits = settings.default, Calibrator(), np.zeros(0)
    if found is not None:
        choice = found.choose(rows.y, rows.weight, unseen)
        margin = found.margin(choice, unseen)
        calibrator = Calibrator.fit(margin, rows.y[unseen], rows.weight[unseen])
        logits = calibrator.logit(margin)
    encoder, design = encode_train(rows.frame, settings)
    linear, trees = fit_choice(design, rows.y, rows.weight, encoder, choice, settings)
    if not len(logits):
        unseen = np.arange(len(rows))
        logits = mean_margin(linear, trees, design)
    return Scorer(
        encoder=encoder,
        choice=choice,
        linear=linear,
        trees=trees,
        calibrator=calibrator,
        bands=ScoreBands.fit(logits, rows.y[unseen]),
        base_rate=float(np.average(rows.y, weights=rows.weight)),
    )
