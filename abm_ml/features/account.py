"""Account features as of a date: one set of expressions for training and for scoring."""

from __future__ import annotations

from datetime import UTC, datetime

import ibis

from abm_ml.data.crm import Crm
from abm_ml.features.attributes import account_age, attribute_features, known_contacts
from abm_ml.features.engagement import engagement_features
from abm_ml.features.intent import intent_features
from abm_ml.features.opportunities import opportunity_features
from abm_ml.features.signals import signal_features
from abm_ml.features.spec import FeatureSpec


def universe_spine(crm: Crm, as_of: datetime) -> ibis.Table:
    """Every account that existed before as_of, to be looked at as of then.

    Accounts without created_at are taken to have existed.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    as_of : datetime
        UTC; with a zone it is converted.

    Returns
    -------
    ibis.Table
        row_id (0, 1, … in the order of account_id), account_id, as_of.
    """
    moment = as_of.astimezone(UTC).replace(tzinfo=None) if as_of.tzinfo else as_of
    existing = existing_accounts(crm, moment)
    return existing.select(
        row_id=ibis.row_number().over(order_by=existing.account_id).cast("int64"),
        account_id=existing.account_id,
        as_of=ibis.literal(moment).cast("timestamp(6)"),
    )


def existing_accounts(crm: Crm, as_of: datetime) -> ibis.Table:
    """Accounts created before as_of (UTC without a zone), or nobody knows when."""
    accounts = crm.table("accounts")
    return accounts.filter(accounts.created_at.isnull() | (accounts.created_at < as_of))


def account_features(crm: Crm, spine: ibis.Table, spec: FeatureSpec) -> ibis.Table:
    """Features of each spine row, from what lay strictly before its as_of.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    spine : ibis.Table
        row_id (int64, unique), account_id (string), as_of (timestamp): `universe_spine` for
        scoring, one as_of a row for training.
    spec : FeatureSpec
        Which features, and how they count.

    Returns
    -------
    ibis.Table
        row_id and the spec's columns in their order, one row for each spine row, in no order of
        rows. Numbers are float64; nothing seen is 0, except that days since something that
        never happened, and unknown attributes, are null.
    """
    result = spine.select("row_id")
    for part in _parts(crm, spine, spec):
        result = result.left_join(part, "row_id").drop("row_id_right")
    return result.select(
        "row_id",
        **{
            feature.name: _filled(result[feature.name], feature.unseen) for feature in spec.features
        },
    )


def _parts(crm: Crm, spine: ibis.Table, spec: FeatureSpec) -> list[ibis.Table]:
    """Tables of row_id and features, for the families that the spec asks for."""
    parts = []
    if engagement := spec.from_source("engagements"):
        parts += engagement_features(
            crm,
            spine,
            engagement,
            points_by_kind=spec.points_by_kind,
            daily_cap=spec.daily_cap,
            half_life_days=spec.half_life_days,
            window_days=spec.window_days,
            excluded_kinds=spec.outcome_kinds,
        )
    if intent := spec.from_source("intent"):
        parts.append(intent_features(crm, spine, intent, window_days=spec.intent_window_days))
    if signals := spec.from_source("signals"):
        parts.append(signal_features(crm, spine, signals))
    if opportunities := spec.from_source("opportunities"):
        parts.append(opportunity_features(crm, spine, opportunities))
    if spec.from_source("accounts"):
        parts.append(account_age(crm, spine))
    if spec.from_source("contacts"):
        parts.append(known_contacts(crm, spine))
    if attributes := spec.from_source("attributes"):
        parts.append(attribute_features(crm, spine, attributes, spec.stable_columns))
    return parts


def _filled(value: ibis.Value, unseen: float | None) -> ibis.Value:
    return value if unseen is None else value.fill_null(unseen)
