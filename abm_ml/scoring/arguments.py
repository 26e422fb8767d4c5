"""What callers hand to a scoring run, checked before any work is done."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from abm_ml.errors import DataError, ParamsError
from abm_ml.rules.exclusions import MOTIONS, Motion


def checked_motion(motion: str) -> Motion:
    """The motion, if there is one of that name.

    Raises
    ------
    ParamsError
        If there is none.
    """
    for known in MOTIONS:
        if motion == known:
            return known
    raise ParamsError(f"motion must be one of {', '.join(MOTIONS)}. Supplied value {motion!r}")


def checked_as_of(as_of: str | datetime) -> datetime:
    """as_of as UTC without a zone.

    Raises
    ------
    ParamsError
        If it is no date.
    """
    try:
        moment = pd.Timestamp(as_of)
    except ValueError as error:
        raise ParamsError(f"as_of: {as_of!r} is not a date (expected YYYY-MM-DD)") from error
    if pd.isna(moment):
        raise ParamsError("as_of: a date is needed (YYYY-MM-DD)")
    if moment.tzinfo is not None:
        moment = moment.tz_convert("UTC").tz_localize(None)
    return moment.to_pydatetime(warn=False)


def previous_tiers(previous: pd.DataFrame | None) -> dict[str, int]:
    """Tiers of a previous list by account_id; accounts without a tier are left out.

    Raises
    ------
    DataError
        If it lacks account_id or tier, or names an account twice.
    """
    if previous is None:
        return {}
    missing = [column for column in ("account_id", "tier") if column not in previous.columns]
    if missing:
        raise DataError(f"previous list: required column '{missing[0]}' is missing")
    tiered = previous.loc[previous["tier"].notna(), ["account_id", "tier"]]
    twice = tiered.loc[tiered["account_id"].duplicated(), "account_id"]
    if len(twice):
        raise DataError(f"previous list: account_id {twice.iloc[0]!r} stands in it twice")
    ids = tiered["account_id"].astype(str)
    return {name: int(tier) for name, tier in zip(ids, tiered["tier"], strict=True)}
