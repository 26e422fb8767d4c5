"""The accounts that an ICP is proposed from or checked on: won, lost, and the universe.

A won account is looked at as it was when its first won opportunity was created, a lost one (that
never won) at its first lost opportunity. Signals are those before that moment; attributes are
those that account_history dates before it, else those of today. Suppressed accounts are in none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.config import Params
from abm_ml.criterion import Criterion
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts
from abm_ml.features.account import existing_accounts
from abm_ml.features.attributes import attribute_features
from abm_ml.features.discovery import frequent
from abm_ml.features.names import ATTRIBUTE, Feature, parse_feature
from abm_ml.features.signals import criterion_counts, signal_features
from abm_ml.rules.icp import Flags, plain
from abm_ml.rules.icp_evidence import LOST, UNIVERSE, WON

MOST_ROWS = 20_000
"""Accounts of each group that a proposal looks at: beyond this, shares hardly get sharper."""

_ROWS = "icp_rows"

_MOMENTS = pa.schema(
    [
        ("account_id", pa.string()),
        ("as_of", pa.timestamp("us")),
        ("created_at", pa.timestamp("us")),
        ("group", pa.string()),
    ]
)


@dataclass(frozen=True)
class IcpRows:
    """Accounts with what is known of them, one row each in every group that they belong to.

    Parameters
    ----------
    spine : pyarrow.Table
        row_id (0, 1, …), account_id, as_of, group.
    columns : dict of str to pyarrow.Array, each of shape (n_rows,)
        What criteria can look at, by `Criterion.source`.
    """

    spine: pa.Table
    columns: dict[str, pa.Array]

    @property
    def account_ids(self) -> list[str]:
        """Whose row it is."""
        return list(self.spine["account_id"].to_pylist())

    @property
    def groups(self) -> dict[str, Flags]:
        """Rows of each group."""
        named = np.asarray(self.spine["group"].to_pylist(), dtype=object)
        return {group: named == group for group in (WON, LOST, UNIVERSE)}


def rows_to_propose_from(crm: Crm, params: Params, as_of: datetime) -> IcpRows:
    """Attributes that are safe to look at, and counts of signals, of a sample of each group.

    An account of the universe is looked at as of a moment drawn from those of the winners, so
    that what changes with the years makes no trait; where it did not exist yet, as of `as_of`.
    """
    deals = _first_deals(crm, as_of)
    won, lost = (_sampled(deals.filter(pc.equal(deals["group"], name))) for name in (WON, LOST))
    universe = _sampled(_universe(crm, as_of))
    moments = sorted(won["as_of"].to_pylist())
    drawn = [_drawn_moment(row, moments, as_of) for row in universe.to_pylist()]
    universe = universe.set_column(1, "as_of", pa.array(drawn, pa.timestamp("us")))
    spine = _numbered([won, lost, universe])
    names = safe_columns(crm, params)
    windows = params.features.signal_windows_days
    kinds = frequent(crm, "signals", "kind", as_of, params.features.max_kinds)
    counts = [f"signals:{kind}:{days}d" for kind in kinds for days in windows]
    return IcpRows(spine, _attributes(crm, spine, names) | _counts(crm, spine, counts))


def rows_to_check(
    crm: Crm, criteria: Sequence[Criterion], judged: frozenset[str], as_of: datetime
) -> IcpRows:
    """What criteria look at, of every account of the universe and of past won and lost ones.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    criteria : sequence of Criterion
        The ICP's.
    judged : frozenset of str
        Sources that the export lets us judge (`scoring.scope`).
    as_of : datetime
        The universe is looked at as of then.
    """
    universe, deals = _universe(crm, as_of), _first_deals(crm, as_of).sort_by("account_id")
    spine = _numbered([universe, deals])
    looked_at = [one.column for one in criteria if one.column and one.source in judged]
    columns = _attributes_then(crm, spine, universe.num_rows, list(dict.fromkeys(looked_at)))
    rows = crm.register(_ROWS, spine)
    for one in criteria:
        if one.signal and one.source in judged:
            counts = rows.select("row_id").left_join(criterion_counts(crm, rows, one), "row_id")
            columns |= _ordered(crm, counts, [one.source])
    return IcpRows(spine, columns)


def _attributes_then(
    crm: Crm, spine: pa.Table, n_universe: int, names: Sequence[str]
) -> dict[str, pa.Array]:
    """Columns as they stand now for the universe, as scoring takes them; as of then for deals."""
    accounts = crm.table("accounts").select("account_id", *(n for n in names if n != "account_id"))
    rows = crm.register(_ROWS, spine.slice(0, n_universe))
    now = _ordered(crm, rows.left_join(accounts, "account_id"), names)
    then = _attributes(crm, spine.slice(n_universe), names)
    # Numbers come as float64, which any_of would read as "2019.0".
    return {
        name: pa.concat_arrays([now[name], then[name].cast(now[name].type, safe=False)])
        for name in names
    }


def safe_columns(crm: Crm, params: Params) -> list[str]:
    """Columns of accounts that params list as slow to change, where the export has them."""
    given = crm.given_columns("accounts")
    listed = (*params.features.stable_columns, *params.features.extra_columns)
    return [name for name in dict.fromkeys(listed) if name in given]


def _first_deals(crm: Crm, as_of: datetime) -> pa.Table:
    """Each account's first won opportunity; else, of those that never won, its first lost one."""
    table = crm.table("opportunities")
    closed = table.filter(
        (table.created_at < as_of)
        & (table.closed_at < as_of)
        & table.is_won.notnull()
        # A closing day before the creation is a mistake; a date alone lies on its midnight.
        & (table.closed_at.date() >= table.created_at.date())
    )
    usable = _usable(crm, closed.semi_join(crm.table("accounts"), "account_id"), as_of)
    first = usable.group_by("account_id").agg(
        won_at=usable.created_at.min(where=usable.is_won),
        lost_at=usable.created_at.min(where=~usable.is_won),
    )
    return crm.to_arrow(
        first.select(
            "account_id",
            as_of=ibis.coalesce(first.won_at, first.lost_at),
            created_at=ibis.null("timestamp(6)"),
            group=ibis.ifelse(first.won_at.notnull(), WON, LOST),
        )
    ).cast(_MOMENTS)


def _universe(crm: Crm, as_of: datetime) -> pa.Table:
    """Every account that existed before as_of and may be used."""
    accounts = _usable(crm, existing_accounts(crm, as_of), as_of)
    rows = accounts.select(
        "account_id",
        as_of=ibis.literal(as_of).cast("timestamp(6)"),
        created_at=accounts.created_at,
        group=ibis.literal(UNIVERSE),
    )
    return crm.to_arrow(rows.order_by("account_id")).cast(_MOMENTS)


def _usable(crm: Crm, rows: ibis.Table, as_of: datetime) -> ibis.Table:
    return rows.anti_join(suppressed_accounts(crm, as_of), "account_id")


def _sampled(rows: pa.Table) -> pa.Table:
    """At most `MOST_ROWS` accounts, by a hash: the same whatever the order of rows."""
    ids = rows["account_id"].to_pylist()
    order = sorted(range(len(ids)), key=lambda place: (_hash(ids[place]), ids[place]))
    kept = sorted(order[:MOST_ROWS], key=lambda place: ids[place])
    return rows.take(pa.array(kept, pa.int64()))


def _drawn_moment(
    row: Mapping[str, datetime], moments: Sequence[datetime], as_of: datetime
) -> datetime:
    """One of the winners' moments, if the account existed then."""
    if not moments:
        return as_of
    moment = moments[_hash(f"moment {row['account_id']}") % len(moments)]
    return moment if row["created_at"] is None or row["created_at"] < moment else as_of


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=b"abm-icp-rows")
    return int.from_bytes(digest.digest(), "big")


def _numbered(parts: Sequence[pa.Table]) -> pa.Table:
    rows = pa.concat_tables(parts)
    numbers = pa.array(np.arange(rows.num_rows), pa.int64())
    return rows.add_column(0, "row_id", numbers).drop_columns(["created_at"])


def _attributes(crm: Crm, spine: pa.Table, names: Sequence[str]) -> dict[str, pa.Array]:
    features = [Feature(name, ATTRIBUTE) for name in names]
    return _of_rows(
        crm, spine, names, lambda rows: attribute_features(crm, rows, features, set(names))
    )


def _counts(crm: Crm, spine: pa.Table, names: Sequence[str]) -> dict[str, pa.Array]:
    features = [parse_feature(name) for name in names]
    counts = _of_rows(crm, spine, names, lambda rows: signal_features(crm, rows, features))
    return {name: pc.fill_null(values, 0) for name, values in counts.items()}


def _of_rows(
    crm: Crm,
    spine: pa.Table,
    names: Sequence[str],
    features: Callable[[ibis.Table], ibis.Table],
) -> dict[str, pa.Array]:
    """Features of each row of the spine, in its order."""
    if not names:
        return {}
    rows = crm.register(_ROWS, spine)
    joined = rows.select("row_id").left_join(features(rows), "row_id")
    return _ordered(crm, joined, names)


def _ordered(crm: Crm, rows: ibis.Table, names: Sequence[str]) -> dict[str, pa.Array]:
    table = crm.to_arrow(rows.order_by("row_id").select("row_id", *names))
    return {name: plain(table[name]) for name in names}
