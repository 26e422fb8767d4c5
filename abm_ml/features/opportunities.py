"""Where an account's opportunities stood at as_of: won, lost or open, and how long ago."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import ibis

from abm_ml.data.crm import Crm
from abm_ml.errors import ParamsError
from abm_ml.features.names import Feature
from abm_ml.features.spine import days_between, for_every_row, latest, seen_before

STATES = ("past_won", "past_lost", "open_opportunities")


def opportunity_state(crm: Crm, spine: ibis.Table, product: str | None = None) -> ibis.Table:
    """Opportunities of each spine row by their state at as_of.

    An opportunity exists from its created_at; it is won or lost once its closed_at lies before
    as_of, and open until then.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id, account_id, as_of.
    product : str, optional
        Only opportunities of this product count, whatever its case; those that name none do not.

    Returns
    -------
    ibis.Table
        row_id (every spine row), past_won, past_lost, open_opportunities (int64).
    """
    seen = _of_product(_opportunities(crm, spine), product)
    counts = {name: measure for name, measure in _measures(seen).items() if name in STATES}
    found = seen.group_by("row_id").agg(**counts)
    return for_every_row(spine, found, dict.fromkeys(STATES, 0))


def won_elsewhere(crm: Crm, spine: ibis.Table, product: str) -> ibis.Table:
    """Opportunities won before as_of of any product but this one: who has some may be cross-sold.

    Returns
    -------
    ibis.Table
        row_id (every spine row), won_elsewhere (int64).
    """
    seen = _opportunities(crm, spine)
    other = seen.filter(~(_key(seen.product) == _key(ibis.literal(product))).fill_null(False))
    found = other.group_by("row_id").agg(won_elsewhere=other.count(where=other.is_past_won))
    return for_every_row(spine, found, {"won_elsewhere": 0})


def opportunity_sources(crm: Crm, spine: ibis.Table, product: str | None = None) -> ibis.Table:
    """The opportunities that make an account a customer, or one that sales works on.

    Parameters
    ----------
    crm, spine, product
        As in `opportunity_state`.

    Returns
    -------
    ibis.Table
        row_id (every spine row), won_id and won_at of the one won last, open_id and open_since
        of the one opened last; null where there is none.
    """
    seen = _of_product(_opportunities(crm, spine), product)
    by, then = ("row_id",), "opportunity_id"
    won = latest(seen.filter(seen.is_past_won), by=by, at="closed_at", then=then)
    opened = latest(seen.filter(seen.is_open), by=by, at="created_at", then=then)
    won = won.select("row_id", won_id="opportunity_id", won_at="closed_at")
    opened = opened.select("row_id", open_id="opportunity_id", open_since="created_at")
    joined = for_every_row(spine, won).left_join(opened, "row_id")
    return joined.drop("row_id_right")


def products(crm: Crm) -> tuple[str, ...]:
    """Products that opportunities name, sorted; each once, in its most frequent spelling."""
    table = crm.table("opportunities")
    named = table.select(key=_key(table.product), name=table.product.strip())
    named = named.filter(named.key != "")
    rows = crm.to_arrow(named.group_by("key", "name").agg(n=named.count())).to_pylist()
    # The most frequent spelling comes last, and stays.
    rows.sort(key=lambda row: (-row["n"], row["name"]), reverse=True)
    return tuple(sorted({row["key"]: row["name"] for row in rows}.values()))


def checked_product(crm: Crm, product: str | None) -> str | None:
    """The product as opportunities spell it; None stays None.

    Raises
    ------
    ParamsError
        If no opportunity names it; names the nearest.
    """
    if product is None:
        return None
    known = {name.lower(): name for name in products(crm)}
    wanted = product.strip().lower()
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, known, n=3) or list(known)[:3]
    named = ", ".join(known[name] for name in near)
    hint = f"did you mean {named}?" if near else "opportunities name no product at all"
    raise ParamsError(f"no opportunity is of product {product!r}; {hint}")


def opportunity_features(crm: Crm, spine: ibis.Table, features: Sequence[Feature]) -> ibis.Table:
    """Opportunity features by their names, for the rows that have opportunities."""
    seen = _opportunities(crm, spine)
    measures = _measures(seen)
    return seen.group_by("row_id").agg(
        **{feature.name: measures[feature.family].cast("float64") for feature in features}
    )


def _measures(seen: ibis.Table) -> dict[str, ibis.Value]:
    return {
        "past_won": seen.count(where=seen.is_past_won),
        "past_lost": seen.count(where=seen.is_past_lost),
        "open_opportunities": seen.count(where=seen.is_open),
        "days_since_won": seen.closed_days.min(where=seen.is_past_won),
        "days_since_lost": seen.closed_days.min(where=seen.is_past_lost),
    }


def _opportunities(crm: Crm, spine: ibis.Table) -> ibis.Table:
    """Opportunities created before as_of, with their state at as_of."""
    table = crm.table("opportunities").select(
        "opportunity_id", "account_id", "created_at", "closed_at", "is_won", "product"
    )
    seen = seen_before(spine, table, at="created_at")
    closed = (seen.closed_at < seen.as_of).fill_null(False)
    # One that is won or lost without a date can't be placed in time: it counts as nothing.
    undated = seen.closed_at.isnull() & seen.is_won.notnull()
    return seen.select(
        "row_id",
        "opportunity_id",
        "created_at",
        "closed_at",
        "product",
        is_past_won=closed & seen.is_won.fill_null(False),
        is_past_lost=closed & ~seen.is_won.fill_null(True),
        is_open=~closed & ~undated,
        closed_days=days_between(seen.closed_at, seen.as_of),
    )


def _of_product(seen: ibis.Table, product: str | None) -> ibis.Table:
    if product is None:
        return seen
    return seen.filter(_key(seen.product) == _key(ibis.literal(product)))


def _key(product: ibis.Value) -> ibis.Value:
    """What two spellings of a product are compared by."""
    return product.strip().lower()
