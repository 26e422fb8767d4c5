"""What callers hand to a scoring run, checked before any work is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from abm_ml.errors import DataError, ParamsError
from abm_ml.rules.exclusions import MOTIONS, Motion
from abm_ml.rules.tiers import NO_TIER

_TIME = pa.timestamp("us")


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


@dataclass(frozen=True)
class Previous:
    """Where accounts stood in the last list, as far as they had a tier.

    Parameters
    ----------
    account_id : pyarrow.Array of str
        Each once.
    tier : array of int
        1, 2 or 3; NO_TIER of MQAs without one.
    since : pyarrow.Array of timestamp
        When they came into it; null where unknown.
    mqa_at : pyarrow.Array of timestamp
        When they became MQAs; null for the others.
    given : bool
        Whether there is a last list at all.
    listed_at : datetime or None
        Its as_of, if it tells of MQAs: accounts without an mqa_at were none then.
    """

    account_id: pa.Array
    tier: NDArray[np.int64]
    since: pa.Array
    mqa_at: pa.Array
    given: bool = True
    listed_at: datetime | None = None

    @classmethod
    def nothing(cls) -> Previous:
        """There is no last list."""
        never = pa.array([], _TIME)
        return cls(pa.array([], pa.string()), np.zeros(0, np.int64), never, never, False)

    def of(self, account_id: pa.Array) -> Previous:
        """That of these accounts, in their order; NO_TIER where there was none."""
        at = pc.index_in(account_id, self.account_id)
        tiers = pa.array(self.tier, pa.int64()).take(at)
        tier = np.asarray(pc.fill_null(tiers, NO_TIER))
        return replace(
            self,
            account_id=account_id,
            tier=tier,
            since=self.since.take(at),
            mqa_at=self.mqa_at.take(at),
        )


def previous_list(previous: pd.DataFrame | None, as_of: datetime | None = None) -> Previous:
    """A previous list, checked; of accounts without a tier only MQAs are kept.

    Where it does not say since when (`tier_since`), its own date (`as_of`) is taken.

    Raises
    ------
    DataError
        If it lacks account_id or tier, or names an account twice.
    ParamsError
        If it is of a later date than as_of.
    """
    if previous is None:
        return Previous.nothing()
    missing = [column for column in ("account_id", "tier") if column not in previous.columns]
    if missing:
        raise DataError(f"previous list: required column '{missing[0]}' is missing")
    _check_earlier(previous, as_of)
    known = previous["tier"].notna()
    if "mqa_at" in previous.columns:
        known |= previous["mqa_at"].notna()
    tiered = previous[known]
    ids = tiered["account_id"].astype(str)
    if ids.duplicated().any():
        raise DataError(
            f"previous list: account_id {ids[ids.duplicated()].iloc[0]!r} stands in it twice"
        )
    since = _dates(tiered, ["tier_since", "as_of"])
    return Previous(
        account_id=pa.array(ids, pa.string()),
        tier=tiered["tier"].fillna(NO_TIER).to_numpy(dtype=np.int64),
        since=pa.array(since, _TIME, from_pandas=True),
        mqa_at=pa.array(_dates(tiered, ["mqa_at"]), _TIME, from_pandas=True),
        listed_at=_made(previous) if "mqa_at" in previous.columns else None,
    )


def _check_earlier(previous: pd.DataFrame, as_of: datetime | None) -> None:
    """Refuse a list from the future: it knows what as_of must not."""
    made = _made(previous)
    if as_of is not None and made is not None and made > as_of:
        raise ParamsError(
            f"previous list: it is as of {made:%Y-%m-%d %H:%M}, later than --as-of "
            f"{as_of:%Y-%m-%d %H:%M}: give an earlier list, or a later date"
        )


def _made(previous: pd.DataFrame) -> datetime | None:
    """As_of of a list; None where it does not say."""
    made = _dates(previous, ["as_of"]).max()
    return None if pd.isna(made) else made.to_pydatetime()


def _dates(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """The first of some columns of dates that is known, for each row."""
    found = pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
    for name in columns:
        if name in table.columns:
            found = found.fillna(pd.to_datetime(table[name]).astype("datetime64[us]"))
    return found
