"""One request for look-alikes carried out: search, evidence, files."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from abm_ml.config import Params
from abm_ml.data.crm import Crm
from abm_ml.errors import DataError
from abm_ml.lookalike.expansion import Expansion
from abm_ml.lookalike.index import LookalikeIndex
from abm_ml.lookalike.relations import groups_of
from abm_ml.scoring.identity import data_hashes
from abm_ml.tracking.indexes import IndexStore
from abm_ml.workflows.as_of import as_of_or_today
from abm_ml.workflows.conditions import conditions_of
from abm_ml.workflows.contacts import PeopleAsked, PeopleFound, find_people
from abm_ml.workflows.expand_files import own_files, write_all, write_lines
from abm_ml.workflows.expand_result import ExpandRun
from abm_ml.workflows.left_out import (
    account_states,
    left_out,
    not_operating,
    others_of_groups,
    rejected_accounts,
    suppressed_ids,
    with_bought,
)
from abm_ml.workflows.request import Request
from abm_ml.workflows.result import Progress
from abm_ml.workflows.seeds import SUPPRESSED, USED, CompanyList

TABLES = ("accounts", "opportunities", "suppressions", "relations", "feedback")
"""Tables that decide a list."""


@dataclass(frozen=True)
class Sources:
    """What a request is carried out on.

    Parameters
    ----------
    crm : Crm
        Canonical tables.
    index : LookalikeIndex
        The companies that are searched.
    version : str
        Name of the index.
    as_of : datetime
        The last instant that may be seen.
    suppressed : frozenset of str
        Companies that must not be used.
    notes : tuple of str
        What is to be said of them.
    """

    crm: Crm
    index: LookalikeIndex
    version: str
    as_of: datetime
    suppressed: frozenset[str]
    notes: tuple[str, ...] = ()


def open_sources(data: Path, models: Path, params: Params, as_of: str | None) -> Sources:
    """Prepared tables and the current index, as of a date.

    Raises
    ------
    DataError, ParamsError, ArtefactError
        If one of them is not there, or as_of is no date.
    """
    crm = Crm.open(data, threads=params.threads, memory_limit=params.memory_limit)
    instant = as_of_or_today(crm, as_of)
    store = IndexStore(models)
    index, version = store.load(threads=params.threads)
    late = (
        f"the index has seen outcomes until {store.seen_until():%Y-%m-%d}, after as_of: for a "
        "list as it would have been then, run  abm index --as-of  first",
    )
    notes = late if store.seen_until() > instant else ()
    stopped = suppressed_ids(crm, index.accounts, instant)
    return Sources(crm, index, version, instant, stopped, notes)


def carry_out(
    request: Request,
    sources: Sources,
    params: Params,
    out: Path,
    *,
    listed_in: Path,
    people: PeopleAsked | None = None,
    notes: Sequence[str] = (),
    progress: Progress,
) -> ExpandRun:
    """Search, and write list, seeds, page, request, and people where they are wanted.

    Parameters
    ----------
    request : Request
        What is wanted; where it was carried out before, what came of it then is compared.
    sources : Sources
        What it is carried out on.
    params : Params
        Who is left out.
    out : Path
        The CSV to write; the other files go beside it.
    listed_in : Path
        Where the seeds come from, for messages.
    people : PeopleAsked, optional
        Whether people are wanted too.
    notes : sequence of str
        What is to be said as well.
    """
    seeds = _usable(request, sources.suppressed)
    if not seeds.ids:
        told = write_lines(seeds, out, request.lang)
        raise DataError(
            f"{listed_in}: {seeds.none_used_words}; {told} says of each line why, and what is near"
        )
    progress(f"looking for companies like {len(seeds.ids):,} seeds")
    barred, expansion = _search(request, sources, seeds.ids, params)
    asked = replace(request, index_version=sources.version, data_hash=_data_hash(sources.crm))
    summary = _summary(asked, sources, seeds, barred, expansion)
    found = None
    if people is not None:
        progress("looking for people in them")
        found = _people(expansion, sources, people)
        summary["people"] = dict(found.summary) if found else None
    progress("writing the list and its page")
    done = write_all(asked, out, sources.index, seeds, expansion, summary, found)
    changes = _changes(request, done)
    return ExpandRun(
        files={**own_files(out), **(found.files if found else {})},
        summary=summary | {"changes": changes, "notes": [*sources.notes, *notes]},
    )


# --- the search --------------------------------------------------------------------------------


def _usable(request: Request, suppressed: frozenset[str]) -> CompanyList:
    """The saved seed list; who was suppressed since it was saved is not used."""
    lines = pd.DataFrame(list(request.lines), dtype=object)
    stopped = lines["account_id"].isin(suppressed) & (lines["outcome"] == USED)
    lines["outcome"] = lines["outcome"].mask(stopped, SUPPRESSED)
    return CompanyList(lines)


def _search(
    request: Request, sources: Sources, seeds: list[str], params: Params
) -> tuple[dict[str, str], Expansion]:
    """Who is left out and why, and what was found among the others."""
    crm, as_of = sources.crm, sources.as_of
    states = account_states(crm, as_of)
    ruled = left_out(
        with_bought(states, sources.index.accounts, _ids(crm)),
        sources.suppressed,
        params,
        include_customers=request.include_customers,
    )
    unsuppressed = states[~states["account_id"].isin(sources.suppressed)]
    rejected = rejected_accounts(crm, as_of)
    groups = _groups(crm)
    customers = states.loc[states["past_won"] > 0, "account_id"]
    unwanted = (set(rejected) | set(request.not_like)) - set(seeds)
    barred = dict.fromkeys(_known(sources.index) if request.new_only else (), "in_crm")
    barred |= dict.fromkeys(set(_ids(crm)) - set(states["account_id"]), "not_yet")
    barred |= dict.fromkeys(not_operating(sources.index.accounts), "not_operating")
    barred |= dict.fromkeys(request.exclude, "asked")
    barred |= dict.fromkeys(request.not_like, "not_like") | dict.fromkeys(rejected, "rejected")
    if not request.include_customers:
        barred |= dict.fromkeys(others_of_groups(groups, customers), "customer_group")
    barred |= dict.fromkeys(others_of_groups(groups, sources.suppressed), "suppressed_group")
    barred |= dict(zip(ruled["account_id"], ruled["reason"], strict=True))
    has_won = unsuppressed["past_won"] > 0
    won = unsuppressed.loc[has_won, "account_id"]
    lost = unsuppressed.loc[(unsuppressed["past_lost"] > 0) & ~has_won, "account_id"]
    expansion = sources.index.expansion(
        seeds,
        request.k,
        where=conditions_of(request.where, sources.index.accounts),
        exclude=sorted(barred),
        negatives=sorted(unwanted - sources.suppressed),
        won=won.tolist(),
        lost=lost.tolist(),
        # Not the seeds: while one is hidden it has to be an account like any other.
        known=sorted(set(won) - set(seeds)),
        groups=groups,
    )
    if request.new_only:  # Hidden seeds among companies of which less is known prove nothing.
        expansion = replace(expansion, curve=None)
    own = {groups.get(one, one) for one in seeds}
    told = {one: why for one, why in barred.items() if groups.get(one, one) not in own}
    indexed = set(sources.index.ids)
    told = {one: why for one, why in told.items() if one in indexed}
    told |= {one: "own_group" for one in indexed if groups.get(one, one) in own}
    return told, expansion


def _ids(crm: Crm) -> list[str]:
    """Accounts of the CRM, those too that did not exist yet at as_of."""
    ids = crm.to_arrow(crm.table("accounts").select("account_id")).column(0).to_pylist()
    return [str(one) for one in ids]


def _known(index: LookalikeIndex) -> list[str]:
    """Companies that are in the CRM, or may be."""
    new = index.accounts["in_crm"].astype("boolean").eq(False).fillna(False).astype(bool)
    return [str(one) for one in index.accounts.loc[~new, "account_id"]]


def _people(expansion: Expansion, sources: Sources, asked: PeopleAsked) -> PeopleFound | None:
    """People in the listed companies that are in the CRM; None where no company is."""
    listed = expansion.accounts
    known = listed["in_crm"].astype("boolean").fillna(False).astype(bool)
    ids = listed.loc[known, "account_id"].tolist()
    return find_people(sources.crm, ids, asked, sources.as_of) if ids else None


def _groups(crm: Crm) -> dict[str, str]:
    """Companies that belong together, by the accounts' parents and the relations."""
    parents = crm.table("accounts").select("account_id", "parent_account_id")
    relations = crm.table("relations")
    return groups_of(crm.to_arrow(parents).to_pandas(), crm.to_arrow(relations).to_pandas())


def _data_hash(crm: Crm) -> str:
    """Sixteen hex digits that change when a table that decides a list does."""
    content = json.dumps(data_hashes(crm, TABLES), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


# --- what is told ------------------------------------------------------------------------------


def _summary(
    request: Request,
    sources: Sources,
    seeds: CompanyList,
    barred: Mapping[str, str],
    expansion: Expansion,
) -> dict[str, Any]:
    """Counts and decisions, ready for JSON, for the page and for the terminal."""
    told = expansion.summary
    by_reason = dict(sorted(Counter(barred.values()).items()))
    filtered = told["universe"] - told["allowed"] - sum(by_reason.values())
    if filtered:
        by_reason["filtered"] = filtered
    in_crm = expansion.accounts["in_crm"].astype("boolean")
    fresh = sources.index.accounts["account_id"]
    return {
        "as_of": request.as_of,
        "k": request.k,
        "where": list(request.where),
        "listed": len(expansion.accounts),
        "listed_in_crm": int(in_crm.fillna(False).sum()),
        "listed_new": int((~in_crm).fillna(False).sum()),
        "seed_lines": seeds.counts,
        "left_out": by_reason,
        "not_indexed": len(set(_ids(sources.crm)) - set(fresh)),
        "expected": expected_at(expansion.curve, len(expansion.accounts)),
        "warnings": [*expansion.warnings, *(["new_only"] if request.new_only else [])],
        "data_hash": request.data_hash,
        **told,
        "index_version": request.index_version,
    }


def expected_at(curve: pd.DataFrame | None, size: int) -> dict[str, float] | None:
    """The curve's row for a list of this size: the largest that is not longer; None without one."""
    if curve is None or curve.empty or not size:
        return None
    fitting = curve[curve["k"] <= size]
    row = fitting.iloc[-1] if len(fitting) else curve.iloc[0]
    return {str(name): float(value) for name, value in row.items()}


def _changes(before: Request, now: Request) -> list[str]:
    """What a request that was carried out before finds different; nothing for a new one."""
    if before.outputs is None or now.outputs is None:
        return []
    told = {
        f"the index is {now.index_version} now, it was {before.index_version}": (
            before.index_version != now.index_version
        ),
        "the data have changed": before.data_hash != now.data_hash,
    }
    same = before.outputs["list"] == now.outputs["list"]
    said = [sentence for sentence, applies in told.items() if applies]
    return [*said, "the list is the same as before" if same else "the list differs from before"]
