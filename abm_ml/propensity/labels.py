"""Labels: what happened after each moment at which an account or opportunity is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import ibis
import pandas as pd
import pyarrow as pa

from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts
from abm_ml.errors import DataError, ParamsError

LABEL_SCHEMA = pa.schema(
    [
        ("row_id", pa.int64()),
        ("account_id", pa.string()),
        ("as_of", pa.timestamp("us")),
        ("known_at", pa.timestamp("us")),
        ("y", pa.int64()),
        ("group", pa.string()),
        ("testable", pa.bool_()),
    ]
)
"""Columns of both label tables; rows in the order of row_id."""

_HASHES = 16**8


def last_instant(crm: Crm) -> datetime:
    """Just after the last opportunity, closing or engagement: what `until` is if not given.

    Raises
    ------
    DataError
        If nothing in the data has a date.
    """
    opportunities, engagements = crm.table("opportunities"), crm.table("engagements")
    found = [
        crm.to_arrow(table.aggregate(last=table[column].max())).to_pylist()[0]["last"]
        for table, column in (
            (opportunities, "created_at"),
            (opportunities, "closed_at"),
            (engagements, "ts"),
        )
    ]
    dates = [moment for moment in found if moment is not None]
    if not dates:
        raise DataError("opportunities and engagements: no row has a date; give `until`")
    return pd.Timestamp(max(dates)).to_pydatetime() + timedelta(microseconds=1)


def win_labels(
    crm: Crm, until: datetime | None = None, *, min_matured_share: float = 0.9
) -> pa.Table:
    """One row for each closed opportunity, seen as of its creation.

    Left out: open opportunities, those closed at or after `until`, those closed on a calendar
    day before they were created, and those of suppressed or unknown accounts.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    until : datetime, optional
        Nothing at or after it is known; None: `last_instant`.
    min_matured_share : float
        A row is `testable` if of all opportunities created in its month at least this share
        had closed: of the others, only the quick ones are known.

    Returns
    -------
    pyarrow.Table
        row_id, account_id, as_of (created_at), known_at (closed_at), y (1 won, 0 lost), group
        (opportunity_id), testable.
    """
    end = utc(until or last_instant(crm))
    table = crm.table("opportunities")
    created = _of_usable_accounts(crm, table.filter(table.created_at < end), end)
    closed = _is_closed(created, end)
    month = created.created_at.truncate("M")
    matured = closed.cast("float64").mean().over(ibis.window(group_by=month))
    marked = created.mutate(testable=matured >= min_matured_share, closed=closed)
    rows = marked.filter(marked.closed)
    return _numbered(
        crm,
        rows.select(
            account_id=rows.account_id,
            as_of=rows.created_at,
            # A date without a time may lie hours before the creation on the same day.
            known_at=ibis.greatest(rows.closed_at, rows.created_at),
            y=rows.is_won.cast("int64"),
            group=rows.opportunity_id,
            testable=rows.testable,
        ),
    )


def conversion_labels(
    crm: Crm,
    *,
    horizon_days: int = 180,
    every_months: int = 3,
    until: datetime | None = None,
    max_rows: int = 200_000,
    seed: int = 0,
) -> pa.Table:
    """Accounts at regular snapshots, with whether an opportunity was won within the horizon.

    y is 1 if the account has an opportunity won with closed_at in [as_of, as_of + horizon),
    whenever it was created, else 0. The last snapshot is the last midnight whose horizon has
    passed by `until`; the first is not before the first opportunity. An account has a row if it
    existed before the snapshot (or has no created_at) and is not suppressed.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    horizon_days : int
        Length of the label's window.
    every_months : int
        Months between snapshots.
    until : datetime, optional
        Nothing at or after it is known; None: `last_instant`.
    max_rows : int
        If there were more rows, whole accounts are drawn by a hash of account_id, so that the
        rate of wins stays what it is.
    seed : int
        Changes which accounts are drawn.

    Returns
    -------
    pyarrow.Table
        row_id, account_id, as_of, known_at (as_of + horizon), y, group (account and snapshot),
        testable (always true).

    Raises
    ------
    ParamsError
        If horizon_days or every_months is below 1.
    """
    for name, value in (("horizon_days", horizon_days), ("every_months", every_months)):
        if value < 1:
            raise ParamsError(f"{name} must be at least 1. Supplied value {value}")
    end = utc(until or last_instant(crm))
    horizon = timedelta(days=horizon_days)
    moments = list(_snapshots(_first_opportunity(crm), end - horizon, every_months))
    if not moments:
        return LABEL_SCHEMA.empty_table()
    pairs = _drawn(crm, _pairs(crm, moments, horizon, end), max_rows, seed)
    return _numbered(crm, _with_wins(crm, pairs, end))


def won_amounts(crm: Crm, rows: pa.Table, target: str, until: datetime) -> pa.Array:
    """Money that each label row brought.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    rows : pyarrow.Table
        row_id, account_id, as_of, known_at and group, as in `LABEL_SCHEMA`.
    target : str
        For `win` the opportunity's own amount; for `conversion` the sum over those won in
        [as_of, known_at).
    until : datetime
        Nothing at or after it is known.

    Returns
    -------
    pyarrow.Array
        Amounts in the order of row_id, in the base currency; null where nothing was won or no
        amount is given.
    """
    spine = crm.register("amount_rows", rows)
    table = crm.table("opportunities")
    won = table.filter(_is_closed(table, utc(until)) & table.is_won & table.amount.notnull())
    deals = won.select("account_id", "opportunity_id", "closed_at", "amount")
    if target == "win":
        found = spine.join(deals, spine.group == deals.opportunity_id)
    else:
        joined = spine.join(deals, "account_id")
        inside = (joined.closed_at >= joined.as_of) & (joined.closed_at < joined.known_at)
        found = joined.filter(inside)
    # Decimals add up to the same whatever the order of rows.
    amount = found.amount.cast("decimal(38, 4)").sum().cast("float64")
    sums = found.group_by("row_id").agg(amount=amount)
    every = spine.select("row_id").left_join(sums, "row_id")
    ordered = crm.to_arrow(every.select("row_id", "amount")).sort_by("row_id")
    return ordered["amount"].combine_chunks()


def _snapshots(first: datetime | None, last: datetime, every_months: int) -> Iterator[datetime]:
    """Midnights from the last one back to the first, oldest first."""
    if first is None:
        return
    newest = pd.Timestamp(last).normalize()
    count = 0
    while newest - pd.DateOffset(months=every_months * count) >= pd.Timestamp(first):
        count += 1
    for k in reversed(range(count)):
        yield (newest - pd.DateOffset(months=every_months * k)).to_pydatetime()


def _first_opportunity(crm: Crm) -> datetime | None:
    table = crm.table("opportunities")
    return crm.to_arrow(table.aggregate(first=table.created_at.min())).to_pylist()[0]["first"]


def _pairs(crm: Crm, moments: list[datetime], horizon: timedelta, end: datetime) -> ibis.Table:
    """Every usable account at every snapshot that it existed before."""
    snapshots = crm.register(
        "label_snapshots",
        pa.table(
            {"as_of": moments, "known_at": [moment + horizon for moment in moments]},
            schema=pa.schema([LABEL_SCHEMA.field("as_of"), LABEL_SCHEMA.field("known_at")]),
        ),
    )
    accounts = crm.table("accounts").select("account_id", "created_at")
    usable = _of_usable_accounts(crm, accounts, end)
    crossed = usable.cross_join(snapshots)
    existing = crossed.created_at.isnull() | (crossed.created_at < crossed.as_of)
    return crossed.filter(existing).select("account_id", "as_of", "known_at")


def _drawn(crm: Crm, pairs: ibis.Table, max_rows: int, seed: int) -> ibis.Table:
    """All rows, or those of accounts whose hash falls below the share that fits."""
    rows = crm.to_arrow(pairs.aggregate(rows=pairs.count())).to_pylist()[0]["rows"]
    if rows <= max_rows:
        return pairs
    limit = f"{int(max_rows / rows * _HASHES):08x}"
    key = (pairs.account_id + f"|{seed}").hexdigest("md5").substr(0, 8)
    return pairs.filter(key < limit)


def _with_wins(crm: Crm, pairs: ibis.Table, end: datetime) -> ibis.Table:
    """Each account and snapshot with whether an opportunity was won in its window."""
    table = crm.table("opportunities")
    won = table.filter(_is_closed(table, end) & table.is_won)
    joined = pairs.join(won.select("account_id", "closed_at"), "account_id")
    inside = joined.filter(
        (joined.closed_at >= joined.as_of) & (joined.closed_at < joined.known_at)
    )
    wins = inside.group_by("account_id", "as_of").agg(wins=inside.count())
    labelled = pairs.left_join(wins, ["account_id", "as_of"])
    return labelled.select(
        account_id=labelled.account_id,
        as_of=labelled.as_of,
        known_at=labelled.known_at,
        y=labelled.wins.notnull().cast("int64"),
        group=labelled.account_id + " " + labelled.as_of.strftime("%Y-%m-%d"),
        testable=ibis.literal(True),
    )


def _is_closed(table: ibis.Table, end: datetime) -> ibis.Value:
    """Whether an opportunity was won or lost before `end`, on no day before its creation."""
    closed = table.is_won.notnull() & (table.closed_at < end)
    in_order = table.closed_at.date() >= table.created_at.date()
    return (closed & in_order).fill_null(False)


def _of_usable_accounts(crm: Crm, table: ibis.Table, end: datetime) -> ibis.Table:
    """Rows whose account is known and not suppressed."""
    accounts = crm.table("accounts").select("account_id")
    return table.semi_join(accounts, "account_id").anti_join(
        suppressed_accounts(crm, end), "account_id"
    )


def _numbered(crm: Crm, rows: ibis.Table) -> pa.Table:
    """Rows in a fixed order, numbered from 0."""
    ordered = rows.mutate(
        row_id=ibis.row_number().over(
            ibis.window(order_by=[rows.as_of, rows.account_id, rows.group])
        )
    ).order_by("row_id")
    return crm.to_arrow(ordered).select(LABEL_SCHEMA.names).cast(LABEL_SCHEMA)


def utc(moment: datetime) -> datetime:
    """In UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
