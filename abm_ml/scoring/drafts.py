"""Accounts of a slice as a table that waits for tiers and ranks, in memory or on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from abm_ml.rules.exclusion_words import SOURCES, exclusion_details
from abm_ml.rules.score import MICRO, propensity_score
from abm_ml.scoring.assessment import Assessment
from abm_ml.scoring.reasons import account_score_reasons
from abm_ml.scoring.run import Run

Numbers = NDArray[np.float64]

_SHOWN = (
    "account_id", "name", "credit_code", "industry", "region", "city", "employees", "owner_id",
    "engaged_contacts", "last_engaged_at",
)  # fmt: skip

_WAITING = (
    "past_won", "past_lost", "open_opportunities", "won_elsewhere", "mqa_points_micro",
    "sub_industry", "country", "state", "technologies", "keywords",
)  # fmt: skip
"""Inputs of the rules that depend on the tier."""

OF_RULES = "reasons_of_rules"
"""Column of the account score's reasons: JSON terms, each followed by a comma."""


def draft_of(run: Run, assessed: Assessment) -> Draft:
    """All that is known of a slice before anybody has a tier.

    Columns of the scored and the excluded output by their names, and what the settling needs.
    """
    columns: dict[str, Any] = {name: assessed.inputs.array(name) for name in (*_SHOWN, *_WAITING)}
    columns |= _judged(run, assessed) | _predicted(run, assessed)
    columns |= {
        "engagement_points": pa.array(assessed.inputs.numbers("points_micro") / MICRO),
        "shows_intent": pa.array(assessed.inputs.numbers("intent") > 0),
        "similarity": assessed.similarity,
        "nearest_seed": assessed.nearest_seed,
        "priority": assessed.priority,
        "pipeline_score": pipeline_score(run, assessed.judged.account_score, _propensity(assessed)),
        **_of_people(assessed),
        OF_RULES: account_score_reasons(assessed.inputs, assessed.judged),
    }
    return Draft(pa.table(columns), assessed.people.rows)


def _judged(run: Run, assessed: Assessment) -> dict[str, Any]:
    judged = assessed.judged
    columns: dict[str, Any] = {
        **judged.parts,
        "account_score": judged.account_score,
        "knocked_out": judged.knocked_out,
        "holdout": judged.holdout,
        "off_list": run.decisions.off_list(assessed.inputs.array("account_id")),
        "reason": judged.excluded,
        "detail": _detail(run, assessed),
    }
    if judged.fit is not None:
        columns |= {"fit": judged.fit, "grade": judged.grade}
    return columns


def _detail(run: Run, assessed: Assessment) -> pa.Array:
    """What the reason of an exclusion rests on."""
    inputs, reason = assessed.inputs, assessed.judged.excluded
    told = {name: inputs.array(name) for name in SOURCES if name in inputs.table.column_names}
    told["left_alone_because"] = run.decisions.left_alone_because(inputs.array("account_id"))
    return exclusion_details(reason, told)


def _of_people(assessed: Assessment) -> dict[str, Any]:
    table = assessed.people.of_account
    return {name: table[name] for name in table.column_names}


def pipeline_score(run: Run, account_score: Numbers, propensity: Numbers | None) -> Numbers:
    """Propensity as a part of priority; the account score where no model has a say."""
    if propensity is None or run.predictor is None or not run.fusion_weights["propensity"]:
        return account_score
    return propensity_score(propensity, run.predictor.base_rate)


def _propensity(assessed: Assessment) -> Numbers | None:
    return assessed.predictions.propensity if assessed.predictions else None


def _predicted(run: Run, assessed: Assessment) -> dict[str, Any]:
    """What the model says; nothing without a model."""
    predictions = assessed.predictions
    if predictions is None or run.predictor is None:
        return {}
    columns = {
        "propensity": predictions.propensity,
        "propensity_low": predictions.low,
        "propensity_high": predictions.high,
        "applicability": predictions.applicability,
    }
    if run.predictor.expected_amount is not None:
        columns["expected_amount"] = predictions.amount
        columns["expected_value"] = predictions.propensity * predictions.amount
    return columns


@dataclass(frozen=True)
class Draft:
    """One slice that waits to be settled.

    Parameters
    ----------
    accounts : pyarrow.Table
        As `draft_of` gives it.
    people : pyarrow.Table
        As `features.people.people` gives them; row_id is the place in `accounts`.
    """

    accounts: pa.Table
    people: pa.Table


class Drafts:
    """Drafts of all slices, in the order in which they were added.

    Parameters
    ----------
    folder : Path, optional
        Where they lie until they are asked for; None keeps them in memory.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._kept: list[Draft | tuple[Path, Path]] = []

    def add(self, draft: Draft) -> None:
        """Keep a slice's draft."""
        if self._folder is None:
            self._kept.append(draft)
            return
        number = len(self._kept)
        files = tuple(self._folder / f"{what}-{number:05}.parquet" for what in ("draft", "people"))
        pq.write_table(draft.accounts, files[0], compression="lz4")
        pq.write_table(draft.people, files[1], compression="lz4")
        self._kept.append((files[0], files[1]))

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, number: int) -> Draft:
        kept = self._kept[number]
        if isinstance(kept, Draft):
            return kept
        return Draft(pq.read_table(kept[0]), pq.read_table(kept[1]))

    def accounts(self, number: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Some columns of a slice's accounts."""
        kept = self._kept[number]
        if isinstance(kept, Draft):
            return kept.accounts if columns is None else kept.accounts.select(list(columns))
        return pq.read_table(kept[0], columns=None if columns is None else list(columns))
