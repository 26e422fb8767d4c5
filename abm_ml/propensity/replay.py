"""Playing the past forward: what would have been predicted for rows before they were known.

In each window the whole model is made anew, choice, calibration and shrinkage included, by what
makes the one that is put to use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit

from abm_ml.data.column_kinds import FloatArray, IntArray
from abm_ml.propensity.calibration import MOST_LOGIT
from abm_ml.propensity.encoder import Design
from abm_ml.propensity.fitting import Lesson
from abm_ml.propensity.folds import Fold, grouped_folds, teachable
from abm_ml.propensity.metrics import Scores
from abm_ml.propensity.plans import Choice, Settings
from abm_ml.propensity.rows import TrainingRows
from abm_ml.propensity.scorer import Scorer, train_scorer
from abm_ml.propensity.search import Search, enough, search

RANDOM_PARTS, RANDOM_ROWS = 5, 1_000
"""Parts of a random split, and rows that are tested in as many of them as that takes."""

INNER_FOLDS = 4
"""Folds inside each training part, where there is no time."""


@dataclass(frozen=True)
class Replay:
    """Predictions for tested rows, each made without the row's own fold.

    Parameters
    ----------
    rows : array of int, shape (n_tested,)
        Positions in the training rows.
    fold : array of int, shape (n_tested,)
        Position in `folds`.
    folds : list of Fold
        The tested folds.
    choices : list of Choice
        What was chosen for each fold.
    calibrations : list of str
        How each fold's model was calibrated.
    probabilities : dict of str to array, shape (n_tested,)
        By predictor: `model`, `base_rate`, `logistic_regression`, `lightgbm`.
    """

    rows: IntArray
    fold: IntArray
    folds: list[Fold]
    choices: list[Choice]
    calibrations: list[str]
    probabilities: dict[str, FloatArray]


@dataclass(frozen=True)
class _Tested:
    """One fold's test rows as each predictor sees them."""

    fold: Fold
    choice: Choice
    calibration: str
    probabilities: dict[str, FloatArray]


def replay_forward(rows: TrainingRows, found: Search, settings: Settings, n_folds: int) -> Replay:
    """Windows of a search, each chosen and calibrated on what was known before it.

    Windows that have enough unseen rows before them are tested. If none has, the last ones are,
    with the default, which nothing was chosen or calibrated on.

    Parameters
    ----------
    rows : TrainingRows
        Rows with time.
    found : Search
        Margins of unseen rows, and baselines, over windows forward in time.
    settings : Settings
        What is fitted where there is too little to choose on.
    n_folds : int
        Windows that are tested if none has enough before it.
    """
    if rows.time is None or found.baselines is None:
        raise ValueError("rows need a time and the search its baselines")
    earlier = [fold.train[found.tested[fold.train]] for fold in found.folds]
    ready = [k for k, unseen in enumerate(earlier) if enough(rows.y[unseen])]
    tested = []
    for k in ready or range(len(found.folds))[-n_folds:]:
        fold = found.folds[k]
        known = _that_ran(found, fold) if ready else None
        scorer = train_scorer(rows, known, settings, fold.train)
        tested.append(_tested(rows, fold, scorer, found.baselines[fold.test]))
    return _joined(tested)


def replay_grouped(rows: TrainingRows, folds: list[Fold], settings: Settings) -> Replay:
    """Random groups of rows in turn, each chosen and calibrated inside the other groups."""
    tested = []
    for fold in folds:
        inside = rows.take(fold.train)
        inner = grouped_folds(inside.alike, n_folds=INNER_FOLDS, seed=settings.seed + 1)
        usable = [one for one in inner if teachable(one, inside.y)]
        unseen = np.concatenate([np.zeros(0, dtype=np.int64), *(one.test for one in usable)])
        found = None
        if enough(inside.y[unseen]):
            found = search(
                inside.frame, inside.y, inside.weight, None, usable, settings, alike=inside.alike
            )
        lesson, test = _lesson(rows, fold, settings)
        scorer = train_scorer(inside, found, settings)
        tested.append(_tested(rows, fold, scorer, lesson.baselines(test)))
    return _joined(tested)


def _that_ran(found: Search, fold: Fold) -> Search:
    """The search without the plans that were dropped before a fold."""
    test = fold.test
    ran = {one: margin for one, margin in found.margins.items() if np.isfinite(margin[test]).all()}
    return replace(found, margins=ran)


def _lesson(rows: TrainingRows, fold: Fold, settings: Settings) -> tuple[Lesson, Design]:
    """A fold's training rows ready to be fitted, and its test rows as they are encoded there."""
    lesson = Lesson.of(rows.frame, rows.y, rows.weight, rows.time, fold.train, settings, rows.alike)
    return lesson, lesson.encoder.encode(rows.frame.iloc[fold.test].reset_index(drop=True))


def _tested(rows: TrainingRows, fold: Fold, scorer: Scorer, baselines: FloatArray) -> _Tested:
    """A fold's predictions: those of the model as it is put to use, and what needs no craft."""
    base = np.average(rows.y[fold.train], weights=rows.weight[fold.train])
    model = scorer.score(rows.frame.iloc[fold.test].reset_index(drop=True))
    probabilities = {
        "model": np.asarray(expit(model.logits)),
        "base_rate": np.full(len(fold.test), base),
        "logistic_regression": _probability(baselines[:, 0]),
        "lightgbm": _probability(baselines[:, 1]),
    }
    return _Tested(fold, scorer.choice, scorer.calibrator.method, probabilities)


def _probability(margin: FloatArray) -> FloatArray:
    return np.asarray(expit(np.clip(margin, -MOST_LOGIT, MOST_LOGIT)))


def _joined(tested: list[_Tested]) -> Replay:
    names = tested[0].probabilities
    return Replay(
        rows=np.concatenate([one.fold.test for one in tested]),
        fold=np.repeat(np.arange(len(tested)), [len(one.fold.test) for one in tested]),
        folds=[one.fold for one in tested],
        choices=[one.choice for one in tested],
        calibrations=[one.calibration for one in tested],
        probabilities={
            name: np.concatenate([one.probabilities[name] for one in tested]) for name in names
        },
    )


def random_split_auc(rows: TrainingRows, choice: Choice, settings: Settings) -> float:
    """AUC when random fifths are held back, as if time and repeats did not matter.

    As many fifths as it takes to test enough rows for a figure that is no accident.
    """
    part = np.random.default_rng(settings.seed).permutation(len(rows)) % RANDOM_PARTS
    margins, tested, fold_of = [], [], []
    for k in range(min(RANDOM_PARTS, -(-RANDOM_PARTS * RANDOM_ROWS // len(rows)))):
        fold = Fold(np.flatnonzero(part != k), np.flatnonzero((part == k) & rows.judged))
        if teachable(fold, rows.y):
            lesson, test = _lesson(rows, fold, settings)
            margins.append(lesson.margin(choice, test))
            tested.append(fold.test)
            fold_of.append(np.full(len(fold.test), k))
    if not tested:
        return float("nan")
    y = rows.y[np.concatenate(tested)]
    scores = Scores(np.concatenate(margins), y, np.concatenate(fold_of), probabilities=False)
    return scores.auc(np.ones(len(y)))
