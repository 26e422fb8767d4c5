"""Columns of accounts as they stood at as_of, and what the account records themselves date.

The value of an attribute is the one that account_history last dated before as_of. Where nothing
is dated before as_of, the current value stands in for a column that is listed as stable; a
column that is not stable is then empty, because its current value may have been written after
the outcome. Rows of account_history at or after as_of are never looked at, not even to see that
they exist: that a value will change is the future too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import ibis

from abm_ml.data.crm import Crm
from abm_ml.errors import DataError
from abm_ml.features.names import Feature
from abm_ml.features.spine import latest, seen_before


def attribute_features(
    crm: Crm, spine: ibis.Table, features: Sequence[Feature], stable: Collection[str]
) -> ibis.Table:
    """Attributes of each spine row by their own names; numbers come as float64.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id, account_id, as_of.
    features : sequence of Feature
        Columns of accounts, or columns that only account_history knows (these come as text).
    stable : collection of str
        Columns whose current value stands in where nothing is dated before as_of.

    Returns
    -------
    ibis.Table
        row_id and attributes, for the rows whose account is known.
    """
    accounts = crm.table("accounts")
    names = [feature.name for feature in features]
    _check_known(crm, names)
    current = [name for name in names if name in accounts.columns]
    joined = spine.select("row_id", "account_id").join(
        accounts.select("account_id", *(name for name in current if name != "account_id")),
        "account_id",
    )
    dated = _dated_values(crm, spine, names) if crm.has("account_history") else None
    if dated is not None:
        joined = joined.left_join(dated, "row_id").drop("row_id_right")
    values = {}
    for name in names:
        kind = accounts[name].type() if name in current else ibis.dtype("string")
        undated = joined[name] if name in current and name in stable else ibis.null(kind)
        value = undated
        if dated is not None:
            written = _typed(joined[_written(name)], kind)
            value = ibis.ifelse(joined[_is_dated(name)].fill_null(False), written, undated)
        values[name] = value.cast("float64") if kind.is_numeric() else value
    return joined.select("row_id", **values)


def account_age(crm: Crm, spine: ibis.Table) -> ibis.Table:
    """Days from the account's creation to as_of: row_id, account_age_days (float64)."""
    accounts = crm.table("accounts").select("account_id", "created_at")
    seen = seen_before(spine, accounts, at="created_at")
    return seen.select("row_id", account_age_days=seen.age_days.cast("float64"))


def known_contacts(crm: Crm, spine: ibis.Table) -> ibis.Table:
    """Contacts created before as_of: row_id, known_contacts (float64), where there are any."""
    contacts = crm.table("contacts").select("account_id", "created_at")
    seen = seen_before(spine, contacts, at="created_at")
    return seen.group_by("row_id").agg(known_contacts=seen.count().cast("float64"))


def _check_known(crm: Crm, names: Sequence[str]) -> None:
    """Refuse a column that neither accounts nor, possibly, account_history has."""
    known = crm.table("accounts").columns
    missing = [name for name in names if name not in known]
    if missing and not crm.has("account_history"):
        raise DataError(
            f"accounts: column '{missing[0]}' is missing, which is one of the model's features; "
            "bring it in the export, or train without it"
        )


def _dated_values(crm: Crm, spine: ibis.Table, names: Sequence[str]) -> ibis.Table:
    """Last value dated before as_of, as written, with a mark that there is one, by column."""
    history = crm.table("account_history")
    seen = seen_before(spine, history.filter(history.column.isin(list(names))), at="valid_from")
    last = latest(seen, by=("row_id", "column"), at="valid_from", then="value")
    columns = {}
    for name in names:
        mine = last.column == name
        columns[_written(name)] = last.value.max(where=mine)
        columns[_is_dated(name)] = last.count(where=mine) > 0
    return last.group_by("row_id").agg(**columns)


def _typed(text: ibis.Value, kind: ibis.DataType) -> ibis.Value:
    """A value of account_history in its column's type; null where it can't be read."""
    if kind.is_string():
        return text
    if kind.is_array():
        return _tags(text)
    # Whole numbers may be written "200.0".
    return text.try_cast("float64" if kind.is_numeric() else kind)


def _tags(text: ibis.Value) -> ibis.Value:
    """Tags split on ; | 、 and, where none of these occurs, on commas, as prepare does."""
    bare = text.re_replace(r'[\[\]"]', "").re_replace(r"[|、；\n]", ";")
    marked = ibis.ifelse(bare.contains(";"), bare, bare.re_replace("[,，]", ";"))
    tags = marked.split(";").map(lambda tag: tag.strip())
    return tags.filter(lambda tag: tag != "")


def _written(name: str) -> str:
    return f"{name}:written"


def _is_dated(name: str) -> str:
    return f"{name}:dated"
