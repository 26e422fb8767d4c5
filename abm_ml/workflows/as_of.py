"""The instant that a run looks from: given by the user, or the last one in the data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import ibis

from abm_ml.data.crm import Crm
from abm_ml.errors import DataError, ParamsError

_DATED = {
    "accounts": ("created_at",),
    "opportunities": ("created_at", "closed_at"),
    "engagements": ("ts",),
    "intent": ("ts",),
}
"""What happened in time. Signals and contracts are left out: they may be dated ahead."""


def parse_as_of(text: str) -> datetime:
    """An instant from ISO 8601 text, in UTC without a zone; a date means its first instant.

    Raises
    ------
    ParamsError
        If the text is no such date.

    Examples
    --------
    >>> parse_as_of("2026-01-01")
    datetime.datetime(2026, 1, 1, 0, 0)
    >>> parse_as_of("2026-01-01T08:00+08:00")
    datetime.datetime(2026, 1, 1, 0, 0)
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ParamsError(
            f"as-of: {text!r} is not a date (expected YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS)"
        ) from error
    return _to_utc(instant)


def resolve_as_of(crm: Crm, as_of: str | datetime | None) -> datetime:
    """The instant that is meant: the one given, or else just after the last one in the data."""
    if as_of is None:
        return latest_instant(crm)
    return parse_as_of(as_of) if isinstance(as_of, str) else _to_utc(as_of)


def as_of_or_today(crm: Crm, as_of: str | datetime | None) -> datetime:
    """The instant that is meant; where no row has a date, the beginning of today.

    A list of companies without any history can be searched for look-alikes all the same; only
    which suppressions are in force depends on the day then.
    """
    if as_of is None and all(_undated(crm, name) for name in _DATED):
        today = datetime.now(UTC).replace(tzinfo=None)
        return today.replace(hour=0, minute=0, second=0, microsecond=0)
    return resolve_as_of(crm, as_of)


def _undated(crm: Crm, name: str) -> bool:
    counts = [crm.table(name)[column].count() for column in _DATED[name]]
    found = crm.to_arrow(
        crm.table(name).aggregate([one.name(f"c{i}") for i, one in enumerate(counts)])
    )
    return not any(found.to_pylist()[0].values())


def latest_instant(crm: Crm) -> datetime:
    """Just after the latest opportunity, engagement or intent signal, so that it is still seen.

    The data decides and not the clock, so that a run can be repeated. What is dated in the
    future is overlooked, or a mistyped year would move the run there.

    Raises
    ------
    DataError
        If nothing in the data has a date.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    found = [
        _latest(crm, name, column, now) for name, columns in _DATED.items() for column in columns
    ]
    dates = [instant for instant in found if instant is not None]
    if not dates:
        raise DataError(
            "opportunities, engagements, intent: no row has a date, so there is no last instant "
            "in the data; give one with  --as-of YYYY-MM-DD"
        )
    return max(dates) + timedelta(microseconds=1)


def _latest(crm: Crm, name: str, column: str, now: datetime) -> datetime | None:
    """The latest instant of one column that is not after now."""
    instants = crm.table(name)[column]
    latest = instants.max(where=instants <= ibis.literal(now))
    found = crm.to_arrow(crm.table(name).aggregate(latest=latest)).to_pylist()[0]["latest"]
    return found if found is None else datetime.fromisoformat(found.isoformat())


def _to_utc(instant: datetime) -> datetime:
    """Without a zone it is UTC already."""
    if instant.tzinfo is None:
        return instant
    return instant.astimezone(UTC).replace(tzinfo=None)
