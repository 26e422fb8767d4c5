"""What a replay of the past found, put together for the report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.calibration import variance_between
from abm_ml.propensity.metrics import Scores, auc_with_interval, with_intervals
from abm_ml.propensity.replay import Replay
from abm_ml.propensity.report import BacktestReport, lift_curve, moment
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.segments import segment_table
from abm_ml.propensity.verdict import judge

MOVES = 0.05
"""Chance that AUC is said to move from window to window where it does not."""


@dataclass(frozen=True)
class Findings:
    """Tested rows under every predictor; all arrays but `accounts` have shape (n_tested,).

    Parameters
    ----------
    rows : TrainingRows
        All rows.
    replay : Replay
        Predictions for the tested ones.
    rules : array of float, shape (n_rows,), or None
        Another score of all rows.
    accounts : array of int, shape (n_rows,), or None
        Account of each row.
    resamples, seed : int
        Of the bootstrap.
    """

    rows: TrainingRows
    replay: Replay
    rules: FloatArray | None
    accounts: IntArray | None
    resamples: int
    seed: int

    @cached_property
    def y(self) -> IntArray:
        """1 won, 0 lost."""
        return self.rows.y[self.replay.rows]

    @cached_property
    def weight(self) -> FloatArray:
        """Weights of the rows."""
        return self.rows.weight[self.replay.rows]

    @cached_property
    def clusters(self) -> IntArray:
        """Rows of one account (or else of one group) rise and fall together."""
        alike = self.rows.groups if self.accounts is None else self.accounts
        return alike[self.replay.rows]

    @cached_property
    def predictors(self) -> dict[str, Scores]:
        """The model, what needs no craft, and rules where there are any."""
        replay = self.replay
        found = {name: Scores(p, self.y, replay.fold) for name, p in replay.probabilities.items()}
        if self.rules is not None:
            rules = self.rules[replay.rows]
            found["rules"] = Scores(rules, self.y, replay.fold, probabilities=False)
        return found

    @property
    def model(self) -> Scores:
        """The model's probabilities."""
        return self.predictors["model"]

    @cached_property
    def unseen(self) -> npt.NDArray[np.bool_] | None:
        """Rows whose account had not taught the model that predicted them."""
        if self.accounts is None:
            return None
        return np.concatenate(
            [
                ~np.isin(self.accounts[fold.test], self.accounts[fold.train])
                for fold in self.replay.folds
            ]
        )

    def report(self, split: str, random: float | None, **facts: Any) -> BacktestReport:
        """The findings as plain values.

        Parameters
        ----------
        split : str
            How the rows were split.
        random : float or None
            AUC on a random split, where that is another.
        facts
            `leaks`, `columns`: as in `BacktestReport`.
        """
        auc = self.model.auc(self.weight)
        base = self.predictors["base_rate"]
        judgement = judge(self.model, base, self.weight, self.clusters, seed=self.seed)
        folds = self.folds()
        bootstrap = {"n": self.resamples, "seed": self.seed}
        return BacktestReport(
            verdict=judgement.verdict,
            why=judgement.why,
            split=split,
            metrics={
                name: with_intervals(one, self.weight, self.clusters, **bootstrap)
                for name, one in self.predictors.items()
            },
            folds=folds,
            stability=stability(folds),
            segments=segment_table(
                self.rows.frame.iloc[self.replay.rows].reset_index(drop=True),
                self.model,
                self.weight,
                self.clusters,
                self.unseen,
                **bootstrap,
            ),
            reliability=self.model.reliability(),
            lift=lift_curve(self.predictors, self.weight),
            random_split=None if random is None else {"auc": random, "difference": random - auc},
            unseen_accounts=self.unseen_accounts(),
            rows=counts(self.rows, self.y),
            **facts,
        )

    def folds(self) -> list[dict[str, Any]]:
        """One line for each tested window."""
        table = []
        for k, fold in enumerate(self.replay.folds):
            inside = self.replay.fold == k
            here, weight = self._part(inside), self.weight[inside]
            table.append(
                {
                    "start": moment(fold.start, self.rows.dates),
                    "end": moment(fold.end, self.rows.dates),
                    "train_rows": len(fold.train),
                    "test_rows": len(fold.test),
                    "won": int(here.y.sum()),
                    "choice": self.replay.choices[k].words(),
                    "calibration": self.replay.calibrations[k],
                    **self._auc(inside),
                    "log_loss": float(np.average(here.losses, weights=weight)),
                }
            )
        return table

    def unseen_accounts(self) -> dict[str, float] | None:
        """AUC on the tested rows whose account did not teach, with its interval."""
        if self.unseen is None:
            return None
        y = self.y[self.unseen]
        return {**self._auc(self.unseen), "rows": len(y), "won": int(y.sum())}

    def _part(self, inside: npt.NDArray[np.bool_]) -> Scores:
        return Scores(self.model.score[inside], self.y[inside], self.replay.fold[inside])

    def _auc(self, inside: npt.NDArray[np.bool_]) -> dict[str, float]:
        return auc_with_interval(
            self._part(inside), self.weight[inside], self.clusters[inside], n=self.resamples,
            seed=self.seed,
        )  # fmt: skip


def stability(folds: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Whether AUC moves from window to window by more than chance; None for a single window.

    Returns
    -------
    dict or None
        `least` and `most`: AUC of the worst and of the best window; `spread`: standard deviation
        of the windows' AUCs without what chance gives (DerSimonian and Laird 1986); `moves`:
        whether they differ beyond chance (Cochran's Q, 5 %).
    """
    known = [fold for fold in folds if fold["low"] < fold["high"]]
    if len(known) < 2:
        return None
    auc = np.array([fold["auc"] for fold in known])
    # A 95 % interval is as long as 2 x 1.96 standard errors.
    precision = np.array([(3.92 / (fold["high"] - fold["low"])) ** 2 for fold in known])
    q = precision @ (auc - np.average(auc, weights=precision)) ** 2
    return {
        "least": float(auc.min()),
        "most": float(auc.max()),
        "spread": float(np.sqrt(variance_between(auc, precision))),
        "moves": bool(q > chi2.isf(MOVES, len(known) - 1)),
    }


def counts(rows: TrainingRows, y: IntArray) -> dict[str, float]:
    """How many rows there are, were tested, and were won of those."""
    rate = float(y.mean()) if len(y) else float("nan")
    return {"all": len(rows), "tested": len(y), "won": int(y.sum()), "base_rate": rate}
