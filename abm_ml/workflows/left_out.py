"""Who is no look-alike to be approached: customers, open deals, suppressed and the like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.data.suppression import suppressed_accounts
from abm_ml.features.account import universe_spine
from abm_ml.features.customers import REJECTED
from abm_ml.features.opportunities import opportunity_state
from abm_ml.rules.exclusions import exclusions

CLOSED = ("revoked", "deregistered")
"""What `status` says of companies that exist on paper only."""

_SPINE = "lookalike_spine"


def account_states(crm: Crm, as_of: datetime) -> pd.DataFrame:
    """Where each account of the CRM stands at as_of.

    Returns
    -------
    DataFrame
        account_id (sorted), account_type, owner_id, past_won, past_lost, open_opportunities.
    """
    spine = crm.register(_SPINE, crm.to_arrow(universe_spine(crm, as_of)))
    accounts = crm.table("accounts").select("account_id", "account_type", "owner_id")
    state = spine.select("row_id", "account_id").join(opportunity_state(crm, spine), "row_id")
    joined = state.drop("row_id").join(accounts, "account_id")
    return crm.to_arrow(joined.order_by("account_id")).to_pandas()


def suppressed_ids(crm: Crm, companies: pd.DataFrame, as_of: datetime) -> frozenset[str]:
    """Companies that must not be used at as_of, those that are not in the CRM too.

    Parameters
    ----------
    crm : Crm
        Its suppressions hold for all.
    companies : DataFrame
        account_id and domain of what is indexed.
    as_of : datetime
        Suppressions that ended before it don't count.
    """
    keys = companies[["account_id"]].assign(name="", domain=companies.get("domain"))
    listed = crm.to_arrow(crm.table("suppressions"))
    indexed = Crm.from_tables({"accounts": keys.astype("string"), "suppressions": listed})
    found = [
        one.to_arrow(suppressed_accounts(one, as_of).select("account_id")).column(0).to_pylist()
        for one in (crm, indexed)
    ]
    return frozenset(found[0]) | frozenset(found[1])


def left_out(
    states: pd.DataFrame,
    suppressed: Iterable[str],
    params: Params,
    *,
    include_customers: bool = False,
) -> pd.DataFrame:
    """Accounts that are left out of every list of look-alikes, with the reason.

    The rules are those of scoring (`rules.exclusions`), motion `acquire`; with
    `include_customers` motion `all`, which keeps customers and open opportunities.

    Parameters
    ----------
    states : DataFrame
        As in `account_states`.
    suppressed : iterable of str
        Companies that must not be used.
    params : Params
        Account types and owners that are left alone.
    include_customers : bool
        Whether customers and accounts with an open opportunity may be listed.

    Returns
    -------
    DataFrame
        account_id (each once, sorted), reason.
    """
    forbidden = set(suppressed)
    reason = exclusions(
        suppressed=states["account_id"].isin(forbidden).to_numpy(),
        account_type=_texts(states["account_type"]),
        owner_id=_texts(states["owner_id"]),
        customer=states["past_won"].to_numpy() > 0,
        open_opportunity=states["open_opportunities"].to_numpy() > 0,
        motion="all" if include_customers else "acquire",
        account_types=params.exclusions.account_types,
        hands_off_owners=params.exclusions.hands_off_owners,
    )
    ruled = pd.DataFrame({"account_id": states["account_id"], "reason": reason.to_pandas()})
    beyond = sorted(forbidden - set(states["account_id"]))
    others = pd.DataFrame({"account_id": beyond, "reason": np.full(len(beyond), "suppressed")})
    found = pd.concat([ruled.dropna(), others.astype(object)], ignore_index=True)
    return found.sort_values("account_id", ignore_index=True)


def with_bought(states: pd.DataFrame, companies: pd.DataFrame, ours: list[str]) -> pd.DataFrame:
    """States with those of indexed companies that are not in the CRM: nothing was ever sold there.

    Parameters
    ----------
    states : DataFrame
        As in `account_states`.
    companies : DataFrame
        account_id, account_type and owner_id of what is indexed.
    ours : list of str
        Accounts of the CRM.
    """
    new = companies.loc[~companies["account_id"].isin(ours)]
    bought = new.reindex(columns=["account_id", "account_type", "owner_id"])
    nothing = dict.fromkeys(("past_won", "past_lost", "open_opportunities"), 0)
    return pd.concat([states, bought.assign(**nothing)], ignore_index=True)


def others_of_groups(groups: Mapping[str, str], companies: Iterable[str]) -> list[str]:
    """Companies that belong with some others: their parents, subsidiaries and branches; sorted.

    Parameters
    ----------
    groups : mapping of str to str
        The group of each company that belongs to one (`relations.groups_of`).
    companies : iterable of str
        Companies; they are not among the result.

    Examples
    --------
    >>> others_of_groups({"a": "a", "b": "a", "c": "c", "d": "c"}, ["b", "x"])
    ['a']
    """
    own = set(companies)
    meant = {groups[one] for one in own if one in groups}
    return sorted(one for one, group in groups.items() if group in meant and one not in own)


def not_operating(companies: pd.DataFrame) -> list[str]:
    """Indexed companies whose register entry is revoked or deregistered."""
    if "status" not in companies:
        return []
    closed = companies["status"].astype("string").str.lower().isin(CLOSED).fillna(False)
    return companies.loc[closed.astype(bool), "account_id"].astype(str).tolist()


def rejected_accounts(crm: Crm, as_of: datetime) -> list[str]:
    """Accounts that sales rejected: whose last feedback before as_of says no; sorted."""
    table = crm.table("feedback")
    before = crm.to_arrow(table.filter(table.ts < as_of).order_by(["account_id", "ts", "verdict"]))
    last = before.to_pandas().drop_duplicates("account_id", keep="last")
    said = last["verdict"].astype("string").str.strip().str.lower()
    return sorted(last.loc[said.isin(REJECTED).fillna(False), "account_id"].astype(str))


def _texts(values: pd.Series) -> pa.Array:
    return pa.array(values, pa.string(), from_pandas=True)
