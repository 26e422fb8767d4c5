"""What there is to learn from: how much was won and lost, and whether that is enough."""

from __future__ import annotations

from datetime import datetime

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.propensity.labels import conversion_labels, win_labels
from abm_ml.propensity.training import Target
from abm_ml.workflows.train_result import History


def choose_target(crm: Crm, params: Params, until: datetime) -> tuple[History, tuple[str, ...]]:
    """The target asked for, or `win` where there are too few conversions to learn from."""
    asked = history_of(crm, params.propensity.target, params, until)
    if asked.target == "win" or not too_little(asked, params):
        return asked, ()
    instead = history_of(crm, "win", params, until)
    note = (
        f"too few conversions ({asked.won} accounts won within {params.propensity.horizon_days} "
        f"days of a snapshot, {asked.lost} not; {params.propensity.min_won} and "
        f"{params.propensity.min_lost} are needed): the target is win, P(won given an opportunity)"
    )
    return instead, (note,)


def history_of(crm: Crm, target: Target, params: Params, until: datetime) -> History:
    """Won and lost of a target before a date; see `History`."""
    settings = params.propensity
    if target == "win":
        labels = win_labels(crm, until, min_matured_share=settings.min_matured_share).to_pandas()
        won = int(labels["y"].sum())
        return History(target, won, len(labels) - won)
    labels = conversion_labels(
        crm,
        horizon_days=settings.horizon_days,
        every_months=settings.snapshot_every_months,
        until=until,
        max_rows=settings.max_rows,
        seed=params.seed,
    ).to_pandas()
    accounts = labels.groupby("y")["account_id"].nunique()
    return History(target, int(accounts.get(1, 0)), int(accounts.get(0, 0)))


def too_little(history: History, params: Params) -> bool:
    """Whether fewer were won or lost than a model needs."""
    settings = params.propensity
    return history.won < settings.min_won or history.lost < settings.min_lost


def too_little_words(history: History, params: Params) -> str:
    """Why nothing was fitted."""
    settings = params.propensity
    return (
        f"opportunities: {history.won} won and {history.lost} lost are too few; a model needs "
        f"{settings.min_won} won and {settings.min_lost} lost (propensity.min_won, min_lost). "
        "Nothing was fitted or registered: rules carry the list until there is more history"
    )
