"""Which rule book a model's fusion weights were learned under."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from abm_ml.config import Params
from abm_ml.scoring.propensity import NO_SIGNAL, Predictor

RULE_BOOK = "rule_book"
"""Name of its mark among what a training learned of fusion."""


def rule_book_mark(params: Params) -> str:
    """A hash of the settings that make the account score of one account.

    Its parts and their weights: ICP criteria, engagement points, intent. Tiers, grades and other
    settings that only use the score may change without harm.
    """
    makes_score = {"account_score", "engagement", "intent", "icp"}
    told = params.model_dump(mode="json", include=makes_score)
    told["icp"].pop("grades")
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def marked(fusion: Mapping[str, Any] | None, params: Params) -> dict[str, Any] | None:
    """What a training learned of fusion, with the mark of its rule book."""
    return None if fusion is None else {**fusion, RULE_BOOK: rule_book_mark(params)}


def is_outdated(predictor: Predictor | None, params: Params) -> bool:
    """Whether weights of priority were learned under another rule book than this one.

    Weights without a mark, of models from before there were marks, are taken as they are.
    """
    learned = predictor.fusion if predictor and predictor.verdict != NO_SIGNAL else None
    if learned is None or learned["weights"] is None or not params.fusion.learn:
        return False
    return learned.get(RULE_BOOK, rule_book_mark(params)) != rule_book_mark(params)
