"""Reasons for a score, one for each original column, that add up to its log-odds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abm_ml.propensity.scorer import Scorer
from abm_ml.propensity.words import BASE, CALIBRATION, SHRINKAGE, Lang, reason_words


def explain_rows(scorer: Scorer, frame: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Reasons of each row, the strongest first, between where all start and calibration.

    Where training hardly covers a row, shrinkage comes last.

    Parameters
    ----------
    scorer : Scorer
        The fitted model.
    frame : DataFrame, shape (n_rows, n_columns)
        Rows under the names of the training table.
    lang : "en" or "zh"
        Language of the words.

    Returns
    -------
    DataFrame
        `row`, `field`, `value`, `contribution` (log-odds), `text`.

    Raises
    ------
    ValueError
        If the language is not one of the two.
    """
    if lang not in ("en", "zh"):
        raise ValueError(f"lang must be 'en' or 'zh'. Supplied value {lang!r}")
    base, parts = scorer.contributions(frame)
    scores = scorer.score(frame)
    calibration, shrinkage = scores.calibrated - scores.margin, scores.logits - scores.calibrated
    columns = list(parts.columns)
    values = parts.to_numpy()
    cells = [list(frame[name]) if name in frame.columns else None for name in columns]
    reasons: list[tuple[int, str, object, float]] = []
    for row in range(len(frame)):
        reasons.append((row, BASE, None, base))
        for i in np.argsort(-np.abs(values[row]), kind="stable"):
            column = cells[i]
            cell = None if column is None else column[row]
            reasons.append((row, columns[i], cell, float(values[row, i])))
        reasons.append((row, CALIBRATION, None, float(calibration[row])))
        if shrinkage[row]:
            reasons.append((row, SHRINKAGE, None, float(shrinkage[row])))
    table = pd.DataFrame(reasons, columns=["row", "field", "value", "contribution"])
    table["text"] = [reason_words(field, value, part, lang) for _, field, value, part in reasons]
    return table
