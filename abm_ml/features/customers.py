"""What an account bought and how it fares with it, as of a date: contracts, deals, use, praise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import ibis

from abm_ml.data.crm import Crm
from abm_ml.features.engagement import counted_events
from abm_ml.features.spine import days_between, latest, seen_before
from abm_ml.rulebook import Stages

RENEWAL = ("renew", "续约", "续订", "续费", "续签")
EXPANSION = ("expan", "upsell", "up-sell", "upgrade", "cross", "增购", "扩", "升级", "交叉")
"""Parts of an opportunity's `type` that say what it was."""

ACCEPTED = (
    "accept", "accepted", "yes", "qualified", "good fit", "接受", "已接受", "认可", "合格", "合适",
)  # fmt: skip
"""What `verdict` says of accounts that sales took on."""

REJECTED = (
    "reject", "rejected", "no", "bad fit", "not a fit", "disqualified", "unqualified", "拒绝",
    "已拒绝", "不合适", "不合格",
)  # fmt: skip
"""What `verdict` says of accounts that sales does not want."""

_SUBSIDIARY = ("subsidiary", "branch", "子公司", "分公司")
_PARENT = ("parent", "母公司")

_NOTHING = {
    "renewals": 0,
    "expansions": 0,
    "products": 0,
    "usage_events": 0,
    "advocacy_events": 0,
    "subsidiaries": 0,
    "accepted": False,
}


def customer_state(crm: Crm, spine: ibis.Table, stages: Stages, *, window_days: int) -> ibis.Table:
    """What each spine row bought, uses, renews and says, before its as_of.

    What an export does not have counts as nothing seen. A contract is known from its start, with
    its end and renewal date.

    Parameters
    ----------
    crm : Crm
        Canonical tables, whole or a slice.
    spine : ibis.Table
        row_id, account_id, as_of.
    stages : Stages
        Kinds of events that tell of use and of advocacy.
    window_days : int
        Use is counted within it; advocacy at any time.

    Returns
    -------
    ibis.Table
        row_id (every spine row); contract_days (how long the oldest running contract runs, null:
        none), renewal_in_days (until the next renewal or end of a running contract, null: none
        known); renewals (by contracts or won deals, whichever tell more), expansions, products
        (different ones bought), usage_events, advocacy_events, subsidiaries (int64); accepted
        (sales' last word is yes), rejected_at (when it was no, at the end of the day where only
        the day is known; null: it was not).
    """
    parts = [
        _contracts(crm, spine),
        _deals(crm, spine),
        _products(crm, spine),
        _subsidiaries(crm, spine),
        _verdicts(crm, spine),
        _events(crm, spine, stages, window_days),
    ]
    found = spine.select("row_id")
    for part in parts:
        found = found.left_join(part, "row_id").drop("row_id_right")
    renewals = ibis.greatest(found.contract_renewals.fill_null(0), found.deal_renewals.fill_null(0))
    told = found.mutate(renewals=renewals).drop("contract_renewals", "deal_renewals")
    return told.fill_null(_NOTHING)


def products_sold(crm: Crm, as_of: datetime) -> int:
    """Different products that anybody had bought before as_of; of the whole CRM, not a slice."""
    deals, contracts = crm.table("opportunities"), crm.table("contracts")
    won = deals.filter(deals.is_won & (deals.closed_at < as_of)).select("product")
    started = contracts.filter(contracts.start < as_of).select("product")
    every = won.union(started)
    return int(crm.to_arrow(every.agg(products=every["product"].nunique()))["products"][0].as_py())


def _contracts(crm: Crm, spine: ibis.Table) -> ibis.Table:
    table = crm.table("contracts").select("account_id", "product", "start", "end", "renewal_at")
    seen = seen_before(spine, table, at="start")
    running = seen.end.isnull() | (seen.end >= seen.as_of)
    due = ibis.coalesce(
        (seen.renewal_at >= seen.as_of).ifelse(seen.renewal_at, None),
        (seen.end >= seen.as_of).ifelse(seen.end, None),
    )
    dated = seen.mutate(running=running, due_in=days_between(seen.as_of, due))
    by_product = dated.group_by("row_id", "product").agg(
        renewals=dated.start.nunique() - 1,
        contract_days=dated.age_days.max(where=dated.running),
        renewal_in_days=dated.due_in.min(where=dated.running),
    )
    return by_product.group_by("row_id").agg(
        contract_renewals=by_product.renewals.sum(),
        contract_days=by_product.contract_days.max().cast("int64"),
        renewal_in_days=by_product.renewal_in_days.min().cast("int64"),
    )


def _deals(crm: Crm, spine: ibis.Table) -> ibis.Table:
    won = _won(crm, spine)
    kind = won.type.lower().fill_null("")
    return won.group_by("row_id").agg(
        deal_renewals=won.count(where=_has_any(kind, RENEWAL)),
        expansions=won.count(where=_has_any(kind, EXPANSION)),
    )


def _products(crm: Crm, spine: ibis.Table) -> ibis.Table:
    contracts = crm.table("contracts").select("account_id", "product", "start")
    signed = seen_before(spine, contracts, at="start").select("row_id", "product")
    bought = _won(crm, spine).select("row_id", "product").union(signed)
    return bought.group_by("row_id").agg(products=bought["product"].nunique())


def _won(crm: Crm, spine: ibis.Table) -> ibis.Table:
    columns = ("account_id", "created_at", "closed_at", "is_won", "type", "product")
    seen = seen_before(spine, crm.table("opportunities").select(*columns), at="created_at")
    return seen.filter(seen.is_won & (seen.closed_at < seen.as_of))


def _subsidiaries(crm: Crm, spine: ibis.Table) -> ibis.Table:
    """Companies that relations or their own parent_account_id put under the account."""
    relations, accounts = crm.table("relations"), crm.table("accounts")
    born = accounts.select(child=accounts.account_id, born=accounts.created_at)
    kind = relations.kind.strip().lower()
    below = relations.filter(kind.isin(_SUBSIDIARY)).select(
        account_id=relations.account_id, child=relations.related_account_id
    )
    above = relations.filter(kind.isin(_PARENT)).select(
        account_id=relations.related_account_id, child=relations.account_id
    )
    named = accounts.select(account_id=accounts.parent_account_id, child=accounts.account_id)
    pairs = ibis.union(below, above, named).distinct()
    aged = pairs.filter(pairs.account_id != pairs.child).left_join(born, "child")
    joined = aged.join(spine, "account_id")
    joined = joined.filter(joined.born.isnull() | (joined.born < joined.as_of))
    return joined.group_by("row_id").agg(subsidiaries=joined.count())


def _verdicts(crm: Crm, spine: ibis.Table) -> ibis.Table:
    said = seen_before(spine, crm.table("feedback").select("account_id", "verdict", "ts"))
    last = latest(said, by=("row_id",), at="ts", then="verdict")
    said_last = last.verdict.strip().lower()
    # A list that sales filled in dates decisions by the day: such a no holds through that day.
    day = last.ts.cast("date").cast("timestamp(6)")
    through = (day + ibis.interval(days=1) - ibis.interval(microseconds=1)).cast("timestamp(6)")
    until = (last.ts == day).ifelse(through, last.ts)
    rejected = said_last.isin(REJECTED).ifelse(until, ibis.null("timestamp(6)"))
    return last.select("row_id", accepted=said_last.isin(ACCEPTED), rejected_at=rejected)


def _events(crm: Crm, spine: ibis.Table, stages: Stages, window_days: int) -> ibis.Table:
    """Events that tell of use within the window, and of advocacy at any time."""
    events = counted_events(crm, spine)
    told = events.filter(events.kind.isin([*stages.usage_kinds, *stages.advocate_kinds]))
    used = told.kind.isin(list(stages.usage_kinds)) & (told.age_days <= window_days)
    return told.group_by("row_id").agg(
        usage_events=told.count(where=used),
        advocacy_events=told.count(where=told.kind.isin(list(stages.advocate_kinds))),
    )


def _has_any(text: ibis.Value, parts: Sequence[str]) -> ibis.Value:
    return text.re_search("|".join(parts))
