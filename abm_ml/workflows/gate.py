"""The gate: whether a challenger may replace the champion (DESIGN 5, in first shape)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.crm import Crm
from abm_ml.features.account import account_features
from abm_ml.propensity.labels import conversion_labels, win_labels
from abm_ml.propensity.persist import TrainedPropensity
from abm_ml.workflows.as_of import latest_instant

NO_SIGNAL = "no signal found"

MOST_WORSE = 0.01
"""Log loss by which a challenger may be worse than the champion."""

LEAST_WON = 30
"""Won rows without which new rows prove nothing."""


@dataclass(frozen=True)
class Gate:
    """What the gate says of a challenger, and on what grounds."""

    passed: bool
    reason: str


def gate(
    challenger: TrainedPropensity, champion: TrainedPropensity | None, data: Path | None = None
) -> Gate:
    """Whether a challenger may replace the champion.

    The first champion needs a signal. A later one must not be worse by more than 0.01 log loss:
    on outcomes that neither model could know, if `data` has at least 30 won ones; else by the
    back-tests recorded at training. Their rows differ (and with them the rate of wins), so each
    model is measured there by its gain over the base rate on its own rows.

    Parameters
    ----------
    challenger, champion : TrainedPropensity
        The models; no champion yet: None.
    data : Path, optional
        What `abm prepare` wrote after both trainings.
    """
    if challenger.verdict == NO_SIGNAL:
        return Gate(False, "its back-test found no signal, so it would have no weight in the list")
    if champion is None:
        return Gate(True, f"the first champion; verdict of its back-test: {challenger.verdict}")
    if _asks(challenger) != _asks(champion):
        return Gate(
            False,
            f"it predicts {_asks(challenger)} and the champion {_asks(champion)}, which cannot "
            "be compared; if that is what you want: --force --why '…'",
        )
    if data is not None:
        compared = _on_later_outcomes(challenger, champion, Crm.open(data))
        if compared is not None:
            return compared
    return _by_backtests(challenger, champion)


def _on_later_outcomes(
    challenger: TrainedPropensity, champion: TrainedPropensity, crm: Crm
) -> Gate | None:
    """Compare on outcomes that came after both trainings; None where too few were won."""
    trained = [model.as_of for model in (challenger, champion) if model.as_of is not None]
    rows = _later_rows(crm, challenger, max(trained)) if trained else None
    if rows is None or pc.sum(rows["y"]).as_py() < LEAST_WON:
        return None
    ours, theirs = (_log_loss(crm, model, rows) for model in (challenger, champion))
    return _decided(
        ours - theirs,
        f"on {rows.num_rows:,} later outcomes that neither could know, log loss {ours:.4f} "
        f"against the champion's {theirs:.4f}",
    )


def _later_rows(crm: Crm, asked: TrainedPropensity, trained: datetime) -> pa.Table | None:
    """Labels that depend only on what happened after `trained`; None where there are none.

    For `win`: opportunities closed after it. For `conversion`: snapshots taken after it (one
    taken before shares part of its window with rows that were trained on).
    """
    until = latest_instant(crm)
    if asked.horizon_days is None:
        labels, decided = win_labels(crm, until), "known_at"
    else:
        labels = conversion_labels(crm, horizon_days=asked.horizon_days, until=until)
        decided = "as_of"
    later = pc.greater_equal(labels[decided], pa.scalar(trained, pa.timestamp("us")))
    rows = labels.filter(pc.and_(later, labels["testable"]))
    return rows if rows.num_rows else None


def _log_loss(crm: Crm, trained: TrainedPropensity, rows: pa.Table) -> float:
    """Mean log loss of a model on labelled rows."""
    spine = crm.register("gate_spine", rows.select(["row_id", "account_id", "as_of"]))
    features = crm.to_arrow(account_features(crm, spine, trained.spec).order_by("row_id"))
    X = features.select(list(trained.model.feature_names_in_)).to_pandas()
    won = np.asarray(rows["y"]) == 1
    probability = trained.model.predict_proba(X)[:, 1]
    return float(-np.log(np.where(won, probability, 1 - probability)).mean())


def _by_backtests(challenger: TrainedPropensity, champion: TrainedPropensity) -> Gate:
    """Compare the gains over the base rate that the two back-tests recorded."""
    ours, theirs = _gain(challenger), _gain(champion)
    return _decided(
        theirs - ours,
        f"by the back-tests at training, gain in log loss over the base rate {ours:.4f} "
        f"against the champion's {theirs:.4f}",
    )


def _gain(trained: TrainedPropensity) -> float:
    """Log loss that the back-test saved against the base rate; 0 where nothing was tested."""
    metrics = trained.report.get("metrics", {})
    if not metrics:
        return 0.0
    loss = {name: metrics[name]["log_loss"]["value"] for name in ("base_rate", "model")}
    return float(loss["base_rate"] - loss["model"])


def _decided(worse_by: float, grounds: str) -> Gate:
    """Pass unless worse by more than `MOST_WORSE`."""
    passed = worse_by <= MOST_WORSE
    word = "not worse" if passed else "worse"
    return Gate(passed, f"{word} than the champion by more than {MOST_WORSE}: {grounds}")


def _asks(trained: TrainedPropensity) -> str:
    """The question that a model answers."""
    within = f" within {trained.horizon_days} days" if trained.horizon_days else ""
    return f"{trained.target}{within}"
