"""Is the model still looking at what it was trained on? Asked at every scoring (DESIGN 5)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from abm_ml.config import Drift
from abm_ml.data.column_kinds import FloatArray
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts
from abm_ml.features.account import universe_spine
from abm_ml.propensity.applicability import OUTSIDE
from abm_ml.propensity.drift import PROPENSITY, Profile, Shift, importances, shifts
from abm_ml.propensity.expected_wins import Outcomes, outcomes
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.scoring.outcomes import given_before, later_outcomes, model_rows

_EXPLAINED = 500
"""Accounts whose reasons tell how much each column matters (reasons are slow)."""

_MOVED = 1e-9
"""Difference in propensity from which shrinkage counts as having moved it."""


@dataclass(frozen=True)
class DriftReport:
    """What has moved since a model was trained.

    Parameters
    ----------
    since : datetime or None
        End of the training data.
    rows : int
        Accounts of the universe that were looked at.
    shifts : tuple of Shift
        Propensity, then columns by falling PSI; empty where the model keeps no profile.
    outcomes : Outcomes or None
        Wins since training; None where too few to tell.
    bounds : Drift
        What is tolerated.
    """

    since: datetime | None
    rows: int
    shifts: tuple[Shift, ...]
    outcomes: Outcomes | None
    bounds: Drift

    @property
    def alarms(self) -> tuple[str, ...]:
        """A sentence for each thing that is out of bounds and matters; none: all is well."""
        return tuple(self._sentences())

    def to_dict(self) -> dict[str, Any]:
        """Every figure, ready for JSON."""
        return {
            "since": self.since and self.since.isoformat(),
            "rows": self.rows,
            "bounds": self.bounds.model_dump(),
            "alarms": list(self.alarms),
            "columns": [asdict(shift) for shift in self.shifts],
            "outcomes": self.outcomes and asdict(self.outcomes),
        }

    def _sentences(self) -> Iterator[str]:
        for shift in self.shifts:
            if shift.alarm:
                yield _sentence(shift, self.bounds.psi)
        found = self.outcomes
        if found and found.off:
            yield (
                f"drift: {found.observed:,} won since training where {found.expected:,.1f} were "
                f"expected ({found.low:.2f} to {found.high:.2f} times as many): retrain"
            )
        if found and found.flat:
            yield (
                f"drift: of the differences in propensity only {found.slope:.2f} was found among "
                f"outcomes since training ({found.slope_low:.2f} to {found.slope_high:.2f}, least "
                f"{self.bounds.slope:g}): retrain"
            )


def universe_profile(
    crm: Crm, trained: TrainedPropensity, as_of: datetime, sample: int
) -> Profile | None:
    """The universe at a date as later scorings compare with it; None where it is empty.

    The whole universe and not the training rows: whom sales ever worked on is a choice, and
    comparing everybody with them would find that choice, not drift.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    trained : TrainedPropensity
        The fitted model with its features.
    as_of : datetime
        The last instant that may be seen: that of the training.
    sample : int
        The most accounts that are looked at, the same ones whatever their order.
    """
    return universe_facts(crm, trained, as_of, sample)[0]


def universe_facts(
    crm: Crm, trained: TrainedPropensity, as_of: datetime, sample: int
) -> tuple[Profile | None, dict[str, Any]]:
    """The profile, and how far training covers the universe; arguments as there.

    Returns
    -------
    profile : Profile or None
        As `universe_profile`.
    reach : dict
        `rows` looked at, the share `outside` the training data and the share `shrunk`, and
        `sentences` that say so; empty where the universe is.
    """
    X, propensity = _universe(crm, trained, as_of, sample)
    if X.empty:
        return None, {}
    some = X.iloc[:: max(1, len(X) // _EXPLAINED)].head(_EXPLAINED)
    profile = Profile.of(X, propensity, importances(trained.model.explain(some)))
    outside = float((trained.model.applicability(X) < OUTSIDE).mean())
    moved = np.abs(trained.model.predict_unshrunk(X) - propensity) > _MOVED
    return profile, _reach(len(X), outside, float(moved.mean()))


def _reach(rows: int, outside: float, shrunk: float) -> dict[str, Any]:
    said = {
        "text": f"Of {rows:,} accounts looked at, {outside:.0%} lie outside the training data; the "
        f"propensity of {shrunk:.0%} was moved toward that of a group.",
        "text_zh": f"在查看的 {rows:,} 家企业中，{outside:.0%} 处于训练数据范围之外；"
        f"{shrunk:.0%} 的转化概率向所属群组作了收缩。",
    }
    return {"rows": rows, "outside": outside, "shrunk": shrunk, "sentences": [said]}


def drift_report(
    crm: Crm, trained: TrainedPropensity, as_of: datetime, bounds: Drift
) -> DriftReport:
    """Compare the universe and the outcomes at a date with those of the training.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    trained : TrainedPropensity
        The model, with the profile that its training kept.
    as_of : datetime
        The last instant that may be seen.
    bounds : Drift
        What is tolerated.
    """
    found: tuple[Shift, ...] = ()
    rows = 0
    if trained.profile is not None and trained.as_of is not None:
        X, propensity = _universe(crm, trained, as_of, bounds.sample)
        rows = len(X)
        if rows:
            found = shifts(
                trained.profile,
                X,
                propensity,
                elapsed_days=(as_of.date() - trained.as_of.date()) / timedelta(days=1),
                psi_bound=bounds.psi,
                importance_bound=bounds.importance,
            )
    return DriftReport(trained.as_of, rows, found, _outcomes(crm, trained, as_of, bounds), bounds)


def _universe(
    crm: Crm, trained: TrainedPropensity, as_of: datetime, sample: int
) -> tuple[pd.DataFrame, FloatArray]:
    """Features and propensity of (a sample of) the universe, but for suppressed accounts."""
    everyone = universe_spine(crm, as_of).anti_join(suppressed_accounts(crm, as_of), "account_id")
    drawn = everyone.order_by(everyone.account_id.hexdigest("md5"), everyone.account_id)
    X = model_rows(crm, trained, crm.to_arrow(drawn.limit(sample).order_by("row_id")))
    if X.empty:
        return X, np.zeros(0)
    return X, np.asarray(trained.model.predict_proba(X)[:, 1], dtype=np.float64)


def _outcomes(
    crm: Crm, trained: TrainedPropensity, as_of: datetime, bounds: Drift
) -> Outcomes | None:
    """Wins of those that were looked at after training; a cohort counts once it has closed."""
    if trained.as_of is None:
        return None
    labels = later_outcomes(
        crm, trained, trained.as_of, as_of, after="as_of", max_rows=bounds.sample
    )
    if not labels.num_rows:
        return None
    return outcomes(
        labels["y"].to_numpy(),
        given_before(crm, trained, labels),
        labels["account_id"].to_numpy(),
        tolerance=bounds.outcomes,
        least=bounds.min_won,
        least_slope=bounds.slope,
        learned_from=trained.report.get("rows", {}).get("won") or math.inf,
    )


def _sentence(shift: Shift, bound: float) -> str:
    moved = f"is no longer as it was at training (PSI {shift.psi:.2f}, bound {bound:g}"
    if shift.column == PROPENSITY:
        return f"drift: the propensity of the universe {moved}): retrain"
    matters = f"{shift.importance:.0%} of what moves the propensity"
    if shift.vanished:
        return f"drift: {shift.column} says nothing any more ({matters}): mend its source"
    return f"drift: {shift.column} {moved}; {matters}): mend its source, or retrain"
