"""What is wrong with real exports: misspelt words and rows that are there twice."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from abm_ml.data.simulate.draws import Bools, Draws, Ints
from abm_ml.data.simulate.world import DAY, World


def misspelt(texts: pa.Array, wrong: Bools) -> pa.Array:
    """Texts with the second letter left out where `wrong`.

    >>> misspelt(pa.array(["Buyer", "Buyer"]), np.array([True, False])).to_pylist()
    ['Byer', 'Buyer']
    """
    spoilt = pc.utf8_replace_slice(texts, 1, 2, "")
    return pc.if_else(pa.array(wrong), spoilt, texts)


def with_earlier_versions(
    table: pa.Table, name: str, keys: tuple[Ints, ...], world: World, draws: Draws
) -> pa.Table:
    """The table and, for some rows, an earlier version with the same key right before the row.

    An earlier version was updated at least a day before, has a misspelt name or title, and, if it
    is an opportunity, was still open. A row that was never updated after its creation has none.
    """
    again = draws.happens(world.duplicate_rate, f"duplicate {name}", *keys)
    updated = _seconds(table["updated_at"])
    again &= updated - _seconds(table["created_at"]) > 2 * DAY
    rows = np.flatnonzero(again)
    earlier = table.take(pa.array(rows))
    changes = {"updated_at": pa.array((updated[rows] - DAY) * 1_000_000).cast(pa.timestamp("us"))}
    everywhere = np.ones(len(rows), dtype=bool)
    for column in ("name", "title"):
        if column in earlier.column_names:
            changes[column] = misspelt(earlier[column], everywhere)
    if "stage" in earlier.column_names:
        changes |= _still_open(earlier)
    for column, values in changes.items():
        place = earlier.column_names.index(column)
        earlier = earlier.set_column(place, column, values)
    order = np.argsort(np.concatenate([rows - 0.5, np.arange(len(table))]), kind="stable")
    return pa.concat_tables([earlier, table]).take(pa.array(order))


def _still_open(deals: pa.Table) -> dict[str, pa.Array]:
    """Columns of opportunities before they were closed."""
    rows = len(deals)
    empty = ("is_won", "closed_at", "close_reason")
    found = {c: pa.nulls(rows, deals[c].type) for c in empty if c in deals.column_names}
    return {**found, "stage": pa.repeat(pa.scalar("Proposal"), rows)}


def _seconds(moments: pa.ChunkedArray) -> Ints:
    seconds: Ints = moments.cast(pa.int64()).to_numpy() // 1_000_000
    return seconds
