"""Weights of priority's parts, and the parts (DESIGN 6.8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from abm_ml.config import Params
from abm_ml.rules.score import propensity_score
from abm_ml.scoring.propensity import NO_SIGNAL, Predictor
from abm_ml.scoring.rule_book import is_outdated

Numbers = NDArray[np.float64]


def fusion_weights(
    params: Params, predictor: Predictor | None, with_similarity: bool = False
) -> dict[str, float]:
    """Weights of priority's parts in this run (DESIGN 6.8).

    Those that the model's training learned under the same rule book, else the params'. A model in
    which no signal was found has no weight, nor has similarity, which the same history taught;
    propensity and similarity are shown all the same. Without a model rules and similarity carry
    the list.

    Parameters
    ----------
    params : Params
        `fusion` holds the weights, and whether learned ones are wanted.
    predictor : Predictor or None
        The model with what its training learned.
    with_similarity : bool
        Whether an index takes part.

    Returns
    -------
    dict of str to float
        By part; `propensity` only with a model, `similarity` only with an index.
    """
    fusion = params.fusion
    weights = {"account_score": fusion.account_score}
    if predictor is not None:
        weights["propensity"] = fusion.propensity
    if with_similarity:
        weights["similarity"] = fusion.similarity
    if predictor is None:
        return weights
    if predictor.verdict == NO_SIGNAL:
        return weights | {name: 0.0 for name in weights if name != "account_score"}
    learned = predictor.fusion if fusion.learn else None
    if learned is None or learned["weights"] is None or is_outdated(predictor, params):
        return weights
    with_all = learned["weights_with_similarity"]
    if with_similarity and fusion.similarity > 0 and with_all is not None:
        return dict(with_all)
    if with_similarity:
        # None was learned with an index: similarity keeps the share that the params give it.
        weights["similarity"] /= fusion.account_score + fusion.propensity
    return weights | dict(learned["weights"])


def fusion_parts(
    account_score: Numbers,
    propensity: Numbers | None = None,
    base_rate: float | None = None,
    similarity: Numbers | None = None,
) -> dict[str, Numbers]:
    """The parts of priority that are there, each 0-100, shape (n_accounts,).

    Parameters
    ----------
    account_score : array of float
        The rules' score.
    propensity : array of float, optional
        Probabilities; with `base_rate`, the training data's rate of positives.
    similarity : array of float, optional
        Closeness to the customers; an account that the index does not know counts as 0.
    """
    parts = {"account_score": account_score}
    if propensity is not None and base_rate is not None:
        parts["propensity"] = propensity_score(propensity, base_rate)
    if similarity is not None:
        parts["similarity"] = np.nan_to_num(similarity, nan=0.0)
    return parts
