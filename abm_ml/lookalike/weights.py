"""How much each column matters, learned from opportunities won and lost.

A handful of seeds cannot tell which of their traits is the reason that they bought. Hundreds of
outcomes can: what tells won from lost accounts gets more of the embedding's length.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression

from abm_ml.lookalike.embedding import Embedding

FloatArray = npt.NDArray[np.float64]

FEWEST = 40
"""Won and lost accounts below which the default weights hold."""

BELIEVED_AT = 200
"""Outcomes of the rarer kind at which half of what they say is believed."""

LEAST, MOST = 0.5, 2.0
"""A column is at most halved or doubled: history speaks only of whom sales chose to work on."""

FOLDS = 5
STRENGTH = 0.1


def learned_weights(
    embedding: Embedding, won: pd.DataFrame, lost: pd.DataFrame, *, seed: int = 0
) -> dict[str, float]:
    """Weight of each block relative to its default, by name.

    A logistic regression on the coordinates of all blocks is fitted to four fifths of the
    accounts; on the last fifth, each block is judged by the covariance of its part of the
    log-odds with the outcome. Squared weights follow a block's share of the sum.

    Parameters
    ----------
    embedding : Embedding
        With default weights.
    won, lost : DataFrame
        Accounts with won, and with only lost opportunities, as the embedding reads them.
    seed : int
        Of the folds.

    Returns
    -------
    dict of str to float
        Empty where there are too few outcomes: the defaults hold.
    """
    rarer = min(len(won), len(lost))
    if rarer < FEWEST:
        return {}
    rows = pd.concat([won, lost], ignore_index=True).sort_values("account_id", ignore_index=True)
    outcome = rows["account_id"].isin(won["account_id"]).to_numpy().astype(np.float64)
    blocks = [
        block.transform(rows) * embedding.weights[block.plan.name] for block in embedding.blocks
    ]
    relevance = _relevance(blocks, outcome, seed)
    if relevance.sum() <= 0:
        return {}
    believed = rarer / (rarer + BELIEVED_AT)
    squared = 1 - believed + believed * len(blocks) * relevance / relevance.sum()
    weights = np.clip(np.sqrt(squared), LEAST, MOST)
    return {
        block.plan.name: round(float(weight), 4)
        for block, weight in zip(embedding.blocks, weights, strict=True)
    }


def _relevance(blocks: list[FloatArray], outcome: FloatArray, seed: int) -> FloatArray:
    """Covariance of each block's part of the held-out log-odds with the outcome, not below 0."""
    fold = np.random.default_rng(seed).permutation(len(outcome)) % FOLDS
    ends = np.cumsum([block.shape[1] for block in blocks])
    rows = np.hstack(blocks)
    total = np.zeros(len(blocks))
    for number in range(FOLDS):
        taught, judged = fold != number, fold == number
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300)
        coefficients = model.fit(rows[taught], outcome[taught]).coef_[0]
        parts = [
            block[judged] @ own
            for block, own in zip(blocks, np.split(coefficients, ends[:-1]), strict=True)
        ]
        centred = outcome[judged] - outcome[judged].mean()
        total += [float(np.mean(part * centred)) for part in parts]
    return np.maximum(total, 0)
